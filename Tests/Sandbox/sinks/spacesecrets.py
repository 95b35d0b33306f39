"""Secrets of Spaces on the Hub.

https://huggingface.co/docs/huggingface_hub/guides/manage-spaces
"""

from __future__ import annotations

import hashlib
import re
import time
from collections import deque
from dataclasses import dataclass

from ..sentinel import Sentinels
from ..server import Server
from ..wire import Request, Response, json_response

SPACE = r"/api/spaces/([^/]+)/([^/]+)"
PATH = f"{SPACE}/secrets"
# As for an anonymous request, and for a token of Trusted Publishers:
# https://github.com/huggingface/huggingface_hub/issues/4972
UNAUTHORIZED = json_response(401, {"error": "Invalid username or password."})


@dataclass
class Stored:
    """A secret as the Hub keeps it."""

    value: str
    updated_at: float
    description: str | None = None


class SpaceSecrets(Server):
    """The API; `token` is a user's, `publisher` an `hf_jwt_` that no route here takes.

    After a write each look at the Space's stage shows the next of `course`; the last one stays.
    """

    def __init__(self, secrets: Sentinels) -> None:
        super().__init__()
        self.token = secrets.issue("sink-token", "hf_")
        self.reader = secrets.issue("sink-token", "hf_")
        self.publisher = secrets.issue("sink-token", "hf_jwt_")
        self.spaces = {"acme/chat"}
        self.restarts = 0
        self.sdk = "docker"
        self.course = ("RUNNING", "RUNNING_APP_STARTING", "RUNNING")
        self._stages: dict[str, deque[str]] = {}
        self._stored: dict[tuple[str, str], Stored] = {}
        self.route("GET", PATH, self._list)
        self.route("POST", PATH, self._write)
        self.route("GET", SPACE, self._page)
        self.route("GET", f"{SPACE}/runtime", self._runtime)

    def value(self, space: str, key: str) -> str | None:
        """What the Space's program finds."""
        stored = self._stored.get((space, key))
        return stored.value if stored else None

    def stored(self, space: str, key: str) -> Stored | None:
        """The secret with its time and description."""
        return self._stored.get((space, key))

    def put(self, space: str, key: str, value: str, description: str | None = None) -> None:
        """Have a secret there that someone wrote long ago."""
        self._stored[(space, key)] = Stored(value, self.now() - 86_400, description)

    def drop(self, space: str, key: str) -> None:
        """Someone deletes it."""
        del self._stored[(space, key)]

    def _refused(self, request: Request, space: str) -> Response | None:
        if request.bearer not in (self.token, self.reader):
            return UNAUTHORIZED
        if space not in self.spaces:
            return json_response(404, {"error": "Repository not found"})
        return None

    def _list(self, request: Request, owner: str, name: str) -> Response:
        space = f"{owner}/{name}"
        if refusal := self._refused(request, space):
            return refusal
        shown = {k: _shown(k, v) for (s, k), v in self._stored.items() if s == space}
        return json_response(200, shown)

    def _write(self, request: Request, owner: str, name: str) -> Response:
        space = f"{owner}/{name}"
        if refusal := self._refused(request, space):
            return refusal
        if request.bearer == self.reader:
            return json_response(403, {"error": "You do not have the permissions that this needs."})
        try:
            body = request.json()
        except ValueError:
            return json_response(400, {"error": "Invalid JSON"})
        key = body.get("key", "") if isinstance(body, dict) else ""
        if not isinstance(body, dict) or not re.fullmatch(r"[a-zA-Z][_a-zA-Z0-9]*", str(key)):
            return json_response(400, {"error": "key is not one"})
        # A write without a value stores the empty one, and one without a description drops it.
        value, description = body.get("value", ""), body.get("description")
        self._stored[(space, str(key))] = Stored(str(value), self.now(), description)
        self.restarts += 1
        self._stages[space] = deque(self.course)
        return json_response(200, _shown(str(key), self._stored[(space, str(key))]))

    def _page(self, request: Request, owner: str, name: str) -> Response:
        space = f"{owner}/{name}"
        if refusal := self._refused(request, space):
            return refusal
        return json_response(200, {"id": space, "sdk": self.sdk, "private": True})

    def _runtime(self, request: Request, owner: str, name: str) -> Response:
        space = f"{owner}/{name}"
        if refusal := self._refused(request, space):
            return refusal
        stages = self._stages.get(space, deque(["RUNNING"]))
        stage = stages.popleft() if len(stages) > 1 else stages[0]
        shown: dict[str, object] = {"stage": stage, "gcTimeout": None, "storage": None}
        shown["hardware"] = {"current": "cpu-basic", "requested": "cpu-basic"}
        if stage.startswith("RUNNING"):
            shown["sha"] = hashlib.sha256(space.encode()).hexdigest()[:40]
        return json_response(200, shown)


def _shown(key: str, stored: Stored) -> dict[str, object]:
    milliseconds = int(stored.updated_at * 1_000) % 1_000
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(stored.updated_at))
    shown: dict[str, object] = {"key": key, "updatedAt": f"{moment}.{milliseconds:03}Z"}
    return shown | ({"description": stored.description} if stored.description else {})
