"""Measures a fleet of a thousand Spaces with three secrets each: what a plan takes, and a status.

Bars: two requests a Space and the pages of the list, inside one window of a Team; 1 s of its own,
64 MiB; no answer of 429; and nothing is written where nothing differs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "EndToEnd/lib")]

from tables import Bar, table  # noqa: E402

from fleetworld import Fleet  # noqa: E402
from manyspaces import (  # noqa: E402
    QUOTA,
    Measured,
    begin_window,
    measured,
    pages,
    written_long_ago,
)

MOST_SECONDS, MOST_MIB = 1.0, 64


def main() -> int:
    """Print the table; 1 if a bar is not reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary", type=Path)
    parser.add_argument("--spaces", type=int, default=1_000)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="hfmint-fleet-") as name,
        Fleet(options.binary.resolve(), Path(name) / "fleet") as fleet,
    ):
        bars = bars_of(fleet, options.spaces)
    head = (f"{options.spaces} Spaces with 3 secrets each", "measured", "bar", "reached")
    print(table(head, [bar.row for bar in bars]))
    return 0 if all(bar.is_reached for bar in bars) else 1


def bars_of(fleet: Fleet, count: int) -> list[Bar]:
    """Plan what is as declared, on a machine that has written a part of it; then ask the status."""
    written_long_ago(fleet, count)
    begin_window(fleet)
    writes = fleet.hub.write_count
    plan = ended_well(measured(fleet, "plan", "--detailed-exitcode"))
    status = ended_well(measured(fleet, "status"))
    most, window = 2 * count + pages(fleet), QUOTA - QUOTA // 10
    return [
        Bar("plan, requests", plan.requests, min(most, window), ""),
        Bar("plan, time of its own", plan.own_seconds, MOST_SECONDS, "s"),
        Bar("plan, memory at its peak", plan.resident_mib, MOST_MIB, "MiB"),
        Bar("plan of what is as declared, writes", fleet.hub.write_count - writes, 0, ""),
        Bar("status, requests", status.requests, pages(fleet), ""),
        Bar("status, time of its own", status.own_seconds, MOST_SECONDS, "s"),
        Bar("status, memory at its peak", status.resident_mib, MOST_MIB, "MiB"),
        Bar("answers of 429", fleet.hub.limits.refusals, 0, ""),
    ]


def ended_well(run: Measured) -> Measured:
    """The run, or the end of the measurement."""
    if run.ended.status:
        sys.exit(f"exit {run.ended.status}\n{run.ended.err[-2000:]}")
    return run


if __name__ == "__main__":
    sys.exit(main())
