"""HAProxy, Apache and lighttpd, each started with the files that `serve config` prints for it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import ClassVar, Self

import product
from frontdoors import PATIENCE, SBIN, FrontDoorServer
from printedfiles import NAMES, printed_for
from Sandbox.recordingupstream import Reply
from Sandbox.waiting import wait_for
from stubbedwall import AUTHORITIES, StubbedWall
from tls import Authority


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

    def stop(self) -> None:
        """First softly, so that it logs what it has answered."""
        if self.process:
            self.process.send_signal(signal.SIGUSR1)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(1)
        super().stop()


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

    @property
    def logs(self) -> str:
        """Also what it has kept back, for seconds: SIGHUP makes it write that."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGHUP)
        return super().logs

    def _start_tunnel(self, file: Path) -> None:
        program = shutil.which("stunnel4", path=SBIN)
        assert program, "stunnel4 is not installed: Scripts/setup"
        with (self.folder / "stunnel.log").open("ab") as said:
            self.tunnel = subprocess.Popen(
                unprivileged([program, str(file)]), cwd=self.folder, stdout=said, stderr=said
            )
        sockets = re.findall(r"^accept = (.+)$", file.read_text(), re.MULTILINE)
        wait_for(
            lambda: self.logs,
            lambda: all(Path(socket).is_socket() for socket in sockets),
            PATIENCE,
            self.tunnel,
        )

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


def for_a_machine(door: str, folder: Path, moved: tuple[str, ...], *scripts: str) -> Path:
    """The file with TLS, whose places are moved into the folder; beside it hfmint.lua."""
    text = printed_for(door, folder)
    shown = Authority(folder / "authority").issue(NAMES[0])
    both = folder / "hfmint.pem"
    both.write_bytes(shown.file.read_bytes() + shown.key.read_bytes())
    files = {
        "/etc/ssl/certs/hfmint.pem": shown.file,
        "/etc/ssl/private/hfmint.key": shown.key,
        "/etc/ssl/private/hfmint.pem": both,
    }
    for place, file in {**files, **dict.fromkeys(moved, folder)}.items():
        text = text.replace(place, str(file))
    for script in scripts:
        (folder / "hfmint.lua").write_text(printed_for(script, folder))
    written = folder / door
    written.write_text(text)
    return written


def rewrites_what_comes_in_pieces(wall: StubbedWall) -> None:
    """A batch of a thousand objects, with every place at which a piece may end, and a last half."""
    hub, here = f'"{wall.upstream.origin}/', f'"{wall.origin}/'
    objects = "".join(f'{{"href":{hub}{number}","x":"{"y" * 60}"}},' for number in range(1000))
    whole = f'{objects}"{wall.hub_token}"{wall.hub_token[:-1]}"{hub[:-1]}'
    for size in (1021, 40_000):
        pieces = [whole[at : at + size].encode() for at in range(0, len(whole), size)]
        wall.upstream.reply = lambda _, pieces=pieces: Reply(200, [], pieces=iter(pieces))
        got = wall.ask("/acme/model.git/info/lfs/objects/batch", "POST", (), b"{}")
        expected = whole.replace(hub, here).replace(wall.hub_token, "")
        assert got.body.decode() == expected
