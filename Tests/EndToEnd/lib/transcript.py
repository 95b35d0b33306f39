"""Reads transcripts: scenarios that say what is typed and what must come of it.

    # title of the scenario, a sentence that states a promise
    job github event=pull_request fork=yes
    publisher acme/model repository=acme/training
    $ hfmint exchange acme/model
    err hfmint: error: …
    exit 3

A blank line ends a scenario. `out` and `err` are the lines of a command's two streams, and `exit`
its status (0 unless said). An expectation that ends in `…` leaves the rest of its line open.
"""

from __future__ import annotations

import difflib
import fcntl
import re
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path

EXPECTATIONS = ("out", "err", "exit")
OPEN_END = "…"


@dataclass(frozen=True)
class Directive:
    """A line that prepares the scenario, such as `env NAME=value`."""

    word: str
    rest: str

    @property
    def lines(self) -> list[str]:
        """The text it was read from."""
        return [f"{self.word} {self.rest}".rstrip()]


@dataclass(frozen=True)
class Command:
    """A `$` line and what is expected of it."""

    script: str
    expected: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """The text it was read from."""
        return [f"$ {self.script}", *self.expected]


@dataclass(frozen=True)
class Scenario:
    """One promise and the commands that show it."""

    path: Path
    title: str
    comments: tuple[str, ...] = ()
    items: tuple[Directive | Command, ...] = field(default=())

    @property
    def lines(self) -> list[str]:
        """The text it was read from."""
        return [f"# {self.title}", *self.comments, *(x for item in self.items for x in item.lines)]


def read(path: Path) -> list[Scenario]:
    """Every scenario of a file; blocks of comments alone are skipped."""
    scenarios = [_scenario(path, block) for block in _blocks(path.read_text(encoding="utf-8"))]
    found = [scenario for scenario in scenarios if scenario]
    titles = [scenario.title for scenario in found]
    for title in titles:
        if titles.count(title) > 1:
            raise ValueError(f"{path}: two scenarios have the title: {title}")
    return found


def _blocks(text: str) -> list[str]:
    return [block for block in re.split(r"\n(?:[ \t]*\n)+", text.strip("\n")) if block.strip()]


def _scenario(path: Path, block: str) -> Scenario | None:
    lines = block.split("\n")
    if all(line.startswith("#") for line in lines):
        return None
    if not lines[0].startswith("# "):
        raise ValueError(f"{path}: a scenario begins with its title: {lines[0]}")
    comments: list[str] = []
    items: list[Directive | Command] = []
    for line in lines[1:]:
        word, _, rest = line.partition(" ")
        if line.startswith("#") and not items:
            comments.append(line)
        elif word == "$":
            items.append(Command(rest))
        elif word in EXPECTATIONS:
            items[-1:] = [_with_expectation(path, items, line)]
        else:
            items.append(Directive(word, rest))
    return Scenario(path, lines[0][2:], tuple(comments), tuple(items))


def _with_expectation(path: Path, items: list[Directive | Command], line: str) -> Command:
    if not items or not isinstance(last := items[-1], Command):
        raise ValueError(f"{path}: an expectation without a command before it: {line}")
    return replace(last, expected=(*last.expected, line))


def observed(status: int, stdout: str, stderr: str) -> tuple[str, ...]:
    """What a command did, as expectations."""
    streams = [*_stream("out", stdout), *_stream("err", stderr)]
    return (*streams, f"exit {status}")


def _stream(word: str, text: str) -> list[str]:
    if not text:
        return []
    ended = text.endswith("\n")
    lines = (text[:-1] if ended else text).split("\n")
    shown = [f"{word} {_visible(line)}".rstrip() for line in lines]
    return shown if ended else [*shown, f"{word} \\ no newline at the end"]


def _visible(line: str) -> str:
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", lambda found: f"\\x{ord(found[0]):02x}", line)


def reconcile(expected: tuple[str, ...], actual: tuple[str, ...]) -> tuple[str, ...]:
    """What was observed, with each open-ended expectation kept where it holds."""
    merged: list[str] = []
    for word in EXPECTATIONS:
        wanted = [line for line in expected if _word(line) == word]
        found = [line for line in actual if _word(line) == word]
        merged += [
            want if want is not None and holds(want, line) else line
            for want, line in zip_longest(wanted, found)
            if line is not None
        ]
    return tuple(merged)


def holds(want: str, line: str) -> bool:
    """Whether one expectation is true of one observed line."""
    want = want.rstrip()
    if want.endswith(OPEN_END):
        return line.startswith(want.removesuffix(OPEN_END))
    return want == line


def canonical(expected: tuple[str, ...]) -> tuple[str, ...]:
    """The expectations in the order of `observed`, the exit status spelled out."""
    ordered = [line.rstrip() for word in EXPECTATIONS for line in expected if _word(line) == word]
    return tuple(ordered) if any(_word(x) == "exit" for x in ordered) else (*ordered, "exit 0")


def spelled_out(scenario: Scenario) -> Scenario:
    """The scenario with its expectations in the order in which they are observed."""
    items = [
        replace(item, expected=canonical(item.expected)) if isinstance(item, Command) else item
        for item in scenario.items
    ]
    return replace(scenario, items=tuple(items))


def _word(line: str) -> str:
    return line.partition(" ")[0]


def difference(before: Scenario, after: Scenario) -> str:
    """A readable diff, in the transcript's own syntax."""
    lines = difflib.unified_diff(
        before.lines, after.lines, "expected", "observed", lineterm="", n=100
    )
    return "\n".join(lines)


def rewrite(after: Scenario) -> None:
    """Put the scenario back into its file, in the place of the one with the same title.

    Tests run side by side, so the file is locked and read anew.
    """
    with after.path.open("r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        blocks = [
            "\n".join(after.lines) if block.split("\n")[0] == f"# {after.title}" else block
            for block in _blocks(file.read())
        ]
        file.seek(0)
        file.truncate()
        file.write("\n\n".join(blocks) + "\n")
