"""How far an apply has come: a table on a terminal, a line each in a log, and JSON."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import subprocess
from collections.abc import Mapping

import pytest

from fleetworld import Fleet

SEARCH, CHAT, FRONT = "acme/search", "acme/chat", "acme/front"
PARTS = re.compile(r"\x1b\[(\d*)([A-Za-z])|\x1b\[\?7[lh]|\x1b\[[\d;]*m|(\r?\n)|([^\x1b\r\n]+)")


def on_a_terminal(fleet: Fleet, more: Mapping[str, str], *arguments: str) -> tuple[int, str]:
    """The exit status, and all that was written to a terminal that is stderr."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        fleet.command("apply", *arguments),
        env=fleet.env | {"TERM": "xterm-256color"} | dict(more),
        cwd=fleet.path.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=slave,
    )
    os.close(slave)
    written = b""
    # The other end is closed: that is an error, after all that was written.
    with contextlib.suppress(OSError):
        while piece := os.read(master, 4_096):
            written += piece
    os.close(master)
    return process.wait(60), written.decode()


def screen(text: str) -> list[str]:
    """What a reader sees in the end, who has room enough."""
    rows, row = [""], 0
    for found in PARTS.finditer(text):
        count, action, line_feed, words = found.groups()
        if action == "A":
            row -= int(count or 1)
        elif action == "J":
            rows = [*rows[:row], ""]
        elif line_feed:
            row += 1
            rows += [""] * (row - len(rows) + 1)
        elif words:
            rows[row] += words
    return rows[:-1] if not rows[-1] else rows


@pytest.mark.parametrize("colours", [False, True])
def test_a_terminal_has_a_table(fleet: Fleet, *, colours: bool) -> None:
    """In the end it is gone, and there is one line for each; NO_COLOR is heeded."""
    names = (SEARCH, CHAT, FRONT)
    fleet.write({name: fleet.usual() for name in names}, maxUnavailable=3)
    status, written = on_a_terminal(fleet, {} if colours else {"NO_COLOR": "1"})
    assert status == 0, written
    assert ("\x1b[32m" in written) is colours
    assert "RUNNING_APP_STARTING" in written
    assert "variables.LEVEL, secrets.TOKEN" in written
    rows = [row for row in screen(written) if "spaces/" in row or "to come" in row]
    wanted = {f"hfmint: spaces/{name}: healthy" for name in names}
    assert {re.sub(r" \(\d+ s\)$", "", row) for row in rows} == wanted, rows
    assert len(rows) == len(names)


@pytest.mark.parametrize("words", [(), ("--quiet",)])
def test_a_log_has_a_line_each(fleet: Fleet, words: tuple[str, ...]) -> None:
    """And none that a terminal would obey."""
    fleet.write({CHAT: fleet.usual()})
    ended = fleet("apply", *words)
    lines = [re.sub(r" \(\d+ s\)$", "", line) for line in ended.err.splitlines()]
    steps = ["writes variables.LEVEL", "writes secrets.TOKEN", "waits, RUNNING_APP_STARTING"]
    steps.append("healthy")
    wanted = [] if words else [f"hfmint: spaces/{CHAT}: {step}" for step in steps]
    assert (ended.status, lines) == (0, wanted), ended
    assert ended.out.startswith("done ")
