"""What HAProxy does with its configuration: all that every web server does, and what only it does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from otherfrontdoors import HAProxy
from test_serve_config import *  # noqa: F403 (every web server's tests)
from stubbedwall import StubbedWall


@pytest.fixture
def wall(tmp_path: Path) -> Iterator[StubbedWall]:
    """HAProxy with its two stubs."""
    with StubbedWall(HAProxy, tmp_path / "wall") as wall:
        yield wall
