"""What Apache does with its configuration: what every web server does, and its own."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import test_serve_config as every
from otherfrontdoors import Apache, for_a_machine, unprivileged
from Sandbox.fastcgiresponder import AUTHORIZER
from stubbedwall import StubbedWall, received
from test_serve_config import *  # noqa: F403 (the tests of every web server)
from test_serve_config_passing import *  # noqa: F403
from test_serve_config_requests import *  # noqa: F403

FILE = every.FILE


@pytest.fixture
def wall(tmp_path: Path) -> Iterator[StubbedWall]:
    """Apache between its two stubs."""
    with StubbedWall(Apache, tmp_path / "wall") as wall:
        yield wall


def test_a_hub_that_cannot_prove_its_name_is_sent_nothing(tmp_path: Path) -> None:
    """By mod_ssl."""
    every.test_a_hub_that_cannot_prove_its_name_is_sent_nothing(Apache, tmp_path)


def test_the_file_for_a_machine_is_right(tmp_path: Path) -> None:
    """Apache checks all but what it needs to be root for."""
    file = for_a_machine("apache", tmp_path, ("/run/apache2", "/var/log/apache2"))
    checked = unprivileged([Apache.program(), "-t", "-f", str(file)])
    done = subprocess.run(checked, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (0, "Syntax OK")


def test_without_its_script_nothing_passes(wall: StubbedWall) -> None:
    """It strips and refuses, so that a script that fails must not be left out."""
    (wall.server.folder / "hfmint.lua").write_text("error('broken')")
    wall.server.stop()
    wall.server.start()
    for ticket in (True, False):
        assert wall.ask("/acme/open/resolve/main/x", ticket=ticket).status == 500
    assert wall.upstream.received == []


def test_a_header_that_would_take_others_off_is_refused(wall: StubbedWall) -> None:
    """Apache takes off whatever Connection names, also what was put in afterwards."""
    for names in ("Authorization", "close, authorization", "X-Anything", "keep-alive;x"):
        assert wall.ask(FILE, headers=[f"Connection: {names}"]).status == 400
    for names in ("close", "keep-alive, TE", "Upgrade, HTTP2-Settings", ""):
        assert wall.ask(FILE, headers=[f"Connection: {names}"]).status == 200
    assert len(wall.upstream.received) == 4


def test_a_client_that_waits_to_send_is_told_to(wall: StubbedWall) -> None:
    """Whether or not the Hub would say so, as this one does not."""
    head = ["Content-Length: 4", "Expect: 100-continue"]
    with wall.connect() as connection:
        connection.sendall(wall.head(FILE, "PUT", head))
        assert connection.recv(12) == b"HTTP/1.1 100"
        connection.sendall(b"body")
        while connection.recv(1) != b"\n":
            pass
        connection.recv(2)
        assert received(connection, "PUT").status == 200
    assert wall.upstream.received[0].body == b"body"


def test_the_socket_is_the_only_way_to_hfmint(wall: StubbedWall) -> None:
    """mod_authnz_fcgi connects to the path; no port is open beside Apache's own."""
    assert f"fcgi://{wall.responder.path}:1" in wall.configuration
    assert wall.ask(FILE).status == 200
    assert wall.decisions[0].role == AUTHORIZER
