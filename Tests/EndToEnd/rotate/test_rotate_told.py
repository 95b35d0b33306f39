"""Callbacks of rotations that were killed or kept waiting: the next run tells what has happened."""

from __future__ import annotations

from pathlib import Path

import pytest

import tracing
from watched import NAME, Setting, Watched
from watchedends import ended
from watchedpoints import begun, program


def kill(watched: Watched, call: str, number: int) -> None:
    """Begin the rotation, and kill it there."""
    through = tracing.injecting(watched.root / "calls", call, "signal=SIGKILL", number)
    assert begun(watched, through, is_call=True).status == -9


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
        assert begun(dry, tracing.recording(log), is_call=True).status == 6
        requests = sum(call == "sendto" for call, _ in tracing.points(log))
    with Watched(setting, program(), tmp_path / "made") as watched:
        kill(watched, "sendto", requests)
        assert not watched.heard("rotation.attention")
        assert watched.run("run").status == 6
        assert watched.heard("rotation.attention")


@pytest.mark.parametrize("issuer", ["okta", "hydra", "auth0"])
def test_the_old_secret_lives_until_all_have_agreed(tmp_path: Path, issuer: str) -> None:
    """`Not yet` is asked again; the answer to a yes may be lost."""
    setting = Setting(issuer, ["gitlab"], acknowledge=True)
    with Watched(setting, program(), tmp_path / "made") as watched:
        receiver = watched.rotations.receiver
        receiver.answer("secret.revoking", 409)
        first = begun(watched)
        last = watched.advance()
        ended(watched, last, [str(first), str(last)], [])
        ids = [notice.id for notice in receiver.notices if notice.kind == "secret.revoking"]
        assert len(ids) == 2
        assert len(set(ids)) == 1


def test_an_endpoint_that_wants_no_more_is_waited_for_until_a_person_decides(
    tmp_path: Path,
) -> None:
    """Without its agreement nothing is revoked, unless somebody says so."""
    setting = Setting("entra", ["hub-space"], acknowledge=True)
    with Watched(setting, program(), tmp_path / "made") as watched:
        receiver = watched.rotations.receiver
        receiver.answer("secret.revoking", 410)
        stopped = begun(watched)
        assert (stopped.status, "must agree" in stopped.err) == (6, True), stopped
        receiver.answer("secret.revoking", 410)
        assert watched.run("resume", NAME).status == 6
        assert watched.first in watched.issuer.live
        assert not watched.early
        resumed = watched.run("resume", NAME, "--without-ack", receiver.url)
        assert resumed.status == 0, resumed
        assert watched.issuer.held == 1
