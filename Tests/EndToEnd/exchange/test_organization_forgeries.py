"""No forged ID token makes a member.

https://www.rfc-editor.org/rfc/rfc8725
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from membership import Member
from Sandbox.keys import SigningKey, base64url
from Sandbox.wire import json_response

MARK = "its header has '{}', and keys are taken from the issuer alone"


def alg_none(member: Member) -> str:
    """The claims of an honest token, and no signature."""
    parts = member.issuer.id_token().split(".")
    return ".".join([base64url(b'{"alg":"none","kid":"issuer-1"}'), parts[1], "AAAA"])


def hmac_by_public_key(member: Member) -> str:
    """What a verifier would take that asks the token which algorithm its RSA key is for."""
    private = member.issuer.signing.private
    assert isinstance(private, rsa.RSAPrivateKey)
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    claims = member.issuer.id_token().split(".")[1]
    header = base64url(b'{"alg":"HS256","kid":"issuer-1"}')
    signed = f"{header}.{claims}"
    return f"{signed}.{base64url(hmac.digest(pem, signed.encode(), hashlib.sha256))}"


def duplicate_claims(member: Member) -> str:
    """Two readers of it would see two issuers."""
    claims = json.dumps(member.issuer.claims())[:-1] + ', "sub": "someone else"}'
    header = base64url(b'{"alg":"RS256","kid":"issuer-1"}')
    return f"{header}.{base64url(claims.encode())}.AAAA"


def altered(member: Member) -> str:
    """The signature of an honest token below other claims."""
    header, claims, signature = member.issuer.id_token().split(".")
    read = json.loads(base64.urlsafe_b64decode(claims + "=="))
    return f"{header}.{base64url(json.dumps(read | {'sub': 'admin'}).encode())}.{signature}"


FORGERIES: dict[str, tuple[Callable[[Member], str], str]] = {
    "alg none": (alg_none, "it is not signed (alg 'none')"),
    "HS256 by the public key": (hmac_by_public_key, "its 'alg' is 'HS256', and only"),
    "other claims": (altered, "its signature is not the issuer's"),
    "a stranger's key": (
        lambda m: m.issuer.id_token(key=SigningKey.stranger("issuer-1")),
        "its signature is not the issuer's",
    ),
    "a key that nobody published": (
        lambda m: m.issuer.id_token(key=SigningKey.stranger("mine")),
        "the issuer has no key of the name",
    ),
    "a key of another kind": (
        lambda m: m.issuer.id_token(key=SigningKey.elliptic("issuer-1")),
        "its 'alg' is ES256, and the issuer's key of that name is of another kind",
    ),
    "its own key": (
        lambda m: m.issuer.id_token({"jwk": SigningKey.stranger("x").jwks["keys"][0]}),  # type: ignore[index]
        MARK.format("jwk"),
    ),
    "crit": (lambda m: m.issuer.id_token({"crit": ["exp"]}), "its header has 'crit'"),
    "a path for a key": (
        lambda m: m.issuer.id_token({"kid": "../../keys"}),
        "the issuer has no key of the name",
    ),
    "an access token": (lambda m: m.issuer.id_token({"typ": "at+jwt"}), "its 'typ' says"),
    "an alg in a list": (lambda m: m.issuer.id_token({"alg": ["RS256"]}), "its 'alg' is not a"),
    "no iat": (lambda m: m.issuer.id_token(iat=None), "its 'iat' is not a whole number"),
    "not yet": (
        lambda m: m.issuer.id_token(nbf=int(m.issuer.now()) + 600),
        "it is not valid for another",
    ),
    "from tomorrow": (
        lambda m: m.issuer.id_token(iat=int(m.issuer.now()) + 600),
        "it was issued",
    ),
    "about nobody": (lambda m: m.issuer.id_token(sub=None), "it does not say whom"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_token_never_becomes_a_member(member: Member, name: str) -> None:
    """The client's secret stays here, and the reason is said."""
    make, reason = FORGERIES[name]
    ended = member.ask(make(member))
    member.job.refused(ended, 3, "identity-unverified")
    assert f"the ID token is not believed: {reason}" in ended.err
    assert member.hub_asked == 0


def test_a_token_with_a_claim_twice_is_none(member: Member) -> None:
    """It is refused before any grant is looked at."""
    member.job.refused(member.ask(duplicate_claims(member)), 3, "identity-unsuitable")
    assert (member.asked, member.hub_asked) == ([], 0)


@pytest.mark.parametrize("header", ["jku", "x5u"])
def test_a_header_that_points_elsewhere_is_not_followed(member: Member, header: str) -> None:
    """Whoever signed it: the address is never asked."""
    forger = SigningKey.stranger("issuer-1")
    member.issuer.route("GET", "/forged", lambda _: json_response(200, forger.jwks))
    place = f"{member.issuer.origin}/forged"
    for key in (forger, member.issuer.signing):
        ended = member.ask(member.issuer.id_token({header: place}, key))
        member.job.refused(ended, 3, "identity-unverified")
        assert MARK.format(header) in ended.err
    assert "/forged" not in member.asked


def test_small_keys_and_points_beyond_the_curve_are_refused(member: Member) -> None:
    """Also where the issuer itself publishes them."""
    member.issuer.signing = SigningKey(rsa.generate_private_key(65537, 1024), "small")
    member.issuer.keys = member.issuer.signing.jwks
    ended = member.ask(member.issuer.id_token())
    member.job.refused(ended, 3, "identity-unverified")
    assert "has 1024 bits, and 2048 are the least" in ended.err
    member.issuer.signing = SigningKey(ec.generate_private_key(ec.SECP256R1()), "point")
    key = dict(member.issuer.signing.jwks["keys"][0])  # type: ignore[index]
    member.issuer.keys = {"keys": [key | {"y": key["x"]}]}
    ended = member.ask(member.issuer.id_token())
    member.job.refused(ended, 3, "identity-unverified")
    assert "the issuer's key is no key" in ended.err
