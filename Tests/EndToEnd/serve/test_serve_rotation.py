"""The keys of tickets are rotated while jobs use their tickets all the time."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import product
from atonce import in_parallel
from attacks import READ
from fastcgiclient import FastCGIClient, decide
from rotating import Json, Rotator
from wall import Wall

JOBS = 3
REQUESTS_OF_A_JOB = 12
LIFETIME = LEAD = 600
OVERLAP = 1_200
# Two looks at the file a second, and a slow machine.
SOON = 3


class RotatingWall(Wall):
    """A wall whose manifest also says how its key is rotated."""

    def write_text(self, text: str) -> None:
        """Write the manifest with that."""
        rotation: Json = {
            "issuer": {"kind": "generated"},
            "lead": f"{LEAD}s",
            "overlap": f"{OVERLAP}s",
            "sinks": [{"kind": "file", "path": "key", "list": True}],
        }
        whole = json.loads(text) | {"organization": "acme", "rotations": {"keys": rotation}}
        super().write_text(json.dumps(whole))

    @property
    def keys(self) -> list[str]:
        """The list, the one in use first."""
        return (self.manifest.parent / "key").read_text().split()

    @property
    def in_use(self) -> tuple[str, int]:
        """The id of the key that signs, and how many open tickets, as hfmint said last."""
        said = [line for line in self.stderr.read_text().splitlines() if "are signed with" in line]
        words = said[-1].split() if said else []
        return (words[7].rstrip(","), int(words[9])) if said else ("", 0)

    def status(self, ticket: str) -> int:
        """What is said to a request."""
        with FastCGIClient(self.socket) as client:
            return client.ask(decide(READ, ticket)).status


class Rotation(Rotator):
    """`hfmint rotate` by that manifest."""

    def __init__(self, wall: RotatingWall) -> None:
        super().__init__(wall.world, product.needed(), wall.root / "rotate")
        self.wall = wall

    @property
    def environment(self) -> dict[str, str]:
        """That of the machine on which the wall stands."""
        journal = self.wall.root / "journal"
        here = {"HFMINT_MANIFEST": str(self.wall.manifest), "HFMINT_JOURNAL_DIR": str(journal)}
        return super().environment | here

    def run(self, *arguments: str, ahead: int = 0) -> str:
        """How it ended, by a clock that is ahead of the wall's."""
        result = self.ahead(ahead, *arguments, "--json")
        assert result.status == 0, result
        (rotation,) = json.loads(result.stdout)["rotations"]
        return str(rotation["outcome"])


def key_of(ticket: str) -> str:
    """The id of the key that signed it."""
    payload = ticket.removeprefix("hf_ticket_").split(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(payload + "=="))["key"])


class Jobs:
    """Several at a time, each of which gets a ticket, uses it, and ends; no request may fail."""

    def __init__(self, wall: RotatingWall) -> None:
        self.wall = wall
        self.answered = 0
        self._oldest = [""] * JOBS
        self._done = threading.Event()

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """One job after another in each place."""
        with in_parallel(JOBS, self._work):
            try:
                yield
            finally:
                self._done.set()

    def _work(self, place: int) -> None:
        while not self._done.is_set():
            ticket = self.wall.ticket("acme")
            self._oldest[place] = key_of(ticket)
            for _ in itertools.repeat(None, REQUESTS_OF_A_JOB):
                assert self.wall.status(ticket) == 200
                self.answered += 1

    def have_ended_that_began_before(self, key: str) -> None:
        """Wait until each ticket in use was signed with this key."""
        wait = self.wall.wait_until
        wait(lambda: set(self._oldest) == {key}, f"tickets of another key: {self._oldest}, {key}")


@pytest.fixture
def wall(tmp_path: Path) -> Iterator[RotatingWall]:
    """A wall without a web server."""
    with RotatingWall(None, tmp_path / "wall") as wall:
        yield wall
        wall.check_no_leak()


def rotated(wall: RotatingWall, rotate: Rotation, jobs: Jobs, old: str, start: int) -> str:
    """One rotation from its first step to its last; the id of the new key."""
    long_lived = wall.ticket("acme")
    assert key_of(long_lived) == old
    assert rotate.run("now", "keys", ahead=start) == "waiting"
    first, second = wall.keys
    wall.wait_until(lambda: wall.in_use == (old, 2), "the new key is not accepted", SOON)

    assert rotate.run("run", ahead=start + LEAD + 5) == "waiting"
    assert wall.keys == [second, first]
    wall.wait_until(lambda: wall.in_use[0] != old, "the new key is not used", SOON)
    new, count = wall.in_use
    assert (count, key_of(wall.ticket("acme"))) == (2, new)
    jobs.have_ended_that_began_before(new)

    assert wall.status(long_lived) == 200
    end = start + LEAD + OVERLAP + 10
    assert rotate.run("run", ahead=end) == "done"
    assert wall.keys == [second]
    wall.wait_until(lambda: wall.in_use == (new, 1), "the old key is accepted", SOON)
    assert wall.status(long_lived) == 401
    assert rotate.ahead(end, "status", "--check").status == 0
    assert rotate.status("keys")["current_id"] == new
    return new


def test_no_request_fails_while_the_keys_are_rotated(wall: RotatingWall) -> None:
    """The wall takes up each list within a second or so; an old ticket dies with its key."""
    rotate, jobs, key = Rotation(wall), Jobs(wall), key_of(wall.whole)
    assert rotate("init").status == 0
    with jobs.at_work():
        for start in (0, 3 * OVERLAP):
            key = rotated(wall, rotate, jobs, key, start)
            more = jobs.answered + 2 * JOBS
            wall.wait_until(lambda least=more: jobs.answered > least, "jobs wait")
    assert jobs.answered > 2 * JOBS * REQUESTS_OF_A_JOB
    events = [line for line in wall.audit if line["event"] == "serve.reloaded"]
    assert len(events) == 6
    assert events[-1]["reason"] == f"keys {key}"


def test_a_leaked_key_opens_nothing_any_more(wall: RotatingWall) -> None:
    """Its tickets die at once, and whoever has an ID token gets another one."""
    rotate = Rotation(wall)
    assert rotate("init").status == 0
    assert rotate.run("now", "keys", "--leaked") == "done"
    wall.wait_until(lambda: wall.status(wall.whole) == 401, "a leaked key is accepted", SOON)
    assert wall.status(wall.ticket("acme")) == 200
    assert wall.in_use == (key_of(wall.ticket("acme")), 1)


@pytest.mark.parametrize("text", ["", "short\n", "a\tb\n", "\xff\n"], ids=ascii)
def test_a_list_that_cannot_be_used_changes_nothing(wall: RotatingWall, text: str) -> None:
    """The keys before are used until there is a better one."""
    key = wall.manifest.parent / "key"
    good = key.read_text()
    key.write_bytes(text.encode("latin-1"))
    said = lambda: "the keys before are used" in wall.stderr.read_text()  # noqa: E731
    wall.wait_until(said, "it is not told", SOON)
    assert wall.status(wall.whole) == 200
    assert wall.status(wall.ticket("acme")) == 200
    with FastCGIClient(wall.socket) as client:
        assert client.ask(decide("/readyz", route="ready")).status == 503
    key.write_text(good)

    def is_ready() -> bool:
        with FastCGIClient(wall.socket) as client:
            return client.ask(decide("/readyz", route="ready")).status == 200

    wall.wait_until(is_ready, "it is not over", SOON)
