"""`fleet apply`: in order, back to back, each app seen healthy before the next."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable

import pytest

from fleetworld import Fleet
from Sandbox.fleethub import changed
from Sandbox.waiting import wait_for
from Sandbox.wire import Request

CHAT, FRONT, SEARCH = "acme/chat", "acme/front", "acme/search"
PATHS = ("variables.LEVEL", "secrets.TOKEN")


def in_a_row(fleet: Fleet, **more: object) -> None:
    """The search, then the chat, then the front."""
    after = {SEARCH: [], CHAT: [SEARCH], FRONT: [CHAT]}
    fleet.write({name: fleet.usual(after=names) for name, names in after.items()}, **more)


def test_waves_come_one_after_the_other(fleet: Fleet) -> None:
    """Of each Space all is written before anybody looks, and the next waits for its health."""
    fleet.hub.course = ("RUNNING", "RUNNING_APP_STARTING", "RUNNING")
    in_a_row(fleet)
    before = fleet.hub.world
    applied = fleet.apply()
    assert applied.status == 0, applied
    wanted = [(name, path) for name in (SEARCH, CHAT, FRONT) for path in PATHS]
    assert fleet.hub.record.order == wanted
    assert changed(before, fleet.hub.world) == set(wanted)
    assert fleet.hub.record.most_busy == 1
    for name in (SEARCH, CHAT, FRONT):
        space = fleet.hub.spaces[name]
        assert (space.restarts, space.generation) == (1, 2), "the old process was taken for the new"
        assert space.program == {"LEVEL": "info", "TOKEN": fleet.variables["TOKEN"]}
    assert set(applied.results.values()) == {"done"}
    assert applied.turn(CHAT)["written"] == list(PATHS)
    steps = [event["event"] for event in applied.events if event["resource"].endswith("chat")]
    assert steps[-1] == "healthy"
    assert steps.index("writing") < steps.index("waiting")


def test_all_of_a_space_in_its_order(fleet: Fleet) -> None:
    """Settings, volumes, variables, secrets: the last restart has everything."""
    volume = {"type": "model", "source": "acme/model", "mountPath": "/m"}
    more = {"hardware": "t4-small", "sleep": "1h", "visibility": "protected", "volumes": [volume]}
    fleet.write({CHAT: fleet.usual(**more)})
    applied = fleet.apply()
    assert applied.status == 0, applied
    paths = [path for _, path in fleet.hub.record.order]
    assert paths[-3:] == ["volumes", *PATHS]
    assert sorted(paths[:-3]) == ["hardware", "sleep", "visibility"]
    targets = [r.path.rpartition("/")[2] for r in fleet.hub.requests if r.method != "GET"]
    first, last = (fleet.hub.record.writes[at].asked for at in (0, -1))
    looks = [r for r in fleet.hub.requests[first:last] if r.path.endswith("/runtime")]
    assert (len(targets), looks) == (6, [])
    assert fleet.plan("--detailed-exitcode").status == 0


@pytest.mark.parametrize("most", [1, 2])
def test_no_more_are_away_than_may_be(fleet: Fleet, most: int) -> None:
    """In a wave of three."""
    spaces = {name: fleet.usual() for name in (SEARCH, CHAT, FRONT)}
    fleet.write(spaces, maxUnavailable=most)
    assert fleet.apply().status == 0
    assert fleet.hub.record.most_busy == most


def test_a_wave_that_fails_stops_the_later_ones(fleet: Fleet) -> None:
    """The next plan shows what is left, and the next apply stops there too, until it is mended."""
    in_a_row(fleet)
    first = fleet.plan().changes
    fleet.hub.spaces[CHAT].course = ("APP_STARTING", "RUNTIME_ERROR")
    applied = fleet.apply()
    assert applied.status == 6
    assert "[wave-failed]" in applied.ended.err
    assert applied.results[CHAT] == "failed"
    assert applied.turn(FRONT)["written"] == []
    assert fleet.hub.record.resources == [SEARCH, CHAT]
    assert fleet.plan().changes == first - set(fleet.hub.record.order)
    again = fleet.apply()
    assert (again.status, again.results) == (6, {FRONT: "failed"}), again
    assert "spaces/acme/chat, which is in RUNTIME_ERROR" in again.ended.err
    assert fleet.hub.record.resources == [SEARCH, CHAT]
    fleet.hub.spaces[CHAT].stage, fleet.hub.spaces[CHAT].course = "RUNNING", None
    assert fleet.apply().status == 0
    assert len(fleet.hub.record.order) == len(set(fleet.hub.record.order)) == 6


def test_a_rollback_puts_back_what_can_be_read(fleet: Fleet) -> None:
    """And says what it cannot; the plan has said it before."""
    in_a_row(fleet)
    before = fleet.hub.world
    fleet.hub.spaces[CHAT].sick = lambda space: (
        space.settings["variables"]["LEVEL"].value != "debug"
    )
    url = fleet.hub.sites.url(f"spaces/{CHAT}")
    fleet.manifest["fleet"]["spaces"][CHAT]["health"] = {"url": url, "timeout": "6s"}
    fleet.save(fleet.path, fleet.manifest)
    told = fleet.plan()
    assert told.differences[CHAT, "secrets.TOKEN"]["irreversible"]
    assert not told.differences[CHAT, "variables.LEVEL"]["irreversible"]
    applied = fleet.apply("--rollback")
    assert applied.status == 6
    turn = applied.turn(CHAT)
    assert (turn["restored"], turn["not_restored"]) == (["variables.LEVEL"], ["secrets.TOKEN"])
    done = {(SEARCH, path) for path in PATHS}
    assert changed(before, fleet.hub.world) == done | {(CHAT, "secrets.TOKEN")}


def test_a_paused_space_is_left_alone(fleet: Fleet) -> None:
    """Unless --touch-paused; one that sleeps stays asleep, and nobody knocks."""
    url = fleet.hub.sites.url(f"spaces/{SEARCH}")
    spaces = {CHAT: fleet.usual(), SEARCH: fleet.usual(health={"url": url})}
    fleet.write(spaces)
    fleet.hub.spaces[CHAT].stage = "PAUSED"
    fleet.hub.spaces[SEARCH].stage = "SLEEPING"
    applied = fleet.apply()
    assert applied.status == 0, applied
    assert applied.results == {CHAT: "left alone", SEARCH: "done"}
    assert fleet.hub.record.resources == [SEARCH]
    assert fleet.hub.sites.asked(f"spaces/{SEARCH}") == 0
    assert fleet.apply("--touch-paused").status == 0
    assert [space.stage for space in fleet.hub.spaces.values()] == ["SLEEPING", "PAUSED", "RUNNING"]
    assert fleet.plan("--detailed-exitcode").status == 0


def test_the_app_itself_must_say_that_it_is_well(fleet: Fleet) -> None:
    """At its own URL, to which no credential goes."""
    url = fleet.hub.sites.url(f"spaces/{CHAT}") + "/healthz"
    fleet.write({CHAT: fleet.usual(health={"url": url})})
    answers = iter([True, False, False])
    fleet.hub.spaces[CHAT].sick = lambda _: next(answers, False)
    assert fleet.apply().status == 0
    assert fleet.hub.sites.asked(f"spaces/{CHAT}") >= 2
    assert fleet.hub.spaces[CHAT].generation == 2


def test_only_what_was_written_by_hfmint_is_pruned(fleet: Fleet) -> None:
    """No more than is allowed, and nothing of what is protected."""
    fleet.write({name: fleet.usual() for name in (CHAT, SEARCH)})
    assert fleet.apply().status == 0
    for space in fleet.hub.spaces.values():
        space.put("secrets", "THEIRS", fleet.world.sentinels.issue("x"), None, None)
    rest = {"variables": {"LEVEL": "info"}, "secrets": {}}
    fleet.write({CHAT: rest, SEARCH: rest | {"protect": True}})
    before = fleet.hub.world
    assert fleet.apply().status == 0
    refused = fleet("apply", "--prune", "--max-deletes", "0")
    assert (refused.status, "--max-deletes 1" in refused.err) == (3, True), refused
    assert fleet.hub.world == before
    assert fleet.plan("--prune").changes == {(CHAT, "secrets.TOKEN")}
    assert fleet.apply("--prune", "--max-deletes", "1").status == 0
    assert changed(before, fleet.hub.world) == {(CHAT, "secrets.TOKEN")}


def test_one_wave_alone(fleet: Fleet) -> None:
    """Only where those before it are done."""
    in_a_row(fleet)
    early = fleet("apply", "--wave", "2")
    assert (early.status, fleet.hub.write_count) == (3, 0)
    for number, name in ((1, SEARCH), (2, CHAT)):
        assert fleet.apply("--wave", str(number)).status == 0
        assert fleet.hub.record.resources[-1] == name
    assert FRONT not in fleet.hub.record.resources


def test_outside_the_window_nothing_begins(fleet: Fleet) -> None:
    """Exit status 4: come back."""
    hour = (time.gmtime().tm_hour + 12) % 24
    in_a_row(fleet, window={"cron": f"0 {hour} * * *", "window": "1h"})
    assert fleet.plan().status == 0
    ended = fleet("apply")
    assert (ended.status, fleet.hub.write_count) == (4, 0)
    assert "window" in ended.err


def test_without_a_credential_that_writes_nothing_is_written(fleet: Fleet) -> None:
    """A sentence says why; neither is another one taken in its place."""
    in_a_row(fleet, credentials={"read": "env:HUB_READ"})
    ended = fleet("apply", env={"HF_TOKEN": fleet.hub.admin.value})
    assert ended.status in (2, 3)
    assert "apply" in ended.err
    assert fleet.hub.write_count == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_the_write_at_hand(fleet: Fleet, number: signal.Signals) -> None:
    """It says what is left, and the next plan shows that."""
    in_a_row(fleet)
    first = fleet.plan().changes
    started: list[Callable[[], None]] = []

    def interrupt(count: int, moment: str, _: Request) -> None:
        if (count, moment) == (1, "before"):
            wait_for("the process was not begun", lambda: started)
            started[0]()

    fleet.hub.on_write = interrupt
    process = fleet.begin("apply", "--json")
    started.append(lambda: process.send_signal(number))
    ended = fleet.end(process)
    assert ended.status == 6, ended
    report = json.loads(ended.out.splitlines()[-1])
    assert fleet.hub.record.order == [(SEARCH, "variables.LEVEL")]
    assert {tuple(left.split()) for left in report["left"]} == {
        (f"spaces/{name}", path) for name, path in first - set(fleet.hub.record.order)
    }
    assert fleet.plan().changes == first - set(fleet.hub.record.order)


def test_each_write_is_recorded_before_and_after(fleet: Fleet) -> None:
    """Never with a value."""
    log = fleet.root / "audit.jsonl"
    fleet.members["audit"] = {"file": str(log)}
    in_a_row(fleet)
    assert fleet.apply().status == 0
    records = [json.loads(line) for line in log.read_text().splitlines()]
    reasons = [r["reason"] for r in records if r["event"] == "fleet.write" and "chat" in str(r)]
    for path in PATHS:
        about = [reason for reason in reasons if path in reason]
        assert len(about) == 2, reasons
        assert about[0].startswith("about to")
    assert not [s for s in fleet.world.secrets if s in log.read_text()]
