"""CI/CD variables of GitLab projects and groups.

https://docs.gitlab.com/api/project_level_variables/ ·
https://docs.gitlab.com/api/group_level_variables/
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote

from ..sentinel import Sentinels
from ..server import Server
from ..wire import Request, Response, json_response

OWNER = r"/api/v4/(projects|groups)/([^/]+)/variables"
FLAGS = ("masked", "protected", "raw")


@dataclass
class Variable:
    """One variable, by key and scope."""

    key: str
    value: str
    environment_scope: str = "*"
    masked: bool = False
    hidden: bool = False
    protected: bool = False
    raw: bool = False
    description: str | None = None

    @property
    def shown(self) -> dict[str, object]:
        """As the API shows it: a hidden value never."""
        return {"variable_type": "env_var"} | vars(self) | ({"value": None} if self.hidden else {})


class GitLabVariables(Server):
    """The API. `owners` are `projects/acme/training` and `groups/acme`.

    `developer` is a token whose user may not see variables.
    """

    def __init__(self, secrets: Sentinels) -> None:
        super().__init__()
        self.token = secrets.issue("sink-token", "glpat-")
        self.developer = secrets.issue("sink-token", "glpat-")
        self.owners = {"projects/acme/training", "groups/acme"}
        self.writes = 0
        self._variables: dict[str, list[Variable]] = {}
        self.route("GET", OWNER, self._list)
        self.route("POST", OWNER, self._create)
        self.route("GET", OWNER + r"/([A-Za-z0-9_]+)", self._show)
        self.route("PUT", OWNER + r"/([A-Za-z0-9_]+)", self._update)

    @property
    def url(self) -> str:
        """The base of the API."""
        return f"{self.origin}/api/v4"

    def value(self, owner: str, key: str, scope: str = "*") -> str | None:
        """What a job in that environment scope would find."""
        variable = self.variable(owner, key, scope)
        return variable.value if variable else None

    def variable(self, owner: str, key: str, scope: str = "*") -> Variable | None:
        """The variable with its flags."""
        found = [v for v in self._variables.get(owner, []) if v.key == key]
        return next((v for v in found if v.environment_scope == scope), None)

    def put(self, owner: str, variable: Variable) -> Variable:
        """Have a variable there, in place of one of the same key and scope."""
        self.drop(owner, variable.key, variable.environment_scope)
        self._variables.setdefault(owner, []).append(variable)
        return variable

    def drop(self, owner: str, key: str, scope: str = "*") -> None:
        """Someone deletes it."""
        found = self._variables.get(owner, [])
        kept = [v for v in found if (v.key, v.environment_scope) != (key, scope)]
        self._variables[owner] = kept

    def _owner(self, request: Request, kind: str, name: str) -> str | Response:
        token = request.header("PRIVATE-TOKEN") or request.bearer
        if token not in (self.token, self.developer):
            return json_response(401, {"message": "401 Unauthorized"})
        owner = f"{kind}/{unquote(name).lower()}"
        if owner not in self.owners:
            return json_response(404, {"message": f"404 {kind[:-1].capitalize()} Not Found"})
        if token == self.developer:
            return json_response(403, {"message": "403 Forbidden"})
        return owner

    def _list(self, request: Request, kind: str, name: str) -> Response:
        owner = self._owner(request, kind, name)
        if isinstance(owner, Response):
            return owner
        size = int(parse_qs(request.query).get("per_page", ["20"])[0])
        return json_response(200, [v.shown for v in self._variables.get(owner, [])[:size]])

    def _find(
        self, request: Request, kind: str, name: str, key: str
    ) -> tuple[str, Variable] | Response:
        owner = self._owner(request, kind, name)
        if isinstance(owner, Response):
            return owner
        found = [v for v in self._variables.get(owner, []) if v.key == key]
        if scope := parse_qs(request.query).get("filter[environment_scope]"):
            found = [v for v in found if v.environment_scope == scope[0]]
        if len(found) > 1:
            message = "There are multiple variables with provided parameters. "
            return json_response(
                409, {"message": message + "Please use 'filter[environment_scope]'"}
            )
        if not found:
            return json_response(404, {"message": "404 Variable Not Found"})
        return owner, found[0]

    def _show(self, request: Request, kind: str, name: str, key: str) -> Response:
        found = self._find(request, kind, name, key)
        return found if isinstance(found, Response) else json_response(200, found[1].shown)

    def _update(self, request: Request, kind: str, name: str, key: str) -> Response:
        found = self._find(request, kind, name, key)
        if isinstance(found, Response):
            return found
        body = _body(request)
        if isinstance(body, Response):
            return body
        variable = found[1]
        changed = Variable(**{**vars(variable), **{k: body[k] for k in FLAGS if k in body}})
        changed.value = str(body["value"])
        if refusal := _refusal(changed):
            return refusal
        vars(variable).update(vars(changed))
        self.writes += 1
        return json_response(200, variable.shown)

    def _create(self, request: Request, kind: str, name: str) -> Response:
        owner = self._owner(request, kind, name)
        if isinstance(owner, Response):
            return owner
        body = _body(request)
        if isinstance(body, Response):
            return body
        key, scope = str(body.get("key", "")), str(body.get("environment_scope", "*"))
        if not re.fullmatch(r"[A-Za-z0-9_]{1,255}", key):
            return json_response(400, {"message": {"key": ["is invalid"]}})
        if self.variable(owner, key, scope):
            message = {"key": [f"({key}) has already been taken"]}
            return json_response(400, {"message": message})
        hidden = body.get("masked_and_hidden") is True
        flags = {flag: body.get(flag) is True for flag in FLAGS}
        variable = Variable(key, str(body["value"]), scope, hidden=hidden, **flags)
        variable.masked |= hidden
        if refusal := _refusal(variable):
            return refusal
        self.put(owner, variable)
        self.writes += 1
        return json_response(201, variable.shown)


def _body(request: Request) -> dict[str, object] | Response:
    try:
        body = request.json() if request.media_type == "application/json" else None
    except ValueError:
        body = None
    if not isinstance(body, dict) or not isinstance(body.get("value"), str):
        return json_response(400, {"error": "value is missing"})
    return body


def _refusal(variable: Variable) -> Response | None:
    # https://docs.gitlab.com/ci/variables/#mask-a-cicd-variable
    if variable.masked and not re.fullmatch(r"\S{8,}", variable.value):
        return json_response(400, {"message": {"value": ["is invalid"]}})
    if len(variable.value) > 10_000:
        return json_response(400, {"message": {"value": ["is too long"]}})
    return None
