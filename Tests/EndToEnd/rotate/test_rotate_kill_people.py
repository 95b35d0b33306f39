"""What a person types is killed at every call that changes the world, and typed again.

It ends as if it had not been killed; see test_rotate_kill.py for the sample and its seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import tracing
from Sandbox.issuers.provider import Provider
from watched import NAME, Setting, Watched
from watchedends import ended, undamaged
from watchedpoints import Point, killing, program, tried

SAMPLE = 4
DEAD = -9


def _init(_: Watched) -> list[str]:
    return ["init"]


def _adopt(watched: Watched) -> list[str]:
    """Two are alive, and the sinks hold the first."""
    client = _server(watched).clients[watched.issuer.client]
    used = client.secrets[-1].id
    _server(watched).store(client)
    assert watched.run("init").status == 0
    return ["adopt", NAME, used]


def _refused(watched: Watched) -> None:
    """The first sink has the new secret, the second refuses it."""
    assert watched.run("init").status == 0
    server = watched.sinks["github-repository"].server
    assert server
    server.faults.add("method=PUT status=403")
    assert watched.run("now", NAME).status == 6


def _resume(watched: Watched) -> list[str]:
    _refused(watched)
    return ["resume", NAME]


def _abandon(watched: Watched) -> list[str]:
    _refused(watched)
    return ["abandon", NAME]


def _abandon_early(watched: Watched) -> list[str]:
    """A new secret is made, and no sink has been touched."""
    assert watched.run("init").status == 0
    server = _server(watched)
    server.faults.add("status=503 retry-after=3600 path=/oauth2 times=forever")
    assert watched.run("now", NAME).status == 4
    server.faults.clear()
    return ["abandon", NAME]


def _server(watched: Watched) -> Provider:
    return watched.issuer.server


@dataclass
class Order:
    """What is typed, and where."""

    setting: Setting
    prepare: Callable[[Watched], list[str]]
    others: int = 0
    # What it may say when it is typed again, after it was done.
    again: tuple[int, ...] = (0,)


TWO = ["file", "github-repository"]
# What they hold is not tried at a log-in beforehand.
UNREAD = ["github-repository", "hub-space"]
ORDERS = {
    "init": Order(Setting("okta", ["file"]), _init),
    "adopt": Order(Setting("entra", ["file"]), _adopt, others=1),
    "resume": Order(Setting("entra", TWO, acknowledge=False), _resume, again=(0, 2)),
    "abandon": Order(Setting("entra", TWO), _abandon, again=(0, 2)),
    "abandon early": Order(Setting("okta", UNREAD), _abandon_early, again=(0, 2)),
    "abandon a program's": Order(Setting("command", UNREAD), _abandon_early, again=(0, 2)),
}


def finished(watched: Watched, order: Order, story: list[str]) -> None:
    """A rotation after it leaves one secret of ours, everywhere."""
    last = watched.advance()
    ended(watched, last, [*story, str(last)], [], order.others)


@pytest.mark.parametrize("name", ORDERS)
def test_killed_at_every_call_of_an_order(
    tmp_path: Path, name: str, record_property: Callable[[str, object], None]
) -> None:
    """Typed again it does what is left to do."""
    order, log = ORDERS[name], tmp_path / "calls"
    with Watched(order.setting, program(), tmp_path / "dry") as dry:
        words = order.prepare(dry)
        run = dry.run(*words, through=tracing.alone(tracing.recording(log)))
        assert run.status == 0, run
        finished(dry, order, ["killed nowhere"])

    def killed(watched: Watched, first: Point, second: Point | None) -> None:
        calls, words = watched.root / "calls", order.prepare(watched)
        story = [" ".join(words)]
        for point in [first, second]:
            if not point:
                continue
            through = killing(calls, point)
            run = watched.run(*words, through=through)
            assert point == second or run.status == DEAD, (point, run)
            story += [f"killed at {point}", str(run)]
            undamaged(watched, story)
        again = watched.run(*words)
        story.append(str(again))
        assert again.status in order.again, story
        finished(watched, order, story)

    # `resume` and `init` record what they are for, and then let another thread go on or look.
    points = tracing.points(log, may_hide=name in ("resume", "init"))
    told = "killed at " + tried(name, order.setting, points, SAMPLE, tmp_path, killed)
    record_property("told", told)
    print(f"{name}: {told}")
