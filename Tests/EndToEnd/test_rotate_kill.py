"""A rotation that is killed at any instant, and run again, ends as one that was not.

strace counts the calls of a rotation that change the world; then, for each of them, another
rotation with servers of its own is killed exactly there, and `rotate run` takes it up, which is
killed as well at every third point. A sample of the points is tried, its seed printed (HFMINT_SEED
repeats it); with HFMINT_ALL=1, every one. Points run side by side.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

import product
import tracing
from jobs import Ended
from watched import NAME, OVERLAPPING, REPLACING, Setting, Watched
from watchedends import ended, undamaged

SAMPLE = 5
DEAD = -9
Point = tuple[str, int]

SINKS = {
    "file": Setting("", ["file"]),
    "readable": Setting("", ["gitlab"], acknowledge=True),
    "write-only": Setting("", ["github-repository"]),
    "write-only and agreed": Setting("", ["hub-space"], acknowledge=True),
    "several": Setting("", ["github-repository", "file", "vault"], acknowledge=True),
}
ISSUERS = (*OVERLAPPING, "small entra", *REPLACING, "person", "called person")
SETTINGS = {
    f"{issuer}, {sinks}": replace(setting, issuer=issuer.removeprefix("called "))
    for issuer in ISSUERS
    for sinks, setting in SINKS.items()
}
# What a rotation may say when only a person can go on.
REASONS = ["has no room for another"]


@pytest.mark.parametrize("name", SETTINGS)
def test_killed_at_every_call(
    tmp_path: Path, name: str, record_property: Callable[[str, object], None]
) -> None:
    """The runs after it end it: with one live secret in every sink, or asking for a person."""
    tracing.require()
    program = product.binary()
    if not program:
        pytest.skip("the product is not built")
    setting, log = SETTINGS[name], tmp_path / "calls"
    with Watched(setting, program, tmp_path / "dry") as dry:
        begun(dry, called(name), tracing.recording(log), 6 if called(name) else 0)
        ended(dry, dry.advance(), ["killed nowhere"], [])
    points = tracing.points(log)
    seed = os.environ.get("HFMINT_SEED") or str(random.SystemRandom().randrange(10**6))
    everything = os.environ.get("HFMINT_ALL") == "1"
    chance = random.Random(f"{seed}{name}")
    chosen = chance.sample(points, len(points) if everything else min(SAMPLE, len(points)))
    again = [chance.choice(points) if number % 3 == 0 else None for number in range(len(chosen))]
    folders = (tmp_path / f"{number}" for number in count())

    def tried(first: Point, second: Point | None, folder: Path) -> str:
        try:
            with Watched(setting, program, folder) as watched:
                killed(watched, called(name), first, second)
        except AssertionError as error:
            return f"{folder}: {error}"
        shutil.rmtree(folder)
        return ""

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        wrong = [text for text in pool.map(tried, chosen, again, folders) if text]
    assert not wrong, f"{len(wrong)} of {len(chosen)} points, seed {seed}:\n" + "\n\n".join(wrong)
    told = f"killed at {len(chosen)} of {len(points)} points, seed {seed}"
    record_property("told", told)
    print(f"{name}: {told}")


def called(name: str) -> bool:
    """Whether the run that calls for a person is looked at, and not the one after it."""
    return name.startswith("called")


def begun(watched: Watched, is_call: bool, through: list[str], status: int) -> Ended:
    """The run that is to be looked at; a person presses the button when they are told to."""

    assert watched.run("init").status == 0
    if watched.is_person and not is_call:
        assert watched.run("now", NAME).status == 6
        run = watched.supply(through)
    else:
        run = watched.run("now", NAME, through=through)
    assert run.status == status, run
    return run


def killed(watched: Watched, is_call: bool, first: Point, second: Point | None) -> None:
    """One point: killed there, perhaps once more, then run to the end."""
    log = watched.root / "calls"
    through = tracing.injecting(log, first[0], "signal=SIGKILL", first[1])
    story = [f"killed at {first}", str(begun(watched, is_call, through, DEAD))]
    undamaged(watched, story)
    if second:
        through = tracing.injecting(log, second[0], "signal=SIGKILL", second[1])
        story += [f"killed again at {second}", str(watched.run("run", through=through))]
        undamaged(watched, story)
    last = watched.advance()
    ended(watched, last, [*story, str(last)], REASONS)
