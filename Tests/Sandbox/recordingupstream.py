"""An HTTP/1.1 server that keeps what reaches it byte for byte, for what stands in front of it.

A body is counted and hashed as it comes, and not kept beyond its first 64 KiB, so that it may be
of any size. https://www.rfc-editor.org/rfc/rfc9112
"""

from __future__ import annotations

import contextlib
import hashlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Self

KEPT = 64 * 1024
Headers = list[tuple[str, str]]


@dataclass
class Received:
    """One request; `arrived` is set when its head is complete, `whole` when its body is."""

    method: str
    target: bytes
    headers: Headers
    body: bytes = b""
    count: int = 0
    digest: str = ""
    arrived: threading.Event = field(default_factory=threading.Event)
    whole: threading.Event = field(default_factory=threading.Event)

    def all(self, name: str) -> list[str]:
        """Every value of the header, in order."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def header(self, name: str) -> str | None:
        """Its one value, or None."""
        values = self.all(name)
        assert len(values) < 2, values
        return values[0] if values else None


@dataclass
class Reply:
    """An answer; `pieces` are sent one by one, as they come."""

    status: int = 200
    headers: Headers = field(default_factory=list)
    body: bytes = b"from upstream"
    pieces: Iterator[bytes] | None = None


class RecordingUpstream:
    """Answers each request by `reply` on 127.0.0.1, and keeps it in `received`.

    With a context it speaks TLS, and calls itself `localhost`.
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._context = context
        self.reply: Callable[[Received], Reply] = lambda _: Reply()
        self.received: list[Received] = []
        self.faults: list[str] = []
        self.connections = 0
        self.came = threading.Condition()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        place = "https://localhost" if context else "http://127.0.0.1"
        self.origin = f"{place}:{self.port}"

    def start(self) -> Self:
        """Begin to accept; returns at once."""
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def stop(self) -> None:
        """Stop at once: the port refuses from now on."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self.came:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait(self, count: int, timeout: float = 20) -> Received:
        """The request of this number, from 1, as soon as its head is there."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.received) >= count, timeout), "none came"
            return self.received[count - 1]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(60)
        with self.came:
            self._open.add(connection)
        try:
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            with connection.makefile("rb") as stream:
                while self._one(connection, stream):
                    pass
        except OSError:
            pass
        except ValueError as error:
            self.faults.append(str(error))
        finally:
            with self.came:
                self._open.discard(connection)
            connection.close()

    def _one(self, connection: socket.socket, stream: BinaryIO) -> bool:
        received = _head(stream)
        if received is None:
            return False
        with self.came:
            self.received.append(received)
            received.arrived.set()
            self.came.notify_all()
        digest = hashlib.sha256()
        for piece in _body(stream, received):
            received.body += piece[: KEPT - len(received.body)]
            received.count += len(piece)
            digest.update(piece)
        received.digest = digest.hexdigest()
        received.whole.set()
        _answer(connection, received, self.reply(received))
        return (received.header("Connection") or "").lower() != "close"


def _head(stream: BinaryIO) -> Received | None:
    line = stream.readline(65536)
    if not line:
        return None
    method, target, version = line.rstrip(b"\r\n").split(b" ")
    if version != b"HTTP/1.1":
        raise ValueError(f"the request line is {line!r}")
    headers: Headers = []
    while (line := stream.readline(65536)) not in (b"\r\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        headers.append((name, value.strip()))
    return Received(method.decode(), target, headers)


def _body(stream: BinaryIO, received: Received) -> Iterator[bytes]:
    coding, length = received.header("Transfer-Encoding"), received.header("Content-Length")
    if coding and length:
        raise ValueError("both Transfer-Encoding and Content-Length")
    if coding:
        while size := int(stream.readline(64), 16):
            yield from _exactly(stream, size)
            stream.readline(2)
        stream.readline(2)
    else:
        yield from _exactly(stream, int(length or 0))


def _exactly(stream: BinaryIO, count: int) -> Iterator[bytes]:
    while count:
        piece = stream.read(min(count, KEPT))
        if not piece:
            raise ValueError("the body is cut off")
        count -= len(piece)
        yield piece


def _answer(connection: socket.socket, received: Received, reply: Reply) -> None:
    names = {name.lower() for name, _ in reply.headers}
    headers = list(reply.headers)
    if reply.pieces is not None:
        headers.append(("Transfer-Encoding", "chunked"))
    elif "content-length" not in names and reply.status not in (204, 304):
        headers.append(("Content-Length", str(len(reply.body))))
    lines = [f"HTTP/1.1 {reply.status} Said", *(f"{name}: {value}" for name, value in headers)]
    connection.sendall("".join(f"{line}\r\n" for line in [*lines, ""]).encode("latin-1"))
    if received.method == "HEAD":
        return
    if reply.pieces is None:
        connection.sendall(reply.body)
        return
    for piece in reply.pieces:
        connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
    connection.sendall(b"0\r\n\r\n")
