"""Whole rotations into etcd, by the program that the documentation shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import evidence
import product
from peers import Etcd
from rotating import Rotator
from test_peers_sinks import done, set_up

PAGE = product.CHECKOUT / "docs/rotation-sinks.md"


@pytest.fixture
def etcd(tmp_path: Path) -> Iterator[Etcd]:
    """A server of this test's own."""
    blocks = re.findall(r"(?ms)^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"))
    (program,) = [block for block in blocks if "etcdctl" in block]
    with Etcd(tmp_path / "etcd", program) as etcd:
        yield etcd
    # It keeps what it is given, as it should.
    for file in (tmp_path / "etcd/data").rglob("*"):
        evidence.put_there(file)


def test_etcd_takes_the_secret_and_shows_what_was_overwritten(rotator: Rotator, etcd: Etcd) -> None:
    """By one write and what is read back; then a deploy puts the old value back."""
    place = etcd.place()
    set_up(rotator, place)
    old, version = str(etcd.value()), etcd.version()
    done(rotator, place)
    assert etcd.version() == version + 1
    checked = rotator("status", "--check")
    assert checked.status == 0, checked
    etcd.put(old)
    checked = rotator("status", "--check")
    assert checked.status == 6, checked


def test_a_key_that_is_not_there_is_not_made(rotator: Rotator, etcd: Etcd) -> None:
    """etcdctl exits 0 and prints nothing."""
    place = etcd.place()
    rotator.rotations.add("real", place)
    rotator.write({"chat": rotator.rotations.rotation("okta", ["real"], overlap="1s")})
    place.drop()
    planned = rotator("plan")
    assert b"nothing is there yet" in planned.stdout + planned.stderr, planned
    assert rotator("init").status == 0
    live = rotator.rotations.issuer("okta").live
    assert rotator("now", "chat").status == 6
    assert etcd.value() is None
    assert rotator.rotations.issuer("okta").live == live
