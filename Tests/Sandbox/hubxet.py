"""A stand-in for the content-addressed storage of xet, as much of it as `hf_xet` needs.

Files are uploaded as xorbs (chunks, one after another) and a shard (which chunks make which file),
and read back by the same. Compressed chunks stay as they came: only a client takes them apart.

https://huggingface.co/docs/xet/api · https://huggingface.co/docs/xet/shard ·
https://huggingface.co/docs/xet/xorb
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

from .hubstorage import Storage, ranged
from .sentinel import Sentinels
from .server import Server
from .wire import Request, Response, json_response

Right = Literal["read", "write"]
_HASH = "([0-9a-f]{64})"
_ENTRY = 48
_HEADER = 48
_VERIFIED, _DESCRIBED = 1 << 31, 1 << 30


@dataclass(frozen=True)
class Term:
    """Chunks `start` to `end` of a xorb, which unpack to `size` bytes of a file."""

    xorb: str
    size: int
    start: int
    end: int


class Xet(Server):
    """The storage: what was uploaded, and the tokens that open it, each for one right."""

    def __init__(self, secrets: Sentinels, storage: Storage) -> None:
        super().__init__()
        self.secrets = secrets
        self.lifetime = 3600
        self._signing = storage
        self._tokens: dict[str, Right] = {}
        self._xorbs: dict[str, bytes] = {}
        self._files: dict[str, list[Term]] = {}
        self._names: dict[str, str] = {}
        for version in ("v1", "v2"):
            answer = partial(self._reconstruction, version)
            self.route("GET", f"/{version}/reconstructions/{_HASH}", answer)
        self.route("GET", f"/v1/chunks/[^/]+/{_HASH}", self._chunk)
        self.route("POST", f"/v1/xorbs/default/{_HASH}", self._put_xorb)
        self.route("POST", "/v1/shards", self._put_shard)
        self.route("GET", f"/xorbs/default/{_HASH}", self._get_xorb)
        self.route("POST", "/v1/telemetry", lambda _: json_response(200, {}))

    def grant(self, right: Right) -> tuple[str, int]:
        """A new token, and when it ends."""
        token = self.secrets.issue("xet-token", "xet_")
        self._tokens[token] = right
        return token, int(self.now()) + self.lifetime

    def remember(self, oid: str, data: bytes) -> None:
        """Take a file with this SHA-256 for one that was uploaded, in one chunk as it is."""
        size = len(data)
        chunk = bytes([0, *size.to_bytes(3, "little"), 0, *size.to_bytes(3, "little")]) + data
        self._xorbs[oid], self._files[oid] = chunk, [Term(oid, size, 0, 1)]
        self._names[oid] = oid

    def knows(self, oid: str) -> bool:
        """Whether a file of this SHA-256 was uploaded."""
        return oid in self._names

    def file_hash(self, oid: str) -> str:
        """Xet's name of the file with this SHA-256."""
        return self._names[oid]

    def size(self, oid: str) -> int:
        """The length of the file with this SHA-256."""
        return sum(term.size for term in self._files[self._names[oid]])

    def _refusal(self, request: Request, right: Right) -> Response | None:
        held = self._tokens.get(request.bearer or "")
        if not held:
            return json_response(401, {"error": "Unauthorized"})
        allowed = held == "write" or right == "read"
        return None if allowed else json_response(403, {"error": "Forbidden"})

    def _chunk(self, request: Request, _: str) -> Response:
        """No chunk is known from elsewhere, so nothing is left out of an upload."""
        return self._refusal(request, "read") or json_response(404, {"error": "Not Found"})

    def _put_xorb(self, request: Request, name: str) -> Response:
        if refusal := self._refusal(request, "write"):
            return refusal
        is_new = name not in self._xorbs
        self._xorbs[name] = request.body
        return json_response(200, {"was_inserted": is_new})

    def _put_shard(self, request: Request) -> Response:
        if refusal := self._refusal(request, "write"):
            return refusal
        for file_hash, terms, oid in read_shard(request.body):
            if any(term.xorb not in self._xorbs for term in terms):
                return json_response(400, {"error": "a xorb is missing"})
            self._files[file_hash] = terms
            if oid:
                self._names[oid] = file_hash
        return json_response(200, {"result": 1})

    def _reconstruction(self, version: str, request: Request, file_hash: str) -> Response:
        if refusal := self._refusal(request, "read"):
            return refusal
        if file_hash not in self._files:
            return json_response(404, {"error": "Not Found"})
        terms, offset = _wanted(self._files[file_hash], request.header("Range"))
        if not terms:
            return json_response(416, {"error": "Range Not Satisfiable"})
        answer: dict[str, object] = {
            "offset_into_first_range": offset,
            "terms": [
                {"hash": t.xorb, "unpacked_length": t.size, "range": _range(t.start, t.end)}
                for t in terms
            ],
        }
        fetches: dict[str, list[object]] = {}
        for term in dict.fromkeys(terms):
            chunks, url = _range(term.start, term.end), self._url(term.xorb)
            place = self._place(term)
            old = {"range": chunks, "url": url, "url_range": place}
            new = {"url": url, "ranges": [{"chunks": chunks, "bytes": place}]}
            fetches.setdefault(term.xorb, []).append(old if version == "v1" else new)
        return json_response(200, answer | {"fetch_info" if version == "v1" else "xorbs": fetches})

    def _url(self, xorb: str) -> str:
        return self._signing.signed(f"/xorbs/default/{xorb}", self.origin)

    def _place(self, term: Term) -> dict[str, int]:
        """Where a term's chunks are in their xorb; the end is inclusive."""
        edges = list(_edges(self._xorbs[term.xorb]))
        return _range(edges[term.start], edges[term.end] - 1)

    def _get_xorb(self, request: Request, name: str) -> Response:
        if request.header("Authorization") is not None or not self._signing.holds(request):
            return json_response(403, {"error": "AccessDenied"})
        return ranged(request, self._xorbs[name])


def _range(start: int, end: int) -> dict[str, int]:
    return {"start": start, "end": end}


def _wanted(terms: list[Term], asked: str | None) -> tuple[list[Term], int]:
    """The terms that hold the bytes that were asked for, and how far in the first they begin."""
    found = re.fullmatch(r"bytes=(\d+)-(\d+)", asked or "")
    if not found:
        return terms, 0
    first, last = map(int, found.groups())
    chosen, position, offset = [], 0, 0
    for term in terms:
        if position <= last and position + term.size > first:
            offset = offset if chosen else max(0, first - position)
            chosen.append(term)
        position += term.size
    return chosen, offset


def _edges(xorb: bytes) -> Iterator[int]:
    """Where each chunk of a xorb begins, and where the last one ends."""
    position = 0
    yield position
    while position + 8 <= len(xorb) and xorb[position] == 0:
        position += 8 + int.from_bytes(xorb[position + 1 : position + 4], "little")
        yield position


def read_shard(data: bytes) -> Iterator[tuple[str, list[Term], str | None]]:
    """Each file of a shard: xet's name, what it is made of, and its SHA-256 if that is told."""
    position = _HEADER
    while data[position : position + 32] != b"\xff" * 32:
        file_hash, flags, count = (
            _name(data, position),
            *struct.unpack_from("<II", data, position + 32),
        )
        position += _ENTRY
        terms = []
        for _ in range(count):
            size, start, end = struct.unpack_from("<III", data, position + 36)
            terms.append(Term(_name(data, position), size, start, end))
            position += _ENTRY
        position += _ENTRY * count if flags & _VERIFIED else 0
        oid = None
        if flags & _DESCRIBED:
            oid = _name(data, position)
            position += _ENTRY
        yield file_hash, terms, oid


def _name(data: bytes, position: int) -> str:
    """A hash as xet writes it: four numbers of eight bytes, the least byte first."""
    return "".join(f"{word:016x}" for word in struct.unpack_from("<QQQQ", data, position))
