"""Each fault looks on the wire as it says."""

from __future__ import annotations

import gzip
import http.client
import socket

import pytest

from client import Answer, ask, exchange
from Sandbox.faults import parse
from Sandbox.world import World


def get(world: World, target: str = "/api/whoami-v2") -> Answer:
    """Ask the hub."""
    return ask(world.hub.origin, target)


def test_a_status_is_given_as_often_as_asked(world: World) -> None:
    """Then the server is itself again."""
    world.fault("hub", "status=503 times=2")
    assert [get(world).status for _ in range(3)] == [503, 503, 401]
    assert world.hub.faults.consumed == ["status=503 times=2"] * 2
    assert [request.fault for request in world.requests("hub")][2] is None


def test_a_fault_waits_for_its_method_and_path(world: World) -> None:
    """Other requests pass."""
    world.fault("hub", "status=500 method=GET path=/api/ skip=1")
    assert [get(world, "/").status, get(world).status, get(world).status] == [200, 401, 500]


def test_a_status_may_carry_a_header_and_a_body(world: World) -> None:
    """The body is the rest of the line."""
    world.fault("hub", r'status=429 retry-after=1 body={"error": "slow down"}\n')
    answer = get(world)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
    assert answer.body == b'{"error": "slow down"}\n'
    assert answer.headers["X-Request-Id"].startswith("Root=1-")


def test_a_body_of_ones_own_is_a_200(world: World) -> None:
    """Any bytes may be in it."""
    world.fault("hub", r"type=text/html body=<p>\x00\xff\\")
    answer = get(world)
    assert (answer.status, answer.body) == (200, b"<p>\x00\xff\\")
    assert answer.headers["Content-Type"] == "text/html"


def test_a_redirect_points_where_it_should(world: World) -> None:
    """Every kind of redirect."""
    for code in (301, 302, 303, 307, 308):
        world.fault("hub", f"redirect={code},http://127.0.0.1:1/x?y=z")
        answer = get(world)
        assert (answer.status, answer.headers["Location"]) == (code, "http://127.0.0.1:1/x?y=z")


@pytest.mark.parametrize(("fault", "logged"), [("drop", 1), ("drop=before", 0), ("raw=X\\r\\n", 1)])
def test_a_connection_is_dropped(world: World, fault: str, logged: int) -> None:
    """Before the request is read, after it, or after nonsense."""
    world.fault("hub", fault)
    with pytest.raises((OSError, http.client.HTTPException)):
        get(world)
    assert len(world.requests("hub")) == logged
    assert get(world).status == 401


def test_a_head_is_cut_off(world: World) -> None:
    """In the middle of a header's name."""
    world.fault("hub", "drop=headers")
    host, _, port = world.hub.origin.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert connection.makefile("rb").read() == b"HTTP/1.1 200 OK\r\nContent-Ty"


def test_a_truncated_body_is_shorter_than_it_says(world: World) -> None:
    """Content-Length stays true to the whole answer."""
    world.fault("hub", "truncate=10")
    with pytest.raises(http.client.IncompleteRead) as caught:
        get(world)
    assert caught.value.partial == b'{"error":"'


def test_an_oversized_body_is_sent_in_full(world: World) -> None:
    """To whoever has the patience."""
    world.fault("hub", "oversized=3000000")
    assert len(get(world).body) == 3_000_000


def test_a_gzip_bomb_is_small_until_it_is_opened(world: World) -> None:
    """64 MiB from a few kilobytes."""
    world.fault("hub", "gzip-bomb")
    answer = get(world)
    assert len(answer.body) < 1024 * 1024
    assert len(gzip.decompress(answer.body)) == 64 * 1024 * 1024


def test_a_slow_answer_is_complete(world: World) -> None:
    """Byte by byte, or late."""
    world.fault("hub", "drip=0.0001")
    world.fault("hub", "delay=0.01")
    assert [get(world).status, get(world).status] == [401, 401]


def test_an_act_is_done_before_it_goes_wrong(world: World) -> None:
    """The token was given, only nobody heard."""
    world.publish("acme/model")
    world.fault("hub", "act status=500")
    world.fault("hub", "act drop")
    token = world.github.id_token("https://huggingface.co")
    assert exchange(world.hub.origin, token).status == 500
    with pytest.raises((OSError, http.client.HTTPException)):
        exchange(world.hub.origin, token)
    assert world.hub.exchanges() == 2


def test_a_fault_without_act_does_nothing(world: World) -> None:
    """The server never saw to the request."""
    world.publish("acme/model")
    world.fault("hub", "status=500")
    exchange(world.hub.origin, world.github.id_token("https://huggingface.co"))
    assert world.hub.exchanges() == 0


MISTAKES = """
times=2
status=503 oops=1
status=x
drop status=500
redirect=200,x
drop=sideways
drop=before path=/x
truncate=
times=often drop
"""


@pytest.mark.parametrize("text", MISTAKES.split("\n")[1:])
def test_what_is_not_understood_is_refused(text: str) -> None:
    """A fault that silently never fires would make a test pass."""
    with pytest.raises(ValueError, match=r"."):
        parse(text)
