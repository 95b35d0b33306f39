"""Which provider is recognised, what else is reported, and which can never work."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

import product
from Sandbox.provider import HUB, Issuer
from Sandbox.world import World

Hfmint = Callable[..., product.Result]

# Variables of providers whose jobs can have no ID token for the Hub, and a word of the reason.
IMPOSSIBLE = {
    "act": ({"GITHUB_ACTIONS": "true", "ACT": "true"}, "no issuer vouches for it"),
    "azure-devops": ({"TF_BUILD": "True"}, "api://AzureADTokenExchange"),
    "azure-managed-identity": (
        {"IDENTITY_ENDPOINT": "http://169.254.0.1/token", "IDENTITY_HEADER": "x"},
        "registered in Entra",
    ),
    "semaphore": ({"SEMAPHORE": "true"}, "organization's own address"),
    "spacelift": ({"SPACELIFT_OIDC_TOKEN": "x.y.z"}, "account's own host name"),
    "env0": ({"ENV0_ENVIRONMENT_ID": "1"}, "env0's own addresses"),
    "modal": ({"MODAL_TASK_ID": "ta-1"}, "oidc.modal.com"),
    "vercel": ({"VERCEL": "1"}, "https://vercel.com/<team>"),
    "travis-ci": ({"TRAVIS": "true"}, "no ID tokens"),
    "woodpecker": ({"CI": "woodpecker", "DRONE": "true"}, "no ID tokens yet"),
    "drone": ({"DRONE": "true", "CI": "true"}, "no ID tokens"),
    "hf-jobs": ({"JOB_ID": "1", "ACCELERATOR": "none"}, "no ID token that says which Job"),
}

# Each beside what it is not: the first is asked, the others are reported.
NESTED = [
    ({"FORGEJO_ACTIONS": "true", "GITEA_ACTIONS": "true"}, ["forgejo-actions"]),
    ({"FORGEJO_SERVER_URL": "https://codeberg.org"}, ["forgejo-actions"]),
    ({"GITEA_ACTIONS": "true"}, ["gitea-actions"]),
    ({"GITHUB_SERVER_URL": "https://ghe.acme.example"}, ["github-actions"]),
    ({"ACT": "true"}, ["act"]),
    ({"ACT": "true", "GITLAB_CI": "true"}, ["act", "gitlab-ci"]),
    ({"K_SERVICE": "runner", "NO_GCE_CHECK": ""}, ["github-actions", "google-cloud"]),
    ({"AWS_EXECUTION_ENV": "x"}, ["github-actions", "aws"]),
    ({"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, ["github-actions", "kubernetes"]),
]


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_the_impossible_is_named_with_a_reason(name: str, world: World, hfmint: Hfmint) -> None:
    """Nothing is tried; the reader learns what would work."""
    variables, reason = IMPOSSIBLE[name]
    result = hfmint("exchange", "acme/model", env=world.environment("none") | variables)
    assert result.status == 3
    assert f"hfmint: error: {name}: " in result.stderr.decode()
    assert reason in result.stderr.decode()
    assert b"hfmint: hint: " in result.stderr
    assert not world.requests("hub")


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_a_token_of_ones_own_works_anywhere(name: str, world: World, hfmint: Hfmint) -> None:
    """What is impossible for the provider is possible with another issuer's ID token."""
    variables, _ = IMPOSSIBLE[name]
    issuer = Issuer(world.sentinels, "https://issuer.acme.example", {"sub": "ci"})
    world.hub.trust(issuer.url, issuer.key.jwks)
    world.hub.publish("acme/model", issuer.url, {"sub": "ci"}, "write")
    token = {"HF_OIDC_ID_TOKEN": issuer.id_token(HUB, world.hub.now())}
    env = world.environment("none") | variables | token
    assert hfmint("exchange", "acme/model", "--json", env=env).status == 0


@pytest.mark.parametrize(("variables", "expected"), NESTED)
def test_nested_systems_are_reported(
    variables: dict[str, str], expected: list[str], world: World, hfmint: Hfmint
) -> None:
    """In the order in which they would be asked, each with the option that asks it."""
    env = world.environment("none") | {"GITHUB_ACTIONS": "true"} | variables
    told = json.loads(hfmint("--json", env=env).stdout)
    assert [told["provider"], *told["also_detected"]] == expected
    shown = hfmint(env=env).stdout.decode()
    for other in expected[1:]:
        assert f"--provider {other}" in shown


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"CIRCLECI": "true", "CIRCLE_PR_REPONAME": "training"}, "from a fork"),
        (
            {
                "BUILDKITE": "true",
                "BUILDKITE_PULL_REQUEST": "7",
                "BUILDKITE_PULL_REQUEST_REPO": "git://github.com/stranger/training.git",
                "BUILDKITE_REPO": "git@github.com:acme/training.git",
            },
            "from a fork",
        ),
        ({"GITEA_ACTIONS": "true", "GITHUB_EVENT_NAME": "issue_comment"}, "by anyone"),
        ({"FORGEJO_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request_target"}, "by anyone"),
        ({"VELA": "true", "VELA_PULL_REQUEST_FROM_FORK": "true"}, "from a fork"),
    ],
)
def test_events_of_strangers_are_refused(
    variables: dict[str, str], reason: str, world: World, hfmint: Hfmint
) -> None:
    """Before anything is sent, and only unless told otherwise."""
    issuer = Issuer(world.sentinels, "https://issuer.acme.example", {"sub": "ci"})
    world.hub.trust(issuer.url, issuer.key.jwks)
    world.hub.publish("acme/model", issuer.url, {"sub": "ci"}, "write")
    token = {"HF_OIDC_ID_TOKEN": issuer.id_token(HUB, world.hub.now())}
    env = world.environment("none") | variables | token
    refused = hfmint("exchange", "acme/model", "--json", env=env)
    assert refused.status == 3
    assert reason in refused.stderr.decode()
    assert not world.requests("hub")
    allowed = hfmint("exchange", "acme/model", "--json", "--allow-untrusted-event", env=env)
    assert allowed.status == 0


def test_the_same_repository_is_no_fork(world: World, hfmint: Hfmint) -> None:
    """However the two addresses are written."""
    issuer = Issuer(world.sentinels, "https://issuer.acme.example", {"sub": "ci"})
    world.hub.trust(issuer.url, issuer.key.jwks)
    world.hub.publish("acme/model", issuer.url, {"sub": "ci"}, "write")
    env = world.environment("none") | {
        "BUILDKITE": "true",
        "BUILDKITE_PULL_REQUEST": "7",
        "BUILDKITE_PULL_REQUEST_REPO": "https://github.com/Acme/training.git",
        "BUILDKITE_REPO": "git@github.com:acme/training.git",
        "HF_OIDC_ID_TOKEN": issuer.id_token(HUB, world.hub.now()),
    }
    assert hfmint("exchange", "acme/model", "--json", env=env).status == 0


@pytest.mark.parametrize(
    "variables",
    [
        {"GCE_METADATA_HOST": "metadata.evil.example", "NO_GCE_CHECK": ""},
        {
            "CF_BUILD_ID": "1",
            "CF_OIDC_REQUEST_URL": "http://evil.example/",
            "CF_OIDC_REQUEST_TOKEN": "t",
        },
        {
            "BUILDKITE": "true",
            "BUILDKITE_JOB_ID": "1",
            "BUILDKITE_AGENT_ENDPOINT": "http://evil.example/v3",
            "BUILDKITE_AGENT_ACCESS_TOKEN": "t",
        },
        {
            "AWS_EXECUTION_ENV": "x",
            "AWS_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "k",
            "AWS_SECRET_ACCESS_KEY": "s",
            "AWS_ENDPOINT_URL": "http://evil.example",
        },
        {
            "BUILDER_OUTPUT": "/b",
            "GOOGLE_SERVICE_ACCOUNT_NAME": "a@b",
            "NO_GCE_CHECK": "",
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS": "https://evil.example/",
        },
        {
            "AWS_EXECUTION_ENV": "x",
            "AWS_REGION": "evil.example/",
            "AWS_ACCESS_KEY_ID": "k",
            "AWS_SECRET_ACCESS_KEY": "s",
        },
    ],
)
def test_no_credential_goes_where_a_variable_misleads(
    variables: dict[str, str], world: World, hfmint: Hfmint
) -> None:
    """Plain http, and hosts that are not the provider's, are refused before a request."""
    result = hfmint("exchange", "acme/model", env=world.environment("none") | variables)
    assert result.status == 3
    assert b"cannot reach" not in result.stderr
