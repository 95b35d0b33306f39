"""A log-in in `~/.netrc`: git shows it first, and asks hfmint after a 401 alone."""

from __future__ import annotations

from pathlib import Path

import pytest

import evidence
from gitjob import GitJob, set_up
from gitlevels import doctor
from Sandbox.world import World

OLD = "hf_" + "Q" * 34


@pytest.fixture
def job(world: World, tmp_path: Path) -> GitJob:
    """A GitHub job with a clone that is its work folder, and hfmint set up."""
    return set_up(world, tmp_path / "work")


def netrc(job: GitJob, text: str) -> Path:
    """Write the user's file."""
    path = job.world.root / "home/.netrc"
    path.write_text(text)
    path.chmod(0o600)
    evidence.put_there(path)
    return path


def token_for(job: GitJob, resource: str) -> str:
    """What another job has, for its own repository."""
    job.world.publish(resource)
    printed = job.hfmint("exchange", resource, "--deliver", "stdout")
    return printed.stdout.decode().strip()


ENTRIES = {
    "the host": ("machine {host} login me password {secret}\n", 1),
    "several lines": (
        "machine a.example login b\nmachine {host}\nlogin me\npassword {secret}\n",
        4,
    ),
    "every host": ("# mine\ndefault login me password {secret}\n", 2),
}


@pytest.mark.parametrize("name", ENTRIES)
@pytest.mark.parametrize("kind", ["a password", "a token that is over", "another's token"])
def test_a_log_in_for_the_hub(world: World, job: GitJob, name: str, kind: str) -> None:
    """Doctor says what git does with it, and the line."""
    text, line = ENTRIES[name]
    secret = {"a password": "swordfish", "a token that is over": OLD}.get(kind)
    secret = secret or token_for(job, "acme/other")
    path = netrc(job, text.format(host="127.0.0.1", secret=secret))
    status, said = doctor(job, "netrc")
    assert (status, secret in said) == ("warn" if kind == "a password" else "fail", False), said
    assert f"line {line} of '{path}'" in said
    reached = job.git("ls-remote", f"{world.hub.origin}/acme/model")
    shown = world.git.tokens("acme/model")
    assert shown[0] == secret
    assert (reached.status == 0, len(shown)) == {"another's token": (False, 1)}.get(kind, (True, 2))
