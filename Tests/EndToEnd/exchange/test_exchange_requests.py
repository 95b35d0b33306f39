"""What goes over the wire: to whom, how often, and with which ID token."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import product
from Sandbox.server import Server
from Sandbox.world import World
from traces import Hfmint, sent_id_tokens, strace, tokens

REDIRECTS = (301, 302, 303, 307, 308)
ABORTED = '{"error":"invalid_grant","error_description":"This operation was aborted"}'
FAILURES = (
    "status=503",
    "status=500 body=<html>",
    "status=408",
    "status=425",
    "status=429",
    f"status=400 body={ABORTED}",
    "drop",
    "drop=headers",
    "truncate=0",
    "truncate=30",
    "raw=\\x00\\xff",
)


@pytest.mark.parametrize("failure", FAILURES)
def test_every_try_on_github_has_a_fresh_id_token(
    world: World, hfmint: Hfmint, failure: str
) -> None:
    """As the one before may be used up, or about to expire."""
    world.publish("acme/model")
    world.fault("hub", failure)
    result = hfmint("exchange", "acme/model", "--quiet")
    assert result.status == 0, result.stderr
    assert len(set(sent_id_tokens(world))) == 2


def test_a_connection_that_was_dropped_at_once_is_made_again(world: World, hfmint: Hfmint) -> None:
    """With a fresh ID token as well."""
    world.publish("acme/model")
    world.fault("hub", "drop=before")
    assert hfmint("exchange", "acme/model").status == 0
    assert len(tokens(world, "id-token")) == 2


@pytest.mark.parametrize("failure", FAILURES)
def test_every_try_on_gitlab_has_the_one_id_token(
    world: World, hfmint: Hfmint, failure: str
) -> None:
    """There is no other to be had."""
    world.publish("acme/model", world.gitlab.job.issuer, {"project_path": "acme/training"})
    environment = world.environment("gitlab")
    world.fault("hub", failure)
    result = hfmint("exchange", "acme/model", "--quiet", env=environment)
    assert result.status == 0, result.stderr
    assert sent_id_tokens(world) == [environment["HF_ID_TOKEN"]] * 2


@pytest.mark.parametrize(
    "failure", ["status=503", "drop=headers", "drop", "status=429 retry-after=0"]
)
def test_githubs_endpoint_is_asked_again(world: World, hfmint: Hfmint, failure: str) -> None:
    """The Hub hears nothing of it."""
    world.publish("acme/model")
    world.fault("github", failure)
    assert hfmint("exchange", "acme/model").status == 0
    assert len(world.requests("github")) == 2
    assert len(world.requests("hub")) == 1


def test_five_tries_are_the_most(world: World, hfmint: Hfmint) -> None:
    """Each with an ID token of its own."""
    world.fault("hub", "status=503 times=forever")
    assert hfmint("exchange", "acme/model").status == 4
    assert len(set(sent_id_tokens(world))) == 5


def test_a_refusal_is_not_tried_again(world: World, hfmint: Hfmint) -> None:
    """It would be the same."""
    assert hfmint("exchange", "acme/model").status == 3
    assert len(world.hub.attempts) == 1


@pytest.mark.parametrize("status", REDIRECTS)
def test_the_hubs_redirects_are_not_followed(world: World, hfmint: Hfmint, status: int) -> None:
    """Neither elsewhere nor back to itself."""
    world.publish("acme/model")
    with Server() as target:
        world.fault("hub", f"redirect={status},{target.origin}/oauth/token")
        assert hfmint("exchange", "acme/model").status == 4
        assert target.requests == []
    world.fault("hub", f"redirect={status},{world.hub.origin}/oauth/token")
    assert hfmint("exchange", "acme/model").status == 4
    assert len(world.requests("hub")) == 2
    assert tokens(world) == []


@pytest.mark.parametrize("status", REDIRECTS)
def test_githubs_redirects_are_not_followed(world: World, hfmint: Hfmint, status: int) -> None:
    """The runner's own credential would go with them."""
    with Server() as target:
        world.fault("github", f"redirect={status},{target.origin}/")
        assert hfmint("exchange", "acme/model").status == 4
        assert target.requests == []
    assert len(world.requests("github")) == 1
    assert world.requests("hub") == []


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        ((), {"HF_ENDPOINT": "https://localhost.example"}),
        (("--endpoint", "https://localhost.example"), {}),
        (("--audience", "https://localhost.example"), {"HF_ENDPOINT": "https://huggingface.co"}),
        ((), {"HF_ENDPOINT": "http://127.0.0.1.example"}),
        ((), {"HF_ENDPOINT": "http://127.0.0.1@localhost.example"}),
        ((), {"HFMINT_AUDIENCE": "https://huggingface.co", "HF_ENDPOINT": "https://hf.co.example"}),
    ],
)
def test_variables_lead_no_id_token_elsewhere(
    world: World, hfmint: Hfmint, arguments: tuple[str, ...], variables: dict[str, str]
) -> None:
    """It is refused before an ID token even exists."""
    result = hfmint("exchange", "acme/model", *arguments, env=world.environment() | variables)
    assert result.status == 2, result.stderr
    assert world.requests("github") == []


def test_each_secret_goes_to_its_own_server(world: World, tmp_path: Path) -> None:
    """Over connections to two ports, and to no other socket at all."""
    world.publish("acme/model")
    command = [*strace("connect", tmp_path / "calls"), "hfmint", "exchange", "acme/model"]
    product.needed()
    assert product.run(command, world.environment(), tmp_path).status == 0
    calls = (tmp_path / "calls").read_text()
    ports = re.findall(r"connect\(.*sin_port=htons\((\d+)\)", calls)
    origins = (world.github.origin, world.hub.origin)
    assert ports == [str(urlsplit(origin).port) for origin in origins]
    assert calls.count("connect(") == 2
    asked, told = world.requests("github"), world.requests("hub")
    assert [len(asked), len(told)] == [1, 1]
    assert asked[0].header("Authorization") == f"Bearer {world.github.runner_token}"
    assert told[0].header("Authorization") is None
    assert world.github.runner_token not in told[0].body.decode()
    assert not any(secret in told[0].target + asked[0].target for secret in world.secrets)


def test_a_wrong_audience_is_not_sent(world: World, hfmint: Hfmint) -> None:
    """Whoever gave the ID token."""
    token = world.github.id_token("https://example.com")
    environment = world.environment("none") | {"HF_OIDC_ID_TOKEN": token}
    assert hfmint("exchange", "acme/model", env=environment).status == 3
    assert world.requests("hub") == []


def test_the_second_call_of_a_job_asks_nobody(world: World, hfmint: Hfmint) -> None:
    """While the token has enough of its life left."""
    world.publish("acme/model")
    results = [hfmint("exchange", "acme/model", "--deliver", "stdout") for _ in range(3)]
    assert {result.stdout for result in results} == {f"{tokens(world)[0]}\n".encode()}
    assert len(world.hub.attempts) == 1
