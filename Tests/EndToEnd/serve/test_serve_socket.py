"""`hfmint serve run` at its socket: who may connect, limits, restarts, and reloads."""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from atonce import in_parallel
from attacks import READ
from fastcgiclient import OVERLOADED, Closed, FastCGIClient, begin, decide, request_bytes
from wall import Wall
from wallpolicy import BY_MEMBER

CLIENTS = 8
CONNECTIONS = 4_096


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Wall]:
    """A wall without a web server, for one test."""
    with Wall(None, tmp_path / "wall") as wall:
        yield wall
        wall.check_no_leak()


def status(wall: Wall, ticket: str, target: str = READ) -> int:
    """What hfmint says to a request."""
    with FastCGIClient(wall.socket) as client:
        return client.ask(decide(target, ticket)).status


def ready(wall: Wall) -> tuple[int, str]:
    """What `/readyz` says."""
    with FastCGIClient(wall.socket) as client:
        answer = client.ask(decide("/readyz", route="ready"))
    return answer.status, answer.body.decode()


@contextlib.contextmanager
def asking(wall: Wall, path: Path) -> Iterator[list[int]]:
    """Clients that ask all the while, each on new connections; the number of their answers."""
    done = threading.Event()
    answered = [0] * CLIENTS

    def ask(number: int) -> None:
        while not done.is_set():
            with FastCGIClient(path) as client:
                answer = client.ask(decide(READ, wall.whole))
            assert (answer.status, answer.token) == (200, f"Bearer {wall.reads}")
            answered[number] += 1

    with in_parallel(CLIENTS, ask):
        try:
            yield answered
        finally:
            done.set()


def more(wall: Wall, answered: list[int]) -> None:
    """Wait until each client has had two more answers."""
    before = list(answered)
    enough = [count + 2 for count in before]
    wall.wait_until(
        lambda: all(a >= b for a, b in zip(answered, enough, strict=True)), "clients wait"
    )


def test_the_socket_is_for_its_owner_and_its_group(own: Wall) -> None:
    """No other user may connect: 38, a wrong peer."""
    mode = own.socket.stat().st_mode
    assert (stat.S_ISSOCK(mode), stat.S_IMODE(mode)) == (True, 0o660)
    if os.geteuid() == 0:
        script = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
        words = [sys.executable, "-c", script, str(own.socket)]
        done = subprocess.run(
            words, user=65_534, group=65_534, extra_groups=[], capture_output=True, check=False
        )
        assert b"PermissionError" in done.stderr


def test_a_connection_may_be_kept(own: Wall) -> None:
    """For one request after another, with any id; and is closed where that is not asked for."""
    with FastCGIClient(own.socket) as client:
        for number in (1, 3, 0x7FFF, 0xFFFF, 1):
            answer = client.ask(decide(READ, own.whole), flags=1, request=number)
            assert answer.status == 200
        assert client.ask(decide(READ, own.whole)).status == 200
        assert client.is_closed()


def late_comer(wall: Wall) -> FastCGIClient | None:
    """Somebody who asks when hfmint ends already, if it still lets anybody in."""
    with contextlib.suppress(OSError):
        client = FastCGIClient(wall.socket)
        client.send(request_bytes(decide(READ, wall.whole)))
        return client
    return None


def test_sigterm_lets_open_requests_end(tmp_path: Path) -> None:
    """The one that waits for the Hub is answered; idle connections are closed; no new ones."""
    with Wall(None, tmp_path / "wall", credentials=[BY_MEMBER]) as wall:
        wall.world.fault("hub", "path=/oauth/token delay=1.5")
        with FastCGIClient(wall.socket) as idle, FastCGIClient(wall.socket) as client:
            assert idle.ask(decide("/healthz", route="health"), flags=1).status == 200
            client.send(request_bytes(decide(READ, wall.whole)))
            hub = wall.world.hub
            wall.wait_until(
                lambda: any(r.path == "/oauth/token" for r in hub.requests), "the Hub is not asked"
            )
            wall.process.terminate()
            assert idle.is_closed()
            late = late_comer(wall)
            answer = client.read_answer()
            assert (answer.status, answer.token is not None) == (200, True)
            if late:
                with late, pytest.raises(Closed):
                    late.read_answer()
        assert wall.stop() == 0
        assert wall.audit[-1]["event"] == "serve.ended"
        wall.start()
        assert status(wall, wall.whole) == 200


def test_a_restart_with_a_passed_socket_loses_no_request(own: Wall) -> None:
    """Connections wait in the kernel, where the one before left off; tickets stay good."""
    assert own.stop() == 0
    own.socket.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as passed:
        passed.bind(str(own.socket))
        passed.listen(4_096)
        own.start(passed)
        with asking(own, own.socket) as answered:
            for _ in range(3):
                more(own, answered)
                assert own.stop() == 0
                own.start(passed)
            more(own, answered)
        assert own.stop() == 0
    assert [line["event"] for line in own.audit].count("serve.started") == 5


def test_a_reload_loses_no_request(own: Wall) -> None:
    """Neither a good one nor a bad one."""
    good = own.manifest.read_text()
    with asking(own, own.socket) as answered:
        for text in (good, "{", good, "{ version: 1 }", good):
            own.write_text(text)
            own.reload()
            more(own, answered)


BAD = {
    "61 no JSON": "{",
    "61 an unknown key": '{"version": 1, "rolls": {}}',
    "61 without serve": '{"version": 1, "roles": {}, "grants": []}',
    "61 empty": "",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_a_bad_policy_never_replaces_a_good_one(own: Wall, text: str) -> None:
    """The old one is obeyed, and `/readyz` and the log say so until a good one is there."""
    good = own.manifest.read_text()
    assert ready(own)[0] == 200
    own.write_text(text)
    own.reload()
    code, said = ready(own)
    assert code == 503
    assert "manifest" in said
    assert "not reloaded" in own.stderr.read_text()
    assert status(own, own.whole) == 200
    assert status(own, own.whole, "/other/secret/raw/main/x") == 403
    own.write_text(good)
    own.reload()
    assert ready(own)[0] == 200


def test_61_a_reload_without_a_secret(own: Wall) -> None:
    """A manifest that is right, and names a file that is not there, changes nothing either."""
    own.write(tickets={"keys": ["file:absent"]})
    own.reload()
    assert ready(own)[0] == 503
    assert status(own, own.whole) == 200


def test_48_the_policy_of_this_moment_decides(own: Wall) -> None:
    """A ticket whose grant is gone is refused at the next request, and good again after."""
    write = "/api/models/acme/model/auth-check/write"
    assert status(own, own.whole, write) == 200
    own.write(roles=("reader",))
    own.reload()
    assert status(own, own.whole, write) == 403
    assert status(own, own.whole) == 200
    own.write(roles=("publisher",))
    own.reload()
    assert status(own, own.reader) == 403


def test_48_a_ticket_of_a_key_that_is_gone(own: Wall) -> None:
    """Is unknown; while both keys are there, it is good."""
    new = own.manifest.parent / "new-key"
    own.keep_secret(new, own.world.sentinels.issue("ticket-key", length=48))
    own.write(tickets={"keys": ["file:new-key", "file:key"]})
    own.reload()
    assert status(own, own.whole) == 200
    young = own.ticket("acme")
    own.write(tickets={"keys": ["file:new-key"]})
    own.reload()
    assert status(own, own.whole) == 401
    assert status(own, young) == 200


def test_the_deny_list_is_obeyed_at_once(own: Wall) -> None:
    """Without a reload; a line that cannot be read leaves the list before it in force."""
    subject = own.world.issuer.claims()["sub"]
    entry = f'{{"iss": "{own.world.issuer.issuer}", "sub": "{subject}"}}\n'
    own.deny.write_text(f"# left today\n\n{entry}")
    own.wait_until(lambda: status(own, own.whole) == 403, "the deny list is not obeyed", 3)
    assert own.exchange(own.id_token()).status in (400, 401, 403)
    own.deny.write_text("no JSON\n")
    own.wait_until(lambda: ready(own)[0] == 503, "a bad list is not told", 3)
    assert status(own, own.whole) == 403
    own.deny.write_text("")
    own.wait_until(lambda: status(own, own.whole) == 200, "the list is not taken back", 3)
    assert ready(own)[0] == 200


def test_one_exchange_for_many_who_wait(tmp_path: Path) -> None:
    """A member's token is asked for once, however many requests need it at the same time."""
    with Wall(None, tmp_path / "wall", credentials=[BY_MEMBER]) as wall:
        wall.world.fault("hub", "path=/oauth/token delay=0.3")
        statuses: list[int] = []
        with in_parallel(CLIENTS, lambda _: statuses.append(status(wall, wall.whole))):
            pass
        assert statuses == [200] * CLIENTS
        asked = [r for r in wall.world.hub.requests if r.path == "/oauth/token"]
        assert len(asked) == 1
        wall.check_no_leak()


def test_37_five_thousand_connections(own: Wall) -> None:
    """One more than there may be is told so; those that ask nothing are cut off after a while."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 12_000:
        pytest.skip("too few files may be open")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 12_000), hard))
    with contextlib.ExitStack() as stack:
        for _ in range(CONNECTIONS):
            client = stack.enter_context(FastCGIClient(own.socket))
            client.send(begin())
        overloaded = 0
        for _ in range(5_000 - CONNECTIONS):
            with FastCGIClient(own.socket) as client:
                client.send(request_bytes(decide(READ, own.whole)))
                with contextlib.suppress(Closed):
                    overloaded += client.read_answer().protocol_status == OVERLOADED
        assert overloaded > 0
    began = time.monotonic()
    own.wait_until(lambda: status(own, own.whole) == 200, "hfmint is full")
    assert time.monotonic() - began < 10
