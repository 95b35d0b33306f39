"""What every web server does with the configuration that `serve config` prints for it.

The decision and the Hub are stubs, so that each byte between the client, hfmint and the Hub is
seen. What only one server does is in a test of its own.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from frontdoors import SERVERS, FrontDoorServer
from Sandbox.fastcgiresponder import AUTHORIZER, Answer
from Sandbox.recordingupstream import Received, Reply
from stubbedwall import StubbedWall, received
from tls import Authority

FILE = "/acme/model/resolve/main/config.json"
MIB = 1 << 20
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
def kind(request: pytest.FixtureRequest) -> type[FrontDoorServer]:
    """Each web server."""
    found: type[FrontDoorServer] = request.param
    return found


@pytest.fixture
def wall(kind: type[FrontDoorServer], tmp_path: Path) -> Iterator[StubbedWall]:
    """One running server with its two stubs."""
    with StubbedWall(kind, tmp_path / "wall") as wall:
        yield wall


def test_what_is_allowed_goes_to_the_hub_with_its_credential(wall: StubbedWall) -> None:
    """And the client gets what the Hub answers, which nothing of hfmint's is in."""
    wall.upstream.reply = lambda _: Reply(200, [("ETag", '"1"'), ("X-Repo-Commit", "abc")])
    got = wall.ask(FILE, headers=["User-Agent: hf/1", "Accept-Encoding: identity"])
    assert (got.status, got.body, got["ETag"], got["X-Repo-Commit"]) == (
        (200, b"from upstream", '"1"', "abc")
    )
    assert not [name for name in got.headers if name.lower().startswith("x-hfmint")]
    (sent,) = wall.upstream.received
    assert (sent.method, sent.target) == ("GET", FILE.encode())
    assert sent.header("Authorization") == f"Bearer {wall.hub_token}"
    assert sent.header("Host") == wall.upstream.origin.removeprefix("http://")
    assert (sent.header("User-Agent"), sent.header("Accept-Encoding")) == ("hf/1", "identity")
    (asked,) = wall.decisions
    assert {name: value for name, value in asked.pairs if name.startswith("HFMINT_")} == {
        "HFMINT_ROUTE": "decide",
        "HFMINT_URI": FILE,
        "HFMINT_METHOD": "GET",
        "HFMINT_HOST": "127.0.0.1",
        "HFMINT_REQUEST_ID": asked["HFMINT_REQUEST_ID"],
        "HFMINT_PEER": "127.0.0.1",
    }
    assert len(asked["HFMINT_REQUEST_ID"]) >= 16
    assert asked.get("CONTENT_LENGTH") in ("", "0")


def test_what_anybody_may_read_goes_to_the_hub_without_a_credential(wall: StubbedWall) -> None:
    """Not with an empty one either."""
    assert wall.ask("/acme/open/resolve/main/x", ticket=False).status == 200
    (sent,) = wall.upstream.received
    assert sent.all("Authorization") == []


def test_what_is_refused_is_told_to_the_client_and_to_nobody_else(wall: StubbedWall) -> None:
    """With the challenge that makes git ask its helper."""
    unknown = wall.ask(FILE, ticket=False)
    assert (unknown.status, unknown["X-Error-Code"]) == (401, "identity-needed")
    assert unknown["WWW-Authenticate"] == 'Basic realm="hfmint"'
    known = wall.ask(FILE, headers=["Authorization: Bearer other"], ticket=False)
    assert (known.status, known["X-Error-Code"]) == (403, "not-granted")
    for got in (unknown, known):
        assert got["X-Error-Message"] == "the request is refused: 1"
        assert got.headers.get_all("Status") is None
    assert known["X-Request-Id"] == wall.decisions[1]["HFMINT_REQUEST_ID"]
    assert wall.upstream.received == []


@pytest.mark.parametrize("status", [204, 302, 400, 404, 429, 500, 503])
def test_only_200_lets_a_request_pass(wall: StubbedWall, status: int) -> None:
    """Whatever else is answered, nothing reaches the Hub, and the client gets no credential."""
    yes = [("X-Hfmint-Authorization", f"Bearer {wall.hub_token}")]
    location = [("Location", "/acme/open")] if status == 302 else []
    wall.responder.answer = lambda _: Answer(status, [*yes, *location])
    got = wall.ask(FILE)
    assert wall.upstream.received == [] or (status == 204 and wall.server.takes_any_2xx)
    assert wall.hub_token not in str(got.headers.items())


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


def test_an_upload_passes_while_it_comes(wall: StubbedWall) -> None:
    """The Hub has its head and first bytes before the client has sent the rest."""
    body = bytes(range(256)) * (8 * MIB // 256)
    head = wall.head(FILE, "PUT", [f"Content-Length: {len(body)}"])
    with wall.connect() as connection:
        connection.sendall(head + body[:MIB])
        sent = wall.upstream.wait(1)
        assert not sent.whole.is_set()
        connection.sendall(body[MIB:])
        assert received(connection, "PUT").status == 200
    assert (sent.count, sent.digest) == (len(body), hashlib.sha256(body).hexdigest())
    assert wall.decisions[0].body == b""
    assert wall.decisions[0].get("CONTENT_LENGTH") in ("", "0")


def test_an_upload_in_chunks_passes(wall: StubbedWall) -> None:
    """As git sends a large push."""
    head = wall.head(FILE, "POST", ["Transfer-Encoding: chunked"])
    body = b"".join(b"%x\r\n%s\r\n" % (MIB, b"x" * MIB) for _ in range(4)) + b"0\r\n\r\n"
    with wall.connect() as connection:
        connection.sendall(head + body)
        assert received(connection, "POST").status == 200
    (sent,) = wall.upstream.received
    assert (sent.count, sent.digest) == (4 * MIB, hashlib.sha256(b"x" * 4 * MIB).hexdigest())


def test_a_download_passes_while_it_comes(wall: StubbedWall) -> None:
    """The client has the first bytes before the Hub has sent the last."""
    seen = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield b"first"
        assert seen.wait(20)
        yield b"y" * (2 * MIB)

    wall.upstream.reply = lambda _: Reply(pieces=pieces())
    with wall.connect() as connection:
        connection.sendall(wall.head(FILE))
        read = b""
        while b"first" not in read:
            part = connection.recv(4096)
            assert part
            read += part
        seen.set()
        while not read.endswith(b"0\r\n\r\n"):
            part = connection.recv(65536)
            assert part
            read += part
    assert read.count(b"y") >= 2 * MIB


def test_head_and_ranges_are_the_hubs_to_answer(wall: StubbedWall) -> None:
    """A HEAD stays one, with the length; a range is asked for and answered as it is."""
    size = [("Content-Length", str(3 * MIB)), ("X-Linked-Size", "7"), ("ETag", '"e"')]
    wall.upstream.reply = lambda _: Reply(200, size)
    head = wall.ask(FILE, "HEAD", ["Accept-Encoding: identity"])
    assert (head.status, head["Content-Length"], head.body) == (200, str(3 * MIB), b"")
    part = [("Content-Range", "bytes 2-4/10"), ("ETag", '"e"')]
    wall.upstream.reply = lambda _: Reply(206, part, b"cde")
    got = wall.ask(FILE, headers=["Range: bytes=2-4", 'If-Range: "e"'])
    assert (got.status, got["Content-Range"], got.body) == (206, "bytes 2-4/10", b"cde")
    first, second = wall.upstream.received
    assert (first.method, wall.decisions[0]["HFMINT_METHOD"]) == ("HEAD", "HEAD")
    assert (second.header("Range"), second.header("If-Range")) == ("bytes=2-4", '"e"')


def test_answers_are_not_encoded_or_decoded_on_the_way(wall: StubbedWall) -> None:
    """Neither for a client that takes gzip, nor for one that says nothing."""
    encoded = [("Content-Encoding", "gzip"), ("Content-Type", "application/json")]
    wall.upstream.reply = lambda _: Reply(200, encoded, b"\x1f\x8bnot really")
    for headers in (["Accept-Encoding: gzip, br"], []):
        got = wall.ask(FILE, headers=headers)
        assert (got["Content-Encoding"], got.body) == ("gzip", b"\x1f\x8bnot really")
    first, second = wall.upstream.received
    assert (first.all("Accept-Encoding"), second.all("Accept-Encoding")) == (["gzip, br"], [])
    wall.upstream.reply = lambda _: Reply(200, [("Content-Type", "text/html")], b"plain" * 500)
    got = wall.ask(FILE, headers=["Accept-Encoding: gzip"])
    assert (got.body, got.headers["Content-Encoding"]) == (b"plain" * 500, None)


def test_redirects_to_the_hub_lead_back_here(wall: StubbedWall) -> None:
    """Those elsewhere, and those without a host, stay as they are."""
    hub, here = wall.upstream.origin, wall.origin
    others = [
        "/api/resolve-cache/x",
        "https://cdn.example/x?y=z",
        f"{hub}.evil.example/x",
        f"{hub}1/x",
    ]
    cases = {
        f"{hub}/acme/new/resolve/main/x?y=%2F": f"{here}/acme/new/resolve/main/x?y=%2F",
        f"{hub}/": f"{here}/",
        **{other: other for other in others},
    }
    for location, expected in cases.items():
        wall.upstream.reply = lambda _, location=location: Reply(307, [("Location", location)], b"")
        got = wall.ask(FILE)
        assert (got.status, got["Location"]) == (307, expected)


def test_links_to_the_hub_lead_back_here(wall: StubbedWall) -> None:
    """One for the next page; two for xet, of which one stays."""
    hub, here = wall.upstream.origin, wall.origin
    cases = {
        f'<{hub}/api?cursor=a%3D>; rel="next"': f'<{here}/api?cursor=a%3D>; rel="next"',
        f'<https://cas.example/v1>; rel="info", <{hub}/api/x>; rel="xet-auth"': (
            f'<https://cas.example/v1>; rel="info", <{here}/api/x>; rel="xet-auth"'
        ),
        f'<{hub}/a>; rel="next", <{hub}/b>; rel="last"': (
            f'<{here}/a>; rel="next", <{here}/b>; rel="last"'
        ),
        '<https://other.example/a>; rel="next"': '<https://other.example/a>; rel="next"',
    }
    for link, expected in cases.items():
        wall.upstream.reply = lambda _, link=link: Reply(200, [("Link", link)])
        assert wall.ask(FILE)["Link"] == expected


def test_addresses_in_a_batch_of_git_lfs_lead_back_here(wall: StubbedWall) -> None:
    """And the credential is taken out, if the Hub should repeat it."""
    if not wall.server.rewrites_bodies:
        assert "lfs.transfer.enablehrefrewrite" in wall.configuration
        return
    hub, here = wall.upstream.origin, wall.origin
    body = (
        f'{{"verify":"{hub}/acme/model.git/info/lfs/objects/verify","a":"https://s3.example/{hub}/x",'
        f'"again":"{hub}/x","header":"Bearer {wall.hub_token}"}}'
    )
    typed = [("Content-Type", "application/vnd.git-lfs+json; charset=utf-8")]

    def reply(got: Received) -> Reply:
        assert got.all("Accept-Encoding") in ([], ["identity"])
        return Reply(200, typed, body.encode())

    wall.upstream.reply = reply
    batch = "/acme/model.git/info/lfs/objects/batch"
    got = wall.ask(batch, "POST", ["Accept-Encoding: gzip"], b'{"operation":"upload"}')
    text = got.body.decode()
    assert f'"verify":"{here}/acme/model.git/info/lfs/objects/verify"' in text
    assert f'"again":"{here}/x"' in text
    assert wall.hub_token not in text
    assert wall.upstream.received[0].body == b'{"operation":"upload"}'
    wall.upstream.reply = lambda _: Reply(200, typed, b'{"a": "b"}')
    anonymous = wall.ask("/acme/open.git/info/lfs/objects/batch", "POST", (), b"{}", ticket=False)
    assert anonymous.body == b'{"a": "b"}'


def test_without_hfmint_nothing_passes(wall: StubbedWall) -> None:
    """And as soon as it is back, all does."""
    wall.responder.stop()
    got = wall.ask(FILE)
    assert got.status in (500, 502, 503), got
    anonymous = wall.ask("/acme/open/resolve/main/x", ticket=False)
    assert anonymous.status in (500, 502, 503)
    token = wall.ask(
        "/oauth/token", "POST", ["Content-Type: application/json"], b"{}", ticket=False
    )
    assert token.status in (500, 502, 503)
    assert wall.upstream.received == []
    wall.responder.start()
    assert wall.ask(FILE).status == 200


def test_hfmint_that_breaks_off_lets_nothing_pass(wall: StubbedWall) -> None:
    """In the middle of an answer, and with one that is none."""
    for answer in (ValueError("breaks off"), Answer(200, [("X\r\n\r\nX", "1")])):

        def broken(_: object, answer: Answer | ValueError = answer) -> Answer:
            if isinstance(answer, ValueError):
                raise ConnectionError
            return answer

        wall.responder.answer = broken
        got = wall.ask(FILE)
        if isinstance(answer, ValueError):
            assert got.status in (500, 502, 503)
            assert wall.upstream.received == []


def test_without_the_hub_the_client_is_told(wall: StubbedWall) -> None:
    """By a status of the server's own, and without the credential."""
    wall.upstream.stop()
    got = wall.ask(FILE)
    assert got.status in (502, 503, 504)
    assert wall.hub_token not in str(got.headers.items()) + got.body.decode()


def test_a_hub_that_cannot_prove_its_name_is_sent_nothing(
    kind: type[FrontDoorServer], tmp_path: Path
) -> None:
    """Of the right authority and another name, of another authority; with both right it is."""
    ours, others = Authority(tmp_path / "ours"), Authority(tmp_path / "others")
    for number, (certificate, passes) in enumerate(
        [
            (ours.issue("localhost"), True),
            (ours.issue("hub.test.example"), False),
            (others.issue("localhost"), False),
        ]
    ):
        with StubbedWall(kind, tmp_path / f"wall-{number}", (certificate, ours)) as wall:
            got = wall.ask(FILE)
            assert (got.status == 200, len(wall.upstream.received)) == (passes, int(passes))
            assert got.status in (200, 500, 502, 503)


def test_errors_of_the_hub_are_the_hubs(wall: StubbedWall) -> None:
    """Each status with its headers and its body, so that clients see what they know."""
    for status in (401, 403, 404, 409, 416, 429, 500, 503):
        told = [("X-Error-Code", "RepoNotFound"), ("X-Error-Message", "no"), ("RateLimit", "r=0")]
        wall.upstream.reply = lambda _, status=status, told=told: Reply(status, told, b'{"e":1}')
        got = wall.ask(FILE)
        assert (got.status, got["X-Error-Code"], got["X-Error-Message"]) == (
            (status, "RepoNotFound", "no")
        )
        assert (got["RateLimit"], got.body) == ("r=0", b'{"e":1}')


def test_what_the_hub_sets_for_this_server_stays_here(wall: StubbedWall) -> None:
    """Cookies, another protocol, and what a server would obey."""
    headers = [
        ("Set-Cookie", "session=1"),
        ("Alt-Svc", 'h3=":443"'),
        ("X-Accel-Redirect", "/.hfmint/decide"),
        ("X-Sendfile", "/etc/passwd"),
        ("X-Hfmint-Authorization", "Bearer x"),
    ]
    wall.upstream.reply = lambda _: Reply(200, headers)
    got = wall.ask(FILE)
    assert (got.status, got.body) == (200, b"from upstream")
    for name in ("Set-Cookie", "Alt-Svc", "X-Hfmint-Authorization"):
        assert got.headers.get_all(name) is None


def test_each_name_has_its_own_host(wall: StubbedWall) -> None:
    """By the client's Host; a name that the manifest does not have is refused unasked."""
    assert (
        wall.ask("/v1/chat/completions", "POST", (), b"{}", host="router.test.example").status
        == 200
    )
    assert wall.decisions[0]["HFMINT_HOST"] == "router.test.example"
    assert wall.ask("/x", host="127.0.0.1").status == 200
    for host in ("huggingface.co", "router.test.example.evil.example", "x", "127.0.0.2"):
        assert wall.ask(FILE, host=host).status in REFUSALS
    assert len(wall.responder.asked) == 2
    elsewhere = wall.ask("/oauth/token", "POST", (), b"x", host="router.test.example")
    assert elsewhere.status == 200
    assert wall.responder.asked[-1]["HFMINT_ROUTE"] == "decide"


def test_the_broker_gets_its_body(wall: StubbedWall) -> None:
    """Whole, at one path, by one method; a large one is refused."""
    form = b"grant_type=x&subject_token=" + b"y" * 5000
    headers = ["Content-Type: application/x-www-form-urlencoded"]
    got = wall.ask("/oauth/token", "POST", headers, form, ticket=False)
    assert (got.status, got.body) == (200, b"token " + form)
    (asked,) = wall.responder.asked
    assert asked["CONTENT_TYPE"] == "application/x-www-form-urlencoded"
    assert (asked["CONTENT_LENGTH"], asked["HFMINT_HOST"]) == (str(len(form)), "127.0.0.1")
    assert asked.role != AUTHORIZER
    assert wall.ask("/oauth/token", "POST", headers, b"y" * 70_000, ticket=False).status == 413
    wall.responder.answer = lambda _: Answer(403)
    assert wall.ask("/oauth/token", ticket=False).status in REFUSALS
    assert wall.upstream.received == []


def test_operators_ask_hfmint_itself(wall: StubbedWall) -> None:
    """Whether it lives, whether it is ready, and how much it does."""
    for path, route in (("/healthz", b"health"), ("/readyz", b"ready"), ("/metrics", b"metrics")):
        got = wall.ask(path, ticket=False)
        assert (got.status, got.body) == (200, route + b" ")
        assert wall.responder.asked[-1]["HFMINT_URI"] == path
    wall.responder.answer = lambda _: Answer(503, [("Content-Type", "text/plain")], b"policy\n")
    got = wall.ask("/readyz", ticket=False)
    assert (got.status, got.body) == (503, b"policy\n")


def test_a_large_credential_fits(wall: StubbedWall) -> None:
    """Of the client (a ticket with many claims), and of hfmint."""
    large = f"Bearer {wall.hub_token}{'z' * 3900}"
    told = [("X-Hfmint-Authorization", large), ("X-Hfmint-Actor", "a" * 4000)]
    wall.responder.answer = lambda _: Answer(200, [*told, ("X-Hfmint-Role", "r" * 4000)])
    assert (
        wall.ask(FILE, headers=[f"Authorization: Bearer {'t' * 7000}"], ticket=False).status == 200
    )
    assert wall.upstream.received[0].header("Authorization") == large
    assert wall.decisions[0]["HTTP_AUTHORIZATION"] == f"Bearer {'t' * 7000}"


def test_logs_name_the_request_and_hold_no_secret(wall: StubbedWall) -> None:
    """Neither the query; the credentials are searched for at the end of every test."""
    wall.ask(f"{FILE}?signature=quite-secret")
    wall.server.stop()
    logs = wall.server.logs
    assert FILE in logs
    assert wall.decisions[0]["HFMINT_REQUEST_ID"] in logs
    assert "quite-secret" not in logs
