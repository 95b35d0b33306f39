"""The one way to wait for what has no other sign: look again and again until it is so."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable

PATIENCE = 30.0


def wait_for(
    what: str | Callable[[], str],
    test: Callable[[], object],
    timeout: float = PATIENCE,
    process: subprocess.Popen[bytes] | None = None,
) -> None:
    """Wait until something is so; fail with `what` if it does not become so, or `process` ends."""
    deadline = time.monotonic() + timeout
    while not test():
        has_ended = process is not None and process.poll() is not None
        if has_ended or time.monotonic() > deadline:
            why = "its process ended" if has_ended else f"not in {timeout} s"
            raise AssertionError(f"{why}: {what if isinstance(what, str) else what()}")
        time.sleep(0.02)
