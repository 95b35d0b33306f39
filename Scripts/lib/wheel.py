"""Makes the wheel of a release: BINARY VERSION SBOM FILES FOLDER, where FILES holds LICENSE, README.md and control.

The binary is a script of the wheel, so that `pip install hfmint` puts it on PATH as it is; `python -m hfmint` starts it
too. The same binary and commit give the same bytes. The formats are
https://packaging.python.org/en/latest/specifications/binary-distribution-format/ and
https://packaging.python.org/en/latest/specifications/core-metadata/; the SBOM lies where
https://peps.python.org/pep-0770/ says.
"""

from __future__ import annotations

import base64
import hashlib
import os
import platform
import re
import subprocess
import sys
import time
import zipfile
from pathlib import Path

# The versions of glibc that a wheel is commonly said to need: https://github.com/pypa/manylinux
PROFILES = ((2, 17), (2, 24), (2, 26), (2, 27), (2, 28), (2, 31), (2, 34), (2, 35))

# The name that git looks for; a wheel cannot hold a link.
HELPER = """#!/bin/sh
exec "$(dirname "$0")/hfmint" git-credential "$@"
"""

INIT = '"""Short-lived Hugging Face credentials for CI jobs: the program `hfmint`, as a wheel."""\n'

# Installers know where they put each file of a wheel, whatever the scheme.
MAIN = '''"""Starts the program that this distribution brought: `python -m hfmint` is `hfmint`."""

import os
import sys
from importlib.metadata import files


def main():
    for file in files("hfmint") or []:
        if file.parent.name in ("bin", "Scripts") and file.name == "hfmint":
            program = os.fspath(file.locate())
            os.execv(program, [program, *sys.argv[1:]])
    sys.exit("hfmint: error: its program is not where it was installed\\nhfmint: hint: pip install --force-reinstall hfmint")


if __name__ == "__main__":
    main()
'''


def main(binary: Path, version: str, sbom: Path, files: Path, folder: Path) -> None:
    """Write the wheel into the folder, and print its name."""
    tag = f"py3-none-manylinux_{floor(binary).replace('.', '_')}_{platform.machine()}"
    info = f"hfmint-{version}.dist-info"
    scripts = f"hfmint-{version}.data/scripts"
    contents = {
        "hfmint/__init__.py": (INIT.encode(), 0o644),
        "hfmint/__main__.py": (MAIN.encode(), 0o644),
        f"{scripts}/git-credential-hfmint": (HELPER.encode(), 0o755),
        f"{scripts}/hfmint": (binary.read_bytes(), 0o755),
        f"{info}/METADATA": (metadata(version, files).encode(), 0o644),
        f"{info}/WHEEL": (wheel(tag).encode(), 0o644),
        f"{info}/licenses/LICENSE": ((files / "LICENSE").read_bytes(), 0o644),
        f"{info}/sboms/hfmint.spdx.json": (sbom.read_bytes(), 0o644),
    }
    record = "".join(f"{name},sha256={digest(data)},{len(data)}\n" for name, (data, _) in contents.items())
    contents[f"{info}/RECORD"] = (f"{record}{info}/RECORD,,\n".encode(), 0o644)
    path = folder / f"hfmint-{version}-{tag}.whl"
    moment = time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"]))[:6]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, (data, mode) in contents.items():
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, whose modes are kept
            entry.external_attr = (0o100000 | mode) << 16
            archive.writestr(entry, data)
    print(path.name)


def floor(binary: Path) -> str:
    """The oldest glibc of a profile that has every version of a symbol that the binary needs, such as 2.26."""
    symbols = subprocess.run(["objdump", "-T", str(binary)], capture_output=True, text=True, check=True).stdout
    versions = {tuple(map(int, found.split("."))) for found in re.findall(r"GLIBC_(2(?:\.\d+)+)", symbols)}
    return ".".join(map(str, next(profile for profile in PROFILES if profile >= max(versions)[:2])))


def metadata(version: str, files: Path) -> str:
    """What the Debian package says of itself, in the words of Python's packages; the README is the description."""
    control = (files / "control").read_text()
    homepage = re.search(r"^Homepage: (.*)$", control, re.MULTILINE)
    summary = re.search(r"^Description: (.*)$", control, re.MULTILINE)
    assert homepage and summary, control
    lines = [
        "Metadata-Version: 2.4",
        "Name: hfmint",
        f"Version: {version}",
        f"Summary: {summary[1]}",
        "License-Expression: Apache-2.0",
        "License-File: LICENSE",
        f"Project-URL: Homepage, {homepage[1]}",
        "Keywords: huggingface,oidc,ci,credentials,git",
        "Classifier: Environment :: Console",
        "Classifier: Operating System :: POSIX :: Linux",
        "Classifier: Topic :: Security",
        "Requires-Python: >=3.8",
        "Description-Content-Type: text/markdown",
    ]
    return "\n".join(lines) + "\n\n" + (files / "README.md").read_text()


def wheel(tag: str) -> str:
    """The wheel's own account of its form."""
    return f"Wheel-Version: 1.0\nGenerator: hfmint-Scripts-package\nRoot-Is-Purelib: false\nTag: {tag}\n"


def digest(data: bytes) -> str:
    """SHA-256 as RECORD spells it."""
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], *map(Path, sys.argv[3:6]))
