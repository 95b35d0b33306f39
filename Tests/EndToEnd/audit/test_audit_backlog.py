"""Records that a collector did not take wait for the next command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditing import AuditedJob, required
from jobs import Ended
from Sandbox.collector import Collector


def spool(audited: AuditedJob) -> Path:
    """What waits for the collector, where no file keeps it."""
    (path,) = [
        p
        for p in audited.job.state.iterdir()
        if p.name.startswith("audit-unsent-") and not p.name.endswith(".sent")
    ]
    return path


# Each command that records something, in the order in which a job has them.
COMMANDS = {
    "exchange": ["exchange", "acme/model"],
    "run": ["run", "acme/model", "--", "true"],
    "git-credential": ["git-credential", "get"],
    "revoke": ["revoke", "--token-stdin"],
    "forget": ["forget"],
}


def do(audited: AuditedJob, command: str) -> Ended:
    """One of them; each does its work, as the log is not required."""
    stdin = b""
    if command == "git-credential":
        host = audited.job.world.hub.origin[7:]
        stdin = f"protocol=http\nhost={host}\npath=acme/model\n\n".encode()
    if command == "revoke":
        stdin = audited.job.tokens[0].encode()
    ended = audited.job.run(*COMMANDS[command], stdin=stdin)
    # A token of a Trusted Publisher is none that could be revoked.
    assert ended.status == (3 if command == "revoke" else 0), ended
    return ended


@pytest.mark.parametrize("command", COMMANDS)
def test_what_was_not_taken_is_sent_by_the_next_command(
    audited: AuditedJob, collector: Collector, command: str
) -> None:
    """Also where no file keeps it: nothing is lost because one request failed."""
    audited.configure(url=collector.origin)
    if command in ("git-credential", "revoke"):
        audited.job.exchange()
    taken = len(collector.lines)
    collector.faults.add("status=400 times=1")
    ended = do(audited, command)
    assert ended.err.count("did not take the records") == 1
    assert len(collector.lines) == taken
    path = spool(audited)
    kept = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert kept[0]["event"] == "log.created"
    assert len(kept) > 1
    assert path.stat().st_mode & 0o777 == 0o600
    examined = audited.job.run("doctor")
    assert f"records that 127.0.0.1 has not taken: {len(kept)}" in examined.out
    # In order, before its own, and once.
    audited.job.delivered(audited.job.exchange())
    assert collector.lines[taken : taken + len(kept)] == kept
    assert path.read_bytes() == b""
    heads = [record["attributes"][0]["value"]["stringValue"] for record in collector.records]
    assert len(set(heads)) == len(heads)
    assert "has not taken" not in audited.job.run("doctor").out


def test_records_wait_for_their_own_collector(audited: AuditedJob, collector: Collector) -> None:
    """Another address gets none of them."""
    audited.configure(url=collector.origin)
    collector.faults.add("status=400 times=1")
    audited.job.exchange()
    (log,) = {json.loads(line)["log"] for line in spool(audited).read_bytes().splitlines()}
    with Collector() as other:
        audited.configure(url=other.origin)
        audited.job.exchange()
        assert other.lines
        assert log not in {line["log"] for line in other.lines}
    audited.configure(url=collector.origin)
    audited.job.exchange()
    assert collector.lines[0]["log"] == log


def test_forgetting_leaves_what_waits(audited: AuditedJob, collector: Collector) -> None:
    """It holds no token, and is not the job's to lose."""
    audited.configure(url=collector.origin)
    collector.faults.add("status=400 times=2")
    audited.job.exchange()
    assert audited.job.run("forget").status == 0
    events = [json.loads(line)["event"] for line in spool(audited).read_bytes().splitlines()]
    assert events[-1] == "token.forgotten"
    assert "exchange.granted" in events
    assert audited.job.run("forget").status == 0
    assert [line["event"] for line in collector.lines][: len(events)] == events


def test_where_nothing_can_keep_them_it_is_said(
    audited: AuditedJob, collector: Collector, tmp_path: Path
) -> None:
    """A spool that is no file of ours: the command does its work, and says what is lost."""
    audited.configure(url=collector.origin)
    audited.job.exchange()
    path = spool(audited)
    path.unlink()
    path.mkdir()
    collector.faults.add("status=400 times=forever")
    ended = audited.job.exchange()
    audited.job.delivered(ended)
    assert "nothing keeps what it has not taken" in ended.err


def test_what_is_required_is_not_lost_either(audited: AuditedJob, collector: Collector) -> None:
    """No token, and the record of that comes later."""
    required(audited, collector, with_file=False)
    collector.faults.add("status=400 times=1")
    ended = audited.job.exchange()
    assert (ended.status, ended.code) == (5, "audit-unavailable"), ended
    kept = [json.loads(line) for line in spool(audited).read_bytes().splitlines()]
    audited.job.delivered(audited.job.exchange())
    assert collector.lines[: len(kept)] == kept
