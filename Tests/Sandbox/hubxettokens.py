"""The Hub's routes that give a token for xet. https://huggingface.co/docs/xet/auth"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from .hubapi import FORBIDDEN, NOT_FOUND, UNAUTHORIZED, bearer, may_read, may_write, wrong_token
from .wire import Request, Response, json_response

if TYPE_CHECKING:
    from .hub import Hub


def add_routes(hub: Hub) -> None:
    """Make the Hub answer them."""
    path = r"/api/(models|datasets|spaces|kernels)/([^/]+/[^/]+)/xet-(read|write)-token/[^/]+"
    hub.route("GET", path, partial(_token, hub))


def _token(hub: Hub, request: Request, kind: str, name: str, right: str) -> Response:
    token, repo = bearer(hub, request), hub.repo(kind, name)
    if not hub.speaks_xet:
        return NOT_FOUND
    if wrong_token(hub, request) or not (repo and (token or repo.visibility == "public")):
        return UNAUTHORIZED
    if right == "write" and not (token and may_write(token, repo)):
        return FORBIDDEN if token else UNAUTHORIZED
    if token and not may_read(token, repo):
        return FORBIDDEN
    value, ends = hub.xet.grant("write" if right == "write" else "read")
    headers = (
        ("X-Xet-Cas-Url", hub.xet.origin),
        ("X-Xet-Access-Token", value),
        ("X-Xet-Token-Expiration", str(ends)),
    )
    body = {"casUrl": hub.xet.origin, "accessToken": value, "exp": ends}
    return json_response(200, body, headers)
