"""The servers: what they log, and that they stop at once."""

from __future__ import annotations

import http.client
import socket
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from client import ask, post
from Sandbox.server import Server
from Sandbox.wire import Request, Response
from Sandbox.world import World


def test_a_path_is_logged_as_it_was_sent(world: World) -> None:
    """A double slash and a percent-encoding are not tidied away."""
    ask(world.hub.origin, "//a//b/../%7e?x=%20&y")
    assert [request.target for request in world.requests("hub")] == ["//a//b/../%7e?x=%20&y"]


def test_the_log_holds_headers_body_and_answer(world: World) -> None:
    """What was sent and what came back stand side by side."""
    post(world.hub.origin, "/nowhere", {"a": 1}, **{"X-Twice": "b"})
    (request,) = world.requests("hub")
    assert (request.method, request.body, request.status) == ("POST", b'{"a": 1}', 404)
    assert request.header("x-twice") == "b"


def test_a_connection_carries_several_requests(world: World) -> None:
    """Keep-alive works, after errors too."""
    connection = http.client.HTTPConnection(world.hub.origin.removeprefix("http://"))
    statuses = []
    for target in ("/", "/api/whoami-v2", "/"):
        connection.request("GET", target)
        response = connection.getresponse()
        response.read()
        statuses.append(response.status)
    connection.close()
    assert statuses == [200, 401, 200]


def test_head_says_the_length_and_sends_nothing(world: World) -> None:
    """A HEAD answer has no body, and the next answer is still read right."""
    world.hub.add_repo("acme/model", "public", {"a.txt": b"12345"})
    answer = ask(world.hub.origin, "/acme/model/resolve/main/a.txt", method="HEAD")
    assert (answer.headers["Content-Length"], answer.body) == ("5", b"")


@pytest.mark.parametrize(
    "raw",
    [
        b"GET / HTTP/1.1\r\nBad Name: x\r\n\r\n",
        b"GET /\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    ],
)
def test_a_malformed_request_is_refused(world: World, raw: bytes) -> None:
    """The server forgives less than the real one."""
    host, _, port = world.hub.origin.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(raw)
        assert connection.recv(12) == b"HTTP/1.1 400"


def test_a_chunked_body_is_read(world: World) -> None:
    """Pieces are put together, and `Expect` is answered."""
    host, _, port = world.hub.origin.removeprefix("http://").partition(":")
    head = b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(head)
        assert connection.recv(100).startswith(b"HTTP/1.1 100")
        connection.sendall(b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n")
        assert connection.recv(12) == b"HTTP/1.1 404"
    assert world.requests("hub")[0].body == b"abcde"


def test_a_server_listens_on_a_unix_socket() -> None:
    """The same server, another kind of address."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "api.sock"
        server = Server(unix_path=path)
        server.route("GET", "/v1", lambda _: Response(200, b"hello"))
        with server, socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            connection.sendall(b"GET /v1 HTTP/1.1\r\nConnection: close\r\n\r\n")
            answer = connection.makefile("rb").read()
        assert answer.endswith(b"\r\n\r\nhello")
        assert not path.exists()


def test_stopping_does_not_wait_for_a_slow_answer(world: World) -> None:
    """A fault that lasts an hour ends with its server."""
    world.fault("hub", "delay=3600")
    failures: list[BaseException] = []

    def wait_for_it() -> None:
        try:
            ask(world.hub.origin, "/")
        except (OSError, http.client.HTTPException) as error:
            failures.append(error)

    client = threading.Thread(target=wait_for_it)
    client.start()
    until(lambda: bool(world.requests("hub")))
    world.hub.stop()
    client.join(timeout=20)
    assert failures


def until(condition: object) -> None:
    """Wait for a condition that another thread brings about."""
    assert callable(condition)
    tick = threading.Event()
    for _ in range(2000):
        if condition():
            return
        tick.wait(0.01)
    pytest.fail("it never came about")


def test_a_bug_in_the_sandbox_is_never_taken_for_an_answer(tmp_path: Path) -> None:
    """The world raises at its end."""

    def broken(_: Request) -> Response:
        raise ZeroDivisionError

    world = World(root=tmp_path)
    world.hub.route("GET", "/broken", broken)
    with pytest.raises(RuntimeError, match="ZeroDivisionError"), world:
        assert ask(world.hub.origin, "/broken").status == 500
