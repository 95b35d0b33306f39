"""Callbacks of rotations that were killed: what has happened, the next run tells."""

from __future__ import annotations

from pathlib import Path

import pytest

import product
import tracing
from watched import NAME, Setting, Watched


def kill(watched: Watched, call: str, number: int) -> None:
    """Begin the rotation, and kill it there."""
    through = tracing.injecting(watched.root / "calls", call, "signal=SIGKILL", number)
    assert watched.run("init").status == 0
    assert watched.run("now", NAME, through=through).status == -9


def program() -> Path:
    """The binary, where processes may be traced."""
    tracing.require()
    found = product.binary()
    if not found:
        pytest.skip("the product is not built")
    return found


@pytest.mark.parametrize("record", [1, 2, 3])
def test_the_beginning_is_told_whenever_it_was_killed(tmp_path: Path, record: int) -> None:
    """A run that has begun has told so, or will."""
    setting = Setting("okta", ["gitlab"], acknowledge=False)
    with Watched(setting, program(), tmp_path / "made") as watched:
        kill(watched, "fdatasync", record)
        assert watched.advance().status == 0
        notices = watched.rotations.receiver.accepted("rotation.started")
        assert len({notice.id for notice in notices}) == 1


def test_that_a_person_is_needed_is_told_before_one_comes(tmp_path: Path) -> None:
    """Killed before the last request, which says so."""
    setting = Setting("person", ["gitlab"], acknowledge=True)
    with Watched(setting, program(), tmp_path / "dry") as dry:
        log = dry.root / "calls"
        assert dry.run("init").status == 0
        assert dry.run("now", NAME, through=tracing.recording(log)).status == 6
        requests = sum(call == "sendto" for call, _ in tracing.points(log))
    with Watched(setting, program(), tmp_path / "made") as watched:
        kill(watched, "sendto", requests)
        assert not watched.heard("rotation.attention")
        assert watched.run("run").status == 6
        assert watched.heard("rotation.attention")
