"""Someone who depends on a secret: a receiver of callbacks that believes only what is signed.

Signatures are checked with Python's own `hmac` and the `cryptography` package.
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md ·
https://www.rfc-editor.org/rfc/rfc8417 · https://www.rfc-editor.org/rfc/rfc8935 ·
https://openid.net/specs/openid-caep-1_0-final.html
"""

from __future__ import annotations

import base64
import hmac
import json
import re
import secrets as random
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from .keys import RefusedJWT, SigningKey, from_base64url
from .sentinel import Sentinels
from .server import Server
from .wire import Request, Response, json_response, strict_json

TOLERANCE = 300
OLDEST = 7 * 86_400
CHANGE = "https://schemas.openid.net/secevent/caep/event-type/credential-change"
ISSUER, AUDIENCE = "https://rotation.acme.example", "https://receiver.acme.example"
KINDS = {
    "rotation.started",
    "secret.created",
    "secret.delivered",
    "secret.revoking",
    "secret.revoked",
    "rotation.failed",
    "rotation.attention",
}


@dataclass(frozen=True)
class Notice:
    """One that was believed; `status` is what it was answered with."""

    id: str
    kind: str
    secret_id: str | None
    not_before: object
    status: int
    time: float
    path: str


class Receiver(Server):
    """Endpoints: `/hooks` for Standard Webhooks, `/events/HS256`, `/RS256` and `/ES256` for SETs.

    `answers` are the statuses of the next notices of one kind, before the usual one: for
    `receiver.answer("secret.revoking", 409, 503)`. What is not believed is in `rejected`.
    """

    def __init__(self, secrets: Sentinels) -> None:
        super().__init__()
        key = base64.b64encode(random.token_bytes(32)).decode()
        self.secret = secrets.record("webhook-secret", f"whsec_{key}")
        self.shared_key = secrets.issue("webhook-secret")
        self.keys = {
            "RS256": SigningKey.shared("rotation-rsa"),
            "ES256": SigningKey.elliptic("rotation-ec"),
        }
        self.notices: list[Notice] = []
        self.rejected: list[str] = []
        self._answers: dict[str, deque[int]] = {}
        self._bodies: dict[str, object] = {}
        self.route("POST", "/hooks", self._hook)
        self.route("POST", "/events/(HS256|RS256|ES256)", self._event)

    @property
    def url(self) -> str:
        """Where Standard Webhooks go."""
        return f"{self.origin}/hooks"

    def answer(self, kind: str, *statuses: int) -> None:
        """Answer the next notices of this kind with these statuses."""
        self._answers.setdefault(kind, deque()).extend(statuses)

    def accepted(self, kind: str) -> list[Notice]:
        """Those of one kind that were answered with a success."""
        return [n for n in self.notices if n.kind == kind and 200 <= n.status < 300]

    def callback(
        self, style: str = "standard-webhooks", folder: Path | None = None
    ) -> dict[str, object]:
        """What a manifest says; a style is `standard-webhooks`, `HS256`, `RS256` or `ES256`.

        A private key is written into the folder.
        """
        if style == "standard-webhooks":
            return {"url": self.url, "secret": "env:HOOK_SECRET", "allowPrivate": True}
        entry: dict[str, object] = {
            "url": f"{self.origin}/events/{style}",
            "format": "caep",
            "secret": "env:EVENT_KEY",
            "algorithm": style,
            "issuer": ISSUER,
            "audience": AUDIENCE,
            "subjectIssuer": "https://acme.okta.com",
            "client": "chat",
            "allowPrivate": True,
        }
        if key := self.keys.get(style):
            assert folder, "a private key needs a folder"
            path = folder / f"{style}.pem"
            pem = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            path.write_bytes(pem)
            path.chmod(0o600)
            entry |= {"secret": f"file:{path}", "keyID": key.kid}
        return entry

    def variables(self) -> dict[str, str]:
        """What the manifest's references name."""
        return {"HOOK_SECRET": self.secret, "EVENT_KEY": self.shared_key}

    def _hook(self, request: Request) -> Response:
        try:
            identity, notice = self._believed_hook(request)
        except ValueError as refusal:
            return self._reject(request, str(refusal), 401)
        return self._note(request, identity, *notice, usual=204)

    def _believed_hook(self, request: Request) -> tuple[str, tuple[str, str | None, object]]:
        identity, moment = request.header("webhook-id") or "", request.header("webhook-timestamp")
        if not identity or "." in identity or not re.fullmatch(r"\d+", moment or ""):
            raise ValueError("webhook-id or webhook-timestamp is missing or malformed")
        if abs(int(moment or 0) - self.now()) > TOLERANCE:
            raise ValueError("webhook-timestamp is too far away")
        key = base64.b64decode(self.secret.removeprefix("whsec_"), validate=True)
        signed = f"{identity}.{moment}.".encode() + request.body
        signature = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
        given = (request.header("webhook-signature") or "").split(" ")
        if not any(hmac.compare_digest(f"v1,{signature}", each) for each in given):
            raise ValueError("the signature is wrong")
        body = strict_json(request.body)
        if request.media_type != "application/json" or not isinstance(body, dict):
            raise ValueError("the body is no JSON object")
        if set(body) != {"type", "timestamp", "data"} or body["type"] not in KINDS:
            raise ValueError("the body has not type, timestamp and data")
        self._same(identity, body)
        data = body["data"]
        return identity, (body["type"], data.get("secret_id"), data.get("not_before"))

    def _event(self, request: Request, algorithm: str) -> Response:
        try:
            identity, notice = self._believed_event(request, algorithm)
        except (ValueError, RefusedJWT) as refusal:
            # https://www.rfc-editor.org/rfc/rfc8935#section-2.4
            return self._reject(request, str(refusal), 400)
        return self._note(request, identity, *notice, usual=202)

    def _believed_event(
        self, request: Request, algorithm: str
    ) -> tuple[str, tuple[str, str | None, object]]:
        if request.media_type != "application/secevent+jwt":
            raise ValueError("the content type is not application/secevent+jwt")
        if request.header("Accept") != "application/json":
            raise ValueError("a transmitter accepts application/json")
        token = request.body.decode("ascii")
        header, claims = self._verified(token, algorithm)
        if (header.get("typ"), header.get("alg")) != ("secevent+jwt", algorithm):
            raise ValueError("typ or alg is not what was agreed")
        if (claims.get("iss"), claims.get("aud")) != (ISSUER, AUDIENCE):
            raise ValueError("iss or aud is not what was agreed")
        # https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html
        if {"sub", "exp"} & set(claims):
            raise ValueError("a SET has neither sub nor exp")
        # A repetition is the same SET, as old as the first.
        if (
            not isinstance(issued := claims.get("iat"), int)
            or not -OLDEST <= issued - self.now() < 5
        ):
            raise ValueError("iat is missing, in the future, or too long ago")
        events, subject = claims.get("events"), claims.get("sub_id")
        if not isinstance(events, dict) or list(events) != [CHANGE]:
            raise ValueError("there is not one event, credential-change")
        wanted = {"format": "iss_sub", "iss": "https://acme.okta.com", "sub": "chat"}
        if subject != wanted:
            raise ValueError("sub_id is not the client")
        change = events[CHANGE]
        if change.get("change_type") not in ("create", "revoke", "update", "delete"):
            raise ValueError("change_type is not one")
        identity = str(claims["jti"])
        self._same(identity, events)
        kind = change["reason_admin"]["en"]
        if kind not in KINDS:
            raise ValueError("the reason is not one of the agreed kinds")
        return identity, (kind, change.get("friendly_name"), change.get("event_timestamp"))

    def _verified(self, token: str, algorithm: str) -> tuple[dict[str, object], dict[str, object]]:
        if token.count(".") != 2:
            raise ValueError("the body is no JWS")
        head, payload, signature = token.split(".")
        header = strict_json(from_base64url(head))
        claims = strict_json(from_base64url(payload))
        if not isinstance(header, dict) or not isinstance(claims, dict):
            raise ValueError("the JWS does not hold objects")
        signed = f"{head}.{payload}".encode()
        if key := self.keys.get(algorithm):
            holds = key.holds(signed, from_base64url(signature))
        else:
            expected = hmac.digest(self.shared_key.encode(), signed, "sha256")
            holds = hmac.compare_digest(expected, from_base64url(signature))
        if not holds:
            raise ValueError("the signature is wrong")
        return header, claims

    def _same(self, identity: str, content: object) -> None:
        """A repetition says the same under the same id."""
        text = json.dumps(content, sort_keys=True)
        if self._bodies.setdefault(identity, text) != text:
            raise ValueError(f"{identity} came with two contents")

    def _reject(self, request: Request, reason: str, status: int) -> Response:
        self.rejected.append(f"{request.target}: {reason}")
        return json_response(status, {"err": "invalid_request", "description": reason})

    def _note(
        self,
        request: Request,
        identity: str,
        kind: str,
        secret_id: str | None,
        not_before: object,
        usual: int,
    ) -> Response:
        queued = self._answers.get(kind)
        status = queued.popleft() if queued else usual
        notice = Notice(identity, kind, secret_id, not_before, status, self.now(), request.path)
        self.notices.append(notice)
        return Response(status)
