"""What `hfmint help --json` says of commands and options."""

from __future__ import annotations

import functools
import json
import subprocess
from dataclasses import dataclass

import product


@dataclass(frozen=True)
class Option:
    """An option: `value` stands for its value, and is empty for a switch."""

    name: str
    value: str
    repeats: bool
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Command:
    """A command; `hfmint` alone has no name."""

    name: str
    operands: str
    runs_another: bool
    options: tuple[Option, ...]
    examples: tuple[str, ...]

    @property
    def choices(self) -> list[str]:
        """The words that an operand may be, where it is one of a few."""
        return self.operands.split(" | ") if "|" in self.operands else []


@functools.cache
def commands() -> tuple[Command, ...]:
    """All of them, in the order of the help."""
    program = product.binary()
    if not program:
        return ()
    text = subprocess.run(
        [program, "help", "--json"], env={}, capture_output=True, check=True
    ).stdout
    return tuple(
        Command(
            name=command["name"],
            operands=command["operands"] or "",
            runs_another=command["runs_another"],
            options=tuple(
                Option(each["name"], each["value"] or "", each["repeats"], tuple(each["choices"]))
                for each in command["options"]
            ),
            examples=tuple(example["line"] for example in command["examples"]),
        )
        for command in json.loads(text)["commands"]
    )


def groups() -> dict[str, list[str]]:
    """Each first word, and the words that may follow it to make a command."""
    found: dict[str, list[str]] = {}
    for command in commands():
        first, _, second = command.name.partition(" ")
        if first:
            found.setdefault(first, []).extend([second] if second else [])
    return found
