"""Stand-ins for a busy afternoon of rotations: one issuer and three stores, each a host of its own.

Each takes a time for a request, and answers 429 beyond so many in flight, as rate limits do. One
thread serves all of a host's connections, so that the stand-in costs little beside what it stands
in for. Okta's API is the issuer's, with its token endpoint; GitLab's is the stores'.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from urllib.parse import parse_qs, unquote

SPACE = "client_secret"


@dataclass
class Request:
    """What a stand-in is asked."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Answer = tuple[int, object]


@dataclass
class Host:
    """A server on a port of its own; `handler` answers after `delay`."""

    handler: Callable[[Request], Answer]
    delay: float
    most: int
    port: int = 0
    requests: int = 0
    refused: int = 0
    peak: int = 0
    _in_flight: int = 0

    async def serve(self) -> asyncio.Server:
        """Listen on loopback."""
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode("latin-1").split("\r\n")
                method, path, _ = lines[0].split(" ")
                headers = {
                    name.lower(): value.strip()
                    for name, _, value in (line.partition(":") for line in lines[1:] if line)
                }
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                status, answer = await self._answer(Request(method, path, headers, body))
                text = b"" if answer is None else json.dumps(answer).encode()
                writer.write(
                    b"HTTP/1.1 %d X\r\nDate: %s\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\n\r\n"
                    % (status, formatdate(usegmt=True).encode(), len(text))
                    + text
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, request: Request) -> Answer:
        self.requests += 1
        if self._in_flight >= self.most:
            self.refused += 1
            return 429, {"error": "too many at once"}
        self._in_flight += 1
        self.peak = max(self.peak, self._in_flight)
        try:
            await asyncio.sleep(self.delay)
            return self.handler(request)
        finally:
            self._in_flight -= 1


@dataclass
class Okta:
    """Applications with two secrets at the most, and a token endpoint that knows them."""

    secrets: dict[str, list[dict[str, object]]] = field(default_factory=dict)

    def add(self, app: str, value: str) -> None:
        """An application with one secret."""
        self.secrets[app] = [self._entry(app, 0, value)]

    def _entry(self, app: str, number: int, value: str) -> dict[str, object]:
        return {
            "id": f"ocs-{app}-{number}",
            "status": "ACTIVE",
            "client_secret": value,
            "secret_hash": hashlib.sha256(value.encode()).hexdigest()[:22],
            "created": "2026-01-01T00:00:00.000Z",
            "lastUpdated": "2026-01-01T00:00:00.000Z",
        }

    def __call__(self, request: Request) -> Answer:
        """The few calls that a rotation makes."""
        parts = request.path.split("?")[0].strip("/").split("/")
        if parts[-1] == "token":
            return self._log_in(request)
        app = parts[3]
        entries = self.secrets[app]
        match request.method, parts[6:]:
            case "GET", []:
                return 200, entries
            case "POST", []:
                value = json.loads(request.body)[SPACE]
                number = 1 + max(int(str(entry["id"]).rsplit("-", 1)[1]) for entry in entries)
                entries.append(self._entry(app, number, value))
                return 201, entries[-1]
            case "GET", [secret]:
                return 200, next(entry for entry in entries if entry["id"] == secret)
            case "POST", [secret, "lifecycle", "deactivate"]:
                found = next(entry for entry in entries if entry["id"] == secret)
                found["status"] = "INACTIVE"
                return 200, found
            case "DELETE", [secret]:
                self.secrets[app] = [entry for entry in entries if entry["id"] != secret]
                return 204, None
        return 404, {"errorCode": "E0000007"}

    def _log_in(self, request: Request) -> Answer:
        scheme, _, text = request.headers.get("authorization", "").partition(" ")
        if scheme == "Basic":
            client, _, value = base64.b64decode(text).decode().partition(":")
            client, value = unquote(client), unquote(value)
        else:
            form = parse_qs(request.body.decode())
            client, value = form["client_id"][0], form[SPACE][0]
        known = self.secrets.get(client, [])
        if any(e["status"] == "ACTIVE" and e[SPACE] == value for e in known):
            return 200, {"access_token": "x", "token_type": "Bearer", "expires_in": 60}
        return 401, {"error": "invalid_client"}


@dataclass
class GitLab:
    """Variables of projects, which can be read back."""

    values: dict[str, str] = field(default_factory=dict)

    def __call__(self, request: Request) -> Answer:
        """`GET` and `PUT` of one variable."""
        project = unquote(request.path.split("/projects/")[1].split("/")[0])
        if request.method == "PUT":
            self.values[project] = json.loads(request.body)["value"]
        return 200, {
            "key": "SECRET",
            "value": self.values.get(project, ""),
            "variable_type": "env_var",
            "environment_scope": "*",
            "masked": False,
            "hidden": False,
            "protected": False,
            "raw": True,
        }


class StandIns:
    """Runs hosts in a thread of their own, for as long as the `with` lasts."""

    def __init__(self, hosts: list[Host]) -> None:
        """Nothing runs yet."""
        self._hosts = hosts
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> StandIns:
        """Every host has its port."""
        self._thread.start()
        for host in self._hosts:
            self._call(host.serve())
        return self

    def __exit__(self, *_: object) -> None:
        """Stop serving."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _call(self, work: Awaitable[object]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)  # type: ignore[arg-type]
