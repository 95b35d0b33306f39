"""The `command` issuer's program: it speaks JSON on stdin and stdout, and keeps nothing itself.

What it is told goes to a server here, so that faults, counts and log-ins work as for the others.
The protocol is in docs/rotation-issuers.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ..sentinel import Sentinels
from ..wire import Request, Response, json_response
from .provider import Problem, Provider, Registered, Stored, moment, problem

_SCRIPT = """#!{python}
import sys, urllib.error, urllib.request

try:
    with urllib.request.urlopen("{origin}/command", sys.stdin.buffer.read(), 20) as answer:
        sys.stdout.buffer.write(answer.read())
except urllib.error.HTTPError as error:
    sys.exit({{400: 1, 409: 1, 429: 75}}.get(error.code, 3))
except OSError:
    sys.exit(3)
"""

_MEMBERS = {
    "survey": set(),
    "create": {"marker", "value"},
    "read": {"id"},
    "deactivate": {"id"},
    "delete": {"id"},
}


class Program(Provider):
    """Secrets that a program manages; as many as `limit`.

    Settings: `readable`, `takes_value`, `reversible` (whether it can deactivate).
    """

    def __init__(self, secrets: Sentinels) -> None:
        super().__init__(secrets)
        self.limit = 10
        self.readable = False
        self.takes_value = False
        self.reversible = True
        self.route("POST", "/command", self._command)

    def write(self, path: Path) -> Path:
        """Write the program where a manifest can name it."""
        path.write_text(_SCRIPT.format(python=sys.executable, origin=self.origin))
        path.chmod(0o755)
        return path

    def _command(self, request: Request) -> Response:
        with self.lock:
            try:
                return json_response(200, self._do(request.json()))
            except (Problem, ValueError) as refusal:
                return refusal.response if isinstance(refusal, Problem) else Response(400)

    def _do(self, body: object) -> dict[str, object]:
        if not isinstance(body, dict) or body.get("hfmint") != 1:
            raise problem(400, {})
        operation, client = str(body.get("operation")), self.clients.get(str(body.get("client")))
        rest = set(body) - {"hfmint", "operation", "client"}
        if client is None or operation not in _MEMBERS or not rest <= _MEMBERS[operation]:
            raise problem(400, {})
        if operation == "survey":
            return {"secrets": [_show(each) for each in client.secrets], "date": moment(self.now())}
        if operation == "create":
            return self._create(client, body)
        stored = next((each for each in client.secrets if each.id == body.get("id")), None)
        return getattr(self, f"_{operation}")(client, stored)

    def _create(self, client: Registered, body: dict[str, object]) -> dict[str, object]:
        value = body.get("value")
        if len(client.secrets) >= self.limit or (value is None) == self.takes_value:
            raise problem(409, {})
        stored = self.store(client, str(value) if self.takes_value else None)
        stored.label = str(body["marker"])
        return {"id": stored.id, "value": stored.value}

    def _read(self, _: Registered, stored: Stored | None) -> dict[str, object]:
        return {"value": stored.value if stored and self.readable else None}

    def _deactivate(self, _: Registered, stored: Stored | None) -> dict[str, object]:
        if stored and self.reversible:
            stored.active = False
        return {"deactivated": self.reversible}

    def _delete(self, client: Registered, stored: Stored | None) -> dict[str, object]:
        if stored:
            self.bury(client, stored)
        return {}


def _show(stored: Stored) -> dict[str, object]:
    return {"id": stored.id, "marker": stored.label, "active": stored.active}
