"""JWTs: only a perfect one is believed."""

from __future__ import annotations

import time
from typing import cast

import pytest

from Sandbox.keys import RefusedJWT, SigningKey, base64url, from_base64url, verify

KEY = SigningKey.shared("one")
NOW = int(time.time())
GOOD: dict[str, object] = {"aud": "hub", "iat": NOW, "nbf": NOW, "exp": NOW + 60}


def check(token: str, **options: bool) -> dict[str, object]:
    """Verify as a hub would."""
    return verify(token, KEY.jwks, audience="hub", now=NOW + 1, **options)


def test_a_good_token_holds() -> None:
    """Its claims come back."""
    assert check(KEY.sign(GOOD)) == GOOD


def test_an_audience_list_holds_unless_it_is_not_wanted() -> None:
    """Kubernetes and Bitbucket send lists."""
    token = KEY.sign(GOOD | {"aud": ["x", "hub"]})
    assert check(token)
    with pytest.raises(RefusedJWT, match="audience"):
        check(token, array_audience=False)


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"exp": NOW + 1}, "expired"),
        ({"exp": str(NOW + 60)}, "exp is not"),
        ({"exp": None}, "exp is not"),
        ({"iat": NOW + 30}, "in the future"),
        ({"iat": True}, "iat is not"),
        ({"nbf": NOW + 30}, "not valid yet"),
        ({"aud": "hub/"}, "audience"),
        ({"aud": ["hubs"]}, "audience"),
        ({"aud": None}, "audience"),
    ],
)
def test_claims_are_checked(claims: dict[str, object], reason: str) -> None:
    """In time, and meant for this hub."""
    with pytest.raises(RefusedJWT, match=reason):
        check(KEY.sign(GOOD | claims))


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (KEY.sign(GOOD, {"alg": "none"}), "alg"),
        (KEY.sign(GOOD, {"alg": "HS256"}), "alg"),
        (SigningKey.elliptic("one").sign(GOOD), "alg"),
        (KEY.sign(GOOD, {"kid": "two"}), "kid"),
        (SigningKey.stranger("one").sign(GOOD), "signature"),
        (KEY.sign(GOOD) + "=", "base64url"),
        (KEY.sign(GOOD).rpartition(".")[0], "three parts"),
        (KEY.sign(GOOD) + ".x", "three parts"),
        ("a.b.c", "base64url"),
        (f"{base64url(b'[]')}.{base64url(b'[]')}.{base64url(b'x')}", "object"),
        ("e30." + base64url(b'{"a":1,"a":2}') + ".eHg", "JSON"),
    ],
)
def test_a_forged_or_malformed_token_is_refused(token: str, reason: str) -> None:
    """Whoever made it."""
    with pytest.raises(RefusedJWT, match=reason):
        check(token)


def test_base64url_has_one_spelling() -> None:
    """Loose trailing bits would let one token have two forms."""
    assert from_base64url("YQ") == b"a"
    with pytest.raises(RefusedJWT):
        from_base64url("YR")


def test_an_elliptic_key_has_a_jwks() -> None:
    """For a verifier that also takes ES256."""
    (jwk,) = cast(list[dict[str, str]], SigningKey.elliptic("e").jwks["keys"])
    assert (jwk["kty"], jwk["alg"], len(jwk["x"]), len(jwk["y"])) == ("EC", "ES256", 43, 43)
