"""The settings of a Space: secrets, variables, hardware, sleep, volumes, visibility, restarts.

Each route refuses what huggingface_hub does not send:
https://github.com/huggingface/huggingface_hub/blob/main/src/huggingface_hub/hf_api.py
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

from .fleethubspaces import TWO_DAYS, Kind, Space, Volume
from .hubapi import FORBIDDEN, NOT_FOUND, UNAUTHORIZED, bearer, refusal, wrong_token
from .wire import Request, Response, json_response

if TYPE_CHECKING:
    from .fleethub import FleetHub

Body = dict[str, Any]
Route = Callable[["FleetHub", Request, Space], Response]

NAME = r"([^/]+/[^/]+)"
# https://huggingface.co/docs/hub/spaces-overview#managing-secrets
KEY = re.compile(r"[a-zA-Z][_a-zA-Z0-9]*")
VISIBILITIES = ("private", "protected", "public")
VOLUME = {"type", "source", "mountPath", "revision", "readOnly", "path"}
SETTINGS = {"private", "visibility", "discussionsDisabled", "gated", "orgMembersGated"}


def add_routes(hub: FleetHub) -> None:
    """Make the Hub answer them."""
    space = f"/api/spaces/{NAME}"
    for kind in ("secrets", "variables"):
        for method, route in (("GET", _list), ("POST", _set), ("DELETE", _delete)):
            hub.route(method, f"{space}/{kind}", partial(route, hub, cast(Kind, kind)), first=True)
    changes: dict[tuple[str, str], Route] = {
        ("POST", "hardware"): _hardware,
        ("POST", "sleeptime"): _sleep,
        ("POST", "pause"): _pause,
        ("POST", "restart"): _restart,
        ("POST", "dev-mode"): _dev_mode,
        ("PUT", "settings"): _settings,
        ("PUT", "volumes"): _volumes,
        ("DELETE", "volumes"): _no_volumes,
    }
    for (method, last), change in changes.items():
        hub.route(method, f"{space}/{last}", partial(_changing, hub, change), first=True)
    hub.route("GET", f"{space}/runtime", partial(_runtime, hub), first=True)


# Who may.


def found(hub: FleetHub, request: Request, name: str, power: str) -> Space | Response:
    """The Space, or why not: it hides from those who may not read it."""
    name = unquote(name)
    space = hub.spaces.get(name)
    if wrong_token(hub, request):
        return UNAUTHORIZED
    if name in hub.lost:
        return UNAUTHORIZED if hub.lost_status == 401 else refusal(hub.lost_status, "Not now")
    if not bearer(hub, request):
        is_open = space and space.visibility == "public" and power == "see"
        return space if space and is_open else UNAUTHORIZED
    if not space:
        return NOT_FOUND
    if power == "see" and (space.visibility == "public" or hub.may(request, "read", name)):
        return space
    if power != "see" and hub.is_publishers(request):
        return UNAUTHORIZED
    if not hub.may(request, "read", name):
        return FORBIDDEN if space.visibility == "public" else NOT_FOUND
    return space if power == "read" or hub.may(request, "write", name) else FORBIDDEN


def _body(request: Request, *, needed: set[str], known: set[str]) -> Body | Response:
    try:
        body = request.json()
    except ValueError:
        return refusal(400, "Invalid JSON")
    if not isinstance(body, dict) or not needed <= body.keys() or body.keys() - known:
        return refusal(400, "The body has not the keys that it should")
    return body


# Secrets and variables.


def _list(hub: FleetHub, kind: Kind, request: Request, name: str) -> Response:
    needs_write = kind == "secrets" and hub.secrets_need_write
    is_open = kind == "variables"
    power = "write" if needs_write else "see" if is_open else "read"
    space = found(hub, request, name, power)
    if isinstance(space, Response):
        return space
    if kind == "secrets" and not hub.has_secret_names:
        return refusal(404, "Sorry, we can't find the page you are looking for.")
    return json_response(200, space.shown_settings(kind))


def _set(hub: FleetHub, kind: Kind, request: Request, name: str) -> Response:
    space = found(hub, request, name, "write")
    if isinstance(space, Response):
        return space
    body = _body(request, needed={"key"}, known={"key", "value", "description"})
    if isinstance(body, Response):
        return body
    key, value, description = body["key"], body.get("value", ""), body.get("description")
    if not isinstance(key, str) or not KEY.fullmatch(key):
        return refusal(400, "key is not one")
    if not isinstance(value, str) or not isinstance(description, str | None):
        return refusal(400, "value and description are strings")
    before, old = space.settings_now(kind), space.settings[kind].get(key)
    if hub.keeps_description and old and "description" not in body:
        description = old.description
    has_time = hub.times == "always" or (hub.times == "changed" and old is not None)
    space.put(kind, key, value, description, hub.now() if has_time else None)
    space.lag(kind, before, hub.lag)
    hub.wrote(request, space, f"{kind}.{key}", "set", description)
    hub.disturb(space)
    return _answer(kind, space)


def _delete(hub: FleetHub, kind: Kind, request: Request, name: str) -> Response:
    space = found(hub, request, name, "write")
    if isinstance(space, Response):
        return space
    body = _body(request, needed={"key"}, known={"key"})
    if isinstance(body, Response):
        return body
    before = space.settings_now(kind)
    if space.settings[kind].pop(str(body["key"]), None) is None:
        return refusal(404, "There is no such key")
    space.lag(kind, before, hub.lag)
    hub.wrote(request, space, f"{kind}.{body['key']}", "delete")
    hub.disturb(space)
    return _answer(kind, space)


def _answer(kind: Kind, space: Space) -> Response:
    # A write shows what is there now, however long reads lag behind it.
    return json_response(200, space.settings_now(kind))


# The rest.


def _runtime(hub: FleetHub, request: Request, name: str) -> Response:
    space = found(hub, request, name, "see")
    if isinstance(space, Response):
        return space
    return json_response(200, space.runtime(moves=hub.moves))


def _changing(hub: FleetHub, change: Route, request: Request, name: str) -> Response:
    space = found(hub, request, name, "write")
    return space if isinstance(space, Response) else change(hub, request, space)


def _shown(space: Space) -> Response:
    return json_response(200, space.runtime(moves=False))


def _hardware(hub: FleetHub, request: Request, space: Space) -> Response:
    body = _body(request, needed={"flavor"}, known={"flavor", "sleepTimeSeconds"})
    if isinstance(body, Response):
        return body
    space.requested = str(body["flavor"])
    hub.wrote(request, space, "hardware", "set")
    if "sleepTimeSeconds" in body:
        _keep_sleep(space, body["sleepTimeSeconds"])
        hub.wrote(request, space, "sleep", "set")
    if not hub.hardware_waits:
        space.hardware = space.requested
    hub.disturb(space)
    return _shown(space)


def _sleep(hub: FleetHub, request: Request, space: Space) -> Response:
    body = _body(request, needed={"seconds"}, known={"seconds"})
    if isinstance(body, Response):
        return body
    if type(body["seconds"]) is not int or body["seconds"] < -1:
        return refusal(400, "seconds is a number, or -1")
    _keep_sleep(space, body["seconds"])
    hub.wrote(request, space, "sleep", "set")
    return _shown(space)


def _keep_sleep(space: Space, seconds: int) -> None:
    # On cpu-basic it is what it is.
    space.sleep = TWO_DAYS if space.requested == "cpu-basic" else seconds


def _pause(hub: FleetHub, request: Request, space: Space) -> Response:
    if space.sdk == "static":
        return refusal(400, "Static Spaces are never paused")
    space.stage = "PAUSED"
    space.coming.clear()
    hub.wrote(request, space, "paused", "set")
    return _shown(space)


def _restart(hub: FleetHub, request: Request, space: Space) -> Response:
    if space.sdk == "static":
        return refusal(400, "Static Spaces are never restarted")
    if request.query not in ("", "factory=true"):
        return refusal(400, "factory is true or absent")
    hub.wrote(request, space, "restart", "set")
    space.stage = "RUNNING_APP_STARTING"
    space.restart(("APP_STARTING", "RUNNING"), joins=False)
    return _shown(space)


def _dev_mode(hub: FleetHub, request: Request, space: Space) -> Response:
    body = _body(request, needed={"enabled"}, known={"enabled"})
    if isinstance(body, Response):
        return body
    space.is_in_dev_mode = body["enabled"] is True
    hub.wrote(request, space, "dev-mode", "set")
    return _shown(space)


def _settings(hub: FleetHub, request: Request, space: Space) -> Response:
    body = _body(request, needed=set(), known=SETTINGS)
    if isinstance(body, Response):
        return body
    wanted = body.get("visibility")
    if "private" in body:
        wanted = "private" if body["private"] else "public"
    if wanted not in VISIBILITIES:
        return refusal(400, "visibility is private, protected or public")
    space.visibility = wanted
    repo = hub.repo("spaces", space.name)
    assert repo
    repo.visibility = "public" if wanted == "public" else "private"
    hub.wrote(request, space, "visibility", "set")
    return json_response(200, {"private": wanted != "public", "visibility": wanted})


def _volumes(hub: FleetHub, request: Request, space: Space) -> Response:
    body = _body(request, needed={"volumes"}, known={"volumes"})
    if isinstance(body, Response):
        return body
    if space.sdk == "static":
        return refusal(400, "Static Spaces have no volumes")
    items = body["volumes"]
    if not isinstance(items, list) or not items or not all(map(_is_volume, items)):
        return refusal(400, "volumes are a list of one or more")
    space.volumes = [Volume(item) for item in items]
    hub.wrote(request, space, "volumes", "set")
    hub.disturb(space)
    return _shown(space)


def _no_volumes(hub: FleetHub, request: Request, space: Space) -> Response:
    if not space.volumes:
        return refusal(400, "The Space has no volumes")
    space.volumes = []
    hub.wrote(request, space, "volumes", "delete")
    hub.disturb(space)
    return _shown(space)


def _is_volume(item: object) -> bool:
    if not isinstance(item, dict) or item.keys() - VOLUME:
        return False
    is_known = item.get("type") in ("bucket", "model", "dataset", "space")
    has_place = str(item.get("mountPath", "")).startswith("/") and item.get("source")
    # An echo of what was masked would mount nothing.
    return bool(is_known and has_place and "*" not in str(item["source"]))
