"""Answers that come compressed, although nobody asked for that: named at the first try.

https://www.rfc-editor.org/rfc/rfc9110#section-8.4
"""

from __future__ import annotations

import pytest

from jobs import Job
from membership import Member
from rotating import Rotator
from Sandbox.identityissuer import IdentityIssuer

CODINGS = {
    "gzip": "gzip",
    "GZip": "gzip",
    "deflate": "deflate",
    "br": "br",
    "zstd": "zstd",
    "identity,gzip": "gzip",
    "gzip,br": "gzip",
    "rot13": "in a way that is not known here",
}


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("server", ["hub", "github"])
def test_a_compressed_answer_is_refused_by_that_name(job: Job, server: str, coding: str) -> None:
    """The Hub's, and a provider's."""
    job.world.fault(server, f"encoding={coding} times=forever")
    ended = job.exchange()
    job.refused(ended, 4, "answer-invalid")
    assert f"the answer is compressed ({CODINGS[coding]})" in ended.err
    assert len(job.world.requests(server)) == 1


CODED = r"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00"


@pytest.mark.parametrize("head", ["", r"Transfer-Encoding: gzip\r\n"])
@pytest.mark.parametrize("server", ["hub", "github"])
def test_a_compressed_answer_that_does_not_say_so(job: Job, server: str, head: str) -> None:
    """Is known by its first bytes."""
    answer = rf"HTTP/1.1 200 OK\r\n{head}Content-Length: 20\r\nConnection: close\r\n\r\n{CODED}"
    job.world.fault(server, f"times=forever raw={answer}")
    ended = job.exchange()
    job.refused(ended, 4, "answer-invalid")
    assert "the answer is compressed (gzip)" in ended.err
    assert len(job.world.requests(server)) == 1


def test_identity_is_no_coding(job: Job) -> None:
    """Some servers say it."""
    for server in ("hub", "github"):
        job.world.fault(server, "encoding=identity")
    job.delivered(job.exchange())


def test_every_request_asks_for_plain_bytes(job: Job) -> None:
    """Once, and of each server."""
    job.delivered(job.exchange())
    requests = job.world.requests("hub") + job.world.requests("github")
    assert len(requests) == 2
    for request in requests:
        values = [value for name, value in request.headers if name.lower() == "accept-encoding"]
        assert values == ["identity"]


def test_what_a_status_says_alone_needs_no_body(job: Job) -> None:
    """A gateway's compressed page with 503 is tried again like any other."""
    job.world.fault(
        "hub",
        r"raw=HTTP/1.1 503 Busy\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n"
        r"Connection: close\r\n\r\n\x1f\x8b",
    )
    job.delivered(job.exchange())
    assert len(job.world.requests("hub")) == 2


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys"])
def test_an_issuers_keys_are_not_unpacked(job: Job, path: str) -> None:
    """Neither the document that names them nor the keys."""
    with IdentityIssuer(job.world.sentinels) as issuer:
        member = Member(job, issuer)
        issuer.faults.add(f"encoding=gzip times=forever path={path}")
        ended = member.ask(issuer.id_token())
        job.refused(ended, 4, "answer-invalid")
        assert "the answer is compressed (gzip)" in ended.err
        assert member.asked.count(path) == 1


@pytest.mark.parametrize("server", ["okta", "sink-vault"])
def test_a_rotation_stops_at_the_first(rotator: Rotator, server: str) -> None:
    """Nothing is tried again, and the old secret lives."""
    rotator.set_up("okta", ["vault"], overlap="0s")
    rotator.world.fault(server, "encoding=gzip times=forever")
    outcome = rotator.outcome("now", "chat")
    assert outcome["exit"] == 6, outcome
    assert "compressed (gzip)" in str(outcome["err"])
    consumed = rotator.world.servers[server].faults.consumed
    assert len(consumed) <= 3, consumed
