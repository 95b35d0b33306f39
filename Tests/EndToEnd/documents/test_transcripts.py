"""Every scenario under Tests/Transcripts, played against the product.

With HFMINT_RECORD=1 the expectations are rewritten in place, and the tests that did so fail.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import product
from fleetwords import kind_of_hub
from Sandbox.world import World
from scenario import Player
from transcript import Scenario, difference, read, rewrite, spelled_out

FOLDER = product.CHECKOUT / "Tests/Transcripts"


def scenarios() -> list[object]:
    """One case a scenario, named after file and title."""
    return [
        pytest.param(scenario, id=f"{path.relative_to(FOLDER).with_suffix('')}: {scenario.title}")
        for path in sorted(FOLDER.rglob("*.txt"))
        for scenario in read(path)
    ]


def check(scenario: Scenario, root: Path, program: Path) -> None:
    """Play it, and fail with a diff where what was observed differs."""
    hub = kind_of_hub(scenario.items)
    with World(root=root / "world", kind_of_hub=hub) as world:
        after = Player(scenario, world, program, root / "work").play()
    before = spelled_out(scenario)
    if before.items == after.items:
        return
    if os.environ.get("HFMINT_RECORD") == "1":
        rewrite(after)
        pytest.fail(f"recorded anew in {scenario.path}: {scenario.title}", pytrace=False)
    pytest.fail(f"{scenario.path}\n{difference(before, after)}", pytrace=False)


@pytest.mark.parametrize("scenario", scenarios())
def test_a_scenario_comes_true(scenario: Scenario, tmp_path: Path) -> None:
    """What the transcript promises is what happens."""
    program = product.needed()
    check(scenario, tmp_path, program)
