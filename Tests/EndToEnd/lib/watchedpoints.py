"""Rotations to which something happens at one of their calls, tried side by side."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import product
import tracing
from jobs import Ended
from watched import NAME, Setting, Watched

Point = tuple[str, int]


def program() -> Path:
    """The binary, where processes may be traced."""
    tracing.require()
    return product.needed()


def begun(watched: Watched, through: Sequence[str] = (), *, is_call: bool = False) -> Ended:
    """The run that is to be looked at.

    A person presses the button when they are told to; `is_call`: it is the run that tells them.
    """
    assert watched.run("init").status == 0
    if not watched.is_person or is_call:
        return watched.run("now", NAME, *watched.setting.options, through=through)
    assert watched.run("now", NAME).status == 6
    return watched.supply(through)


def killing(log: Path, point: Point) -> list[str]:
    """The words that run a command and kill it at this call of its own."""
    return tracing.alone(tracing.injecting(log, point[0], "signal=SIGKILL", point[1]))


def tried(
    name: str,
    setting: Setting,
    points: Sequence[Point],
    size: int,
    root: Path,
    one: Callable[[Watched, Point, Point | None], None],
) -> str:
    """Let `one` happen at a sample of the points; says at how many, and with which seed.

    HFMINT_SEED repeats a sample; HFMINT_ALL=1 takes every point. At every third, `one` is given
    another point for the run that follows.
    """
    seed = os.environ.get("HFMINT_SEED") or str(random.SystemRandom().randrange(10**6))
    everything = os.environ.get("HFMINT_ALL") == "1"
    chance = random.Random(f"{seed}{name}")
    chosen = chance.sample(points, len(points) if everything else min(size, len(points)))
    again = [chance.choice(points) if number % 3 == 0 else None for number in range(len(chosen))]

    def contained(number: int) -> str:
        folder = root / f"{number}"
        try:
            with Watched(setting, program(), folder) as watched:
                one(watched, chosen[number], again[number])
        except AssertionError as error:
            return f"{folder}: {error}"
        shutil.rmtree(folder)
        return ""

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        wrong = [text for text in pool.map(contained, range(len(chosen))) if text]
    assert not wrong, f"{len(wrong)} of {len(chosen)} points, seed {seed}:\n" + "\n\n".join(wrong)
    return f"{len(chosen)} of {len(points)} points, seed {seed}"
