"""Attacks on what identifies a caller: ID tokens, tickets, and the broker that trades them.

Each is tried at the broker and, where that can be, as the credential of a request.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest

from atonce import in_parallel
from attacks import READ, REFUSED, SECONDS, Attack, attempt, exchange
from client import EXCHANGE
from realservers import SERVERS
from Sandbox.keys import SigningKey, base64url
from wall import FORM, Wall
from wallpolicy import Json

LIMIT = 64 << 10


@pytest.fixture(scope="module", params=["socket", *SERVERS])
def entrance(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Wall]:
    """A wall with each of the web servers, and one that is asked directly."""
    server = None if request.param == "socket" else request.param
    with Wall(server, tmp_path_factory.mktemp(request.param)) as wall:
        yield wall
        wall.check_no_leak()


def refused_everywhere(wall: Wall, id_token: str) -> None:
    """No ticket comes of it, no request passes with it, and both are in the audit log."""
    wall.world.sentinels.record("id-token", id_token)
    before, upstream = len(wall.audit), len(wall.upstream())
    answer = wall.exchange(id_token)
    assert answer.status in REFUSED, answer.body
    assert b"access_token" not in answer.body
    found = attempt(wall, Attack(0, "", READ), id_token)
    assert found.status in REFUSED
    assert len(wall.upstream()) == upstream
    wall.wait_until(lambda: len(wall.audit) >= before + 2, "the audit log lacks a line")
    events = [line["event"] for line in wall.audit[before:]]
    assert events == ["ticket.refused", "request.refused"]


def test_an_id_token_is_a_credential(entrance: Wall) -> None:
    """Else the others prove nothing."""
    assert entrance.exchange(entrance.id_token()).status == 200
    assert attempt(entrance, Attack(0, "", READ), entrance.id_token()).status == 200


def unsigned(wall: Wall) -> str:
    """Claims as the issuer makes them, and no signature."""
    _, payload, _ = wall.id_token().split(".")
    return f"{base64url(json.dumps({'alg': 'none', 'typ': 'JWT'}).encode())}.{payload}."


def symmetric(wall: Wall) -> str:
    """Signed by HMAC with the issuer's public key, as one that mixes up the two would check."""
    key = wall.world.issuer.keys["keys"][0]
    header = {"alg": "HS256", "typ": "JWT", "kid": key["kid"]}
    head = base64url(json.dumps(header).encode())
    signed = f"{head}.{wall.id_token().split('.')[1]}"
    secret = base64.urlsafe_b64decode(key["n"] + "==")
    mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64url(mac)}"


def with_key(name: str) -> Callable[[Wall], str]:
    """Signed by a key of the attacker's that the header brings along, or leads to."""

    def make(wall: Wall) -> str:
        key = SigningKey.stranger("issuer-1")
        value: object = f"{wall.world.issuer.origin}/keys"
        if name == "jwk":
            value = key.jwks["keys"][0]
        return key.sign(wall.world.issuer.claims(aud=wall.origin, ref="main"), {name: value})

    return make


def doubled(wall: Wall) -> str:
    """A claim twice, signed by the issuer."""
    claims = json.dumps(wall.world.issuer.claims(aud=wall.origin, ref="main", jti="d"))
    text = claims.replace('"ref": "main"', '"ref": "dev", "ref": "main"')
    assert text != claims
    return wall.world.issuer.signing.sign_text(text.encode())


def claiming(**claims: object) -> Callable[[Wall], str]:
    """The issuer's signature over other claims; numbers are seconds from when it is made."""

    def make(wall: Wall) -> str:
        now = int(time.time())
        times = ("exp", "nbf", "iat")
        given = {n: now + v if n in times and isinstance(v, int) else v for n, v in claims.items()}
        return wall.id_token(**given)

    return make


def issued_by(change: Callable[[str], str]) -> Callable[[Wall], str]:
    """The issuer's signature over another spelling of its name."""
    return lambda wall: wall.id_token(iss=change(wall.world.issuer.issuer))


FORGERIES: dict[str, Callable[[Wall], str]] = {
    "40 alg none": unsigned,
    "40 HS256 with the public key": symmetric,
    "40 another's key of the same name": lambda wall: SigningKey.stranger("issuer-1").sign(
        wall.world.issuer.claims(aud=wall.origin, ref="main")
    ),
    "41 jku": with_key("jku"),
    "41 x5u": with_key("x5u"),
    "41 jwk": with_key("jwk"),
    "42 a claim twice": doubled,
    "43 an audience among others": lambda wall: wall.id_token(aud=[wall.origin, "https://evil"]),
    "43 another audience": lambda wall: wall.id_token(aud="https://huggingface.co"),
    "43 no audience": claiming(aud=None),
    "44 expired": claiming(iat=-900, nbf=-900, exp=-300),
    "44 not yet valid": claiming(nbf=600),
    "44 issued later": claiming(iat=600, exp=1200),
    "44 without an end": claiming(exp=None),
    "45 userinfo": issued_by(lambda name: name.replace("://", "://acme@")),
    "45 a slash at the end": issued_by(lambda name: f"{name}/"),
    "45 upper case": issued_by(lambda name: name.replace("http", "HTTP")),
    "45 another issuer": issued_by(lambda name: "https://issuer.example"),
}


@pytest.mark.parametrize("make", FORGERIES.values(), ids=FORGERIES.keys())
def test_forged_id_tokens(entrance: Wall, make: Callable[[Wall], str]) -> None:
    """Whatever the claims say, nobody believes them."""
    refused_everywhere(entrance, make(entrance))


def test_47_an_id_token_twice(entrance: Wall) -> None:
    """Of those that trade it at once, one is answered; it is remembered over a restart."""
    id_token = entrance.id_token()
    statuses: list[int] = []
    with in_parallel(6, lambda _: statuses.append(entrance.exchange(id_token).status)):
        pass
    assert sorted(statuses)[:2] == [200, 400]
    assert set(statuses[1:] + statuses[:1]) == {200, 400}
    assert statuses.count(200) == 1
    if entrance.server is None:
        assert entrance.stop() == 0
        entrance.start()
        assert entrance.exchange(id_token).status == 400


def test_48_a_ticket_that_was_changed(entrance: Wall) -> None:
    """In one bit, anywhere; or cut, or longer, or of another's key."""
    ticket = entrance.ticket()
    assert attempt(entrance, Attack(48, "", READ), ticket).status == 200
    places = [*range(10, len(ticket), 17), len(ticket) - 2]
    changed = [ticket[:n] + ("A" if ticket[n] != "A" else "B") + ticket[n + 1 :] for n in places]
    changed += [ticket[:-1], f"{ticket}A", ticket.rpartition(".")[0], ticket.replace(".", "..")]
    before = len(entrance.upstream())
    for other in changed:
        found = attempt(entrance, Attack(48, "", READ), other)
        assert found.status == 401, other
    assert len(entrance.upstream()) == before


def test_48_a_ticket_for_something_else(entrance: Wall) -> None:
    """It is good for one resource, and for what its job's claims give."""
    ticket = entrance.ticket("acme/other", ref="dev")
    assert attempt(entrance, Attack(48, "", READ), ticket).status == 403
    write = Attack(48, "", "/api/models/acme/other/commit/main", "POST")
    assert attempt(entrance, write, ticket).status == 403
    assert entrance.exchange(entrance.id_token(), resource="other/secret").status == 400


@pytest.mark.parametrize("which", ["reads", "writes", "unknown"])
def test_49_a_token_of_the_hub(entrance: Wall, which: str) -> None:
    """Is no ticket, not even one of those that hfmint holds."""
    token = getattr(entrance, which, "hf_unknown")
    before = len(entrance.upstream())
    assert attempt(entrance, Attack(49, "", READ), token).status == 401
    assert entrance.exchange(token).status == 400
    assert len(entrance.upstream()) == before


def fields(wall: Wall, **changes: str) -> Json:
    """What the broker is asked."""
    usual = {**EXCHANGE, "subject_token": wall.id_token(), "resource": "acme/model"}
    return usual | changes


BODIES: dict[str, Callable[[Wall], bytes]] = {
    "51 a parameter twice": lambda w: f"{urlencode(fields(w))}&resource=acme/other".encode(),
    "51 an encoded twin": lambda w: f"{urlencode(fields(w))}&%72esource=acme/other".encode(),
    "51 too long": lambda w: urlencode(fields(w, audience="x" * LIMIT)).encode(),
    "51 not a form": lambda w: b"\xff\x00" + urlencode(fields(w)).encode(),
    "51 empty": lambda _: b"",
    "51 another grant": lambda w: urlencode(fields(w, grant_type="password")).encode(),
    "51 no resource that may be": lambda w: urlencode(fields(w, resource="../acme")).encode(),
}


@pytest.mark.parametrize("make", BODIES.values(), ids=BODIES.keys())
def test_bodies(entrance: Wall, make: Callable[[Wall], bytes]) -> None:
    """Are read strictly, or not at all."""
    refused_body(entrance, make(entrance), FORM)


def test_50_a_member_twice(entrance: Wall) -> None:
    """In JSON as well, also if it is spelt otherwise."""
    text = json.dumps(fields(entrance))
    for twin in ('"resource"', '"\\u0072esource"', '"subject_token"'):
        body = f'{text[:-1]}, {twin}: "acme/other"}}'.encode()
        refused_body(entrance, body, "application/json")


def test_51_an_encoded_body(entrance: Wall) -> None:
    """No body is unpacked."""
    body = urlencode(fields(entrance)).encode()
    refused_body(entrance, body, FORM, "gzip")


def test_51_a_length_that_is_another(entrance: Wall) -> None:
    """Closes the connection, or is refused by the server, which waits for the rest."""
    if entrance.server is None:
        body = urlencode(fields(entrance)).encode()
        from fastcgiclient import Closed

        with pytest.raises(Closed):
            entrance.exchange_directly(body, CONTENT_LENGTH=str(len(body) - 1))
        return
    body = urlencode(fields(entrance)).encode()
    head = posted(entrance, [f"Content-Length: {len(body) + 1}", f"Content-Type: {FORM}"])
    with socket.create_connection(("127.0.0.1", entrance.port), SECONDS) as connection:
        connection.sendall(head + body)
        connection.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert b"access_token" not in received


def posted(wall: Wall, lines: list[str]) -> bytes:
    """The head of a request to the broker."""
    first = ["POST /oauth/token HTTP/1.1", f"Host: 127.0.0.1:{wall.port}", "Connection: close"]
    return "\r\n".join([*first, *lines, "", ""]).encode()


def refused_body(wall: Wall, body: bytes, type_: str, encoding: str | None = None) -> None:
    """No ticket comes of it."""
    if wall.server is None:
        more = {"HTTP_CONTENT_ENCODING": encoding} if encoding else {}
        answer = wall.exchange_directly(body, CONTENT_TYPE=type_, **more)
        status, raw = answer.status, answer.body
    else:
        lines = [f"Content-Type: {type_}", f"Content-Length: {len(body)}"]
        lines += [f"Content-Encoding: {encoding}"] if encoding else []
        found, raw = exchange(wall.port, posted(wall, lines) + body)
        status = found or 400
    assert status in (*REFUSED, 411, 413, 415), raw
    assert b"access_token" not in raw
