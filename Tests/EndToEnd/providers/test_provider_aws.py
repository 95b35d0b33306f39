"""AWS's signature, in the forms that credentials and answers have."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

import product
from Sandbox.aws import AWS
from Sandbox.world import World

Hfmint = Callable[..., product.Result]


@pytest.fixture
def aws(world: World) -> Iterator[AWS]:
    """AWS, with an account that the Hub trusts."""
    aws = AWS(world.sentinels, world.root / "aws")
    issuer = aws.issuer
    world.hub.trust(issuer.url, issuer.key.jwks)
    world.hub.publish("acme/model", issuer.url, {"sub": str(issuer.claims["sub"])}, "write")
    yield aws
    aws.stop()


def exchange(hfmint: Hfmint, world: World, aws: AWS, **changes: str) -> product.Result:
    """An exchange with these variables changed; an empty one counts as unset."""
    env = world.environment("none") | aws.environment() | changes
    return hfmint("exchange", "acme/model", "--json", env=env)


def test_json_is_as_good_as_xml(world: World, aws: AWS, hfmint: Hfmint) -> None:
    """Some clients ask for it, and some endpoints give it unasked."""
    aws.answers_json = True
    assert exchange(hfmint, world, aws).status == 0


def test_a_users_keys_have_no_session(world: World, aws: AWS, hfmint: Hfmint) -> None:
    """Then no such header is sent or signed."""
    aws.session = ""
    assert exchange(hfmint, world, aws).status == 0


def test_a_wrong_key_is_refused(world: World, aws: AWS, hfmint: Hfmint) -> None:
    """The stand-in works the signature out by itself, so this would pass if it did not look."""
    result = exchange(hfmint, world, aws, AWS_SECRET_ACCESS_KEY="another")
    assert result.status == 3
    assert b"enable-outbound-web-identity-federation" in result.stderr


def test_another_region_is_signed_for(world: World, aws: AWS, hfmint: Hfmint) -> None:
    """AWS_DEFAULT_REGION where AWS_REGION is unset; the stand-in knows one region alone."""
    assert exchange(hfmint, world, aws, AWS_REGION="us-east-1").status == 3
    both = {"AWS_REGION": "", "AWS_DEFAULT_REGION": "eu-central-1"}
    assert exchange(hfmint, world, aws, **both).status == 0
