"""What a collector gets, and what becomes of a job when the collector does not take it."""

from __future__ import annotations

import json
import time

import pytest
from google.protobuf.json_format import Parse
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from auditing import AuditedJob, required
from jobs import Ended
from Sandbox.collector import Collector


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
