"""Prints what was measured, and the bars that it must not exceed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

# Column heads, which lead the page's readers to where the numbers come from.
MEDIAN = "[median](Tests/Bench/bench.py)"
MEASURED = "[measured](Tests/Bench/bench.py)"
TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True)
class Bar:
    """What was measured, and what it must not exceed, or must reach if the bar is the least."""

    what: str
    value: float
    limit: float
    unit: str
    is_least: bool = False

    @property
    def is_reached(self) -> bool:
        """Whether the value is on the right side."""
        return self.value >= self.limit if self.is_least else self.value <= self.limit

    @property
    def row(self) -> tuple[str, ...]:
        """A line of the table."""
        shown = (
            f"{self.value:.2f}{self.unit}" if self.unit == TIMES else self._with_unit(self.value)
        )
        limit = f"{self.limit:g}{self.unit}" if self.unit == TIMES else self._with_unit(self.limit)
        reached = "yes" if self.is_reached else "**no**"
        return (self.what, shown, f"{'≥' if self.is_least else '≤'} {limit}", reached)

    def _with_unit(self, value: float) -> str:
        if value >= 10_000 or not self.unit:
            return f"{value:,.0f} {self.unit}".strip()
        return f"{value:.1f} {self.unit}".replace(".0 ", " ")


def print_tables(ways: dict[str, str], times: list[float]) -> None:
    """How long each way takes, and how it compares."""
    rows = [
        (name, f"{seconds * 1e3:.1f} ms", f"{seconds / times[0]:.1f}{TIMES}")
        for name, seconds in zip(ways, times, strict=True)
    ]
    print(table(("one exchange, two requests", MEDIAN, "of hfmint's"), rows))


def print_helpers(helpers: dict[str, float]) -> None:
    """How long git waits for an answer that is there."""
    own = next(iter(helpers.values()))
    rows = [
        (name, f"{seconds * 1e3:.1f} ms", f"{seconds / own:.1f}{TIMES}")
        for name, seconds in helpers.items()
    ]
    print(table(("one answer to git, from what is kept", MEDIAN, "of hfmint's"), rows))


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table in Markdown, and an empty line."""
    rule = ("---", *("---:" for _ in head[1:]))
    return "".join(f"| {' | '.join(line)} |\n" for line in (head, rule, *rows))


def machine() -> str:
    """What it ran on."""
    text = Path("/proc/cpuinfo").read_text()
    models = [line.partition(":")[2].strip() for line in text.splitlines() if "model name" in line]
    release = dict(
        line.split("=", 1)
        for line in Path("/etc/os-release").read_text().splitlines()
        if "=" in line
    )
    system = release.get("PRETTY_NAME", "Linux").strip('"')
    return f"{os.cpu_count()} {TIMES} {models[0] if models else os.uname().machine}, {system}"
