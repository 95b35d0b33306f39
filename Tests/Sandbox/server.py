"""A small threaded HTTP/1.1 server on loopback, with a log, faults, and an immediate stop."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Self

from .faults import Fault, FaultQueue
from .flow import Flow
from .misbehaviour import play
from .wire import BadRequest, Headers, Request, Response, json_response, read_request, render

Handler = Callable[..., Response]


class Server:
    """Answers on 127.0.0.1 (a port that the system picks) or, given a path, on a unix socket.

    Every request is logged before it is handled, raw. A bug in a handler is answered with 500 and
    kept in `errors`, which `World` raises at the end: a broken sandbox never passes a test. Bodies
    for targets of the form `unkept` are digested and not kept.
    """

    def __init__(self, unix_path: Path | None = None) -> None:
        self.faults = FaultQueue()
        self.clock_offset = 0.0
        self.errors: list[str] = []
        self.unkept: re.Pattern[str] | None = None
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = []
        self._log: list[Request] = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._listener = _listen(unix_path)
        self._unix_path = unix_path

    @property
    def origin(self) -> str:
        """Scheme, host and port; for a unix socket, its path."""
        if self._unix_path:
            return f"unix:{self._unix_path}"
        return "http://{}:{}".format(*self._listener.getsockname()[:2])

    @property
    def requests(self) -> list[Request]:
        """Every request so far, in the order of arrival."""
        with self._lock:
            return list(self._log)

    def now(self) -> float:
        """This server's clock, which `clock_offset` puts wrong: `Date` and every check use it."""
        return time.time() + self.clock_offset

    def route(self, method: str, pattern: str, handler: Handler, *, first: bool = False) -> None:
        """Let `handler(request, *groups)` answer where the raw path matches all of `pattern`.

        Of several that match, the one counts that was added before, unless it is put `first`.
        """
        place = 0 if first else len(self._routes)
        self._routes.insert(place, (method, re.compile(pattern), handler))

    def own_headers(self) -> Headers:
        """Headers that each answer carries besides its own."""
        return (("Date", formatdate(self.now(), usegmt=True)),)

    def perform(self, request: Request) -> Response:
        """What an undisturbed server answers."""
        known = False
        for method, pattern, handler in self._routes:
            if found := pattern.fullmatch(request.path):
                known = True
                if method == request.method or (method, request.method) == ("GET", "HEAD"):
                    return handler(request, *found.groups())
        return json_response(405 if known else 404, {"error": "Not Found"})

    def start(self) -> Self:
        """Begin to accept; returns at once."""
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def stop(self) -> None:
        """Stop at once, whatever is under way."""
        self._stopping.set()
        with self._lock:
            for connection in (self._listener, *self._open):
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        if self._unix_path:
            self._unix_path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with self._tracked(connection), contextlib.suppress(OSError):
            if self._stopping.is_set() or self.faults.take_connection():
                return
            line = _Line(self, connection)
            with connection.makefile("rb") as stream:
                try:
                    while request := read_request(stream, line.send, self._keeps):
                        if not self._answer(line, request):
                            return
                except (BadRequest, ValueError) as error:
                    line.send(render(json_response(400, {"error": str(error)})))

    def _keeps(self, target: str) -> bool:
        return not (self.unkept and self.unkept.fullmatch(target))

    @contextlib.contextmanager
    def _tracked(self, connection: socket.socket) -> Iterator[None]:
        with self._lock:
            self._open.add(connection)
        try:
            yield
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _answer(self, line: _Line, request: Request) -> bool:
        with self._lock:
            self._log.append(request)
        line.request = request
        keep = (request.header("Connection") or "").lower() != "close"
        if fault := self.faults.take(request):
            request.fault = fault.text
            return self._misbehave(fault, line, request) and keep
        response = line.stamp(self._perform_safely(request))
        line.send(render(response, with_body=request.method != "HEAD"))
        if isinstance(response.body, Flow) and request.method != "HEAD":
            for piece in response.body.pieces():
                line.send(piece)
        return keep

    def _misbehave(self, fault: Fault, line: _Line, request: Request) -> bool:
        return play(fault, line, lambda: self._perform_safely(request))

    def _perform_safely(self, request: Request) -> Response:
        try:
            return self.perform(request)
        except Exception:
            self.errors.append(f"{request.method} {request.path}\n{traceback.format_exc()}")
            return json_response(500, {"error": "the sandbox has a bug"})


class _Line:
    """One connection, for the answers to its requests."""

    def __init__(self, server: Server, connection: socket.socket) -> None:
        self.request: Request | None = None
        self._server = server
        self._connection = connection

    def send(self, data: bytes) -> None:
        self._connection.sendall(data)

    def stamp(self, response: Response) -> Response:
        if self.request:
            self.request.status = response.status
        headers = (*response.headers, *self._server.own_headers())
        return Response(response.status, response.body, headers)

    def wait(self, seconds: float) -> bool:
        return self._server._stopping.wait(seconds)


def _listen(unix_path: Path | None) -> socket.socket:
    if unix_path:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(unix_path))
    else:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    return listener
