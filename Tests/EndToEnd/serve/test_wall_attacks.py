"""Attacks on what is decided, through each web server and at the socket itself.

Each ends with a no or a closed connection, with a line in a log, without a token in what came
back, and without a request to the Hub. Those on tickets and ID tokens are in `test_wall_tokens.py`,
those on FastCGI in `test_wall_fastcgi.py`.
"""

from __future__ import annotations

import base64
import http.client
import socket
from collections.abc import Iterator

import pytest

from attacks import (
    HEADERS,
    PATHS,
    READ,
    REFUSED,
    SECONDS,
    SECRET,
    UNSEEN,
    WRITES,
    Attack,
    Outcome,
    attempt,
)
from realservers import SERVERS, rewriting
from wall import Wall

# What a server's own reader of HTTP refuses without a word. https://pkg.go.dev/net/http
SILENT = {("caddy", 400), ("caddy", 431), ("caddy", 501)}
XET = b"weights that xet keeps"


@pytest.fixture(scope="module", params=["socket", *SERVERS])
def entrance(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Wall]:
    """A wall with each of the web servers, and one that is asked directly."""
    server = None if request.param == "socket" else request.param
    with Wall(server, tmp_path_factory.mktemp(request.param)) as wall:
        wall.world.hub.add_repo("acme/model", files={"config.json": b"{}\n"}, large={"w.bin": XET})
        yield wall
        wall.check_no_leak()


def refused(wall: Wall, attack: Attack, ticket: str | None) -> Outcome:
    """Send it, and see that nothing of it got anywhere but into a log."""
    upstream, logged, audited = len(wall.upstream()), wall.settled(), len(wall.audit)
    found = attempt(wall, attack, ticket)
    assert found.is_refused, found.raw[:300]
    assert wall.leaks(found.raw) == []
    if (wall.server, found.status) not in SILENT:
        wall.wait_until(lambda: wall.logged != logged, f"{found} is in no log")
    if wall.server is None:
        assert found.status in (*REFUSED, None)
    assert [line for line in wall.audit[audited:] if line["event"] == "request.allowed"] == []
    assert [r.target for r in wall.upstream()[upstream:]] == []
    return found


def test_a_request_that_may_pass_passes(entrance: Wall) -> None:
    """Else the others prove nothing."""
    for ticket in (entrance.whole, entrance.reader):
        assert attempt(entrance, Attack(0, "", READ), ticket).status == 200
    write = Attack(0, "", "/api/models/acme/model/auth-check/write")
    assert attempt(entrance, write, entrance.whole).status == 200


@pytest.mark.parametrize("attack", PATHS, ids=lambda attack: attack.name)
def test_paths_and_methods(entrance: Wall, attack: Attack) -> None:
    """With a ticket for all that acme has."""
    refused(entrance, attack, entrance.whole)


@pytest.mark.parametrize("attack", WRITES, ids=lambda attack: attack.name)
def test_rights(entrance: Wall, attack: Attack) -> None:
    """With a ticket that reads, and with one for another repository."""
    refused(entrance, attack, entrance.reader)
    refused(entrance, attack, entrance.ticket("acme/other"))


def test_nobody(entrance: Wall) -> None:
    """Without a credential: a challenge, by which git asks its helper and others do not."""
    assert refused(entrance, Attack(0, "", READ), None).status == 401
    git = Attack(0, "", "/acme/model/info/refs?service=git-upload-pack")
    challenge = b'www-authenticate: basic realm="hfmint"'
    assert challenge in refused(entrance, git, None).raw.lower()


@pytest.mark.parametrize("attack", HEADERS, ids=lambda attack: attack.name)
def test_headers(wall: Wall, attack: Attack) -> None:
    """Either it is refused, or what it adds arrives nowhere."""
    wall.world.hub.add_repo("acme/model", files={"config.json": b"{}\n"})
    ticket = wall.reader
    before = len(wall.upstream())
    found = attempt(wall, attack, ticket)
    assert wall.leaks(found.raw) == []
    asked = wall.upstream()[before:]
    assert len(asked) <= 1
    if attack.target == SECRET or not asked:
        assert found.is_refused
        assert asked == []
    for request in asked:
        text = f"{request.target} {request.headers}".lower()
        assert [word for word in UNSEEN if word in text] == []
        shown = [value for name, value in request.headers if name.lower() == "authorization"]
        assert shown in ([f"Bearer {wall.reads}"], [])
        assert ticket not in text


def test_21_basic_with_the_ticket_as_user(entrance: Wall) -> None:
    """A ticket is the password, never the name."""
    pair = base64.b64encode(f"{entrance.reader}:".encode()).decode()
    refused(entrance, Attack(21, "", READ, headers=(f"Authorization: Basic {pair}",)), None)


def test_17_a_rename_to_another(wall: Wall) -> None:
    """Leads to a request of its own, which is decided anew."""
    hub = wall.world.hub
    hub.add_repo("acme/moved", files={"config.json": b"{}\n"})
    hub.rename("acme/moved", "other/moved")
    ticket = wall.whole
    found = attempt(wall, Attack(17, "", "/acme/moved/resolve/main/config.json"), ticket)
    assert found.status == 307
    assert hub.origin.encode() not in found.raw
    refused(wall, Attack(17, "", "/other/moved/resolve/main/config.json"), ticket)


def test_53_an_upload_by_a_reader(wall: Wall) -> None:
    """A batch says in its body what it wants: a reader's goes upstream with what only reads."""
    body = b'{"operation":"upload","objects":[{"oid":"' + b"0" * 64 + b'","size":1}]}'
    batch = "/acme/model.git/info/lfs/objects/batch"
    headers = ("Content-Type: application/vnd.git-lfs+json",)
    before = len(wall.upstream())
    attack = Attack(53, "", batch, "POST", headers, body)
    found = attempt(wall, attack, wall.reader)
    assert found.status == 403
    (request,) = wall.upstream()[before:]
    assert request.bearer == wall.reads


ADDRESSES = {
    "Link: next": ("/api/models/acme/pages/tree/main", "link"),
    "Link: xet-auth": ("/acme/pages/resolve/main/w.bin", "link"),
    "X-Xet-Refresh-Route": ("/acme/pages/resolve/main/w.bin", "x-xet-refresh-route"),
    "Location": ("/acme/former/resolve/main/a", "location"),
}


@pytest.mark.parametrize(("target", "name"), ADDRESSES.values(), ids=ADDRESSES.keys())
def test_56_addresses_of_the_hub(wall: Wall, target: str, name: str) -> None:
    """In headers, they lead to the front door: a client would send its ticket to the others."""
    hub = wall.world.hub
    hub.page_size, hub.speaks_xet = 1, True
    hub.add_repo("acme/former", files={})
    hub.rename("acme/former", "acme/pages")
    hub.add_repo("acme/pages", files={"a": b"a", "b": b"b"}, large={"w.bin": XET})
    hub.xet.remember(hub.storage.keep(XET), XET)
    try:
        found = attempt(wall, Attack(56, "", target), wall.whole)
    finally:
        hub.page_size, hub.speaks_xet = 1000, False
    values = [
        value
        for line in found.raw.decode("latin-1").split("\r\n")
        for header, _, value in [line.partition(": ")]
        if header.lower() == name
    ]
    assert values
    assert [value for value in values if hub.origin in value] == []
    assert [value for value in values if wall.origin in value] != []


@pytest.mark.parametrize("wall", rewriting(), indirect=True)
def test_56_a_hub_that_repeats_the_credential(wall: Wall) -> None:
    """In the answer to a batch, for git-lfs to send: no client ever has it."""
    body = b'{"operation":"upload","objects":[{"oid":"' + b"1" * 64 + b'","size":1}]}'
    batch = "/acme/model.git/info/lfs/objects/batch"
    headers = ("Content-Type: application/vnd.git-lfs+json",)
    wall.world.git.lfs.echoes = True
    try:
        found = attempt(wall, Attack(56, "", batch, "POST", headers, body), wall.ticket())
    finally:
        wall.world.git.lfs.echoes = False
    assert found.status == 200
    assert wall.leaks(found.raw) == []


@pytest.mark.parametrize("name", ["X-Accel-Redirect", "X-Sendfile", "X-LIGHTTPD-send-file"])
def test_57_a_hub_that_commands_the_server(wall: Wall, name: str) -> None:
    """An answer that tells a web server where to go, or which file to send, does not."""
    for value in ("/api/models/other/secret", "/etc/passwd"):
        head = rf"HTTP/1.1 200 OK\r\n{name}: {value}\r\nContent-Length: 2\r\n\r\nok"
        wall.world.fault("hub", f"path={READ} raw={head}")
        before = len(wall.upstream())
        found = attempt(wall, Attack(57, "", READ), wall.whole)
        assert b"root:" not in found.raw
        assert [r.target for r in wall.upstream()[before:]] == [READ]


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_57_an_error_of_the_hub(wall: Wall, status: int) -> None:
    """Is the client's, and makes no second request."""
    wall.world.fault("hub", f"status={status} path={READ}")
    before = len(wall.upstream())
    found = attempt(wall, Attack(57, "", READ), wall.whole)
    assert found.status == status
    assert len(wall.upstream()) == before + 1


def test_58_nothing_is_kept_for_another(wall: Wall) -> None:
    """The same request by somebody else, on the same connection or not, is decided anew."""
    good, other = wall.whole, wall.ticket("acme/other")
    for method in ("GET", "HEAD"):
        attack = Attack(58, "", READ, method)
        assert attempt(wall, attack, good).status == 200
        assert refused(wall, attack, None).status == 401
        assert refused(wall, attack, other).status == 403
        assert refused(wall, attack, "hf_ticket_unknown.x").status == 401


def test_a_refused_upload_on_a_connection_that_is_kept(wall: Wall) -> None:
    """Leaves it good for the next request, or says that it is closed, as no client tries twice."""
    shown = f"Host: 127.0.0.1:{wall.port}\r\nAuthorization: Bearer {wall.whole}\r\n"
    refused = f"POST /api/repos/create HTTP/1.1\r\n{shown}Content-Length: 16\r\n\r\n"
    with socket.create_connection(("127.0.0.1", wall.port), SECONDS) as connection:
        connection.sendall(refused.encode() + b'{"name":"model"}')
        first = http.client.HTTPResponse(connection)
        first.begin()
        first.read()
        assert first.status == 403
        if first.will_close:
            return
        connection.sendall(f"GET {READ} HTTP/1.1\r\n{shown}\r\n".encode())
        second = http.client.HTTPResponse(connection)
        second.begin()
        assert second.status == 200
        second.read()
