"""HAProxy, Apache and lighttpd, each started with the files that `serve config` prints for it."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import ClassVar

import product
from frontdoors import SBIN, FrontDoorServer


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
            text = printed(door, Path(found[1]), *self.options(port))
            (folder / name).write_text(text)

    def options(self, port: int) -> list[str]:
        """What the files are printed with, as the configuration was."""
        return ["--listen", f"127.0.0.1:{port}"]


def printed(door: str, manifest: Path, *options: str) -> str:
    """What `hfmint serve config` prints."""
    words = ["serve", "config", "--for", door, "--manifest", str(manifest), *options]
    done = product.run([str(product.needed()), *words], {"PATH": "/usr/bin:/bin"}, manifest.parent)
    assert (done.status, done.stderr) == (0, b""), done
    return done.stdout.decode()


class Apache(OtherFrontDoorServer):
    """https://httpd.apache.org/docs/2.4/programs/httpd.html"""  # noqa: D400, D415 (a link)

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
    """https://docs.haproxy.org/2.6/management.html"""  # noqa: D400, D415 (a link)

    name = "haproxy"
    files: ClassVar[dict[str, str]] = {"hfmint.lua": "haproxy-lua"}

    def command(self) -> list[str]:
        """Its script is beside its configuration."""
        return unprivileged([self.program(), "-db", "-f", str(self.file)])
