"""A web server with hfmint's configuration, between a stub of the decision and one of the Hub."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import product
from frontdoors import FrontDoorServer
from Sandbox.fastcgiresponder import Answer, Asked, FastCGIResponder
from Sandbox.recordingupstream import RecordingUpstream
from Sandbox.reservedport import ReservedPort
from Sandbox.sentinel import Sentinels
from tls import Authority, Certificate

# Where the printed configurations look for them, if they name a file.
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"


@dataclass(frozen=True)
class Got:
    """An answer as the client got it; status 0 is a connection closed without one."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def __getitem__(self, name: str) -> str:
        values = self.headers.get_all(name, [])
        assert len(values) == 1, (name, values, self.status, self.headers.items())
        return str(values[0])


class StubbedWall:
    """The responder says yes to its ticket, and to everybody below `/acme/open`.

    With `tls` the Hub shows that certificate, and the web server knows that authority.
    """

    server: FrontDoorServer
    configuration: str

    def __init__(
        self,
        kind: type[FrontDoorServer],
        folder: Path,
        tls: tuple[Certificate, Authority] | None = None,
    ) -> None:
        folder.mkdir(parents=True)
        self._kind = kind
        self._tls = tls
        self._folder = folder
        sentinels = Sentinels()
        self.ticket = sentinels.issue("ticket", "hf_ticket_")
        self.hub_token = sentinels.issue("token", "hf_")
        self.responder = FastCGIResponder(folder / "serve.sock", self.decide)
        self.manifest = folder / "hfmint.json5"
        self._ends = ExitStack()

    def _context(self) -> ssl.SSLContext | None:
        if not self._tls:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._tls[0].file, self._tls[0].key)
        return context

    def _manifest(self) -> dict[str, object]:
        hosts = {
            "127.0.0.1": {"kind": "hub", "upstream": self.upstream.origin},
            "router.test.example": {"kind": "router", "upstream": self.upstream.origin},
        }
        serve = {
            "origin": self.origin,
            "socket": str(self.responder.path),
            "hosts": hosts,
            "tickets": {"keys": ["file:key"]},
        }
        return {"version": 1, "serve": serve}

    def decide(self, asked: Asked) -> Answer:
        """A decision by the credential alone."""
        route = asked["HFMINT_ROUTE"]
        if route != "decide":
            return Answer(200, [("Content-Type", "text/plain")], f"{route} ".encode() + asked.body)
        credential = asked.get("HTTP_AUTHORIZATION")
        if credential == f"Bearer {self.ticket}":
            yes = [("X-Hfmint-Authorization", f"Bearer {self.hub_token}")]
            return Answer(200, [*yes, ("X-Hfmint-Role", "reader"), ("X-Hfmint-Actor", "job-1")])
        if not credential and asked["HFMINT_URI"].startswith("/acme/open"):
            return Answer(200)
        code = "not-granted" if credential else "identity-needed"
        told = [("X-Error-Code", code), ("X-Error-Message", "the request is refused: 1")]
        challenge = [] if credential else [("WWW-Authenticate", 'Basic realm="hfmint"')]
        asked_for = [("X-Request-Id", asked["HFMINT_REQUEST_ID"])]
        return Answer(403 if credential else 401, [*told, *challenge, *asked_for])

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            reserved = stack.enter_context(ReservedPort())
            self.port = reserved.number
            self.origin = f"http://127.0.0.1:{self.port}"
            self.upstream = stack.enter_context(RecordingUpstream(self._context()))
            stack.enter_context(self.responder)
            self.manifest.write_text(json.dumps(self._manifest()))
            listen = ["--listen", f"127.0.0.1:{self.port}"]
            self.configuration = printed(self._kind, self.manifest, *listen)
            if self._tls:
                file = str(self._tls[1].file)
                self.configuration = self.configuration.replace(AUTHORITIES, file)
            server = self._kind(self.configuration, self._folder / "server", self.port)
            if self._tls:
                server.variables["SSL_CERT_FILE"] = file
            self.server = stack.enter_context(server)
            self._ends = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """A stub must not have met what it cannot accept, nor the logs hold a credential."""
        self._ends.close()
        if kind is None:
            assert (self.responder.faults, self.upstream.faults) == ([], [])
            assert self.hub_token not in self.server.logs
            assert self.ticket not in self.server.logs

    @property
    def decisions(self) -> list[Asked]:
        """What was asked of the route `decide`."""
        return [asked for asked in self.responder.asked if asked["HFMINT_ROUTE"] == "decide"]

    def connect(self) -> socket.socket:
        """A connection of a client."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def head(
        self,
        target: str,
        method: str = "GET",
        headers: Iterable[str] = (),
        host: str | None = None,
        ticket: bool = True,
    ) -> bytes:
        """The bytes of a request before its body."""
        lines = [f"{method} {target} HTTP/1.1", f"Host: {host or f'127.0.0.1:{self.port}'}"]
        if ticket:
            lines.append(f"Authorization: Bearer {self.ticket}")
        return "".join(f"{line}\r\n" for line in [*lines, *headers, ""]).encode("latin-1")

    def ask(
        self,
        target: str,
        method: str = "GET",
        headers: Iterable[str] = (),
        body: bytes = b"",
        host: str | None = None,
        ticket: bool = True,
    ) -> Got:
        """One request with these very bytes, on a connection of its own."""
        length = [f"Content-Length: {len(body)}"] if body else []
        sent = self.head(target, method, [*headers, *length], host, ticket) + body
        with self.connect() as connection:
            connection.sendall(sent)
            return received(connection, method)


def received(connection: socket.socket, method: str = "GET") -> Got:
    """Read one answer."""
    response = http.client.HTTPResponse(connection, method=method)
    try:
        response.begin()
        return Got(response.status, response.headers, response.read())
    except (http.client.HTTPException, ConnectionError):
        return Got(0, http.client.HTTPMessage(), b"")
    finally:
        response.close()


def printed(kind: type[FrontDoorServer], manifest: Path, *options: str) -> str:
    """What `hfmint serve config` prints for it."""
    words = ["serve", "config", "--for", kind.name, "--manifest", str(manifest), *options]
    done = product.run([str(product.needed()), *words], {"PATH": "/usr/bin:/bin"}, manifest.parent)
    assert (done.status, done.stderr) == (0, b""), done
    return done.stdout.decode()
