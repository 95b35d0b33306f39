"""The job's directory: names in it that are hfmint's own, and places that it cannot be in."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import tracing
from jobs import Job


@pytest.mark.parametrize("method", ["env-file", "token-file"])
@pytest.mark.parametrize(
    "form", ["{state}/{name}", "{state}/../{base}/./{name}", "{relative}/{name}"]
)
def test_a_name_of_hfmints_own_is_refused(job: Job, method: str, form: str) -> None:
    """In the job's directory, there or not; another name is told, and can be typed."""
    job.delivered(job.exchange())
    before = job.contents()
    names = [path.name for path in job.state.iterdir()]
    names += [
        f"{kind}-{'0' * 32}" for kind in ("token", "env", "record", "copy", "made", "audit-unsent")
    ]
    for name in names:
        path = form.format(
            state=job.state,
            base=job.state.name,
            relative=os.path.relpath(job.state, job.work),
            name=name,
        )
        ended = job.exchange("--deliver", f"{method}={path}")
        assert (ended.status, ended.code) == (5, "state-unusable"), ended
        assert "hfmint keeps this name in this job's directory for itself" in ended.err
        assert f"hint: name a file that is not there yet: --deliver {method}=" in ended.err
        assert job.contents() == before
    assert job.exchange("--deliver", f"{method}={job.state}/{names[0]}.hfmint").status == 0


NOT_TEXT = "caf\udce9"


@pytest.mark.parametrize("words", [("exchange", "acme/model"), ("run", "acme/model", "--", "true")])
def test_a_named_directory_that_is_no_text_is_refused(job: Job, words: tuple[str, ...]) -> None:
    """A repaired name would be another directory's."""
    (job.work / NOT_TEXT).mkdir(mode=0o700)
    before = sorted(job.work.rglob("*"))
    ended = job.run(*words, HFMINT_STATE_DIR=str(job.work / NOT_TEXT))
    status = 125 if words[0] == "run" else 5
    assert (ended.status, ended.code) == (status, "state-unusable"), ended
    assert "HFMINT_STATE_DIR is not UTF-8 text" in ended.err
    assert sorted(job.work.rglob("*")) == before
    assert job.world.requests("hub") == []


@pytest.mark.parametrize("name", ["RUNNER_TEMP", "XDG_RUNTIME_DIR"])
def test_a_place_that_is_no_text_is_skipped(job: Job, name: str) -> None:
    """With a note, and the next place is taken; forget says so too."""
    folder = job.work / NOT_TEXT
    folder.mkdir(mode=0o700)
    variables = {"RUNNER_TEMP": None, name: str(folder)}
    ended = job.exchange(**variables)
    job.delivered(ended)
    assert f"for this job's tokens: {name} is not UTF-8 text" in ended.err
    assert list(folder.iterdir()) == []
    forgotten = job.run("forget", **variables)
    assert (forgotten.status, f"alone: {name} is not UTF-8 text" in forgotten.err) == (0, True)
    assert not Path(ended.exports["HF_TOKEN_PATH"]).exists()


@pytest.mark.parametrize("name", ["HOME", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL"])
def test_a_home_that_is_no_text(job: Job, name: str) -> None:
    """Git finds its configuration there, and hfmint would look elsewhere: both say so."""
    variables = {"HOME": str(job.work), name: str(job.work / NOT_TEXT)}
    ended = job.run("setup-git", "--global", **variables)
    assert (ended.status, f"{name} is not UTF-8 text" in ended.err) == (5, True), ended
    report = json.loads(job.run("doctor", "--json", **variables).out)
    row = next(row for row in report["checks"] if row["id"] == "git-helper")
    assert (row["status"], f"{name} is not UTF-8 text" in json.dumps(row)) == ("warn", True)


def test_a_place_without_locks_is_skipped(job: Job, tmp_path: Path) -> None:
    """The next one has them; where none has, the first is taken: see `test_faults_kernel`."""
    tracing.require()
    ended = job.exchange(through=tracing.injecting(tmp_path / "calls", "flock", "error=ENOLCK", 1))
    job.delivered(ended)
    assert "for this job's tokens: its file system has no locks (no locks available)" in ended.err
    assert ended.exports["HF_TOKEN_PATH"].startswith(job.env["XDG_RUNTIME_DIR"])
    assert "no locks in" not in ended.err
