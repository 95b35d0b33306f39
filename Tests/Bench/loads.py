"""Who asks, and what: wrk through a web server, and `asker` at the socket, as nginx would."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

HOST = "hub.acme.example"
TARGET = "/acme/model/resolve/main/config.json"

# wrk's own report has rounded numbers.
SCRIPT = """
done = function(summary, latency, requests)
    local errors = summary.errors
    local failures = errors.connect + errors.read + errors.write + errors.status + errors.timeout
    io.write(string.format("counted: %d %d %.6f %d %d %d\\n", summary.requests - errors.status,
        failures, summary.duration / 1e6, latency:percentile(50), latency:percentile(99),
        latency.max))
end
"""


class Failed(Exception):
    """Something does not run as it must, so that nothing can be measured."""


@dataclass(frozen=True)
class Load:
    """What came of some seconds of questions; the times are in milliseconds."""

    answers: int
    failures: int
    seconds: float
    half: float
    p99: float
    most: float

    @classmethod
    def read(cls, line: str) -> Load:
        """Read a line of `asker`, or of the script above."""
        answers, failures, seconds, *microseconds = line.split()
        return cls(
            int(answers), int(failures), float(seconds), *(int(us) / 1e3 for us in microseconds)
        )

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds


class Clients(AbstractContextManager["Clients"]):
    """Clients that keep their connections, and ask a web server until `count` is called."""

    def __init__(self, port: int, token: str, folder: Path, connections: int) -> None:
        script = folder / "wrk.lua"
        script.write_text(SCRIPT)
        headers = ["-H", f"Host: {HOST}", "-H", f"Authorization: Bearer {token}"]
        # Who waits while hfmint starts again is not refused.
        size = ["-t1", f"-c{connections}", "-d90", "--timeout", "20", "-s", str(script)]
        self._process = subprocess.Popen(
            ["wrk", *size, *headers, f"http://127.0.0.1:{port}{TARGET}"],
            stdout=subprocess.PIPE,
            text=True,
        )

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def count(self, after: float = 0) -> Load:
        """Let them go on for some seconds, stop them, and count."""
        try:
            self._process.wait(after)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGINT)
        text, _ = self._process.communicate(timeout=10)
        (line,) = (line for line in text.splitlines() if line.startswith("counted: "))
        return Load.read(line.removeprefix("counted: "))


@dataclass(frozen=True)
class Asker:
    """Asks at the socket itself, in a process that has one core to itself."""

    program: Path
    socket: Path
    core: int

    def ask(self, question: Path, seconds: float, connections: int, *how: str) -> Load:
        """Ask for some seconds; see asker.c."""
        words = [self.program, self.socket, question, str(seconds), str(connections), *how]
        done = subprocess.run(
            ["taskset", "-c", str(self.core), *words], capture_output=True, text=True, check=True
        )
        return Load.read(done.stdout)

    def at(self, socket: Path) -> Self:
        """The same at another socket."""
        return type(self)(self.program, socket, self.core)


def question(
    token: str, target: str = TARGET, *, route: str = "decide", keeps: bool = False
) -> bytes:
    """The records by which nginx asks with the configuration that hfmint prints."""
    parameters = {
        "HFMINT_ROUTE": route,
        "HFMINT_URI": target,
        "HFMINT_METHOD": "GET",
        "HFMINT_HOST": HOST,
        "HFMINT_REQUEST_ID": "5f2d0c7b9a1e4f38b6c4d2e0f1a3b5c7",
        "HFMINT_PEER": "127.0.0.1",
        "CONTENT_LENGTH": "",
        "HTTP_HOST": HOST,
        "HTTP_AUTHORIZATION": f"Bearer {token}",
    }
    pairs = b"".join(_pair(name, value) for name, value in parameters.items())
    begin = bytes([0, 1, keeps, 0, 0, 0, 0, 0])
    return _record(1, begin) + _record(4, pairs) + _record(4, b"") + _record(5, b"")


def answer(connection: socket.socket, asked: bytes) -> None:
    """Ask, and read all records up to the end of the request."""
    connection.sendall(asked)
    text = b""
    with contextlib.closing(connection.makefile("rb")) as stream:
        while header := stream.read(8):
            content = stream.read(int.from_bytes(header[4:6], "big"))
            stream.read(header[6])
            if header[1] == 6:
                text += content
            if header[1] == 3:
                break
    if not text.startswith(b"Status: 200 "):
        raise Failed(f"hfmint answers {text.decode(errors='replace')!r}")


def _pair(name: str, value: str) -> bytes:
    return _length(name) + _length(value) + name.encode() + value.encode()


def _length(text: str) -> bytes:
    size = len(text.encode())
    return bytes([size]) if size < 128 else (size | 1 << 31).to_bytes(4, "big")


def _record(kind: int, content: bytes) -> bytes:
    # nginx pads to a multiple of eight.
    padding = -len(content) % 8
    return (
        bytes([1, kind, 0, 1])
        + len(content).to_bytes(2, "big")
        + bytes([padding, 0])
        + content
        + bytes(padding)
    )
