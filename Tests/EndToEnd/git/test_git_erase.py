"""What `git-credential erase` drops, and for how long a rejected token is remembered."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import product
from gitjob import answer, question
from Sandbox.world import World

Hfmint = Callable[..., product.Result]


def test_erase_drops_the_token_that_git_names(world: World, hfmint: Hfmint) -> None:
    """Drops the token that git names, and no other."""
    world.publish("acme/model")

    def current() -> str:
        return answer(hfmint("git-credential", "get", stdin=question(world)).stdout)["password"]

    first = current()
    for other in ("hf_jwt_other", first[:-1], first + "x", ""):
        text = question(world, username="hf_user", password=other)
        result = hfmint("git-credential", "erase", stdin=text)
        assert (result.status, result.stdout, result.stderr) == (0, b"", b"")
    assert hfmint("git-credential", "erase", stdin=question(world)).status == 0
    assert current() == first
    wrong = question(world, path="acme/other", password=first)
    assert hfmint("git-credential", "erase", stdin=wrong).status == 0
    assert current() == first
    assert hfmint("git-credential", "erase", stdin=question(world, password=first)).stdout == b""
    second = current()
    assert second != first
    bearer = question(world, capability=["authtype"], authtype="Bearer", credential=second)
    assert hfmint("git-credential", "erase", stdin=bearer).status == 0
    assert world.hub.exchanges() == 2


def test_no_third_token_within_five_minutes(world: World, hfmint: Hfmint) -> None:
    """Two fresh ones were rejected: a third would be too, and says nothing new."""
    world.publish("acme/model")
    for _ in range(2):
        said = answer(hfmint("git-credential", "get", stdin=question(world)).stdout)
        hfmint("git-credential", "erase", stdin=question(world, password=said["password"]))
    result = hfmint("git-credential", "get", stdin=question(world))
    assert (result.status, result.stdout) == (3, b"quit=1\n")
    assert b"two fresh tokens were rejected within five minutes" in result.stderr
    assert world.hub.exchanges() == 2


@pytest.mark.parametrize("text", [b"", b"\r\n", b"password=\n", b"x", b"a" * 70000])
def test_erase_never_fails_git(hfmint: Hfmint, text: bytes) -> None:
    """Whatever it is told."""
    result = hfmint("git-credential", "erase", stdin=text)
    assert (result.status, result.stdout, result.stderr) == (0, b"", b"")
