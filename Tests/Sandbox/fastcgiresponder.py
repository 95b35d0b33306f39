"""A FastCGI application on a Unix socket that takes nothing from a web server that is not right.

It is strict where the specification is: what it cannot accept is kept in `faults`, and the
connection closed. https://fastcgi-archives.github.io/FastCGI_Specification.html
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

BEGIN, ABORT, END, PARAMS, STDIN, STDOUT = 1, 2, 3, 4, 5, 6
GET_VALUES, GET_VALUES_RESULT, UNKNOWN_TYPE = 9, 10, 11
RESPONDER, AUTHORIZER = 1, 2
KEEP_CONNECTION = 1
PATIENCE = 10.0

Pairs = list[tuple[str, str]]


class Fault(Exception):
    """The bytes are none that the specification allows."""


@dataclass
class Asked:
    """One request as it came; values are Latin-1, so that no byte is lost."""

    role: int
    pairs: Pairs
    body: bytes = b""

    def __getitem__(self, name: str) -> str:
        (value,) = [value for key, value in self.pairs if key == name]
        return value

    def get(self, name: str, default: str = "") -> str:
        """The one value of the parameter, or the default if there is none."""
        return self[name] if any(key == name for key, _ in self.pairs) else default


@dataclass
class Answer:
    """What goes back: on role 2, a 200 carries its headers as variables."""

    status: int
    headers: Pairs = field(default_factory=list)
    body: bytes = b""

    def rendered(self, role: int) -> bytes:
        """As a CGI response."""
        headers = self.headers
        if role == AUTHORIZER and self.status == 200:
            headers = [(_variable(name), value) for name, value in headers]
        lines = [f"Status: {self.status}", *(f"{name}: {value}" for name, value in headers)]
        return "".join(f"{line}\r\n" for line in [*lines, ""]).encode("latin-1") + self.body


def _variable(name: str) -> str:
    return "Variable-" + name.removeprefix("X-").replace("-", "_").upper()


class FastCGIResponder:
    """Answers each request by `answer`, in a thread for each connection."""

    def __init__(self, path: Path, answer: Callable[[Asked], Answer]) -> None:
        self.path = path
        self.answer = answer
        self.asked: list[Asked] = []
        self.faults: list[str] = []
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()

    def start(self) -> Self:
        """Begin to accept; returns at once."""
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(self.path))
        self.path.chmod(0o666)
        self._listener.listen(4096)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Stop at once; the socket's file is gone."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.settimeout(PATIENCE)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)
        try:
            while self._one(connection):
                pass
        except Fault as fault:
            with self._lock:
                self.faults.append(str(fault))
        except (OSError, EOFError):
            pass
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _one(self, connection: socket.socket) -> bool:
        """Answer one request; return whether the connection stays."""
        begin = _next(connection)
        if begin is None:
            return False
        kind, number, content = begin
        if number == 0:
            _send(connection, *_managed(kind, content))
            return True
        if kind != BEGIN or len(content) != 8:
            raise Fault(f"a request begins with type {kind} and {len(content)} bytes")
        role, flags = struct.unpack(">HB", content[:3])
        if role not in (RESPONDER, AUTHORIZER):
            raise Fault(f"role {role}")
        pairs = _pairs(self._stream(connection, PARAMS, number))
        # An authorizer has no body, and Apache does not even end it.
        body = self._stream(connection, STDIN, number) if role == RESPONDER else b""
        asked = Asked(role, pairs, body)
        length = asked.get("CONTENT_LENGTH")
        if role == RESPONDER and length and body and int(length) != len(body):
            raise Fault(f"CONTENT_LENGTH is {length}, and the body has {len(body)} bytes")
        with self._lock:
            self.asked.append(asked)
        answer = self.answer(asked).rendered(role)
        records = [(STDOUT, number, answer[at : at + 65535]) for at in range(0, len(answer), 65535)]
        records += [(STDOUT, number, b""), (END, number, bytes(8))]
        connection.sendall(b"".join(_record(*record) for record in records))
        return bool(flags & KEEP_CONNECTION)

    def _stream(self, connection: socket.socket, expected: int, number: int) -> bytes:
        parts: list[bytes] = []
        while record := _next(connection):
            kind, found, content = record
            if kind == ABORT and found == number:
                raise EOFError
            if (kind, found) != (expected, number):
                raise Fault(f"type {kind} of {found} in a stream of type {expected} of {number}")
            if not content:
                return b"".join(parts)
            parts.append(content)
        raise EOFError


def _managed(kind: int, content: bytes) -> tuple[int, int, bytes]:
    if kind != GET_VALUES:
        return UNKNOWN_TYPE, 0, bytes([kind]) + bytes(7)
    known = {"FCGI_MAX_CONNS": "4096", "FCGI_MAX_REQS": "4096", "FCGI_MPXS_CONNS": "0"}
    found = [(name, known[name]) for name, _ in _pairs(content) if name in known]
    pairs = (bytes([len(n), len(v)]) + (n + v).encode() for n, v in found)
    return GET_VALUES_RESULT, 0, b"".join(pairs)


def _next(connection: socket.socket) -> tuple[int, int, bytes] | None:
    """The next record, or None at the end of the connection."""
    header = _exactly(connection, 8, may_end=True)
    if not header:
        return None
    version, kind, number, length, padding = struct.unpack(">BBHHBx", header)
    if version != 1:
        raise Fault(f"version {version}")
    content = _exactly(connection, length)
    _exactly(connection, padding)
    return kind, number, content


def _exactly(connection: socket.socket, count: int, may_end: bool = False) -> bytes:
    read = bytearray()
    while len(read) < count:
        part = connection.recv(count - len(read))
        if not part:
            if may_end and not read:
                return b""
            raise EOFError
        read += part
    return bytes(read)


def _pairs(content: bytes) -> Pairs:
    pairs: Pairs = []
    at = 0

    def length() -> int:
        nonlocal at
        size = 4 if content[at] >> 7 else 1
        value = int.from_bytes(content[at : at + size], "big") & 0x7FFFFFFF
        at += size
        return value

    while at < len(content):
        name, value = length(), length()
        if at + name + value > len(content):
            raise Fault("a parameter is cut off")
        whole = content[at : at + name + value].decode("latin-1")
        pairs.append((whole[:name], whole[name:]))
        at += name + value
    return pairs


def _record(kind: int, number: int, content: bytes) -> bytes:
    return struct.pack(">BBHHBx", 1, kind, number, len(content), 0) + content


def _send(connection: socket.socket, kind: int, number: int, content: bytes) -> None:
    with contextlib.suppress(BrokenPipeError):
        connection.sendall(_record(kind, number, content))
