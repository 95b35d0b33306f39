"""A rotation that is killed at any instant, and run again, ends as one that was not.

strace counts the calls of a rotation that change the world; then, for each of them, another
rotation with servers of its own is killed exactly there, and `rotate run` takes it up, which is
killed as well at every third point. A sample of the points is tried, its seed printed (HFMINT_SEED
repeats it); with HFMINT_ALL=1, every one. Points run side by side.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import tracing
from jobs import is_root
from watched import NAME, OVERLAPPING, REPLACING, Setting, Watched
from watchedends import ended, undamaged
from watchedpoints import Point, begun, killing, program, tried

SAMPLE = 5
DEAD = -9

SINKS = {
    "file": Setting("", ["file"]),
    "readable": Setting("", ["gitlab"], acknowledge=True),
    "write-only": Setting("", ["github-repository"]),
    "write-only and agreed": Setting("", ["hub-space"], acknowledge=True),
    "several": Setting("", ["github-repository", "file", "vault"], acknowledge=True),
}
ISSUERS = (*OVERLAPPING, "command", "small entra", *REPLACING, "person", "called person")
SETTINGS = {
    f"{issuer}, {sinks}": replace(setting, issuer=issuer.removeprefix("called "))
    for issuer in ISSUERS
    for sinks, setting in SINKS.items()
}
# The other sinks that have an order of their own among their calls.
MORE = {
    "kubernetes": Setting("", ["kubernetes"]),
    "aws": Setting("", ["aws-secrets-manager"], acknowledge=True),
    "program": Setting("", ["command"]),
}
SETTINGS |= {
    f"{issuer}, {sinks}": replace(setting, issuer=issuer)
    for issuer in ("okta", "entra", "hydra", "auth0")
    for sinks, setting in MORE.items()
}
# Nobody is asked, and nothing waits.
LEAKED = Setting("", ["hub-space", "gitlab"], acknowledge=False, options=["--leaked"])
SETTINGS |= {f"{issuer}, leaked": replace(LEAKED, issuer=issuer) for issuer in OVERLAPPING}
# What a rotation may say when only a person can go on.
REASONS = ["has no room for another"]


@pytest.mark.parametrize("name", SETTINGS)
def test_killed_at_every_call(
    tmp_path: Path, name: str, record_property: Callable[[str, object], None]
) -> None:
    """The runs after it end it: with one live secret in every sink, or asking for a person."""
    setting, log, is_call = SETTINGS[name], tmp_path / "calls", name.startswith("called")
    with Watched(setting, program(), tmp_path / "dry") as dry:
        run = begun(dry, tracing.alone(tracing.recording(log)), is_call=is_call)
        assert run.status == (6 if is_call else 0), run
        ended(dry, dry.advance(), ["killed nowhere"], [])

    def killed(watched: Watched, first: Point, second: Point | None) -> None:
        calls = watched.root / "calls"
        through = killing(calls, first)
        run = begun(watched, through, is_call=is_call)
        assert run.status == DEAD, (first, run)
        story = [f"killed at {first}", str(run)]
        undamaged(watched, story)
        if second:
            through = killing(calls, second)
            story += [f"killed again at {second}", str(watched.run("run", through=through))]
            undamaged(watched, story)
        last = watched.advance()
        ended(watched, last, [*story, str(last)], REASONS)

    told = "killed at " + tried(name, setting, tracing.points(log), SAMPLE, tmp_path, killed)
    record_property("told", told)
    print(f"{name}: {told}")


@pytest.mark.skipif(not is_root(), reason="only root can give a file away")
@pytest.mark.parametrize(
    ("call", "owner", "mode"), [("fchown", 0, 0o600), ("renameat", 65534, 0o640)]
)
def test_a_draft_that_was_given_away_is_swept(
    tmp_path: Path, call: str, owner: int, mode: int
) -> None:
    """It is whole before its new owner, or their group, can read it."""
    tracing.require()
    with Watched(Setting("okta", ["file"]), program(), tmp_path / "rotation") as watched:
        (target,) = watched.rotations.files
        os.chown(target, 65534, 65534)
        target.chmod(0o640)
        assert watched.run("init").status == 0
        through = tracing.injecting(tmp_path / "calls", call, "signal=KILL", 1)
        assert watched.run("now", NAME, through=through).status == DEAD
        (draft,) = watched.drafts
        status = draft.stat()
        assert (status.st_uid, status.st_mode & 0o777) == (owner, mode)
        assert status.st_size > 0
        watched.run("resume", NAME)
        assert watched.advance().status == 0
        assert not watched.drafts
        assert target.stat().st_uid == 65534
