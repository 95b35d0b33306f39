"""A stand-in for the service of inference endpoints, version 2 of its API.

https://huggingface.co/docs/inference-endpoints/api_reference
"""

from __future__ import annotations

import copy
import fnmatch
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from .fleethubendpoint import Endpoint, Json, paths, usual
from .fleethubspaces import Course
from .fleethubsteering import Steered, Write
from .hubapi import bearer
from .wire import Request, Response, json_response

if TYPE_CHECKING:
    from .fleethub import FleetHub

USUAL_COURSE: Course = ("running", "updating", "running")
# What an update may name; the rest of an endpoint can only be made anew.
CHANGEABLE = {"compute", "model", "route", "cacheHttpResponses", "tags"}
MODEL = {"repository", "framework", "revision", "task", "image", "env", "secrets"}
MODEL |= {"command", "args"}
COMPUTE = {"accelerator", "instanceSize", "instanceType", "scaling"}
SCALING = {"minReplica", "maxReplica", "scaleToZeroTimeout", "measure"}
# Each of these is begun anew by hand alone.
STILL = ("paused", "scaledToZero", "failed")


class Endpoints(Steered):
    """The service, which asks the Hub who is who.

    Switches: `merges_maps` (`env` and `secrets` of an update are added to what is there),
    `tags_redeploy`, `secret_names` (whether an answer names secrets), `course`, `keeps_time`
    (`updatedAt` never moves), and `patterns` (the names that a token is for).
    """

    def __init__(self, hub: FleetHub) -> None:
        self.hub = hub
        self.all: dict[str, Endpoint] = {}
        self.merges_maps = self.tags_redeploy = self.keeps_time = False
        self.secret_names = True
        self.course: Course = USUAL_COURSE
        self.patterns: dict[str, list[str]] = {}
        self.bodies: list[Json] = []
        super().__init__()
        for method, answer in (("GET", self._list), ("POST", self._create)):
            self.route(method, "/v2/endpoint/([^/]+)", answer)
        for method, answer in (("GET", self._get), ("PUT", self._put), ("DELETE", self._delete)):
            self.route(method, "/v2/endpoint/([^/]+)/([^/]+)", answer)
        for verb in ("pause", "resume", "scale-to-zero"):
            path = f"/v2/endpoint/([^/]+)/([^/]+)/{verb}"
            self.route("POST", path, partial(self._turn, verb))

    def start(self) -> Self:
        """Begin to accept."""
        self.clock_offset = self.hub.clock_offset
        return super().start()

    def add(self, id_: str, **model: object) -> Endpoint:
        """An endpoint that has been there for long; `model` are members of its model."""
        namespace, _, name = id_.partition("/")
        body = usual(name)
        body["model"] |= model
        endpoint = Endpoint(namespace, name, body, updated_at=self.now() - 86_400)
        self.all[id_] = endpoint
        for value in body["model"]["secrets"].values():
            self.hub.secrets.record("fleet-secret", value)
        return endpoint

    def step(self) -> None:
        """Let all go a step on their way."""
        for endpoint in self.all.values():
            endpoint.advance()

    def fits(self, token: str, name: str) -> bool:
        """Whether the token is for endpoints of that name."""
        patterns = self.patterns.get(token)
        return patterns is None or any(fnmatch.fnmatchcase(name, each) for each in patterns)

    @property
    def world(self) -> dict[tuple[str, str], object]:
        """All that a write can change, by resource and path."""
        found: dict[tuple[str, str], object] = {}
        for id_, endpoint in self.all.items():
            model, compute = endpoint.body["model"], endpoint.body["compute"]
            for kind in ("env", "secrets"):
                values = model.get(kind)
                found[id_, kind] = "there" if isinstance(values, dict) else values
                found |= {(id_, f"{kind}.{key}"): v for key, v in (values or {}).items()}
            rest = {"revision": model.get("revision"), "image": copy.deepcopy(model.get("image"))}
            rest |= {"scaling": dict(compute.get("scaling") or {})}
            rest |= {"instance": (compute.get("instanceType"), compute.get("instanceSize"))}
            found |= {(id_, path): value for path, value in rest.items()}
        return found

    def site(self, id_: str) -> tuple[int, object]:
        """What the endpoint's own URL answers; a request wakes what was scaled to zero."""
        endpoint = self.all.get(id_)
        if not endpoint:
            return 404, {"error": "there is no such endpoint"}
        if endpoint.state == "scaledToZero":
            endpoint.woken += 1
            endpoint.coming = deque(["initializing", "running"])
            return 503, {"error": "waking up"}
        is_well = endpoint.state in ("running", "updating") and not endpoint.is_sick
        return (200 if is_well else 503), {"deployments": endpoint.deployments}

    def _found(self, request: Request, namespace: str, name: str, power: str) -> Any:
        if not bearer(self.hub, request) or self.hub.is_publishers(request):
            return json_response(401, {"error": "Unauthorized"})
        if namespace in self.hub.locked_owners:
            return json_response(self.hub.locked_owners[namespace], {"error": "Locked"})
        is_one = name and not self.fits(request.bearer or "", name)
        if not self.hub.may(request, power, namespace) or is_one:
            return json_response(403, {"error": "Forbidden"})
        if not name:
            return None
        return self.all.get(f"{namespace}/{name}") or json_response(404, {"error": "Not found"})

    def _list(self, request: Request, namespace: str) -> Response:
        if refusal := self._found(request, namespace, "", "read"):
            return refusal
        mine = [e for e in self.all.values() if e.namespace == namespace]
        mine = [e for e in mine if self.fits(request.bearer or "", e.name)]
        return json_response(200, {"items": [self._shown(e) for e in mine]})

    def _get(self, request: Request, namespace: str, name: str) -> Response:
        endpoint = self._found(request, namespace, name, "read")
        if isinstance(endpoint, Response):
            return endpoint
        if self.hub.moves:
            endpoint.advance()
        return json_response(200, self._shown(endpoint))

    def _create(self, request: Request, namespace: str) -> Response:
        if refusal := self._found(request, namespace, "", "write"):
            return refusal
        body = request.json()
        assert isinstance(body, dict)
        if body.get("model", {}).get("secrets", {}) is None:
            return json_response(422, {"error": "model.secrets: not null"})
        endpoint = self.add(f"{namespace}/{body['name']}")
        endpoint.body |= body
        endpoint.state, endpoint.coming = "pending", deque(["initializing", "running"])
        self._wrote(request, endpoint, "endpoint")
        return json_response(200, self._shown(endpoint))

    def _put(self, request: Request, namespace: str, name: str) -> Response:
        endpoint = self._found(request, namespace, name, "write")
        if isinstance(endpoint, Response):
            return endpoint
        body = request.json()
        if not isinstance(body, dict) or not body or body.keys() - CHANGEABLE:
            return json_response(400, {"error": "an update cannot change this"})
        self.bodies.append(copy.deepcopy(body))
        self._merge(endpoint.body, body)
        for path in paths(body):
            self._wrote(request, endpoint, path)
        if self.tags_redeploy or body.keys() & {"compute", "model"}:
            self._redeploy(endpoint)
        if not self.keeps_time:
            endpoint.updated_at = self.now()
        return json_response(200, self._shown(endpoint))

    def _merge(self, kept: Json, body: Json) -> None:
        """Only what is named changes, and a null erases; `image` is taken whole."""
        for key, value in body.items():
            known = {"model": MODEL, "compute": COMPUTE, "scaling": SCALING}.get(key)
            is_map = isinstance(value, dict) and isinstance(kept.get(key), dict)
            if known and is_map:
                # What is not known is dropped, and nobody told.
                self._merge(kept[key], {k: v for k, v in value.items() if k in known})
            elif is_map and key in ("env", "secrets") and self.merges_maps:
                kept[key] |= value
            else:
                kept[key] = copy.deepcopy(value)

    def _redeploy(self, endpoint: Endpoint) -> None:
        if endpoint.state not in STILL:
            endpoint.coming = deque(endpoint.course or self.course)

    def _delete(self, request: Request, namespace: str, name: str) -> Response:
        endpoint = self._found(request, namespace, name, "write")
        if isinstance(endpoint, Response):
            return endpoint
        del self.all[endpoint.id]
        self._wrote(request, endpoint, "endpoint", "delete")
        return Response(204)

    def _turn(self, verb: str, request: Request, namespace: str, name: str) -> Response:
        endpoint = self._found(request, namespace, name, "write")
        if isinstance(endpoint, Response):
            return endpoint
        if verb == "resume" and endpoint.state == "running":
            return json_response(400, {"error": "the endpoint is already running"})
        state = {"pause": "paused", "resume": "pending", "scale-to-zero": "scaledToZero"}[verb]
        endpoint.state = state
        endpoint.coming = deque(["initializing", "running"] if verb == "resume" else [])
        self._wrote(request, endpoint, verb)
        return json_response(200, self._shown(endpoint))

    def _wrote(self, request: Request, endpoint: Endpoint, path: str, verb: str = "set") -> None:
        asked = len(self._log)
        write = Write(self.write_count, request.time, asked, endpoint.id, path, verb)
        self.hub.record.add(write)

    def _shown(self, endpoint: Endpoint) -> Json:
        return endpoint.shown(
            self.hub.sites.url(f"endpoints/{endpoint.id}"), names_secrets=self.secret_names
        )
