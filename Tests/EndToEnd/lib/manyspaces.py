"""A fleet of a thousand Spaces with three secrets each, and what it costs to ask about them.

The marks are made here, by another implementation than the product's.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from fleetworld import MARK, Fleet, Json
from jobs import Ended
from Sandbox.fleethubspaces import Setting

SPACES = 1_000
SECRETS = ("A", "B", "C")
PAGE = 100
# A Team's, of a whole day, so that no test waits for the next one.
QUOTA, WINDOW = 3_000, 86_400


@dataclass(frozen=True)
class Measured:
    """One run: how it ended, and what it took of the machine and of the Hub."""

    ended: Ended
    requests: int
    own_seconds: float
    wall_seconds: float
    resident_mib: float


def pages(fleet: Fleet) -> int:
    """Of the listing."""
    return -(-len(fleet.hub.spaces) // PAGE)


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


def begin_window(fleet: Fleet) -> None:
    """Let who reads have a whole window before them."""
    fleet.hub.limits.quota, fleet.hub.limits.window = QUOTA, WINDOW
    fleet.hub.reader = fleet.hub.accept("acme/none", "read", "acme")


def measured(fleet: Fleet, *words: str) -> Measured:
    """One run below a parent that is small itself, as its memory would count for the run's."""
    report, asked = fleet.root / "used", len(fleet.hub.requests)
    begun = time.monotonic()
    ended = fleet(*words, through=["/usr/bin/time", "-q", "-f", "%U %S %M", "-o", str(report)])
    wall = time.monotonic() - begun
    user, system, resident = map(float, report.read_text().split())
    count = len(fleet.hub.requests) - asked
    return Measured(ended, count, user + system, wall, resident / 1_024)
