"""Prints what the binary is made of and what it opens, as SPDX 2.3: BINARY VERSION.

https://spdx.github.io/spdx-spec/v2.3/
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

# Opened at first use, by these names first; which build of them, the machine decides.
OPENED = {
    "libcurl": ("libcurl.so.4", "curl"),
    "libcrypto": ("libcrypto.so.3", "Apache-2.0"),
    "libsodium": ("libsodium.so.23", "ISC"),
}
NEEDED = {
    "libc": "LGPL-2.1-or-later",
    "libm": "LGPL-2.1-or-later",
    "ld-linux": "LGPL-2.1-or-later",
    "libdl": "LGPL-2.1-or-later",
    "libpthread": "LGPL-2.1-or-later",
    "libgcc_s": "GPL-3.0-or-later WITH GCC-exception-3.1",
}


def main(binary: Path, version: str) -> None:
    """Print the document; the same binary and commit give the same one."""
    digest = hashlib.sha256(binary.read_bytes()).hexdigest()
    created = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC)
    compiler = run("swift", "--version")
    swift = re.search(r"Swift version (\S+)", compiler)
    assert swift, compiler
    tool = package("hfmint", version, "Apache-2.0") | {
        "primaryPackagePurpose": "APPLICATION",
        "packageFileName": "hfmint",
        "checksums": [{"algorithm": "SHA256", "checksumValue": digest}],
    }
    runtime = package("swift-runtime", swift[1], "Apache-2.0 WITH Swift-exception")
    cxx = package(
        "libstdc++",
        run("g++", "-dumpfullversion").strip(),
        "GPL-3.0-or-later WITH GCC-exception-3.1",
    )
    opened = [package(name, soname, licence) for name, (soname, licence) in OPENED.items()]
    needed = [package(*library) for library in libraries(binary)]
    links = [
        ("SPDXRef-DOCUMENT", "DESCRIBES", "hfmint"),
        ("hfmint", "STATIC_LINK", "swift-runtime"),
        ("hfmint", "STATIC_LINK", "libstdc++"),
    ]
    links += [(each["name"], "RUNTIME_DEPENDENCY_OF", "hfmint") for each in opened]
    links += [("hfmint", "DYNAMIC_LINK", each["name"]) for each in needed]
    document = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"hfmint-{version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/hfmint-{version}-{digest}",
        "creationInfo": {
            "created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "creators": ["Tool: hfmint-Scripts-package"],
        },
        "packages": [tool, runtime, cxx, *opened, *needed],
        "relationships": [
            {
                "spdxElementId": reference(left),
                "relationshipType": kind,
                "relatedSpdxElement": reference(right),
            }
            for left, kind, right in links
        ],
    }
    print(json.dumps(document, indent=2))


def reference(name: str) -> str:
    """An identifier of letters, digits, dots and dashes."""
    return name if name.startswith("SPDXRef-") else "SPDXRef-" + re.sub(r"[^\w.-]|_", "-", name)


def package(name: str, version: str, licence: str) -> dict[str, object]:
    """What every package says."""
    return {
        "name": name,
        "SPDXID": reference(name),
        "versionInfo": version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": licence,
        "licenseDeclared": licence,
        "copyrightText": "NOASSERTION",
    }


def libraries(binary: Path) -> list[tuple[str, str, str]]:
    """Each library that the loader must find: its name, its soname, its licence."""
    names = re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-dW", str(binary)))
    found = []
    for soname in sorted(names):
        stem = re.split(r"\.so|-x86|-aarch", soname)[0]
        found.append((stem, soname, NEEDED[stem]))
    return found


def run(*command: str) -> str:
    """What a command prints."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
