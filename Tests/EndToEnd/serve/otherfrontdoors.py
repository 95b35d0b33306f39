"""HAProxy, Apache and lighttpd, each started with the files that `serve config` prints for it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import ClassVar, Self

import product
from frontdoors import PATIENCE, SBIN, FrontDoorServer
from stubbedwall import AUTHORITIES


def unprivileged(command: list[str]) -> list[str]:
    """As a user who is not root, to whom root's files belong."""
    if os.geteuid() != 0:
        return command
    return ["unshare", "--user", "--map-user=1000", "--map-group=1000", *command]


class OtherFrontDoorServer(FrontDoorServer):
    """A server that has files beside its configuration."""

    files: ClassVar[dict[str, str]] = {}
    """What each is called in the server's folder, and what stands for it after `--for`."""

    def __init__(self, configuration: str, folder: Path, port: int) -> None:
        super().__init__(configuration, folder, port)
        found = re.search(r"--manifest (.+)`", configuration)
        assert found, configuration
        for name, door in self.files.items():
            # A script does not listen.
            options = [] if door.endswith("-lua") else self.options(port)
            text = _printed(door, Path(found[1]), *options)
            (folder / name).write_text(text)

    def options(self, port: int) -> list[str]:
        """What the files are printed with, as the configuration was."""
        return ["--listen", f"127.0.0.1:{port}"]


class Apache(OtherFrontDoorServer):
    """https://httpd.apache.org/docs/2.4/programs/httpd.html"""

    name = "apache"
    files: ClassVar[dict[str, str]] = {"hfmint.lua": "apache-lua"}

    @classmethod
    def program(cls) -> str:
        """By Debian's name."""
        found = shutil.which("apache2", path=SBIN)
        assert found, "apache2 is not installed: Scripts/setup"
        return found

    def command(self) -> list[str]:
        """Its files are in its folder."""
        files = ["-d", str(self.folder), "-f", str(self.file)]
        return unprivileged([self.program(), *files, "-D", "FOREGROUND"])


class HAProxy(OtherFrontDoorServer):
    """https://docs.haproxy.org/2.6/management.html"""

    name = "haproxy"
    files: ClassVar[dict[str, str]] = {"hfmint.lua": "haproxy-lua"}

    def command(self) -> list[str]:
        """Its script is beside its configuration."""
        return unprivileged([self.program(), "-db", "-f", str(self.file)])


class Lighttpd(OtherFrontDoorServer):
    """With stunnel, where the Hub is asked by TLS.

    https://redmine.lighttpd.net/projects/lighttpd/wiki · https://www.stunnel.org/static/stunnel.html
    """

    name = "lighttpd"
    files: ClassVar[dict[str, str]] = {
        "hfmint.lua": "lighttpd-lua",
        "stunnel.conf": "lighttpd-stunnel",
    }
    tunnel: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """Its script is in the folder in which it starts."""
        return unprivileged([self.program(), "-D", "-f", str(self.file)])

    def start(self) -> Self:
        """First the tunnel, if there is one to make."""
        file = self.folder / "stunnel.conf"
        text = file.read_text()
        if "accept" in text:
            file.write_text(text.replace(AUTHORITIES, self.variables["SSL_CERT_FILE"]))
            self._start_tunnel(file)
        return super().start()

    def _start_tunnel(self, file: Path) -> None:
        program = shutil.which("stunnel4", path=SBIN)
        assert program, "stunnel4 is not installed: Scripts/setup"
        with (self.folder / "stunnel.log").open("ab") as said:
            self.tunnel = subprocess.Popen(
                unprivileged([program, str(file)]), cwd=self.folder, stdout=said, stderr=said
            )
        deadline = time.monotonic() + PATIENCE
        sockets = re.findall(r"^accept = (.+)$", file.read_text(), re.MULTILINE)
        while not all(Path(socket).is_socket() for socket in sockets):
            assert self.tunnel.poll() is None, self.logs
            assert time.monotonic() < deadline, self.logs
            time.sleep(0.02)

    def stop(self) -> None:
        """Both."""
        super().stop()
        if self.tunnel:
            self.tunnel.terminate()
            self.tunnel.wait(PATIENCE)
            self.tunnel = None


def _printed(door: str, manifest: Path, *options: str) -> str:
    words = ["serve", "config", "--for", door, "--manifest", str(manifest), *options]
    done = product.run([str(product.needed()), *words], {"PATH": "/usr/bin:/bin"}, manifest.parent)
    assert (done.status, done.stderr) == (0, b""), done
    return done.stdout.decode()
