"""How the Actions runner turns a step's output into a log: workflow commands, and masks.

Written from the behaviour of src/Runner.Worker/ActionCommandManager.cs,
src/Runner.Common/ActionCommand.cs, src/Runner.Worker/Handlers/OutputManager.cs and
src/Sdk/DTLogging/Logging in https://github.com/actions/runner. Left out: problem matchers, debug
lines, annotations' properties, and the encodings that only PowerShell's colours need.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import quote
from xml.sax.saxutils import escape

SHOWN = ("error", "warning", "notice", "group", "endgroup")
DISABLED = ("set-env", "add-path")
SILENT = ("add-matcher", "debug", "remove-matcher", "save-state", "set-output")
COMMANDS = (*SHOWN, *DISABLED, *SILENT, "add-mask", "echo", "stop-commands")


@dataclass(frozen=True)
class Command:
    """A workflow command: `::name properties::data`, or the older `##[name properties]data`."""

    name: str
    data: str


def parse_command(line: str, registered: Iterable[str]) -> Command | None:
    """The command on this line, if its name is registered; case does not matter."""
    known = {name.lower() for name in registered}
    if found := re.match(r"\s*::(.*?)::(.*)", line, re.DOTALL):
        name = found[1].partition(" ")[0]
        if name.lower() in known:
            return Command(name, _unescape(found[2], ("\r", "\n", "%")))
    if found := re.search(r"##\[(.*?)\](.*)", line, re.DOTALL):
        name = found[1].partition(" ")[0]
        if name.lower() in known:
            return Command(name, _unescape(found[2], (";", "\r", "\n", "]", "%")))
    return None


def _unescape(text: str, signs: Iterable[str]) -> str:
    for sign in signs:
        text = text.replace(f"%{ord(sign):02X}", sign)
    return text


class JobLog:
    """The log of one job; stdout and stderr are fed line by line, and share all state."""

    def __init__(self, masks: Iterable[str] = ()) -> None:
        self.lines: list[str] = []
        self.masks: set[str] = set()
        self._values: set[str] = set()
        self._registered = set(COMMANDS)
        self._stop_token: str | None = None
        self._echo = False
        self._lock = threading.Lock()
        for mask in masks:
            self.add_mask(mask)

    @property
    def text(self) -> str:
        """The log as its readers see it."""
        return "\n".join(self.lines) + "\n"

    def feed(self, line: str) -> None:
        """Take one line of output, without its end."""
        with self._lock:
            command = parse_command(line, self._registered)
            if command is None or not self._obey(command, line):
                self.output(line)

    def output(self, line: str) -> None:
        """Append a line, masked by what is known at this moment."""
        self.lines.append(self.mask(line))

    def add_mask(self, value: str) -> None:
        """Hide a value, and each of the forms in which it often appears, from here on."""
        self.masks.add(value)
        self._values |= {form for encode in _ENCODINGS if (form := encode(value))}

    def mask(self, line: str) -> str:
        """The line with each hidden stretch as three stars; stretches that touch are one."""
        hidden = sorted(span for value in self._values for span in _occurrences(value, line))
        shown, position = "", 0
        for start, end in _merged(hidden):
            shown += f"{line[position:start]}***"
            position = end
        return shown + line[position:]

    def _obey(self, command: Command, line: str) -> bool:
        name = command.name.lower()
        if self._stop_token is not None:
            return self._resume(name, line)
        if name == "stop-commands":
            self._stop(command.data, line)
        elif name == "add-mask":
            self._mask_command(command.data)
        elif name == "echo":
            self._echo = command.data.strip().upper() == "ON"
        elif name in SHOWN:
            self.output(f"##[{name}]{'' if name == 'endgroup' else command.data}")
        elif name in DISABLED:
            self.output(f"##[error]Unable to process command '{line}' successfully.")
        return True

    def _resume(self, name: str, line: str) -> bool:
        if name != (self._stop_token or "").lower():
            return False
        self.output(line)
        self._registered.discard(self._stop_token or "")
        self._stop_token = None
        return True

    def _stop(self, token: str, line: str) -> None:
        known = {name.lower() for name in self._registered}
        if not token or token.lower() in known or token.lower() == "pause-logging":
            self.output(f"##[error]Unable to process command '{line}' successfully.")
            return
        self._stop_token = token
        self._registered.add(token)
        if len(token) > 6:
            self.add_mask(token)
        self.output(line)

    def _mask_command(self, data: str) -> None:
        if not data.strip():
            warning = "Can't add secret mask for empty string in ##[add-mask] command."
            self.output(f"##[warning]{warning}")
            return
        if self._echo:
            self.output("::add-mask::***")
        for value in (data, *(part.strip() for part in re.split("[\r\n]", data))):
            if value:
                self.add_mask(value)


def _occurrences(value: str, line: str) -> Iterable[tuple[int, int]]:
    start = line.find(value)
    while start >= 0:
        yield start, start + len(value)
        start = line.find(value, start + 1)


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _base64(shift: int) -> Callable[[str], str]:
    def encode(value: str) -> str:
        data = value.encode()
        return base64.b64encode(data[shift:] if len(data) > shift else data).decode()

    return encode


def _without_quotes(value: str) -> str:
    quoted = len(value) > 8 and value.startswith('"') and value.endswith('"')
    return value[1:-1] if quoted else ""


_ENCODINGS: tuple[Callable[[str], str], ...] = (
    str,
    _base64(0),
    _base64(1),
    _base64(2),
    lambda value: value.replace('"', '\\"'),
    lambda value: value.replace("'", "''"),
    lambda value: json.dumps(value, ensure_ascii=False)[1:-1],
    lambda value: quote(value, safe="-._~"),
    lambda value: escape(value, {'"': "&quot;", "'": "&apos;"}),
    _without_quotes,
)
