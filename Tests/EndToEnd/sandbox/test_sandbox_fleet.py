"""The stand-in for a Hub with a fleet: what it refuses, shows late, restarts and remembers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from client import Answer, ask
from Sandbox.fleethub import FleetHub, changed
from Sandbox.hubstate import HubToken
from Sandbox.wire import Request, Response
from Sandbox.world import World
from sinkclient import bearer, send

CHAT = "/api/spaces/acme/chat"


@pytest.fixture
def hub() -> Iterator[FleetHub]:
    """A Hub with three Spaces and an endpoint."""
    with World(kind_of_hub=FleetHub) as world:
        hub = world.hub
        assert isinstance(hub, FleetHub)
        for name in ("acme/chat", "acme/search", "acme/site"):
            hub.add_space(name, secrets={"TOKEN": hub.secrets.issue("x")}, variables={"V": "1"})
        hub.spaces["acme/site"].visibility = "public"
        hub.endpoints.add("acme/scorer", secrets={"TOKEN": hub.secrets.issue("x")}, env={"A": "1"})
        yield hub


def do(hub: FleetHub, method: str, target: str, value: object = None, **more: HubToken) -> Answer:
    """One request of the applier, or of another token."""
    token = more.get("token", hub.applier)
    return send(hub, method, target, value, **bearer(token.value))


def test_a_secret_is_named_and_never_shown(hub: FleetHub) -> None:
    """It has a time once it has been changed."""
    assert do(hub, "GET", f"{CHAT}/secrets").json == {"TOKEN": {}}
    body = {"key": "TOKEN", "value": "new", "description": "of chat"}
    shown = do(hub, "POST", f"{CHAT}/secrets", body).json["TOKEN"]
    assert set(shown) == {"description", "updatedAt"}  # type: ignore[call-overload]
    do(hub, "POST", f"{CHAT}/secrets", {"key": "OTHER", "value": "x"})
    shown = do(hub, "GET", f"{CHAT}/secrets").json
    assert shown["OTHER"] == {}
    assert hub.record.order == [("acme/chat", "secrets.TOKEN"), ("acme/chat", "secrets.OTHER")]
    do(hub, "POST", f"{CHAT}/secrets", {"key": "TOKEN", "value": "new"})
    assert "description" not in do(hub, "GET", f"{CHAT}/secrets").json["TOKEN"]


def test_variables_are_shown_whole_by_a_write(hub: FleetHub) -> None:
    """And a DELETE names the key in its body."""
    shown = do(hub, "POST", f"{CHAT}/variables", {"key": "W", "value": "2"}).json
    assert shown == {"V": {"value": "1"}, "W": {"value": "2"}}
    assert do(hub, "DELETE", f"{CHAT}/variables", {"key": "W"}).json == {"V": {"value": "1"}}
    assert do(hub, "DELETE", f"{CHAT}/variables").status == 400
    assert do(hub, "DELETE", f"{CHAT}/variables", {"key": "W"}).status == 404
    for body in ({"key": "1", "value": ""}, {"key": "A", "value": 1}, {"value": "x"}, {"kez": 1}):
        assert do(hub, "POST", f"{CHAT}/variables", body).status == 400, body


def test_who_may_what(hub: FleetHub) -> None:
    """A reader writes nothing; a publisher's token is worth nothing here; a stranger sees less."""
    body = {"key": "TOKEN", "value": "x"}
    assert do(hub, "POST", f"{CHAT}/secrets", body, token=hub.reader).status == 403
    assert do(hub, "GET", f"{CHAT}/secrets", token=hub.reader).status == 200
    publishers = hub.accept("spaces/acme/chat", "write")
    value = hub.secrets.record("token", f"hf_jwt_{publishers.value}")
    publishers.value = hub.remember(HubToken(value, *list(vars(publishers).values())[1:])).value
    assert do(hub, "POST", f"{CHAT}/secrets", body, token=publishers).status == 401
    assert do(hub, "GET", f"{CHAT}/runtime", token=publishers).status == 200
    stranger = hub.accept("strangers/none", "write", organization="strangers")
    statuses = [
        do(hub, "GET", f"/api/spaces/acme/{name}/{last}", token=stranger).status
        for name in ("chat", "site")
        for last in ("runtime", "secrets")
    ]
    assert statuses == [404, 404, 200, 403]
    assert ask(hub.origin, f"{CHAT}/runtime").status == 401
    hub.secrets_need_write = True
    assert do(hub, "GET", f"{CHAT}/secrets", token=hub.reader).status == 403
    assert hub.record.writes == []


def test_a_space_goes_its_way_by_looks(hub: FleetHub) -> None:
    """First it seems as before; several writes at once are one restart."""
    space = hub.spaces["acme/chat"]
    for key in ("A", "B"):
        do(hub, "POST", f"{CHAT}/secrets", {"key": key, "value": "x"})
    assert (space.restarts, space.generation) == (1, 1)
    assert "A" not in space.program
    stages = [do(hub, "GET", f"{CHAT}/runtime").json["stage"] for _ in range(4)]
    assert stages == ["RUNNING", "RUNNING_APP_STARTING", "RUNNING", "RUNNING"]
    assert (space.restarts, space.generation) == (1, 2)
    assert "A" in space.program
    hub.joins_restarts = hub.moves = False
    for key in ("A", "B"):
        do(hub, "POST", f"{CHAT}/secrets", {"key": key, "value": "y"})
    assert space.restarts == 3
    stages = [do(hub, "GET", f"{CHAT}/runtime").json["stage"] for _ in range(4)]
    assert stages == ["RUNNING"] * 4
    hub.step(3)
    assert space.generation == 3


def test_a_paused_space_stays_so(hub: FleetHub) -> None:
    """Unless writes wake it; a restart does, from any stage."""
    space = hub.spaces["acme/chat"]
    assert do(hub, "POST", f"{CHAT}/pause").json["stage"] == "PAUSED"
    do(hub, "POST", f"{CHAT}/secrets", {"key": "TOKEN", "value": "x"})
    assert not space.is_busy
    hub.wakes_paused = True
    do(hub, "POST", f"{CHAT}/secrets", {"key": "TOKEN", "value": "x"})
    assert space.is_busy
    assert do(hub, "POST", f"{CHAT}/restart").status == 200
    space.sdk = "static"
    assert do(hub, "POST", f"{CHAT}/restart").status == 400


def test_other_settings(hub: FleetHub) -> None:
    """Defaults are written out, a list of volumes is whole, cpu-basic sleeps when it does."""
    volume = {"type": "model", "source": "acme/model", "mountPath": "/m"}
    shown = do(hub, "PUT", f"{CHAT}/volumes", {"volumes": [volume]}).json
    assert shown["volumes"] == [volume | {"revision": "main", "readOnly": True}]
    assert do(hub, "PUT", f"{CHAT}/volumes", {"volumes": []}).status == 400
    masked = volume | {"source": "****/******"}
    assert do(hub, "PUT", f"{CHAT}/volumes", {"volumes": [masked]}).status == 400
    assert do(hub, "POST", f"{CHAT}/sleeptime", {"seconds": 60}).json["gcTimeout"] == 172_800
    hub.hardware_waits = True
    body = {"flavor": "t4-small", "sleepTimeSeconds": 60}
    shown = do(hub, "POST", f"{CHAT}/hardware", body).json
    assert shown["hardware"] == {"current": "cpu-basic", "requested": "t4-small"}
    assert shown["gcTimeout"] == 60
    assert do(hub, "PUT", f"{CHAT}/settings", {"visibility": "public"}).status == 200
    assert ask(hub.origin, f"{CHAT}/runtime").status == 200
    assert do(hub, "PUT", f"{CHAT}/settings", {"visibility": "hidden"}).status == 400


def test_a_listing_has_pages(hub: FleetHub) -> None:
    """Each names the next one whole, and has what was asked for."""
    hub.page_limit = 2
    target = "/api/spaces?author=acme&expand=runtime&expand=sha"
    first = do(hub, "GET", target)
    link = re.fullmatch('<(.*)>; rel="next"', first.headers["Link"])
    assert link
    assert link[1].startswith(f"{hub.origin}/api/spaces?author=acme&expand=runtime")
    second = do(hub, "GET", link[1].removeprefix(hub.origin))
    assert "Link" not in second.headers
    assert b"acme/site" in second.body
    assert b'"stage":"RUNNING"' in second.body
    assert do(hub, "GET", "/api/spaces?author=acme&expand=secrets").status == 400
    assert ask(hub.origin, "/api/spaces?author=acme").body.count(b'"id"') == 1


def test_who_asks_too_much_waits(hub: FleetHub) -> None:
    """Each answer says what is left."""
    hub.limits.quota, hub.limits.others = 4, 1
    seen = [do(hub, "GET", f"{CHAT}/runtime") for _ in range(3)]
    assert [answer.status for answer in seen] == [200, 200, 429]
    left = [str(answer.headers["RateLimit"]).partition(";t=")[0] for answer in seen]
    assert left == ['"api";r=2', '"api";r=0', '"api";r=0']
    assert do(hub, "GET", f"{CHAT}/runtime", token=hub.reader).status == 200
    hub.clock_offset += 300
    assert do(hub, "GET", f"{CHAT}/runtime").status == 200
    assert hub.limits.refusals == 1


def put(hub: FleetHub, value: object) -> Answer:
    """An update of the endpoint."""
    token = bearer(hub.applier.value)
    return send(hub.endpoints, "PUT", "/v2/endpoint/acme/scorer", value, **token)


def test_an_update_of_an_endpoint_is_partial(hub: FleetHub) -> None:
    """A null erases, a map is taken whole, and what was redacted is no credential."""
    before = hub.world
    shown = put(hub, {"model": {"env": {"B": "2"}}}).json
    assert shown["model"]["secrets"] == {"TOKEN": "***"}  # type: ignore[index]
    assert changed(before, hub.world) == {("acme/scorer", f"env.{key}") for key in "AB"}
    image = shown["model"]["image"]  # type: ignore[index]
    assert image["custom"]["credentials"] == {"username": "***", "password": "***"}
    put(hub, {"model": {"env": None, "unknown": 1}})
    assert ("acme/scorer", "env") in changed(before, hub.world)
    assert "unknown" not in hub.endpoints.all["acme/scorer"].body["model"]
    put(hub, {"model": {"image": image}})
    assert ("acme/scorer", "image") in changed(before, hub.world)
    assert put(hub, {"provider": {"region": "eu-west-1"}}).status == 400


def test_an_endpoint_goes_its_way(hub: FleetHub) -> None:
    """As a Space does; a request wakes what is scaled to zero, and an update does not."""
    endpoint, token = hub.endpoints.all["acme/scorer"], bearer(hub.reader.value)
    put(hub, {"compute": {"scaling": {"maxReplica": 2}}})
    target = "/v2/endpoint/acme/scorer"
    states = [
        send(hub.endpoints, "GET", target, **token).json["status"]["state"]  # type: ignore[index]
        for _ in range(3)
    ]
    assert states == ["running", "updating", "running"]
    assert endpoint.deployments == 2
    assert ask(hub.sites.origin, "/endpoints/acme/scorer/health").status == 200
    endpoint.state = "scaledToZero"
    put(hub, {"model": {"env": {}}})
    assert (endpoint.woken, endpoint.is_sick) == (0, False)
    assert ask(hub.sites.origin, "/endpoints/acme/scorer/health").status == 503
    assert endpoint.woken == 1
    assert send(hub.endpoints, "GET", target).status == 401


def test_rights_for_endpoints_are_tried_for_nothing(hub: FleetHub) -> None:
    """A pattern of names is told where no name is given."""
    check = "/api/inference-endpoints/acme"
    assert do(hub, "POST", f"{check}/auth-check/write").status == 200
    assert do(hub, "POST", f"{check}/auth-check/write", token=hub.reader).status == 403
    hub.endpoints.patterns[hub.applier.value] = ["score*"]
    assert do(hub, "POST", f"{check}/auth-check/write").status == 207
    assert do(hub, "POST", f"{check}/scorer/auth-check/write").status == 200
    assert do(hub, "POST", f"{check}/other/auth-check/write").status == 403
    assert hub.write_count == 0


def test_an_app_is_as_well_as_its_space(hub: FleetHub) -> None:
    """And a credential has nothing to do there."""
    assert ask(hub.sites.origin, "/spaces/acme/chat/health").json["keys"] == ["TOKEN", "V"]
    hub.spaces["acme/chat"].sick = lambda space: "TOKEN" in space.program
    assert ask(hub.sites.origin, "/spaces/acme/chat/health").status == 503
    assert not hub.sites.strangers
    ask(hub.sites.origin, "/spaces/acme/chat", token="x")
    assert len(hub.sites.strangers) == 1


def test_a_write_is_met_before_and_after(hub: FleetHub) -> None:
    """By its number, as those count which change something."""
    met: list[tuple[int, str, int]] = []

    def meet(number: int, moment: str, _: Request) -> Response | None:
        met.append((number, moment, len(hub.record.writes)))
        return Response(503) if (number, moment) == (2, "before") else None

    hub.on_write = meet
    do(hub, "GET", f"{CHAT}/secrets")
    do(hub, "POST", f"{CHAT}/secrets", {"key": "TOKEN", "value": "x"})
    assert met == [(1, "before", 0), (1, "after", 1)]
    assert do(hub, "POST", f"{CHAT}/secrets", {"key": "TOKEN", "value": "x"}).status == 503
    assert len(hub.record.writes) == 1


def test_a_gap_is_remembered(hub: FleetHub) -> None:
    """Who deletes a secret to write it again has taken it from an app."""
    do(hub, "DELETE", f"{CHAT}/secrets", {"key": "TOKEN"})
    do(hub, "POST", f"{CHAT}/secrets", {"key": "TOKEN", "value": "x"})
    assert hub.record.gaps == [("acme/chat", "secrets.TOKEN")]
