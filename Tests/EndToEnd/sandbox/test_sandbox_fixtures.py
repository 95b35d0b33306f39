"""The fixtures that the product's own tests use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import product
from Sandbox.world import World


@pytest.fixture(autouse=True)
def _stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "stand-in"
    program.write_text('#!/bin/sh\ncat\nenv\npwd >&2\necho "$*" >&2\nexit 3\n')
    program.chmod(0o755)
    monkeypatch.setenv("HFMINT_BINARY", str(program))


def test_the_product_runs_as_a_step_of_the_worlds_job(
    hfmint: Callable[..., product.Result], world: World, tmp_path: Path
) -> None:
    """In a folder of its own, with bytes in and out, and the same job at each call."""
    results = [hfmint("exchange", "acme/model", stdin=b"\xff\n") for _ in range(2)]
    assert results[0] == results[1]
    assert results[0].status == 3
    assert results[0].stdout.startswith(b"\xff\n")
    assert results[0].stderr == f"{tmp_path}/work\nexchange acme/model\n".encode()
    assert f"HF_ENDPOINT={world.hub.origin}\n".encode() in results[0].stdout


def test_an_environment_may_be_given(hfmint: Callable[..., product.Result], world: World) -> None:
    """It is then the whole environment."""
    result = hfmint(env={"PATH": world.environment("none")["PATH"], "A": "1"})
    assert {line for line in result.stdout.split(b"\n") if b"_" not in line} >= {b"A=1"}
    assert b"GITHUB_ACTIONS" not in result.stdout


def test_the_product_is_first_on_a_jobs_path(world: World) -> None:
    """Under its own name."""
    first = Path(world.environment("none")["PATH"].partition(":")[0])
    assert [path.name for path in first.iterdir()] == ["hfmint"]


def test_a_binary_that_was_named_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    """A skipped suite would look like a good one."""
    monkeypatch.setenv("HFMINT_BINARY", "/nowhere/hfmint")
    with pytest.raises(FileNotFoundError):
        product.binary()
