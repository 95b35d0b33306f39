"""A whole rotation at every kind of issuer, with a consumer at every sink."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from rotating import DAY, Rotator
from Sandbox.issuers.person import HubApplication
from Sandbox.rotations import Consumer

# How each one shows that the old secret is dead.
OVERLAPPING = {
    "okta": "refused",
    "entra": "listed",
    "keycloak-policy": "refused",
    "hydra": "accepted",
    "command": "listed",
}
SINKS = ["file", "vault", "github-repository"]


@contextmanager
def consumers(rotator: Rotator, issuer: str, sinks: list[str]) -> Iterator[list[Consumer]]:
    """One at each sink, from before the rotation until after it."""
    with ExitStack() as stack:
        found = [
            stack.enter_context(
                Consumer(rotator.rotations.issuer(issuer), rotator.rotations.sink(sink))
            )
            for sink in sinks
        ]
        yield found
        for consumer in found:
            consumer.wait_for(3)


def values(rotator: Rotator, sinks: list[str]) -> set[str | None]:
    """What a consumer reads at each sink."""
    return {rotator.rotations.sink(sink).value() for sink in sinks}


def journal_bytes(rotator: Rotator) -> bytes:
    """All that is remembered."""
    return b"".join(file.read_bytes() for file in rotator.rotations.journal.iterdir())


@pytest.mark.parametrize("issuer", OVERLAPPING)
def test_an_overlap_lets_no_consumer_fail(rotator: Rotator, issuer: str) -> None:
    """Old and new secret live side by side for a day; then the old one is proven dead."""
    rotator.set_up(issuer, SINKS, overlap="24h")
    stand = rotator.rotations.issuer(issuer)
    old = stand.live[-1]
    with consumers(rotator, issuer, SINKS) as found:
        first = rotator.outcome("now", "chat")
        assert (first["outcome"], first["exit"], first["phase"]) == ("waiting", 0, "delivered")
        assert set(stand.live) >= {old}
        new = stand.live[-1]
        assert values(rotator, SINKS) == {new} != {old}
        again = rotator.outcome("run")
        assert (again["outcome"], again["until"]) == ("waiting", first["until"])
        rotator.pass_time(DAY - 60)
        assert rotator.outcome("run")["outcome"] == "waiting"
        assert old in stand.live
        rotator.pass_time(120)
        last = rotator.outcome("run")
        assert (last["outcome"], last["exit"]) == ("done", 0), last
    assert stand.live == [new]
    assert stand.held == 1
    assert [(c.failures, c.log_ins > 0) for c in found] == [([], True)] * len(SINKS)
    status = rotator.status()
    assert (status["phase"], status["death_evidence"]) == ("done", OVERLAPPING[issuer])
    kinds = {sink["target"].split(":")[0]: sink["evidence"] for sink in status["sinks"]}  # type: ignore[attr-defined]
    assert kinds == {"file": "read back", "vault": "version", "github-actions": "updated"}
    remembered = journal_bytes(rotator)
    assert not [value for value in (old, new) if value.encode() in remembered]


@pytest.mark.parametrize("issuer", OVERLAPPING)
def test_one_rotation_follows_another(rotator: Rotator, issuer: str) -> None:
    """The predecessor is what the last one made."""
    rotator.set_up(issuer, ["file"], overlap="1s")
    stand = rotator.rotations.issuer(issuer)
    seen = [stand.live[-1]]
    for _ in range(3):
        assert rotator.outcome("now", "chat")["outcome"] == "done"
        assert stand.live == [rotator.rotations.sink("file").value()]
        seen += stand.live
    assert len(set(seen)) == 4


@pytest.mark.parametrize("issuer", OVERLAPPING)
def test_a_new_secret_that_spreads_slowly_is_waited_for(rotator: Rotator, issuer: str) -> None:
    """No sink gets it before it has worked twice in a row."""
    rotator.set_up(issuer, ["file"], overlap="1s")
    stand = rotator.rotations.issuer(issuer)
    stand.server.propagation = 1
    with consumers(rotator, issuer, ["file"]) as found:
        assert rotator.outcome("now", "chat")["outcome"] == "done"
    assert found[0].failures == []


@pytest.mark.parametrize("issuer", ["auth0", "keycloak"])
def test_a_replacing_issuer_is_as_quick_as_it_can_be(rotator: Rotator, issuer: str) -> None:
    """One run does all of it, as every moment of it is a gap."""
    rotator.set_up(issuer, SINKS)
    stand = rotator.rotations.issuer(issuer)
    (old,) = stand.live
    outcome = rotator.outcome("now", "chat")
    assert (outcome["outcome"], outcome["exit"]) == ("done", 0), outcome
    (new,) = stand.live
    assert values(rotator, SINKS) == {new} != {old}
    with consumers(rotator, issuer, SINKS) as found:
        pass
    assert [c.failures for c in found] == [[]] * len(SINKS)
    remembered = journal_bytes(rotator)
    assert not [value for value in (old, new) if value.encode() in remembered]


@pytest.mark.parametrize("issuer", ["auth0", "keycloak"])
def test_a_gap_must_be_allowed(rotator: Rotator, issuer: str) -> None:
    """In the manifest, by somebody who knows."""
    rotator.write({"chat": rotator.rotations.rotation(issuer, ["file"], allowCutover=False)})
    refused = rotator("init")
    assert (refused.status, refused.stdout) == (2, b"")
    assert b"allowCutover: true" in refused.stderr


def test_a_person_presses_the_button_when_told(rotator: Rotator) -> None:
    """And hands the new secret over; what does not log in reaches no sink."""
    rotator.set_up("person", SINKS)
    stand = rotator.rotations.issuer("person")
    assert isinstance(stand.server, HubApplication)
    (old,) = stand.live
    told = rotator("now", "chat")
    assert told.status == 6
    assert b"press Refresh at https://huggingface.co/settings" in told.stderr
    assert b"hfmint rotate supply chat" in told.stderr
    assert rotator.outcome("run")["exit"] == 6
    assert values(rotator, SINKS) == {old}
    new = stand.server.press_refresh("chat")
    wrong = rotator("supply", "chat", stdin=b"SENTINEL-of-another-application")
    assert wrong.status == 6
    assert b"refused at a log-in, and no sink has it" in wrong.stderr
    assert b"hint: hfmint rotate supply chat" in wrong.stderr
    assert values(rotator, SINKS) == {old}
    assert rotator.outcome("supply", "chat", stdin=f"{new}\n".encode())["outcome"] == "done"
    assert values(rotator, SINKS) == {new}
    assert new.encode() not in journal_bytes(rotator)


def test_a_person_may_be_quicker_than_the_schedule(rotator: Rotator) -> None:
    """`supply` begins a rotation where none is under way."""
    rotator.set_up("person", ["file"])
    stand = rotator.rotations.issuer("person")
    assert isinstance(stand.server, HubApplication)
    new = stand.server.press_refresh("chat")
    assert rotator.outcome("supply", "chat", stdin=new.encode())["outcome"] == "done"
    assert rotator.rotations.sink("file").value() == new
