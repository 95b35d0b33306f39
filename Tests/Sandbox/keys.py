"""Signed JWTs: keys, JWKS, and a verifier that forgives nothing.

https://www.rfc-editor.org/rfc/rfc7515 · https://www.rfc-editor.org/rfc/rfc7517 ·
https://www.rfc-editor.org/rfc/rfc7519
"""

from __future__ import annotations

import base64
import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

from .wire import strict_json

Claims = dict[str, object]
Json = dict[str, object]


class RefusedJWT(Exception):
    """Why a token is not believed; for the sandbox's own log, never for an answer."""


def base64url(data: bytes) -> str:
    """Encode without padding. https://www.rfc-editor.org/rfc/rfc7515#section-2"""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """Decode; padding, foreign characters and loose trailing bits are `RefusedJWT`."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text) or len(text) % 4 == 1:
        raise RefusedJWT("a part is not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64url(data) != text:
        raise RefusedJWT("a part has loose trailing bits")
    return data


@dataclass(frozen=True)
class SigningKey:
    """A private key with the name by which its public half is found."""

    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    kid: str

    @classmethod
    def shared(cls, kid: str) -> SigningKey:
        """RSA-2048, made once a process; each name tells the issuers apart."""
        return cls(_process_key(), kid)

    @classmethod
    def stranger(cls, kid: str) -> SigningKey:
        """RSA-2048 that no one else has: right name, wrong key."""
        return cls(rsa.generate_private_key(65537, 2048), kid)

    @classmethod
    def elliptic(cls, kid: str) -> SigningKey:
        """P-256, for ES256."""
        return cls(ec.generate_private_key(ec.SECP256R1()), kid)

    @property
    def algorithm(self) -> str:
        """`RS256` or `ES256`. https://www.rfc-editor.org/rfc/rfc7518#section-3.1"""
        return "RS256" if isinstance(self.private, rsa.RSAPrivateKey) else "ES256"

    @property
    def jwks(self) -> Json:
        """The public half as a set of one. https://www.rfc-editor.org/rfc/rfc7517#section-5"""
        common = {"kid": self.kid, "use": "sig", "alg": self.algorithm}
        if isinstance(self.private, rsa.RSAPrivateKey):
            rsa_numbers = self.private.public_key().public_numbers()
            parts = {"kty": "RSA", "n": _number(rsa_numbers.n), "e": _number(rsa_numbers.e)}
        else:
            point = self.private.public_key().public_numbers()
            parts = {"kty": "EC", "crv": "P-256", "x": _number(point.x, 32)}
            parts["y"] = _number(point.y, 32)
        return {"keys": [common | parts]}

    def sign(self, claims: Mapping[str, object], header: Mapping[str, object] | None = None) -> str:
        """A compact JWS; `header` adds to or replaces `typ`, `alg` and `kid`."""
        return self.sign_text(_compact(claims), header)

    def sign_text(self, payload: bytes, header: Mapping[str, object] | None = None) -> str:
        """The same for a payload that is written already, well or badly."""
        full = {"typ": "JWT", "alg": self.algorithm, "kid": self.kid, **(header or {})}
        signed = f"{base64url(_compact(full))}.{base64url(payload)}"
        return f"{signed}.{base64url(self._signature(signed.encode()))}"

    def holds(self, data: bytes, signature: bytes) -> bool:
        """Whether a signature of RFC 7518, 3.3 or 3.4, is this key's over the data."""
        try:
            if isinstance(self.private, rsa.RSAPrivateKey):
                self.private.public_key().verify(signature, data, padding.PKCS1v15(), SHA256())
            else:
                r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
                encoded = encode_dss_signature(r, s)
                self.private.public_key().verify(encoded, data, ec.ECDSA(SHA256()))
                return len(signature) == 64
        except InvalidSignature:
            return False
        return True

    def _signature(self, data: bytes) -> bytes:
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(data, padding.PKCS1v15(), SHA256())
        r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@functools.cache
def _process_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _number(value: int, size: int | None = None) -> str:
    return base64url(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def _compact(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def peek(token: str) -> Claims:
    """The claims, unverified: only to find out whose keys to ask for."""
    parts = token.split(".")
    if len(parts) != 3:
        raise RefusedJWT("not three parts")
    return _object(parts[1])


def verify(
    token: str, jwks: Json, *, audience: str, now: float, array_audience: bool = True
) -> Claims:
    """The claims of a token that holds: RS256 by the key it names, in time, and meant for us."""
    claims = peek(token)
    header_part, payload_part, signature = token.split(".")
    header = _object(header_part)
    if header.get("alg") != "RS256":
        raise RefusedJWT("alg is not RS256")
    key = _public_key(jwks, header.get("kid"))
    try:
        key.verify(
            from_base64url(signature),
            f"{header_part}.{payload_part}".encode(),
            padding.PKCS1v15(),
            SHA256(),
        )
    except InvalidSignature:
        raise RefusedJWT("the signature does not hold") from None
    _check_times(claims, now)
    _check_audience(claims.get("aud"), audience, array_audience)
    return claims


def _object(part: str) -> Claims:
    try:
        value = strict_json(from_base64url(part))
    except ValueError as error:
        raise RefusedJWT(f"a part is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise RefusedJWT("a part is not a JSON object")
    return value


def _public_key(jwks: Json, kid: object) -> rsa.RSAPublicKey:
    for jwk in cast(list[Json], jwks["keys"]):
        if jwk["kid"] == kid and jwk["kty"] == "RSA":
            n, e = (int.from_bytes(from_base64url(str(jwk[part])), "big") for part in "ne")
            return rsa.RSAPublicNumbers(e, n).public_key()
    raise RefusedJWT("no key of that kid")


def _check_times(claims: Claims, now: float) -> None:
    for name in ("exp", "iat"):
        if type(claims.get(name)) is not int:
            raise RefusedJWT(f"{name} is not a number")
    if cast(int, claims["exp"]) <= now:
        raise RefusedJWT("expired")
    if cast(int, claims["iat"]) > now:
        raise RefusedJWT("issued in the future")
    not_before = claims.get("nbf", 0)
    if type(not_before) is not int or not_before > now:
        raise RefusedJWT("not valid yet")


def _check_audience(found: object, wanted: str, array_audience: bool) -> None:
    if isinstance(found, list) and array_audience and wanted in found:
        return
    if found != wanted:
        raise RefusedJWT("the audience is another")
