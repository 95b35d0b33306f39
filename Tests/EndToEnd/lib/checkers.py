"""Programs of the tests' own environment that judge files."""

from __future__ import annotations

import subprocess
import sys

import pytest


def module(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A checker, where it is installed."""
    pytest.importorskip(name)
    command = [sys.executable, "-m", name, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)
