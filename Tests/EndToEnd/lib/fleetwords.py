"""What a transcript or a page says of a fleet, before and between its commands."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import cast

from Sandbox.fleethub import FleetHub
from Sandbox.fleethubsituations import begin
from Sandbox.hub import Hub
from Sandbox.options import pair
from Sandbox.world import World
from transcript import Directive

WORDS = frozenset({"space", "endpoint"})


def kind_of_hub(items: Iterable[object]) -> type[Hub]:
    """The Hub that a scenario is played with: one with Spaces, if the scenario has any."""
    words = {item.word for item in items if isinstance(item, Directive)}
    return FleetHub if words & WORDS else Hub


class FleetWords:
    """The Spaces of one scenario, and what people do to them."""

    def __init__(self, world: World) -> None:
        self._hub = cast(FleetHub, world.hub)

    def add_space(self, text: str) -> None:
        """`space NAME [variables.K=V …] [secrets.K …] [KEY=VALUE …]`: one that has long been there.

        A secret's value is the sandbox's; another value is JSON, or a text.
        """
        name, *words = text.split()
        secrets: dict[str, str] = {}
        variables: dict[str, str] = {}
        members: dict[str, object] = {}
        for word in words:
            if word.startswith("secrets."):
                secrets[word.removeprefix("secrets.")] = self._hub.secrets.issue("fleet-secret")
            elif word.startswith("variables."):
                key, value = pair(word.removeprefix("variables."))
                variables[key] = value
            else:
                key, value = pair(word)
                members[key.replace("-", "_")] = _value(value)
        self._hub.add_space(name, secrets=secrets, variables=variables, **members)

    def add_endpoint(self, text: str) -> None:
        """`endpoint NAME [env.K=V …] [secrets.K …]`: the same; its service is `{endpoints}`."""
        name, *words = text.split()
        env = dict(pair(w.removeprefix("env.")) for w in words if w.startswith("env."))
        keys = [w.removeprefix("secrets.") for w in words if w.startswith("secrets.")]
        secrets = {key: self._hub.secrets.issue("fleet-secret") for key in keys}
        self._hub.endpoints.add(name, env=env, secrets=secrets)

    def befall(self, text: str) -> None:
        """`befall NAME SITUATION`: one of `Sandbox.fleethubsituations`."""
        name, situation = text.split()
        begin(self._hub, situation, name)

    def set_variable(self, text: str) -> None:
        """`on-page NAME KEY=VALUE`: somebody changes a variable on the Hub's page."""
        name, _, word = text.partition(" ")
        self._hub.write_as_stranger(name, "variables", *pair(word))

    def environment(self) -> dict[str, str]:
        """The credentials that a manifest names as `env:HUB_READ` and `env:HUB_APPLY`."""
        return {"HUB_READ": self._hub.reader.value, "HUB_APPLY": self._hub.applier.value}


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
