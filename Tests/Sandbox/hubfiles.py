"""The Hub's routes that tell what a repository holds, and give it.

A small file is sent by the Hub itself; for a large one the answer leads to another server, whose
address is signed, and to xet where the Hub has it: https://huggingface.co/docs/xet/download-protocol
"""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote

from .hubapi import GATED, UNAUTHORIZED, bearer, may_read, refusal, wrong_token
from .hubstate import Repo
from .hubstorage import ranged
from .resources import Resource
from .wire import Body, Headers, Request, Response, json_response

if TYPE_CHECKING:
    from .hub import Hub

_KINDS = "(models|datasets|spaces|kernels)"
_NAME = r"([^/]+/[^/]+)"


def add_routes(hub: Hub) -> None:
    """Make the Hub answer them."""
    api = f"/api/{_KINDS}/{_NAME}"
    hub.route("GET", f"{api}(?:/revision/[^/]+)?", partial(_repo_info, hub))
    hub.route("GET", f"{api}/tree/[^/]+", partial(_tree, hub))
    hub.route("POST", f"{api}/paths-info/[^/]+", partial(_paths_info, hub))
    path = f"/(datasets/|spaces/|kernels/)?{_NAME}/resolve/[^/]+/(.+)"
    hub.route("GET", path, partial(_resolve, hub))
    path = f"/api/resolve-cache/{_KINDS}/{_NAME}/[^/]+/(.+)"
    hub.route("GET", path, partial(_resolved, hub))


def _listed(hub: Hub, request: Request, kind: str, name: str) -> Repo | None:
    """The repository, if the request may see what it holds; of a gated one everyone may."""
    token, repo = bearer(hub, request), hub.repo(kind, name)
    if wrong_token(hub, request) or not repo:
        return None
    shown = repo.visibility != "private" or (token is not None and may_read(token, repo))
    return repo if shown else None


def _repo_info(hub: Hub, request: Request, kind: str, name: str) -> Response:
    """`GET /api/{kind}/{ns}/{name}`: what huggingface_hub's `model_info` and its like read."""
    repo = _listed(hub, request, kind, name)
    return json_response(200, _info(repo)) if repo else UNAUTHORIZED


def _tree(hub: Hub, request: Request, kind: str, name: str) -> Response:
    """`GET /api/{kind}/{ns}/{name}/tree/{revision}`: every file, a page at a time.

    The next page is named whole, with this Hub's own name. https://www.rfc-editor.org/rfc/rfc8288
    """
    repo = _listed(hub, request, kind, name)
    if not repo:
        return UNAUTHORIZED
    first = int(parse_qs(request.query).get("cursor", ["0"])[0])
    paths = sorted(repo.files)
    last = first + hub.page_size
    headers: Headers = ()
    if last < len(paths):
        query = "&".join(p for p in request.query.split("&") if p and not p.startswith("cursor="))
        link = f"{hub.origin}{request.path}?{query}{'&' if query else ''}cursor={last}"
        headers = (("Link", f'<{link}>; rel="next"'),)
    return json_response(200, [_entry(hub, repo, path) for path in paths[first:last]], headers)


def _paths_info(hub: Hub, request: Request, kind: str, name: str) -> Response:
    """`POST /api/{kind}/{ns}/{name}/paths-info/{revision}`: those of the named files that exist."""
    repo = _listed(hub, request, kind, name)
    if not repo:
        return UNAUTHORIZED
    if request.media_type == "application/json":
        body = request.json()
        assert isinstance(body, dict)
        paths = body["paths"]
    else:
        paths = parse_qs(request.body.decode()).get("paths", [])
    return json_response(200, [_entry(hub, repo, path) for path in paths if path in repo.files])


def _entry(hub: Hub, repo: Repo, path: str) -> dict[str, object]:
    data = repo.files[path]
    entry = {"type": "file", "path": path, "size": len(data), "oid": _blob(data)}
    if path not in repo.large:
        return entry
    oid = repo.large[path]
    size = hub.xet.size(oid) if hub.speaks_xet and hub.xet.knows(oid) else len(data)
    entry |= {"size": size, "lfs": {"oid": oid, "size": size, "pointerSize": 134}}
    if hub.speaks_xet and hub.xet.knows(oid):
        entry["xetHash"] = hub.xet.file_hash(oid)
    return entry


def _blob(data: Body) -> str:
    """Git's name for it. https://git-scm.com/book/en/v2/Git-Internals-Git-Objects"""
    if not isinstance(data, bytes):
        return data.sha256[:40]
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


def _readable(hub: Hub, request: Request, kind: str, name: str, path: str) -> Repo | Response:
    repo, token = hub.repo(kind, name), bearer(hub, request)
    if wrong_token(hub, request) or not repo:
        return UNAUTHORIZED
    if repo.visibility != "public" and not (token and may_read(token, repo)):
        return GATED if repo.visibility == "gated" else UNAUTHORIZED
    if path not in repo.files:
        return _with(refusal(404, "Entry not found", "EntryNotFound"), _commit(repo))
    return repo


def _commit(repo: Repo) -> Headers:
    return (("X-Repo-Commit", repo.commit),)


def _with(response: Response, headers: Headers) -> Response:
    return Response(response.status, response.body, (*response.headers, *headers))


def _resolve(hub: Hub, request: Request, prefix: str | None, name: str, path: str) -> Response:
    """`HEAD` and `GET /{ns}/{name}/resolve/{revision}/{path}`."""
    kind, path = (prefix or "models/").rstrip("/"), unquote(path)
    repo = _readable(hub, request, kind, name, path)
    if isinstance(repo, Response):
        return repo
    if path in repo.large:
        return _elsewhere(hub, repo, kind, name, path)
    if not hub.caches_resolved:
        return _file(request, repo, path)
    raw = request.path.split("/resolve/", 1)[1].partition("/")[2]
    location = f"/api/resolve-cache/{kind}/{name}/{repo.commit}/{raw}"
    query = f"?{request.query}" if request.query else ""
    return _redirect(307, f"{location}{query}", (*_commit(repo), *_linked(repo.files[path])))


def _resolved(hub: Hub, request: Request, kind: str, name: str, path: str) -> Response:
    """`GET /api/resolve-cache/{kind}/{ns}/{name}/{commit}/{path}`: where a small file is."""
    repo = _readable(hub, request, kind, name, unquote(path))
    return repo if isinstance(repo, Response) else _file(request, repo, unquote(path))


def _file(request: Request, repo: Repo, path: str) -> Response:
    data = repo.files[path]
    headers = (
        ("Content-Type", "text/plain; charset=utf-8"),
        ("ETag", f'"{_blob(data)}"'),
        *_commit(repo),
    )
    return ranged(request, data, headers)


def _linked(data: Body) -> Headers:
    return (("X-Linked-Size", str(len(data))), ("X-Linked-Etag", f'"{_blob(data)}"'))


def _redirect(status: int, location: str, headers: Headers) -> Response:
    word = "Found" if status == 302 else "Temporary Redirect"
    body = f"{word}. Redirecting to {location}".encode()
    content = ("Content-Type", "text/plain; charset=utf-8")
    return Response(status, body, (content, ("Location", location), *headers))


def _elsewhere(hub: Hub, repo: Repo, kind: str, name: str, path: str) -> Response:
    oid, size = repo.large[path], len(repo.files[path])
    headers: Headers = _commit(repo)
    if hub.speaks_xet and hub.xet.knows(oid):
        route = f"{hub.origin}/api/{kind}/{name}/xet-read-token/{repo.commit}"
        chunks = f"{hub.xet.origin}/v1/reconstructions/{hub.xet.file_hash(oid)}"
        size = hub.xet.size(oid)
        headers = (
            *headers,
            ("X-Xet-Hash", hub.xet.file_hash(oid)),
            ("X-Xet-Refresh-Route", route),
            ("Link", f'<{route}>; rel="xet-auth", <{chunks}>; rel="xet-reconstruction-info"'),
        )
    linked = (("X-Linked-Size", str(size)), ("X-Linked-Etag", f'"{oid}"'))
    return _redirect(302, hub.storage.object_url(oid), (*headers, *linked))
