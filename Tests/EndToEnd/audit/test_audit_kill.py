"""Killed at any call of an audited exchange: the chain holds, and no token is unrecorded."""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections.abc import Callable
from pathlib import Path

import tracing
from auditing import AuditedJob
from jobs import Job

SAMPLE = 12
DEAD = -9


def test_killed_at_any_call(
    job: Job, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """What the next command appends leaves a log that verifies."""
    tracing.require()

    def fresh(name: str) -> AuditedJob:
        made = AuditedJob(Job(job.world, job.program, tmp_path / name), tmp_path / name / "audit")
        made.configure(file=str(made.log), required=True)
        return made

    log = tmp_path / "calls"
    dry = fresh("dry")
    assert dry.job.run("exchange", "acme/model", through=tracing.recording(log)).status == 0
    found = tracing.points(log)
    seed = os.environ.get("HFMINT_SEED") or str(random.SystemRandom().randrange(10**6))
    everything = os.environ.get("HFMINT_ALL") == "1"
    chosen = random.Random(seed).sample(found, len(found) if everything else SAMPLE)
    record_property("told", f"killed at {len(chosen)} of {len(found)} points, seed {seed}")

    for call, number in chosen:
        case = fresh(f"{call}-{number}")
        where = f"killed at {call} {number}, seed {seed}"
        through = tracing.injecting(log, call, "signal=SIGKILL", number)
        assert case.job.run("exchange", "acme/model", through=through).status == DEAD, where
        nothing_unrecorded(case, where)
        again = case.job.run("exchange", "acme/model")
        assert again.status == 0, f"{where}\n{again}"
        nothing_unrecorded(case, where)
        verified = case.job.run("audit", "verify")
        assert verified.status == 0, f"{where}\n{verified}"
        assert case.events[-1] == "token.delivered", where


def nothing_unrecorded(case: AuditedJob, where: str) -> None:
    """Every token in the job's files is in the log, and every request was announced."""
    text = case.log.read_text() if case.log.exists() else ""
    for path in case.job.temp.glob("hfmint/*/token-*"):
        assert hashlib.sha256(path.read_bytes()).hexdigest() in text, where
    for path in case.job.temp.glob("hfmint/*/record-*"):
        assert json.loads(path.read_text())["sha256"] in text, where
