"""Those who depend on a secret are told, and asked; the receiver checks every signature itself."""

from __future__ import annotations

import time

import pytest

from rotating import DAY, Rotator
from Sandbox.receiver import Receiver
from Sandbox.rotations import Consumer

USUAL = [
    "rotation.started",
    "secret.created",
    "secret.delivered",
    "secret.revoking",
    "secret.revoked",
]
STYLES = ["standard-webhooks", "HS256", "RS256", "ES256"]


def set_up(
    rotator: Rotator, style: str = "standard-webhooks", overlap: str = "1s", **callback: object
) -> Receiver:
    """A rotation with one callback."""
    receiver = rotator.rotations.receiver
    rotator.rotations.folder.mkdir(parents=True, exist_ok=True)
    entry = receiver.callback(style, rotator.rotations.folder) | callback
    rotator.set_up("okta", ["file"], overlap=overlap, callbacks=[entry])
    return receiver


@pytest.mark.parametrize("style", STYLES)
def test_everyone_is_told_of_every_step(rotator: Rotator, style: str) -> None:
    """In order, each once, signed; the old secret's end is announced with its time."""
    receiver = set_up(rotator, style)
    (old,) = [s.id for s in rotator.rotations.issuer("okta").server.clients["app1"].secrets]
    before = int(time.time())
    assert rotator.outcome("now", "chat")["outcome"] == "done"
    assert receiver.rejected == []
    assert [notice.kind for notice in receiver.notices] == USUAL
    assert len({notice.id for notice in receiver.notices}) == len(USUAL)
    told = {notice.kind: notice for notice in receiver.notices}
    (new,) = [s.id for s in rotator.rotations.issuer("okta").server.clients["app1"].secrets]
    assert (told["secret.created"].secret_id, told["secret.delivered"].secret_id) == (new, new)
    assert (told["secret.revoking"].secret_id, told["secret.revoked"].secret_id) == (old, old)
    moment = told["secret.revoking"].not_before
    if isinstance(moment, str):
        assert moment.endswith("Z")
    else:
        assert before <= int(str(moment)) <= time.time() + 1


@pytest.mark.parametrize("style", ["standard-webhooks", "ES256"])
def test_the_old_secret_stays_until_there_is_agreement(rotator: Rotator, style: str) -> None:
    """409 means: not yet. The same notice comes again, under the same id."""
    receiver = set_up(rotator, style, acknowledge=True)
    receiver.answer("secret.revoking", 409, 409)
    issuer, place = rotator.rotations.issuer("okta"), rotator.rotations.sink("file")
    old = issuer.live[0]
    with Consumer(issuer, place) as consumer:
        waiting = rotator.outcome("now", "chat")
        assert (waiting["outcome"], waiting["exit"]) == ("waiting", 0)
        assert "127.0.0.1 has not agreed yet" in str(waiting["reason"])
        assert issuer.live == [old, place.value()]
        assert rotator.outcome("run")["outcome"] == "waiting"
        rotator.pass_time(301)
        last = rotator.outcome("run")
        assert last["outcome"] == "done", last
        consumer.wait_for(3)
    assert consumer.failures == []
    asked = [notice for notice in receiver.notices if notice.kind == "secret.revoking"]
    assert [notice.status // 100 for notice in asked] == [4, 4, 2]
    assert len({notice.id for notice in asked}) == 1
    assert receiver.rejected == []


def test_agreement_does_not_shorten_the_overlap(rotator: Rotator) -> None:
    """It is one condition, and the overlap another."""
    receiver = set_up(rotator, overlap="24h", acknowledge=True)
    assert rotator.outcome("now", "chat")["outcome"] == "waiting"
    assert len(receiver.accepted("secret.revoking")) == 1
    assert len(rotator.rotations.issuer("okta").live) == 2
    rotator.pass_time(DAY + 5)
    assert rotator.outcome("run")["outcome"] == "done"


def test_an_endpoint_that_is_gone_needs_a_person(rotator: Rotator) -> None:
    """410 is no agreement; a person may decide that none is needed, which is remembered."""
    receiver = set_up(rotator, acknowledge=True)
    receiver.answer("secret.revoking", 410, 410)
    issuer = rotator.rotations.issuer("okta")
    outcome = rotator.outcome("now", "chat")
    assert (outcome["outcome"], outcome["exit"]) == ("attention", 6)
    assert "127.0.0.1 takes no more events, and must agree" in str(outcome["reason"])
    assert len(issuer.live) == 2
    assert rotator.outcome("run")["exit"] == 6
    assert rotator.outcome("resume", "chat")["exit"] == 6
    assert len(issuer.live) == 2
    wrong = rotator("resume", "chat", "--without-ack", "https://elsewhere.example/hooks")
    assert wrong.status == 2
    assert receiver.url.encode() in wrong.stderr
    done = rotator.outcome("resume", "chat", "--without-ack", receiver.url)
    assert (done["outcome"], done["exit"]) == ("done", 0)
    assert len(issuer.live) == 1


def test_a_deadline_ends_in_attention_and_not_in_revocation(rotator: Rotator) -> None:
    """The old secret lives until a person has decided."""
    receiver = set_up(rotator, acknowledge=True, deadline="1s")
    receiver.answer("secret.revoking", *[503] * 50)
    outcome = rotator.outcome("now", "chat")
    assert (outcome["outcome"], outcome["exit"]) == ("attention", 6)
    assert len(rotator.rotations.issuer("okta").live) == 2
    assert receiver.accepted("rotation.attention")


def test_nobody_who_need_not_agree_is_waited_for(rotator: Rotator) -> None:
    """They are told later, under the same id, by whatever run comes next."""
    receiver = set_up(rotator)
    receiver.answer("secret.created", *[500] * 3)
    assert rotator.outcome("now", "chat")["outcome"] == "done"
    status = rotator("status")
    assert b"not delivered yet" in status.stdout
    for _ in range(3):
        rotator.pass_time(7_201)
        assert rotator("run").status == 0
    asked = [notice for notice in receiver.notices if notice.kind == "secret.created"]
    assert [notice.status // 100 for notice in asked][-1] == 2
    assert len({notice.id for notice in asked}) == 1
    assert b"not delivered yet" not in rotator("status").stdout


def test_a_redirect_is_not_followed(rotator: Rotator) -> None:
    """It would take the notice to who was not named."""
    receiver = set_up(rotator, acknowledge=True, deadline="1s")
    elsewhere = rotator.world.hub.origin
    rotator.world.fault("receiver", f"redirect=307,{elsewhere}/hooks path=/hooks times=forever")
    assert rotator.outcome("now", "chat")["exit"] == 6
    assert receiver.notices == []
    assert rotator.world.requests("hub") == []
    assert len(rotator.rotations.issuer("okta").live) == 2


def test_a_key_that_is_none_is_said_so(rotator: Rotator) -> None:
    """The key is named, never shown, and the old secret stays."""
    set_up(rotator, acknowledge=True)
    environment = rotator.environment | {"HOOK_SECRET": "SENTINEL-is-no-whsec"}
    result = rotator("now", "chat", env=environment)
    assert result.status == 6
    assert b"whsec_" in result.stderr
    assert len(rotator.rotations.issuer("okta").live) == 1
