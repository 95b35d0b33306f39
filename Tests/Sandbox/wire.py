"""HTTP/1.1 on a byte stream: requests exactly as sent, answers exactly as meant.

Paths are never normalised and headers never merged before they are logged: a double slash or a
repeated header is what a test wants to see. https://www.rfc-editor.org/rfc/rfc9112
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BufferedIOBase

from .flow import Flow

HEAD_LIMIT = 64 * 1024
BODY_LIMIT = 16 * 1024 * 1024
PIECE = 256 * 1024

# https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")

Headers = tuple[tuple[str, str], ...]
Body = bytes | Flow


class BadRequest(Exception):
    """The bytes are not a request that this server reads; the text says why."""


@dataclass
class Request:
    """One request as it came; `status` and `fault` are filled in once it is answered.

    `digest` is the length and SHA-256 of a body that was too long to be kept.
    """

    method: str
    target: str
    headers: Headers
    body: bytes = b""
    digest: tuple[int, str] | None = None
    time: float = field(default_factory=time.time)
    status: int | None = None
    fault: str | None = None

    @property
    def path(self) -> str:
        """The target before its query, raw."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """What follows the first question mark, raw."""
        return self.target.partition("?")[2]

    def header(self, name: str) -> str | None:
        """The header's value; repeated ones are joined, so that no repeated credential passes."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case."""
        return (self.header("Content-Type") or "").partition(";")[0].strip().lower()

    @property
    def bearer(self) -> str | None:
        """The bearer token. https://www.rfc-editor.org/rfc/rfc6750#section-2.1"""
        scheme, _, token = (self.header("Authorization") or "").partition(" ")
        return token if scheme.lower() == "bearer" and token else None

    def json(self) -> object:
        """The body as JSON; `ValueError` for anything else, a repeated key included."""
        return strict_json(self.body)


@dataclass(frozen=True)
class Response:
    """An answer; its length and the server's own headers are added when it is sent."""

    status: int
    body: Body = b""
    headers: Headers = ()


def strict_json(data: bytes | str) -> object:
    """Read JSON without JavaScript's leniencies: no repeated keys, no `NaN`."""

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a key is repeated")
        return found

    def refuse(constant: str) -> object:
        raise ValueError(f"{constant} is not JSON")

    return json.loads(data, object_pairs_hook=unique, parse_constant=refuse)


def json_response(status: int, value: object, headers: Headers = ()) -> Response:
    """An answer with a JSON body, compact as the Hub's."""
    body = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    return Response(status, body, (("Content-Type", "application/json; charset=utf-8"), *headers))


def read_request(
    stream: BufferedIOBase,
    send: Callable[[bytes], None],
    keeps: Callable[[str], bool] = lambda _: True,
) -> Request | None:
    """Read one request; `None` when the peer has finished before another one began.

    A body for a target that the server does not keep may have any length: it is digested.
    """
    line = stream.readline(HEAD_LIMIT)
    if not line.endswith(b"\n"):
        return None
    words = line.decode("latin-1").rstrip("\r\n").split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise BadRequest("the request line is not HTTP/1.x")
    request = Request(words[0], words[1], tuple(_read_headers(stream)))
    if (request.header("Expect") or "").lower() == "100-continue":
        send(b"HTTP/1.1 100 Continue\r\n\r\n")
    if keeps(request.target):
        request.body = _kept(_pieces(stream, request))
    else:
        request.digest = _digest(_pieces(stream, request))
    return request


def _read_headers(stream: BufferedIOBase) -> Iterable[tuple[str, str]]:
    left = HEAD_LIMIT
    while True:
        line = stream.readline(left)
        left -= len(line)
        if not line.endswith(b"\n"):
            raise BadRequest("the headers are too long or cut off")
        text = line.decode("latin-1").rstrip("\r\n")
        if not text:
            return
        name, colon, value = text.partition(":")
        if not colon or not TOKEN.fullmatch(name):
            raise BadRequest("a header line has no proper name")
        yield name, value.strip(" \t")


def _kept(pieces: Iterator[bytes]) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > BODY_LIMIT:
            raise BadRequest("the body is too long")
    return bytes(body)


def _digest(pieces: Iterator[bytes]) -> tuple[int, str]:
    length, digest = 0, hashlib.sha256()
    for piece in pieces:
        length += len(piece)
        digest.update(piece)
    return length, digest.hexdigest()


def _pieces(stream: BufferedIOBase, request: Request) -> Iterator[bytes]:
    """The body as it arrives. https://www.rfc-editor.org/rfc/rfc9112#section-6"""
    if (request.header("Transfer-Encoding") or "").lower() != "chunked":
        length = request.header("Content-Length") or "0"
        if not length.isascii() or not length.isdigit():
            raise BadRequest("Content-Length is not one number")
        yield from _exactly(stream, int(length))
        return
    while size := int(stream.readline(HEAD_LIMIT).partition(b";")[0].strip() or b"0", 16):
        yield from _exactly(stream, size)
        stream.readline(2)
    while stream.readline(HEAD_LIMIT).strip():
        pass


def _exactly(stream: BufferedIOBase, count: int) -> Iterator[bytes]:
    while count:
        data = stream.read(min(count, PIECE))
        if not data:
            raise BadRequest("the body is cut off")
        count -= len(data)
        yield data


def render(response: Response, *, length: int | None = None, with_body: bool = True) -> bytes:
    """The answer's bytes; `length` is what Content-Length says where that should not be true.

    Of an answer that flows, this is the head.
    """
    try:
        reason = HTTPStatus(response.status).phrase
    except ValueError:
        reason = "Unknown"
    lines = [f"HTTP/1.1 {response.status} {reason}"]
    lines += [f"{name}: {value}" for name, value in response.headers]
    lines.append(f"Content-Length: {len(response.body) if length is None else length}")
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    return head + response.body if with_body and isinstance(response.body, bytes) else head
