"""The words after the program's name arrive as they were typed, whatever is loaded before it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import product
from rotating import FAKETIME


@pytest.mark.parametrize("preloaded", [False, True])
@pytest.mark.parametrize("size", [1, 5_000, 100_000])
def test_every_word_arrives(
    hfmint: Callable[..., product.Result], *, preloaded: bool, size: int
) -> None:
    """libfaketime moves the environment, beside which Swift looks for them."""
    env = {"LD_PRELOAD": str(FAKETIME), "FAKETIME": "+1d"} if preloaded else {"LANG": "C"}
    assert FAKETIME.exists(), "libfaketime is not installed: Scripts/setup"
    word = "x" * size
    result = hfmint("help", "exchange", "", word, env=env)
    assert (result.status, result.stdout) == (2, b"")
    assert result.stderr.startswith(b"hfmint: error: help explains one command at a time")
    result = hfmint(f"--{word}", env=env)
    assert f"--{word}".encode() in result.stderr
