"""Releases of hfmint to be installed: their files, a server that has them, a pinned checkout."""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import shutil
import ssl
import subprocess
import sys
import tarfile
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

import product
from tls import Authority

HOST = "releases.test.example"
REPOSITORY = "acme/hfmint"
MACHINE = platform.machine()
CARRIERS = ("action.yml", "integrations", "Scripts/integrations")


@dataclass(frozen=True)
class Release:
    """One version for this machine: the tarball, and what a release says of it."""

    version: str
    tarball: bytes

    @property
    def name(self) -> str:
        """The tarball's."""
        return f"hfmint-{self.version}-linux-{MACHINE}.tar.gz"

    @property
    def sum(self) -> str:
        """The tarball's SHA-256."""
        return hashlib.sha256(self.tarball).hexdigest()

    @property
    def sums(self) -> bytes:
        """SHA256SUMS."""
        return f"{'0' * 64}  hfmint_other.deb\n{self.sum}  {self.name}\n".encode()


def release(version: str, program: bytes) -> Release:
    """A tarball as `Scripts/package` makes it, with this program as hfmint."""
    data = io.BytesIO()
    folder = f"hfmint-{version}-linux-{MACHINE}"
    with tarfile.open(fileobj=data, mode="w:gz", compresslevel=1) as tar:
        for name, content, mode in (("LICENSE", b"\n", 0o644), ("bin/hfmint", program, 0o755)):
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size, member.mode = len(content), mode
            tar.addfile(member, io.BytesIO(content))
    return Release(version, data.getvalue())


def saying(version: str) -> bytes:
    """A program that knows its version, and nothing else."""
    return f"#!/bin/sh\necho 'hfmint {version}'\n".encode()


def starting(program: str) -> bytes:
    """A program that starts the product, which would fill the tests' disk otherwise."""
    return f"#!/bin/sh\nexec '{program}' \"$@\"\n".encode()


class Downloads:
    """An HTTPS server with releases below `/dl`, on loopback; `asked` is what it was asked for."""

    def __init__(self, authority: Authority) -> None:
        asked: list[str] = []
        files: dict[str, bytes] = {}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                body = files.get(self.path)
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None:
                pass

        self.asked, self.files = asked, files
        self.authority = authority.file
        certificate = authority.issue(HOST)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.file, certificate.key)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.address: tuple[str, int] = ("127.0.0.1", self._server.server_port)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def publish(self, release: Release) -> None:
        """As on GitHub: a folder for each version."""
        self.files[f"/dl/v{release.version}/{release.name}"] = release.tarball
        self.files[f"/dl/v{release.version}/SHA256SUMS"] = release.sums

    @property
    def origin(self) -> str:
        """Where only a proxy, or a curl that was told, finds it."""
        return f"https://{HOST}"

    @property
    def tarballs(self) -> int:
        """How often a tarball was asked for."""
        return len([path for path in self.asked if path.endswith(".tar.gz")])


def pinned(folder: Path, release: Release | None) -> Path:
    """A copy of what carries the installer, made for this release, or for none as before any."""
    for name in CARRIERS:
        source, target = product.CHECKOUT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    command = [str(folder / "Scripts/integrations")]
    if release:
        sums = folder / "SHA256SUMS"
        text = release.sums.decode()
        other = {"x86_64": "aarch64", "aarch64": "x86_64"}[MACHINE]
        text += f"{'1' * 64}  {release.name.replace(MACHINE, other)}\n"
        sums.write_text(text)
        command += ["--release", REPOSITORY, str(sums)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def reached(downloads: Downloads, folder: Path) -> dict[str, str]:
    """The variables, and a curlrc, by which curl finds the server without a proxy."""
    folder.mkdir(parents=True, exist_ok=True)
    host, port = downloads.address
    (folder / ".curlrc").write_text(f'connect-to = "{HOST}:443:{host}:{port}"\n')
    return {"CURL_HOME": str(folder), "CURL_CA_BUNDLE": str(downloads.authority)}


def bare(folder: Path, *more: Path) -> dict[str, str]:
    """A machine's variables: a home and a folder for temporary files, both empty."""
    for name in ("home", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    path = os.environ.get("PATH", os.defpath)
    return {
        "PATH": ":".join([*map(str, more), path]),
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
    }


def with_gh(folder: Path, *attested: Release, ref: str | None = None) -> None:
    """Put a `gh` there that knows where these come from; it has no token of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    stub = folder / "ghstub.py"
    shutil.copy(Path(__file__).with_name("ghstub.py"), stub)
    known = [
        {
            "sum": each.sum,
            "repo": REPOSITORY,
            "workflow": f"{REPOSITORY}/.github/workflows/release.yml",
            "ref": ref or f"refs/tags/v{each.version}",
        }
        for each in attested
    ]
    (folder / "attested.json").write_text(json.dumps(known))
    program = folder / "gh"
    program.write_text(f"#!/bin/sh\nexec '{sys.executable}' '{stub}' \"$@\"\n")
    program.chmod(0o755)


def asked_of_gh(folder: Path) -> list[tuple[list[str], str]]:
    """The words of each call, and how its token began."""
    log = folder / "calls"
    return (
        [tuple(json.loads(line)) for line in log.read_text().splitlines()] if log.exists() else []
    )
