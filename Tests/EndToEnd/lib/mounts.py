"""Programs that see mounts of their own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def mounting(script: str, path: Path | str = "sh", *, as_root: bool = False) -> list[str]:
    """Give the words before a program that runs after `script`, alone with what that mounts.

    The script's `$0` is `path`, and `$@` the program. With `as_root` another user may mount too.
    Skips where nobody may.
    """
    unshare = [shutil.which("unshare") or "unshare", *(["-r"] if as_root else []), "-m"]
    try:
        may = subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        may = False
    if not may:
        pytest.skip("nothing may be mounted here")
    return [*unshare, "sh", "-euc", f'{script}\nexec "$@"', str(path)]
