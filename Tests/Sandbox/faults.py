r"""Faults on demand, each written as one line of text and parsed here only.

    status=503 times=2 path=/oauth/token    answer 503 twice, then recover
    status=429 retry-after=1                an error with a header
    status=400 body={"error":"x"}           `body=` takes the rest of the line
    body=<html>                             a 200 with a body of your own
    redirect=307,http://elsewhere/          any 3xx with a Location
    drop | drop=before | drop=headers       close after the request, before it, or inside the head
    truncate=20                             the true answer, cut after 20 bytes of its body
    oversized | oversized=1000000           a body of 64 MiB, or of that many bytes
    gzip-bomb                               64 MiB of zeros, compressed
    encoding=gzip                           the true answer, compressed or said to be so
    drip=0.2                                the true answer, one byte every 0.2 s
    raw=HTTP/1.1 banana\r\n\r\n           bytes that are no answer, then close

Modifiers: `times=N|forever` (once), `skip=N` (let N pass first), `method=`, `path=` (a prefix),
`delay=SECONDS` (before whatever follows; alone, before the true answer), `act` (perform the
request first, then misbehave), `retry-after=`, `type=` (the body's content type).
In `body=` and `raw=`, `\n`, `\r`, `\t`, `\\` and `\xHH` are bytes.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from .wire import Headers, Request

Kind = Literal[
    "answer", "status", "drop", "truncate", "oversized", "gzip-bomb", "encoding", "drip", "raw"
]
KINDS = (
    *("status", "redirect", "drop", "truncate", "oversized", "gzip-bomb", "encoding"),
    *("drip", "raw"),
)
MODIFIERS = ("times", "skip", "method", "path", "delay", "act", "body", "type", "retry-after")
OVERSIZED = 64 * 1024 * 1024


@dataclass(frozen=True)
class Fault:
    """What goes wrong, for which requests, and how often; `text` is how it was asked for."""

    text: str
    kind: Kind = "answer"
    status: int = 200
    headers: Headers = ()
    body: bytes = b""
    where: str = "after"
    amount: float = 0
    delay: float = 0
    act: bool = False
    method: str | None = None
    path: str = "/"
    skip: int = 0
    times: int | None = 1

    def matches(self, request: Request) -> bool:
        """Whether the fault is meant for this request."""
        return self.method in (None, request.method) and request.target.startswith(self.path)


@dataclass
class _Armed:
    fault: Fault
    skip: int
    left: int | None


@dataclass
class FaultQueue:
    """The faults that wait on one server; the first that matches is taken."""

    consumed: list[str] = field(default_factory=list)
    _armed: list[_Armed] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, text: str) -> None:
        """Arm the fault that `text` describes."""
        fault = parse(text)
        with self._lock:
            self._armed.append(_Armed(fault, fault.skip, fault.times))

    def clear(self) -> None:
        """Forget every fault that still waits."""
        with self._lock:
            self._armed.clear()

    def take(self, request: Request) -> Fault | None:
        """The fault for this request, if one waits."""
        return self._first(lambda fault: fault.where != "before" and fault.matches(request))

    def take_connection(self) -> Fault | None:
        """The fault for a connection that nothing was read from yet."""
        return self._first(lambda fault: fault.where == "before")

    def _first(self, wanted: Callable[[Fault], bool]) -> Fault | None:
        with self._lock:
            for armed in self._armed:
                if armed.left == 0 or not wanted(armed.fault):
                    continue
                if armed.skip > 0:
                    armed.skip -= 1
                    return None
                if armed.left is not None:
                    armed.left -= 1
                self.consumed.append(armed.fault.text)
                return armed.fault
        return None


def parse(text: str) -> Fault:
    """Read the one-line form; `ValueError` names the word that is not understood."""
    words = _words(text)
    kinds = [kind for kind in KINDS if kind in words]
    if len(kinds) > 1:
        raise ValueError(f"one fault, not several: {', '.join(kinds)}")
    kind = kinds[0] if kinds else "status" if "body" in words else "answer"
    if kind == "answer" and "delay" not in words:
        raise ValueError(f"no fault is named in: {text}")
    for word in words:
        if word not in (*KINDS, *MODIFIERS):
            raise ValueError(f"unknown word in a fault: {word}")
    fault = _particular(_common(text, words), kind, words)
    if fault.where == "before" and (fault.method or fault.path != "/"):
        raise ValueError("drop=before happens before a method or path is known")
    return fault


def _words(text: str) -> dict[str, str]:
    rest = re.search(r"(?:^|\s)(body|raw)=", text)
    words = dict(_pair(word) for word in text[: rest.start() if rest else None].split())
    if rest:
        words[rest[1]] = text[rest.end() :]
    return words


def _pair(word: str) -> tuple[str, str]:
    name, _, value = word.partition("=")
    return name, value


def _common(text: str, words: dict[str, str]) -> Fault:
    times = words.get("times", "1")
    return Fault(
        text,
        times=None if times == "forever" else int(times),
        skip=int(words.get("skip", "0")),
        method=words.get("method"),
        path=words.get("path", "/"),
        delay=float(words.get("delay", "0")),
        act="act" in words,
    )


def _particular(fault: Fault, kind: str, words: dict[str, str]) -> Fault:
    value = words.get(kind, "")
    match kind:
        case "status":
            body, headers = _unescape(words.get("body", "")), _headers(words)
            status = int(value or "200")
            return replace(fault, kind="status", status=status, headers=headers, body=body)
        case "redirect":
            code, _, location = value.partition(",")
            if code not in ("301", "302", "303", "307", "308") or not location:
                raise ValueError(f"redirect wants CODE,URL: {value}")
            headers = (("Location", location),)
            return replace(fault, kind="status", status=int(code), headers=headers)
        case "drop":
            if value not in ("", "before", "after", "headers"):
                raise ValueError(f"drop happens before, after or in the headers: {value}")
            return replace(fault, kind="drop", where=value or "after")
        case "oversized":
            return replace(fault, kind="oversized", amount=int(value or OVERSIZED))
        case "truncate":
            return replace(fault, kind="truncate", amount=int(value))
        case "drip":
            return replace(fault, kind="drip", amount=float(value))
        case "raw":
            return replace(fault, kind="raw", body=_unescape(value))
        case "gzip-bomb":
            return replace(fault, kind="gzip-bomb")
        case "encoding":
            return replace(fault, kind="encoding", where=value)
    return fault


def _headers(words: dict[str, str]) -> Headers:
    headers = [("Content-Type", words.get("type", "application/json; charset=utf-8"))]
    if "retry-after" in words:
        headers.append(("Retry-After", words["retry-after"]))
    return tuple(headers)


def _unescape(text: str) -> bytes:
    plain = {"n": b"\n", "r": b"\r", "t": b"\t", "\\": b"\\"}

    def one(found: re.Match[bytes]) -> bytes:
        code = found[1].decode()
        return bytes([int(code[1:], 16)]) if code[0] == "x" else plain[code]

    return re.sub(rb"\\(x[0-9A-Fa-f]{2}|[nrt\\])", one, text.encode())
