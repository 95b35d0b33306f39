"""Spaces listed, a page at a time, with what they expand to; and one Space's own description.

https://huggingface.co/docs/huggingface_hub/package_reference/hf_api#huggingface_hub.HfApi.list_spaces
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlencode

from .fleethubroutes import NAME, found
from .fleethubspaces import Shown, Space
from .hubapi import UNAUTHORIZED, bearer, refusal, whoami, wrong_token
from .wire import Headers, Request, Response, json_response

if TYPE_CHECKING:
    from .fleethub import FleetHub

EXPANDABLE = {
    *("author", "cardData", "createdAt", "datasets", "disabled", "lastModified", "likes"),
    *("models", "private", "region", "resourceGroup", "runtime", "sdk", "sha", "siblings"),
    *("subdomain", "tags", "trendingScore", "usedStorage"),
}
PLAIN = ("author", "private", "likes", "sdk", "tags", "createdAt", "lastModified")
KNOWN = {"author", "expand", "expand[]", "limit", "cursor", "full", "search", "sort"}
LIMIT = 1_000
CREATED = "2026-01-01T00:00:00.000Z"
RIGHTS = {"read": "read", "write": "write", "infer": "read"}


def add_routes(hub: FleetHub) -> None:
    """Make the Hub answer them."""
    hub.route("GET", f"/api/spaces/{NAME}", partial(_info, hub), first=True)
    hub.route("GET", "/api/spaces", partial(_list, hub), first=True)
    hub.route("GET", "/api/whoami-v2", partial(_whoami, hub), first=True)
    settings = r"/api/organizations/([^/]+)/settings/repositories"
    hub.route("GET", settings, partial(_repositories, hub), first=True)
    check = r"/api/inference-endpoints/([^/]+)(?:/([^/]+))?/auth-check/(read|write|infer)"
    hub.route("POST", check, partial(_endpoint_check, hub), first=True)
    check = f"/api/spaces/{NAME}/auth-check(/write)?"
    hub.route("GET", check, partial(_space_check, hub), first=True)


def _expanded(request: Request) -> list[str]:
    query = parse_qs(request.query)
    return [*query.get("expand", []), *query.get("expand[]", [])]


def _info(hub: FleetHub, request: Request, name: str) -> Response:
    space = found(hub, request, name, "see")
    if isinstance(space, Response):
        return space
    names = _expanded(request)
    if unknown := set(names) - EXPANDABLE:
        return refusal(400, f"expand: {', '.join(sorted(unknown))}")
    shown = _shown(hub, space, names or sorted(EXPANDABLE))
    if not names and hub.tells_visibility:
        shown["visibility"] = space.visibility
    return json_response(200, shown)


def _space_check(hub: FleetHub, request: Request, name: str, write: str | None) -> Response:
    space = found(hub, request, name, "write" if write else "see")
    return space if isinstance(space, Response) else json_response(200, {})


def _list(hub: FleetHub, request: Request) -> Response:
    """`GET /api/spaces?author=…`: those that the token may see, in the order of their names.

    The next page is named whole. https://www.rfc-editor.org/rfc/rfc8288
    """
    query = parse_qs(request.query, keep_blank_values=True)
    author = query.get("author", [""])[0]
    if wrong_token(hub, request):
        return UNAUTHORIZED
    if author in hub.locked_owners:
        return refusal(hub.locked_owners[author], "This organization cannot be listed now.")
    names = _expanded(request)
    if unknown := (set(names) - EXPANDABLE) | (query.keys() - KNOWN):
        return refusal(400, f"unknown: {', '.join(sorted(unknown))}")
    limit = int(query.get("limit", [str(hub.page_limit)])[0])
    if not 0 < limit <= LIMIT:
        return refusal(400, f"limit is 1 to {LIMIT}")
    limit = min(limit, hub.page_limit)
    visible = [
        hub.spaces[name]
        for name in sorted(hub.spaces)
        if author in ("", name.partition("/")[0]) and _sees(hub, request, hub.spaces[name])
    ]
    after = query.get("cursor", [""])[0]
    rest = [space for space in visible if space.name > after]
    page = [_shown(hub, space, names or PLAIN) for space in rest[:limit]]
    headers: Headers = ()
    if len(rest) > limit:
        pairs = [(key, value) for key, values in query.items() for value in values]
        pairs = [pair for pair in pairs if pair[0] != "cursor"]
        next_query = urlencode([*pairs, ("cursor", rest[limit - 1].name)], quote_via=quote)
        headers = (("Link", f'<{hub.origin}/api/spaces?{next_query}>; rel="next"'),)
    return json_response(200, page, headers)


def _sees(hub: FleetHub, request: Request, space: Space) -> bool:
    if space.name in hub.lost:
        return False
    return space.visibility == "public" or hub.may(request, "read", space.name)


def _shown(hub: FleetHub, space: Space, names: list[str] | tuple[str, ...]) -> Shown:
    owner, _, short = space.name.partition("/")
    shown: Shown = {"_id": space.sha[:24], "id": space.name}
    values: Shown = {
        "author": owner,
        "cardData": {"sdk": space.sdk},
        "createdAt": CREATED,
        "datasets": [],
        "disabled": False,
        "lastModified": CREATED,
        "likes": 0,
        "models": [],
        "private": space.visibility != "public",
        "region": "us",
        "resourceGroup": space.group,
        "sdk": space.sdk,
        "sha": space.sha,
        "siblings": [{"rfilename": "README.md"}],
        "subdomain": f"{owner}-{short}",
        "tags": [space.sdk],
        "trendingScore": 0,
        "usedStorage": 0,
    }
    for name in names:
        if name == "runtime":
            shown[name] = space.runtime(moves=hub.moves)
        elif name in values:
            shown[name] = values[name]
    return shown


def _whoami(hub: FleetHub, request: Request) -> Response:
    """Whose a credential is, and what they are in the organization."""
    token = bearer(hub, request)
    if not token or token.value not in hub.reach:
        return whoami(hub, request)
    orgs = [
        {"type": "org", "name": name, "roleInOrg": hub.role_in_org, "securityRestrictions": []}
        for name in sorted(hub.reach[token.value])
    ]
    access = {"displayName": token.power, "role": token.power}
    auth = {"type": "access_token", "accessToken": access}
    return json_response(200, {"type": "user", "name": "ada", "orgs": orgs, "auth": auth})


def _repositories(hub: FleetHub, request: Request, organization: str) -> Response:
    """What an administrator sees of all repositories."""
    if request.bearer != hub.admin.value:
        return UNAUTHORIZED if not bearer(hub, request) else refusal(403, "Not an administrator")
    shown = [
        {"id": name, "type": "space", "visibility": space.visibility, "storage": 0}
        for name, space in sorted(hub.spaces.items())
        if name.startswith(f"{organization}/")
    ]
    return json_response(200, shown)


def _endpoint_check(
    hub: FleetHub, request: Request, owner: str, name: str | None, right: str
) -> Response:
    """200, or 207 where the token is for names of a pattern alone; the names are not told."""
    if not bearer(hub, request):
        return UNAUTHORIZED
    if not hub.may(request, RIGHTS[right], owner):
        return refusal(403, "You do not have the permissions that this needs.")
    patterns = hub.endpoints.patterns.get(request.bearer or "")
    if patterns is None:
        return json_response(200, {})
    if name is None:
        return json_response(207, {"patternRestrictions": patterns})
    is_in = hub.endpoints.fits(request.bearer or "", name)
    return json_response(200, {}) if is_in else refusal(403, "Not this endpoint")
