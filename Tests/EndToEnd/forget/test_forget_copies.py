"""`hfmint forget`: what is gone, what remains and is named, and that it never fails a job."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import evidence
import tracing
from jobs import Job, forget


def test_everything_is_gone_with_the_directory(job: Job) -> None:
    """Records, tokens, environment files, locks."""
    job.delivered(job.exchange())
    state = job.state
    there = {str(path) for path in state.iterdir()}
    assert len(there) == 4
    removed, remaining, _ = forget(job)
    assert set(removed) == there
    assert remaining == []
    assert not state.exists()


def test_a_job_without_tokens_is_fine(job: Job) -> None:
    """Nothing is made to be removed."""
    assert forget(job)[:2] == ([], [])
    assert job.run("forget").out == "this job has no tokens here\n"
    assert job.written() == {}


def test_files_are_overwritten_first(job: Job) -> None:
    """Also by another name: a hard link shows zeros."""
    job.delivered(job.exchange())
    (token,) = job.state.glob("token-*")
    length = token.stat().st_size
    witness = job.work / "witness"
    witness.hardlink_to(token)
    forget(job)
    assert witness.read_bytes() == bytes(length)


def test_drafts_of_killed_calls_are_gone_too(job: Job) -> None:
    """They may hold a token."""
    job.delivered(job.exchange())
    (token,) = job.state.glob("token-*")
    draft = job.state / f".{token.name}.abc123.draft"
    shutil.copy(token, draft)
    removed, _, _ = forget(job)
    assert str(draft) in removed
    assert not draft.exists()


def test_a_users_copies_are_gone_too(job: Job) -> None:
    """Those that deliveries with a path made."""
    env, token = job.work / "job.env", job.work / "token"
    job.exchange("--deliver", f"env-file={env}", "--deliver", f"token-file={token}")
    job.exchange("--deliver", "env-file=relative.env")
    removed, _, _ = forget(job, cwd=job.temp)
    copies = [env, token, job.work / "relative.env"]
    assert {str(path) for path in copies} <= set(removed)
    assert not [path for path in copies if path.exists()]


def test_a_copy_that_is_out_of_reach_is_remembered(job: Job) -> None:
    """It is named, and its note stays for the next `forget`; the others go at once."""
    far, near = job.work / "far", job.work / "near"
    far.mkdir()
    job.exchange("--deliver", f"env-file={far}/job.env", "--deliver", f"token-file={near}")
    away = far.rename(job.work / "away")
    far.symlink_to(far)
    state = job.state
    removed, remaining, _ = forget(job)
    assert str(near) in removed
    why = "too many levels of symbolic links; `hfmint forget` tries it again"
    assert remaining == [f"'{far}/job.env': {why}"]
    (note,) = state.iterdir()
    assert note.name.startswith("copy-")
    far.unlink()
    away.rename(far)
    removed, remaining, _ = forget(job)
    assert set(removed) == {f"{far}/job.env", str(note)}
    assert remaining == []
    assert not state.exists()
    assert not list(far.iterdir())


def test_one_copy_of_a_path_does_not_save_another(job: Job, tmp_path: Path) -> None:
    """An older one was moved away, and which of them cannot be opened is the disk's choice."""
    tracing.require()
    path, log = job.work / "job.env", tmp_path / "calls"

    def deliver() -> None:
        for old in ("old", ""):
            assert job.exchange("--deliver", f"env-file={path}").status == 0
            if old:
                path.rename(job.work / old)
                evidence.put_there(job.work / old)

    deliver()
    forget(job, through=tracing.recording(log, ["openat"]))
    opened = re.findall(r"openat\((.*)", log.read_text())
    numbers = [number for number, call in enumerate(opened, 1) if '"job.env"' in call]
    assert len(numbers) >= 2
    for number in numbers:
        deliver()
        state = job.state
        through = tracing.injecting(log, "openat", "error=EIO", number)
        _, remaining, ended = forget(job, through=through)
        assert not path.exists() or any(str(path) in line for line in remaining), ended
        forget(job)
        assert not path.exists(), number
        assert not state.exists(), number


@pytest.mark.parametrize("how", ["renamed over", "removed and made", "moved away", "linked"])
def test_what_took_a_copys_place_is_left_alone(job: Job, how: str) -> None:
    """It is the user's; a file system may even give it the number of the old one."""
    path = job.work / "job.env"
    assert job.exchange("--deliver", f"env-file={path}").status == 0
    if how == "renamed over":
        (job.work / "new").write_text("mine\n")
        (job.work / "new").rename(path)
    elif how == "removed and made":
        path.unlink()
        path.write_text("mine\n")
    elif how == "linked":
        path.unlink()
        (job.work / "mine").write_text("mine\n")
        path.symlink_to("mine")
    else:
        path.unlink()
    removed, _, _ = forget(job)
    assert str(path) not in removed
    if how != "moved away":
        assert path.read_text() == "mine\n"


def test_a_copy_that_the_job_wrote_to_is_the_jobs(job: Job) -> None:
    """It stays, and what is still a secret in it is named, by its line."""
    path = job.work / "job.env"
    assert job.exchange("--deliver", f"env-file={path}").status == 0
    with path.open("a") as file:
        file.write("MORE=1\n")
    before = path.read_bytes()
    removed, remaining, _ = forget(job)
    assert str(path) not in removed
    changed = f"'{path}': it was changed since hfmint wrote it; a token is in line 1: delete that"
    assert remaining == [changed]
    assert path.read_bytes() == before


def test_one_file_that_cannot_be_removed_does_not_save_the_others(job: Job) -> None:
    """It is named; the exit status is 0 all the same."""
    job.delivered(job.exchange())
    stuck = job.state / ("copy-" + "0" * 32)
    (stuck / "x").mkdir(parents=True)
    removed, remaining, _ = forget(job)
    assert len(removed) == 4
    assert len(remaining) == 1
    assert str(stuck) in remaining[0]
    assert [path.name for path in job.state.iterdir()] == [stuck.name]


def test_a_disk_that_fails_does_not_fail_the_job(job: Job, tmp_path: Path) -> None:
    """Overwriting is best effort; what could not be removed is said."""
    tracing.require()
    log = tmp_path / "calls"
    for call, left in (("write", False), ("fsync", False), ("unlinkat", True), ("rmdir", False)):
        job.delivered(job.exchange())
        through = tracing.injecting(log, call, "error=EIO", 1)
        removed, remaining, _ = forget(job, through=through)
        assert len(removed) == (3 if left else 4), call
        assert len(remaining) == (1 if left else 0), call
        forget(job)


def test_what_no_program_can_take_back_is_named(job: Job) -> None:
    """The environment of this step, and lines for later ones."""
    job.exchange("--deliver", "env", "--export")
    token = job.exchange("--deliver", "stdout").out.strip()
    _, remaining, ended = forget(job, HF_TOKEN=token)
    assert remaining == [
        "HF_TOKEN in the environment of this step, until it ends",
        "a token in GITHUB_ENV, which the provider hands to later steps",
    ]
    job.silent_about_secrets(ended)


def test_other_tokens_are_not_its_business(job: Job) -> None:
    """A long-lived one was given to the job by someone else."""
    job.delivered(job.exchange())
    _, remaining, _ = forget(job, HF_TOKEN="hf_" + "a" * 34)
    assert remaining == []


def test_a_directory_that_is_not_ours_is_left_and_named(job: Job) -> None:
    """And the exit status is 0."""
    job.delivered(job.exchange())
    job.state.chmod(0o755)
    removed, _, ended = forget(job)
    job.state.chmod(0o700)
    assert removed == []
    assert "leaving" in ended.err
    assert len(list(job.state.iterdir())) == 4


def test_another_jobs_tokens_stay(job: Job) -> None:
    """On a runner that several jobs share."""
    other = job.exchange(GITHUB_JOB="other")
    job.delivered(job.exchange())
    forget(job)
    assert Path(other.exports["HF_TOKEN_PATH"]).exists()


def test_after_it_the_next_call_exchanges_again(job: Job) -> None:
    """Nothing is remembered."""
    job.delivered(job.exchange())
    forget(job)
    job.delivered(job.exchange())
    assert job.world.hub.exchanges() == 2
    assert job.state.is_dir()
