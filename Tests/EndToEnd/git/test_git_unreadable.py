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
from gitlevels import doctor
from Sandbox.world import World


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


def _endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


INCLUDERS = {
    "the user's": ("--global", "include.path"),
    "the clone's": ("--local", "include.path"),
    "a condition": ("--global", "includeIf.gitdir:{work}/.path"),
    "another condition": ("--local", "includeIf.gitdir/i:**.path"),
    "an include": ("--global", "include.path"),
    "a path from there": ("--local", "include.path"),
    "a path from home": ("--global", "include.path"),
    "a variable": ("", "include.path"),
}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *((name, "FIFO") for name in INCLUDERS),
        *(("a condition", kind) for kind in ("directory", "socket", "device")),
        *(("an include", kind) for kind in ("directory", "socket", "device")),
    ],
)
def test_what_is_included_keeps_nobody_waiting(job: GitJob, name: str, kind: str) -> None:
    """Each names what is no file, and who has git read it."""
    path = job.work.parent / "strange"
    scope, key = INCLUDERS[name]
    value = str(path)
    match name:
        case "an include":
            value = str(job.work.parent / "between")
            job.good("config", "--file", value, key, str(path))
        case "a path from there":
            value = "../../strange"
        case "a path from home":
            path = job.world.root / "home/strange"
            value = "~/strange"
    key = key.format(work=job.work)
    if scope:
        job.good("config", scope, key, value)
    else:
        job.environment |= {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": key,
            "GIT_CONFIG_VALUE_0": value,
        }
    (KINDS | {"device": _endless})[kind](path)
    told = f"it is a {kind}"
    begun = time.monotonic()
    for words in (["--global"], ["--local"], ["--global", "--undo"]):
        refused = job.hfmint("setup-git", *words)
        assert refused.status == 5, refused
        assert told in refused.stderr.decode()
        assert f"/{path.name}', which its configuration " in refused.stderr.decode()
        assert b"hint: take the include out of" in refused.stderr
    status, text = doctor(job, "git-helper")
    assert status == "fail"
    assert told in text
    forgotten = job.hfmint("forget", "--json")
    assert forgotten.status == 0
    assert any(told in line for line in json.loads(forgotten.stdout)["remaining"])
    # Where a condition is git's to judge, it is waited for, each time.
    assert time.monotonic() - begun < (45 if "condition" in name else 10)


@pytest.mark.parametrize("kind", KINDS)
def test_what_git_does_not_include_here_is_no_matter(job: GitJob, kind: str) -> None:
    """The condition does not hold, or there is nothing."""
    path = job.work.parent / "strange"
    KINDS[kind](path)
    job.good("config", "--global", "includeIf.gitdir:/elsewhere/.path", str(path))
    job.good("config", "--global", "include.path", "/dev/null")
    job.good("config", "--local", "include.path", "gone")
    assert doctor(job, "git-helper")[0] == "ok"
    assert job.hfmint("setup-git").status == 0


@pytest.mark.parametrize("kind", KINDS)
def test_the_clones_own_configuration(job: GitJob, kind: str) -> None:
    """Is named as the user's is."""
    path = job.work / ".git/config"
    path.unlink()
    KINDS[kind](path)
    status, text = doctor(job, "git-helper")
    assert (status, f"'{path}': it is a {kind}" in text) == ("fail", True), text
    refused = job.hfmint("setup-git", "--local")
    assert (refused.status, f"it is a {kind}" in refused.stderr.decode()) == (5, True)


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
