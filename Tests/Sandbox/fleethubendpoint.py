"""One inference endpoint, as the service keeps it and as it shows it."""

from __future__ import annotations

import copy
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from .fleethubspaces import Course, moment

Json = dict[str, Any]

REDACTED = "***"


@dataclass
class Endpoint:
    """One endpoint as the service keeps it: `body` is what was asked for, secrets included."""

    namespace: str
    name: str
    body: Json
    state: str = "running"
    updated_at: float = 0.0
    course: Course | None = None
    is_sick: bool = False
    deployments: int = 1
    woken: int = 0
    coming: deque[str] = field(default_factory=deque)

    def advance(self) -> None:
        """One step on its way."""
        if not self.coming:
            return
        before, self.state = self.state, self.coming.popleft()
        self.deployments += before == "updating" and self.state == "running"

    @property
    def id(self) -> str:
        """As a manifest names it."""
        return f"{self.namespace}/{self.name}"

    def shown(self, url: str, *, names_secrets: bool) -> Json:
        """What an answer says: no secret, and credentials that only look like some."""
        shown = copy.deepcopy(self.body)
        model = shown["model"]
        for engine in (model.get("image") or {}).values():
            if "credentials" in engine:
                engine["credentials"] = {"username": REDACTED, "password": REDACTED}
        names = model.pop("secrets", None)
        if names_secrets and names:
            model["secrets"] = dict.fromkeys(names, REDACTED)
        created = moment(self.updated_at - 3_600)
        is_up = self.state in ("running", "updating", "scaledToZero")
        status = {
            "state": self.state,
            "message": "",
            "createdAt": created,
            "createdBy": {"id": "1" * 24, "name": "ada"},
            "updatedAt": moment(self.updated_at),
            "updatedBy": {"id": "1" * 24, "name": "ada"},
            "readyReplica": int(self.state == "running"),
            "targetReplica": 1,
            **({"url": url} if is_up else {}),
        }
        return shown | {"status": status}


def usual(name: str) -> Json:
    """What an endpoint has that nobody has changed."""
    return {
        "name": name,
        "type": "authenticated",
        "provider": {"vendor": "aws", "region": "us-east-1"},
        "compute": {
            "accelerator": "cpu",
            "instanceSize": "x2",
            "instanceType": "intel-spr",
            "scaling": {"minReplica": 1, "maxReplica": 1, "scaleToZeroTimeout": 15},
        },
        "model": {
            "repository": "acme/scorer",
            "revision": "1" * 40,
            "framework": "pytorch",
            "task": "text-classification",
            "image": {
                "custom": {
                    "url": "registry.acme.example/scorer:1",
                    "port": 8000,
                    "healthRoute": "/health",
                    "credentials": {"username": "acme", "password": "kept"},
                }
            },
            "env": {},
            "secrets": {},
        },
        "tags": [],
        "cacheHttpResponses": False,
        "healthRoute": "/health",
    }


def paths(body: Json) -> list[str]:
    """What an update changes, as a manifest names it."""
    model, scaling = body.get("model") or {}, (body.get("compute") or {}).get("scaling")
    paths: list[str] = []
    for kind in ("env", "secrets"):
        if kind in model:
            paths += [f"{kind}.{key}" for key in model[kind]] if model[kind] else [kind]
    paths += [key for key in model if key not in ("env", "secrets")]
    paths += ["scaling"] if scaling is not None else []
    return paths + [key for key in ("tags", "route") if key in body]
