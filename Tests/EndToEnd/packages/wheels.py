"""Wheels of the product, an index that serves them, and an installer's commands beside a job's."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Self

import evidence
import product

EPOCH = "1790000000"
LIBRARY = product.CHECKOUT / "Scripts/lib"
TOOLS = Path(sys.executable).parent


def script(name: str, *arguments: str | Path, **variables: str) -> str:
    """Run a module of `Scripts/lib`; what it prints."""
    return subprocess.run(
        [sys.executable, LIBRARY / name, *arguments],
        env=os.environ | {"SOURCE_DATE_EPOCH": EPOCH} | variables,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout


@dataclass(frozen=True)
class Release:
    """What a wheel is made of: a stripped binary, as in a release, and its SBOM."""

    binary: Path
    sbom: Path

    @classmethod
    def of(cls, program: Path, folder: Path) -> Self:
        """Strip the program, and list what it is made of."""
        made = cls(folder / "hfmint", folder / "sbom")
        subprocess.run(["strip", "-o", made.binary, program], check=True)
        made.sbom.write_text(script("sbom.py", made.binary, made.version))
        return made

    @property
    def version(self) -> str:
        """What the binary calls itself."""
        said = subprocess.run([self.binary, "--version"], env={}, capture_output=True, check=True)
        return said.stdout.decode().split()[1]

    @property
    def next_version(self) -> str:
        """The version of a patch."""
        *front, patch = self.version.split(".")
        return ".".join([*front, str(int(patch) + 1)])

    def wheel(self, folder: Path, version: str | None = None, **variables: str) -> Path:
        """Make the wheel in the folder, by default of the binary's own version."""
        folder.mkdir(parents=True, exist_ok=True)
        words = (self.binary, version or self.version, self.sbom, product.CHECKOUT, folder)
        return folder / script("wheel.py", *words, **variables).strip()


class Quiet(SimpleHTTPRequestHandler):
    """Files of a folder, without a log."""

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


class Index:
    """A package index on loopback: https://packaging.python.org/en/latest/specifications/simple-repository-api/."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "simple/hfmint"
        self.project.mkdir(parents=True)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
        self.url = f"http://127.0.0.1:{self._server.server_port}/simple/"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def publish(self, wheel: Path) -> None:
        """Serve one more wheel."""
        shutil.copy(wheel, self.project)
        lines = [
            f'<a href="{file.name}#sha256={hashlib.sha256(file.read_bytes()).hexdigest()}">'
            f"{file.name}</a><br>"
            for file in sorted(self.project.glob("*.whl"))
        ]
        page = "<!DOCTYPE html><html><body>\n{}\n</body></html>\n"
        (self.project / "index.html").write_text(page.format("\n".join(lines)))


def play(command: list[str], env: Mapping[str, str], cwd: Path) -> product.Result:
    """Run a command that may start an installed hfmint; it is searched for secrets."""
    done = subprocess.run(
        command, env=env, cwd=cwd, capture_output=True, timeout=product.TIMEOUT, check=False
    )
    installed = Path(shutil.which("hfmint", path=env["PATH"]) or "").resolve()
    evidence.keep(installed, command, env, cwd, (done.stdout, done.stderr))
    return product.Result(done.returncode, done.stdout, done.stderr)


def good(command: list[str], env: Mapping[str, str], cwd: Path) -> str:
    """Run a command that must succeed; what it printed."""
    result = play(command, env, cwd)
    assert result.status == 0, (command, result.stdout.decode(), result.stderr.decode())
    return result.stdout.decode().strip()


def contents(folder: Path) -> set[Path]:
    """Everything below the folder."""
    return set(folder.rglob("*"))
