"""Two other crons, as their sources read an expression, and any expressions to ask them about.

A reading is what an expression fits: minutes, hours, months, and pairs of a day of the month and a
weekday. Vixie's: https://github.com/vixie/cron/blob/master/entry.c, as of its version 3; robfig's,
which Kubernetes has: https://github.com/robfig/cron/blob/v3/parser.go.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import datetime, timedelta

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
Bounds = tuple[int, int, list[str]]
FIELDS: list[Bounds] = [(0, 59, []), (0, 23, []), (1, 31, []), (1, 12, MONTHS), (0, 7, DAYS)]
Pairs = frozenset[tuple[int, int]]
Reading = tuple[frozenset[int], frozenset[int], frozenset[int], Pairs]
Field = tuple[set[int], bool]


def number(text: str, low: int, names: list[str]) -> int | None:
    """A number, or a name that stands for one."""
    if text.lower() in names:
        return names.index(text.lower()) + low
    return int(text) if re.fullmatch("[0-9]+", text) else None


def reading(
    expression: str, field: Callable[[str, Bounds], Field | None], last: int, *, both: bool = False
) -> Reading | None:
    """Each combines the two day fields alike: both must fit where either is a star, else one."""
    texts = expression.split()
    if len(texts) != 5:
        return None
    bounds = [*FIELDS[:4], (0, last, DAYS)]
    found = [field(text, b) for text, b in zip(texts, bounds, strict=True)]
    if None in found:
        return None
    (minutes, _), (hours, _), (days, is_star), (months, _), (weekdays, is_other_star) = found
    weekdays = {day % 7 for day in weekdays}
    combine = all if both or is_star or is_other_star else any
    pairs = frozenset(
        (d, w) for d in range(1, 32) for w in range(7) if combine((d in days, w in weekdays))
    )
    return frozenset(minutes), frozenset(hours), frozenset(months), pairs


def systemd(expression: str) -> Reading | None:
    """A calendar expression of the same words: both day fields must fit."""
    return vixie(expression, both=True)


def posix(expression: str) -> Reading | None:
    """A star is `*` and nothing else, neither `*/1` nor a list that names each day.

    https://pubs.opengroup.org/onlinepubs/9799919799/utilities/crontab.html
    """
    return vixie(expression, is_star=lambda text: text == "*")


def begins_with_star(text: str) -> bool:
    """Whether a field is a star to Vixie's cron."""
    return text.startswith("*")


def vixie(
    expression: str, *, both: bool = False, is_star: Callable[[str], bool] = begins_with_star
) -> Reading | None:
    """It skips in silence what follows a single number; a range that goes down is empty."""

    def field(text: str, bounds: Bounds) -> Field | None:
        low, high, names = bounds
        values: set[int] = set()
        rest = text
        while True:
            part = re.match(r"(?:\*|([0-9a-zA-Z]+)(?:-([0-9a-zA-Z]+))?)(?(2)|(?(1)(?=)|))", rest)
            if not part:
                return None
            rest = rest[part.end() :]
            if part[1] and not part[2]:
                first = last = number(part[1], low, names)
                step = 1
            else:
                first = number(part[1], low, names) if part[1] else low
                last = number(part[2], low, names) if part[2] else high
                if rest.startswith("-"):
                    return None
                stepped = re.match(r"/([0-9]*)", rest)
                step = int(stepped[1] or 0) if stepped else 1
                rest = rest[stepped.end() :] if stepped else rest
            if first is None or last is None or step == 0:
                return None
            found = range(first, last + 1, step)
            if any(v < low or v > high for v in found):
                return None
            values.update(found)
            if not rest.startswith(","):
                return values, is_star(text)
            rest = rest[1:]

    return reading(expression, field, 7, both=both)


def robfig(expression: str) -> Reading | None:
    """A step after a single number goes to the end; `?` is a star; there is no 7."""

    def field(text: str, bounds: Bounds) -> Field | None:
        low, high, names = bounds
        values: set[int] = set()
        is_star = False
        for part in filter(None, text.split(",")):
            span, *steps = part.split("/")
            ends = span.split("-")
            if len(steps) > 1 or len(ends) > 2:
                return None
            step = number(steps[0], 0, []) if steps else 1
            if ends[0] in ("*", "?"):
                first, last = low, high
                is_star = is_star or step == 1
            else:
                first, last = number(ends[0], low, names), number(ends[-1], low, names)
                last = high if steps and len(ends) == 1 else last
            if first is None or last is None or not step or not low <= first <= last <= high:
                return None
            values.update(range(first, last + 1, step))
        return values, is_star

    return reading(expression, field, 6)


def following(read: Reading, moment: datetime, count: int) -> list[datetime]:
    """The next times that fit; fewer where none comes for as long as a leap day may take."""
    minutes, hours, months, pairs = read
    times: list[datetime] = []
    day = moment.replace(hour=0, minute=0, second=0)
    for _ in range(366 * 9 * count):
        if day.month in months and (day.day, day.isoweekday() % 7) in pairs:
            for hour in sorted(hours):
                for minute in sorted(minutes):
                    time = day.replace(hour=hour, minute=minute)
                    if time > moment and len(times) < count:
                        times.append(time)
            if len(times) == count:
                break
        day += timedelta(days=1)
    return times


def cannot_step(expression: str) -> bool:
    """Whether some step reaches no second value, or has but a single number to start from."""
    for text, (low, high, names) in zip(
        expression.split(), [*FIELDS[:4], (0, 6, DAYS)], strict=True
    ):
        for part in text.split(","):
            span, *steps = part.split("/")
            first, *last = span.split("-")
            if steps and not last and first != "*":
                return True
            begin = low if first == "*" else number(first, low, names)
            end = high if first == "*" else number(last[0], low, names) if last else None
            step = number(steps[0], 0, []) if steps else 1
            if None not in (begin, end, step) and begin + step > end:
                return True
    return False


def wild(seed: str, count: int) -> list[str]:
    """Any expressions, of which many are wrong."""
    rng = random.Random(f"wild {seed}")

    def part(low: int, high: int, names: list[str]) -> str:
        def value(most: int = high) -> str:
            drawn = rng.randint(low, most)
            if names and drawn - low < len(names) and rng.random() < 0.3:
                return rng.choice([str.lower, str.title, str.upper])(names[drawn - low])
            return str(drawn)

        span = high - low
        ends = sorted(rng.sample(range(low, high + 1), 2))
        return rng.choices(
            [
                value,
                lambda: f"{ends[0]}-{ends[1]}",
                lambda: f"*/{rng.randint(1, max(1, span // 2))}",
                lambda: f"{ends[0]}-{ends[1]}/{rng.randint(1, max(1, ends[1] - ends[0]))}",
                lambda: f"{value()}-{value()}",
                lambda: f"{value()}-{value()}/{rng.randint(0, span + 2)}",
                lambda: f"*/{rng.randint(0, 2 * span)}",
                lambda: f"{low}-{high}",
                lambda: f"{value()}/{rng.randint(0, span)}",
                lambda: value(high + 3),
                lambda: rng.choice(
                    ["*", "?", "", "*/1", "L", "-1", "0", "1-2-3", "07", "x", "1#1"]
                ),
            ],
            [40, 12, 10, 8, 3, 2, 2, 3, 2, 2, 2],
        )[0]()

    def field(low: int, high: int, names: list[str]) -> str:
        if rng.random() < 0.3:
            return "*"
        return ",".join(part(low, high, names) for _ in range(rng.choice([1, 1, 1, 1, 2, 3])))

    found = []
    while len(found) < count:
        texts = [field(*bounds) for bounds in FIELDS]
        if rng.random() < 0.7:
            texts[rng.choice([2, 4])] = "*"
        if all(texts):
            found.append(" ".join(texts))
    return found


def some(random: random.Random, low: int, high: int, names: list[str] | None = None) -> str:
    """One field, as people write it."""

    def value(number: int) -> str:
        return names[number - low] if names and random.random() < 0.5 else str(number)

    def part() -> str:
        # From one value to the same is the whole circle to croniter: see the documentation.
        first = random.randint(low, high - 1)
        last = random.randint(first + 1, high)
        # A step that cannot step is refused, and a weekday's star ends at 6.
        step = random.randint(1, max(1, (high - low) // 2))
        return random.choice(
            [
                value(first),
                value(first),
                f"{value(first)}-{value(last)}",
                f"*/{step}",
                f"{first}-{last}/{min(step, last - first)}",
            ]
        )

    if random.random() < 0.3:
        return "*"
    return ",".join(part() for _ in range(random.choice([1, 1, 1, 2, 3])))


def expressions(seed: str, count: int) -> list[str]:
    """Such that no two crons read them differently: one of the two day fields is a star."""
    rng = random.Random(seed)
    result = []
    for _ in range(count):
        # Days up to 28 come in every month, so that each expression comes at all.
        days = some(rng, 1, 28)
        weekdays = some(rng, 0, 6, DAYS)
        if rng.random() < 0.5:
            days = "*"
        else:
            weekdays = "*"
        result.append(
            " ".join([some(rng, 0, 59), some(rng, 0, 23), days, some(rng, 1, 12, MONTHS), weekdays])
        )
    return result
