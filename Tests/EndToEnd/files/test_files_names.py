"""Names that a user gives a file: what names none is refused before anything is made elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import evidence
from jobs import Job
from rotating import Rotator

DELIVERIES = ["env-file", "token-file"]
# With a draft's own ending they would be longer than a file system takes.
LONG = ["n" * 234, "n" * 235, "n" * 255]


@pytest.mark.parametrize("method", DELIVERIES)
def test_a_dash_is_no_file_of_a_token(job: Job, method: str) -> None:
    """It means stdout elsewhere; who wants a file of that name says `./-`."""
    ended = job.exchange("--deliver", f"{method}=-")
    assert (ended.status, ended.code) == (2, "usage")
    assert "--deliver stdout" in ended.err
    assert job.world.hub.exchanges() == 0
    assert not list(job.work.iterdir())
    assert job.exchange("--deliver", f"{method}=./-").status == 0
    assert (job.work / "-").exists()


@pytest.mark.parametrize("second", ["token-file=./file", "env-file=folder/..//file"])
def test_two_deliveries_into_one_file(job: Job, second: str) -> None:
    """The second would take the place of the first."""
    ended = job.exchange("--deliver", "env-file=file", "--deliver", second)
    assert (ended.status, ended.code) == (2, "usage")
    assert f"two deliveries name one file: '{second.partition('=')[2]}'" in ended.err
    assert job.world.hub.exchanges() == 0
    assert not list(job.work.iterdir())


@pytest.mark.parametrize("method", DELIVERIES)
@pytest.mark.parametrize("name", ["/", "folder/", "folder//"])
def test_a_name_that_ends_with_a_slash(job: Job, method: str, name: str) -> None:
    """Said before a token exists."""
    (job.work / "folder").mkdir()
    ended = job.exchange("--deliver", f"{method}={name}")
    assert (ended.status, ended.code) == (5, "state-unusable"), ended
    assert f"'{name}': it ends with a slash, and names no file" in ended.err
    assert job.world.hub.exchanges() == 0


@pytest.mark.parametrize("name", LONG)
@pytest.mark.parametrize("method", DELIVERIES)
def test_a_name_may_be_as_long_as_the_file_system_takes(job: Job, method: str, name: str) -> None:
    """Up to what the file system takes; what a killed process left of it is removed."""
    for _ in range(2):
        ended = job.exchange("--deliver", f"{method}={name}")
        assert ended.status == 0, ended.err
        assert [path.name for path in job.work.iterdir()] == [name]
    ended = job.exchange("--deliver", f"{method}={name * 2}")
    assert ended.status != 0


@pytest.mark.parametrize("name", LONG)
def test_metrics_and_a_sink_of_a_long_name(rotator: Rotator, name: str) -> None:
    """The same drafts."""
    rotator.set_up("okta", ["file"], overlap="0s")
    place = rotator.rotations.sink("file")
    (target,) = place.files
    moved = target.rename(target.with_name(name))
    evidence.put_there(moved)
    manifest = json.loads(rotator.rotations.manifest.read_text())
    manifest["rotations"]["chat"]["sinks"][0]["path"] = str(moved)
    rotator.rotations.manifest.write_text(json.dumps(manifest))
    assert rotator("init").status == 0
    assert rotator.outcome("now", "chat")["outcome"] == "done"
    assert moved.read_text() in rotator.rotations.issuer("okta").live
    moved.rename(target)
    metrics = rotator.rotations.folder / name
    assert rotator("status", "--prometheus", str(metrics)).status == 0
    assert "hfmint_rotation_" in metrics.read_text()


@pytest.mark.parametrize("path", ["-", "", "folder/", "."])
def test_a_sink_without_a_name(rotator: Rotator, path: str) -> None:
    """Nothing is made at the issuer."""
    rotator.set_up("okta", ["file"])
    (rotator.rotations.folder / "folder").mkdir()
    manifest = json.loads(rotator.rotations.manifest.read_text())
    manifest["rotations"]["chat"]["sinks"][0] |= {"path": path, "create": True}
    rotator.rotations.manifest.write_text(json.dumps(manifest))
    before = sorted(rotator.rotations.folder.iterdir())
    assert rotator("now", "chat").status in (2, 6)
    assert len(rotator.rotations.issuer("okta").live) == 1
    assert sorted(rotator.rotations.folder.iterdir()) == before


EMPTY = [
    ("rotate", "status", "--prometheus"),
    ("rotate", "init", "--journal-dir"),
    ("rotate", "run", "--manifest"),
    ("exchange", "acme/model", "--state-dir"),
    ("exchange", "acme/model", "--id-token-file"),
    ("forget", "--state-dir"),
]


@pytest.mark.parametrize("words", EMPTY)
@pytest.mark.parametrize("spelling", ["two words", "one word"])
def test_an_empty_path_is_a_variable_that_is_not_set(
    job: Job, words: tuple[str, ...], spelling: str
) -> None:
    """It does not name the folder that one is in."""
    *before, option = words
    given = [option, ""] if spelling == "two words" else [f"{option}="]
    ended = job.run(*before, *given)
    assert (ended.status, ended.code) == (2, "usage"), ended
    assert f"'{option}' is empty" in ended.err
    assert not list(Path(job.work).iterdir())


@pytest.mark.parametrize("option", ["--journal-dir", "--state-dir"])
def test_a_dash_is_no_directory(job: Job, option: str) -> None:
    """Neither stdout nor a folder of that name."""
    words = ["rotate", "init"] if "journal" in option else ["exchange", "acme/model"]
    ended = job.run(*words, option, "-")
    assert (ended.status, ended.code) == (2, "usage"), ended
    assert not list(Path(job.work).iterdir())
