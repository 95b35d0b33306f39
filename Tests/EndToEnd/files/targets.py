"""Looks at the files that tokens are delivered to."""

from __future__ import annotations

import stat
from pathlib import Path

from jobs import Ended, Job


def token_in(path: Path) -> str:
    """The token in an environment file, which is all there and ours alone."""
    lines = dict(line.split("=", 1) for line in path.read_text().splitlines())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return lines["HF_TOKEN"]


def step_file(job: Job, name: str = "GITHUB_ENV") -> Path:
    """The runner's file for the steps to come."""
    return Path(job.env[name])


def refused(job: Job, ended: Ended, reason: str) -> None:
    """Nothing was printed but the reason; nothing was written outside the job's directory."""
    assert (ended.status, ended.code) == (5, "state-unusable"), ended
    assert reason in ended.err
    assert ended.out == ""
    assert not [path for path in job.written() if "hfmint" not in path.parts]
    job.silent_about_secrets(ended)
