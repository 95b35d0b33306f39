"""`POST /oauth/token` for CI jobs: an ID token in, a Hub token out.

https://huggingface.co/docs/hub/trusted-publishers · https://www.rfc-editor.org/rfc/rfc8693
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from . import resources
from .hubstate import Attempt, HubToken, Publisher, mint_repo_token, mint_user_token
from .keys import Claims, RefusedJWT, peek, verify
from .resources import Resource
from .wire import Request, Response, json_response

if TYPE_CHECKING:
    from .hub import Hub

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"
ID_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:id_token"
ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token"
FIELDS = {"grant_type", "subject_token_type", "subject_token", "resource"}
NO_STORE = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))

# One sentence for every refusal: "the error description never reveals which specific claim or
# signature check failed".
REFUSAL = "No trusted publisher of this resource accepts the ID token"


class Refused(Exception):
    """An OAuth error. https://www.rfc-editor.org/rfc/rfc6749#section-5.2"""

    def __init__(self, error: str, description: str, reason: str = "", status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.reason = reason or description
        self.status = status

    @property
    def response(self) -> Response:
        """The error as the Hub words it."""
        body = {"error": self.error, "error_description": str(self)}
        basic = (("WWW-Authenticate", 'Basic realm="oauth"'),) if self.status == 401 else ()
        return json_response(self.status, body, (*NO_STORE, *basic))


def exchange_id_token(hub: Hub, request: Request) -> Response:
    """Answer one exchange, and note the attempt."""
    fields: dict[str, str] = {}
    try:
        fields = _fields(request)
        publisher, resource, claims = _decide(hub, fields)
    except Refused as refusal:
        hub.attempts.append(_attempt(fields, refusal.reason))
        return refusal.response
    hub.attempts.append(_attempt(fields))
    token = _grant(hub, resource, publisher, claims)
    answer = {
        "access_token": token.value,
        "token_type": "bearer",
        "expires_in": hub.expires_in,
        "issued_token_type": ACCESS_TOKEN_TYPE,
    }
    return json_response(200, answer, NO_STORE)


def _attempt(fields: dict[str, str], reason: str = "") -> Attempt:
    digest = hashlib.sha256(fields.get("subject_token", "").encode()).hexdigest()
    return Attempt(fields.get("resource", ""), digest, not reason, reason)


def _fields(request: Request) -> dict[str, str]:
    try:
        body = request.json()
    except ValueError:
        raise Refused("invalid_request", "The body is not valid JSON") from None
    if not isinstance(body, dict) or not all(isinstance(value, str) for value in body.values()):
        raise Refused("invalid_request", "Every field must be a string")
    if "grant_type" in body and body["grant_type"] != GRANT_TYPE:
        raise Refused("unsupported_grant_type", "The grant type is not supported")
    if set(body) != FIELDS:
        raise Refused("invalid_request", f"The fields must be {', '.join(sorted(FIELDS))}")
    if body["subject_token_type"] != ID_TOKEN_TYPE:
        raise Refused("invalid_request", "The subject token type is not supported")
    return body


def _decide(hub: Hub, fields: dict[str, str]) -> tuple[Publisher, Resource, Claims]:
    try:
        resource = resources.parse(fields["resource"])
    except ValueError as error:
        raise Refused("invalid_request", "The resource is not valid", str(error)) from None
    try:
        claims, publishers = _verified(hub, str(resource), fields["subject_token"])
    except RefusedJWT as error:
        raise Refused("invalid_grant", REFUSAL, str(error)) from None
    if {resource.namespace, resource.name} & hub.locked:
        raise Refused("invalid_grant", REFUSAL, "the account is locked")
    for publisher in publishers:
        if publisher.accepts(claims):
            return publisher, resource, claims
    raise Refused("invalid_grant", REFUSAL, "the claims differ")


def _verified(hub: Hub, resource: str, token: str) -> tuple[Claims, list[Publisher]]:
    issuer = str(peek(token).get("iss"))
    publishers = [p for p in hub.publishers.get(resource, []) if p.issuer == issuer]
    if not publishers or issuer not in hub.issuers:
        raise RefusedJWT("no publisher for this issuer")
    claims = verify(
        token,
        hub.issuers[issuer],
        audience=hub.audience,
        now=hub.now(),
        array_audience=hub.array_audience,
    )
    return claims, publishers


def _grant(hub: Hub, resource: Resource, publisher: Publisher, claims: Claims) -> HubToken:
    now, lifetime = int(hub.now()), hub.expires_in
    subject, expires_at = f"{publisher.issuer} {claims.get('sub')}", now + lifetime
    if resource.is_user:
        value, scopes = mint_user_token(hub.secrets), ("gated-repos",)
        return hub.remember(HubToken(value, resource, "read", expires_at, subject, scopes))
    value = mint_repo_token(hub.secrets, resource, publisher.power, now, lifetime)
    return hub.remember(HubToken(value, resource, publisher.power, expires_at, subject))
