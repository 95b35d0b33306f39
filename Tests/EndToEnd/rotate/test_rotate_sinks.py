"""A whole rotation into every kind of sink, with its evidence."""

from __future__ import annotations

from typing import cast

import pytest

from rotating import Json, Rotator
from Sandbox.rotations import Consumer
from Sandbox.sinks.githubsecrets import GitHubSecrets
from Sandbox.sinks.gitlabvariables import GitLabVariables
from Sandbox.sinks.kubernetes import Kubernetes
from Sandbox.sinks.places import SINKS
from Sandbox.sinks.secretsmanager import SecretsManager
from Sandbox.sinks.spacesecrets import SpaceSecrets
from Sandbox.sinks.vault import Vault

EVIDENCE = {
    "file": "read back",
    "github-repository": "updated",
    "github-environment": "updated",
    "github-organization": "updated",
    "gitlab": "read back",
    "vault": "version",
    "kubernetes": "version",
    "aws-secrets-manager": "version",
    "hub-space": "updated",
    "command": "read back",
}


def evidence_of(rotator: Rotator) -> dict[str, str | None]:
    """What `rotate status` says of each sink."""
    rows = cast(list[Json], rotator.status()["sinks"])
    return {str(row["target"]): cast("str | None", row["evidence"]) for row in rows}


def server_of(rotator: Rotator, sink: str) -> object:
    """The stand-in."""
    return rotator.rotations.sink(sink).server


@pytest.mark.parametrize("sink", SINKS)
def test_every_sink_gets_the_new_secret(rotator: Rotator, sink: str) -> None:
    """Once, with evidence, while its consumer goes on logging in."""
    rotator.set_up("okta", [sink], overlap="1s")
    issuer, place = rotator.rotations.issuer("okta"), rotator.rotations.sink(sink)
    old = place.value()
    with Consumer(issuer, place) as consumer:
        outcome = rotator.outcome("now", "chat")
        assert (outcome["outcome"], outcome["exit"]) == ("done", 0), outcome
        consumer.wait_for(3)
    assert consumer.failures == []
    assert [place.value()] == issuer.live != [old]
    assert list(evidence_of(rotator).values()) == [EVIDENCE[sink]]
    writes = getattr(place.server, "writes", getattr(place.server, "restarts", 1))
    assert writes == 1


def test_every_sink_at_once(rotator: Rotator) -> None:
    """Those that can be read come first."""
    rotator.set_up("entra", list(SINKS), overlap="1s")
    assert rotator.outcome("now", "chat")["outcome"] == "done"
    found = list(evidence_of(rotator).values())
    assert sorted(map(str, found)) == sorted(EVIDENCE.values())
    assert found[-4:] == ["updated"] * 4
    live = rotator.rotations.issuer("entra").live
    assert [rotator.rotations.sink(sink).value() for sink in SINKS] == live * len(SINKS)


def test_what_lies_beside_the_secret_stays(rotator: Rotator) -> None:
    """Selected repositories, flags, other fields and keys, a description."""
    sinks = [
        "github-organization",
        "gitlab",
        "vault",
        "kubernetes",
        "aws-secrets-manager",
        "hub-space",
    ]
    rotator.set_up("okta", sinks, overlap="1s")
    assert rotator.outcome("now", "chat")["outcome"] == "done"
    github = cast(GitHubSecrets, server_of(rotator, "github-organization"))
    stored = github.stored("/orgs/acme/actions", "CLIENT_SECRET")
    assert stored
    assert (stored.visibility, stored.repositories) == ("selected", set(range(1, 131)))
    gitlab = cast(GitLabVariables, server_of(rotator, "gitlab"))
    variable = gitlab.variable("projects/acme/training", "CLIENT_SECRET")
    assert variable
    assert variable.masked
    assert cast(Vault, server_of(rotator, "vault")).data("chat")["owner"] == "acme"
    kubernetes = cast(Kubernetes, server_of(rotator, "kubernetes"))
    assert kubernetes.value("acme", "chat", "owner") == "acme"
    aws = cast(SecretsManager, server_of(rotator, "aws-secrets-manager"))
    assert '"owner": "acme"' in str(aws.value("chat"))
    space = cast(SpaceSecrets, server_of(rotator, "hub-space")).stored("acme/chat", "CLIENT_SECRET")
    assert space
    assert space.description == "of the OAuth app"


@pytest.mark.parametrize(
    ("sink", "fault"),
    [
        ("github-repository", "status=401 times=forever"),
        ("gitlab", "status=403 times=forever"),
        ("vault", 'status=403 times=forever body={"errors":["permission denied"]}'),
        ("kubernetes", "status=403 times=forever"),
        ("hub-space", "status=401 times=forever"),
    ],
)
def test_a_sink_that_refuses_is_noticed_before_anything_changes(
    rotator: Rotator, sink: str, fault: str
) -> None:
    """And a person is asked: no secret was made, and none was written."""
    rotator.set_up("okta", ["file", sink])
    issuer = rotator.rotations.issuer("okta")
    before = issuer.live
    rotator.world.fault(f"sink-{sink}", fault)
    outcome = rotator.outcome("now", "chat")
    assert (outcome["outcome"], outcome["exit"]) == ("attention", 6)
    assert issuer.live == before
    assert [rotator.rotations.sink("file").value()] == before
    assert not [r for r in issuer.server.requests if r.method == "POST" and "apps" in r.path]


def test_a_sink_that_is_away_for_a_while_is_waited_for(rotator: Rotator) -> None:
    """The others have the new secret meanwhile, and the old one stays alive."""
    rotator.set_up("okta", ["file", "vault", "github-repository"], overlap="1s")
    rotator.world.fault("sink-github-repository", "status=503 method=PUT")
    issuer = rotator.rotations.issuer("okta")
    places = [rotator.rotations.sink(name) for name in ("file", "vault", "github-repository")]
    with Consumer(issuer, places[0]) as first, Consumer(issuer, places[2]) as last:
        assert rotator.outcome("now", "chat")["outcome"] == "done"
        first.wait_for(3)
        last.wait_for(3)
    assert first.failures + last.failures == []
    assert [place.value() for place in places] == issuer.live * 3


@pytest.mark.parametrize("last", ["RUNNING", "RUNTIME_ERROR"])
def test_a_space_must_be_well_with_the_new_secret(rotator: Rotator, last: str) -> None:
    """Where the manifest says so; else the old secret stays alive, and a person is asked."""
    sink = rotator.rotations.sink("hub-space")
    sink.sink["health"] = {"timeout": "30s"}
    rotator.set_up("okta", ["hub-space"], overlap="1s")
    issuer, server = rotator.rotations.issuer("okta"), cast(SpaceSecrets, sink.server)
    server.course = ("RUNNING_APP_STARTING", last)
    old = list(issuer.live)
    outcome = rotator.outcome("now", "chat")
    looks = [r for r in server.requests if r.path.endswith("/runtime")]
    # Once before anything, once before the write, and until it is well or not.
    assert len(looks) >= 3
    if last == "RUNNING":
        assert outcome["outcome"] == "done"
        assert issuer.live == [sink.value()]
    else:
        assert (outcome["outcome"], outcome["attention"]) == ("attention", "app-unhealthy")
        assert set(old) < set(issuer.live)


def test_a_static_space_gets_no_secret(rotator: Rotator) -> None:
    """It would hand it to every browser."""
    rotator.set_up("okta", ["hub-space"], overlap="1s")
    sink, issuer = rotator.rotations.sink("hub-space"), rotator.rotations.issuer("okta")
    cast(SpaceSecrets, sink.server).sdk = "static"
    before = (sink.value(), list(issuer.live))
    outcome = rotator.outcome("now", "chat")
    assert (outcome["outcome"], outcome["exit"]) == ("attention", 6)
    assert "browser" in str(outcome["err"])
    assert (sink.value(), list(issuer.live)) == before
