"""Callbacks of rotations that were killed: what has happened, the next run tells."""

from __future__ import annotations

from pathlib import Path

import pytest

import product
import rotatingissuers as issuers
import tracing
from rotating import NAME, Rotating, Setting
from rotatingsinks import GitLab


def kill(rotating: Rotating, call: str, number: int) -> None:
    """Begin the rotation, and kill it there."""
    through = tracing.injecting(rotating.root / "calls", call, "signal=SIGKILL", number)
    assert rotating.run("init").status == 0
    assert rotating.run("now", NAME, through=through).status == -9


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
    setting = Setting(issuers.okta, [GitLab], acknowledge=False)
    with Rotating(setting, program(), tmp_path / "made") as rotating:
        kill(rotating, "fdatasync", record)
        assert rotating.advance().status == 0
        assert rotating.receiver
        ids = {told.id for told in rotating.receiver.told if told.kind == "rotation.started"}
        assert len(ids) == 1


def test_that_a_person_is_needed_is_told_before_one_comes(tmp_path: Path) -> None:
    """Killed before the last request, which says so."""
    setting = Setting(issuers.person, [GitLab], acknowledge=True)
    with Rotating(setting, program(), tmp_path / "dry") as dry:
        log = dry.root / "calls"
        assert dry.run("init").status == 0
        assert dry.run("now", NAME, through=tracing.recording(log)).status == 6
        requests = sum(call == "sendto" for call, _ in tracing.points(log))
    with Rotating(setting, program(), tmp_path / "made") as rotating:
        kill(rotating, "sendto", requests)
        assert rotating.receiver
        assert "rotation.attention" not in {told.kind for told in rotating.receiver.told}
        assert rotating.run("run").status == 6
        assert "rotation.attention" in {told.kind for told in rotating.receiver.told}
