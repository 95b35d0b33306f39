"""How each fault looks on the wire."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from .faults import OVERSIZED, Fault
from .wire import Response, render

PIECE = 64 * 1024


class Line(Protocol):
    """The connection, as far as a fault may use it."""

    def send(self, data: bytes) -> None:
        """Send all of it; `OSError` when the peer has gone."""

    def stamp(self, response: Response) -> Response:
        """The answer with the headers that the server adds to each one."""

    def wait(self, seconds: float) -> bool:
        """Wait; true when the server stops meanwhile."""


def play(fault: Fault, line: Line, perform: Callable[[], Response]) -> bool:
    """Answer as the fault says; true when the connection may carry another request."""
    if fault.delay and line.wait(fault.delay):
        return False
    if fault.kind in ("answer", "truncate", "drip", "encoding"):
        return _distort(fault, line, perform())
    if fault.act:
        perform()
    return _invent(fault, line)


def _distort(fault: Fault, line: Line, response: Response) -> bool:
    whole = render(line.stamp(response))
    if fault.kind == "answer":
        line.send(whole)
        return True
    if fault.kind == "encoding":
        line.send(render(line.stamp(_encoded(response, fault.where))))
        return True
    if fault.kind == "truncate":
        missing = max(0, len(response.body) - int(fault.amount))
        line.send(whole[: len(whole) - missing])
        return False
    for position in range(len(whole)):
        line.send(whole[position : position + 1])
        if line.wait(fault.amount):
            return False
    return True


def _invent(fault: Fault, line: Line) -> bool:
    match fault.kind:
        case "status":
            line.send(render(line.stamp(Response(fault.status, fault.body, fault.headers))))
            return True
        case "drop" if fault.where == "headers":
            line.send(b"HTTP/1.1 200 OK\r\nContent-Ty")
        case "raw":
            line.send(fault.body)
        case "oversized":
            _flood(line, int(fault.amount))
        case "gzip-bomb":
            encoding = (("Content-Type", "application/json"), ("Content-Encoding", "gzip"))
            line.send(render(line.stamp(Response(200, _bomb(), encoding))))
    return False


def _flood(line: Line, size: int) -> None:
    opening = b'{"access_token":"'
    head = Response(200, opening, (("Content-Type", "application/json"),))
    line.send(render(line.stamp(head), length=size))
    sent = len(opening)
    while sent < size:
        piece = min(PIECE, size - sent)
        line.send(b"A" * piece)
        sent += piece


def _encoded(response: Response, coding: str) -> Response:
    """Compressed where it is by zlib; by a coding that Python lacks, it is only said to be."""
    bits = {"gzip": 31, "deflate": 15}.get(coding.lower())
    body = zlib.compress(response.body, wbits=bits) if bits else response.body
    header = ("Content-Encoding", coding.replace(",", ", "))
    return replace(response, body=body, headers=(*response.headers, header))


@functools.cache
def _bomb() -> bytes:
    packer = zlib.compressobj(level=1, wbits=31)
    return b"".join(packer.compress(bytes(PIECE)) for _ in range(OVERSIZED // PIECE)) + (
        packer.flush()
    )
