#!/usr/bin/env python3
"""A program as the sink `command` calls it: one JSON line on stdin, then the value.

Its one argument is a folder, for what it is given: `value`, and `calls`, a line for each call.
A file `fails-OPERATION` in there holds the exit status that the next such call ends with, after
it has acted if the file ends with ` act`. What it does not know it refuses.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

OPERATIONS = ("preflight", "write", "read", "evidence")


def value(folder: Path) -> str | None:
    """What a consumer would find."""
    path = folder / "value"
    return path.read_text() if path.exists() else None


def calls(folder: Path) -> list[str]:
    """The operations and tokens so far."""
    path = folder / "calls"
    return path.read_text().splitlines() if path.exists() else []


def main() -> int:
    """Do one operation."""
    folder = Path(sys.argv[1])
    line, _, rest = sys.stdin.buffer.read().partition(b"\n")
    request = json.loads(line)
    operation = request["operation"]
    if operation not in OPERATIONS or set(request) - {"operation", "token"}:
        return 1
    if (operation == "write") != bool(rest) or ("token" in request) != bool(rest):
        return 1
    fault = folder / f"fails-{operation}"
    status, _, act = fault.read_text().partition(" ") if fault.exists() else ("0", "", "")
    fault.unlink(missing_ok=True)
    with (folder / "calls").open("a") as log:
        log.write(f"{operation} {request.get('token', '')}".rstrip() + "\n")
    if status == "0" or act:
        _perform(folder, operation, rest)
    return int(status)


def _perform(folder: Path, operation: str, rest: bytes) -> None:
    kept = folder / "value"
    if operation == "write":
        kept.write_bytes(rest)
        writes = sum(call.startswith("write") for call in calls(folder))
        (folder / "version").write_text(f"{writes} {kept.stat().st_mtime_ns}")
        _show_evidence(writes)
    elif operation == "evidence" and kept.exists():
        version = folder / "version"
        number, _, moment = (version.read_text() if version.exists() else "0").partition(" ")
        # Whoever writes the file by hand makes another version, too.
        _show_evidence(int(number) + (moment != str(kept.stat().st_mtime_ns)))
    elif operation == "read":
        sys.stdout.write(value(folder) or "")


def _show_evidence(version: int) -> None:
    print(json.dumps({"evidence": "version", "detail": str(version)}))


if __name__ == "__main__":
    sys.exit(main())
