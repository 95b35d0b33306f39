"""Slow and absent peers, clocks that differ, and being asked to come back much later."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from jobs import Job
from Sandbox.exchange import ID_TOKEN_TYPE

TEN_YEARS = 10 * 365 * 86_400


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """It took no longer; with room for a busy machine."""
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < seconds


@pytest.mark.parametrize("server", ["hub", "github"])
@pytest.mark.parametrize("fault", ["drip=0.2", "delay=60"])
def test_a_slow_peer_is_left_at_the_deadline(job: Job, server: str, fault: str) -> None:
    """Whether it says nothing, or a byte now and then."""
    job.world.fault(server, f"{fault} times=forever")
    with within(3):
        ended = job.exchange("--deadline", "1")
    code = "service-unavailable" if server == "hub" else "identity-unavailable"
    job.refused(ended, 4, code)


def test_the_deadline_is_for_both_requests_together(job: Job) -> None:
    """What the ID token took is not there a second time."""
    job.world.fault("github", "delay=1.5")
    job.world.fault("hub", "delay=60")
    with within(2.9):
        job.refused(job.exchange("--deadline", "2"), 4, "service-unavailable")


def test_the_deadline_is_for_all_resources_together(job: Job) -> None:
    """Each is tried, alone."""
    job.world.fault("hub", "delay=60 times=forever")
    with within(3):
        ended = job.exchange("B=acme/other", "C=acme/third", "--deadline", "1")
    assert ended.status == 4
    assert job.written() == {}


RETRY_AFTER = {
    "seconds": str(TEN_YEARS),
    "beyond 64 bits": "9" * 40,
}


@pytest.mark.parametrize("form", RETRY_AFTER)
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("server", ["hub", "github"])
def test_being_asked_back_in_ten_years_ends_it_at_once(
    job: Job, form: str, status: int, server: str
) -> None:
    """It says how long, and that a retry is safe."""
    job.world.fault(server, f"status={status} retry-after={RETRY_AFTER[form]}")
    with within(2):
        ended = job.exchange()
    job.refused(ended, 4, "service-unavailable" if server == "hub" else "identity-unavailable")
    assert "asked to come back in" in ended.err
    if form == "seconds":
        assert "3650 d" in ended.err or "10 y" in ended.err
    assert len(job.world.requests(server)) == 1


def http_date(seconds: float) -> str:
    """The moment so many seconds from now, as a header says it."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize("offset", [-600, 0, 600])
def test_a_date_to_come_back_at_is_by_the_servers_clock(job: Job, offset: int) -> None:
    """Which may be ten minutes off."""
    hub = job.world.hub
    hub.clock_offset = offset
    when = http_date(offset + 1).replace(" ", "\\x20")
    body = f"HTTP/1.1 503 Later\\r\\nDate: {http_date(offset)}\\r\\nRetry-After: {when}\\r\\n"
    job.world.fault("hub", f"raw={body}Content-Length: 0\\r\\n\\r\\n")
    hub.clock_offset = 0
    with within(6):
        job.delivered(job.exchange())


@pytest.mark.parametrize("offset", [-600, 600])
def test_a_wrong_clock_of_this_machine_does_not_matter_to_a_fresh_token(
    job: Job, offset: int
) -> None:
    """GitHub and the Hub agree with each other, and the ID token is made for this try."""
    job.world.hub.clock_offset = job.world.github.clock_offset = offset
    job.delivered(job.exchange())


def given(job: Job, age: int) -> dict[str, str]:
    """A token that was given to the job, and that expires so many seconds from now."""
    now = int(time.time())
    claims = job.world.github.job.id_token_claims("https://huggingface.co", now)
    claims |= {"iat": now - 3600, "nbf": now - 3600, "exp": now + age}
    key = job.world.github.key
    return {"HF_OIDC_ID_TOKEN": job.world.sentinels.record("id-token", key.sign(claims))}


def test_a_given_token_outlives_a_clock_that_is_ahead(job: Job) -> None:
    """It looks expired here; the Hub's clock says that it is not, and it is sent."""
    job.world.hub.clock_offset = -600
    ended = job.exchange(**given(job, -300))
    job.delivered(ended)
    assert "the clock of this machine is 10 min ahead of the Hub's" in ended.err


def test_an_expired_token_is_refused_when_both_clocks_agree(job: Job) -> None:
    """Before it is sent: the Hub is only asked for the time."""
    ended = job.exchange(**given(job, -300))
    job.refused(ended, 3, "identity-unsuitable")
    assert "expired at" in ended.err
    assert [request.method for request in job.world.requests("hub")] == ["HEAD"]


def test_a_given_token_may_age_out_between_tries(job: Job) -> None:
    """The second try says so instead of sending it."""
    job.world.fault("hub", "status=503 retry-after=2")
    ended = job.exchange(**given(job, 1))
    job.refused(ended, 3, "identity-unsuitable")
    assert [request.method for request in job.world.requests("hub")] == ["POST", "HEAD"]


def test_each_try_has_a_token_of_its_own(job: Job) -> None:
    """So none ages out while hfmint waits."""
    job.world.fault("hub", "status=503")
    job.delivered(job.exchange())
    bodies = [request.json() for request in job.world.requests("hub")]
    tokens = {body["subject_token"] for body in bodies if isinstance(body, dict)}
    assert len(tokens) == 2
    assert {body["subject_token_type"] for body in bodies if isinstance(body, dict)} == {
        ID_TOKEN_TYPE
    }
