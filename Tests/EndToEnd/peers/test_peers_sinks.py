"""Whole rotations into real servers: OpenBao, and moto's of AWS."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from openbao import OpenBao
from peers import Moto
from rotating import DAY, Rotator
from Sandbox.sinks.places import Place
from Sandbox.world import World


@pytest.fixture
def bao(world: World, tmp_path: Path) -> Iterator[OpenBao]:
    """A server of this test's own."""
    with OpenBao(world.sentinels, tmp_path / "bao") as bao:
        yield bao


@pytest.fixture
def moto(world: World) -> Iterator[Moto]:
    """A server of this test's own."""
    with Moto(world.sentinels) as moto:
        yield moto


def set_up(rotator: Rotator, place: Place, **more: object) -> None:
    """A rotation of Okta's stand-in into one place."""
    rotator.rotations.add("real", place)
    rotator.set_up("okta", ["real"], overlap="1s", **more)


def done(rotator: Rotator, place: Place) -> None:
    """Rotate, and see that the place holds the one live secret."""
    outcome = rotator.outcome("now", "chat")
    assert (outcome["outcome"], outcome["exit"]) == ("done", 0), outcome
    assert [place.value()] == rotator.rotations.issuer("okta").live


POLICIES = {
    "patch": {"secret/data/chat": ["read", "patch"]},
    "update": {"secret/data/chat": ["read", "create", "update"]},
}


@pytest.mark.parametrize("policy", POLICIES)
def test_openbao_takes_the_secret_and_keeps_the_rest(
    rotator: Rotator, bao: OpenBao, policy: str
) -> None:
    """With no more than the documented capabilities, in one version."""
    place = bao.place(bao.limited_token(POLICIES[policy]))
    set_up(rotator, place)
    before = bao.fields()
    done(rotator, place)
    assert bao.fields() == before | {"client_secret": place.value()}
    assert bao.version() == 2
    checked = rotator("status", "--check")
    assert checked.status == 0, checked


def test_openbao_may_demand_the_version(rotator: Rotator, bao: OpenBao) -> None:
    """Check-and-set is what hfmint writes with anyway."""
    bao.do("POST", "secret/config", {"cas_required": True})
    place = bao.place(bao.limited_token(POLICIES["update"]))
    set_up(rotator, place)
    done(rotator, place)


def test_openbao_has_namespaces(rotator: Rotator, bao: OpenBao) -> None:
    """The token and the engine are in one."""
    bao.do("POST", "sys/namespaces/team", {})
    bao.do("POST", "sys/mounts/kv", {"type": "kv", "options": {"version": "2"}}, "team")
    token = bao.limited_token({"kv/data/chat": ["read", "patch"]}, "team")
    place = bao.place(token, "kv", "team")
    set_up(rotator, place)
    done(rotator, place)


def test_openbao_shows_what_was_overwritten(rotator: Rotator, bao: OpenBao) -> None:
    """A deploy put the old value back."""
    place = bao.place(bao.limited_token(POLICIES["patch"]))
    set_up(rotator, place)
    old = str(place.value())
    done(rotator, place)
    place.put(old)
    checked = rotator("status", "--check")
    assert checked.status == 6, checked
    assert b"vault:" in checked.stdout + checked.stderr


def test_version_1_is_refused_before_a_secret_is_made(rotator: Rotator, bao: OpenBao) -> None:
    """It has neither versions nor check-and-set."""
    bao.do("POST", "sys/mounts/old", {"type": "kv", "options": {"version": "1"}})
    bao.do("POST", "old/chat", {"client_secret": "x", "owner": "acme"})
    place = bao.place(bao.root, "old")
    place.put = lambda _: None
    rotator.rotations.add("real", place)
    rotator.write({"chat": rotator.rotations.rotation("okta", ["real"], overlap="1s")})
    rotator("init")
    live = rotator.rotations.issuer("okta").live
    outcome = rotator("now", "chat")
    assert outcome.status == 6, outcome
    assert b"the secrets engine is not KV version 2" in outcome.stderr
    assert rotator.rotations.issuer("okta").live == live
    assert bao.do("GET", "old/chat") == {"client_secret": "x", "owner": "acme"}


@pytest.mark.parametrize("command", ["now", "run"])
def test_openbao_is_sealed(rotator: Rotator, bao: OpenBao, command: str) -> None:
    """It is named with the reason, on stderr while it is waited for; nothing is made meanwhile."""
    place = bao.place(bao.limited_token(POLICIES["patch"]))
    set_up(rotator, place, schedule={"every": "30d"})
    live = rotator.rotations.issuer("okta").live
    bao.do("POST", "sys/seal", {})
    rotator.pass_time(0 if command == "now" else 31 * DAY)
    began = time.monotonic()
    ended = rotator(command, *(["chat"] if command == "now" else []))
    assert time.monotonic() - began < 40
    assert ended.status == 4, ended
    said = ended.stderr.decode()
    where = f"chat: {place.sink['kind']}:{bao.origin}/secret/chat#client_secret: "
    reason = "on 127.0.0.1 answered 503: it is sealed"
    assert said.count(where) == 5, said
    assert said.count(reason) == 5, said
    assert "; again in 1 s" in said
    assert rotator.rotations.issuer("okta").live == live
    for looked in (rotator("plan"), rotator("status", "--check")):
        assert reason.encode() in looked.stdout + looked.stderr, looked
    bao.unseal()
    rotator.pass_time(60)
    assert rotator("run").status == 0
    assert [place.value()] == rotator.rotations.issuer("okta").live != live


@pytest.mark.parametrize("key", ["client_secret", None])
def test_aws_takes_the_secret_and_its_signature(
    rotator: Rotator, moto: Moto, key: str | None
) -> None:
    """As one member of a JSON text, or as the whole; the version before stays AWSPREVIOUS."""
    place = moto.place(key)
    set_up(rotator, place)
    old = place.value()
    done(rotator, place)
    before, now = moto.text("AWSPREVIOUS"), moto.text("AWSCURRENT")
    if key:
        assert json.loads(before) == {"owner": "acme", "client_secret": old}
        assert json.loads(now) == {"owner": "acme", "client_secret": place.value()}
    else:
        assert before == old
    checked = rotator("status", "--check")
    assert checked.status == 0, checked


def test_aws_refuses_another_key(rotator: Rotator, moto: Moto) -> None:
    """So what passes above was signed as AWS's own library signs."""
    place = moto.place()
    set_up(rotator, place)
    place.variables["AWS_SECRET_ACCESS_KEY"] = moto.key[::-1]
    outcome = rotator.outcome("now", "chat")
    assert outcome["exit"] == 6, outcome
    assert "403" in str(outcome["err"])


def test_aws_deletes_late_and_restores(rotator: Rotator, moto: Moto) -> None:
    """A secret that waits for its deletion has a date; one that was restored has `null` there."""
    place = moto.place()
    set_up(rotator, place)
    aws = moto.secrets_manager
    aws.delete_secret(SecretId="chat", RecoveryWindowInDays=7)
    live = rotator.rotations.issuer("okta").live
    refused = rotator("now", "chat")
    assert refused.status == 6, refused
    assert b"the secret is being deleted" in refused.stderr
    assert rotator.rotations.issuer("okta").live == live
    aws.restore_secret(SecretId="chat")
    assert rotator("resume", "chat").status == 0
    assert rotator("run").status == 0
    assert [place.value()] == rotator.rotations.issuer("okta").live != live
