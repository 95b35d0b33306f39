"""The Hub's REST routes by which a client uploads files in one commit.

Large ones are in the Hub's storage before, by Git LFS or by xet, and are only named here.

https://huggingface.co/docs/hub/api · what huggingface_hub's `create_repo` and `upload_folder` send.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from .hubapi import FORBIDDEN, NOT_FOUND, UNAUTHORIZED, may_write, refusal
from .wire import Request, Response, json_response, strict_json

if TYPE_CHECKING:
    from .hub import Hub
    from .hubstate import Repo

_REPOSITORY = r"/api/(models|datasets|spaces|kernels)/([^/]+/[^/]+)"
_LARGE = (".bin", ".gguf", ".onnx", ".parquet", ".pt", ".safetensors")
_REGULAR_LIMIT = 10 << 20


def add_routes(hub: Hub) -> None:
    """Make the Hub answer them."""
    hub.route("POST", "/api/repos/create", partial(_create, hub))
    hub.route("POST", f"{_REPOSITORY}/preupload/[^/]+", partial(_preupload, hub))
    hub.route("POST", f"{_REPOSITORY}/commit/[^/]+", partial(_commit, hub))


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
        {"path": file["path"], "uploadMode": _mode(file), "shouldIgnore": False}
        for file in body["files"]
    ]
    return json_response(200, {"files": files})


def _mode(file: Mapping[str, object]) -> str:
    size = file["size"]
    assert isinstance(size, int)
    is_large = str(file["path"]).endswith(_LARGE) or size > _REGULAR_LIMIT
    return "lfs" if is_large else "regular"


def _commit(hub: Hub, request: Request, kind: str, name: str) -> Response:
    """A header line and one line a file, each a JSON object."""
    repo = _writable(hub, request, kind, name)
    if isinstance(repo, Response):
        return repo
    for line in request.body.splitlines():
        entry = strict_json(line)
        assert isinstance(entry, dict)
        if refused := _apply(hub, repo, entry["key"], entry["value"]):
            return refused
    url = f"{hub.origin}/{repo.resource}/commit/{repo.commit}"
    answer = {"success": True, "commitOid": repo.commit, "commitUrl": url}
    if "create_pr=1" in request.query:
        answer["pullRequestUrl"] = f"{hub.origin}/{repo.resource}/discussions/1"
    return json_response(200, answer)


def _apply(hub: Hub, repo: Repo, key: object, value: dict[str, str]) -> Response | None:
    """Do what one line says, or refuse it."""
    path = value.get("path", "")
    match key:
        case "header":
            pass
        case "file":
            repo.files[path] = base64.b64decode(value["content"], validate=True)
            repo.large.pop(path, None)
        case "lfsFile":
            data = hub.storage.objects.get(value["oid"])
            if data is None and not (hub.speaks_xet and hub.xet.knows(value["oid"])):
                return refusal(400, "an LFS file is not there")
            repo.files[path], repo.large[path] = data or b"", value["oid"]
        case "deletedFile" | "deletedFolder":
            folder = path.rstrip("/") + "/"
            for name in [n for n in repo.files if n == path or n.startswith(folder)]:
                del repo.files[name]
                repo.large.pop(name, None)
        case _:
            return refusal(400, f"this Hub takes no {key}")
    return None
