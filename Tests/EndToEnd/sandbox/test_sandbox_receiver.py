"""The receiver of callbacks believes what is signed, and nothing else."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Iterator

import pytest

from client import Answer, ask
from Sandbox.keys import SigningKey, base64url
from Sandbox.receiver import AUDIENCE, CHANGE, ISSUER, Receiver
from Sandbox.sentinel import Sentinels

BODY = json.dumps(
    {
        "type": "secret.revoking",
        "timestamp": "2026-11-21T03:00:00Z",
        "data": {"rotation": "chat", "secret_id": "ocs1", "not_before": "2026-11-22T03:00:00Z"},
    }
).encode()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Running, and without a bug of its own."""
    with Receiver(Sentinels()) as server:
        yield server
    assert server.errors == []


def hook(
    receiver: Receiver, *, body: bytes = BODY, late: int = 0, name: str = "m1", key: bytes = b""
) -> Answer:
    """One Standard Webhook, signed as its document says."""
    moment = str(int(time.time()) - late)
    key = key or base64.b64decode(receiver.secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{name}.{moment}.".encode() + body, "sha256")
    headers = {
        "Content-Type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
    return ask(receiver.origin, "/hooks", method="POST", headers=headers, body=body)


def event(receiver: Receiver, algorithm: str, key: SigningKey | bytes, **change: object) -> Answer:
    """One SET; the words of `change` replace its claims."""
    change_made = {"change_type": "revoke", "reason_admin": {"en": "secret.revoking"}}
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "jti": "e1",
        "iat": int(time.time()),
        "sub_id": {"format": "iss_sub", "iss": "https://acme.okta.com", "sub": "chat"},
        "events": {CHANGE: change_made},
    } | change
    if isinstance(key, SigningKey):
        token = key.sign(claims, {"typ": "secevent+jwt"})
    else:
        header = {"alg": "HS256", "typ": "secevent+jwt"}
        signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        token = f"{signed}.{base64url(hmac.digest(key, signed.encode(), 'sha256'))}"
    headers = {"Content-Type": "application/secevent+jwt", "Accept": "application/json"}
    path = f"/events/{algorithm}"
    return ask(receiver.origin, path, method="POST", headers=headers, body=token.encode())


def test_a_signed_webhook_is_believed_and_answered_as_a_test_wants(receiver: Receiver) -> None:
    """Once more under the same id is the same notice."""
    receiver.answer("secret.revoking", 409)
    assert [hook(receiver).status for _ in range(2)] == [409, 204]
    assert [(n.kind, n.secret_id) for n in receiver.notices] == [("secret.revoking", "ocs1")] * 2
    assert len(receiver.accepted("secret.revoking")) == 1
    assert receiver.rejected == []


def test_a_webhook_that_proves_nothing_is_refused(receiver: Receiver) -> None:
    """Another key, an old one, another body under a known id, a type that nobody agreed on."""
    assert hook(receiver).status == 204
    assert hook(receiver, key=b"x" * 32).status == 401
    assert hook(receiver, late=301).status == 401
    assert hook(receiver, body=BODY.replace(b"ocs1", b"ocs2")).status == 401
    assert hook(receiver, body=BODY.replace(b"revoking", b"eaten"), name="m2").status == 401
    assert (len(receiver.notices), len(receiver.rejected)) == (1, 4)


@pytest.mark.parametrize("algorithm", ["HS256", "RS256", "ES256"])
def test_a_set_is_believed_by_its_key_alone(receiver: Receiver, algorithm: str) -> None:
    """And by what the profiles of SETs say of its claims."""
    key = receiver.keys.get(algorithm) or receiver.shared_key.encode()
    wrong = {
        "HS256": b"x" * 32,
        "RS256": SigningKey.stranger("rotation-rsa"),
        "ES256": SigningKey.elliptic("rotation-ec"),
    }
    assert event(receiver, algorithm, key).status == 202
    assert event(receiver, algorithm, wrong[algorithm]).status == 400
    for change in ({"exp": 1}, {"sub": "x"}, {"aud": "x"}, {"iat": 1}, {"events": {}}):
        assert event(receiver, algorithm, key, **change).status == 400
    other = "RS256" if algorithm == "ES256" else "ES256"
    assert event(receiver, other, key).status == 400
    assert len(receiver.notices) == 1
