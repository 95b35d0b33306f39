"""Whatever a claim, a server or a file says: one line, which steers no terminal and no runner."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from auditing import AuditedJob
from jobs import Ended, Job

HOSTILE = {
    "escape sequence": "a\x1b[2J\x1b]0;x\x07b",
    "carriage return": "a\rhfmint: all is well\n::error::b",
    "workflow command": "::error file=x::b\n::add-mask::c",
    "old workflow command": "a ##[error]b",
    "right to left": "a\u202eb\u2066c",
    "line separator": "a\u2028::error::b\u2029c\u0085d",
    "zero": "a\0b",
    "delete": "a\x7f\x9b31mb",
    "private": "a\ue000\U000e0041b",
    "very long": "z" * 3_000,
}
STEERING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ue000-\uf8ff]|##"
)
COMMAND = re.compile(r"(?m)^\s*::(?!add-mask::)")


def harmless(ended: Ended) -> None:
    """Both streams are plain lines."""
    for stream in (ended.out, ended.err):
        assert not STEERING.search(stream), stream[:2_000]
        assert not COMMAND.search(stream), stream[:2_000]
    assert len(ended.err) < 20_000


@pytest.fixture
def audited(job: Job, tmp_path: Path) -> AuditedJob:
    """A job with a log."""
    return AuditedJob(job, tmp_path / "audit")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_claim_cannot_move_the_cursor(audited: AuditedJob, name: str) -> None:
    """In the record of a refusal, in its message, and in what `audit show` prints."""
    text = HOSTILE[name]
    github = audited.job.world.github
    github.job.claims = {"sub": text, "environment": text, "repository": text}
    ended = audited.job.exchange()
    harmless(ended)
    assert ended.status == 3
    raw = audited.log.read_text()
    assert not STEERING.search(raw)
    said = audited.records[-1]["actor"]["subject"]
    assert said == text or (len(text) > 2_048 and said.startswith(text[:2_000]))
    harmless(audited.job.run("audit", "show"))
    shown = audited.job.run("audit", "show", "--json")
    harmless(shown)
    assert json.loads(shown.out)["records"][-1]["actor"]["subject"] == said
    assert audited.job.run("audit", "verify").status == 0
    harmless(audited.job.run("doctor", "acme/model"))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_server_cannot_move_the_cursor(audited: AuditedJob, name: str) -> None:
    """In the Hub's words of a refusal."""
    body = json.dumps({"error": "invalid_grant", "error_description": HOSTILE[name]})
    audited.job.world.fault("hub", "status=401 body=" + body.replace("\\", "\\\\"))
    ended = audited.job.exchange()
    harmless(ended)
    assert (ended.status, ended.code) == (3, "exchange-rejected")
    assert not STEERING.search(audited.log.read_text())
    harmless(audited.job.run("audit", "show"))


@pytest.mark.parametrize("name", [name for name in HOSTILE if name not in ("zero", "very long")])
def test_a_word_and_a_file(audited: AuditedJob, name: str) -> None:
    """On the command line, in a manifest's names, and as the name of a log."""
    text = HOSTILE[name]
    job = audited.job
    for words in (
        ("exchange", text),
        ("exchange", f"{text}=acme/model"),
        ("exchange", "acme/model", "--role", text),
        ("exchange", "acme/model", "--deliver", text),
        ("exchange", "acme/model", "--manifest", text),
        ("audit", "show", text),
        ("audit", "show", "--event", text),
        ("audit", "show", "--since", text),
        ("audit", "verify", text, "--head", text),
        (text,),
        ("rotate", text),
    ):
        ended = job.run(*words)
        harmless(ended)
        assert ended.status != 0
    manifest = audited.folder / "bad.json5"
    manifest.write_text(json.dumps({"version": 1, text: 1, "roles": {text: {"access": text}}}))
    manifest.chmod(0o600)
    ended = job.run("manifest", "check", "--manifest", str(manifest))
    harmless(ended)
    assert ended.status == 2


def test_a_log_that_somebody_else_wrote(audited: AuditedJob) -> None:
    """Raw controls are no record; escaped ones stay escaped."""
    audited.job.exchange()
    lines = audited.log.read_text().splitlines(keepends=True)
    escaped = lines[1].replace('"reason":"', '"reason":"\\u001b[2J\\u202e')
    audited.log.write_text(lines[0] + escaped + "\x1b[2J\u202e::error::x\n" + "".join(lines[2:]))
    for words in (("show",), ("show", "--json"), ("verify",), ("verify", "--json"), ("head",)):
        harmless(audited.job.run("audit", *words))
    assert audited.job.run("audit", "verify").status == 3
