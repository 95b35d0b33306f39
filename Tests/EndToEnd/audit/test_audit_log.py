"""The audit log: what a job does is there, in order, before it happens."""

from __future__ import annotations

import hashlib
import json
import stat
import subprocess
from pathlib import Path

import pytest

import tracing
from auditing import AuditedJob, is_chained
from jobs import Job

HEAD = "hfmint: audit head "
KEYS = (
    *("log", "seq", "time", "event", "actor", "actor_verified", "role", "resource", "decision"),
    *("reason", "token_sha256", "expires_at", "request_id", "previous"),
)


@pytest.fixture
def audited(job: Job, tmp_path: Path) -> AuditedJob:
    """A job whose log is required."""
    made = AuditedJob(job, tmp_path / "audit")
    made.configure(file=str(made.log), required=True)
    return made


def test_an_exchange_leaves_each_of_its_steps(audited: AuditedJob) -> None:
    """Asked for, granted, delivered; with the digest of the token, and not the token."""
    token = audited.job.delivered(audited.job.exchange())
    assert audited.events == [
        "log.created",
        "exchange.requested",
        "exchange.granted",
        "token.delivered",
    ]
    assert is_chained(audited.log)
    assert stat.S_IMODE(audited.log.stat().st_mode) == 0o600
    asked, granted, delivered = audited.records[1:]
    assert all(tuple(record) == KEYS for record in audited.records)
    github = audited.job.world.github.job
    for record in (asked, granted, delivered):
        assert record["actor"] == {"issuer": github.issuer, "subject": github.subject}
        assert record["resource"] == "acme/model"
    assert (asked["role"], asked["decision"]) == ("publisher", "allowed")
    assert asked["reason"].startswith("by grants[0] of ")
    assert (asked["actor_verified"], granted["actor_verified"]) == ("no", "hub")
    digest = hashlib.sha256(token.encode()).hexdigest()
    assert granted["token_sha256"] == delivered["token_sha256"] == digest
    assert granted["expires_at"].endswith("Z")
    assert delivered["reason"] == "auto"
    assert token not in audited.log.read_text()


def test_the_head_is_printed_at_the_end(audited: AuditedJob) -> None:
    """It is the head of the log, and proves it later."""
    ended = audited.job.exchange()
    (head,) = [line for line in ended.err.splitlines() if line.startswith(HEAD)]
    head = head.removeprefix(HEAD)
    last = audited.log.read_bytes().splitlines()[-1]
    assert head == f"{audited.records[-1]['log']}:4:{hashlib.sha256(last).hexdigest()}"
    verified = audited.job.run("audit", "verify", str(audited.log), "--head", head, "--json")
    assert (verified.status, json.loads(verified.out)["untampered_up_to"]) == (0, 4)
    assert audited.job.run("audit", "head", str(audited.log)).out.strip() == head
    assert audited.job.run("audit", "head").out.strip() == head


def test_cache_hits_and_git_count_too(audited: AuditedJob) -> None:
    """Every time a token is handed out again is a record of its own."""
    audited.job.exchange()
    audited.job.exchange("--deliver", "token-file")
    question = (
        f"protocol=http\nhost={audited.job.world.hub.origin.removeprefix('http://')}\n"
        "path=acme/model\n\n"
    )
    answered = audited.job.run("git-credential", "get", stdin=question.encode())
    assert "password=" in answered.out
    assert HEAD not in answered.err
    assert audited.events[4:] == [
        *("token.served", "token.delivered"),
        *("token.served", "git.answered"),
    ]
    assert len(audited.job.world.requests("hub")) == 1
    served = audited.records[4]
    assert (served["role"], served["actor_verified"]) == ("publisher", "hub")


def test_a_run_is_recorded_from_its_start_to_its_end(audited: AuditedJob) -> None:
    """With the program's name, and none of its arguments."""
    ended = audited.job.run("run", "acme/model", "--", "sh", "-c", "exit 7 # s3cret")
    assert ended.status == 7
    assert audited.events[3:] == ["run.started", "run.ended"]
    assert [record["reason"] for record in audited.records[3:]] == ["sh", "sh: exit 7"]


def test_forgetting_and_revoking_are_recorded(audited: AuditedJob) -> None:
    """With what came of it."""
    audited.job.exchange("--export", "--deliver", "env-file")
    token = audited.job.run("exchange", "acme/model", "--deliver", "stdout").out.strip()
    audited.job.run("revoke", "--token-stdin", stdin=token.encode())
    assert audited.job.run("forget").status == 0
    revoked, forgotten = audited.records[-2:]
    assert (revoked["event"], forgotten["event"]) == ("token.revoked", "token.forgotten")
    assert revoked["token_sha256"] == hashlib.sha256(token.encode()).hexdigest()
    assert forgotten["reason"].endswith("removed")


def test_refusals_and_failures_are_recorded(audited: AuditedJob) -> None:
    """By the manifest, before a request; by the Hub; and when nobody answers."""
    denied = audited.job.run("exchange", "other/model")
    assert (denied.status, denied.code) == (3, "policy-denied")
    assert audited.job.world.requests("hub") == []
    audited.job.world.fault("hub", 'status=401 body={"error":"invalid_grant"}')
    assert audited.job.exchange().status == 3
    audited.job.world.fault("hub", "drop times=forever")
    assert audited.job.exchange("--deadline", "2").status == 4
    told = [(record["event"], record["decision"]) for record in audited.records[1:]]
    assert told == [
        ("exchange.denied", "denied"),
        ("exchange.requested", "allowed"),
        ("exchange.denied", "denied"),
        ("exchange.requested", "allowed"),
        ("exchange.failed", "failed"),
    ]
    assert audited.records[1]["reason"].startswith("policy-denied: ")
    assert HEAD in denied.err


def test_a_full_disk_yields_no_token(audited: AuditedJob) -> None:
    """The Hub sees no request, because the intent comes first."""
    tracing.require()
    log = audited.folder / "calls"
    for call in ("write", "fsync"):
        through = [
            *("strace", "-f", "-qq", "-o", str(log), "-P", str(audited.log)),
            *("-e", f"inject={call}:error=ENOSPC"),
        ]
        ended = audited.job.run("exchange", "acme/model", through=through)
        assert (ended.status, ended.code) == (5, "audit-unavailable"), ended.err
        assert "no space left on device" in ended.err
    assert audited.job.world.requests("hub") == []
    assert audited.job.written() == {}


@pytest.mark.parametrize("number", [2, 3])
def test_a_disk_that_fills_up_later_yields_none_either(audited: AuditedJob, number: int) -> None:
    """Not when it was granted, nor when it is delivered: then it is taken back from the cache."""
    tracing.require()
    through = [
        *("strace", "-f", "-qq", "-o", str(audited.folder / "calls"), "-P", str(audited.log)),
        *("-e", f"inject=write:error=ENOSPC:when={number}"),
    ]
    ended = audited.job.run("exchange", "acme/model", through=through)
    assert (ended.status, ended.code) == (5, "audit-unavailable"), ended.err
    assert audited.job.written() == {}
    audited.job.delivered(audited.job.exchange())
    assert len(audited.job.world.requests("hub")) == 2


def test_a_log_that_is_not_required_stops_nothing(job: Job, tmp_path: Path) -> None:
    """It is said once."""
    audited = AuditedJob(job, tmp_path / "audit")
    audited.log.mkdir()
    ended = job.exchange()
    job.delivered(ended)
    assert ended.err.count("going on, as it is not required") == 1


@pytest.mark.parametrize(
    ("break_it", "reason"),
    [
        (lambda log: log.symlink_to(log.with_name("target")), "it is a symbolic link"),
        (lambda log: (log.touch(), log.chmod(0o622)), "others can write it"),
        (lambda log: (log.write_text("x\n"), log.chmod(0o600)), "it does not end like an audit"),
        (lambda log: (log.touch(0o600), log.with_name("b").hardlink_to(log)), "a second name"),
        (lambda log: log.parent.chmod(0o777), "others can write its directory"),
    ],
)
def test_a_log_that_others_could_write_is_refused(
    audited: AuditedJob, break_it: object, reason: str
) -> None:
    """And nothing is written to it."""
    break_it(audited.log)  # type: ignore[operator]
    before = audited.log.read_bytes() if audited.log.exists() else b""
    ended = audited.job.exchange()
    audited.folder.chmod(0o700)
    assert (ended.status, ended.code) == (5, "audit-unavailable")
    assert reason in ended.err
    assert audited.job.world.requests("hub") == []
    assert (audited.log.read_bytes() if audited.log.exists() else b"") == before


def test_a_relative_file_is_refused_in_a_ci_system(audited: AuditedJob) -> None:
    """Its folder is whatever a checkout made of it."""
    audited.configure(file="audit.jsonl")
    ended = audited.job.exchange()
    assert (ended.status, ended.code) == (2, "manifest-invalid")
    assert "'audit.file' is relative" in ended.err


def test_fifty_writers_at_once_are_one_chain(audited: AuditedJob) -> None:
    """The kernel's lock is on the file itself."""
    running = [
        subprocess.Popen(
            [audited.job.program, "exchange", "acme/model", "--quiet"],
            env=audited.job.env,
            cwd=audited.job.work,
            stdout=subprocess.DEVNULL,
        )
        for _ in range(50)
    ]
    assert [process.wait(60) for process in running] == [0] * 50
    assert is_chained(audited.log)
    assert audited.events.count("token.delivered") == 50
    assert audited.job.run("audit", "verify").status == 0


def test_a_log_that_dies_with_its_machine_says_so(audited: AuditedJob) -> None:
    """A file on a runner that is thrown away proves nothing."""
    assert "proves nothing later" not in audited.job.exchange(RUNNER_ENVIRONMENT=None).err
    ended = audited.job.exchange(RUNNER_ENVIRONMENT="github-hosted")
    assert "proves nothing later: a GitHub-hosted runner is thrown away" in ended.err
