"""The Hub's REST routes that show what a token can do, and the one that reports a leaked one.

https://huggingface.co/docs/hub/api · https://huggingface.co/docs/hub/security-tokens
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING
from urllib.parse import unquote

from .hubstate import HubToken, Repo
from .resources import Resource
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


def _bearer(hub: Hub, request: Request) -> HubToken | None:
    return hub.token(request.bearer or "")


def _wrong_token(hub: Hub, request: Request) -> bool:
    return request.header("Authorization") is not None and not _bearer(hub, request)


def auth_check(hub: Hub, request: Request, kind: str, name: str, write: str | None) -> Response:
    """`GET /api/{kind}/{ns}/{name}/auth-check[/write]`: 200, 401, 403 or 404.

    https://huggingface.co/docs/huggingface_hub/package_reference/hf_api#huggingface_hub.HfApi.auth_check
    """
    if _wrong_token(hub, request):
        return UNAUTHORIZED
    token, repo = _bearer(hub, request), hub.repo(kind, name)
    if not token:
        public = repo and repo.visibility == "public" and not write
        return json_response(200, {}) if public else UNAUTHORIZED
    if not repo:
        return NOT_FOUND
    allowed = may_write(token, repo) if write else _may_read(token, repo)
    return json_response(200, {}) if allowed else FORBIDDEN


def _owns(token: HubToken, repo: Repo) -> bool:
    return token.resource == repo.resource or token.organization == repo.resource.namespace


def may_write(token: HubToken, repo: Repo) -> bool:
    """Whether the token's power reaches the repository."""
    return token.power == "write" and _owns(token, repo)


def _may_read(token: HubToken, repo: Repo) -> bool:
    gated = repo.visibility == "gated" and "gated-repos" in token.scopes
    return repo.visibility == "public" or gated or _owns(token, repo)


def whoami(hub: Hub, request: Request) -> Response:
    """`GET /api/whoami-v2`; a repository's token gets 401 unless `jwt_whoami` is set."""
    token = _bearer(hub, request)
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


def _listed(hub: Hub, request: Request, kind: str, name: str) -> Repo | None:
    """The repository, if the request may see what it holds; of a gated one everyone may."""
    token, repo = _bearer(hub, request), hub.repo(kind, name)
    if _wrong_token(hub, request) or not repo:
        return None
    shown = repo.visibility != "private" or (token is not None and _may_read(token, repo))
    return repo if shown else None


def repo_info(hub: Hub, request: Request, kind: str, name: str) -> Response:
    """`GET /api/{kind}/{ns}/{name}`: what huggingface_hub's `model_info` and its like read."""
    repo = _listed(hub, request, kind, name)
    if not repo:
        return UNAUTHORIZED
    return json_response(200, _info(repo))


def tree(hub: Hub, request: Request, kind: str, name: str) -> Response:
    """`GET /api/{kind}/{ns}/{name}/tree/{revision}`: every file, with its size and hash."""
    repo = _listed(hub, request, kind, name)
    if not repo:
        return UNAUTHORIZED
    files = [
        {"type": "file", "path": path, "size": len(data), "oid": _blob(data)}
        for path, data in sorted(repo.files.items())
    ]
    return json_response(200, files)


def _blob(data: bytes) -> str:
    """Git's name for it. https://git-scm.com/book/en/v2/Git-Internals-Git-Objects"""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _info(repo: Repo) -> dict[str, object]:
    resource: Resource = repo.resource
    name = f"{resource.namespace}/{resource.name}"
    return {
        "_id": repo.commit[:24],
        "id": name,
        "modelId": name,
        "author": resource.namespace,
        "sha": repo.commit,
        "private": repo.visibility == "private",
        "gated": "auto" if repo.visibility == "gated" else False,
        "disabled": False,
        "downloads": 0,
        "likes": 0,
        "tags": [],
        "siblings": [{"rfilename": path} for path in sorted(repo.files)],
    }


def resolve(hub: Hub, request: Request, prefix: str | None, name: str, path: str) -> Response:
    """`HEAD` and `GET /{ns}/{name}/resolve/{revision}/{path}`: a small file, sent directly."""
    repo, token = hub.repo((prefix or "models/").rstrip("/"), name), _bearer(hub, request)
    if _wrong_token(hub, request) or not repo:
        return UNAUTHORIZED
    if repo.visibility != "public" and not (token and _may_read(token, repo)):
        return GATED if repo.visibility == "gated" else UNAUTHORIZED
    data = repo.files.get(unquote(path))
    if data is None:
        return refusal(404, "Entry not found", "EntryNotFound")
    headers = (
        ("Content-Type", "text/plain; charset=utf-8"),
        ("ETag", f'"{_blob(data)}"'),
        ("X-Repo-Commit", repo.commit),
        ("Accept-Ranges", "bytes"),
    )
    return Response(200, data, headers)
