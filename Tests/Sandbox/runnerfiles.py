"""How the Actions runner reads GITHUB_ENV, GITHUB_OUTPUT and GITHUB_PATH after a step.

Written from the behaviour of
https://github.com/actions/runner/blob/main/src/Runner.Worker/FileCommandManager.cs
(`EnvFileKeyValuePairs`): pairs take effect one after another, so those before a bad line stand.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field

BLOCKED = ("NODE_OPTIONS",)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class FileCommandError(Exception):
    """The runner fails the step with this text."""


@dataclass
class Reading:
    """What one file did: the values in the order of first setting, and what failed the step."""

    values: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def read_env(data: bytes, *, windows: bool = False) -> Reading:
    """GITHUB_ENV: a blocked name is an error of its own, and the lines after it still count."""
    reading = Reading()
    for name, value in _until_error(data, windows, reading.errors):
        if name.upper() in BLOCKED:
            reading.errors.append(
                f"Can't store {name.upper()} output parameter using '$GITHUB_ENV' command."
            )
        else:
            reading.values[name] = value
    return reading


def read_output(data: bytes, *, windows: bool = False) -> Reading:
    """GITHUB_OUTPUT: no name is blocked, but none may be empty."""
    reading = Reading()
    for name, value in _until_error(data, windows, reading.errors):
        if not name:
            reading.errors.append("Value cannot be null. (Parameter 'name')")
            break
        reading.values[name] = value
    return reading


def read_path(data: bytes) -> list[str]:
    """GITHUB_PATH: one folder a line, to be put before the others, the last one first."""
    folders: list[str] = []
    for line in decode(data).replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line:
            folders = [folder for folder in folders if folder != line] + [line]
    return folders[::-1]


def decode(data: bytes) -> str:
    """Text as .NET reads it: a byte-order mark decides and vanishes, else UTF-8, never an error."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    return data.decode("utf-8", errors="replace")


def pairs(text: str, *, windows: bool = False) -> Iterator[tuple[str, str]]:
    """`NAME=value` and `NAME<<DELIMITER` entries; whichever sign comes first on a line decides.

    Lines end with LF; only a runner on Windows takes the CR before it as part of the end.
    """
    lines = _Lines(text, windows)
    while (line := lines.next()) is not None:
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if equals >= 0 and not 0 <= heredoc < equals:
            name, _, value = line.partition("=")
            yield name, value
        elif heredoc >= 0:
            name, _, delimiter = line.partition("<<")
            if not name or not delimiter:
                raise FileCommandError(
                    f"Invalid format '{line}'. "
                    "Name must not be empty and delimiter must not be empty"
                )
            yield name, _heredoc(lines, delimiter)
        else:
            raise FileCommandError(f"Invalid format '{line}'")


class _Lines:
    """The text, line by line, with the position and the line end that was just passed."""

    def __init__(self, text: str, windows: bool) -> None:
        self.text = text
        self.position = 0
        self.ending: str | None = None
        self._windows = windows

    def next(self) -> str | None:
        """The next line without its end, or `None` after the last."""
        if self.position >= len(self.text):
            self.ending = None
            return None
        line, self.ending, _ = self.text[self.position :].partition("\n")
        self.position += len(line) + len(self.ending)
        if not self.ending:
            self.ending = None
        elif self._windows and line.endswith("\r"):
            line, self.ending = line[:-1], "\r\n"
        return line


def _heredoc(lines: _Lines, delimiter: str) -> str:
    start = end = lines.position
    while (line := lines.next()) != delimiter:
        if line is None:
            raise FileCommandError(f"Invalid value. Matching delimiter not found '{delimiter}'")
        if lines.ending is None:
            raise FileCommandError("Invalid value. EOF marker missing new line.")
        end = lines.position - len(lines.ending)
    return lines.text[start:end]


def _until_error(data: bytes, windows: bool, errors: list[str]) -> Iterator[tuple[str, str]]:
    try:
        yield from pairs(decode(data), windows=windows)
    except FileCommandError as error:
        errors.append(str(error))
