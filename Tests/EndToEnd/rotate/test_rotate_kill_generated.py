"""A rotation of keys in lists is killed at any instant, and run again, and ends all the same.

At every instant, also after a kill, each list is whole, and all of them accept what one of them
uses. A leaked key is not waited for: there, the new one may be used before all accept it.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

import product
import tracing
from rotating import Json, Rotator
from Sandbox.rotations import Rotations
from Sandbox.sentinel import Sentinels
from watchedpoints import Point, killing, program

SAMPLE = 12
DEAD = -9
OLD = "the-old-key-of-thirty-two-bytes-"


class Keys:
    """Two lists, and a file of one who only signs, in a folder of their own."""

    def __init__(self, root: Path, *, is_leaked: bool) -> None:
        self.root, self.is_leaked = root, is_leaked
        self.rotations = Rotations(Sentinels(), root)
        root.mkdir(parents=True)
        (root / "tmp").mkdir()
        self.lists = [root / "first", root / "second"]
        self.sender = root / "sender"
        for path in (*self.lists, self.sender):
            path.touch(0o600)
            path.write_text(f"{OLD}\n")
        sinks: list[Json] = [
            {"kind": "file", "path": str(path), "list": True} for path in self.lists
        ]
        sinks.append({"kind": "file", "path": str(self.sender)})
        issuer = {"kind": "generated"}
        entry: Json = {"issuer": issuer, "sinks": sinks, "lead": "0s", "overlap": "0s"}
        self.rotations.write({"keys": entry})

    def run(self, *arguments: str, through: list[str] | None = None) -> product.Result:
        """One operation, after which all must be well."""
        base = {"PATH": os.environ["PATH"], "HOME": str(self.root), "TMPDIR": f"{self.root}/tmp"}
        command = [*(through or []), str(program()), "rotate", *arguments]
        done = product.run(command, base | self.rotations.environment(), self.root)
        self.look(done)
        return done

    def held(self, path: Path) -> list[str]:
        """The secrets of a file, each of which is whole."""
        secrets = path.read_text().splitlines()
        assert secrets
        assert all(secret == OLD or len(secret) == 64 for secret in secrets), secrets
        return secrets

    def look(self, done: product.Result) -> None:
        """What holds at every instant."""
        lists = [self.held(path) for path in self.lists]
        used = {secrets[0] for secrets in [*lists, self.held(self.sender)]}
        for secrets in lists:
            assert self.is_leaked or used <= set(secrets), (lists, self.held(self.sender), done)
            assert len(secrets) == len(set(secrets)), lists
        for secret in {secret for secrets in lists for secret in secrets} - {OLD}:
            for path in self.root.rglob("*"):
                is_target = path in (*self.lists, self.sender) or path.suffix == ".draft"
                assert is_target or not path.is_file() or secret.encode() not in path.read_bytes()
            assert secret.encode() not in done.stdout + done.stderr

    def finish(self, story: object) -> None:
        """Runs until it is done: one new key everywhere, and nothing beside it."""
        for _ in range(5):
            ended = self.run("run", "--json")
            assert ended.status == 0, (story, ended)
            if b'"done"' in ended.stdout:
                break
            if b'"not-due"' in ended.stdout and self.held(self.lists[0]) == [OLD]:
                assert self.run("now", "keys").status == 0, story
        (new,) = self.held(self.lists[0])
        assert new != OLD, story
        assert self.held(self.lists[1]) == self.held(self.sender) == [new], story
        assert not list(self.root.rglob("*.draft")), story


@pytest.mark.parametrize("order", [[], ["--leaked"]], ids=["now", "leaked"])
def test_killed_at_every_call(
    tmp_path: Path, order: list[str], record_property: Callable[[str, object], None]
) -> None:
    """A sample of the calls that change the world; HFMINT_ALL=1 takes every one."""
    log = tmp_path / "calls"
    program()
    dry = Keys(tmp_path / "dry", is_leaked=bool(order))
    assert dry.run("init").status == 0
    ended = dry.run("now", "keys", *order, through=tracing.alone(tracing.recording(log)))
    assert ended.status == 0, ended
    dry.finish("killed nowhere")

    points = tracing.points(log)
    seed = os.environ.get("HFMINT_SEED") or str(random.SystemRandom().randrange(10**6))
    chance = random.Random(seed)
    size = len(points) if os.environ.get("HFMINT_ALL") == "1" else min(SAMPLE, len(points))
    for number, point in enumerate(chance.sample(points, size)):
        again = chance.choice(points) if number % 3 == 0 else None
        keys = Keys(tmp_path / f"{number}", is_leaked=bool(order))
        killed(keys, order, point, again, f"{point}, seed {seed}")
    record_property("told", f"killed at {size} of {len(points)} points, seed {seed}")


def killed(keys: Keys, order: list[str], first: Point, second: Point | None, story: str) -> None:
    """Kill it there, and a second time where that is asked for."""
    assert keys.run("init").status == 0
    calls = keys.root / "calls"
    ended = keys.run("now", "keys", *order, through=killing(calls, first))
    assert ended.status == DEAD, (story, ended)
    if second:
        keys.run("run", through=killing(calls, second))
    keys.finish(story)


def test_killed_while_it_waits_nothing_is_used_early(rotator: Rotator) -> None:
    """The new key is read back from a list by the run that uses it."""
    rotator.rotations.folder.mkdir(parents=True, exist_ok=True)
    path = rotator.rotations.folder / "keys"
    path.touch(0o600)
    path.write_text(f"{OLD}\n")
    entry: Json = {
        "issuer": {"kind": "generated"},
        "sinks": [{"kind": "file", "path": str(path), "list": True}],
    }
    rotator.write({"keys": entry})
    assert rotator("init").status == 0
    for order in (["now", "keys"], ["now", "keys"], ["run"]):
        assert rotator.outcome(*order)["outcome"] == "waiting"
        assert path.read_text().split()[0] == OLD
    assert len(path.read_text().split()) == 2
