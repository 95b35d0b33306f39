"""The world offers every issuer and every sink, and a consumer that notices an outage."""

from __future__ import annotations

import json

import pytest

from Sandbox.issuers.stands import ISSUERS
from Sandbox.rotations import Consumer
from Sandbox.world import World


def test_everything_is_offered(world: World) -> None:
    """With a manifest, whose references are in the environment."""
    world.rotations.write_all()
    manifest = json.loads(world.rotations.manifest.read_text())
    assert sorted(manifest["rotations"]) == sorted(ISSUERS)
    environment = world.environment("none")
    assert environment["HFMINT_MANIFEST"] == str(world.rotations.manifest)
    text = world.rotations.manifest.read_text()
    named = {word.split('"')[0] for word in text.split('"env:')[1:]}
    assert named <= set(environment)
    assert not any(value in text for value in world.secrets)
    assert {"okta", "sink-vault", "receiver"} <= set(world.servers)


@pytest.mark.parametrize("name", ISSUERS)
def test_a_consumer_notices_when_its_secret_dies(world: World, name: str) -> None:
    """Until then it logs in."""
    issuer, place = world.rotations.issuer(name), world.rotations.sink("vault")
    place.put(issuer.live[-1])
    with Consumer(issuer, place) as consumer:
        consumer.wait_for(5)
        assert consumer.failures == []
        place.put("SENTINEL-no-secret-of-anyone")
        consumer.wait_for_failure()
    assert (consumer.log_ins >= 5, set(consumer.failures)) == (True, {"refused"})
