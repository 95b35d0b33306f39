"""What HAProxy does with its configuration: what every web server does, and its own."""

from __future__ import annotations

import contextlib
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import test_serve_config as every
from otherfrontdoors import HAProxy, for_a_machine, rewrites_what_comes_in_pieces, unprivileged
from Sandbox.recordingupstream import Reply
from stubbedwall import StubbedWall, received
from test_serve_config import *  # noqa: F403 (the tests of every web server)
from test_serve_config_passing import *  # noqa: F403
from test_serve_config_requests import *  # noqa: F403

FILE = every.FILE


@pytest.fixture
def wall(tmp_path: Path) -> Iterator[StubbedWall]:
    """HAProxy between its two stubs."""
    with StubbedWall(HAProxy, tmp_path / "wall") as wall:
        yield wall


def test_a_hub_that_cannot_prove_its_name_is_sent_nothing(tmp_path: Path) -> None:
    """By `verify required` and `verifyhost`."""
    every.test_a_hub_that_cannot_prove_its_name_is_sent_nothing(HAProxy, tmp_path)


def test_the_file_for_a_machine_is_right(tmp_path: Path) -> None:
    """With names that are looked up later, if they are not found at the start."""
    file = for_a_machine("haproxy", tmp_path, ("/etc/haproxy",), "haproxy-lua")
    text = file.read_text()
    assert "    user haproxy\n    group haproxy\n" in text
    file.write_text(text.replace("    user haproxy\n    group haproxy\n", ""))
    checked = unprivileged([HAProxy.program(), "-c", "-f", str(file)])
    done = subprocess.run(checked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done
    warned = [line for line in done.stderr.splitlines() if "[WARNING]" in line or "[ALERT]" in line]
    assert all("could not resolve address" in line for line in warned), warned


@pytest.mark.parametrize("place", ["decide(txn, host)\n", "(txn, host)\n            local is_well"])
def test_a_script_that_fails_lets_nothing_pass(wall: StubbedWall, place: str) -> None:
    """HAProxy goes on to the next rule then, which demands a yes."""
    script = wall.server.folder / "hfmint.lua"
    text = script.read_text()
    first = place.split("\n")[0]
    assert f"{first}\n" in text
    script.write_text(text.replace(f"{first}\n", f"{first}\n error('broken')\n"))
    wall.server.stop()
    wall.server.start()
    for ticket in (True, False):
        assert wall.ask("/acme/open/resolve/main/x", ticket=ticket).status == 503
    assert wall.upstream.received == []


def test_a_batch_that_comes_in_pieces_is_rewritten(wall: StubbedWall) -> None:
    """By a filter that never has the whole of it."""
    rewrites_what_comes_in_pieces(wall)


def test_more_links_than_can_be_rewritten_are_left_out(wall: StubbedWall) -> None:
    """Rather than to lead a client's credential to the Hub."""
    link = ", ".join(f'<{wall.upstream.origin}/{number}>; rel="x"' for number in range(4))
    wall.upstream.reply = lambda _: Reply(200, [("Link", link)])
    assert wall.ask(FILE).headers.get_all("Link") is None


def test_a_body_without_a_length_is_not_for_the_broker(wall: StubbedWall) -> None:
    """FastCGI would need the length, and hfmint bounds it."""
    head = wall.head("/oauth/token", "POST", ["Transfer-Encoding: chunked"], ticket=False)
    with wall.connect() as connection:
        connection.sendall(head + b"2\r\n{}\r\n0\r\n\r\n")
        assert received(connection, "POST").status == 411
    assert wall.responder.asked == []


def test_what_is_said_of_the_clients_own_connection_stays_here(wall: StubbedWall) -> None:
    """HAProxy says the Hub what is true of its own."""
    headers = [
        "Connection: close, TE, X-Hfmint-Authorization",
        "TE: trailers",
        "Trailer: X-Later",
        "Keep-Alive: timeout=5",
        "Proxy-Connection: keep-alive",
        "Proxy-Anything: x",
    ]
    assert wall.ask(FILE, headers=headers).status == 200
    (sent,) = wall.upstream.received
    names = {line.partition(":")[0].lower() for line in headers}
    told = {name.lower(): value for name, value in sent.headers if name.lower() in names}
    assert told in ({}, {"connection": "close"}, {"connection": "keep-alive"})


def over_http2(wall: StubbedWall, scheme: str, authority: str) -> bytes:
    """A request by HTTP/2, without asking for it first, and what comes back within a second.

    Its names and values are literal and shorter than 127 bytes, so that each length is one byte.
    https://www.rfc-editor.org/rfc/rfc7541#section-6.2.2
    """
    pseudo = {":method": "GET", ":scheme": scheme, ":authority": authority, ":path": FILE}
    fields = pseudo | {"authorization": f"Bearer {wall.ticket}"}
    block = b"".join(
        bytes([0, len(name)]) + name.encode() + bytes([len(value)]) + value.encode()
        for name, value in fields.items()
    )
    settings = struct.pack(">IBI", 0x04, 0, 0)
    headers = struct.pack(">IBI", len(block) << 8 | 0x01, 0x05, 1) + block
    with wall.connect() as connection:
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings + headers)
        connection.settimeout(1)
        found = b""
        with contextlib.suppress(TimeoutError):
            while piece := connection.recv(65_536):
                found += piece
                if b"from upstream" in found:
                    break
    return found


def test_http_2_with_another_scheme_or_user(wall: StubbedWall) -> None:
    """HAProxy would send the Hub more than the path on which hfmint decides."""
    here = f"127.0.0.1:{wall.port}"
    for scheme, authority in (("ftp", here), ("x", here), ("http", f"{here}@evil.example")):
        assert b"from upstream" not in over_http2(wall, scheme, authority)
    assert wall.upstream.received == []
    for scheme in ("http", "https"):
        assert b"from upstream" in over_http2(wall, scheme, here)
    assert [request.target for request in wall.upstream.received] == [FILE.encode()] * 2
