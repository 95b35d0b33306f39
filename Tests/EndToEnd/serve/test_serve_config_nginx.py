"""What nginx alone does with the file that `serve config` prints for it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from frontdoors import Nginx
from printedfiles import NAMES, printed_for
from Sandbox.recordingupstream import Reply
from stubbedwall import StubbedWall, received
from tls import Authority

FILE = "/acme/model/resolve/main/config.json"


@pytest.fixture
def wall(tmp_path: Path) -> Iterator[StubbedWall]:
    """nginx between its two stubs."""
    with StubbedWall(Nginx, tmp_path / "wall") as wall:
        yield wall


def test_the_hub_is_asked_on_connections_that_stay(wall: StubbedWall) -> None:
    """For requests of several clients, each with its own decision."""
    for _ in range(20):
        assert wall.ask(FILE).status == 200
    assert (len(wall.decisions), len(wall.upstream.received)) == (20, 20)
    # A worker keeps its own, and there are as many as processors.
    assert wall.upstream.connections < 20


def test_an_answer_cannot_lead_nginx_elsewhere(wall: StubbedWall) -> None:
    """X-Accel-Redirect names a location of nginx's own; an upstream may be anybody's endpoint."""
    wall.upstream.reply = lambda _: Reply(200, [("X-Accel-Redirect", "/metrics")])
    got = wall.ask(FILE)
    assert (got.status, got.body, len(wall.responder.asked)) == (200, b"from upstream", 1)


def test_a_client_asks_again_on_its_connection(wall: StubbedWall) -> None:
    """Each request is decided by itself: a yes does not stay with the connection."""
    with wall.connect() as connection:
        for ticket, status in ((True, 200), (False, 401), (True, 200), (False, 401)):
            connection.sendall(wall.head(FILE, ticket=ticket))
            assert received(connection).status == status
    assert len(wall.decisions) == 4


def test_more_links_than_can_be_rewritten_are_left_out(wall: StubbedWall) -> None:
    """Rather than to lead a client's credential to the Hub."""
    link = ", ".join(f'<{wall.upstream.origin}/{number}>; rel="x"' for number in range(4))
    wall.upstream.reply = lambda _: Reply(200, [("Link", link)])
    assert wall.ask(FILE).headers.get_all("Link") is None


def test_without_hfmint_the_client_may_try_again(wall: StubbedWall) -> None:
    """It is told so in words that huggingface_hub shows."""
    wall.responder.stop()
    got = wall.ask(FILE)
    assert (got.status, got["Retry-After"]) == (503, "5")
    assert (got["X-Error-Code"], got["X-Error-Message"]) == (
        "decision-unavailable",
        "hfmint does not answer: try again later",
    )


def checked(configuration: str, folder: Path) -> None:
    """As `nginx -t` reads it, with a certificate where the file says CHANGE."""
    authority = Authority(folder / "authority")
    certificate = authority.issue(NAMES[0])
    # What a machine and a container have, and a test does not.
    text = re.sub(r"/var/log/nginx/|/tmp/", f"{folder}/", configuration)
    text = re.sub(r"(?m)^( *ssl_certificate) .*;$", rf"\1 {certificate.file};", text)
    text = re.sub(r"(?m)^( *ssl_certificate_key) .*;$", rf"\1 {certificate.key};", text)
    text = text.replace("server huggingface.co:443;", "server 127.0.0.1:9;")
    text = text.replace("server router.huggingface.co:443;", "server 127.0.0.1:9;")
    file = folder / "nginx.conf"
    file.write_text(text)
    words = ["-t", "-p", str(folder), "-c", str(file), "-e", "stderr", "-g", f"pid {folder}/p;"]
    words = words[:-2] if "\npid " in text else words
    done = subprocess.run([Nginx.program(), *words], capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if "worker_connections" not in line]
    assert (done.returncode, len(said)) == (0, 2), done.stderr


def test_nginx_takes_the_file_of_a_machine(tmp_path: Path) -> None:
    """With TLS, names of hosts as long as they may be, and no `user`."""
    longest = f"{'a' * 60}." * 4 + "example"
    origin = f"https://{NAMES[0]}:8443"
    configuration = printed_for("nginx", tmp_path, names=(*NAMES, longest), origin=origin)
    assert not re.search(r"(?m)^user ", configuration)
    assert len(re.findall(r"# CHANGE", configuration)) == 2
    assert len(re.findall(r"listen 8443 ssl", configuration)) == 4
    checked(configuration, tmp_path)


def test_nginx_takes_the_file_of_a_pod(tmp_path: Path) -> None:
    """The one in the ConfigMap."""
    documents = list(yaml.safe_load_all(printed_for("kubernetes", tmp_path)))
    checked(documents[0]["data"]["nginx.conf"], tmp_path)
