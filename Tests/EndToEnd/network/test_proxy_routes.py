"""Proxies: what goes through them, what never does, and what their refusals come to."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from jobs import Ended, Job
from libraries import each
from Sandbox.proxy import Proxy
from Sandbox.world import World
from tls import HUB, Authority, Front

pytestmark = each
CONNECTED = "hub.test.example:443"
PASSWORD = "pass-SENTINEL-word"


def exchange(job: Job, authority: Authority, *options: str, **variables: str | None) -> Ended:
    """Exchange at that name."""
    usual = {"SSL_CERT_FILE": str(authority.file), "RES_OPTIONS": "timeout:1 attempts:1"}
    return job.exchange("--endpoint", HUB, "--audience", HUB, *options, **usual | variables)


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize("scheme", ["http://", ""])
def test_the_hub_is_reached_through_a_tunnel(
    job: Job, authority: Authority, front: Front, variable: str, scheme: str
) -> None:
    """GitHub's endpoint, which is on this machine here, is not."""
    with Proxy({CONNECTED: ("127.0.0.1", front.port)}) as proxy:
        job.delivered(exchange(job, authority, **{variable: scheme + proxy.address}))
        assert proxy.asked_for == [CONNECTED]
        assert proxy.requests[0].header("Authorization") is None


def test_the_lower_case_variable_counts_first(job: Job, authority: Authority, front: Front) -> None:
    """As in curl."""
    with Proxy({CONNECTED: ("127.0.0.1", front.port)}) as proxy, Proxy(answer=403) as other:
        job.delivered(
            exchange(job, authority, https_proxy=proxy.address, HTTPS_PROXY=other.address)
        )
        assert other.requests == []


def test_a_proxys_password_is_sent_to_it_and_shown_nowhere(
    job: Job, authority: Authority, front: Front
) -> None:
    """Not with --verbose either, and not after a failure."""
    with Proxy({CONNECTED: ("127.0.0.1", front.port)}) as proxy:
        url = f"http://user:{PASSWORD}@{proxy.address}"
        ended = exchange(job, authority, "--verbose", HTTPS_PROXY=url)
        job.delivered(ended)
        assert proxy.passwords == [f"user:{PASSWORD}"]
        assert PASSWORD not in ended.out + ended.err
    gone = exchange(job, authority, "x=y", "--verbose", "--deadline", "1", HTTPS_PROXY=url)
    assert PASSWORD not in gone.out + gone.err


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        (403, 3, "proxy-refused"),
        (407, 3, "proxy-refused"),
        (502, 4, "service-unavailable"),
        (503, 4, "service-unavailable"),
        (302, 4, "service-unavailable"),
        (0, 4, "service-unavailable"),
    ],
)
def test_a_proxy_may_refuse_or_hang(
    job: Job, authority: Authority, front: Front, answer: int, status: int, code: str
) -> None:
    """Nothing secret is in what it was sent, and the Hub was sent nothing."""
    begun = time.monotonic()
    with Proxy(answer=answer) as proxy:
        url = f"http://{proxy.address}"
        ended = exchange(job, authority, "--deadline", "1", HTTPS_PROXY=url)
        assert time.monotonic() - begun < 5
        job.refused(ended, status, code)
        assert proxy.asked_for
        assert set(proxy.asked_for) == {CONNECTED}
        assert {request.header("Authorization") for request in proxy.requests} == {None}
        assert code != "proxy-refused" or len(proxy.requests) == 1
        if answer:
            assert answer == 302 or str(answer) in ended.err
    assert job.world.requests("hub") == []


def test_a_proxy_that_is_not_there_may_come_back(
    job: Job, authority: Authority, front: Front
) -> None:
    """Then a later try may work."""
    with Proxy() as proxy:
        address = proxy.address
    ended = exchange(job, authority, "--deadline", "1", HTTPS_PROXY=address)
    job.refused(ended, 4, "service-unavailable")
    assert "the proxy could not be reached" in ended.err


def test_a_certificate_is_checked_behind_a_proxy_too(
    job: Job, authority: Authority, front: Front
) -> None:
    """A proxy that answers for the Hub is not the Hub."""
    with Proxy({CONNECTED: ("127.0.0.1", front.port)}) as proxy:
        ended = exchange(job, authority, HTTPS_PROXY=proxy.address, SSL_CERT_FILE=None)
        job.refused(ended, 3, "server-untrusted")
    assert job.world.requests("hub") == []


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_this_machine_is_never_reached_through_a_proxy(job: Job, variable: str) -> None:
    """The sandbox is on it, and speaks plain http."""
    with Proxy(answer=403) as proxy:
        job.delivered(job.exchange(**{variable: proxy.address}))
        assert proxy.requests == []


NAMES_THE_HUB = [
    "hub.test.example",
    "test.example",
    ".test.example",
    "example",
    "HUB.Test.Example",
    "other.example, hub.test.example",
    "other.example hub.test.example",
    "*",
]
NAMES_OTHERS = [
    "",
    "other.example",
    "ub.test.example",
    "hub.test",
    "a.hub.test.example",
    "*.x",
    ",",
    # As in curl, which compares the host alone, and takes an asterisk by itself alone.
    "hub.test.example:443",
    "other.example,*",
]


@pytest.mark.parametrize("value", NAMES_THE_HUB)
@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
def test_a_host_may_be_exempt(job: Job, authority: Authority, value: str, variable: str) -> None:
    """Then the proxy is not even asked; here the name does not resolve without it."""
    with Proxy(answer=403) as proxy:
        settings = {"HTTPS_PROXY": proxy.address, variable: value}
        ended = exchange(job, authority, "--deadline", "1", **settings)
        job.refused(ended, 4, "service-unavailable")
        assert proxy.requests == []


@pytest.mark.parametrize("value", NAMES_OTHERS)
def test_what_is_not_its_name_does_not_exempt_a_host(
    job: Job, authority: Authority, value: str
) -> None:
    """The end of a name counts only from a dot on."""
    with Proxy(answer=403) as proxy:
        ended = exchange(job, authority, HTTPS_PROXY=proxy.address, NO_PROXY=value)
        job.refused(ended, 3, "proxy-refused")
        assert proxy.asked_for == [CONNECTED]


@pytest.mark.parametrize("exempt", [True, False])
def test_an_exempt_host_is_reached_directly(
    job: Job, authority: Authority, world: World, tmp_path: Path, exempt: bool
) -> None:
    """0.0.0.0 leads to this machine, and hfmint does not know it for a loopback address."""
    with (
        Front(world, authority.issue("0.0.0.0"), tmp_path / "front") as front,
        Proxy(answer=403) as proxy,
    ):
        origin = f"https://0.0.0.0:{front.port}"
        world.hub.audience = origin
        ended = job.exchange(
            *("--endpoint", origin, "--audience", origin),
            HTTPS_PROXY=proxy.address,
            NO_PROXY="0.0.0.0" if exempt else "127.0.0.1",
            SSL_CERT_FILE=str(authority.file),
        )
        if exempt:
            job.delivered(ended)
        else:
            job.refused(ended, 3, "proxy-refused")
        assert len(proxy.requests) == (0 if exempt else 1)
