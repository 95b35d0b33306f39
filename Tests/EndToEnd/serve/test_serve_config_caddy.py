"""What Caddy alone does with the file that `serve config` prints for it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontdoors import Caddy
from printedfiles import NAMES, printed_for
from Sandbox.fastcgiresponder import Answer
from stubbedwall import StubbedWall
from tls import Authority

FILE = "/acme/model/resolve/main/config.json"


@pytest.fixture
def wall(tmp_path: Path) -> Iterator[StubbedWall]:
    """Caddy between its two stubs."""
    with StubbedWall(Caddy, tmp_path / "wall") as wall:
        yield wall


def test_headers_that_a_client_makes_up_are_gone_by_family(wall: StubbedWall) -> None:
    """Whatever follows the prefix, and however `-` is written."""
    made_up = [
        "X-Hfmint-Anything: 1",
        "X-Forwarded-Anything: 1",
        "X_Any_Thing: 1",
        "X-Any_Thing: 1",
    ]
    assert wall.ask(FILE, headers=[*made_up, "X-Kept: 1"]).status == 200
    (sent,) = wall.upstream.received
    assert {name for name, _ in sent.headers if name.startswith("X")} == {"X-Kept"}
    (asked,) = wall.decisions
    names = {name for name, _ in asked.pairs if "ANY" in name}
    assert names == set()


def test_a_body_is_the_hubs_however_often_it_is_sent(wall: StubbedWall) -> None:
    """The question is asked by HEAD, so none of the body is read for it."""
    for size in (0, 1, 5, 4096, 40_000, 300_000) * 4:
        assert wall.ask(FILE, "POST", (), b"x" * size).status == 200
        assert wall.upstream.received[-1].count == size
    assert {asked["REQUEST_METHOD"] for asked in wall.decisions} == {"HEAD"}
    assert {asked.body for asked in wall.decisions} == {b""}


def test_a_connection_is_not_turned_into_another_protocol(wall: StubbedWall) -> None:
    """What follows would be bytes that nobody decides about."""
    upgrade = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
    assert wall.ask(FILE, headers=upgrade).status == 200
    (sent,) = wall.upstream.received
    assert (sent.header("Upgrade"), sent.header("Connection")) == (None, None)


@pytest.mark.parametrize("status", [204, 302, 429])
def test_what_is_neither_yes_nor_no_is_not_passed_on(wall: StubbedWall, status: int) -> None:
    """Caddy would copy it to the client as hfmint's own answer."""
    wall.responder.answer = lambda _: Answer(status, [("Location", "/acme/open")])
    got = wall.ask(FILE)
    assert (got.status, got["Retry-After"], got.headers.get_all("Location")) == (503, "5", None)
    assert wall.upstream.received == []


def test_what_looks_like_a_placeholder_is_text(wall: StubbedWall) -> None:
    """Of Caddy's own language, in what the client sends."""
    for target in ("/acme/model/{http.request.host}", "/acme/model/{env.HOME}"):
        wall.ask(target)
        assert wall.decisions[-1]["HFMINT_URI"] == target


def test_caddy_takes_the_file_of_a_machine(tmp_path: Path) -> None:
    """With TLS; it formats it as it is, and asks nobody for a certificate."""
    configuration = printed_for("caddy", tmp_path)
    certificate = Authority(tmp_path / "authority").issue(NAMES[0])
    text = configuration.replace("/etc/ssl/certs/hfmint.pem", str(certificate.file))
    text = text.replace("/etc/ssl/private/hfmint.key", str(certificate.key))
    assert text != configuration
    file = tmp_path / "Caddyfile"
    file.write_text(text)
    for words in (["validate"], ["fmt"]):
        done = subprocess.run(
            [Caddy.program(), *words, *(["--config"] if words == ["validate"] else []), str(file)],
            capture_output=True,
            text=True,
            env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == text.strip()
    assert len(re.findall(r"# CHANGE", configuration)) == 3
    assert "tls_server_name huggingface.co" in configuration
    assert "tls_insecure_skip_verify" not in configuration
