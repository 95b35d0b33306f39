"""Requests that try to be two at once, at every web server that `serve config` prints for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from frontdoors import SERVERS, FrontDoorServer
from Sandbox.fastcgiresponder import Answer
from stubbedwall import StubbedWall, received

FILE = "/acme/model/resolve/main/config.json"
REFUSALS = (400, 401, 403, 404, 405, 0)

# What huggingface_hub, git and git-lfs send, and what a decoder could change.
CANONICAL = [
    "/acme/model/resolve/refs%2Fpr%2F1/a.txt",
    "/acme/model/resolve/main/a%20b%C3%A9.txt",
    "/acme/model/resolve/main/a+b=c,d@e:f!g$h&i'j(k)l*m~n.txt",
    "/acme/model/resolve/main/%22%3C%3E%5B%5D%7B%7D%7C%3B%3F%23.txt",
    "/api/models/acme/model/tree/main/sub%2Ffolder?recursive=True&expand=False",
    "/api/models/acme/model?expand[]=sha&expand[]=tags&x=%2f%3b;y|z",
    "/api/datasets/acme/data/paths-info/main?",
    "/acme/model.git/info/refs?service=git-upload-pack",
    "/acme/model/resolve/main/a?b?c=%41&d=//..&e=.%00"[:-4],
    "/spaces/acme/app/resolve/main/%E2%82%AC/x",
]
# What two programs could read differently: hfmint must see it as it came, if it sees it at all.
HOSTILE = [
    "//acme/model/resolve/main/x",
    "/acme//model",
    "/acme/./model",
    "/acme/other/../model/resolve/main/x",
    "/acme/%2e%2e/model",
    "/acme%2fmodel",
    "/acme/model/resolve/main/%2E%2E/x",
    "/acme/%252e%252e/model",
    "/acme\\model",
    "/acme/model;x=1/resolve/main/x",
    "/acme/mod\xe9l",
    "/acme/model/%00",
    "/acme/model/%0d%0aX:1",
    "/acme/model/%zz",
    "/acme/model#part",
    '/acme/model/resolve/main/"<>^`{|}',
    "/acme/model/resolve/main/",
    "/.hfmint/decide",
    "/%2ehfmint/decide",
    "/oauth/token",
    "/oauth//token",
    "/OAUTH/TOKEN",
    "/oauth/token?x=1",
    "/oauth/%74oken",
    "/healthz/",
    "/metrics?x",
    "/acme/model/{http.request.host}$uri",
]
STRIPPED = [
    "Cookie: token=1",
    "X-HF-Bill-To: acme",
    "X-Hfmint-Authorization: Bearer mine",
    "X-Hfmint-Role: admin",
    "X-Hfmint-Actor: me",
    "X-Forwarded-For: 1.2.3.4",
    "X-Forwarded-Host: huggingface.co",
    "X-Forwarded-Uri: /acme/open",
    "X-Forwarded-Method: GET",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Prefix: /acme",
    "Forwarded: for=1.2.3.4",
    "X-Original-URL: /acme/open",
    "X-Rewrite-URL: /acme/open",
    "X-HTTP-Method-Override: DELETE",
    "X_Forwarded_Uri: /acme/open",
    "Hfmint_Uri: /acme/open",
    "HFMINT_ROUTE: token",
    "X_Hfmint_Authorization: Bearer mine",
    "Proxy-Authorization: Basic eA==",
]


@pytest.fixture(params=SERVERS, ids=lambda kind: kind.name)
def wall(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StubbedWall]:
    """One running server with its two stubs."""
    kind: type[FrontDoorServer] = request.param
    with StubbedWall(kind, tmp_path / "wall") as wall:
        yield wall


def test_targets_arrive_as_they_were_sent(wall: StubbedWall) -> None:
    """At hfmint and at the Hub, byte by byte."""
    for target in CANONICAL:
        assert wall.ask(target).status == 200, target
        assert wall.decisions[-1]["HFMINT_URI"] == target
        assert wall.upstream.received[-1].target.decode() == target


def test_hostile_targets_are_decided_as_they_came_or_not_at_all(wall: StubbedWall) -> None:
    """None is another for hfmint than for the client; hfmint refuses every one of these."""
    wall.responder.answer = lambda _: Answer(403)
    for target in HOSTILE:
        count = len(wall.responder.asked)
        got = wall.ask(target)
        assert got.status in REFUSALS, (target, got)
        for asked in wall.responder.asked[count:]:
            assert (asked["HFMINT_ROUTE"], asked["HFMINT_URI"]) == ("decide", target)
    assert wall.upstream.received == []


def test_a_target_that_is_an_address_does_not_pass(wall: StubbedWall) -> None:
    """hfmint would see a path, and the client sent more."""
    wall.responder.answer = lambda asked: (
        Answer(200) if asked["HFMINT_URI"] == FILE else Answer(403)
    )
    for target in (f"http://127.0.0.1:{wall.port}{FILE}", f"http://huggingface.co{FILE}", "*"):
        assert wall.ask(target).status in REFUSALS
    assert wall.upstream.received == []


def test_headers_of_the_client_that_others_might_believe_are_stripped(wall: StubbedWall) -> None:
    """They change no decision, and do not arrive."""
    assert wall.ask(FILE, headers=STRIPPED).status == 200
    (asked,) = wall.decisions
    assert (asked["HFMINT_ROUTE"], asked["HFMINT_URI"]) == ("decide", FILE)
    (sent,) = wall.upstream.received
    assert sent.header("Authorization") == f"Bearer {wall.hub_token}"
    names = {name.lower().replace("_", "-") for name, _ in sent.headers}
    assert names & {line.partition(":")[0].lower().replace("_", "-") for line in STRIPPED} == set()


def test_a_client_cannot_send_two_credentials(wall: StubbedWall) -> None:
    """Nor have its own, or hfmint's, taken off on the way."""
    twice = wall.ask(FILE, headers=["Authorization: Bearer other"])
    assert twice.status in REFUSALS
    assert wall.upstream.received == []
    got = wall.ask(FILE, headers=["Connection: Authorization, X-Hfmint-Authorization"])
    assert got.status in (200, *REFUSALS)
    for sent in wall.upstream.received:
        assert sent.header("Authorization") in (f"Bearer {wall.hub_token}", None)


def test_two_lengths_are_refused(wall: StubbedWall) -> None:
    """RFC 9112, section 6.3: a request with both is an attempt to smuggle another."""
    head = ["Content-Length: 4", "Transfer-Encoding: chunked"]
    smuggled = b"0\r\n\r\nGET /acme/other HTTP/1.1\r\nHost: x\r\n\r\n"
    with wall.connect() as connection:
        connection.sendall(wall.head(FILE, "POST", head) + smuggled)
        received(connection)
    assert [sent.target for sent in wall.upstream.received if sent.target != FILE.encode()] == []
