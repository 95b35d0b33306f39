"""Vault's KV secrets engine, version 2, and what a client asks around it.

https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from ..sentinel import Sentinels
from ..server import Server
from ..wire import Request, Response, json_response

PREFLIGHT = "preflight capability check returned 403, please ensure client's policies grant access"
MISMATCH = "check-and-set parameter did not match the current version"


@dataclass
class Version:
    """One version of a secret."""

    data: dict[str, object]
    deleted: bool = False


class Vault(Server):
    """The server, with one token, whose `capabilities` are the same at every path.

    `knows_patch` is false for a server before 1.9. `mounts` are names and versions of KV.
    """

    def __init__(self, secrets: Sentinels, namespace: str = "") -> None:
        super().__init__()
        self.namespace = namespace
        self.token = secrets.issue("sink-token", "hvs.")
        self.mounts = {"secret": 2, "team/kv": 2, "old": 1}
        self.capabilities = ["create", "read", "update", "patch"]
        self.knows_patch = True
        self.writes = 0
        self._secrets: dict[str, list[Version]] = {}
        self.route("GET", r"/v1/sys/internal/ui/mounts/(.+)", self._mount)
        self.route("POST", "/v1/sys/capabilities-self", self._capabilities)
        for method, handler in (
            ("GET", self._read),
            ("POST", self._write),
            ("PUT", self._write),
            ("PATCH", self._patch),
        ):
            self.route(method, r"/v1/(.+?)/data/(.+)", handler)

    def value(self, path: str, key: str, mount: str = "secret") -> object:
        """What a consumer reads in one field."""
        return self.data(path, mount).get(key)

    def data(self, path: str, mount: str = "secret") -> dict[str, object]:
        """All fields of the newest version."""
        versions = self._secrets.get(f"{mount}/{path}", [])
        return dict(versions[-1].data) if versions and not versions[-1].deleted else {}

    def version(self, path: str, mount: str = "secret") -> int:
        """The number of the newest version."""
        return len(self._secrets.get(f"{mount}/{path}", []))

    def put(self, path: str, data: dict[str, object], mount: str = "secret") -> None:
        """Someone else writes a version."""
        self._secrets.setdefault(f"{mount}/{path}", []).append(Version(dict(data)))

    def delete(self, path: str, mount: str = "secret") -> None:
        """Someone deletes the newest version."""
        self._secrets[f"{mount}/{path}"][-1].deleted = True

    def _refused(self, request: Request, capability: str) -> Response | None:
        known = request.header("X-Vault-Token") == self.token
        if not known or (request.header("X-Vault-Namespace") or "") != self.namespace:
            return _errors(403, "permission denied")
        if capability and capability not in self.capabilities:
            return _errors(403, "1 error occurred:\n\t* permission denied\n\n")
        return None

    def _mount(self, request: Request, mount: str) -> Response:
        if refusal := self._refused(request, ""):
            return refusal
        version = self.mounts.get(unquote(mount))
        if not version:
            return _errors(403, PREFLIGHT)
        data = {"type": "kv", "path": f"{unquote(mount)}/", "options": {"version": str(version)}}
        return json_response(200, {"data": data})

    def _capabilities(self, request: Request) -> Response:
        if refusal := self._refused(request, ""):
            return refusal
        body = request.json()
        if not isinstance(body, dict) or not isinstance(body.get("paths"), list):
            return _errors(400, "paths must be supplied")
        found: dict[str, object] = dict.fromkeys(body["paths"], self.capabilities)
        if len(body["paths"]) == 1:
            found["capabilities"] = self.capabilities
        return json_response(200, found | {"data": found})

    def _place(self, mount: str, path: str) -> str | Response:
        if unquote(mount) not in self.mounts:
            return _errors(
                404, f'no handler for route "{mount}/data/{path}". route entry not found.'
            )
        return f"{unquote(mount)}/{unquote(path)}"

    def _read(self, request: Request, mount: str, path: str) -> Response:
        place = self._place(mount, path)
        if refusal := self._refused(request, "read"):
            return refusal
        if isinstance(place, Response):
            return place
        versions = self._secrets.get(place, [])
        if not versions or self.mounts[unquote(mount)] == 1:
            return json_response(404, {"errors": []})
        newest = versions[-1]
        metadata = {
            "version": len(versions),
            "created_time": "2026-11-21T03:04:05.123456789Z",
            "deletion_time": "2026-11-21T03:04:06Z" if newest.deleted else "",
            "destroyed": False,
        }
        data = None if newest.deleted else newest.data
        status = 404 if newest.deleted else 200
        return json_response(status, {"data": {"data": data, "metadata": metadata}})

    def _write(self, request: Request, mount: str, path: str) -> Response:
        place = self._place(mount, path)
        exists = not isinstance(place, Response) and place in self._secrets
        if refusal := self._refused(request, "update" if exists else "create"):
            return refusal
        if isinstance(place, Response):
            return place
        if self.mounts[unquote(mount)] == 1:
            # Version 1 takes whatever it is given, at a path that has `data` in it.
            self.writes += 1
            return Response(204)
        return self._set(place, request, {})

    def _patch(self, request: Request, mount: str, path: str) -> Response:
        if not self.knows_patch:
            return _errors(405, "unsupported operation")
        if refusal := self._refused(request, "patch"):
            return refusal
        if request.media_type != "application/merge-patch+json":
            return _errors(415, "PATCH requests must be application/merge-patch+json")
        place = self._place(mount, path)
        if isinstance(place, Response):
            return place
        versions = self._secrets.get(place, [])
        if not versions or versions[-1].deleted:
            return json_response(404, {"errors": []})
        return self._set(place, request, versions[-1].data)

    def _set(self, place: str, request: Request, base: dict[str, object]) -> Response:
        try:
            body = request.json()
        except ValueError:
            return _errors(400, "error parsing JSON")
        if not isinstance(body, dict) or not isinstance(body.get("data"), dict):
            return _errors(400, "no data provided")
        options = body.get("options") or {}
        versions = self._secrets.setdefault(place, [])
        if "cas" in options and options["cas"] != len(versions):
            return _errors(400, MISMATCH)
        # https://www.rfc-editor.org/rfc/rfc7396
        merged = {k: v for k, v in {**base, **body["data"]}.items() if v is not None}
        versions.append(Version(merged))
        self.writes += 1
        return json_response(200, {"data": {"version": len(versions), "destroyed": False}})


def _errors(status: int, text: str) -> Response:
    return json_response(status, {"errors": [text]})
