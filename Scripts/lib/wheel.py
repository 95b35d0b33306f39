"""Makes the wheel of a release: BINARY VERSION SBOM TREE FOLDER, where TREE is the commit's.

The binary is a script of the wheel, so that `pip install hfmint` puts it on PATH as it is. The same
binary, SBOM and commit give the same bytes. The wheel's form is
https://packaging.python.org/en/latest/specifications/binary-distribution-format/, its metadata
https://packaging.python.org/en/latest/specifications/core-metadata/, and the SBOM lies in it as
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

# auditwheel's profiles, by the glibc that each stands for: https://github.com/pypa/manylinux
PROFILES = ((2, 17), (2, 24), (2, 26), (2, 27), (2, 28), (2, 31), (2, 34), (2, 35))


def main(binary: Path, version: str, sbom: Path, tree: Path, folder: Path) -> None:
    """Write the wheel into the folder, and print its name."""
    tag = f"py3-none-manylinux_{profile(binary)}_{platform.machine()}"
    info = f"hfmint-{version}.dist-info"
    scripts = f"hfmint-{version}.data/scripts"
    sources = tree / "Scripts/wheel"
    contents = {
        "hfmint/__init__.py": ((sources / "__init__.py").read_bytes(), 0o644),
        "hfmint/__main__.py": ((sources / "__main__.py").read_bytes(), 0o644),
        f"{scripts}/git-credential-hfmint": (
            (sources / "git-credential-hfmint").read_bytes(),
            0o755,
        ),
        f"{scripts}/hfmint": (binary.read_bytes(), 0o755),
        f"{info}/METADATA": (metadata(version, tree).encode(), 0o644),
        f"{info}/WHEEL": (wheel(tag).encode(), 0o644),
        f"{info}/licenses/LICENSE": ((tree / "LICENSE").read_bytes(), 0o644),
        f"{info}/sboms/hfmint.spdx.json": (sbom.read_bytes(), 0o644),
    }
    record = [f"{name},{digest(data)},{len(data)}\n" for name, (data, _) in contents.items()]
    contents[f"{info}/RECORD"] = ("".join([*record, f"{info}/RECORD,,\n"]).encode(), 0o644)
    path = folder / f"hfmint-{version}-{tag}.whl"
    moment = time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"]))[:6]
    with zipfile.ZipFile(path, "w") as archive:
        for name, (data, mode) in contents.items():
            entry = zipfile.ZipInfo(name, moment)
            entry.create_system = 3  # Unix, whose modes are kept
            entry.external_attr = (0o100000 | mode) << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED, compresslevel=9)
    print(path.name)


def profile(binary: Path) -> str:
    """Return the oldest profile whose glibc has every symbol that the binary needs: `2_26`."""
    listed = subprocess.run(
        ["objdump", "-T", str(binary)], capture_output=True, text=True, check=True
    )
    found = re.findall(r"GLIBC_(\d+)\.(\d+)", listed.stdout)
    needed = max((int(major), int(minor)) for major, minor in found)
    for major, minor in PROFILES:
        if (major, minor) >= needed:
            return f"{major}_{minor}"
    sys.exit(f"wheel: no profile has the glibc that {binary} needs: {needed}")


def metadata(version: str, tree: Path) -> str:
    """Return what the Debian package says of itself, as METADATA; README is the description."""
    control = (tree / "Scripts/debian/control").read_text(encoding="utf-8")
    said = dict(re.findall(r"(?m)^(\w+): (.*)$", control))
    # PyPI has nothing that a relative link could lead to.
    readme = re.sub(
        r"\[([^][]+)\]\((?!https://)[^)]*\)",
        r"\1",
        (tree / "README.md").read_text(encoding="utf-8"),
    )
    lines = [
        "Metadata-Version: 2.4",
        "Name: hfmint",
        f"Version: {version}",
        f"Summary: {said['Description']}",
        "License-Expression: Apache-2.0",
        "License-File: LICENSE",
        f"Project-URL: Homepage, {said['Homepage']}",
        "Keywords: huggingface,oidc,ci,credentials,git",
        "Classifier: Environment :: Console",
        "Classifier: Operating System :: POSIX :: Linux",
        "Classifier: Topic :: Security",
        "Requires-Python: >=3.8",
        "Description-Content-Type: text/markdown",
    ]
    return "\n".join([*lines, "", readme])


def wheel(tag: str) -> str:
    """Return the file WHEEL, which says how the wheel is laid out."""
    return (
        "Wheel-Version: 1.0\n"
        "Generator: hfmint-Scripts-package\n"
        "Root-Is-Purelib: false\n"
        f"Tag: {tag}\n"
    )


def digest(data: bytes) -> str:
    """Return the SHA-256 digest as RECORD spells it."""
    encoded = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
    return f"sha256={encoded.rstrip(b'=').decode()}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], *map(Path, sys.argv[3:6]))
