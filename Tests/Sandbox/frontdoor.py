"""A front door: a real nginx before the world's Hub, which asks `hfmint serve run` at each request.

The manifest is one that a page shows. What it names of a machine and of the network has a stand-in,
and so have the page's commands: `names` says which.
"""

from __future__ import annotations

import contextlib
import grp
import os
import re
import shutil
import signal
import subprocess
import tempfile
import urllib.request
from collections.abc import Callable
from pathlib import Path

from .hub import Hub
from .reservedport import ReservedPort
from .waiting import wait_for

HOST = "127.0.0.1"
PATIENCE = 20.0
SBIN = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/sbin:/bin"
# What systemd does: ExecReload of the unit, and here also the wait until it has been done.
SYSTEMCTL = """#!/bin/sh
[ "$*" = "reload hfmint-serve" ] || exit 1
before=$(grep -c reloaded {said})
kill -HUP {process} || exit 1
for _ in $(seq 100); do
    [ "$(grep -c reloaded {said})" = "$before" ] || exit 0
    sleep 0.05
done
"""


def manifest_of(page: Path) -> str:
    """The first manifest of a page."""
    found = re.search(r"(?ms)^```json5\n(.*?)^```$", page.read_text(encoding="utf-8"))
    if not found:
        raise ValueError(f"{page} shows no manifest")
    return found[1]


def enforcing(manifest: str) -> str:
    """The manifest as it is when a no is no longer let pass."""
    changed = manifest.replace('    mode: "audit",\n', "")
    if changed == manifest:
        raise ValueError("the manifest has no line with the mode")
    return changed


class FrontDoor:
    """nginx and hfmint on a machine of their own, which is `folder`.

    `names` are the page's names of places, and which they are here; `secrets` the files with what
    jobs must not see; `tokens` the Hub's tokens among these. `commands` is a folder for PATH with
    `systemctl`, which knows how to reload.
    """

    def __init__(self, program: Path, hub: Hub, issuer: str, folder: Path, manifest: str) -> None:
        self.folder = folder
        self._program = program
        self._hub = hub
        self._port = ReservedPort()
        # A socket's path is short, and a web server that gave up its rights must reach it.
        self._run = Path(tempfile.mkdtemp(prefix="hfmint-door-"))
        self._run.chmod(0o755)
        self._etc = folder / "etc/hfmint"
        self._credentials = folder / "run/credentials"
        self._said = folder / "hfmint.log"
        self._processes: list[subprocess.Popen[bytes]] = []
        self.origin = f"http://{HOST}:{self._port.number}"
        self.commands = folder / "bin"
        self.manifest = self._etc / "hfmint.json5"
        self.secrets: list[Path] = []
        self.tokens: list[Path] = []
        self.names = {
            "https://hub.acme.example": self.origin,
            "/etc/hfmint": str(self._etc),
            "/etc/nginx": str(folder / "etc/nginx"),
            "/var/lib/hfmint": str(folder / "var/lib/hfmint"),
            "/run/hfmint": str(self._run),
            "/run/credentials/hfmint-serve.service": str(self._credentials),
            "https://token.actions.githubusercontent.com": issuer,
            "https://huggingface.co": hub.origin,
        }
        self._write(manifest)

    def here(self, text: str) -> str:
        """The text of a page with the places of this machine."""
        for there, place in self.names.items():
            text = text.replace(there, place)
        return text

    def on_the_page(self, text: str) -> str:
        """The text with what a page says of these places, of this machine and of its clients."""
        for there, place in sorted(self.names.items(), key=lambda pair: -len(pair[1])):
            text = text.replace(place, there)
        return text.replace(f"peer={HOST}", "peer=10.0.0.7").replace(HOST, "hub.acme.example")

    def _write(self, manifest: str) -> None:
        for path in map(Path, self.names.values()):
            if path.is_absolute():
                path.mkdir(parents=True, exist_ok=True)
        self._credentials.chmod(0o700)
        self.commands.mkdir()
        for right in ("read", "write"):
            token = self._hub.accept("acme/none", right, organization="acme")  # type: ignore[arg-type]
            self.tokens.append(self._keep(right, token.value))
        self._keep("tickets", self._hub.secrets.issue("ticket-key", length=48))
        (self._etc / "deny.jsonl").touch(mode=0o644)
        group = grp.getgrgid(os.getegid()).gr_name
        stand_ins = {
            'kind: "hub"': f'kind: "hub", upstream: "{self._hub.origin}"',
            '"www-data"': f'"{group}"',
        }
        text = self.here(manifest).replace('"hub.acme.example"', f'"{HOST}"')
        for there, stand_in in stand_ins.items():
            if there not in text:
                raise ValueError(f"the page's manifest does not have {there}")
            text = text.replace(there, stand_in)
        self.manifest.write_text(text)

    def _keep(self, name: str, secret: str) -> Path:
        path = self._credentials / name
        path.write_text(f"{secret}\n")
        path.chmod(0o600)
        self.secrets.append(path)
        return path

    def open(self) -> None:
        """Start both; returns when they answer."""
        manifest = ["--manifest", self.manifest]
        listen = ["--listen", f"{HOST}:{self._port.number}"]
        printed = subprocess.run(
            [self._program, "serve", "config", "--for", "nginx", *listen, *manifest],
            env=self._environment,
            capture_output=True,
            check=True,
        )
        configuration = self.folder / "nginx.conf"
        configuration.write_bytes(printed.stdout)
        state = ["--state-dir", self.folder / "state"]
        hfmint = self._start([self._program, "serve", "run", *manifest, *state], self._said)
        self._wait_for((self._run / "serve.sock").exists, hfmint, self._said)
        systemctl = self.commands / "systemctl"
        systemctl.write_text(SYSTEMCTL.format(said=self._said, process=hfmint.pid))
        systemctl.chmod(0o755)
        nginx = shutil.which("nginx", path=SBIN)
        if not nginx:
            raise RuntimeError("nginx is not installed: Scripts/setup")
        # Else root's workers are nobody, who cannot enter this folder.
        user = "user root;" if os.geteuid() == 0 else ""
        files = ["-p", self.folder, "-c", configuration, "-e", "stderr"]
        log = self.folder / "nginx.log"
        server = self._start([nginx, *files, "-g", f"daemon off; {user}"], log)
        self._wait_for(self._answers, server, log)

    def close(self) -> None:
        """Stop both, nginx first."""
        for process in reversed(self._processes):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._port.close()
        shutil.rmtree(self._run, ignore_errors=True)

    @property
    def _environment(self) -> dict[str, str]:
        return {"PATH": SBIN, "LANG": "C.UTF-8", "HOME": str(self.folder)}

    def _start(self, command: list[str | Path], log: Path) -> subprocess.Popen[bytes]:
        with log.open("wb") as said:
            process = subprocess.Popen(
                command,
                env=self._environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
        self._processes.append(process)
        return process

    def _wait_for(
        self, holds: Callable[[], object], process: subprocess.Popen[bytes], log: Path
    ) -> None:
        wait_for(
            lambda: f"the front door does not open: {log.read_text()}", holds, PATIENCE, process
        )

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.origin}/readyz") as got:
            return bool(got.status == 200)
        return False
