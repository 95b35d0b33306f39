"""A sink that somebody else writes, before the old secret is retired and long after it."""

from __future__ import annotations

from typing import cast

import pytest

import evidence
from rotating import Json, Rotator
from Sandbox.sinks.gitlabvariables import GitLabVariables, Variable
from Sandbox.sinks.places import SINKS, WRITE_ONLY, Place

READABLE = tuple(name for name in SINKS if name not in WRITE_ONLY)
HOUR = 3_600


def overlapping(rotator: Rotator, sink: str, **more: object) -> tuple[Place, str]:
    """A rotation in its overlap, the sink with the new secret; the old one too."""
    place = rotator.rotations.sink(sink)
    place.sink |= more
    rotator.set_up("entra", [sink], overlap="1h")
    old = str(place.value())
    assert rotator.outcome("now", "chat")["outcome"] == "waiting"
    assert place.value() != old
    return place, old


@pytest.mark.parametrize("sink", SINKS)
def test_the_old_value_in_a_sink_is_written_over_before_it_dies(
    rotator: Rotator, sink: str
) -> None:
    """And the overlap begins anew; the consumer never holds what opens nothing."""
    place, old = overlapping(rotator, sink)
    issuer = rotator.rotations.issuer("entra")
    place.put(old)
    rotator.pass_time(HOUR + 60)
    outcome = rotator.outcome("run")
    assert (outcome["outcome"], outcome["exit"]) == ("waiting", 0), outcome
    assert place.value() in issuer.live
    assert place.value() != old
    assert old in issuer.live
    rows = cast(list[Json], rotator.status()["sinks"])
    assert [row["times_overwritten"] for row in rows] == [1]
    rotator.pass_time(HOUR + 60)
    assert rotator.outcome("run")["outcome"] == "done"
    assert issuer.live == [place.value()]


@pytest.mark.parametrize("sink", READABLE)
def test_a_third_value_is_left_alone_until_a_person_has_looked(rotator: Rotator, sink: str) -> None:
    """Their word is taken once."""
    place, old = overlapping(rotator, sink)
    issuer = rotator.rotations.issuer("entra")
    before = issuer.live
    place.put("what-an-administrator-put")
    rotator.pass_time(HOUR + 60)
    for words in (["run"], ["resume", "chat"]):
        outcome = rotator.outcome(*words)
        assert (outcome["attention"], outcome["exit"]) == ("sink-changed", 6), outcome
        assert "--overwrite" in str(outcome["err"])
        assert place.value() == "what-an-administrator-put"
        assert issuer.live == before
    assert rotator.outcome("resume", "chat", "--overwrite")["outcome"] == "waiting"
    assert place.value() in issuer.live
    assert old in issuer.live


@pytest.mark.parametrize("sink", SINKS)
@pytest.mark.parametrize("creates", [False, True])
def test_what_was_removed_is_made_again_only_where_the_sink_says_so(
    rotator: Rotator, sink: str, *, creates: bool
) -> None:
    """The old secret lives meanwhile."""
    place, old = overlapping(rotator, sink, create=creates)
    issuer = rotator.rotations.issuer("entra")
    place.drop()
    rotator.pass_time(HOUR + 60)
    outcome = rotator.outcome("run")
    if creates:
        assert outcome["outcome"] == "waiting", outcome
        assert place.value() in issuer.live
    else:
        assert (outcome["attention"], outcome["exit"]) == ("sink-changed", 6), outcome
        assert "was removed" in str(outcome["reason"])
    assert old in issuer.live


@pytest.mark.parametrize("sink", ["gitlab", "github-repository"])
def test_a_controller_that_comes_back_each_time_is_not_fought(rotator: Rotator, sink: str) -> None:
    """A person hears of it, and it goes on when it has stopped."""
    place, old = overlapping(rotator, sink)
    issuer = rotator.rotations.issuer("entra")
    outcomes = []
    for _ in range(6):
        place.put(old)
        rotator.pass_time(HOUR + 60)
        outcomes.append(str(rotator.outcome("run")["outcome"]))
        if outcomes[-1] == "attention":
            break
    assert outcomes.count("waiting") <= 3
    assert outcomes[-1] == "attention"
    assert old in issuer.live
    assert place.value() in issuer.live


@pytest.mark.parametrize("sink", [name for name in SINKS if name not in ("file", "command")])
@pytest.mark.parametrize("status", [503, 401])
def test_nothing_is_retired_while_a_sink_cannot_be_looked_at(
    rotator: Rotator, sink: str, status: int
) -> None:
    """Away is not unchanged."""
    place, old = overlapping(rotator, sink)
    rotator.pass_time(HOUR + 60)
    fault = f"status={status} retry-after=7200 times=forever"
    rotator.world.fault(f"sink-{sink}", fault)
    assert rotator.outcome("run")["exit"] == (4 if status == 503 else 6)
    assert old in rotator.rotations.issuer("entra").live
    assert place.value() in rotator.rotations.issuer("entra").live


def test_a_program_that_shows_evidence_is_asked_for_it(rotator: Rotator) -> None:
    """One that cannot be read."""
    place, old = overlapping(rotator, "command", readable=False, evidence=True)
    place.put(old)
    rotator.pass_time(HOUR + 60)
    assert rotator.outcome("run")["outcome"] == "waiting"
    assert place.value() != old


def test_sinks_that_cannot_show_it_are_named(rotator: Rotator) -> None:
    """By `plan` and by `status`: a program that says nothing, a variable that is hidden."""
    place = rotator.rotations.sink("command")
    place.sink |= {"readable": False}
    gitlab = cast(GitLabVariables, rotator.rotations.sink("gitlab").server)
    make = rotator.rotations.rotation
    rotator.write({"chat": make("entra", ["command", "gitlab", "vault"], overlap="1h")})
    gitlab.put(
        "projects/acme/training",
        Variable("CLIENT_SECRET", "hidden-value", masked=True, hidden=True),
    )
    assert rotator("init").status == 0
    words = b"does not show when others overwrite it"
    assert rotator("plan").stdout.count(words) == 1
    assert rotator.outcome("now", "chat")["outcome"] == "waiting"
    assert rotator("status").stdout.count(words) == 2
    rows = cast(list[Json], rotator.status()["sinks"])
    shown = {str(row["target"]).partition(":")[0]: row["shows_change"] for row in rows}
    assert shown == {"command": False, "gitlab": False, "vault": True}


MISNAMED: list[tuple[str, Json]] = [
    ("file", {"path": "clientsecret"}),
    ("github-repository", {"name": "CLIENT_SECRT"}),
    ("github-environment", {"name": "CLIENT_SECRT"}),
    ("github-organization", {"name": "CLIENT_SECRT"}),
    ("gitlab", {"key": "CLIENT_SECRT"}),
    ("gitlab", {"environment": "production"}),
    ("vault", {"path": "secret/data/chat"}),
    ("vault", {"field": "client_secrt"}),
    ("kubernetes", {"name": "chatt"}),
    ("kubernetes", {"key": "client-secret"}),
    ("aws-secrets-manager", {"key": "client_secrt"}),
    ("hub-space", {"name": "CLIENT_SECRT"}),
]


@pytest.mark.parametrize(("sink", "change"), MISNAMED)
def test_a_misspelt_target_is_not_made(rotator: Rotator, sink: str, change: Json) -> None:
    """`init` and `plan` say so beforehand; with `create: true` it is made."""
    make, issuer = rotator.rotations.rotation, rotator.rotations.issuer("okta")
    entry = make("okta", [sink], overlap="0s", schedule={"every": "1d"})
    place = cast(list[Json], entry["sinks"])[0]
    place |= change
    rotator.write({"chat": entry})
    evidence.put_there(rotator.rotations.folder / "clientsecret")
    assert b": nothing is there yet; " in rotator("init").stdout
    assert b": nothing is there yet; " in rotator("plan").stdout
    before = issuer.live
    for words in (["now", "chat"], ["resume", "chat"], ["resume", "chat", "--overwrite"]):
        outcome = rotator.outcome(*words)
        assert (outcome["attention"], outcome["exit"]) == ("target-missing", 6), outcome
        assert issuer.live == before
    place["create"] = True
    rotator.write({"chat": entry})
    assert b"the first rotation makes it" in rotator("plan").stdout
    outcome = rotator.outcome("resume", "chat")
    assert (outcome["outcome"], outcome["exit"]) == ("done", 0), outcome


def test_a_secret_that_aws_does_not_have(rotator: Rotator) -> None:
    """It is named; `create: true` makes none there, and says so."""
    entry = rotator.rotations.rotation("okta", ["aws-secrets-manager"], overlap="0s")
    place = cast(list[Json], entry["sinks"])[0]
    place["secret"] = "chatt"
    for creates in (False, True):
        place["create"] = creates
        rotator.write({"chat": entry})
        assert b": nothing is there yet" in rotator("init").stdout
        outcome = rotator.outcome("now", "chat")
        assert outcome["exit"] == 6
        assert "there is no such secret" in str(outcome["reason"])


@pytest.mark.parametrize("sink", READABLE)
def test_what_does_not_log_in_may_be_the_wrong_place(rotator: Rotator, sink: str) -> None:
    """The first rotation needs a person's word; the second one asks nobody."""
    rotator.set_up("okta", [sink], overlap="0s")
    issuer, place = rotator.rotations.issuer("okta"), rotator.rotations.sink(sink)
    place.put("of-another-client")
    said = rotator("init").stdout
    assert b"what is there does not log in with the client" in said
    assert b"hfmint rotate now chat --overwrite" in said
    before = issuer.live
    outcome = rotator.outcome("now", "chat")
    assert (outcome["attention"], outcome["exit"]) == ("target-unproven", 6), outcome
    assert place.value() == "of-another-client"
    assert issuer.live == before
    assert rotator.outcome("now", "chat", "--overwrite")["outcome"] == "done"
    assert issuer.live == [place.value()]
    assert rotator.outcome("now", "chat")["outcome"] == "done"
