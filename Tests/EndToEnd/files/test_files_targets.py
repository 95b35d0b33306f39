"""Where a token may be written: files that users name, and those that the provider prepared."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs import Ended, Job, is_root
from Sandbox.runnerfiles import read_env
from targets import refused, step_file, token_in

Prepare = Callable[[Path], None]
needs_root = pytest.mark.skipif(not is_root(), reason="only root can give a file away")


def to_file(job: Job, path: Path | str, *more: str) -> Ended:
    """Exchange into an environment file."""
    return job.exchange("--deliver", f"env-file={path}", *more)


def test_a_file_is_made_and_then_replaced_whole(job: Job) -> None:
    """By another one, so that no reader sees half of it."""
    path = job.work / "job.env"
    assert to_file(job, path).out == f"{path}\n"
    first = path.stat().st_ino, token_in(path)
    assert to_file(job, path).status == 0
    assert path.stat().st_ino != first[0]
    assert job.works(token_in(path))


def test_a_relative_path_is_relative_to_the_step(job: Job) -> None:
    """As everywhere."""
    assert to_file(job, "job.env").out == "job.env\n"
    assert job.works(token_in(job.work / "job.env"))


def _link(path: Path) -> None:
    path.with_name("other").write_text("mine\n")
    path.symlink_to("other")


def _dangling(path: Path) -> None:
    path.symlink_to("nowhere")


def _hard_link(path: Path) -> None:
    path.with_name("other").write_text("mine\n")
    path.with_name("other").chmod(0o600)
    path.hardlink_to(path.with_name("other"))


def _open_to_others(path: Path) -> None:
    path.write_text("mine\n")
    path.chmod(0o644)


def _fifo(path: Path) -> None:
    os.mkfifo(path, 0o600)


TARGETS: dict[str, tuple[Prepare, str]] = {
    "symlink": (_link, "it is a symbolic link"),
    "dangling symlink": (_dangling, "it is a symbolic link"),
    "hard link": (_hard_link, "it has a second name (a hard link)"),
    "FIFO": (_fifo, "it is not a regular file"),
    "directory": (lambda path: path.mkdir(mode=0o700), "it is not a regular file"),
    "readable by others": (_open_to_others, "it exists with mode 644 instead of 600"),
}


@pytest.mark.parametrize("kind", TARGETS)
@pytest.mark.parametrize("method", ["env-file", "token-file"])
def test_a_target_that_is_something_else_stays_as_it_is(job: Job, kind: str, method: str) -> None:
    """It may be a trap, or precious."""
    prepare, reason = TARGETS[kind]
    folder = job.work / "folder"
    folder.mkdir()
    prepare(folder / "job.env")
    before = _listing(folder)
    ended = job.exchange("--deliver", f"{method}={folder}/job.env")
    assert (ended.status, ended.code) == (5, "state-unusable"), ended
    assert reason in ended.err
    assert ended.out == ""
    assert _listing(folder) == before
    job.silent_about_secrets(ended)


def _listing(folder: Path) -> list[tuple[str, int, int, bytes]]:
    return [
        (path.name, path.lstat().st_mode, path.lstat().st_ino, _content(path))
        for path in sorted(folder.iterdir())
    ]


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


@needs_root
def test_a_target_of_another_user_stays_as_it_is(job: Job) -> None:
    """Whoever owns it could read what we write."""
    path = job.work / "job.env"
    path.touch(0o600)
    os.chown(path, 65534, 65534)
    ended = to_file(job, path)
    assert (ended.status, path.read_bytes()) == (5, b"")
    assert "it belongs to another user" in ended.err


def test_a_directory_that_is_not_there(job: Job) -> None:
    """It is not made."""
    refused(job, to_file(job, job.work / "absent/job.env"), "no such file or directory")


def test_an_unwritable_directory_is_refused(job: Job) -> None:
    """Where even root cannot write."""
    refused(job, to_file(job, "/proc/self/job.env"), "cannot deliver to '/proc/self/job.env'")


@pytest.mark.parametrize("sub", ["", "a/b"])
@pytest.mark.parametrize("marker", ["directory", "file"])
def test_a_git_work_tree_gets_no_token(job: Job, sub: str, marker: str) -> None:
    """It would end in a commit; a worktree's or submodule's `.git` is a file."""
    tree = job.work / "tree"
    (tree / sub).mkdir(parents=True)
    if marker == "directory":
        subprocess.run(["git", "init", "-q", tree], check=True, env=job.env)
    else:
        (tree / ".git").write_text("gitdir: elsewhere\n")
    ended = to_file(job, tree / sub / "job.env")
    assert (ended.status, ended.code) == (5, "state-unusable")
    assert f"it lies in a git work tree ({tree.resolve()})" in ended.err
    assert not list(tree.rglob("*.env"))


def test_a_link_into_a_work_tree_leads_there_too(job: Job) -> None:
    """Where the folder really is counts."""
    (job.work / "tree/.git").mkdir(parents=True)
    (job.work / "link").symlink_to("tree")
    ended = to_file(job, job.work / "link/job.env")
    assert "it lies in a git work tree" in ended.err
    assert not list(job.work.rglob("*.env"))


@pytest.mark.parametrize(("mode", "accepted"), [(0o777, False), (0o1777, True), (0o755, True)])
def test_a_directory_that_others_can_write_needs_the_sticky_bit(
    job: Job, mode: int, accepted: bool
) -> None:
    """Without it others could replace the file."""
    folder = job.work / "folder"
    folder.mkdir()
    folder.chmod(mode)
    ended = to_file(job, folder / "job.env")
    if accepted:
        assert job.works(token_in(folder / "job.env"))
    else:
        refused(job, ended, "others can write its directory, which lacks the sticky bit")


def test_two_writers_at_once_leave_one_whole_file(job: Job) -> None:
    """The last one's, whoever that is, and no draft."""
    path = job.work / "job.env"
    endings: list[Ended] = []
    threads = [
        threading.Thread(target=lambda: endings.append(to_file(job, path))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [ended.status for ended in endings] == [0] * 8
    assert job.works(token_in(path))
    assert [entry.name for entry in job.work.iterdir()] == ["job.env"]


@needs_root
def test_a_step_file_may_be_another_users(job: Job) -> None:
    """In a container we are root, and the runner is not."""
    os.chown(step_file(job), 65534, 65534)
    assert job.exchange("--deliver", "env", "--export").status == 0
    values = read_env(step_file(job).read_bytes()).values
    assert job.works(values["HF_TOKEN"])


def test_a_step_file_that_others_can_write_gets_paths_only(job: Job) -> None:
    """They could read it just as well."""
    step_file(job).chmod(0o666)
    ended = job.exchange("--deliver", "env", "--export")
    assert (ended.status, ended.code) == (5, "state-unusable")
    assert "leave out --export" in ended.err
    assert step_file(job).read_bytes() == b""
    assert job.exchange("--deliver", "env").status == 0
    values = read_env(step_file(job).read_bytes()).values
    assert job.works(Path(values["HF_TOKEN_PATH"]).read_text())


@pytest.mark.parametrize("before", [b"", b"A=1\n", b"A=1", b"A<<E\n1\nE"])
def test_a_line_without_end_does_not_swallow_the_next(job: Job, before: bytes) -> None:
    """What was there stays as it was."""
    step_file(job).write_bytes(before)
    assert job.exchange().status == 0
    reading = read_env(step_file(job).read_bytes())
    assert not reading.errors
    assert reading.values.get("A", "1") == "1"
    assert ("A" in reading.values) == bool(before)
    assert job.works(Path(reading.values["HF_TOKEN_PATH"]).read_text())


STEP_FILE_TRAPS: dict[str, tuple[Prepare, str]] = {
    "symlink": (_link, "it is a symbolic link"),
    "hard link": (_hard_link, "it has a second name (a hard link)"),
    "FIFO": (_fifo, "it is not a regular file"),
    "directory": (lambda path: path.mkdir(), "it is not a regular file but a directory"),
}


@pytest.mark.parametrize("kind", STEP_FILE_TRAPS)
def test_a_step_file_that_is_something_else(job: Job, kind: str) -> None:
    """The step fails, rather than tell the wrong reader."""
    prepare, reason = STEP_FILE_TRAPS[kind]
    folder = job.work / "folder"
    folder.mkdir()
    prepare(folder / "env")
    before = _listing(folder)
    ended = job.exchange(GITHUB_ENV=str(folder / "env"))
    assert (ended.status, ended.code) == (5, "state-unusable"), ended
    assert reason in ended.err
    assert ended.out == "(exit 5)\n"
    assert _listing(folder) == before


def test_a_step_file_that_is_not_there_is_not_made(job: Job) -> None:
    """A container was given the variable and not the file: the shell has the token, and is told."""
    path = job.work / "gone/env"
    ended = job.exchange(GITHUB_ENV=str(path))
    assert ended.status == 0, ended
    assert f"GITHUB_ENV names '{path}', which is not here" in ended.err
    assert "HF_TOKEN_PATH=" in ended.out
    assert not path.parent.exists()
    ended = job.exchange("--deliver", "env", GITHUB_ENV=str(path))
    assert (ended.status, ended.code) == (5, "state-unusable"), ended
