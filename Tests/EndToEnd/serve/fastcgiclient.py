"""FastCGI as a web server speaks it, strict about what comes back, with every byte at hand.

https://fastcgi-archives.github.io/FastCGI_Specification.html
"""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

BEGIN, ABORT, END, PARAMS, STDIN, STDOUT, STDERR, DATA, GET_VALUES, VALUES, UNKNOWN = range(1, 12)
RESPONDER, AUTHORIZER, FILTER = 1, 2, 3
COMPLETE, CANNOT_MULTIPLEX, OVERLOADED, UNKNOWN_ROLE = range(4)
TIMEOUT = 20.0

Pairs = Iterable[tuple[str, str | bytes]]


class Closed(Exception):
    """The peer closed the connection without a whole answer."""


@dataclass(frozen=True)
class Record:
    """One record."""

    type: int
    request: int
    content: bytes


@dataclass
class Answer:
    """What a responder said, and how its request ended."""

    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    protocol_status: int = COMPLETE
    raw: bytes = b""

    def header(self, name: str) -> str | None:
        """The one header of this name."""
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(found) < 2, f"{name} occurs twice"
        return found[0] if found else None

    @property
    def token(self) -> str | None:
        """What is to be sent upstream."""
        return self.header("X-Hfmint-Authorization")


def record(type_: int, request: int, content: bytes = b"", padding: int = 0) -> bytes:
    """A record's bytes."""
    header = struct.pack(">BBHHBB", 1, type_, request, len(content), padding, 0)
    return header + content + bytes(padding)


def begin(request: int = 1, role: int = RESPONDER, flags: int = 0) -> bytes:
    """The record that begins a request."""
    return record(BEGIN, request, struct.pack(">HB5x", role, flags))


def length(count: int) -> bytes:
    """A length, in one byte or in four."""
    return bytes([count]) if count < 128 else struct.pack(">I", count | 1 << 31)


def encode(pairs: Pairs) -> bytes:
    """Pairs, as PARAMS hold them."""
    encoded = b""
    for name, value in pairs:
        data = value if isinstance(value, bytes) else value.encode("latin-1")
        encoded += length(len(name)) + length(len(data)) + name.encode() + data
    return encoded


def request_bytes(
    pairs: Pairs,
    body: bytes | None = b"",
    *,
    request: int = 1,
    role: int = RESPONDER,
    flags: int = 0,
    piece: int = 65_535,
) -> bytes:
    """A whole request; `piece` is the most that one record of PARAMS holds.

    Without a body there is no record of it either, not even its end.
    """
    encoded = encode(pairs)
    sent = begin(request, role, flags)
    for start in range(0, len(encoded), piece):
        sent += record(PARAMS, request, encoded[start : start + piece])
    sent += record(PARAMS, request)
    if body is None:
        return sent
    for start in range(0, len(body), 32_768):
        sent += record(STDIN, request, body[start : start + 32_768])
    return sent + record(STDIN, request)


class FastCGIClient:
    """One connection to a responder; it ends with the `with` block."""

    def __init__(self, path: Path | str, timeout: float = TIMEOUT) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        try:
            self.socket.connect(str(path))
        except OSError:
            self.socket.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Send bytes as they are; a peer that has closed is found out by reading."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.socket.sendall(data)

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            try:
                piece = self.socket.recv(count - len(data))
            except ConnectionResetError:
                piece = b""
            if not piece:
                raise Closed
            data += piece
        return data

    def read_record(self) -> Record:
        """The next record, which must be one that a responder may send."""
        header = self._exactly(8)
        version, type_, request, count, padding, _ = struct.unpack(">BBHHBB", header)
        assert version == 1, header
        assert type_ in (END, STDOUT, STDERR, VALUES, UNKNOWN), header
        content = self._exactly(count)
        self._exactly(padding)
        return Record(type_, request, content)

    def read_answer(self, request: int = 1) -> Answer:
        """The answer to a request; `Closed` if there is none."""
        out = b""
        is_open = True
        while True:
            found = self.read_record()
            assert found.request == request, found
            if found.type == END:
                assert len(found.content) == 8
                status = found.content[4]
                assert found.content[:4] == bytes(4)
                return _answer(out, status)
            assert found.type == STDOUT, found
            assert is_open, "output after its end"
            is_open = bool(found.content)
            out += found.content

    def ask(self, pairs: Pairs, body: bytes | None = b"", **how: int) -> Answer:
        """One request and its answer."""
        self.send(request_bytes(pairs, body, **how))
        return self.read_answer(how.get("request", 1))

    def is_closed(self) -> bool:
        """Whether the peer closes without another byte."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True


def _answer(out: bytes, protocol_status: int) -> Answer:
    if protocol_status != COMPLETE:
        return Answer(protocol_status=protocol_status, raw=out)
    head, found, body = out.partition(b"\r\n\r\n")
    assert found or not out, out
    headers = []
    for line in filter(None, head.decode("ascii").split("\r\n")):
        name, colon, value = line.partition(": ")
        assert colon, line
        headers.append((name, value))
    status = 0
    if headers:
        name, value = headers.pop(0)
        assert name == "Status"
        status = int(value.split(" ")[0])
    return Answer(status, headers, body, protocol_status, out)


def decide(
    target: str | bytes,
    token: str | None = None,
    *,
    method: str = "GET",
    host: str = "127.0.0.1",
    route: str = "decide",
    **more: str,
) -> list[tuple[str, str | bytes]]:
    """The parameters of a question, as the printed configurations set them."""
    pairs: list[tuple[str, str | bytes]] = [
        ("HFMINT_ROUTE", route),
        ("HFMINT_URI", target),
        ("HFMINT_METHOD", method),
        ("HFMINT_HOST", host),
        ("HFMINT_REQUEST_ID", "0123456789abcdef"),
        ("HFMINT_PEER", "127.0.0.1"),
        ("CONTENT_LENGTH", ""),
    ]
    if token is not None:
        pairs.append(("HTTP_AUTHORIZATION", f"Bearer {token}"))
    return replaced(pairs, more)


def replaced(pairs: Pairs, more: Mapping[str, str]) -> list[tuple[str, str | bytes]]:
    """The pairs with these in place of those of the same name, or after them."""
    return [pair for pair in pairs if pair[0] not in more] + list(more.items())
