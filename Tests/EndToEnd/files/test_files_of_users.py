"""A user's own file stays: every writer, and what `forget` makes of it afterwards.

Only a file that hfmint made, and can show that it made, is replaced or removed. Every call that
writes, renames or removes outside the job's directory, and what guards a user's file there:

- `exchange --deliver env-file=`, `token-file=`, and `forget`: `test_a_file_of_the_users_stays`
- `--state-dir`, `--journal-dir`, `run`: `test_drafts_and_files_called_alike_stay`
- `GITHUB_ENV`, `GITHUB_OUTPUT`, `BASH_ENV` are appended to: `test_files_targets.py`
- `audit.file`: `test_a_log_and_its_cursor`
- a journal: `test_a_journal_that_cannot_be_read_stays_as_it_is`
- `rotate status --prometheus`: `test_files_strange.py`
- a file sink holds what must log in: `test_rotate_drift.py`
- `setup-git` has git edit its own file: `test_git_setup.py`
- git credential-store's file loses lines that are ours: `test_forget_git.py`
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import evidence
import tracing
from auditing import AuditedJob
from jobs import Ended, Job, is_root
from rotating import Rotator
from Sandbox.collector import Collector

MINE = b"MINE=1\n"
FOREIGN = "nothing shows that hfmint made it"
CHANGED = "it was changed since hfmint wrote it"
METHODS = ["env-file", "token-file"]


def to(job: Job, method: str, path: Path, *more: str, **variables: object) -> Ended:
    """`hfmint exchange --deliver METHOD=PATH`."""
    return job.exchange("--deliver", f"{method}={path}", *more, **variables)


def forgotten(job: Job) -> tuple[list[str], list[str]]:
    """What `forget` removed, and what it says remains."""
    ended = job.run("forget", "--json")
    assert ended.status == 0, ended
    report = json.loads(ended.out)
    return report["removed"], report["remaining"]


def made(job: Job, method: str, path: Path) -> bytes:
    """A copy of hfmint's, and what it holds."""
    assert to(job, method, path).status == 0
    evidence.put_there(path)
    return path.read_bytes()


def users_own(job: Job, method: str, path: Path) -> None:
    """Whatever mode 0600 may say."""
    path.write_bytes(MINE)
    path.chmod(0o600)


def users_open(job: Job, method: str, path: Path) -> None:
    """One that everyone may read."""
    path.write_bytes(MINE)
    path.chmod(0o644)


def edited(job: Job, method: str, path: Path) -> None:
    """Something of the user's came behind it."""
    made(job, method, path)
    with path.open("ab") as file:
        file.write(MINE)


def overwritten(job: Job, method: str, path: Path) -> None:
    """The same file, and nothing of hfmint's in it."""
    made(job, method, path)
    path.write_bytes(MINE)


def another(job: Job, method: str, path: Path) -> None:
    """The same bytes and attributes in another file."""
    made(job, method, path)
    copy = path.with_name("copy")
    evidence.put_there(copy)
    shutil.copy2(path, copy)
    copy.rename(path)


def of_no_attributes(job: Job, method: str, path: Path) -> None:
    """Made by a job whose directory is gone, on a file system that keeps no attributes."""
    made(job, method, path)
    os.removexattr(path, "user.hfmint")
    shutil.rmtree(job.state)


FOREIGNERS: dict[str, tuple[Callable[[Job, str, Path], None], str]] = {
    "0600": (users_own, FOREIGN),
    "0644": (users_open, "it exists with mode 644 instead of 600"),
    "edited": (edited, CHANGED),
    "overwritten": (overwritten, CHANGED),
    "another with the same bytes": (another, FOREIGN),
    "nothing remembers it": (of_no_attributes, FOREIGN),
}


@pytest.mark.parametrize("kind", FOREIGNERS)
@pytest.mark.parametrize("method", METHODS)
def test_a_file_of_the_users_stays(job: Job, method: str, kind: str) -> None:
    """Refused before a token is asked for, with another name that works."""
    prepare, reason = FOREIGNERS[kind]
    path = job.work / "it's mine"
    prepare(job, method, path)
    before = path.read_bytes(), path.stat().st_ino
    asked = job.world.hub.exchanges()
    ended = to(job, method, path)
    assert (ended.status, ended.code, ended.out) == (5, "state-unusable", "")
    assert f"cannot deliver to '{path}': {reason}" in ended.err.replace(
        "it is there already, and ", ""
    )
    assert job.world.hub.exchanges() == asked
    assert (path.read_bytes(), path.stat().st_ino) == before
    # As a shell reads what is to be typed.
    typed = ended.err.rsplit("name a file that is not there yet: ", 1)[1].strip()
    words = subprocess.run(["sh", "-c", f"printf '%s\\n' {typed}"], capture_output=True, check=True)
    assert job.exchange(*words.stdout.decode().splitlines()).status == 0
    other = Path(f"{path}.hfmint")
    assert other.exists()
    removed, remaining = forgotten(job)
    assert str(other) in removed
    assert str(path) not in removed
    assert (path.read_bytes(), path.stat().st_ino) == before
    assert [entry.name for entry in job.work.iterdir()] == [path.name]
    named = [line for line in remaining if str(path) in line]
    assert bool(named) == (kind in ("edited", "overwritten", "another with the same bytes"))
    assert ("line 1: delete that" in "".join(named)) == (kind != "overwritten" and bool(named))


@pytest.mark.parametrize("method", METHODS)
def test_an_empty_file_is_taken_and_is_empty_again(job: Job, method: str) -> None:
    """As mktemp makes it; also where it was delivered to twice, or by another job's step before."""
    path = job.work / "file"
    path.touch(0o600)
    first = made(job, method, path)
    assert first
    assert to(job, method, path).status == 0
    removed, remaining = forgotten(job)
    assert f"what was delivered in '{path}', which is empty again" in removed
    assert remaining == []
    assert path.read_bytes() == b""
    assert [entry.name for entry in job.work.iterdir()] == ["file"]


@pytest.mark.parametrize("lost", ["directory", "attribute"])
@pytest.mark.parametrize("method", METHODS)
def test_a_copy_is_known_again(job: Job, method: str, lost: str) -> None:
    """By the file system where the job's directory is gone, and the other way round."""
    path = job.work / "file"
    made(job, method, path)
    if lost == "directory":
        shutil.rmtree(job.state)
    else:
        os.removexattr(path, "user.hfmint")
    first = path.stat().st_ino
    assert to(job, method, path).status == 0
    assert path.stat().st_ino != first
    assert str(path) in forgotten(job)[0]
    assert not list(job.work.iterdir())


@pytest.mark.parametrize("lacking", ["fsetxattr", "renameat2", "linkat"])
def test_a_kernel_that_lacks_a_call(job: Job, tmp_path: Path, lacking: str) -> None:
    """The other way is taken: a copy is made, replaced, and removed."""
    tracing.require()
    path = job.work / "file"
    calls = {"linkat": ["renameat2", "linkat"]}.get(lacking, [lacking])
    effects = [word for call in calls for word in ("-e", f"inject=?{call}:error=EPERM")]
    through = [*tracing.quiet(tmp_path / "calls"), *effects]
    for _ in range(2):
        assert to(job, "env-file", path, through=through).status == 0
    assert path.stat().st_nlink == 1
    path.with_name("other").write_bytes(MINE)
    path.with_name("other").chmod(0o600)
    assert to(job, "env-file", path.with_name("other"), through=through).status == 5
    ended = job.run("forget", "--json", through=through)
    assert str(path) in json.loads(ended.out)["removed"]
    assert [entry.name for entry in job.work.iterdir()] == ["other"]


@pytest.mark.parametrize("before", ["nothing", "own copy", "empty"])
@pytest.mark.parametrize("method", METHODS)
def test_a_file_that_appears_meanwhile_stays(
    job: Job, tmp_path: Path, method: str, before: str
) -> None:
    """Between the last look and the name: the run stands still while the user makes the file."""
    tracing.require()
    path = job.work / "file"
    if before == "own copy":
        made(job, method, path)
    if before == "empty":
        path.touch(0o600)
    log = tmp_path / "calls"
    # The mark is kept right before the draft gets its name.
    through = tracing.injecting(log, "fsetxattr", "signal=SIGSTOP", 1)
    endings: list[Ended] = []
    thread = threading.Thread(target=lambda: endings.append(to(job, method, path, through=through)))
    thread.start()
    while not (log.exists() and "stopped by SIGSTOP" in log.read_text()):
        thread.join(0.01)
        assert thread.is_alive(), endings
    path.with_name("mine").write_bytes(MINE)
    path.with_name("mine").chmod(0o600)
    path.with_name("mine").rename(path)
    os.kill(int(log.read_text().split()[0]), signal.SIGCONT)
    thread.join()
    assert endings[0].status == 5, endings
    assert path.read_bytes() == MINE
    assert str(path) not in forgotten(job)[0]
    assert path.read_bytes() == MINE
    assert [entry.name for entry in job.work.iterdir()] == ["file"]


def test_a_directory_that_cannot_be_written(job: Job) -> None:
    """Nothing is made, and nothing is asked for; some folders take no file, even of root's."""
    folder = Path("/proc/self") if is_root() else job.work / "folder"
    folder.mkdir(mode=0o500, exist_ok=True)
    assert to(job, "env-file", folder / "file").status == 5
    assert job.world.hub.exchanges() == 0


def test_two_jobs_at_one_path(job: Job) -> None:
    """Neither removes the other's."""
    path = job.work / "file"
    made(job, "token-file", path)
    assert to(job, "token-file", path, GITHUB_JOB="other").status == 0
    second = path.read_bytes()
    assert str(path) not in forgotten(job)[0]
    assert path.read_bytes() == second
    ended = job.run("forget", "--json", GITHUB_JOB="other")
    assert str(path) in json.loads(ended.out)["removed"]
    assert not path.exists()


def test_drafts_and_files_called_alike_stay(job: Job) -> None:
    """What a person calls like a draft, or like a file of hfmint's, is the person's."""
    path = job.work / "file"
    names = [".file.old.draft", ".file.backup2.draft", ".file.0123456789abc.draft", ".file.a.swap"]
    for name in names:
        (job.work / name).write_bytes(MINE)
        (job.work / name).chmod(0o600)
    for _ in range(2):
        assert to(job, "env-file", path).status == 0
    forgotten(job)
    assert sorted(entry.name for entry in job.work.iterdir()) == sorted(names)
    assert {(job.work / name).read_bytes() for name in names} == {MINE}


@pytest.mark.parametrize("content", [MINE, b"mine", b'{"log":"from a container"}\n'])
@pytest.mark.parametrize("suffix", ["", ".sent"])
def test_a_log_and_its_cursor(job: Job, tmp_path: Path, suffix: str, content: bytes) -> None:
    """A file of the user's is no audit log, and does not become one."""
    log = tmp_path / "audit.jsonl"
    path = Path(f"{log}{suffix}")
    path.write_bytes(content)
    path.chmod(0o600)
    with Collector() as collector:
        AuditedJob(job, tmp_path / "audited", file=str(log), url=collector.origin, required=True)
        ended = job.exchange()
    assert ended.status == 5, ended
    assert path.name in ended.err
    assert path.read_bytes() == content


@pytest.mark.parametrize("content", [MINE, b"mine", b"0" * 33])
def test_a_journal_that_cannot_be_read_stays_as_it_is(rotator: Rotator, content: bytes) -> None:
    """Also where its last line lacks its end, as one has that a crash tore."""
    rotator.set_up("okta", ["file"])
    journal = rotator.rotations.journal / "chat.journal"
    journal.unlink(missing_ok=True)
    journal.write_bytes(content)
    journal.chmod(0o600)
    done = rotator("now", "chat")
    assert done.status in (5, 6), done
    assert b"chat.journal" in done.stderr
    assert journal.read_bytes() == content
