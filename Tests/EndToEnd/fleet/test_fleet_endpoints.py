"""Endpoints of a fleet: whole maps, never a null or a redacted credential, and new health."""

from __future__ import annotations

from typing import Any

import pytest

from fleetworld import Fleet, Json
from Sandbox.fleethub import changed
from Sandbox.fleethubendpoint import Endpoint
from Sandbox.fleethubsituations import begin

SCORER, CHAT = "acme/scorer", "acme/chat"
ENVIRONMENT = {(SCORER, "env.LEVEL")}


def declare(fleet: Fleet, settle: str = "20s", **more: Any) -> Endpoint:
    """The scorer, and the chat that waits for it; another LEVEL, and a TOKEN of ours."""
    old = fleet.world.sentinels.issue("fleet-secret")
    env = {"LEVEL": "debug", "KEPT": "1"}
    endpoint = fleet.hub.endpoints.add(SCORER, env=env, secrets={"TOKEN": old})
    scorer: Json = {"env": {"LEVEL": "info", "KEPT": "1"}} | more
    chat = fleet.usual(after=[f"endpoints/{SCORER}"])
    fleet.write({CHAT: chat}, endpoints={SCORER: scorer}, settle=settle)
    return endpoint


def nulls(value: object) -> bool:
    """Whether there is one in it."""
    if isinstance(value, dict):
        return any(map(nulls, value.values()))
    return value is None


def test_an_update_says_only_what_changes(fleet: Fleet) -> None:
    """And that whole; what it does not name stays as it is."""
    secrets = {"TOKEN": {"from": fleet.secret("SCORER")}}
    endpoint = declare(fleet, secrets=secrets, scaling={"min": 1, "max": 3, "scaleToZero": "30m"})
    before = fleet.hub.world
    told = fleet.plan()
    paths = {path for name, path in told.changes if name == SCORER}
    assert paths == {"env.LEVEL", "secrets", "scaling.max", "scaling.scaleToZero"}
    applied = fleet.apply()
    assert applied.status == 0, applied
    of_scorer = {what for what in changed(before, fleet.hub.world) if what[0] == SCORER}
    assert of_scorer == {*ENVIRONMENT, (SCORER, "secrets.TOKEN"), (SCORER, "scaling")}
    for body in fleet.hub.endpoints.bodies:
        assert not nulls(body)
        assert "image" not in body.get("model", {})
    assert endpoint.deployments >= 2
    assert fleet.hub.record.resources == [SCORER, CHAT]
    assert endpoint.body["model"]["secrets"] == {"TOKEN": fleet.variables["SCORER"]}
    assert fleet.plan("--detailed-exitcode").status == 0


@pytest.mark.parametrize("merges", [False, True])
@pytest.mark.parametrize("names", [False, True])
def test_maps_are_sent_whole(fleet: Fleet, *, merges: bool, names: bool) -> None:
    """Whether they are merged or replaced, and whether the names of secrets are told."""
    secrets = {"TOKEN": {"from": fleet.secret("A")}, "OTHER": {"from": fleet.secret("B")}}
    endpoint = declare(fleet, secrets=secrets)
    fleet.hub.endpoints.merges_maps, fleet.hub.endpoints.secret_names = merges, names
    assert fleet.apply().status == 0
    model = endpoint.body["model"]
    assert model["env"] == {"LEVEL": "info", "KEPT": "1"}
    assert model["secrets"] == {"TOKEN": fleet.variables["A"], "OTHER": fleet.variables["B"]}
    assert fleet.plan("--detailed-exitcode").status == 0
    fleet.secret("B")
    assert {path for _, path in fleet.plan().changes} == {"secrets"}


def test_its_secrets_stay_when_its_environment_changes(fleet: Fleet) -> None:
    """And credentials of its registry, which are shown redacted."""
    endpoint = declare(fleet)
    before = fleet.hub.world
    assert fleet.apply().status == 0
    scorer = {what for what in changed(before, fleet.hub.world) if what[0] == SCORER}
    assert scorer == ENVIRONMENT
    image = endpoint.body["model"]["image"]["custom"]
    assert image["credentials"] == {"username": "acme", "password": "kept"}


def test_what_is_from_before_the_update_is_no_health(fleet: Fleet) -> None:
    """It runs as before, then fails; the chat is not touched."""
    declare(fleet)
    begin(fleet.hub, "endpoint-keeps-time", SCORER)
    before = fleet.hub.world
    assert fleet.apply().status == 6
    assert changed(before, fleet.hub.world) == ENVIRONMENT
    assert CHAT not in fleet.hub.record.resources


def test_what_is_scaled_to_zero_is_not_woken(fleet: Fleet) -> None:
    """Nor waited for; its health would cost."""
    url = fleet.hub.sites.url(f"endpoints/{SCORER}")
    # No stage will show that it was deployed anew.
    endpoint = declare(fleet, "1s", health={"url": url, "timeout": "6s"})
    begin(fleet.hub, "endpoint-asleep", SCORER)
    assert fleet.apply().status == 0
    assert (endpoint.state, endpoint.woken) == ("scaledToZero", 0)
    assert fleet.hub.sites.asked(f"endpoints/{SCORER}") == 0
    assert fleet.hub.record.resources == [SCORER, CHAT]


def test_one_that_falls_asleep_after_the_update_is_not_waited_for(fleet: Fleet) -> None:
    """The service has shown the update; nobody wakes it to see more."""
    url = fleet.hub.sites.url(f"endpoints/{SCORER}")
    endpoint = declare(fleet, health={"url": url, "timeout": "5m"})
    endpoint.course = ("running", "updating", "scaledToZero")
    assert fleet.apply().status == 0
    assert (endpoint.state, endpoint.woken) == ("scaledToZero", 0)
    assert fleet.hub.record.resources == [SCORER, CHAT]


@pytest.mark.parametrize("protect", [False, True])
def test_a_failed_one_is_not_made_anew(fleet: Fleet, *, protect: bool) -> None:
    """That is said, and a person's to do."""
    endpoint = declare(fleet, "1s", protect=protect)
    begin(fleet.hub, "endpoint-failed", SCORER)
    told = fleet.plan()
    assert (SCORER, "state") in told.refused
    assert "anew" in told.ended.out
    fleet.apply()
    assert fleet.hub.endpoints.all[SCORER] is endpoint
    assert not [r for r in fleet.hub.endpoints.requests if r.method in ("POST", "DELETE")]


@pytest.mark.parametrize("member", ["provider", "region", "type", "image"])
def test_what_would_make_it_another_cannot_be_said(fleet: Fleet, member: str) -> None:
    """Its URL would die."""
    declare(fleet, **{member: "eu-west-1"})
    ended = fleet("plan")
    assert (ended.status, member in ended.err) == (2, True)
    assert not fleet.hub.endpoints.requests


@pytest.mark.parametrize("status", [401, 402, 404, 500])
def test_a_service_that_refuses_removes_nothing(fleet: Fleet, status: int) -> None:
    """Unreadable is not missing, and what depends on it waits for another day."""
    declare(fleet)
    fleet.hub.endpoints.faults.add(f"status={status} times=forever")
    told = fleet.plan()
    assert told.status == (4 if status == 500 else 3), told.ended
    if status != 500:
        assert told.verdict(SCORER, "") == "unreadable"
    assert fleet("apply", "--prune").status in (4, 6)
    assert not [r for r in fleet.hub.endpoints.requests if r.method != "GET"]
    assert fleet.hub.write_count == 0


def test_a_credential_for_other_names_is_refused(fleet: Fleet) -> None:
    """Before anything of the wave is written."""
    declare(fleet)
    fleet.hub.endpoints.patterns[fleet.hub.applier.value] = ["other*"]
    before = fleet.hub.world
    assert fleet.apply().status == 6
    assert fleet.hub.world == before
