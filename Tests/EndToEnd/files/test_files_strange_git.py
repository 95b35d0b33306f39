"""Git's own settings in something else than a regular file of ours."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs import Job, is_root
from strangefiles import KINDS, standing


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where something strange will stand."""
    folder = tmp_path / "strange"
    folder.mkdir(mode=0o700)
    return folder / "target"


# How git finds the file: the scope, and the variables that name it.
GIT: dict[str, tuple[list[str], Callable[[Path], dict[str, str]]]] = {
    "GIT_CONFIG_GLOBAL": ([], lambda path: {"GIT_CONFIG_GLOBAL": str(path)}),
    "~/.gitconfig": (["--global"], lambda path: {"HOME": str(path.parent)}),
    "XDG_CONFIG_HOME": (
        ["--global"],
        lambda path: {"HOME": "/nowhere", "XDG_CONFIG_HOME": str(path.parent.parent)},
    ),
    "--local": (["--local"], lambda path: {}),
}
PLACES = {
    "GIT_CONFIG_GLOBAL": "config",
    "~/.gitconfig": "home/.gitconfig",
    "XDG_CONFIG_HOME": "git/config",
    "--local": "work/tree/.git/config",
}
FOLLOWED = ("link", "dangling link", "link to itself")
# Git itself waits for a FIFO of a work tree, whatever it is asked.
REFUSED = [
    (how, kind)
    for how in GIT
    for kind in KINDS
    if kind not in FOLLOWED and (how, kind) != ("--local", "FIFO")
]
# Git does not see a dangling link where it has a choice, or where it is a work tree's.
THROUGH = [(how, "link") for how in GIT] + [
    (how, "dangling link") for how in ("GIT_CONFIG_GLOBAL", "~/.gitconfig")
]
GIT_STOPS = {
    "FIFO": "it is a FIFO, and git would wait for it",
    "directory": "it is a directory",
    "socket": "it is a socket",
}
GIT_REASON = {"link to a device": "it is not a regular file but a device"}


def git_file(job: Job, how: str, kind: str) -> tuple[Path, Path, dict[str, str]]:
    """What stands where git keeps its settings, the folder to be in, and the variables."""
    root = job.work.parent
    path = root / PLACES[how]
    if how == "--local":
        subprocess.run(["git", "init", "-q", job.work / "tree"], check=True, env=job.env)
        path.unlink()
    path.parent.mkdir(parents=True, exist_ok=True)
    KINDS[kind][0](path)
    folder = job.work / "tree" if how == "--local" else job.work
    return path, folder, GIT[how][1](path)


@pytest.mark.parametrize(("how", "kind"), REFUSED)
def test_gits_own_settings_leave_it_alone(job: Job, how: str, kind: str) -> None:
    """Git would put a file in their place; a FIFO it would wait for."""
    path, folder, variables = git_file(job, how, kind)
    before = standing(path)
    words = GIT[how][0]
    undone = job.run("setup-git", *words, "--undo", cwd=folder, **variables)
    assert standing(path) == before
    ended = job.run("setup-git", *words, cwd=folder, **variables)
    assert (ended.status, ended.code) == (5, "state-unusable"), ended
    assert standing(path) == before
    if how != "--local":
        # Git itself cannot go on with some, whatever it is asked: then another file is the way out.
        stops = kind in GIT_STOPS
        assert undone.status == (5 if stops else 0), undone
        assert GIT_STOPS.get(kind, GIT_REASON.get(kind, KINDS[kind][1])) in ended.err
        assert ("GIT_CONFIG_GLOBAL=" if stops else "setup-git --environment") in ended.err
    shown = job.run("setup-git", "--environment", cwd=folder, **variables)
    assert "GIT_CONFIG_COUNT" in shown.out


@pytest.mark.parametrize(("how", "kind"), THROUGH)
def test_git_writes_through_a_link(job: Job, how: str, kind: str) -> None:
    """Into the file of a repository of settings, which stays where it is."""
    path, folder, variables = git_file(job, how, kind)
    words = GIT[how][0]
    assert job.run("setup-git", *words, cwd=folder, **variables).status == 0
    assert path.is_symlink()
    assert "git-credential" in path.resolve().read_text()
    assert job.run("setup-git", *words, "--undo", cwd=folder, **variables).status == 0
    assert path.is_symlink()
    assert "git-credential" not in path.resolve().read_text()


@pytest.mark.skipif(not is_root(), reason="only root can give a file away")
def test_git_settings_of_another_user(job: Job) -> None:
    """They would belong to root from then on, and their owner could write them no more."""
    path = job.work / "config"
    path.write_text("[user]\n\tname = Ada\n")
    os.chown(path, 65534, 65534)
    ended = job.run("setup-git", GIT_CONFIG_GLOBAL=str(path))
    assert (ended.status, ended.code) == (5, "state-unusable")
    assert "it belongs to another user (uid 65534)" in ended.err
    assert path.stat().st_uid == 65534


def test_git_settings_without_a_name(job: Job) -> None:
    """GIT_CONFIG_GLOBAL is set to nothing: git's own words, and the way out."""
    ended = job.run("setup-git", GIT_CONFIG_GLOBAL="")
    assert (ended.status, ended.code) == (5, "state-unusable")
    assert "--environment" in ended.err
