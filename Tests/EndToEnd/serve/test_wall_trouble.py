"""What is closed when others fail: the issuer, the Hub, the disk. And what a process gives away."""

from __future__ import annotations

import contextlib
import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from atonce import in_parallel
from attacks import READ, Attack, attempt
from fastcgiclient import Answer, FastCGIClient, begin, decide
from product import needed
from realservers import SERVERS
from Sandbox.keys import SigningKey
from wall import Wall
from wallpolicy import BY_MEMBER

ALL = pytest.mark.skipif("HFMINT_ALL" not in os.environ, reason="takes long: HFMINT_ALL=1")
ANSWER_SECONDS = 15


@contextlib.contextmanager
def walled(root: Path, issuer_fault: str = "", **changes: object) -> Iterator[Wall]:
    """A wall without a web server, whose issuer fails from the beginning, or not."""
    wall = Wall(None, root / "wall", **changes)
    if issuer_fault:
        wall.trades_at_once = False
        wall.world.issuer.faults.add(issuer_fault)
    with wall:
        yield wall
        wall.check_no_leak()


def asked(wall: Wall, token: str) -> Answer:
    """What hfmint says to a request; in time."""
    began = time.monotonic()
    with FastCGIClient(wall.socket, ANSWER_SECONDS) as client:
        answer = client.ask(decide(READ, token))
    assert time.monotonic() - began < ANSWER_SECONDS
    return answer


ISSUERS = {
    "45 a redirect": "redirect=302,http://127.0.0.1:9/ times=forever",
    "46 keys that are not there": "status=404 path=/keys times=forever",
    "46 keys of 10 MB": "oversized=10000000 path=/keys times=forever",
    "46 keys that are none": "body=<html> path=/keys times=forever",
    "46 keys that break off": "truncate=40 path=/keys times=forever",
    "45 another's document": 'body={"issuer":"https://evil.example","jwks_uri":"http://127.0.0.1:9"}'
    " path=/.well-known times=forever",
}


@pytest.mark.parametrize("fault", ISSUERS.values(), ids=ISSUERS.keys())
def test_an_issuer_that_cannot_be_believed(tmp_path: Path, fault: str) -> None:
    """No ID token of it is, at the broker or with a request; it is asked a few times at most."""
    # In a fault, `body=` takes the rest of the line.
    words, _, body = fault.partition("body=")
    if body:
        text, *modifiers = body.split(" ")
        fault = " ".join([*modifiers, words, f"body={text}"])
    with walled(tmp_path, fault) as wall:
        for _ in range(3):
            answer = asked(wall, wall.id_token())
            assert (answer.status in (401, 403), answer.token) == (True, None)
            assert wall.exchange(wall.id_token()).status in (400, 401, 403, 503)
        assert len(wall.world.issuer.requests) <= 4


@ALL
def test_46_an_issuer_that_hangs(tmp_path: Path) -> None:
    """Is not waited for longer than a web server waits, and others do not wait with it."""
    with walled(tmp_path, "delay=60 path=/keys times=forever") as wall:
        answer = asked(wall, wall.id_token())
        assert (answer.status, answer.token) == (403, None)


def test_46_a_flood_of_unknown_keys(tmp_path: Path) -> None:
    """Makes one request for new keys, not one for each name that somebody thought of."""
    with walled(tmp_path) as wall:
        before = len(wall.world.issuer.requests)
        key = SigningKey.stranger("x")
        for number in range(30):
            claims = wall.world.issuer.claims(aud=wall.origin, ref="main", jti=str(number))
            assert asked(wall, key.sign(claims, {"kid": f"k{number}"})).status in (401, 403)
        assert len(wall.world.issuer.requests) - before <= 2
        stranger = {"iss": "https://nobody.example"}
        assert asked(wall, wall.id_token(**stranger)).status == 401
        assert asked(wall, wall.whole).status == 200


HUBS = {
    "59 429": "status=429 retry-after=1 path=/oauth/token times=forever",
    "59 500": "status=500 path=/oauth/token times=forever",
    "59 aborted": "status=400 path=/oauth/token times=forever type=application/json "
    'body={"error":"invalid_grant","error_description":"This operation was aborted"}',
    "59 closed": "drop path=/oauth/token times=forever",
    "59 no token": 'path=/oauth/token times=forever body={"access_token":"a b"}',
    "59 a token that no header holds": "path=/oauth/token times=forever type=application/json "
    r'body={"access_token":"hf_x\\r\\nX: y","token_type":"bearer","expires_in":3600}',
}


@pytest.mark.parametrize("fault", HUBS.values(), ids=HUBS.keys())
def test_a_hub_that_gives_no_credential(tmp_path: Path, fault: str) -> None:
    """Nothing passes, soon, and with a reason; when the Hub is well again, all does."""
    with walled(tmp_path, credentials=[BY_MEMBER]) as wall:
        wall.world.fault("hub", fault)
        answer = asked(wall, wall.whole)
        assert (answer.status, answer.token) == (403, None)
        assert answer.header("X-Error-Code")
        wall.wait_until(
            lambda: wall.audit[-1]["event"] == "request.refused", "the audit log lacks a line"
        )
        wall.world.hub.faults.clear()
        wall.wait_until(lambda: asked(wall, wall.whole).status == 200, "hfmint does not recover")


def test_59_a_hub_that_hangs_holds_up_nobody_else(tmp_path: Path) -> None:
    """Anonymous requests and refusals are answered meanwhile."""
    with walled(tmp_path, credentials=[BY_MEMBER]) as wall:
        wall.world.fault("hub", "path=/oauth/token delay=2")
        waiting = lambda _: asked(wall, wall.whole)  # noqa: E731
        with in_parallel(2, waiting):
            began = time.monotonic()
            for target, expected in (("/acme/open/resolve/main/open.txt", 200), (READ, 401)):
                with FastCGIClient(wall.socket) as client:
                    assert client.ask(decide(target)).status == expected
            assert time.monotonic() - began < 1


@pytest.mark.parametrize("server", SERVERS)
def test_37_nothing_passes_while_hfmint_is_overloaded(tmp_path: Path, server: str) -> None:
    """What it then says is a no to each web server.

    It may open so few files that it takes 24 connections; each that asks nothing lasts two seconds.
    """
    program = tmp_path / "few"
    program.write_text(f'#!/bin/sh\nulimit -n 280\nexec "{needed()}" "$@"\n')
    program.chmod(0o755)
    wall = Wall(server, tmp_path / "wall")
    wall.program, wall.trades_at_once = program, False
    with wall, contextlib.ExitStack() as stack:
        for _ in range(30):
            stack.enter_context(FastCGIClient(wall.socket)).send(begin()[:4])
        for _ in range(5):
            outcome = attempt(wall, Attack(37, "overload", "/other/secret/raw/main/x"), None)
            assert outcome.status in (502, 503)
        assert wall.upstream() == []
        wall.check_no_leak()


def test_60_a_disk_that_is_full(tmp_path: Path) -> None:
    """What cannot be recorded does not pass, and `/readyz` says why.

    The process may not write beyond what the log has now, which the kernel tells it as a full disk.
    """
    with walled(tmp_path) as wall:
        assert asked(wall, wall.whole).status == 200
        size = wall.audit_log.stat().st_size
        resource.prlimit(wall.process.pid, resource.RLIMIT_FSIZE, (size, size))
        for _ in range(3):
            answer = asked(wall, wall.whole)
            assert (answer.status, answer.token) == (403, None)
        assert wall.process.poll() is None
        assert b"access_token" not in wall.exchange(wall.id_token()).body
        with FastCGIClient(wall.socket) as client:
            answer = client.ask(decide("/readyz", route="ready"))
        assert (answer.status, b"audit" in answer.body) == (503, True)
        assert wall.audit_log.read_bytes().endswith(b"\n")


def test_64_what_a_process_gives_away(tmp_path: Path) -> None:
    """No token in its arguments, its environment, its folders, or a core that it may leave."""
    with walled(tmp_path) as wall:
        for _ in range(3):
            assert asked(wall, wall.whole).status == 200
        process = Path(f"/proc/{wall.process.pid}")
        told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        kept = [path.read_bytes() for path in (wall.root / "state").rglob("*") if path.is_file()]
        for secret in (wall.reads, wall.writes, wall.key, wall.whole):
            assert secret.encode() not in told + b"".join(kept)
        limits = (process / "limits").read_text()
        (line,) = [line for line in limits.splitlines() if line.startswith("Max core file size")]
        assert line.split()[4] == "0"


def test_64_metrics_hold_no_secret(tmp_path: Path) -> None:
    """They count, and name nobody."""
    with walled(tmp_path) as wall:
        assert asked(wall, wall.whole).status == 200
        with FastCGIClient(wall.socket) as client:
            answer = client.ask(decide("/metrics", route="metrics"))
        assert answer.status == 200
        assert wall.leaks(answer.body) == []
        assert b"acme/training" not in answer.body
