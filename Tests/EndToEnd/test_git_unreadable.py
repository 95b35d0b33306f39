"""What stands where git's own configuration is expected: git waits for it, or ends."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gitjob import GitJob, description, in_clone
from Sandbox.world import World
from test_git_levels import doctor


@pytest.fixture
def job(world: World, tmp_path: Path) -> GitJob:
    """A GitHub job in a clone, with a token that git was answered with."""
    job = in_clone(world, tmp_path / "work")
    assert job.hfmint("setup-git").status == 0
    host = world.hub.origin.removeprefix("http://")
    asked = job.hfmint(
        "git-credential", "get", stdin=description(protocol="http", host=host, path="acme/model")
    )
    assert b"password=hf_jwt_" in asked.stdout
    return job


PLACES = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", ".gitconfig", "XDG_CONFIG_HOME")


def place(job: GitJob, name: str) -> Path:
    """Where git looks, free for something strange."""
    path = job.work.parent / "strange"
    match name:
        case ".gitconfig":
            path = job.world.root / "home/.gitconfig"
            path.unlink()
        case "XDG_CONFIG_HOME":
            path = job.work.parent / "xdg/git/config"
            path.parent.mkdir(parents=True)
            job.environment["XDG_CONFIG_HOME"] = str(path.parents[1])
        case _:
            job.environment.pop("GIT_CONFIG_NOSYSTEM", None)
            job.environment[name] = str(path)
    return path


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server, contextlib.chdir(path.parent):
        # A path in a socket's address is short.
        server.bind(path.name)


KINDS: dict[str, Callable[[Path], None]] = {
    "FIFO": os.mkfifo,
    "directory": Path.mkdir,
    "socket": _socket,
}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *((name, "FIFO") for name in PLACES),
        *((PLACES[0], kind) for kind in ("directory", "socket")),
    ],
)
def test_it_keeps_nobody_waiting(job: GitJob, name: str, kind: str) -> None:
    """setup-git refuses, doctor fails, forget says whom it could not ask; each names the file."""
    path = place(job, name)
    KINDS[kind](path)
    told = f"git cannot read its configuration '{path}': it is a {kind}"
    begun = time.monotonic()
    for words in (["--global"], ["--local"], ["--global", "--undo"]):
        refused = job.hfmint("setup-git", *words)
        assert refused.status == 5, refused
        assert told in refused.stderr.decode()
        assert b"hint: " in refused.stderr
    printed = job.hfmint("setup-git", "--environment")
    assert printed.status == 0
    assert told in printed.stderr.decode()
    status, text = doctor(job, "git-helper")
    assert status == "fail"
    assert told in text
    forgotten = job.hfmint("forget", "--json")
    assert forgotten.status == 0
    assert any(told in line for line in json.loads(forgotten.stdout)["remaining"])
    # A git that waits is ended after five seconds, or thirty.
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("content", ["[core\n", "\0\0\0"])
def test_what_git_cannot_parse_is_not_a_machine_without_git(job: GitJob, content: str) -> None:
    """Git does not even say its version then."""
    place(job, "GIT_CONFIG_GLOBAL").write_text(content)
    status, text = doctor(job, "git-helper")
    assert status == "fail"
    assert "git config --list" in text


@pytest.mark.parametrize("name", ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"])
def test_the_null_device_is_an_empty_file(job: GitJob, name: str) -> None:
    """So people switch a level off."""
    place(job, name)
    job.environment[name] = "/dev/null"
    assert doctor(job, "git-helper")[0] in ("ok", "warn")
    assert job.hfmint("setup-git", "--local").status == 0
