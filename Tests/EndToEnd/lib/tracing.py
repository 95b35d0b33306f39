"""strace: what a run does to the world, and what it does when a call fails or kills it.

https://man7.org/linux/man-pages/man1/strace.1.html
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

# What changes the world; a question mark, because not every architecture has each.
CHANGES = (
    *("write", "pwrite64", "writev", "sendto", "sendmsg", "fsync", "fdatasync"),
    *("rename", "renameat", "renameat2", "unlink", "unlinkat", "link", "linkat"),
    *("mkdir", "mkdirat", "rmdir", "symlink", "symlinkat", "chmod", "fchmod"),
    *("truncate", "ftruncate", "fallocate"),
)


def require() -> None:
    """Skip where processes may not be traced."""
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    if subprocess.run(["strace", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no process may be traced here")


def recording(log: Path, calls: Iterable[str] = CHANGES) -> list[str]:
    """The words that run a command and write its calls to `log`, without any data."""
    return [*quiet(log), "-e", f"trace={_list(calls)}"]


def injecting(log: Path, call: str, effect: str, number: int | str) -> list[str]:
    """The words that run a command and let something happen at its Nth call of this name.

    `3+` is the third and all after it.
    """
    return [*quiet(log), "-e", f"trace=?{call}", "-e", f"inject=?{call}:{effect}:when={number}"]


def lingering(pipe: Path, microseconds: int) -> list[str]:
    """The words that run a command which stops for a while after each call that changes the world.

    Meanwhile a reader of `pipe` learns of the call, and may kill the process there. The command
    has the process id with which it was begun.
    """
    calls = _list((*CHANGES, "bind"))
    pause = f"inject={calls}:delay_exit={microseconds}"
    words = alone(quiet(pipe))
    return [words[0], "-D", *words[1:], "-e", "signal=none", "-e", f"trace={calls}", "-e", pause]


def alone(words: list[str]) -> list[str]:
    """The same for a command and its threads, without the programs that it starts."""
    return [words[0], "-b", "execve", *words[1:]]


def quiet(log: Path) -> list[str]:
    """The words that run a command and write its calls into `log`; strace itself says nothing."""
    return ["strace", "-f", "-qq", "-s", "0", "-o", str(log)]


def _list(calls: Iterable[str]) -> str:
    return ",".join(f"?{call}" for call in calls)


def points(log: Path, *, may_hide: bool = False) -> list[tuple[str, int]]:
    """Each call of the log and its number among those of its name, in order.

    strace counts them for each thread. The thread that is the first to make the Nth call of a name
    is the one that is met there; no other thread may have calls that are hidden in this way, but
    for what the first one prints when all is done; `may_hide` where a few of them are no matter.
    """
    counts: dict[tuple[str, str], int] = {}
    found: dict[tuple[str, int], str] = {}
    lines = re.findall(r"(?m)^(\d+) +(\w+)\((\d*)", log.read_text())
    for thread, call, descriptor in lines:
        number = counts[thread, call] = counts.get((thread, call), 0) + 1
        other = found.setdefault((call, number), thread)
        assert may_hide or other == thread or (call, descriptor) in (("write", "1"), ("write", "2"))
    return list(found)
