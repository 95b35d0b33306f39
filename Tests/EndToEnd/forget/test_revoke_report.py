"""`hfmint revoke`: it says what it saw, and reports a token to nobody but its Hub."""

from __future__ import annotations

import json
import time

import evidence
from jobs import Ended, Job


def user_token(job: Job) -> str:
    """An `hf_oauth_` token, short enough for the Hub's route."""
    job.world.publish("acme-bot")
    ended = job.run("exchange", "acme-bot", "--deliver", "stdout")
    assert ended.status == 0, ended
    return ended.out.strip()


def revoke(job: Job, *arguments: str, **variables: str | None) -> tuple[Ended, str]:
    """Run it; the outcome that it reports."""
    ended = job.run("revoke", "--json", *arguments, **variables)
    job.silent_about_secrets(ended)
    return ended, json.loads(ended.out).get("outcome", "")


def test_a_token_that_died_is_dead(job: Job) -> None:
    """It worked before, and was refused twice after."""
    token = user_token(job)
    ended, outcome = revoke(job, HF_TOKEN=token)
    assert (ended.status, outcome) == (0, "dead")
    assert not job.works(token)
    assert job.world.hub.mails == ["acme-bot"]
    probes = [r.status for r in job.world.requests("hub") if r.target == "/api/whoami-v2"]
    assert probes == [200, 401, 401]


def test_a_token_that_lives_on_was_accepted(job: Job) -> None:
    """A 202 is not called a revocation; the owner is told once."""
    job.world.hub.revoke_kills = False
    token = user_token(job)
    expires = "2026-01-02T03:04:05Z"
    ended, outcome = revoke(job, "--deadline", "2", HF_TOKEN=token, HF_TOKEN_EXPIRES_AT=expires)
    assert (ended.status, outcome) == (0, "accepted")
    assert json.loads(ended.out)["expires_at"] == expires
    assert job.works(token)
    assert job.world.hub.mails == ["acme-bot"]


def test_an_unknown_token_was_accepted(job: Job) -> None:
    """The Hub answers the same; nothing is claimed of it."""
    ended, outcome = revoke(job, "--deadline", "2", HF_TOKEN="hf_" + "a" * 34)
    assert (ended.status, outcome) == (0, "accepted")
    assert job.world.hub.mails == []


def test_a_repositorys_token_cannot_be_revoked(job: Job) -> None:
    """It is too long for the route, so it is not sent at all; it says when it expires."""
    token = job.delivered(job.exchange())
    asked = len(job.world.requests("hub"))
    ended, outcome = revoke(job, HF_TOKEN=token)
    assert (ended.status, outcome) == (3, "cannot-be-revoked")
    assert json.loads(ended.out)["expires_at"].startswith(time.strftime("%Y-"))
    assert len(job.world.requests("hub")) == asked
    assert job.works(token)


def test_a_variable_alone_sends_no_token_anywhere(job: Job) -> None:
    """A build script could have set it."""
    token = user_token(job)
    for endpoint in ("https://hub.test.example", "https://huggingface.co.test.example"):
        ended = job.run("revoke", HF_TOKEN=token, HF_ENDPOINT=endpoint, HFMINT_AUDIENCE=endpoint)
        assert (ended.status, ended.code) == (2, "endpoint-refused")
        job.silent_about_secrets(ended)
    assert job.world.hub.mails == []


def test_a_report_that_failed_is_tried_again(job: Job) -> None:
    """With the same token; the owner is told once."""
    token = user_token(job)
    job.world.fault("hub", "status=503 path=/api/credentials")
    ended, outcome = revoke(job, HF_TOKEN=token)
    assert (ended.status, outcome) == (0, "dead")
    assert job.world.hub.mails == ["acme-bot"]


def test_a_probe_that_failed_proves_nothing(job: Job) -> None:
    """Without an answer before, a refusal after is no death."""
    token = user_token(job)
    job.world.fault("hub", "status=500 path=/api/whoami-v2")
    ended, outcome = revoke(job, HF_TOKEN=token)
    assert (ended.status, outcome) == (0, "accepted")


def test_the_route_that_takes_the_token_is_the_proof(job: Job) -> None:
    """Where the job's own repository says nothing of the token, the general route does."""
    token = user_token(job)
    ended, outcome = revoke(job, HF_TOKEN=token, HFMINT_RESOURCE="kernels/acme/fast")
    assert (ended.status, outcome) == (0, "dead")
    tried = [(r.target, r.status) for r in job.world.requests("hub") if r.bearer == token]
    who = "/api/whoami-v2"
    assert tried == [
        ("/api/kernels/acme/fast/auth-check", 404),
        *((who, status) for status in (200, 401, 401)),
    ]


def test_a_refused_report_is_an_error(job: Job) -> None:
    """And a redirect is not followed."""
    token = user_token(job)
    for fault in ("status=400", f"redirect=307,{job.world.github.origin}/x"):
        job.world.fault("hub", f"{fault} path=/api/credentials")
        ended = job.run("revoke", HF_TOKEN=token)
        assert (ended.status, ended.code) == (3, "exchange-rejected")
        job.silent_about_secrets(ended)
    assert job.works(token)
    assert [r for r in job.world.requests("github") if r.method == "POST"] == []


def test_the_token_may_come_on_stdin_or_by_path(job: Job) -> None:
    """And never as an argument."""
    for how in ("stdin", "path"):
        token = user_token(job)
        for record in job.state.glob("record-*"):
            record.unlink()
        if how == "stdin":
            ended = job.run("revoke", "--token-stdin", "--json", stdin=token.encode() + b"\n")
        else:
            path = job.work / "token"
            path.write_text(token)
            evidence.put_there(path)
            ended = job.run("revoke", "--json", HF_TOKEN_PATH=str(path))
        assert json.loads(ended.out)["outcome"] == "dead", ended
    ended = job.run("revoke", "hf_" + "a" * 34)
    assert ended.status == 2
    assert "a" * 34 not in ended.err


def test_what_is_no_token_is_not_sent(job: Job) -> None:
    """Nor quoted."""
    for text in (b"", b"hello\n", b"hf_short", b"hf_" + b"a" * 30 + b"\nX: y"):
        ended = job.run("revoke", "--token-stdin", stdin=text)
        assert (ended.status, ended.code) == (2, "usage")
    assert job.world.requests("hub") == []
