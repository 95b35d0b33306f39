"""Fixtures: a fleet at a Hub of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import product
from fleetworld import Fleet

LONG = ["test_fleet_scale_writes.py"]
collect_ignore = [] if os.environ.get("HFMINT_ALL") == "1" else LONG


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    """Three Spaces of acme; at the end, nothing has leaked and nobody was asked too much."""
    with Fleet(product.needed(), tmp_path / "fleet") as fleet:
        fleet.add_usual_spaces()
        yield fleet
        fleet.check()
