"""What only a person decides: init, adopt, resume, abandon; and what refuses to begin."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from rotating import DAY, Rotator
from Sandbox.rotations import Consumer


def ids(rotator: Rotator, issuer: str) -> list[str]:
    """The secrets that the issuer holds, by id."""
    stand = rotator.rotations.issuer(issuer)
    return [stored.id for stored in stand.server.clients[stand.client].secrets]


def add_by_hand(rotator: Rotator, issuer: str) -> str:
    """An administrator makes a secret; its id is returned."""
    stand = rotator.rotations.issuer(issuer)
    return stand.server.store(stand.server.clients[stand.client]).id


def test_the_journal_is_made_once_and_found_again(rotator: Rotator) -> None:
    """For its owner alone; a second time changes nothing."""
    rotator.set_up("okta", ["file"])
    (old,) = ids(rotator, "okta")
    journal = rotator.rotations.journal
    assert stat.S_IMODE(journal.stat().st_mode) == 0o700
    again = rotator("init")
    assert again.status == 0
    assert f"ready      chat: replaces {old}".encode() in again.stdout
    for file in journal.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("operation", [["run"], ["now", "chat"], ["status"], ["supply", "chat"]])
def test_without_a_journal_nothing_is_said_to_be_fine(
    rotator: Rotator, operation: list[str]
) -> None:
    """Never "nothing due"."""
    issuer = "person" if operation[0] == "supply" else "okta"
    rotator.write({"chat": rotator.rotations.rotation(issuer, ["file"])})
    result = rotator(*operation, stdin=b"SENTINEL-something")
    assert (result.status, result.stdout) == (5, b"")
    assert b"hfmint rotate init" in result.stderr
    assert not rotator.rotations.journal.exists()


@pytest.mark.parametrize(
    ("variables", "folder", "reason"),
    [
        ({"RUNNER_ENVIRONMENT": "github-hosted"}, "", "a GitHub-hosted runner is thrown away"),
        ({"RUNNER_TEMP": "{root}"}, "", "it is removed at the end of the job"),
        ({}, "/dev/shm/hfmint-no-journal", "it lies in memory"),
    ],
)
def test_a_journal_must_outlive_the_job(
    rotator: Rotator, variables: dict[str, str], folder: str, reason: str
) -> None:
    """A rotation that is forgotten half-way is an outage."""
    rotator.write({"chat": rotator.rotations.rotation("okta", ["file"])})
    root = str(rotator.world.root)
    environment = rotator.environment | {k: v.format(root=root) for k, v in variables.items()}
    arguments = ["--journal-dir", folder] if folder else []
    result = rotator("init", *arguments, env=environment)
    assert result.status == 5
    assert reason.encode() in result.stderr
    assert not Path(folder or rotator.rotations.journal).exists()


@pytest.mark.parametrize("operation", ["init", "run", "status"])
def test_a_journal_that_cannot_be_used_is_not_to_be_made_again(
    rotator: Rotator, operation: str
) -> None:
    """`hfmint rotate init` would say the same."""
    rotator.write({"chat": rotator.rotations.rotation("okta", ["file"])})
    for prepare, reason in (
        (lambda path: path.mkdir(mode=0o755), b"its mode is 755 instead of 700"),
        (lambda path: path.write_text(""), b"it is a symbolic link or no directory"),
    ):
        journal = rotator.rotations.journal
        prepare(journal)
        journal.chmod(0o755)
        result = rotator(operation)
        assert result.status == 5
        assert reason in result.stderr
        assert b"hint: name a directory that is yours alone (0700)" in result.stderr
        journal.rmdir() if journal.is_dir() else journal.unlink()


def test_a_secret_of_several_is_adopted_by_its_id(rotator: Rotator) -> None:
    """It is retired; the other, which nobody named, is left alone."""
    rotator.write({"chat": rotator.rotations.rotation("entra", ["file"], overlap="0s")})
    other = add_by_hand(rotator, "entra")
    used = ids(rotator, "entra")[0]
    assert b"rotate adopt chat ID" in rotator("init").stdout
    wrong = rotator("adopt", "chat", "00000000-0000-0000-0000-000000000000")
    assert wrong.status == 2
    assert used.encode() in wrong.stderr
    assert rotator("adopt", "chat", used).status == 0
    assert rotator.outcome("now", "chat")["outcome"] == "done"
    left = ids(rotator, "entra")
    assert (len(left), left[0]) == (2, other)
    assert rotator.status()["current_id"] == left[1]


def test_nothing_is_retired_where_nothing_is_known(rotator: Rotator) -> None:
    """And that is said."""
    rotator.write({"chat": rotator.rotations.rotation("entra", ["file"], overlap="0s")})
    add_by_hand(rotator, "entra")
    before = ids(rotator, "entra")
    assert rotator("init").status == 0
    result = rotator("now", "chat")
    assert result.status == 0
    assert b"no old secret was known, and none is retired" in result.stdout
    assert ids(rotator, "entra")[:2] == before


def test_a_full_issuer_is_left_as_it_is(rotator: Rotator) -> None:
    """Okta holds two; a person removes one, and resumes."""
    rotator.set_up("okta", ["file"], overlap="0s")
    stand = rotator.rotations.issuer("okta")
    add_by_hand(rotator, "okta")
    before = ids(rotator, "okta")
    outcome = rotator.outcome("now", "chat")
    assert (outcome["outcome"], outcome["exit"], outcome["attention"]) == (
        "attention",
        6,
        "no-room",
    )
    assert ids(rotator, "okta") == before
    assert rotator.outcome("run")["exit"] == 6
    client = stand.server.clients[stand.client]
    stand.server.bury(client, client.secrets[1])
    assert rotator.outcome("resume", "chat")["outcome"] == "done"
    assert stand.live == [rotator.rotations.sink("file").value()]


def test_a_step_that_stopped_goes_on_when_its_cause_is_mended(rotator: Rotator) -> None:
    """Meanwhile every sink holds a secret that works."""
    sinks = ["file", "vault", "github-repository"]
    rotator.set_up("okta", sinks, overlap="0s")
    rotator.world.fault("sink-github-repository", "status=403 method=PUT times=1")
    issuer = rotator.rotations.issuer("okta")
    places = [rotator.rotations.sink(name) for name in sinks]
    with Consumer(issuer, places[0]) as first, Consumer(issuer, places[2]) as last:
        outcome = rotator.outcome("now", "chat")
        assert (outcome["outcome"], outcome["exit"]) == ("attention", 6)
        assert (places[0].value(), places[2].value()) == tuple(reversed(issuer.live))
        assert b"not yet" in rotator("status").stdout
        assert rotator.outcome("resume", "chat")["outcome"] == "done"
        first.wait_for(3)
        last.wait_for(3)
    assert first.failures + last.failures == []
    assert [place.value() for place in places] == issuer.live * 3


def test_to_abandon_before_a_sink_was_written_leaves_nothing(rotator: Rotator) -> None:
    """The new secret is removed."""
    rotator.set_up("okta", ["github-repository"])
    rotator.world.fault("okta", "status=503 retry-after=3600 path=/oauth2 times=forever")
    issuer = rotator.rotations.issuer("okta")
    before = issuer.live
    outcome = rotator.outcome("now", "chat")
    assert (outcome["outcome"], outcome["exit"], outcome["phase"]) == ("retrying", 4, "created")
    assert len(issuer.live) == 2
    result = rotator("abandon", "chat")
    assert result.status == 0
    assert b"its new secret is removed, and no sink was touched" in result.stdout
    assert issuer.live == before == [rotator.rotations.sink("github-repository").value()]
    again = rotator("abandon", "chat")
    assert again.status == 2
    assert b"not under way" in again.stderr


def test_to_abandon_after_a_sink_was_written_removes_nothing(rotator: Rotator) -> None:
    """The next run gives every sink another secret, and takes the one that was left."""
    sinks = ["file", "github-repository"]
    rotator.set_up("entra", sinks, overlap="0s")
    fault = "status=403 method=PUT times=1"
    rotator.world.fault("sink-github-repository", fault)
    issuer = rotator.rotations.issuer("entra")
    (old,) = issuer.live
    assert rotator.outcome("now", "chat")["exit"] == 6
    result = rotator("abandon", "chat")
    assert result.status == 0
    assert b"as a sink may hold it" in result.stdout
    assert len(issuer.live) == 2
    assert rotator.rotations.sink("github-repository").value() == old
    assert rotator.outcome("now", "chat")["outcome"] == "done"
    assert {rotator.rotations.sink(name).value() for name in sinks} == set(issuer.live)
    assert len(issuer.live) == 1


def test_a_changed_sink_stops_a_run_that_is_under_way(rotator: Rotator) -> None:
    """It ends as it was begun, or a person decides."""
    rotator.set_up("okta", ["file"], overlap="24h")
    assert rotator.outcome("now", "chat")["outcome"] == "waiting"
    issuer = rotator.rotations.issuer("okta")
    kept = rotator.rotations.manifest.read_text()
    rotator.write({"chat": rotator.rotations.rotation("okta", ["vault"], overlap="24h")})
    rotator.pass_time(2 * DAY)
    outcome = rotator.outcome("run")
    assert (outcome["exit"], outcome["attention"]) == (6, "definition-changed")
    assert len(issuer.live) == 2
    rotator.rotations.manifest.write_text(kept)
    assert rotator.outcome("run")["outcome"] == "done"


@pytest.mark.parametrize("operation", ["now", "supply", "adopt", "resume", "abandon"])
def test_a_rotation_is_named_as_the_manifest_does(rotator: Rotator, operation: str) -> None:
    """A slip is noticed; so is a missing name."""
    rotator.set_up("okta", ["file"])
    more = ["x"] if operation == "adopt" else []
    wrong = rotator(operation, "chad", *more)
    assert wrong.status == 2
    assert b"did you mean 'chat'?" in wrong.stderr
    assert rotator(operation).status == 2


def test_what_makes_its_own_secrets_is_not_supplied(rotator: Rotator) -> None:
    """And an empty stdin is no secret."""
    rotator.set_up("okta", ["file"])
    wrong = rotator("supply", "chat", stdin=b"SENTINEL-something")
    assert wrong.status == 2
    assert b"hfmint rotate now chat" in wrong.stderr


@pytest.mark.parametrize("stdin", [b"", b"\n"])
def test_an_empty_secret_is_none(rotator: Rotator, stdin: bytes) -> None:
    """Nothing begins."""
    rotator.set_up("person", ["file"])
    result = rotator("supply", "chat", stdin=stdin)
    assert result.status == 2
    assert b"it is empty" in result.stderr
    assert rotator.status()["phase"] == "idle"


def test_a_journal_that_was_changed_by_others_is_not_believed(rotator: Rotator) -> None:
    """Nothing is done by it."""
    rotator.set_up("okta", ["file"])
    assert rotator.outcome("now", "chat")["outcome"] == "waiting"
    journal = rotator.rotations.journal / "chat.journal"
    text = journal.read_bytes()
    journal.write_bytes(text.replace(b'"delivered"', b'"announced"'))
    before = rotator.rotations.issuer("okta").live
    rotator.pass_time(2 * DAY)
    result = rotator("run")
    assert result.status == 5
    assert b"chat.journal" in result.stderr
    assert rotator.rotations.issuer("okta").live == before
    assert rotator("status").status == 5


def test_reports_are_json_when_asked_for(rotator: Rotator) -> None:
    """One object each."""
    rotator.write({"chat": rotator.rotations.rotation("okta", ["file"])})
    report = json.loads(rotator("init", "--json").stdout)
    assert report["journal"] == str(rotator.rotations.journal)
    assert [row["name"] for row in report["rotations"]] == ["chat"]
    assert json.loads(rotator("adopt", "chat", *ids(rotator, "okta"), "--json").stdout)["name"]
    assert [file.name for file in rotator.rotations.journal.iterdir()] == ["chat.journal"]
