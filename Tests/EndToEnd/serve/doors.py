"""The five web servers, each with a file that `hfmint serve config` printed, and nothing else."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

SBIN = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/sbin"
READY_SECONDS = 20
# As whom Debian runs web servers.
USER = "www-data"


@dataclass(frozen=True)
class Kind:
    """How to run a server in the foreground, and which signal lets it finish."""

    program: str
    words: tuple[str, ...]
    end: signal.Signals = signal.SIGTERM

    @property
    def path(self) -> str | None:
        """Where it is installed."""
        return shutil.which(self.program, path=SBIN)


KINDS = {
    "nginx": Kind("nginx", ("-p", "{folder}", "-c", "{file}", "-e", "stderr"), signal.SIGQUIT),
    "caddy": Kind("caddy", ("run", "--config", "{file}", "--adapter", "caddyfile")),
    "haproxy": Kind("haproxy", ("-db", "-f", "{file}"), signal.SIGUSR1),
    "apache": Kind("apache2", ("-d", "{folder}", "-f", "{file}", "-DFOREGROUND")),
    "lighttpd": Kind("lighttpd", ("-D", "-f", "{file}")),
}


class Door:
    """A web server until the end of a `with`; it is ready when it accepts connections."""

    def __init__(self, name: str, text: str, port: int, folder: Path) -> None:
        self.kind = KINDS[name]
        self.name, self.port, self.folder = name, port, folder
        folder.mkdir(parents=True)
        folder.chmod(0o755)
        self.said = folder / "said"
        file = folder / f"{name}.conf"
        file.write_text(text)
        places = {"folder": str(folder), "file": str(file)}
        self._command = [str(self.kind.path), *(word.format(**places) for word in self.kind.words)]
        if name == "nginx":
            self._command += ["-g", _beside(text)]

    def __enter__(self) -> Self:
        environment = {"PATH": SBIN, "HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder)}
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(
                self._command,
                env=environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until = time.monotonic() + READY_SECONDS
        while not accepts(self.port):
            if self.process.poll() is not None or time.monotonic() > until:
                self.__exit__()
                raise AssertionError(f"{self.name}: {self.said.read_text()}")
            time.sleep(0.02)
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(self.kind.end)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)

    @property
    def logs(self) -> bytes:
        """All that it printed, and all that it wrote into its folder under the name of a log."""
        files = [self.said, *(path for path in self.folder.rglob("*log*") if path.is_file())]
        return b"".join(path.read_bytes() for path in files)


def _beside(text: str) -> str:
    """What nginx is told beside its file: to stay, and as whom the workers of root's run."""
    stays = "" if "daemon off" in text else "daemon off; "
    return stays + (f"user {USER};" if os.geteuid() == 0 else "")


def accepts(port: int) -> bool:
    """Whether somebody accepts connections there."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5):
        return True
    return False


def reserve_port() -> tuple[int, socket.socket]:
    """A free port below those that the system gives away; nobody of ours takes it meanwhile.

    What reserves it is a name in the kernel, which is gone when the returned socket is closed.
    """
    for port in range(20_000 + os.getpid() * 7 % 8_000, 32_000):
        mark = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            mark.bind(f"\0hfmint-test-port-{port}")
            with socket.create_server(("127.0.0.1", port)):
                return port, mark
        except OSError:
            mark.close()
    raise AssertionError("no port is free")
