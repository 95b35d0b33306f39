"""The Hub's REST routes by which a client uploads small files in one commit.

https://huggingface.co/docs/hub/api · what huggingface_hub's `create_repo` and `upload_folder` send.
"""

from __future__ import annotations

import base64
from functools import partial
from typing import TYPE_CHECKING

from .hubapi import FORBIDDEN, NOT_FOUND, UNAUTHORIZED, may_write, refusal
from .wire import Request, Response, json_response, strict_json

if TYPE_CHECKING:
    from .hub import Hub
    from .hubstate import Repo

_REVISION = r"/api/(models|datasets|spaces|kernels)/([^/]+/[^/]+)"


def add_routes(hub: Hub) -> None:
    """Make the Hub answer them."""
    hub.route("POST", "/api/repos/create", partial(_create, hub))
    hub.route("POST", f"{_REVISION}/preupload/main", partial(_preupload, hub))
    hub.route("POST", f"{_REVISION}/commit/main", partial(_commit, hub))


def _create(hub: Hub, request: Request) -> Response:
    """A repository's token creates none; clients then look whether it is there already."""
    return FORBIDDEN if hub.token(request.bearer or "") else UNAUTHORIZED


def _writable(hub: Hub, request: Request, kind: str, name: str) -> Repo | Response:
    token, repo = hub.token(request.bearer or ""), hub.repo(kind, name)
    if not token:
        return UNAUTHORIZED
    if not repo:
        return NOT_FOUND
    return repo if may_write(token, repo) else FORBIDDEN


def _preupload(hub: Hub, request: Request, kind: str, name: str) -> Response:
    repo, body = _writable(hub, request, kind, name), request.json()
    if isinstance(repo, Response):
        return repo
    assert isinstance(body, dict)
    files = [
        {"path": file["path"], "uploadMode": "regular", "shouldIgnore": False}
        for file in body["files"]
    ]
    return json_response(200, {"files": files})


def _commit(hub: Hub, request: Request, kind: str, name: str) -> Response:
    """A header line and one line a file, each a JSON object."""
    repo = _writable(hub, request, kind, name)
    if isinstance(repo, Response):
        return repo
    lines = [strict_json(line) for line in request.body.splitlines()]
    for line in lines:
        assert isinstance(line, dict)
        value = line["value"]
        if line["key"] == "file":
            repo.files[value["path"]] = base64.b64decode(value["content"], validate=True)
        elif line["key"] != "header":
            return refusal(400, f"this Hub takes no {line['key']}")
    url = f"{hub.origin}/{repo.resource}/commit/{repo.commit}"
    return json_response(200, {"success": True, "commitOid": repo.commit, "commitUrl": url})
