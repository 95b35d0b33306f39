"""`POST /oauth/token` for an Enterprise organization: a member's e-mail in, a token out.

The client authenticates with Basic, each half form-encoded first.
https://huggingface.co/docs/hub/oauth · https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
"""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote_plus

from . import resources
from .exchange import ACCESS_TOKEN_TYPE, GRANT_TYPE, NO_STORE, Refused
from .hubstate import App, HubToken, mint_user_token
from .wire import Request, Response, json_response

if TYPE_CHECKING:
    from .hub import Hub

EMAIL_TYPE = "urn:huggingface:token-type:user-email"
REQUIRED = {"grant_type", "subject_token", "subject_token_type"}


def exchange_member(hub: Hub, request: Request) -> Response:
    """Answer one exchange for a member."""
    try:
        form = _form(request)
        app = _client(hub, request.header("Authorization") or "")
        user, scopes = _member(app, form["subject_token"]), _scopes(app, form.get("scope"))
    except Refused as refusal:
        return refusal.response
    now = int(hub.now())
    token = HubToken(
        mint_user_token(hub.secrets),
        resources.parse(user),
        "write" if any(scope.startswith("write") for scope in scopes) else "read",
        now + app.expires_in,
        f"member of {app.organization}",
        scopes,
        app.organization,
    )
    answer = {
        "access_token": hub.remember(token).value,
        "token_type": "bearer",
        "expires_in": app.expires_in,
        "scope": " ".join(scopes),
        "issued_token_type": ACCESS_TOKEN_TYPE,
    }
    if "openid" in scopes:
        answer["id_token"] = _id_token(hub, app, user, form["subject_token"])
    return json_response(200, answer, NO_STORE)


def _form(request: Request) -> dict[str, str]:
    try:
        pairs = parse_qsl(request.body.decode("ascii"), True, True, errors="strict")
    except ValueError:
        raise Refused("invalid_request", "The body is not a form") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise Refused("invalid_request", "A field is repeated")
    if form.get("grant_type", GRANT_TYPE) != GRANT_TYPE:
        raise Refused("unsupported_grant_type", "The grant type is not supported")
    if not REQUIRED <= set(form) <= REQUIRED | {"scope"}:
        raise Refused("invalid_request", "A field is missing or unknown")
    if form["subject_token_type"] != EMAIL_TYPE:
        raise Refused("invalid_request", "The subject token type is not supported")
    return form


def _client(hub: Hub, authorization: str) -> App:
    scheme, _, encoded = authorization.partition(" ")
    try:
        pair = base64.b64decode(encoded, validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        pair = ""
    client_id, _, secret = (unquote_plus(part) for part in pair.partition(":"))
    app = hub.apps.get(client_id)
    known = app.client_secret if app else ""
    if scheme.lower() != "basic" or not app or not hmac.compare_digest(secret, known):
        raise Refused("invalid_client", "The client is not allowed", status=401)
    return app


def _member(app: App, email: str) -> str:
    if email not in app.members:
        raise Refused("invalid_grant", "The user is not in the organization")
    return app.members[email]


def _scopes(app: App, asked: str | None) -> tuple[str, ...]:
    if asked is None:
        return app.scopes
    scopes = tuple(asked.split(" "))
    if not set(scopes) <= set(app.scopes):
        raise Refused("invalid_scope", "A scope is not one of the application's")
    return scopes


def _id_token(hub: Hub, app: App, user: str, email: str) -> str:
    now = int(hub.now())
    claims = {"iss": "https://huggingface.co", "aud": app.client_id, "iat": now, "exp": now + 3600}
    claims |= {"sub": user, "preferred_username": user, "email": email}
    return hub.secrets.record("id-token", hub.key.sign(claims))
