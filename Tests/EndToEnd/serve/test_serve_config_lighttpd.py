"""What lighttpd does with its configuration: what every web server does, and its own."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import test_serve_config as every
import test_serve_config_requests as requests
from frontdoors import PATIENCE
from otherfrontdoors import (
    Lighttpd,
    for_a_machine,
    rewrites_what_comes_in_pieces,
    unprivileged,
)
from Sandbox.recordingupstream import Reply
from Sandbox.waiting import wait_for
from stubbedwall import StubbedWall, received
from test_serve_config import *  # noqa: F403 (the tests of every web server)
from test_serve_config_passing import *  # noqa: F403
from test_serve_config_requests import *  # noqa: F403

FILE = every.FILE
REFUSALS = every.REFUSALS


@pytest.fixture
def wall(tmp_path: Path) -> Iterator[StubbedWall]:
    """Lighttpd between its two stubs."""
    with StubbedWall(Lighttpd, tmp_path / "wall") as wall:
        yield wall


def test_a_hub_that_cannot_prove_its_name_is_sent_nothing(tmp_path: Path) -> None:
    """Stunnel sees to it."""
    every.test_a_hub_that_cannot_prove_its_name_is_sent_nothing(Lighttpd, tmp_path)


def test_a_target_that_is_an_address_does_not_pass(wall: StubbedWall) -> None:
    """Lighttpd takes it apart before all else, so it is the path, at this host alone."""
    assert wall.ask(f"http://127.0.0.1:{wall.port}{FILE}").status == 200
    assert wall.decisions[0]["HFMINT_URI"] == FILE
    assert wall.upstream.received[0].target.decode() == FILE
    for target in (f"http://huggingface.co{FILE}", f"http://x@huggingface.co{FILE}", "*"):
        assert wall.ask(target).status in REFUSALS
        assert wall.ask(target, host="huggingface.co").status in REFUSALS
    assert len(wall.upstream.received) == 1


def test_headers_of_the_client_that_others_might_believe_are_stripped(wall: StubbedWall) -> None:
    """Lighttpd cannot leave out its own X-Forwarded-*, so that nothing of the client's is in it."""
    assert wall.ask(FILE, headers=requests.STRIPPED).status == 200
    (asked,) = wall.decisions
    assert (asked["HFMINT_ROUTE"], asked["HFMINT_URI"]) == ("decide", FILE)
    (sent,) = wall.upstream.received
    assert sent.header("Authorization") == f"Bearer {wall.hub_token}"
    own = {"x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http"}
    own["x-forwarded-host"] = wall.upstream.origin.removeprefix("http://")
    for line in requests.STRIPPED:
        name = line.partition(":")[0].lower().replace("_", "-")
        found = [value for key, value in sent.headers if key.lower().replace("_", "-") == name]
        assert found == ([own[name]] if name in own else [])


def test_without_hfmint_nothing_passes(wall: StubbedWall) -> None:
    """As soon as it is back, all does: lighttpd looks once a second."""
    wall.responder.stop()
    for ticket in (True, False):
        got = wall.ask("/acme/open/resolve/main/x", ticket=ticket)
        assert (got.status, got["X-Error-Code"]) == (503, "decision-unavailable")
    assert wall.ask("/oauth/token", "POST", (), b"{}", ticket=False).status in (500, 502, 503)
    assert wall.upstream.received == []
    wall.responder.start()
    wait_for("lighttpd asks hfmint again", lambda: wall.ask(FILE).status == 200, PATIENCE)


def test_a_path_that_only_decodes_to_the_brokers_is_refused(wall: StubbedWall) -> None:
    """Lighttpd chooses by the decoded path, and its script by the target as it came."""
    for target in (
        "/oauth/%74oken",
        "/oauth/x/../token",
        "//oauth/token",
        "/healthz?x",
        "/%68ealthz",
    ):
        for method in ("GET", "POST"):
            assert wall.ask(target, method).status in (400, 403, 411), target
    assert wall.ask("/oauth/token", "POST", ["Transfer-Encoding: chunked"]).status in (400, 411)
    assert wall.responder.asked == []


def test_a_batch_that_comes_in_pieces_is_rewritten(wall: StubbedWall) -> None:
    """The script has the whole of it."""
    rewrites_what_comes_in_pieces(wall)


def test_a_batch_that_waits_for_its_end_is_on_no_disk(wall: StubbedWall) -> None:
    """A large answer lies in a file until the script has the whole of it, and may hold a token."""
    assert wall.server.process
    opened = Path(f"/proc/{wall.server.process.pid}/fd")
    places: set[Path] = set()

    def pieces() -> Iterator[bytes]:
        yield wall.hub_token.encode() + b"x" * 200_000
        until = time.monotonic() + PATIENCE
        while not places and time.monotonic() < until:
            with contextlib.suppress(OSError):
                links = [file.readlink() for file in opened.iterdir()]
                places.update(link for link in links if link.name.startswith("lighttpd-upload-"))
        yield b"y"

    wall.upstream.reply = lambda _: Reply(pieces=pieces())
    got = wall.ask("/acme/model.git/info/lfs/objects/batch", "POST", (), b"{}")
    assert got.body == b"x" * 200_000 + b"y"
    assert [place.parent for place in places] == [Path("/dev/shm")]


def test_the_file_for_a_machine_is_right(tmp_path: Path) -> None:
    """Lighttpd loads its modules to check it."""
    places = ("/etc/lighttpd", "/var/log/lighttpd", "/run/lighttpd")
    file = for_a_machine("lighttpd", tmp_path, places, "lighttpd-lua")
    checked = unprivileged([Lighttpd.program(), "-tt", "-f", str(file)])
    done = subprocess.run(checked, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_script_that_fails_lets_nothing_pass(wall: StubbedWall) -> None:
    """Lighttpd answers 500 for it."""
    script = wall.server.folder / "hfmint.lua"
    script.write_text(f"error('broken')\n{script.read_text()}")
    for ticket in (True, False):
        assert wall.ask("/acme/open/resolve/main/x", ticket=ticket).status == 500
    assert (wall.responder.asked, wall.upstream.received) == ([], [])


@pytest.mark.parametrize("length", ["Content-Length: 4", "Transfer-Encoding: chunked"])
def test_a_refusal_before_the_body_says_that_the_connection_ends(
    wall: StubbedWall, length: str
) -> None:
    """Else a client sends its next request into a connection that is not there any more."""
    whole = b"body" if "Length" in length else b"4\r\nbody\r\n0\r\n\r\n"
    with wall.connect() as connection:
        for _ in range(2):
            connection.sendall(wall.head(FILE, "POST", [length]) + whole)
            got = received(connection, "POST")
            assert (got.status, got.headers["Connection"]) == (200, None)
        connection.sendall(wall.head(FILE, "POST", [length], ticket=False))
        got = received(connection, "POST")
        assert (got.status, got.headers["Connection"]) == (401, "close")
