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
import rotatingissuers as issuers
import tracing
from jobs import Ended
from rotating import NAME, Rotating, Setting, declare
from rotatingends import ended, undamaged
from rotatingsinks import File, GitHub, GitLab, Space, Vault

SAMPLE = 7
DEAD = -9
Point = tuple[str, int]

SINKS: dict[str, Setting] = {
    "file": Setting(issuers.okta, [File]),
    "readable": Setting(issuers.okta, [GitLab], acknowledge=True),
    "write-only": Setting(issuers.okta, [GitHub]),
    "write-only and agreed": Setting(issuers.okta, [Space], acknowledge=True),
    "all": Setting(issuers.okta, [GitHub, File, Vault], acknowledge=True),
}
ISSUERS = {
    "okta": issuers.okta,
    "entra": issuers.entra,
    "small entra": issuers.small_entra,
    "hydra": issuers.hydra,
    "keycloak": issuers.keycloak,
    "plain keycloak": issuers.plain_keycloak,
    "auth0": issuers.auth0,
    "person": issuers.person,
    "called person": issuers.person,
}
SETTINGS = {
    f"{issuer}, {sinks}": replace(setting, issuer=make)
    for issuer, make in ISSUERS.items()
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
    with Rotating(setting, program, tmp_path / "dry") as dry:
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
            with Rotating(setting, program, folder) as rotating:
                killed(rotating, called(name), first, second)
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


def begun(rotating: Rotating, is_call: bool, through: list[str], status: int) -> Ended:
    """The run that is to be looked at; a person presses the button when they are told to."""
    declare(rotating)
    assert rotating.run("init").status == 0
    if rotating.is_person and not is_call:
        assert rotating.run("now", NAME).status == 6
        run = rotating.supply(through)
    else:
        run = rotating.run("now", NAME, through=through)
    assert run.status == status, run
    return run


def killed(rotating: Rotating, is_call: bool, first: Point, second: Point | None) -> None:
    """One point: killed there, perhaps once more, then run to the end."""
    log = rotating.root / "calls"
    through = tracing.injecting(log, first[0], "signal=SIGKILL", first[1])
    story = [f"killed at {first}", str(begun(rotating, is_call, through, DEAD))]
    undamaged(rotating, story)
    if second:
        through = tracing.injecting(log, second[0], "signal=SIGKILL", second[1])
        story += [f"killed again at {second}", str(rotating.run("run", through=through))]
        undamaged(rotating, story)
    last = rotating.advance()
    ended(rotating, last, [*story, str(last)], REASONS)
