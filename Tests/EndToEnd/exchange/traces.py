"""What a run left behind: files, requests, system calls; and where secrets are in them."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import evidence
import product
from Sandbox.world import World

Hfmint = Callable[..., product.Result]
LOCK = re.compile(r"lock-[0-9a-f]{32}")


@dataclass(frozen=True)
class Entry:
    """A file, a folder or another thing in a tree."""

    kind: str
    mode: int
    digest: str


def tree(*roots: Path) -> dict[Path, Entry]:
    """Everything below some folders."""
    return {path: _entry(path) for root in roots for path in sorted(root.rglob("*"))}


def _entry(path: Path) -> Entry:
    status = path.lstat()
    is_file = stat.S_ISREG(status.st_mode)
    digest = hashlib.sha256(path.read_bytes()).hexdigest() if is_file else ""
    return Entry(stat.filemode(status.st_mode)[0], stat.S_IMODE(status.st_mode), digest)


def changes(before: Mapping[Path, Entry], after: Mapping[Path, Entry]) -> dict[Path, Entry]:
    """What is new or different; what has gone is an error."""
    assert not before.keys() - after.keys()
    return {path: entry for path, entry in after.items() if before.get(path) != entry}


def traces_of_nothing(changed: Mapping[Path, Entry]) -> bool:
    """Whether there is no more than the job's empty directory and the lock in it."""
    empty = hashlib.sha256(b"").hexdigest()
    return all(
        entry.kind == "d" or (LOCK.fullmatch(path.name) and entry.digest == empty)
        for path, entry in changed.items()
    )


def files_with(secrets: Iterable[str], *roots: Path) -> set[Path]:
    """The files in which any of the secrets is found."""
    wanted = [secret.encode() for secret in secrets]
    paths = (path for root in roots for path in root.rglob("*") if path.is_file())
    return {path for path in paths if any(secret in path.read_bytes() for secret in wanted)}


def tokens(world: World, kind: str = "token") -> list[str]:
    """The secrets of one kind that the world has issued, in order."""
    return [value for value, name in world.sentinels.kinds.items() if name == kind]


def sent_id_tokens(world: World) -> list[str]:
    """The ID tokens that the Hub was sent, in order; whatever came of them."""
    bodies = [request.body for request in world.requests("hub") if request.path == "/oauth/token"]
    return [json.loads(body)["subject_token"] for body in bodies]


def strace(calls: str, log: Path) -> list[str]:
    """The command that goes before another one to write its system calls into `log`."""
    program = shutil.which("strace")
    if not program:
        pytest.skip("strace is not installed")
    # It shows what is written in full, secrets too.
    evidence.put_there(log)
    return [program, "-f", "-v", "-s", "100000", "-o", str(log), "-e", f"trace={calls}"]
