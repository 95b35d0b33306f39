"""Secrets that hfmint makes itself, in lists that hold the old one beside the new one."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import product
from rotating import DAY, Json, Rotator

LEAD = 600
OVERLAP = 7_200
OLD = "the-old-key-of-thirty-two-bytes-"
ID = re.compile(r"[0-9a-f]{16}")


@pytest.fixture
def folder(rotator: Rotator) -> Path:
    """That of the manifest."""
    rotator.rotations.folder.mkdir(parents=True, exist_ok=True)
    return rotator.rotations.folder


def generated(rotator: Rotator, *sinks: Json, **more: object) -> None:
    """A rotation of lists, or of what else is named, which has a journal."""
    entry: Json = {"issuer": {"kind": "generated"}, "overlap": f"{OVERLAP}s", "sinks": list(sinks)}
    rotator.write({"keys": entry | more})
    assert rotator("init").status == 0


def a_list(path: Path) -> Json:
    """A file that holds a list of one secret."""
    path.touch(0o600)
    path.write_text(f"{OLD}\n")
    return {"kind": "file", "path": str(path), "list": True}


def lines(path: Path) -> list[str]:
    """The secrets of a list, the one in use first."""
    return path.read_text().split()


def outcome(rotator: Rotator, *arguments: str) -> str:
    """How a run ended."""
    return str(rotator.outcome(*arguments)["outcome"])


def test_a_key_is_accepted_before_it_is_used_and_until_nobody_needs_it(
    rotator: Rotator, folder: Path
) -> None:
    """On every machine: two lists, and one who only signs."""
    first, second = (folder / name for name in ("first", "second"))
    sender = rotator.rotations.sink("vault")
    sender.put(OLD)
    generated(rotator, a_list(first), a_list(second), sender.sink)
    first.chmod(0o640)

    assert outcome(rotator, "now", "keys") == "waiting"
    old, new = lines(first)
    assert (old, lines(second), sender.value()) == (OLD, [OLD, new], OLD)
    assert re.fullmatch(r"[A-Za-z0-9_-]{64}", new)
    status = rotator("status").stdout.decode()
    assert f"{first}: accepts the new secret, and does not use it yet" in status
    assert "  in use     from 20" in status

    rotator.pass_time(LEAD - 60)
    assert outcome(rotator, "run") == "waiting"
    assert lines(first) == [OLD, new]
    rotator.pass_time(65)
    assert outcome(rotator, "run") == "waiting"
    assert (lines(first), lines(second), sender.value()) == ([new, OLD], [new, OLD], new)
    assert first.stat().st_mode & 0o777 == 0o640

    rotator.pass_time(OVERLAP - 60)
    assert outcome(rotator, "run") == "waiting"
    assert lines(first) == [new, OLD]
    rotator.pass_time(65)
    assert outcome(rotator, "run") == "done"
    assert (lines(first), lines(second), sender.value()) == ([new], [new], new)

    done = rotator.status("keys")
    assert ID.fullmatch(str(done["current_id"]))
    assert done["death_evidence"] == "listed"
    assert rotator("status", "--check").status == 0
    journal = b"".join(path.read_bytes() for path in rotator.rotations.journal.iterdir())
    assert new.encode() not in journal
    assert OLD.encode() not in journal


def test_a_second_rotation_replaces_what_the_first_made(rotator: Rotator, folder: Path) -> None:
    """The first one makes the list; nobody waits for a key that nobody used."""
    path = folder / "keys"
    sink: Json = {"kind": "file", "path": "keys", "list": True, "create": True}
    generated(rotator, sink, overlap="1s", lead="1s")
    assert outcome(rotator, "now", "keys") == "done"
    (first,) = lines(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text().endswith("\n")
    assert outcome(rotator, "now", "keys") == "done"
    (second,) = lines(path)
    assert second != first


def test_a_leaked_key_is_refused_as_soon_as_every_list_has_another(
    rotator: Rotator, folder: Path
) -> None:
    """Nobody waits, whatever the manifest says."""
    paths = [folder / name for name in ("first", "second")]
    generated(rotator, *map(a_list, paths), overlap="24h", lead="1h")
    assert outcome(rotator, "now", "keys") == "waiting"
    assert [lines(path)[0] for path in paths] == [OLD, OLD]
    result = rotator("now", "keys", "--leaked")
    assert (result.status, result.stdout.splitlines()[0]) == (0, b"done       keys")
    (new,) = lines(paths[0])
    assert new != OLD
    assert lines(paths[1]) == [new]


@pytest.mark.parametrize("name", ["vault", "kubernetes", "aws-secrets-manager", "command"])
def test_every_sink_that_can_be_read_may_hold_a_list(rotator: Rotator, name: str) -> None:
    """The same three steps, by its API."""
    place = rotator.rotations.sink(name)
    place.put(OLD)
    generated(rotator, place.sink | {"list": True})

    def held() -> list[str]:
        return (place.value() or "").split()

    assert outcome(rotator, "now", "keys") == "waiting"
    old, new = held()
    assert old == OLD
    rotator.pass_time(LEAD + 5)
    assert outcome(rotator, "run") == "waiting"
    assert held() == [new, OLD]
    rotator.pass_time(OVERLAP + 5)
    assert outcome(rotator, "run") == "done"
    assert held() == [new]


def test_sinks_without_a_list_get_one_secret_each_where_that_is_agreed(
    rotator: Rotator, folder: Path
) -> None:
    """A webhook's sender and receiver, which change one after the other."""
    path = folder / "receiver"
    place = rotator.rotations.sink("github-repository")
    place.put(OLD)
    sink: Json = {"kind": "file", "path": str(path), "create": True}
    issuer = {"kind": "generated", "bytes": 32, "encoding": "whsec"}
    entry: Json = {"issuer": issuer, "sinks": [sink, place.sink]}
    rotator.write({"keys": entry})
    refused = rotator("check", group="manifest")
    assert refused.status == 2
    assert b"none of its sinks holds the old secret beside the new one" in refused.stderr

    generated(rotator, sink, place.sink, issuer=issuer, allowCutover=True)
    assert outcome(rotator, "now", "keys") == "done"
    assert place.value() == path.read_text()
    assert path.read_text().startswith("whsec_")
    assert rotator("status", "--check").status == 0


def test_what_somebody_else_has_added_stays(rotator: Rotator, folder: Path) -> None:
    """And a rotation that does not know which key is in use says which ones there are."""
    path = folder / "keys"
    generated(rotator, a_list(path), overlap="1s", lead="1s")
    assert outcome(rotator, "now", "keys") == "done"
    (mine,) = lines(path)
    path.write_text(f"{mine}\nadded-by-hand-and-long-enough-to-be-a-key\n")
    assert outcome(rotator, "now", "keys") == "done"
    assert lines(path)[1:] == ["added-by-hand-and-long-enough-to-be-a-key"]
    assert lines(path)[0] != mine


def test_a_plan_says_what_will_be_done(rotator: Rotator, folder: Path) -> None:
    """Without a word of log-ins, of which there are none."""
    path = folder / "keys"
    generated(rotator, a_list(path))
    plan = rotator("plan").stdout.decode()
    assert f"sink     file:{path} (a list of 1)" in plan
    assert "make a secret, add it to 1 list, wait 10 min, write 1 sink, wait 2 h" in plan
    assert "verify" not in plan
    assert "not ready" not in plan
    ready = rotator("init").stdout.decode()
    assert re.search(r"replaces [0-9a-f]{16} at generated:keys", ready)
    assert "it holds 1 secret, the first of which is in use" in ready


def test_a_file_that_is_no_list_is_left_alone(rotator: Rotator, folder: Path) -> None:
    """A person is asked, and nothing is made."""
    path = folder / "keys"
    generated(rotator, a_list(path))
    path.write_text("a\tb\n")
    assert b"line 1 has a control character in it" in rotator("plan").stdout
    stopped = rotator("now", "keys")
    assert stopped.status == 6
    assert path.read_text() == "a\tb\n"


def test_no_key_is_dropped_before_its_last_ticket_has_expired(
    rotator: Rotator, folder: Path
) -> None:
    """The manifest says how long a ticket lives."""
    path = folder / "keys"
    generated(rotator, a_list(path), overlap="30m")
    manifest = json.loads(rotator.rotations.manifest.read_text())
    manifest["serve"] = {
        "origin": "https://hub.acme.example",
        "socket": "/run/hfmint/serve.sock",
        "hosts": {"hub.acme.example": {"kind": "hub"}},
        "tickets": {"keys": ["file:./x/../keys"], "lifetime": "1h"},
    }
    rotator.rotations.manifest.write_text(json.dumps(manifest))

    def checked() -> product.Result:
        return rotator("check", group="manifest")

    refused = checked()
    assert refused.status == 2
    assert b"drops an old key after 30 min" in refused.stderr
    manifest["serve"]["tickets"]["lifetime"] = "30m"
    rotator.rotations.manifest.write_text(json.dumps(manifest))
    assert checked().status == 0, checked().stderr


def test_a_schedule_rotates_keys_by_itself(rotator: Rotator, folder: Path) -> None:
    """As the timer calls it, every quarter of an hour."""
    path = folder / "keys"
    generated(rotator, a_list(path), schedule={"every": "30d"})
    assert outcome(rotator, "run") == "not-due"
    rotator.pass_time(30 * DAY + 60)
    seen = [outcome(rotator, "run")]
    while seen[-1] == "waiting" and len(seen) < 20:
        rotator.pass_time(900)
        seen.append(outcome(rotator, "run"))
    assert seen[-1] == "done"
    # A quarter of an hour for the lead, and two hours for the overlap.
    assert 9 <= len(seen) <= 12
    assert lines(path) != [OLD]
