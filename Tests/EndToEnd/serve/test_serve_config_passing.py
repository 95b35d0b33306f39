"""What passes between the client and the Hub, by every web server that `serve config` prints for.

Bodies, and what answers say of addresses; who may pass is in `test_serve_config.py`.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontdoors import SERVERS, FrontDoorServer
from Sandbox.recordingupstream import Received, Reply
from stubbedwall import StubbedWall, received

FILE = "/acme/model/resolve/main/config.json"
MIB = 1 << 20


@pytest.fixture(params=SERVERS, ids=lambda kind: kind.name)
def wall(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StubbedWall]:
    """One running server with its two stubs."""
    kind: type[FrontDoorServer] = request.param
    with StubbedWall(kind, tmp_path / "wall") as wall:
        yield wall


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


def test_the_route_to_a_new_token_for_xet_leads_back_here(wall: StubbedWall) -> None:
    """A client shows its ticket there; another's address stays as it is."""
    hub, here = wall.upstream.origin, wall.origin
    cases = {
        f"{hub}/api/models/acme/model/xet-read-token/a1": (
            f"{here}/api/models/acme/model/xet-read-token/a1"
        ),
        f"{hub}1/api": f"{hub}1/api",
        f"{hub}.evil.example/api": f"{hub}.evil.example/api",
    }
    for route, expected in cases.items():
        told = [("X-Xet-Refresh-Route", route)]
        wall.upstream.reply = lambda _, told=told: Reply(302, told, b"")
        assert wall.ask(FILE)["X-Xet-Refresh-Route"] == expected


def test_addresses_in_a_batch_of_git_lfs_lead_back_here(wall: StubbedWall) -> None:
    """And the credential is taken out, if the Hub should repeat it."""
    if not wall.server.rewrites_bodies:
        assert "git-lfs downloads through it, and cannot upload" in wall.configuration
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
