"""Real web servers, each started with the configuration that `hfmint serve config` prints for it.

A server is one class: its name after `--for`, its program, and the command that starts it.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from typing import ClassVar, Self

from Sandbox.waiting import wait_for

SBIN = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/sbin:/bin"
PATIENCE = 20.0


class FrontDoorServer:
    """A web server in a folder of its own, from `with` until its end."""

    name: ClassVar[str]
    """What stands after `--for`."""
    rewrites_bodies: ClassVar[bool] = True
    """Whether addresses of the Hub in the answer of git-lfs's batch lead to the server."""
    takes_any_2xx: ClassVar[bool] = False
    """Whether another status than 200 is a yes too, which hfmint never says."""
    end: ClassVar[signal.Signals] = signal.SIGTERM

    def __init__(self, configuration: str, folder: Path, port: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = port
        self.process: subprocess.Popen[bytes] | None = None
        self.variables: dict[str, str] = {}
        self.file = folder / "configuration"
        self.file.write_text(configuration)

    @classmethod
    def program(cls) -> str:
        """Its path; a machine without it fails, as `Scripts/setup` installs it."""
        found = shutil.which(cls.name, path=SBIN)
        assert found, f"{cls.name} is not installed: Scripts/setup"
        return found

    def command(self) -> list[str]:
        """What serves in the foreground."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """All that the server sees of one."""
        return {"PATH": SBIN, "HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder)} | (
            self.variables
        )

    def start(self) -> Self:
        """Returns when it accepts connections."""
        with (self.folder / "said").open("ab") as said:
            self.process = process = subprocess.Popen(
                self.command(),
                env=self.environment(),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
        wait_for(lambda: self.logs, self._accepts, PATIENCE, process)
        return self

    def _accepts(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        """Let it end, and write its logs."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(self.end)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(PATIENCE)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def logs(self) -> str:
        """All that it printed and wrote."""
        files = [self.folder / "said", *self.folder.glob("*.log")]
        return "".join(file.read_text(errors="replace") for file in files if file.exists())


class Nginx(FrontDoorServer):
    """https://nginx.org/en/docs/switches.html"""

    name = "nginx"
    takes_any_2xx = True
    end = signal.SIGQUIT

    def command(self) -> list[str]:
        """The file says nothing of a daemon or a user, because Debian's unit does or may."""
        # Else root's workers are nobody, who cannot enter the folder of a test.
        user = "user root;" if os.geteuid() == 0 else ""
        files = ["-p", str(self.folder), "-c", str(self.file), "-e", "stderr"]
        return [self.program(), *files, "-g", f"daemon off; {user}"]


class Caddy(FrontDoorServer):
    """https://caddyserver.com/docs/command-line#caddy-run"""

    name = "caddy"
    rewrites_bodies = False

    def command(self) -> list[str]:
        """A Caddyfile by its adapter, whatever the file is called."""
        files = ["--config", str(self.file), "--adapter", "caddyfile"]
        return [self.program(), "run", *files]


SERVERS: list[type[FrontDoorServer]] = [Nginx, Caddy]
