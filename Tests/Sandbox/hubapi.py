"""The Hub's REST routes that show what a token can do, and the one that reports a leaked one.

https://huggingface.co/docs/hub/api · https://huggingface.co/docs/hub/security-tokens
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

from .hubstate import HubToken, Repo
from .wire import Request, Response, json_response

if TYPE_CHECKING:
    from .hub import Hub

REVOKE_LENGTH = 200


def refusal(status: int, error: str, code: str = "") -> Response:
    """An error as the Hub words it: in the body, and in headers."""
    codes = (("X-Error-Code", code),) if code else ()
    headers = (*codes, ("X-Error-Message", error))
    return json_response(status, {"error": error}, headers)


# Anonymous, or a token that the route does not take: the same words.
# https://github.com/huggingface/huggingface_hub/issues/4972
UNAUTHORIZED = refusal(401, "Invalid username or password.")
NOT_FOUND = refusal(404, "Repository not found", "RepoNotFound")
FORBIDDEN = refusal(403, "You do not have the permissions that this needs.")
GATED = refusal(401, "Access to this repository is restricted.", "GatedRepo")


def bearer(hub: Hub, request: Request) -> HubToken | None:
    """The token that the request shows, while it lives."""
    return hub.token(request.bearer or "")


def wrong_token(hub: Hub, request: Request) -> bool:
    """Whether the request shows a credential that this Hub does not know."""
    return request.header("Authorization") is not None and not bearer(hub, request)


def auth_check(hub: Hub, request: Request, kind: str, name: str, write: str | None) -> Response:
    """`GET /api/{kind}/{ns}/{name}/auth-check[/write]`: 200, 401, 403 or 404.

    https://huggingface.co/docs/huggingface_hub/package_reference/hf_api#huggingface_hub.HfApi.auth_check
    """
    if wrong_token(hub, request):
        return UNAUTHORIZED
    token, repo = bearer(hub, request), hub.repo(kind, name)
    if not token:
        public = repo and repo.visibility == "public" and not write
        return json_response(200, {}) if public else UNAUTHORIZED
    if not repo:
        return NOT_FOUND
    allowed = may_write(token, repo) if write else may_read(token, repo)
    return json_response(200, {}) if allowed else FORBIDDEN


def _owns(token: HubToken, repo: Repo) -> bool:
    return token.resource == repo.resource or token.organization == repo.resource.namespace


def may_write(token: HubToken, repo: Repo) -> bool:
    """Whether the token's power reaches the repository."""
    return token.power == "write" and _owns(token, repo)


def may_read(token: HubToken, repo: Repo) -> bool:
    """Whether the token opens the repository."""
    gated = repo.visibility == "gated" and "gated-repos" in token.scopes
    return repo.visibility == "public" or gated or _owns(token, repo)


def whoami(hub: Hub, request: Request) -> Response:
    """`GET /api/whoami-v2`; a repository's token gets 401 unless `jwt_whoami` is set."""
    token = bearer(hub, request)
    if not token or (not token.resource.is_user and not hub.jwt_whoami):
        return UNAUTHORIZED
    name = token.resource.name if token.resource.is_user else "[OIDC]"
    expires = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(token.expires_at))
    body: dict[str, object] = {
        "type": "user" if token.resource.is_user else "system",
        "id": hashlib.sha256(name.encode()).hexdigest()[:24],
        "name": name,
        "fullname": name,
        "isPro": False,
        "orgs": [],
        "auth": {"type": "oauth", "expiresAt": expires, "resource": {"sub": token.subject}},
    }
    return json_response(200, body)


def revoke(hub: Hub, request: Request) -> Response:
    """`POST /api/credentials/revoke`: 202 whether or not anything was known, and a mail once.

    No string may be longer than 200 characters, so an `hf_jwt_` never fits.
    """
    try:
        body = request.json()
        credentials = body["credentials"] if isinstance(body, dict) else None
    except (ValueError, KeyError):
        credentials = None
    if not isinstance(credentials, list) or not credentials or not all(map(_fits, credentials)):
        return refusal(400, "credentials must be a list of strings of 1 to 200 characters")
    for credential in credentials:
        hub.revoke(credential)
    return Response(202)


def _fits(credential: object) -> bool:
    return isinstance(credential, str) and 1 <= len(credential) <= REVOKE_LENGTH
