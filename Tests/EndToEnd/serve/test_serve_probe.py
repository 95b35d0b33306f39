"""`serve probe` against a real nginx: each leak is found by its name, and a strict one holds."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import evidence
import product
from leakyfronts import GUARD, Decide, Nginx, decider, hub, lax, reply, strict
from leakyfronts import Serving as Server
from Sandbox.sentinel import Sentinels

HFMint = Callable[..., product.Result]
Json = dict[str, Any]


@dataclass
class Probing:
    """The prober, with a ticket, and the front doors that it is let loose on."""

    stack: ExitStack
    hfmint: HFMint
    folder: Path
    ticket: str
    token: str

    def front(self, decide: Decide | None = None, **leak: str) -> str:
        """The origin of nginx before the Hub."""
        behind = self.stack.enter_context(hub(self.token))
        decides = self.stack.enter_context(decider(decide or strict(self.ticket), self.token))
        front = Nginx(self.folder / "front", behind.origin, decides.origin, **leak)
        return self.stack.enter_context(front).origin

    def run(self, origin: str, *options: str, ticket: bool = True) -> product.Result:
        """Attack it; no secret is ever printed."""
        given = ["--ticket-file", str(self.folder / "ticket")] if ticket else []
        ended = self.hfmint("serve", "probe", origin, *given, *options, env={})
        for secret in (self.ticket, self.token):
            assert secret.encode() not in ended.stdout + ended.stderr
        return ended

    def report(self, origin: str, *options: str, ticket: bool = True) -> tuple[int, Json]:
        """The exit status, and what is printed for programs."""
        ended = self.run(origin, *options, "--json", ticket=ticket)
        return ended.status, json.loads(ended.stdout)


@pytest.fixture
def probing(hfmint: HFMint, tmp_path: Path) -> Iterator[Probing]:
    """With a ticket that is good for acme/model."""
    secrets = Sentinels()
    ticket = secrets.issue("ticket", "hf_ticket_", 40) + ".signature"
    (tmp_path / "ticket").write_text(f"{ticket}\n")
    evidence.put_there(tmp_path / "ticket")
    with ExitStack() as stack:
        yield Probing(stack, hfmint, tmp_path, ticket, secrets.issue("token", "hf_", 26))


def names(report: Json, verdict: str) -> set[str]:
    """The attacks that ended so."""
    return {attack["name"] for attack in report["attacks"] if attack["verdict"] == verdict}


def test_a_strict_front_door_holds(probing: Probing) -> None:
    """For somebody with a ticket, and for nobody; the table says so in words."""
    front = probing.front()
    status, report = probing.report(front, "--allowed", "acme/model")
    assert (names(report, "through"), names(report, "unclear"), status) == (set(), set(), 0)
    assert report["held"] == len(report["attacks"]) > 100
    assert report["marks_refusals"]
    status, report = probing.report(front, "--allowed", "acme/open", ticket=False)
    assert (names(report, "through"), names(report, "unclear"), status) == (set(), set(), 0)
    ended = probing.run(front, ticket=False)
    assert ended.status == 0
    assert b"held         401     no credential\n" in ended.stdout
    assert ended.stdout.endswith(b" held, 0 got through, 0 unclear\n")


UNGUARDED = "location ~ /resolve-cache/ { proxy_pass HUB; }"
LEAKS: dict[str, tuple[dict[str, str], str]] = {
    "everybody on this machine": (
        {"location": "satisfy any; allow 127.0.0.0/8; deny all;"},
        "no credential",
    ),
    "an unguarded location": ({"server": UNGUARDED}, "cache of another repository"),
    "no guard at all": ({"guard": "set $authorization ''; set $code '';"}, "no credential"),
    "the client's header is believed": (
        {"sent": "$believed"},
        "hfmint's answer from the client, where one may read",
    ),
    "the answer is shown": (
        {"guard": GUARD + "add_header X-Hfmint-Authorization $shown always;"},
        "hfmint's answer shown to the client",
    ),
    "the method is fixed": ({"method": "GET"}, "invented method"),
    "a redirect of its own": (
        {"server": "location /settings { return 302 /login; }"},
        "page of settings",
    ),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_is_found(probing: Probing, leak: str) -> None:
    """By the attack that is meant for it."""
    options, attack = LEAKS[leak]
    status, report = probing.report(probing.front(**options), "--allowed", "acme/model")
    assert status == 3
    assert attack in names(report, "through")


def test_a_path_that_is_put_right_on_the_way_is_found(probing: Probing) -> None:
    """The decider sees its beginning, and the Hub another path."""
    front = probing.front(lax(probing.ticket), path="/")
    ended = probing.run(front, "--allowed", "acme/model")
    assert ended.status == 3
    assert b"got through" in ended.stdout
    assert b"[front-open]" in ended.stderr
    assert b"parent segment: GET /api/models/acme/model/../../hfmint-probe-" in ended.stderr
    assert b"hint: decide on the request's raw target" in ended.stderr


def test_a_ticket_that_is_not_let_in_proves_nothing(probing: Probing) -> None:
    """Nor does a repository that only somebody may read, for nobody."""
    front = probing.front()
    for options, ticket in (
        (("--allowed", "acme/other"), True),
        (("--allowed", "acme/model"), False),
    ):
        ended = probing.run(front, *options, ticket=ticket)
        assert ended.status == 6
        assert b"which --allowed says may pass [front-unclear]" in ended.stderr


def test_what_is_no_front_door_is_told_apart(probing: Probing) -> None:
    """A page that is not there, a gateway with nothing behind it, and nobody at all."""
    for status, code in ((404, b"front-unclear"), (503, b"service-unavailable")):
        with Server(lambda handler, status=status: reply(handler, status)) as server:
            ended = probing.run(server.origin, ticket=False)
            assert (ended.status, code in ended.stderr) == (6 if status == 404 else 4, True)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        ended = probing.run(f"http://127.0.0.1:{closed.getsockname()[1]}", ticket=False)
    assert ended.status == 4
    assert b"[service-unavailable]" in ended.stderr


def test_refusals_without_a_mark_hold_with_a_word_about_it(probing: Probing) -> None:
    """Anything that refuses all may be a front door."""
    with Server(lambda handler: reply(handler, 403)) as server:
        ended = probing.run(server.origin, ticket=False)
    assert ended.status == 0
    assert b"its refusals carry no X-Error-Code" in ended.stderr
