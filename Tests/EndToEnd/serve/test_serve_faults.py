"""`hfmint serve run` on a machine that fails it: disks, lost files, a Hub that hangs."""

from __future__ import annotations

import contextlib
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from attacks import READ
from fastcgiclient import Answer, FastCGIClient, decide
from mounts import mounting
from wall import Wall

SMALL_DISK = 'mount -t tmpfs -o size=64k,mode=0700 none "$0"'
READ_ONLY = 'mount --bind "$0" "$0"; mount -o remount,bind,ro "$0"'
SECRET = "/other/secret/resolve/main/config.json"


class SmallDisk:
    """A folder of 64 KiB that the product alone sees; this looks through its eyes."""

    def __init__(self, wall: Wall, name: str = "small") -> None:
        self.wall = wall
        self.folder = wall.root / name
        self.folder.mkdir(mode=0o700, parents=True)
        through(wall, mounting(SMALL_DISK, self.folder))

    @property
    def _seen(self) -> Path:
        return Path(f"/proc/{self.wall.process.pid}/root{self.folder}")

    def read(self, name: str) -> bytes:
        """A file of it."""
        return (self._seen / name).read_bytes()

    def fill(self) -> None:
        """Leave no room; what has a part of a page may still grow to its end."""
        with (
            (self._seen / "filler").open("ab", buffering=0) as filler,
            contextlib.suppress(OSError),
        ):
            while filler.write(bytes(512)):
                pass

    def make_room(self) -> None:
        """Take that back."""
        (self._seen / "filler").unlink()


def through(wall: Wall, words: list[str]) -> None:
    """Have the product run by these words."""
    wall.root.mkdir(parents=True, exist_ok=True)
    script = wall.root / "through"
    script.write_text(f'#!/bin/sh\nexec {shlex.join([*words, str(wall.program)])} "$@"\n')
    script.chmod(0o700)
    wall.program = script


def asked(wall: Wall, token: str | None = None, target: str = READ, **more: str) -> Answer:
    """What hfmint says to a request."""
    with FastCGIClient(wall.socket) as client:
        return client.ask(decide(target, token, **more))


def ready(wall: Wall) -> tuple[int, bytes]:
    """What `/readyz` says."""
    answer = asked(wall, target="/readyz", route="ready")
    return answer.status, answer.body


def is_soon_ready(wall: Wall) -> None:
    """Without any request that must be decided: somebody may send none before that."""
    wall.wait_until(lambda: ready(wall)[0] == 200, f"it is not ready again: {ready(wall)}", 5)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Wall]:
    """A wall without a web server, for one test."""
    with Wall(None, tmp_path / "wall") as wall:
        yield wall
        wall.check_no_leak()


def test_a_log_that_must_be_written_on_a_full_disk(tmp_path: Path) -> None:
    """Every yes becomes a no, a no stays one, and all is well as soon as there is room."""
    wall = Wall(None, tmp_path / "wall")
    disk = SmallDisk(wall)
    wall.audit_log = disk.folder / "audit.jsonl"
    with wall:
        assert asked(wall, wall.whole).status == 200
        disk.fill()
        wall.wait_until(lambda: asked(wall, wall.whole).status != 200, "there is room")
        for token, target in (
            (wall.whole, READ),
            (wall.reader, READ),
            (None, "/acme/open/raw/a/b"),
        ):
            answer = asked(wall, token, target)
            assert (answer.status, answer.token) == (403, None)
            assert answer.header("X-Error-Code") == "unavailable"
        assert asked(wall, wall.whole, SECRET).header("X-Error-Code") == "ticket-for-other"
        traded = wall.exchange(wall.id_token())
        assert (traded.status, traded.json["error"]) == (503, "temporarily_unavailable")
        code, said = ready(wall)
        assert (code, b"no space left on device" in said) == (503, True), said
        assert asked(wall, target="/healthz", route="health").status == 200

        disk.make_room()
        is_soon_ready(wall)
        assert asked(wall, wall.whole).status == 200
        assert wall.exchange(wall.id_token()).status == 200
        whole = disk.read("audit.jsonl")
        assert wall.leaks(whole) == []
        copy = wall.root / "copy.jsonl"
        copy.write_bytes(whole)
        words = [str(wall.program), "audit", "verify", str(copy)]
        verified = subprocess.run(words, env=wall.environment, capture_output=True, check=False)
        assert verified.returncode == 0, verified
        wall.check_no_leak()


def test_a_log_that_may_be_missing_on_a_full_disk(tmp_path: Path) -> None:
    """Goes on, says so once, and once more when it is over."""
    wall = Wall(None, tmp_path / "wall")
    disk = SmallDisk(wall)
    wall.audit_log = disk.folder / "audit.jsonl"
    wall.must_record = False
    with wall:
        disk.fill()
        for _ in range(20):
            assert asked(wall, wall.whole).status == 200
        assert wall.exchange(wall.id_token()).status == 200
        wall.wait_until(lambda: b"no space" in wall.stderr.read_bytes(), "nobody is told")
        assert ready(wall)[0] == 200
        disk.make_room()
        assert asked(wall, wall.whole).status == 200
        told = wall.stderr.read_text()
        assert told.count("no space left on device; going on, as it is not required") == 1
        wall.wait_until(lambda: "are written again" in wall.stderr.read_text(), "nobody is told")
        wall.check_no_leak()


def test_a_state_directory_on_a_full_disk(tmp_path: Path) -> None:
    """No ID token is traded that could be traded again; it is not used up, and tickets work."""
    wall = Wall(None, tmp_path / "wall")
    disk = SmallDisk(wall, "state")
    with wall:
        assert wall.exchange(wall.id_token()).status == 200
        disk.fill()
        # There is room for some, up to the end of a page.
        for _ in range(40):
            id_token = wall.id_token()
            answer = wall.exchange(id_token)
            if answer.status != 200:
                break
        assert (answer.status, answer.json["error"]) == (503, "temporarily_unavailable")
        assert asked(wall, wall.whole).status == 200
        disk.make_room()
        assert wall.exchange(id_token).status == 200
        assert wall.exchange(id_token).status == 400
        lines = disk.read("used-tokens").splitlines()
        assert lines.count(b"") == 0
        wall.check_no_leak()


def refused_at_start(wall: Wall) -> str:
    """What hfmint says when it does not start; it leaves no socket."""
    with pytest.raises(AssertionError), wall:
        pass
    assert wall.process.returncode == 5
    assert not wall.socket.exists()
    return wall.stderr.read_text()


def test_a_state_directory_that_cannot_be_written(tmp_path: Path) -> None:
    """It is said at once, and not to the first job."""
    wall = Wall(None, tmp_path / "wall")
    state = wall.root / "state"
    state.mkdir(mode=0o700, parents=True)
    through(wall, mounting(READ_ONLY, state))
    told = refused_at_start(wall)
    assert "used-tokens" in told
    assert "read-only file system" in told


def test_a_start_without_the_deny_list(tmp_path: Path) -> None:
    """Whoever is on it must not be let in because it is lost."""
    wall = Wall(None, tmp_path / "wall")
    wall.deny = wall.root / "nowhere/deny.jsonl"
    wall.deny.parent.mkdir(parents=True)
    write = wall.write_text

    def without_list(text: str) -> None:
        wall.deny.unlink()
        write(text)

    wall.write_text = without_list  # type: ignore[method-assign]
    assert "there is no such file" in refused_at_start(wall)


def test_a_deny_list_that_is_removed(own: Wall) -> None:
    """The one before is obeyed until there is one again."""
    subject = own.world.issuer.claims()["sub"]
    kept = f'{{"iss": "{own.world.issuer.issuer}", "sub": "{subject}"}}\n'
    own.deny.write_text(kept)
    own.wait_until(lambda: asked(own, own.whole).status == 403, "the deny list is not obeyed", 3)
    own.deny.unlink()
    own.wait_until(lambda: ready(own)[0] == 503, "it is not told", 3)
    assert b"there is no such file" in ready(own)[1]
    assert asked(own, own.whole).header("X-Error-Code") == "on-deny-list"
    own.reload()
    assert asked(own, own.whole).header("X-Error-Code") == "on-deny-list"
    own.deny.write_text("")
    own.wait_until(lambda: asked(own, own.whole).status == 200, "the list is not read", 3)
    own.reload()
    assert ready(own)[0] == 200


@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
def test_half_of_a_manifest(own: Wall, part: float) -> None:
    """As somebody leaves it who writes it in place: the old one is obeyed until it is whole."""
    good = own.manifest.read_text()
    own.manifest.write_text(good[: int(len(good) * part)])
    own.reload()
    assert asked(own, own.whole).status == 200
    assert asked(own, own.whole, SECRET).status == 403
    assert ready(own)[0] == 503
    own.manifest.write_text(good)
    own.reload()
    assert ready(own)[0] == 200
