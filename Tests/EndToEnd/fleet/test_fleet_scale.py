"""A thousand Spaces with three secrets each: how much is asked, and how fast it is compared.

The marks are made here, by another implementation than the product's.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable

import pytest

from fleetworld import MARK, Fleet, Json
from Sandbox.fleethubspaces import Setting

SPACES = 1_000
SECRETS = ("A", "B", "C")
PAGE = 100
MEBIBYTE = 1 << 20


def names(count: int) -> list[str]:
    """Of that many Spaces."""
    return [f"acme/app-{number:04}" for number in range(count)]


def declare(fleet: Fleet, count: int, **more: object) -> Json:
    """A manifest of so many Spaces."""
    for key in SECRETS:
        fleet.secret(key)
    for name in names(count):
        fleet.hub.add_space(name, variables={"LEVEL": "info"})
    secrets = {key: {"from": f"env:{key}"} for key in SECRETS}
    space = {"variables": {"LEVEL": "info"}, "secrets": secrets}
    fleet.write(dict.fromkeys(names(count), space), **more)
    return space


def written_long_ago(fleet: Fleet, count: int) -> None:
    """Each secret with the mark that hfmint would have written, as it does for the first Space."""
    space = declare(fleet, count)
    first = names(count)[0]
    fleet.write({first: space})
    assert fleet.apply().status == 0
    found = MARK.search(fleet.hub.spaces[first].settings["secrets"]["A"].description or "")
    assert found
    assert found[3] == fleet.digest(f"spaces/{first}", "A", fleet.variables["A"])
    for name in names(count)[1:]:
        for key in SECRETS:
            digest = fleet.digest(f"spaces/{name}", key, fleet.variables[key])
            mark = f"[hfmint 1 {found[1]} g1 k:{digest}]"
            fleet.hub.spaces[name].settings["secrets"][key] = Setting(
                fleet.variables[key], mark, time.time()
            )
    fleet.write(dict.fromkeys(names(count), space))
    fleet.hub.record.clear()


def test_a_plan_of_a_thousand(fleet: Fleet, record_property: Callable[[str, object], None]) -> None:
    """Two reads for each, and the pages; inside one window, and nothing to do is nothing done."""
    written_long_ago(fleet, SPACES)
    before, asked = fleet.hub.world, len(fleet.hub.requests)
    # A whole window of a Team.
    fleet.hub.limits.quota, fleet.hub.limits.window = 3_000, 86_400
    fleet.hub.reader = fleet.hub.accept("acme/none", "read", "acme")
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = fleet.plan("--detailed-exitcode")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (told.status, told.changes) == (0, set()), told.ended.err
    assert told.report["differences"] == []
    count = len(fleet.hub.requests) - asked
    pages = -(-(SPACES + 3) // PAGE)
    assert count <= 2 * SPACES + pages, count
    assert fleet.hub.limits.refusals == 0
    assert (fleet.hub.world, fleet.hub.record.writes) == (before, [])
    own = (used.ru_utime + used.ru_stime) - (usage.ru_utime + usage.ru_stime)
    record_property("told", f"{count} requests, {own:.2f} s of its own, {used.ru_maxrss >> 10} MiB")
    # What a debug build takes says nothing; of all children, this one is the largest.
    if "release" in str(fleet.program):
        assert own <= 1.5, own
        assert used.ru_maxrss * 1_024 <= 64 * MEBIBYTE

    asked = len(fleet.hub.requests)
    assert fleet("status").status == 0
    assert len(fleet.hub.requests) - asked == pages


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


@pytest.mark.skipif(os.environ.get("HFMINT_ALL") != "1", reason="it takes minutes")
def test_all_of_a_thousand_are_written(fleet: Fleet) -> None:
    """Once each, within the limits of several windows."""
    declare(fleet, SPACES, maxUnavailable=SPACES)
    fleet.hub.limits.quota, fleet.hub.limits.window = 3_000, 30
    assert fleet("apply").status == 0
    order = fleet.hub.record.order
    assert len(order) == len(set(order)) == len(SECRETS) * SPACES
    assert fleet.hub.limits.refusals == 0
    asked = len(fleet.hub.requests)
    assert fleet.plan("--detailed-exitcode").status == 0
    assert len(fleet.hub.requests) - asked <= 2 * SPACES + 20
