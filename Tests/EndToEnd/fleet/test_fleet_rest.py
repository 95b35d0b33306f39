"""What an apply leaves alone, what it cannot put back, and an end that comes late."""

from __future__ import annotations

import signal
from collections.abc import Callable

from fleetworld import Fleet
from Sandbox.waiting import wait_for
from Sandbox.wire import Request, Response, json_response

SEARCH, CHAT, FRONT = "acme/search", "acme/chat", "acme/front"


def test_what_comes_after_a_paused_one_is_left_too(fleet: Fleet) -> None:
    """Others go on, and it is no failure."""
    spaces = {CHAT: fleet.usual(), FRONT: fleet.usual(after=[CHAT]), SEARCH: fleet.usual()}
    fleet.write(spaces)
    fleet.hub.spaces[CHAT].stage = "PAUSED"
    applied = fleet.apply()
    assert applied.status == 0, applied
    assert applied.results == {CHAT: "left alone", FRONT: "left alone", SEARCH: "done"}
    assert applied.turn(FRONT)["reason"] == (
        "it comes after spaces/acme/chat, which was left alone"
    )
    assert fleet.hub.record.resources == [SEARCH]
    assert fleet.apply("--touch-paused").status == 0
    assert fleet.hub.record.resources == [SEARCH, CHAT, FRONT]


def test_a_rollback_goes_on_after_a_refusal(fleet: Fleet) -> None:
    """And names what it could not put back, in its report and as JSON."""
    for as_json in (True, False):
        fleet.hub.spaces[CHAT].stage, fleet.hub.spaces[CHAT].course = "RUNNING", None
        level, motd = (f"{name}{as_json}".upper() for name in ("level", "motd"))
        variables = fleet.hub.spaces[CHAT].settings["variables"]
        fleet.write({CHAT: {"variables": {level: "info", motd: "hello"}}})
        fleet.hub.spaces[CHAT].course = ("APP_STARTING", "RUNTIME_ERROR")
        first = fleet.hub.write_count

        def refuse(count: int, moment: str, _: Request, first: int = first) -> Response | None:
            # Two are written, and the first that would be taken back is refused.
            if (count - first, moment) == (3, "before"):
                return json_response(403, {"error": "Forbidden"})
            return None

        fleet.hub.on_write = refuse
        fleet.expects_refusals = True
        if as_json:
            applied = fleet.apply("--rollback")
            turn = applied.turn(CHAT)
            assert applied.status == 6
            assert turn["restored"] == [f"variables.{level}"], applied
            assert turn["not_restored"] == [f"variables.{motd}"]
        else:
            ended = fleet("apply", "--rollback")
            assert ended.status == 6
            assert f"put back: variables.{level}; cannot be put back: variables.{motd}" in ended.out
            assert f"cannot put variables.{motd} back: " in ended.err
        assert (level in variables, motd in variables) == (False, True)


def test_an_interruption_after_the_last_write_is_told(fleet: Fleet) -> None:
    """All is written, and nobody has seen it healthy."""
    fleet.write({CHAT: fleet.usual()}, settle="20s")
    fleet.hub.spaces[CHAT].course = ("RUNNING",)
    started: list[Callable[[], None]] = []

    def interrupt(count: int, moment: str, _: Request) -> None:
        if (count, moment) == (2, "after"):
            wait_for("the process was not begun", lambda: started)
            started[0]()

    fleet.hub.on_write = interrupt
    process = fleet.begin("apply")
    started.append(lambda: process.send_signal(signal.SIGTERM))
    ended = fleet.end(process)
    assert ended.status == 6, ended
    assert "interrupted before all was seen healthy; 0 changes are left" in ended.err
