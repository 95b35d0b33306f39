"""The binary under test: where it is, and how a test runs it."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import evidence

CHECKOUT = Path(__file__).resolve().parents[3]
TIMEOUT = 60.0


@dataclass(frozen=True)
class Result:
    """How a run ended, in bytes."""

    status: int
    stdout: bytes
    stderr: bytes


def binary() -> Path | None:
    """`HFMINT_BINARY`, which must exist if set, else the debug build if there is one."""
    if given := os.environ.get("HFMINT_BINARY"):
        return Path(given).resolve(strict=True)
    built = CHECKOUT / ".build/debug/hfmint"
    return built if built.exists() else None


THE_PRODUCT = binary()


def folder_with(program: Path, folder: Path) -> Path:
    """A folder that holds the program as `hfmint` and nothing else, for PATH."""
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / "hfmint"
    if not link.is_symlink():
        link.symlink_to(program)
    return folder


def run(
    command: list[str],
    env: Mapping[str, str],
    cwd: Path,
    stdin: bytes | socket.socket = b"",
    timeout: float = TIMEOUT,
) -> Result:
    """Run to the end with this environment alone; a signal is a negative status."""
    done = subprocess.run(
        command,
        env=env,
        cwd=cwd,
        **({"input": stdin} if isinstance(stdin, bytes) else {"stdin": stdin}),
        capture_output=True,
        timeout=timeout,
        check=False,
    )
    evidence.keep(THE_PRODUCT, command, env, cwd, (done.stdout, done.stderr))
    return Result(done.returncode, done.stdout, done.stderr)


def needed() -> Path:
    """The product, or no test."""
    found = binary()
    if not found:
        pytest.skip("the product is not built")
    return found
