"""A fleet of a thousand Spaces, all of which are written: it takes minutes."""

from __future__ import annotations

from fleetworld import Fleet
from manyspaces import SECRETS, SPACES, declare


def test_all_of_a_thousand_are_written(fleet: Fleet) -> None:
    """Once each, within the limits of several windows."""
    declare(fleet, SPACES, maxUnavailable=SPACES)
    fleet.hub.limits.quota, fleet.hub.limits.window = 5_000, 30
    assert fleet("apply").status == 0
    order = fleet.hub.record.order
    assert len(order) == len(set(order)) == len(SECRETS) * SPACES
    assert fleet.hub.limits.refusals == 0
    asked = len(fleet.hub.requests)
    assert fleet.plan("--detailed-exitcode").status == 0
    assert len(fleet.hub.requests) - asked <= 2 * SPACES + 20
