"""A call to the system fails once: the disk is full, a file may not be renamed, a line breaks.

Whatever a rotation says then, going on with it ends it as if nothing had been.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import tracing
from watched import NAME, OVERLAPPING, REPLACING, Setting, Watched
from watchedends import ended, undamaged
from watchedpoints import Point, begun, program, tried

SAMPLE = 4
# https://man7.org/linux/man-pages/man3/errno.3.html
ERRORS = {
    "write": "ENOSPC",
    "fdatasync": "EIO",
    "fsync": "EIO",
    "renameat": "EACCES",
    "unlinkat": "EPERM",
    "fchmod": "EPERM",
    "sendto": "ECONNRESET",
}


@pytest.mark.parametrize("issuer", [*OVERLAPPING, *REPLACING, "person"])
def test_each_call_fails_once(
    tmp_path: Path, issuer: str, record_property: Callable[[str, object], None]
) -> None:
    """Done, later, a disk to look at, or a person to resume it; then done."""
    setting, log = Setting(issuer, ["file", "hub-space"]), tmp_path / "calls"
    with Watched(setting, program(), tmp_path / "dry") as dry:
        assert begun(dry, tracing.recording(log)).status == 0
    points = [point for point in tracing.points(log) if point[0] in ERRORS]

    def failing(watched: Watched, point: Point, _: Point | None) -> None:
        call, number = point
        calls = watched.root / "calls"
        run = begun(watched, tracing.injecting(calls, call, f"error={ERRORS[call]}", number))
        story = [f"{call} {number} failed", str(run)]
        undamaged(watched, story)
        assert run.status in (0, 4, 5, 6), story
        if run.status == 6:
            story.append(str(watched.run("resume", NAME)))
        last = watched.advance()
        ended(watched, last, [*story, str(last)], [])

    told = "failed at " + tried(issuer, setting, points, SAMPLE, tmp_path, failing)
    record_property("told", told)
    print(f"{issuer}: {told}")
