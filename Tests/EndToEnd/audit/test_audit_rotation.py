"""Every step of a rotation is in the log, and a log that is required comes first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditing import Record, is_chained
from rotating import Rotator


@pytest.fixture
def log(rotator: Rotator, tmp_path: Path) -> Path:
    """A rotation from Okta to a file, and a required log."""
    rotator.set_up("okta", ["file"], overlap="1h")
    path = tmp_path / "audit.jsonl"
    manifest = json.loads(rotator.rotations.manifest.read_text())
    manifest["audit"] = {"file": str(path), "required": True}
    rotator.rotations.manifest.write_text(json.dumps(manifest))
    return path


def records(log: Path) -> list[Record]:
    """What it holds."""
    return [json.loads(line) for line in log.read_bytes().splitlines()]


def acts(rotator: Rotator, since: int = 0) -> list[str]:
    """What has been changed at the issuer; a log-in changes nothing."""
    asked = rotator.world.servers["okta"].requests[since:]
    return [
        f"{request.method} {request.path}"
        for request in asked
        if request.method != "GET" and not request.path.endswith("/token")
    ]


def test_every_step_is_recorded(rotator: Rotator, log: Path) -> None:
    """From the order to the death of the old secret, with evidence, and no secret."""
    assert rotator.outcome("now", "chat")["outcome"] == "waiting"
    rotator.pass_time(3_700)
    assert rotator.outcome("run")["outcome"] == "done"
    assert is_chained(log)
    found = records(log)[1:]
    assert {record["resource"] for record in found} == {"rotation:chat"}
    told = [f"{record['event']}: {record['reason']}" for record in found]
    steps = [text for text in told if text.startswith("rotation.step")]
    phases = ("planned", "created", "verified", "delivered", "announced", "retired", "done")
    assert len(steps) == len(phases)
    assert all(f"→ {phase}" in step for phase, step in zip(phases, steps, strict=True))
    acts = [text for text in told if text.startswith("rotation.act")]
    assert [act.split()[3] for act in acts if "about to" in act] == [
        *("create", "write", "deactivate", "delete")
    ]
    assert any("read back" in act for act in acts)
    for secret in rotator.world.secrets:
        assert secret not in log.read_text()


def test_a_log_that_cannot_be_written_stops_a_rotation(rotator: Rotator, log: Path) -> None:
    """Nothing is made at the issuer that is not announced."""
    before = len(rotator.world.servers["okta"].requests)
    log.touch()
    log.chmod(0o622)
    ended = rotator("now", "chat")
    assert ended.status == 5
    assert b"others can write it" in ended.stderr
    assert acts(rotator, before) == []
    assert log.read_text() == ""
    log.chmod(0o600)
    assert rotator.outcome("now", "chat")["outcome"] == "waiting"
