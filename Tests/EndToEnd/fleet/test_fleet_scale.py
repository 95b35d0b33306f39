"""A fleet of a thousand Spaces: how often the Hub is asked, and how fast it is compared."""

from __future__ import annotations

import json
from collections.abc import Callable

from fleetworld import Fleet, Told
from manyspaces import (
    SPACES,
    begin_window,
    measured,
    names,
    pages,
    written_long_ago,
)


def test_a_plan_of_a_thousand(fleet: Fleet, record_property: Callable[[str, object], None]) -> None:
    """Two reads for each, and the pages; inside one window, and nothing to do is nothing done."""
    written_long_ago(fleet, SPACES)
    before = fleet.hub.world
    begin_window(fleet)
    used = measured(fleet, "plan", "--detailed-exitcode", "--json")
    told = Told(used.ended, json.loads(used.ended.out))
    assert (told.status, told.changes) == (0, set()), told.ended.err
    assert told.report["differences"] == []
    assert used.requests <= 2 * SPACES + pages(fleet), used.requests
    assert fleet.hub.limits.refusals == 0
    assert (fleet.hub.world, fleet.hub.record.writes) == (before, [])
    text = f"{used.own_seconds:.2f} s of its own, {used.resident_mib:.0f} MiB"
    record_property("told", f"{used.requests} requests, {text}")
    # What a debug build takes says nothing; Scripts/bench has the bar of a machine that is idle.
    if "release" in str(fleet.program):
        assert used.own_seconds <= 1.5, text
        assert used.resident_mib <= 64, text

    used = measured(fleet, "status")
    assert (used.ended.status, used.requests) == (0, pages(fleet))


def test_one_of_a_thousand_differs(fleet: Fleet) -> None:
    """And that one is written."""
    written_long_ago(fleet, SPACES)
    # More than one window has for a Team: nobody waits here.
    fleet.hub.limits.quota = 20_000
    odd = names(SPACES)[617]
    fleet.hub.write_as_stranger(odd, "variables", "LEVEL", "debug")
    assert fleet.plan().changes == {(odd, "variables.LEVEL")}
    assert fleet.apply().status == 0
    assert fleet.hub.record.order == [(odd, "variables.LEVEL")]
