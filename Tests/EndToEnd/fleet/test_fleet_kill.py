"""An apply that is killed at any instant: the next plan shows exactly what is left, and does it.

It is killed by the Hub, before each write and after it; and by strace, at a sample of the calls
that change the world, whose seed is printed (HFMINT_SEED repeats it; HFMINT_ALL=1 takes each).
"""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import product
import tracing
from fleetworld import Fleet, What
from Sandbox.fleethub import changed
from Sandbox.waiting import wait_for
from Sandbox.wire import Request, Response

SAMPLE = 6
DEAD = -9
NAMES = ("acme/search", "acme/chat", "acme/front")
WRITES = 2 * len(NAMES)
Point = TypeVar("Point")


class Mortal:
    """One fleet, of which an apply is killed."""

    def __init__(self, root: Path) -> None:
        self.fleet = Fleet(product.needed(), root)

    def prepare(self, most: int) -> None:
        """All is to be written, in two waves; so many Spaces at once."""
        fleet = self.fleet
        fleet.add_usual_spaces()
        fleet.members["audit"] = {"file": str(fleet.root / "machine/audit.jsonl")}
        first, *rest = NAMES
        spaces = {first: fleet.usual()} | {name: fleet.usual(after=[first]) for name in rest}
        fleet.write(spaces, maxUnavailable=most)
        self.planned = fleet.plan().changes
        self.before = fleet.hub.world
        assert len(self.planned) == WRITES

    def told_what_is_left(self) -> None:
        """Neither more nor less, by the record of the Hub."""
        fleet = self.fleet
        # What the dead had sent is still done.
        wait_for("a connection is left", lambda: fleet.hub.is_idle)
        done: set[What] = set(fleet.hub.record.order)
        assert changed(self.before, fleet.hub.world) == done
        told = fleet.plan()
        assert told.changes == self.planned - done, told
        assert not told.report["unreadable"], told

    def goes_on(self) -> None:
        """To the end, at which everything was written once, and nothing is left lying about."""
        fleet = self.fleet
        assert fleet.apply().status == 0
        order = fleet.hub.record.order
        assert sorted(order) == sorted(self.planned), "something was written twice"
        assert {fleet.mark(name, "TOKEN")[1] for name in NAMES} == {"1"}
        assert fleet.plan("--detailed-exitcode").status == 0
        left = [path.name for path in fleet.machine.iterdir() if "draft" in path.name]
        assert left == []
        log = fleet.machine / "audit.jsonl"
        words = [str(fleet.program), "audit", "verify", str(log)]
        assert product.run(words, fleet.env, fleet.root).status == 0
        fleet.check()


def killed_by_the_hub(root: Path, number: int, moment: str) -> None:
    """At its Nth write: before that is done, or before it is answered."""
    mortal = Mortal(root)
    with mortal.fleet as fleet:
        mortal.prepare(1)
        begun: list[subprocess.Popen[bytes]] = []

        def kill(count: int, when: str, _: Request) -> Response | None:
            if (count, when) != (number, moment):
                return None
            wait_for("the process was not begun", lambda: begun)
            begun[0].kill()
            begun[0].wait(20)
            # Of the two answers nobody hears; in place of the first, nothing is done.
            return Response(503)

        fleet.hub.on_write = kill
        process = fleet.begin("apply")
        begun.append(process)
        assert fleet.end(process).status == DEAD
        fleet.hub.on_write = None
        mortal.told_what_is_left()
        done = len(fleet.hub.record.writes)
        assert done == (number - 1 if moment == "before" else number)
        mortal.goes_on()


def test_killed_at_each_write(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Before the Hub has done it, and after."""
    product.needed()
    points = [(number, moment) for number in range(1, WRITES + 1) for moment in ("before", "after")]

    def one(point: tuple[int, str]) -> None:
        number, moment = point
        killed_by_the_hub(tmp_path / f"{number}-{moment}", number, moment)

    record_property("told", f"killed at {tried(one, points, SAMPLE)}")


def test_killed_at_each_call(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Of those that change this machine or tell another one something."""
    tracing.require()
    product.needed()
    log = tmp_path / "calls"
    dry = Mortal(tmp_path / "dry")
    with dry.fleet as fleet:
        dry.prepare(2)
        assert fleet("apply", through=tracing.alone(tracing.recording(log))).status == 0
        dry.goes_on()
    points = tracing.points(log, may_hide=True)
    assert len(points) > 2 * WRITES
    met: list[bool] = []

    def one(point: tuple[str, int]) -> None:
        call, number = point
        mortal = Mortal(tmp_path / f"{call}-{number}")
        with mortal.fleet as fleet:
            mortal.prepare(2)
            words = tracing.injecting(fleet.root / "calls", call, "signal=SIGKILL", number)
            ended = fleet("apply", through=tracing.alone(words))
            # Its threads do not make the same calls each time.
            met.append(ended.status == DEAD)
            assert ended.status in (DEAD, 0), ended
            mortal.told_what_is_left()
            mortal.goes_on()

    told = tried(one, points, SAMPLE)
    assert sum(met) >= len(met) // 2, "hardly any was met"
    record_property("told", f"killed at {told}, {sum(met)} met")


def tried(one: Callable[[Point], None], points: Sequence[Point], size: int) -> str:
    """Let `one` happen at a sample of the points, some side by side; says at how many."""
    seed = os.environ.get("HFMINT_SEED") or str(random.SystemRandom().randrange(10**6))
    everything = os.environ.get("HFMINT_ALL") == "1"
    count = len(points) if everything else min(size, len(points))
    chosen = random.Random(seed).sample(points, count)

    def contained(point: Point) -> str:
        try:
            one(point)
        except AssertionError as error:
            return f"{point}: {error}"
        return ""

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        wrong = [text for text in pool.map(contained, chosen) if text]
    assert not wrong, f"{len(wrong)} of {count} points, seed {seed}:\n" + "\n\n".join(wrong)
    return f"{count} of {len(points)} points, seed {seed}"
