"""Every secret that a manifest or an option names, with the line breaks that people paste."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import evidence
from auditing import AuditedJob
from jobs import Job
from rotating import Rotator
from Sandbox.collector import Collector
from Sandbox.issuers.stands import ISSUERS
from Sandbox.sinks.places import SINKS

BREAKS = {"LF": "\n", "CRLF": "\r\n", "several": "\n\r\n\n"}
MEMBER = (
    *("--member", "ci@acme.example", "--client-id", "env:HF_CLIENT_ID"),
    *("--client-secret", "env:HF_CLIENT_SECRET", "--scope", "write-repos"),
)


def broken(rotator: Rotator, ending: str, names: set[str]) -> dict[str, str]:
    """The environment, with `ending` after each of the variables."""
    variables = rotator.environment
    return variables | {name: variables[name] + ending for name in names}


def rotate(rotator: Rotator, ending: str, names: set[str]) -> None:
    """A whole rotation where each variable has the ending."""
    assert names
    env = broken(rotator, ending, names)
    for order in (["init"], ["now", "chat"]):
        ended = rotator(*order, env=env)
        assert ended.status == 0, ended.stderr
    for name in names:
        # In its middle a line break is no slip of the hand.
        env = broken(rotator, "", names) | {name: f"{rotator.environment[name]}\nsecond"}
        ended = rotator("now", "chat", env=env)
        assert ended.status in (3, 6), ended.stderr
        assert f"{name} has a line break in it".encode() in ended.stderr
        assert rotator("abandon", "chat").status == 0


@pytest.mark.parametrize("issuer", sorted(set(ISSUERS) - {"command", "hydra", "person"}))
@pytest.mark.parametrize("ending", BREAKS.values(), ids=list(BREAKS))
def test_the_credential_of_every_issuer(rotator: Rotator, issuer: str, ending: str) -> None:
    """A bearer token, or the secret of a log-in."""
    entry = rotator.rotations.rotation(issuer, ["file"], overlap="1s")
    names = set(rotator.rotations.issuer(issuer).variables)
    rotator.write({"chat": entry})
    rotate(rotator, ending, names)


@pytest.mark.parametrize("sink", sorted(set(SINKS) - {"file", "command"}))
@pytest.mark.parametrize("ending", BREAKS.values(), ids=list(BREAKS))
def test_the_credential_of_every_sink(rotator: Rotator, sink: str, ending: str) -> None:
    """Tokens, and the three parts of an access key."""
    entry = rotator.rotations.rotation("okta", [sink], overlap="1s")
    names = {name for name in rotator.rotations.sink(sink).variables if "REGION" not in name}
    rotator.write({"chat": entry})
    rotate(rotator, ending, names)


UNSEEN: dict[str, tuple[str, str, str]] = {
    "byte order mark": ("utf-8-sig", "", "begins with a byte order mark"),
    "UTF-16": ("utf-16", "", "is in UTF-16"),
    "UTF-16, the other way": ("utf-16-be", "\ufeff", "is in UTF-16"),
    "blank": ("utf-8", "\u00a0", "begins or ends with a character that nobody sees"),
}


@pytest.mark.parametrize("kind", UNSEEN)
@pytest.mark.parametrize("where", ["issuer", "sink", "log-in"])
def test_what_nobody_sees_is_named(rotator: Rotator, tmp_path: Path, where: str, kind: str) -> None:
    """As a file of Windows' has it; before a secret is made."""
    encoding, before, complaint = UNSEEN[kind]
    entry = rotator.rotations.rotation("okta", ["gitlab"], overlap="1s")
    place, key, value = {
        "issuer": (
            entry["issuer"],
            "token",
            next(iter(rotator.rotations.issuer("okta").variables.values())),
        ),
        "sink": (entry["sinks"][0], "token", rotator.environment["GITLAB_SINK_TOKEN"]),
        "log-in": (entry["verify"], "clientId", str(entry["verify"]["clientId"])),
    }[where]
    file = tmp_path / "pasted"
    file.write_bytes((before + value).encode(encoding))
    place[key] = f"file:{file}"
    rotator.write({"chat": entry})
    evidence.put_there(file)
    rotator("init")
    ended = rotator("now", "chat")
    assert ended.status == 6, ended.stderr
    assert f"'{file}' {complaint}".encode() in ended.stderr
    assert len(rotator.rotations.issuer("okta").live) == 1


@pytest.mark.parametrize("ending", BREAKS.values(), ids=list(BREAKS))
def test_the_id_of_a_log_in(rotator: Rotator, ending: str) -> None:
    """It is no secret, and is read at the same place."""
    entry = rotator.rotations.rotation("okta", ["file"], overlap="1s")
    verify = rotator.rotations.issuer("okta").verify
    entry["verify"] = verify | {"clientId": "env:CLIENT_ID"}
    rotator.write({"chat": entry})
    env = rotator.environment | {"CLIENT_ID": f"{verify['clientId']}{ending}"}
    for order in (["init"], ["now", "chat"]):
        ended = rotator(*order, env=env)
        assert ended.status == 0, ended.stderr


@pytest.mark.parametrize("style", ["standard-webhooks", "HS256"])
@pytest.mark.parametrize("ending", BREAKS.values(), ids=list(BREAKS))
def test_the_key_of_a_callback(rotator: Rotator, style: str, ending: str) -> None:
    """Of either format."""
    receiver = rotator.rotations.receiver
    callback = receiver.callback(style, rotator.rotations.folder)
    rotator.write(
        {"chat": rotator.rotations.rotation("okta", ["file"], overlap="1s", callbacks=[callback])}
    )
    env = broken(rotator, ending, set(receiver.variables()))
    for order in (["init"], ["now", "chat"]):
        ended = rotator(*order, env=env)
        assert ended.status == 0, ended.stderr
    assert receiver.accepted("secret.revoked")
    assert receiver.errors == []


@pytest.mark.parametrize("ending", BREAKS.values(), ids=list(BREAKS))
def test_the_client_of_an_organization(job: Job, ending: str) -> None:
    """Both its id and its secret."""
    secret = job.world.sentinels.issue("client-secret")
    job.world.hub.add_app(
        "app1", secret, members={"ci@acme.example": "acme-ci"}, scopes=("write-repos",)
    )
    job.env |= {"HF_CLIENT_ID": f"app1{ending}", "HF_CLIENT_SECRET": secret + ending}
    job.delivered(job.exchange(*MEMBER))
    for name in ("HF_CLIENT_ID", "HF_CLIENT_SECRET"):
        ended = job.run("forget")
        ended = job.exchange(*MEMBER, **{name: f"{job.env[name].strip()}\nsecond"})
        assert (ended.status, ended.code) == (5, "state-unusable")
        assert f"{name} has a line break in it" in ended.err


@pytest.mark.parametrize("ending", BREAKS.values(), ids=list(BREAKS))
def test_the_credential_of_a_collector(job: Job, ending: str, tmp_path: Path) -> None:
    """A header's whole value, with a blank in it."""
    with Collector() as collector:
        audited = AuditedJob(
            job,
            tmp_path / "audit",
            url=collector.origin,
            credential={"header": "authorization", "value": "env:COLLECTOR_KEY"},
        )
        key = job.world.sentinels.issue("collector-key")
        ended = job.exchange(COLLECTOR_KEY=f"Bearer {key}{ending}")
        job.delivered(ended)
        assert collector.requests, ended.err
        assert collector.requests[0].header("Authorization") == f"Bearer {key}"
        ended = audited.job.exchange(COLLECTOR_KEY=f"Bearer {key}\nX-Other: 1")
        assert "COLLECTOR_KEY has a line break in it" in ended.err


def test_a_token_that_leaked_is_revoked_as_it_was_pasted(job: Job) -> None:
    """HF_TOKEN, by the same rule."""
    token = job.delivered(job.exchange())
    ended = job.run("revoke", "--json", HF_TOKEN=f"{token}\r\n\n")
    assert "not a Hub token" not in ended.err
    assert json.loads(ended.out)
