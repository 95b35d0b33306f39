"""A sandbox that forbids the network: no outage, so nobody tries again."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

import tracing
from jobs import Job
from Sandbox.proxy import Proxy
from tls import HUB, Authority, Front

CALLS = ("socket", "connect", "poll")
WORDS = {
    "EPERM": "operation not permitted",
    "EACCES": "permission denied",
    "ENOSYS": "function not implemented",
}
SENTENCE = "this sandbox does not let hfmint use the network"


def without(call: str, error: str, log: Path, when: str = "1+") -> list[str]:
    """The words that run hfmint where the call is refused."""
    tracing.require()
    return tracing.injecting(log, call, f"error={error}", when)


@pytest.mark.parametrize("error", WORDS)
@pytest.mark.parametrize("call", CALLS)
def test_a_call_is_refused(job: Job, tmp_path: Path, call: str, error: str) -> None:
    """It is said at the first try, by exchange and by doctor."""
    said = f"{SENTENCE} ({call}: {WORDS[error]})"
    begun = time.monotonic()
    ended = job.exchange("--verbose", through=without(call, error, tmp_path / "calls"))
    assert (ended.status, ended.code) == (5, "network-forbidden"), ended
    assert said in ended.err
    assert "hint: let this step use the network" in ended.err
    assert "try 1 of" not in ended.err
    ended = job.run("doctor", "--json", through=without(call, error, tmp_path / "more"))
    hub = next(row for row in json.loads(ended.out)["checks"] if row["id"] == "hub")
    assert (hub["status"], said in json.dumps(hub["findings"])) == ("fail", True), hub
    assert time.monotonic() - begun < 20
    assert job.world.requests("hub") == []


def test_an_address_family_that_there_is_none_of(job: Job, tmp_path: Path) -> None:
    """As a unit with RestrictAddressFamilies has it."""
    through = without("socket", "EAFNOSUPPORT", tmp_path / "calls")
    ended = job.exchange(through=through)
    assert (ended.status, ended.code) == (5, "network-forbidden"), ended
    assert "socket: address family not supported by protocol" in ended.err


@pytest.mark.parametrize("error", ["ECONNREFUSED", "ENETUNREACH", "EHOSTUNREACH", "ETIMEDOUT"])
def test_an_outage_is_none_of_it(job: Job, tmp_path: Path, error: str) -> None:
    """What passes is tried again."""
    ended = job.exchange("--deadline", "2", through=without("connect", error, tmp_path / "calls"))
    assert ended.status == 4, ended
    assert SENTENCE not in ended.err


@pytest.mark.parametrize("error", ["EPERM", "EACCES"])
def test_a_call_that_is_refused_once(job: Job, tmp_path: Path, error: str) -> None:
    """The next try does better."""
    job.delivered(job.exchange(through=without("connect", "ECONNREFUSED", tmp_path / "a", "1")))
    job.run("forget")
    job.delivered(job.exchange(through=without("socket", error, tmp_path / "b", "1")))


def test_a_certificate_that_is_refused_is_told_as_that(
    job: Job, front: Front, tmp_path: Path
) -> None:
    """Also where another connection could not be made: there was one."""
    stranger = Authority(tmp_path / "stranger", "Other CA")
    with Proxy({"hub.test.example:443": ("127.0.0.1", front.port)}) as proxy:
        ended = job.exchange(
            *("--endpoint", HUB, "--audience", HUB),
            through=without("connect", "EACCES", tmp_path / "calls", "3+"),
            HTTPS_PROXY=f"http://{proxy.address}",
            SSL_CERT_FILE=str(stranger.file),
        )
        job.refused(ended, 3, "server-untrusted")
        assert proxy.requests
    assert SENTENCE not in ended.err
