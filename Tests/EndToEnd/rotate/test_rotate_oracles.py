"""What others say of our schedules: croniter, systemd, and Kubernetes' own schema.

Where the rules differ, `docs/rotation-schedules.md` says how; each difference has its test here.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

import product
from crons import (
    DAYS,
    MONTHS,
    cannot_step,
    expressions,
    following,
    posix,
    robfig,
    systemd,
    vixie,
    wild,
)

CROWD = 700
# Of any expressions, at all moments together.
WILD = 10_000 if os.environ.get("HFMINT_ALL") == "1" else 1_200
TIMES = 3
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
# A leap day, the end of a year, the end of a century that is no leap year, and an ordinary day.
MOMENTS = [
    "2028-02-28 23:59:30",
    "2026-12-31 23:59:59",
    "2099-12-31 12:00:00",
    "2026-06-15 10:20:30",
]


def manifest(folder: Path, schedules: list[dict[str, str]]) -> Path:
    """A rotation for each schedule."""
    path = folder / "hfmint.json5"
    rotations = {
        f"r{number}": {
            "issuer": {
                "kind": "command",
                "command": ["/bin/false"],
                "client": f"c{number}",
                "shape": "separate",
            },
            "schedule": schedule,
            "sinks": [{"kind": "file", "path": f"/run/r{number}"}],
        }
        for number, schedule in enumerate(schedules)
    }
    path.write_text(json.dumps({"version": 1, "rotations": rotations}))
    return path


def planned(folder: Path, schedules: list[dict[str, str]], moment: str) -> list[list[datetime]]:
    """What `rotate plan` says at a moment of our choosing."""
    assert FAKETIME.exists(), "libfaketime is not installed: Scripts/setup"
    path = manifest(folder, schedules)
    env = {"HOME": str(folder), "LD_PRELOAD": str(FAKETIME), "FAKETIME": moment, "TZ": "UTC"}
    words = [
        str(product.needed()),
        "rotate",
        "plan",
        "--json",
        "--times",
        str(TIMES),
        "--manifest",
        str(path),
    ]
    done = product.run(words, env, folder)
    assert done.status == 0, done.stderr.decode()
    rows = json.loads(done.stdout)["rotations"]
    return [[datetime.fromisoformat(time) for time in row["next"]] for row in rows]


def refused(folder: Path, expression: str) -> bool:
    """Whether the manifest's check objects to it."""
    path = manifest(folder, [{"cron": expression}])
    words = [str(product.needed()), "manifest", "check", "--manifest", str(path)]
    done = product.run(words, {"HOME": str(folder)}, folder)
    assert done.status in (0, 2), done.stderr.decode()
    return done.status == 2


@pytest.mark.parametrize("moment", MOMENTS)
def test_croniter_agrees(tmp_path: Path, moment: str) -> None:
    """On thousands of expressions, at moments where calendars are difficult."""
    croniter = pytest.importorskip("croniter").croniter
    base = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    crowd = expressions(moment, CROWD)
    for expression, ours in zip(
        crowd, planned(tmp_path, [{"cron": e} for e in crowd], moment), strict=True
    ):
        theirs = croniter(expression, base)
        assert ours == [theirs.get_next(datetime) for _ in range(TIMES)], expression


def calendar(expression: str) -> str:
    """The same for systemd: weekdays by name, steps with their beginning."""
    minute, hour, day, month, weekday = expression.split()

    def numbers(field: str, low: int, high: int, names: list[str]) -> str:
        if field == "*":
            return "*"
        values: set[int] = set()
        for part in field.split(","):
            bounds, _, step = part.partition("/")
            first, _, last = bounds.partition("-")

            def number(text: str) -> int:
                text = text.lower()
                return names.index(text) + low if text in names else int(text)

            if bounds == "*":
                begin, end = low, high
            else:
                begin = number(first)
                end = number(last) if last else begin
            found = range(begin, end + 1, int(step or 1))
            values.update(v % 7 if high == 6 else v for v in found)
        return ",".join(DAYS[v].title() if high == 6 else str(v) for v in sorted(values))

    days = numbers(weekday, 0, 6, DAYS)
    prefix = "" if days == "*" else f"{days} "
    date = f"*-{numbers(month, 1, 12, MONTHS)}-{numbers(day, 1, 31, [])}"
    return f"{prefix}{date} {numbers(hour, 0, 23, [])}:{numbers(minute, 0, 59, [])}:00 UTC"


def complaints(folder: Path, crowd: list[str]) -> dict[str, str]:
    """Those that the manifest's check refuses, with what it says; it tells a hundred at a time."""
    found = {}
    for begin in range(0, len(crowd), 100):
        some = crowd[begin : begin + 100]
        path = manifest(folder, [{"cron": e} for e in some])
        words = [str(product.needed()), "manifest", "check", "--manifest", str(path)]
        said = product.run(words, {"HOME": str(folder)}, folder).stderr.decode()
        for number, words in re.findall(r"'rotations\.r(\d+)\.schedule\.cron' (.*)", said):
            found[some[int(number)]] = words
    return found


def theirs(expression: str, moment: str) -> list[datetime] | None:
    """What croniter says; `None` where it refuses."""
    croniter = pytest.importorskip("croniter")
    base = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    try:
        times = croniter.croniter(expression, base)
        return [times.get_next(datetime) for _ in range(TIMES)]
    except (croniter.CroniterError, ValueError, AttributeError, KeyError, IndexError, TypeError):
        return None


@pytest.mark.parametrize("moment", MOMENTS)
def test_what_is_taken_means_one_thing_to_all(tmp_path: Path, moment: str) -> None:
    """croniter, Vixie's cron, robfig/cron and systemd read each expression that is taken alike.

    What is refused is read in two ways, or by none of them, or has a step that cannot step.
    """
    crowd = wild(moment, WILD // len(MOMENTS))
    base = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    refusals = complaints(tmp_path, crowd)
    taken = [e for e in crowd if e not in refusals]
    assert len(taken) > len(crowd) // 5
    assert len(refusals) > len(crowd) // 5
    ours = planned(tmp_path, [{"cron": e} for e in taken], moment)
    for expression, times in zip(taken, ours, strict=True):
        for read in (vixie(expression), posix(expression), robfig(expression)):
            assert read is None or following(read, base, TIMES) == times, expression
        assert theirs(expression, moment) == times, expression
    for expression, words in refusals.items():
        readings = [read(expression) for read in (vixie, posix, robfig, systemd)]
        is_one = None not in readings and len(set(readings)) == 1
        if is_one and not cannot_step(expression):
            times = following(readings[0], base, TIMES)
            assert theirs(expression, moment) != times, (expression, words)
    agrees_with_systemd(taken, ours, moment)


@pytest.mark.parametrize("moment", MOMENTS)
def test_systemd_agrees(tmp_path: Path, moment: str) -> None:
    """By `systemd-analyze calendar`, which has another grammar and the same calendar."""
    crowd = expressions(f"systemd {moment}", CROWD)
    ours = planned(tmp_path, [{"cron": e} for e in crowd], moment)
    agrees_with_systemd(crowd, ours, moment)


def agrees_with_systemd(crowd: list[str], ours: list[list[datetime]], moment: str) -> None:
    """Many expressions in each call."""
    tool = shutil.which("systemd-analyze")
    if not tool:
        pytest.skip("systemd-analyze is not installed")
    for begin in range(0, len(crowd), 100):
        some = crowd[begin : begin + 100]
        words = [tool, "calendar", f"--iterations={TIMES}", f"--base-time={moment} UTC"]
        words += [calendar(e) for e in some]
        done = subprocess.run(words, capture_output=True, text=True, check=True, env={"TZ": "UTC"})
        blocks = done.stdout.strip().split("\n\n")
        assert len(blocks) == len(some)
        for expression, block, expected in zip(some, blocks, ours[begin:], strict=False):
            times = re.findall(r"\w{3} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC", block)
            theirs = [datetime.fromisoformat(t).replace(tzinfo=UTC) for t in dict.fromkeys(times)]
            assert theirs == expected, (expression, calendar(expression))


@pytest.mark.parametrize(
    "expression",
    [
        "0 0 1 * 1",  # a day of the month and a weekday
        "0 0 */2 * 0",
        "@daily",
        "0 0 * * * 0",  # seconds
        "0 0 * * * 0 2027",  # years
        "0 0 l * *",  # the last day
        "0 0 * * fri#2",
        "0 0 31 2 *",  # never
        "0 0 1-31 * 1",  # full in values alone
        "0 0 1 * 0-6",
        "50-10 * * * *",  # around the end
        "0 0 * 10-10 *",
        "5/10 * * * *",  # a step after one number
        "*/60 * * * *",  # that cannot step
        "0 0 ? * 1",
        "@reboot",
        "H * * * *",
        "R * * * *",
    ],
)
def test_each_documented_refusal_is_one(tmp_path: Path, expression: str) -> None:
    """What croniter reads, and hfmint does not."""
    assert refused(tmp_path, expression)
    page = (product.CHECKOUT / "docs/rotation-schedules.md").read_text()
    assert f"`{expression}`" in page, "not documented"


def test_every_begins_at_its_anchor(tmp_path: Path) -> None:
    """croniter and systemd have no such thing: the plain sum is the oracle."""
    rng = random.Random(5)
    seconds = [rng.randint(1, 400 * 86_400) for _ in range(300)]
    moment = MOMENTS[0]
    base = datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()
    plans = planned(tmp_path, [{"every": f"{s}s"} for s in seconds], moment)
    for step, times in zip(seconds, plans, strict=True):
        gaps = [b.timestamp() - a.timestamp() for a, b in itertools.pairwise(times)]
        assert gaps == [step] * (TIMES - 1)
        # The clock of the machine ticks on while hfmint starts.
        assert 0 <= times[0].timestamp() - base - step <= 30


def test_jitter_moves_each_rotation_by_its_own_and_within_bounds(tmp_path: Path) -> None:
    """Against croniter's slots: the same delay at each, no more than said, spread over all."""
    croniter = pytest.importorskip("croniter").croniter
    moment = MOMENTS[3]
    base = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    schedule = {"cron": "0 3 * * *", "window": "4h", "jitter": "2h"}
    slots = [croniter("0 3 * * *", base).get_next(datetime)]
    delays = []
    for times in planned(tmp_path, [schedule] * 300, moment):
        delay = times[0] - slots[0]
        delays.append(delay.total_seconds())
        assert [(b - a).total_seconds() for a, b in itertools.pairwise(times)] == [
            86_400,
            86_400,
        ]
    assert all(0 <= delay <= 7_200 for delay in delays)
    assert len(set(delays)) > 250
    assert min(delays) < 720
    assert max(delays) > 6_480
