"""Fixtures of walls: one that several tests share, by web server."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

import product
from realservers import SERVERS
from wall import Wall

LONG = ["test_serve_hangs.py", "test_wall_bulk.py"]
collect_ignore = [] if os.environ.get("HFMINT_ALL") == "1" else LONG


@pytest.fixture(scope="module", params=SERVERS)
def wall(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Wall]:
    """A wall with a web server, for all tests of a module; at its end nothing has leaked."""
    product.needed()
    with Wall(request.param, tmp_path_factory.mktemp(request.param)) as wall:
        yield wall
        wall.check_no_leak()


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wall]:
    """hfmint at its socket without a web server, for all tests of a module."""
    with Wall(None, tmp_path_factory.mktemp("bare")) as wall:
        yield wall
        wall.check_no_leak()
