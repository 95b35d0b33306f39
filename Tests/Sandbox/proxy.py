"""An HTTP proxy on loopback that tunnels where it is told to, refuses, or never answers.

The names it tunnels to need not resolve anywhere: only the proxy maps them to an address.
https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6
"""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from .wire import BadRequest, Request, Response, read_request, render

Address = tuple[str, int]
TLS_RECORD = b"\x16"


class Proxy:
    """Knows CONNECT alone; with a certificate and its key, it speaks TLS before that.

    `answer` is a status to refuse with; 0 accepts the connection and stays silent. Without it, a
    tunnel is made to where `routes` maps the authority, and 502 is the answer for others.
    """

    def __init__(
        self,
        routes: Mapping[str, Address] | None = None,
        answer: int | None = None,
        tls: tuple[Path, Path] | None = None,
    ) -> None:
        self.requests: list[Request] = []
        self._routes = dict(routes or {})
        self._answer = answer
        self._tls: ssl.SSLContext | None = None
        if tls:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(*tls)
        self._open: list[socket.socket] = []
        self._ended = False
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)

    @property
    def address(self) -> str:
        """Host and port."""
        return "{}:{}".format(*self._listener.getsockname())

    @property
    def asked_for(self) -> list[str]:
        """The authorities that clients asked to be connected to."""
        return [request.target for request in self.requests]

    @property
    def passwords(self) -> list[str]:
        """`user:password` of each request that carried one."""
        values = [request.header("Proxy-Authorization") for request in self.requests]
        return [base64.b64decode(value.partition(" ")[2]).decode() for value in values if value]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._ended = True
            for connection in (self._listener, *self._open):
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
                connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection = self._keep(self._listener.accept()[0])
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _keep(self, connection: socket.socket) -> socket.socket:
        """Closed at the end; what is opened later is closed at once."""
        with self._lock:
            if self._ended:
                connection.close()
                raise ConnectionAbortedError
            self._open.append(connection)
        return connection

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError, BadRequest):
            if self._tls:
                client = self._keep(self._tls.wrap_socket(client, server_side=True))
            elif client.recv(1, socket.MSG_PEEK) == TLS_RECORD:
                # As squid and Apache do.
                client.sendall(render(Response(400)))
                return
            request = read_request(client.makefile("rb", buffering=0), client.sendall)
            if not request:
                return
            self.requests.append(request)
            if self._answer == 0:
                client.recv(1)
                return
            target = self._routes.get(request.target)
            if self._answer or request.method != "CONNECT" or not target:
                client.sendall(render(Response(self._answer or 502, b"", self._challenge())))
                client.shutdown(socket.SHUT_WR)
                return
            server = self._keep(socket.create_connection(target))
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            threading.Thread(target=_copy, args=(server, client), daemon=True).start()
            _copy(client, server)

    def _challenge(self) -> tuple[tuple[str, str], ...]:
        return (("Proxy-Authenticate", 'Basic realm="proxy"'),) if self._answer == 407 else ()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
