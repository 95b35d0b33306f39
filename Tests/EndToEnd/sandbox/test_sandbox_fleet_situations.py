"""Each situation of the stand-in for a fleet's Hub can be seen from outside."""

from __future__ import annotations

import functools
import http.client
import re

import pytest

from client import ask
from Sandbox.fleethub import FleetHub
from Sandbox.fleethubsituations import SITUATIONS, begin
from Sandbox.world import World
from sinkclient import bearer, send

CHAT, SCORER = "/api/spaces/acme/chat", "/v2/endpoint/acme/scorer"
VARIABLE = {"key": "N", "value": "x"}
REQUESTS = [
    ("GET", "/api/spaces?author=acme&limit=2&expand=resourceGroup", None),
    ("GET", "/api/spaces?author=acme&limit=2&cursor=acme/chat", None),
    ("GET", "/api/organizations/acme/members", None),
    *(("GET", f"{CHAT}{last}", None) for last in ("", "/runtime", "/variables", "/secrets")),
    ("POST", f"{CHAT}/secrets", {"key": "TOKEN", "value": "x"}),
    ("GET", f"{CHAT}/secrets", None),
    ("POST", f"{CHAT}/variables", VARIABLE),
    ("DELETE", f"{CHAT}/variables", VARIABLE),
    *[("GET", f"{CHAT}/runtime", None)] * 4,
]
UPDATES = [("PUT", {"model": {"env": {"B": "2"}}}), *[("GET", None)] * 4]
PASSING = re.compile(r"20\d\d-[-\dT:.]+Z|127[.]0[.]0[.]1:\d+|;t=\d+|S?ENTINEL\w+")


def seen(situation: str | None) -> list[str]:
    """What the same requests are answered, but for times and addresses."""
    with World(kind_of_hub=FleetHub) as world:
        hub = world.hub
        assert isinstance(hub, FleetHub)
        for name in ("acme/chat", "acme/search", "acme/site"):
            hub.add_space(name, secrets={"TOKEN": hub.secrets.issue("x")}, variables={"V": "1"})
        hub.endpoints.add("acme/scorer", env={"A": "1"})
        endpoint = situation and situation.startswith("endpoint")
        if situation:
            begin(hub, situation, "acme/scorer" if endpoint else "acme/chat")
        answers = [held(hub)]
        answers += [tried(hub, *request) for request in REQUESTS]
        token = bearer(hub.admin.value)
        for method, value in UPDATES:
            answers.append(str(send(hub.endpoints, method, SCORER, value, **token).body))
        answers.append(str(ask(hub.sites.origin, "/spaces/acme/chat").status))
        clock = "" if abs(hub.clock_offset) < 1 else "another time"
        return [PASSING.sub("", text) for text in [*answers, held(hub), clock]]


def held(hub: FleetHub) -> str:
    """What is there, so far as it does not differ from run to run."""
    return str([(key, str(value)[:3]) for key, value in hub.world.items()])


def tried(hub: FleetHub, method: str, target: str, value: object) -> str:
    """The status, what is left of the window, and the body; or that there was none."""
    try:
        answer = send(hub, method, target, value, **bearer(hub.applier.value))
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
    return f"{answer.status} {answer.headers['RateLimit']} {answer.body.decode()}"


@functools.cache
def usual() -> list[str]:
    """What is answered where nothing is wrong."""
    return seen(None)


@pytest.mark.parametrize("name", SITUATIONS)
def test_each_situation_is_one(name: str) -> None:
    """It says what is wrong; without it, the same requests are answered in another way."""
    assert SITUATIONS[name].__doc__
    assert seen(name) != usual()


def test_what_is_usual_is_so_twice() -> None:
    """Or the test before could not fail."""
    assert seen(None) == usual()
