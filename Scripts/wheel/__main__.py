"""Starts the program that came with this package: `python -m hfmint` is `hfmint`."""

import os
import signal
import sys
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path


def main():
    """Become the program; Python's own handling of signals ends with Python."""
    for program in places():
        if os.access(program, os.X_OK):
            for ignored in (signal.SIGPIPE, signal.SIGXFSZ):
                signal.signal(ignored, signal.SIG_DFL)
            os.execv(program, [os.fspath(program), *sys.argv[1:]])
    sys.exit(
        "hfmint: error: the program is not where it was installed\n"
        "hfmint: hint: pip install --force-reinstall hfmint"
    )


def places():
    """Yield where the installer put the program, and where `pip install --target` moved it."""
    try:
        installed = files("hfmint") or []
    except PackageNotFoundError:
        installed = []
    for file in installed:
        if (file.parent.name, file.name) == ("bin", "hfmint"):
            yield Path(file.locate())
    yield Path(__file__).parent.parent / "bin" / "hfmint"


if __name__ == "__main__":
    main()
