"""Secrets of a Kubernetes cluster, by server-side apply.

https://kubernetes.io/docs/reference/using-api/server-side-apply/
"""

from __future__ import annotations

import base64
import binascii
import copy
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from ..sentinel import Sentinels
from ..server import Server
from ..wire import Request, Response, json_response, strict_json

PATH = r"/api/v1/namespaces/([a-z0-9-]+)/secrets/([a-z0-9.-]+)"
APPLY = "application/apply-patch+yaml"


@dataclass
class Secret:
    """An object, and which managers own each key of its data."""

    data: dict[str, str] = field(default_factory=dict)
    owners: dict[str, set[str]] = field(default_factory=dict)
    immutable: bool = False
    version: int = 0


class Kubernetes(Server):
    """The API server; `verbs` are what its one token may do with Secrets."""

    def __init__(self, secrets: Sentinels) -> None:
        super().__init__()
        self.token = secrets.issue("sink-token", "eyJ")
        self.namespaces = {"default", "acme"}
        self.verbs = {"get", "patch", "create"}
        self.writes = 0
        self.trials = 0
        self._secrets: dict[tuple[str, str], Secret] = {}
        self._version = 1_000
        self.route("GET", PATH, self._get)
        self.route("PATCH", PATH, self._patch)

    def value(self, namespace: str, name: str, key: str) -> str | None:
        """What a pod that mounts the Secret reads."""
        secret = self._secrets.get((namespace, name))
        text = secret.data.get(key) if secret else None
        return None if text is None else base64.b64decode(text).decode()

    def put(
        self, namespace: str, name: str, data: dict[str, str], manager: str = "kubectl-create"
    ) -> Secret:
        """Have a Secret that `manager` made; values are plain."""
        encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
        self._version += 1
        secret = Secret(encoded, {key: {manager} for key in data}, version=self._version)
        self._secrets[(namespace, name)] = secret
        return secret

    def secret(self, namespace: str, name: str) -> Secret | None:
        """The object as it is stored."""
        return self._secrets.get((namespace, name))

    def _refused(self, request: Request, verb: str, namespace: str, name: str) -> Response | None:
        if request.bearer != self.token:
            return _status(401, "Unauthorized", "Unauthorized")
        if verb not in self.verbs:
            return _status(403, "Forbidden", f'secrets "{name}" is forbidden')
        if namespace not in self.namespaces:
            return _status(404, "NotFound", f'namespaces "{namespace}" not found')
        return None

    def _get(self, request: Request, namespace: str, name: str) -> Response:
        if refusal := self._refused(request, "get", namespace, name):
            return refusal
        secret = self._secrets.get((namespace, name))
        if not secret:
            return _status(404, "NotFound", f'secrets "{name}" not found')
        return json_response(200, _shown(namespace, name, secret))

    def _patch(self, request: Request, namespace: str, name: str) -> Response:
        if refusal := self._refused(request, "patch", namespace, name):
            return refusal
        if request.media_type != APPLY:
            return _status(415, "UnsupportedMediaType", "the body is no apply configuration")
        query = {name: values[0] for name, values in parse_qs(request.query).items()}
        manager = query.get("fieldManager", "")
        if not manager or len(manager) > 128:
            return _status(400, "BadRequest", "fieldManager is required for apply patch")
        data = _configuration(request, namespace, name)
        if isinstance(data, Response):
            return data
        old = self._secrets.get((namespace, name))
        if not old and "create" not in self.verbs:
            return _status(403, "Forbidden", f'secrets "{name}" is forbidden')
        new = copy.deepcopy(old) if old else Secret()
        if refusal := _apply(new, manager, data, force=query.get("force") == "true"):
            return refusal
        if old and old.immutable and new.data != old.data:
            return _status(422, "Invalid", "field is immutable when `immutable` is set")
        if query.get("dryRun") == "All":
            self.trials += 1
        else:
            self._keep(namespace, name, old, new)
        return json_response(200 if old else 201, _shown(namespace, name, new))

    def _keep(self, namespace: str, name: str, old: Secret | None, new: Secret) -> None:
        if not old or (old.data, old.owners) != (new.data, new.owners):
            self._version += 1
            new.version = self._version
            self.writes += 1
        self._secrets[(namespace, name)] = new


def _configuration(request: Request, namespace: str, name: str) -> dict[str, str] | Response:
    try:
        # JSON is YAML.
        body = strict_json(request.body)
    except ValueError:
        return _status(400, "BadRequest", "error decoding YAML")
    if not isinstance(body, dict) or (body.get("apiVersion"), body.get("kind")) != ("v1", "Secret"):
        return _status(400, "BadRequest", "invalid object type")
    metadata = body.get("metadata", {})
    if metadata.get("name") != name or metadata.get("namespace", namespace) != namespace:
        return _status(400, "BadRequest", "metadata does not match the URL")
    data = body.get("data", {})
    for key, value in data.items():
        if not re.fullmatch(r"[-._a-zA-Z0-9]{1,253}", key):
            return _status(422, "Invalid", "a valid config key must consist of alphanumerics")
        try:
            base64.b64decode(value, validate=True)
        except (binascii.Error, TypeError):
            return _status(400, "BadRequest", "illegal base64 data")
    return data


def _apply(secret: Secret, manager: str, data: dict[str, str], *, force: bool) -> Response | None:
    rivals = {
        key: secret.owners.get(key, set()) - {manager}
        for key, value in data.items()
        if key in secret.data and secret.data[key] != value
    }
    causes = [
        {
            "reason": "FieldManagerConflict",
            "message": f'conflict with "{rival}" using v1',
            "field": f".data.{key}",
        }
        for key, owners in rivals.items()
        for rival in sorted(owners)
    ]
    if causes and not force:
        return _status(409, "Conflict", f"Apply failed with {len(causes)} conflict", causes)
    # What this manager applied before and leaves out now is removed, if no one else owns it.
    for key in [k for k, owners in secret.owners.items() if manager in owners and k not in data]:
        secret.owners[key].discard(manager)
        if not secret.owners[key]:
            del secret.owners[key], secret.data[key]
    for key, value in data.items():
        if rivals.get(key):
            secret.owners[key] = set()
        secret.data[key] = value
        secret.owners.setdefault(key, set()).add(manager)
    return None


def _shown(namespace: str, name: str, secret: Secret) -> dict[str, object]:
    shown: dict[str, object] = {
        "kind": "Secret",
        "apiVersion": "v1",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "resourceVersion": str(secret.version),
            "managedFields": [
                {"manager": manager, "operation": "Apply", "apiVersion": "v1"}
                for manager in sorted(set().union(*secret.owners.values()))
            ],
        },
        "data": secret.data,
        "type": "Opaque",
    }
    return shown | ({"immutable": True} if secret.immutable else {})


def _status(
    code: int, reason: str, message: str, causes: list[dict[str, str]] | None = None
) -> Response:
    body: dict[str, object] = {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "message": message,
        "reason": reason,
        "code": code,
    }
    return json_response(code, body | ({"details": {"causes": causes}} if causes else {}))
