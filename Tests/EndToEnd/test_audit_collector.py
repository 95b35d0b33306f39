"""What a collector gets, and what becomes of a job when the collector does not take it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf.json_format import Parse
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from auditing import AuditedJob
from jobs import Ended, Job
from Sandbox.collector import Collector


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A running one."""
    with Collector() as collector:
        yield collector
        assert collector.errors == []


@pytest.fixture
def audited(job: Job, tmp_path: Path, collector: Collector) -> AuditedJob:
    """A job whose log goes to a file and to the collector."""
    made = AuditedJob(job, tmp_path / "audit")
    made.configure(file=str(made.log), url=collector.origin)
    return made


def required(audited: AuditedJob, collector: Collector, *, with_file: bool = True) -> None:
    """Nothing may happen that cannot be recorded."""
    file = {"file": str(audited.log)} if with_file else {}
    audited.configure(**file, url=collector.origin, required=True)


def refused(audited: AuditedJob, ended: Ended) -> None:
    """There is no token, neither delivered nor kept."""
    assert (ended.status, ended.code) == (5, "audit-unavailable"), ended
    # But for what waits for the collector.
    assert [path for path in audited.job.written() if "audit-unsent-" not in path.name] == []
    assert ended.out in ("", "(exit 5)\n")


@pytest.mark.parametrize("is_required", [False, True])
def test_a_command_is_one_request_that_the_schema_takes(
    audited: AuditedJob, collector: Collector, is_required: bool
) -> None:
    """Each record is the line of the log, with its fields and the head."""
    if is_required:
        required(audited, collector)
    audited.job.world.publish("acme/other")
    audited.job.run("exchange", "acme/model", "OTHER=acme/other")
    (request,) = collector.requests
    assert (request.path, request.header("Content-Type")) == ("/v1/logs", "application/json")
    message = Parse(request.body, ExportLogsServiceRequest())
    (resource,) = message.resource_logs
    assert resource.resource.attributes[0].value.string_value == "hfmint"
    (scope,) = resource.scope_logs
    assert scope.scope.name == "hfmint.audit"
    lines = audited.log.read_text().splitlines()
    assert [record.body.string_value for record in scope.log_records] == lines
    assert len(lines) == 7
    for record, line in zip(scope.log_records, map(json.loads, lines), strict=True):
        told = {pair.key: pair.value.string_value for pair in record.attributes}
        assert record.event_name == f"hfmint.{line['event']}"
        assert abs(record.time_unix_nano / 1e9 - time.time()) < 60
        assert (record.severity_number, record.severity_text) == (9, "INFO")
        assert told["hfmint.audit.head"].startswith(f"{line['log']}:{line['seq']}:")
        assert told.get("hfmint.resource") == line["resource"]
        assert told.get("hfmint.token.sha256") == line["token_sha256"]


def test_every_head_that_was_sent_proves_the_log(audited: AuditedJob, collector: Collector) -> None:
    """That is what the collector is for."""
    audited.job.exchange()
    heads = [
        attribute["value"]["stringValue"]
        for record in collector.records
        for attribute in record["attributes"]
        if attribute["key"] == "hfmint.audit.head"
    ]
    for number, head in enumerate(heads, 1):
        verified = audited.job.run("audit", "verify", "--head", head, "--json")
        assert json.loads(verified.out)["untampered_up_to"] == number
    audited.log.write_bytes(b"".join(audited.log.read_bytes().splitlines(keepends=True)[:-1]))
    cut = audited.job.run("audit", "verify", "--head", heads[-1])
    assert (cut.status, cut.code) == (3, "audit-broken")
    assert "the end is missing: the log stops at record 3" in cut.out


def test_refusals_are_sent_too(audited: AuditedJob, collector: Collector) -> None:
    """As warnings."""
    assert audited.job.run("exchange", "other/model").status == 3
    assert [line["event"] for line in collector.lines] == ["log.created", "exchange.denied"]
    assert collector.records[1]["severityText"] == "WARN"


def test_a_collector_without_a_file_gets_a_chain_of_its_own(
    audited: AuditedJob, collector: Collector
) -> None:
    """Each command is a log of its own then."""
    audited.configure(url=f"{collector.origin}/v1/logs")
    audited.job.exchange()
    audited.job.exchange()
    assert [line["seq"] for line in collector.lines] == [1, 2, 3, 4, 1, 2, 3]
    assert len({line["log"] for line in collector.lines}) == 2
    assert not audited.log.exists()


def test_the_collector_is_shown_the_credential(audited: AuditedJob, collector: Collector) -> None:
    """From where the manifest says, and in no other place."""
    key = audited.job.world.sentinels.issue("collector-key")
    audited.configure(
        url=collector.origin, credential={"header": "dd-api-key", "value": "env:COLLECTOR_KEY"}
    )
    ended = audited.job.exchange("--verbose", COLLECTOR_KEY=key)
    assert collector.requests[0].header("DD-API-KEY") == key
    assert key not in ended.err + ended.out
    missing = audited.job.exchange()
    assert (missing.status, missing.code) == (5, "state-unusable")


@pytest.mark.parametrize(
    "fault",
    [
        *(
            "status=429 retry-after=60",
            "status=503 times=forever",
            "status=400",
            "drop times=forever",
        ),
        *("body=<html>", "redirect=307,http://127.0.0.1:9/", "delay=60 times=forever"),
    ],
)
@pytest.mark.parametrize("is_required", [False, True])
def test_a_collector_that_does_not_take_it(
    audited: AuditedJob, collector: Collector, fault: str, is_required: bool
) -> None:
    """Required: no token. Otherwise: a word, the token, and no long wait."""
    if is_required:
        required(audited, collector)
    collector.faults.add(fault)
    begun = time.monotonic()
    ended = audited.job.exchange()
    assert time.monotonic() - begun < (30 if is_required else 10)
    if is_required:
        refused(audited, ended)
        collector.faults.clear()
        audited.job.delivered(audited.job.exchange())
        assert len(audited.job.world.requests("hub")) == 2
    else:
        audited.job.delivered(ended)
        assert ended.err.count("did not take the records") == 1


def test_a_collector_that_recovers_is_asked_again(
    audited: AuditedJob, collector: Collector
) -> None:
    """The same records, once."""
    required(audited, collector)
    collector.faults.add("status=429 retry-after=1")
    audited.job.delivered(audited.job.exchange())
    assert len(collector.requests) == 2
    assert collector.requests[0].body == collector.requests[1].body


@pytest.mark.parametrize("is_required", [False, True])
def test_a_collector_that_rejects_some(
    audited: AuditedJob, collector: Collector, is_required: bool
) -> None:
    """A 200 that says so is no 200."""
    if is_required:
        required(audited, collector)
    collector.rejects = 2
    ended = audited.job.exchange()
    assert "it rejected 2 of 4" in ended.err
    if is_required:
        refused(audited, ended)
    else:
        audited.job.delivered(ended)


@pytest.mark.parametrize("with_file", [False, True])
def test_a_collector_that_is_not_there(
    audited: AuditedJob, collector: Collector, with_file: bool
) -> None:
    """Required, with a file and without: no token, for git and for a run either."""
    required(audited, collector, with_file=with_file)
    collector.stop()
    refused(audited, audited.job.exchange())
    question = f"protocol=http\nhost={audited.job.world.hub.origin[7:]}\npath=acme/model\n\n"
    answer = audited.job.run("git-credential", "get", stdin=question.encode())
    assert answer.out == "quit=1\n"
    assert answer.code == "audit-unavailable"
    ran = audited.job.run("run", "acme/model", "--", "touch", str(audited.folder / "ran"))
    assert (ran.status, ran.code) == (125, "audit-unavailable")
    assert not (audited.folder / "ran").exists()


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
