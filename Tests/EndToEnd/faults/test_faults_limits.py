"""`ulimit -f`: a write beyond it is a sentence, and nothing stays half written."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs import Job

# SIGXFSZ as a shell reports it.
KILLED = 128 + 25


def limited(blocks: int = 0) -> list[str]:
    """The words that run hfmint under such a limit."""
    return ["sh", "-c", f'ulimit -f {blocks}; exec "$0" "$@"']


WAYS = {
    "exchange": ("exchange", "acme/model"),
    "a copy": ("exchange", "acme/model", "--deliver", "token-file={work}/copy"),
    "run": ("run", "acme/model", "--", "true"),
    "setup-git": ("setup-git", "--global"),
}


@pytest.mark.parametrize("name", WAYS)
def test_a_file_that_may_hold_nothing(job: Job, name: str) -> None:
    """Is named, with the reason; without the limit all is well."""
    job.env["HOME"] = str(job.work)
    words = [word.format(work=job.work) for word in WAYS[name]]
    ended = job.run(*words, through=limited())
    assert ended.status == 5 or (name == "run" and ended.status == 125), ended
    assert "file too large" in ended.err or name == "setup-git", ended
    assert [path for path, text in job.contents().items() if b"hf_jwt_" in text] == []
    assert not list(job.work.glob("copy*"))
    assert not list(job.temp.rglob("*.draft"))
    assert job.run(*words).status == 0


@pytest.mark.parametrize("ignored", [True, False])
def test_a_command_has_the_signal_as_it_was(job: Job, ignored: bool) -> None:
    """It ends by it, unless whoever started hfmint had it ignored."""
    script = f"ulimit -f 0; echo x >{job.work}/file; echo on"
    begun = ["sh", "-c", ('trap "" XFSZ; ' if ignored else "") + 'exec "$0" "$@"']
    ended = job.run("run", "acme/model", "--", "sh", "-c", script, through=begun)
    assert (ended.status, ended.out) == ((0, "on\n") if ignored else (KILLED, "")), ended


def test_standard_output_that_may_hold_nothing(job: Job, tmp_path: Path) -> None:
    """The caller learns of it by the status."""
    script = f'ulimit -f 0; exec "$0" "$@" >{tmp_path}/out'
    job.delivered(job.exchange())
    ended = job.exchange(through=["sh", "-c", script])
    assert ended.status == 5, ended
    assert "file too large" in ended.err
