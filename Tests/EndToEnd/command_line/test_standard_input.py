"""Standard input that is a socket, as programs in JavaScript give it to those they start.

`/dev/stdin` cannot be opened then (ENXIO): https://man7.org/linux/man-pages/man2/open.2.html
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from pathlib import Path

import product
from jobs import Job
from rotating import Rotator
from Sandbox.issuers.person import HubApplication


def from_a_socket(command: list[str], env: Mapping[str, str], cwd: Path, text: bytes) -> bytes:
    """What it prints, given `text` over a socket in two pieces."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(text[:9])
        ours.sendall(text[9:])
        ours.shutdown(socket.SHUT_WR)
        done = product.run(command, env, cwd, theirs)
    assert done.status == 0, done.stderr
    return done.stdout


def test_a_leaked_token_on_standard_input_is_reported(job: Job) -> None:
    """Is reported."""
    job.world.publish("acme-bot")
    token = job.run("exchange", "acme-bot", "--deliver", "stdout").out.strip()
    command = [str(job.program), "revoke", "--token-stdin", "--json"]
    printed = from_a_socket(command, job.env, job.work, token.encode())
    assert json.loads(printed)["outcome"] == "dead"


def test_an_id_token_on_standard_input_is_exchanged(job: Job) -> None:
    """Is exchanged."""
    id_token = job.world.github.id_token(job.world.hub.audience)
    command = [str(job.program), "exchange", "acme/model", "--id-token-file", "-"]
    command += ["--deliver", "stdout"]
    printed = from_a_socket(command, job.env, job.work, id_token.encode())
    assert printed.startswith(b"hf_jwt_")


def test_a_new_secret_on_standard_input_is_rotated_to(rotator: Rotator) -> None:
    """Is rotated to."""
    rotator.set_up("person", ["file"])
    stand = rotator.rotations.issuer("person")
    assert isinstance(stand.server, HubApplication)
    new = stand.server.press_refresh("chat")
    command = [str(rotator.program), "rotate", "supply", "chat"]
    from_a_socket(command, rotator.environment, rotator.world.root, new.encode())
    assert rotator.rotations.sink("file").value() == new
