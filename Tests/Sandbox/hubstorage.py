"""Where the stand-in Hub keeps large files: another server, whose addresses are signed.

The signature is all that it asks for. As S3 does, it refuses a request that brings a credential
as well, so that no token that was sent here by mistake goes unnoticed.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re

from .server import Server
from .wire import Body, Headers, Request, Response, json_response

_OID = "([0-9a-f]{64})"


class Storage(Server):
    """Objects by their SHA-256, and the parts of those that are yet to be put together."""

    def __init__(self) -> None:
        super().__init__()
        self.objects: dict[str, bytes] = {}
        self._parts: dict[tuple[str, int], bytes] = {}
        self._key = os.urandom(16)
        self.route("PUT", f"/lfs-storage/{_OID}", self._put)
        self.route("GET", f"/lfs-storage/{_OID}", self._get)
        self.route("PUT", f"/lfs-storage/{_OID}/([0-9]+)", self._put_part)

    def keep(self, data: bytes) -> str:
        """Keep an object; its name."""
        oid = hashlib.sha256(data).hexdigest()
        self.objects[oid] = data
        return oid

    def signed(self, target: str, origin: str | None = None) -> str:
        """An address that opens this target, here or at another server that asks `holds`."""
        mark = "&" if "?" in target else "?"
        return f"{origin or self.origin}{target}{mark}signature={self._sign(target)}"

    def holds(self, request: Request) -> bool:
        """Whether the request's signature is ours."""
        target, _, signature = request.target.rpartition("signature=")
        return hmac.compare_digest(signature, self._sign(target[:-1]))

    def object_url(self, oid: str) -> str:
        """Where to get an object or put it."""
        return self.signed(f"/lfs-storage/{oid}")

    def part_url(self, oid: str, number: int) -> str:
        """Where to put one part of an object, counted from 1."""
        return self.signed(f"/lfs-storage/{oid}/{number}")

    def assemble(self, oid: str, etags: list[str]) -> bool:
        """Make an object of the parts that have these tags; false if they are not all there."""
        parts = [self._parts.get((oid, number), b"") for number in range(1, len(etags) + 1)]
        data = b"".join(parts)
        named = [_etag(part) for part in parts] == etags
        if not named or hashlib.sha256(data).hexdigest() != oid:
            return False
        self.objects[oid] = data
        return True

    def _sign(self, target: str) -> str:
        return hmac.new(self._key, target.encode(), hashlib.sha256).hexdigest()

    def _refusal(self, request: Request) -> Response | None:
        if request.header("Authorization") is not None:
            return json_response(400, {"error": "Only one auth mechanism allowed"})
        return None if self.holds(request) else json_response(403, {"error": "AccessDenied"})

    def _put(self, request: Request, oid: str) -> Response:
        if refusal := self._refusal(request):
            return refusal
        if hashlib.sha256(request.body).hexdigest() != oid:
            return Response(400)
        self.objects[oid] = request.body
        return Response(200)

    def _put_part(self, request: Request, oid: str, number: str) -> Response:
        if refusal := self._refusal(request):
            return refusal
        self._parts[oid, int(number)] = request.body
        return Response(200, b"", (("ETag", _etag(request.body)),))

    def _get(self, request: Request, oid: str) -> Response:
        if refusal := self._refusal(request):
            return refusal
        if oid not in self.objects:
            return json_response(403, {"error": "AccessDenied"})
        headers = (("Content-Type", "application/octet-stream"), ("ETag", f'"{oid}"'))
        return ranged(request, self.objects[oid], headers)


def _etag(data: bytes) -> str:
    return f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'


def ranged(request: Request, data: Body, headers: Headers = ()) -> Response:
    """All of the data, or the one range that was asked for.

    https://www.rfc-editor.org/rfc/rfc9110#section-14
    """
    headers = (*headers, ("Accept-Ranges", "bytes"))
    asked = re.fullmatch(r"bytes=(\d*)-(\d*)", request.header("Range") or "")
    if not asked or asked.groups() == ("", ""):
        return Response(200, data, headers)
    first, last = asked.groups()
    size = len(data)
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last) + 1, size) if first and last else size
    if start >= end:
        return Response(416, b"", (*headers, ("Content-Range", f"bytes */{size}")))
    found = ("Content-Range", f"bytes {start}-{end - 1}/{size}")
    return Response(206, data[start:end], (*headers, found))
