"""`hfmint serve run` is ended at any instant and started again, while clients ask and ask.

Nothing is served that was not recorded, nothing is recorded twice, no ID token is traded twice, and
nothing that is secret is left on the disk.

A sample of the instants is tried, its seed printed (HFMINT_SEED repeats it); with HFMINT_ALL=1,
every one. At every third, hfmint is killed a second time; at every other, half a line stands at the
end of its files when it starts again, as after a crash of the machine.
"""

from __future__ import annotations

import itertools
import os
import random
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import product
import tracing
from attacks import READ
from client import EXCHANGE
from fastcgiclient import Closed, FastCGIClient, decide
from mortalwall import DEAD, MortalWall

SAMPLE = 10
CROWD = 6
WRITE = "/api/models/acme/model/auth-check/write"
SECRET = "/other/secret/resolve/main/config.json"
OPEN = "/acme/open/resolve/main/open.txt"


class Clients:
    """Those who ask; what they saw, by the id of the request."""

    def __init__(self, wall: MortalWall) -> None:
        self.wall = wall
        self.tickets: dict[str, str] = {}
        # What a client may be told later, and nobody else: an ID token, by its job's name.
        self.id_tokens: dict[str, str] = {}
        self.traded: set[str] = set()
        self.tried: dict[str, str] = {}
        self.yes: dict[str, str] = {}
        self._numbers = itertools.count(1)

    def _id(self) -> str:
        return f"{next(self._numbers):016x}"

    def _is_recorded(self, id_: str, event: str) -> None:
        """A yes came: its record is there already."""
        self.yes[id_] = event
        events = [line["event"] for line in self.wall.audit if line["request_id"] == id_]
        assert events == [event], (id_, events)

    def ask(self, target: str, ticket: str | None = None, *, expected: int = 200) -> None:
        """A request, and its answer."""
        id_ = self._id()
        token = self.tickets[ticket] if ticket else None
        with FastCGIClient(self.wall.socket) as client:
            answer = client.ask(decide(target, token, HFMINT_REQUEST_ID=id_))
        assert answer.status == expected, (target, answer, self.wall.stderr.read_text())
        if answer.status == 200:
            self._is_recorded(id_, "request.allowed")
        else:
            assert answer.token is None

    def _exchange(self, id_token: str) -> tuple[int, dict[str, object]]:
        id_ = self._id()
        self.tried[id_] = id_token
        form = EXCHANGE | {"subject_token": id_token, "resource": "acme"}
        answer = self.wall.exchange_directly(urlencode(form).encode(), HFMINT_REQUEST_ID=id_)
        if answer.status == 200:
            assert id_token not in self.traded
            self.traded.add(id_token)
            self._is_recorded(id_, "ticket.issued")
        return answer.status, answer.json

    def trade(self, name: str) -> None:
        """A ticket of this name; an ID token that hfmint took and gave nothing for is used up."""
        id_token = self.id_tokens.setdefault(name, self.wall.id_token())
        is_new = id_token not in self.tried.values()
        status, told = self._exchange(id_token)
        if status != 200:
            assert (status, told["error"], is_new) == (400, "invalid_grant", False), told
            id_token = self.id_tokens[name] = self.wall.id_token()
            status, told = self._exchange(id_token)
        assert status == 200, told
        ticket = str(told["access_token"])
        self.tickets[name] = self.wall.world.sentinels.record("ticket", ticket)

    def trade_again(self) -> None:
        """What was traded for a ticket is worth nothing any more."""
        for id_token in self.traded:
            status, told = self._exchange(id_token)
            assert (status, told["error"]) == (400, "invalid_grant"), told
            assert "token-used" in str(told["error_description"])

    def crowd(self) -> None:
        """Many at once, whose records share a write."""
        with ThreadPoolExecutor(CROWD) as pool:
            list(pool.map(lambda _: self.ask(READ, "first"), range(CROWD)))


STEPS: list[Callable[[Clients], None]] = [
    lambda clients: clients.ask(OPEN),
    lambda clients: clients.trade("first"),
    lambda clients: clients.ask(READ, "first"),
    lambda clients: clients.ask(WRITE, "first"),
    lambda clients: clients.ask(SECRET, "first", expected=403),
    lambda clients: clients.ask(READ, expected=401),
    lambda clients: clients.trade_again(),
    lambda clients: clients.wall.reload(),
    lambda clients: clients.crowd(),
    lambda clients: clients.trade("second"),
    lambda clients: clients.ask(READ, "second"),
    lambda clients: clients.trade_again(),
]


def played(wall: MortalWall, steps: Sequence[Callable[[Clients], None]] = STEPS) -> None:
    """All of it, from the beginning to the end of hfmint, however often it dies meanwhile."""
    with wall:
        clients = Clients(wall)
        for step in steps:
            while not survived(clients, step):
                wall.revive()
        while (status := wall.stop()) == DEAD:
            wall.revive()
        assert status == 0, wall.stderr.read_text()
        checked(clients)


def survived(clients: Clients, step: Callable[[Clients], None]) -> bool:
    """Whether everybody was answered."""
    try:
        step(clients)
    except (OSError, Closed):
        return False
    return True


def checked(clients: Clients) -> None:
    """What must be true at the end."""
    wall = clients.wall
    told = wall.stderr.read_text()
    records = wall.audit
    ids = [line["request_id"] for line in records if line["event"].startswith(("req", "ticket"))]
    assert len(ids) == len(set(ids)), ids
    events = {line["request_id"]: line["event"] for line in records}
    assert clients.yes.items() <= events.items()

    issued = [clients.tried[id_] for id_, event in events.items() if event == "ticket.issued"]
    assert len(issued) == len(set(issued)), "an ID token was traded twice"

    names = [line["event"] for line in records]
    assert len(wall.lines) - len(records) == wall.torn == names.count("log.repaired"), told
    assert names.count("serve.ended") <= 1 + wall.died
    if wall.lines:
        words = [str(product.needed()), "audit", "verify", str(wall.audit_log)]
        verified = product.run(words, wall.environment, wall.root)
        assert verified.status == 0, (verified, told)

    wall.check_no_leak()
    secrets = [secret.encode() for secret in wall.world.sentinels.values]
    for path in (*wall.audit_log.parent.rglob("*"), *wall.used.parent.rglob("*")):
        content = path.read_bytes()
        assert not [secret for secret in secrets if secret in content], path
    assert not list(wall.place.iterdir()), "a socket is left"
    left = {path.name for path in (*wall.audit_log.parent.iterdir(), *wall.used.parent.iterdir())}
    assert left <= {"audit.jsonl", "used-tokens"}, left


def test_killed_at_every_call(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Whoever asks again is served as if nothing had been."""
    tracing.require()
    product.needed()
    dry = MortalWall(tmp_path / "dry")
    played(dry)
    count = len(dry.calls)
    assert count > 40, dry.calls
    seed, chance = seeded()
    again = [chance.randrange(count) for _ in range(count)]

    def one(number: int, point: int) -> bool:
        deaths = [point, again[point]] if number % 3 == 0 else [point]
        wall = MortalWall(tmp_path / f"{number}", deaths, tears=number % 2 == 0)
        played(wall)
        return wall.died > 0

    record_property("told", f"killed at {tried(one, count, SAMPLE, chance)}, seed {seed}")


def test_terminated_at_every_call(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """It ends, as it should or by the signal, and leaves nothing behind but its records."""
    tracing.require()
    product.needed()
    dry = MortalWall(tmp_path / "dry")
    played(dry, STEPS[:4])
    seed, chance = seeded()

    def one(number: int, point: int) -> bool:
        wall = MortalWall(tmp_path / f"{number}", [point], by=signal.SIGTERM)
        with wall:
            clients = Clients(wall)
            all(survived(clients, step) for step in STEPS[:4])
            status = wall.stop()
            assert wall.has_ended, (status, wall.stderr.read_text())
            events = [line["event"] for line in wall.audit]
            assert status or "serve.started" not in events or events[-1] == "serve.ended", events
            checked(clients)
        return wall.met > 0

    told = tried(one, len(dry.calls), SAMPLE // 2, chance)
    record_property("told", f"terminated at {told}, seed {seed}")


def seeded() -> tuple[str, random.Random]:
    """HFMINT_SEED, or a new one."""
    seed = os.environ.get("HFMINT_SEED") or str(random.SystemRandom().randrange(10**6))
    return seed, random.Random(seed)


def tried(one: Callable[[int, int], bool], count: int, size: int, chance: random.Random) -> str:
    """Let `one` happen at a sample of the points, some at a time; says at how many.

    It returns whether hfmint came to that point. The calls of a run are not always the same, so
    that a late one may not come.
    """
    everything = os.environ.get("HFMINT_ALL") == "1"
    points = chance.sample(range(count), count if everything else min(size, count))

    def contained(number: int) -> str | None:
        try:
            return "" if one(number, points[number]) else None
        except AssertionError as error:
            return f"after call {points[number]} (in {number}/): {error}"

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(contained, range(len(points))))
    wrong = [text for text in found if text]
    assert not wrong, f"{len(wrong)} of {len(points)} points:\n" + "\n\n".join(wrong)
    missed = found.count(None)
    assert missed <= len(points) // 4, points
    return f"{len(points) - missed} of {count} points"
