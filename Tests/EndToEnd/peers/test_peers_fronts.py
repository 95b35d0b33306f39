"""The Hub behind real fronts: Caddy with its own authority, and HAProxy with its own pages."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from fronts import Caddy, HAProxy
from jobs import Ended, Job
from Sandbox.proxy import Proxy
from tls import HUB, Authority, Front

NAME = HUB.removeprefix("https://")
NOBODY = "http://127.0.0.1:1"
Front_ = Caddy | HAProxy


class Fronts:
    """What may stand in front of a job's Hub, and what the job then says."""

    def __init__(self, job: Job, authority: Authority, folder: Path) -> None:
        self.job = job
        self._folder = folder
        self.authority = authority

    def haproxy(self, *rules: str, upstream: str = "") -> HAProxy:
        """With these rules."""
        shown = self.authority.issue("localhost")
        return HAProxy(upstream or self.job.world.hub.origin, shown, self._folder / "front", *rules)

    def caddy(self, *handlers: dict[str, Any], upstream: str = "") -> Caddy:
        """With these handlers."""
        return Caddy(upstream or self.job.world.hub.origin, self._folder / "front", *handlers)

    def ask(self, front: Front_, *options: str, trusted: Path | None = None) -> Ended:
        """For a token."""
        file = str(trusted or self.trusted(front))
        return self.job.exchange(*options, HF_ENDPOINT=front.origin, SSL_CERT_FILE=file)

    def trusted(self, front: Front_) -> Path:
        """The authority that signed its certificate."""
        return front.authority if isinstance(front, Caddy) else self.authority.file


@pytest.fixture
def fronts(job: Job, authority: Authority, tmp_path: Path) -> Fronts:
    """Of this test's own."""
    return Fronts(job, authority, tmp_path)


Make = Callable[..., AbstractContextManager[Front_]]
BOTH: dict[str, Callable[[Fronts], Make]] = {
    "caddy": lambda fronts: fronts.caddy,
    "haproxy": lambda fronts: fronts.haproxy,
}


@pytest.mark.parametrize("kind", BOTH)
def test_the_hub_may_stand_behind_one(fronts: Fronts, kind: str) -> None:
    """That would speak HTTP/2 to those who ask for it, as this shows."""
    with BOTH[kind](fronts)() as front:
        fronts.job.delivered(fronts.ask(front))
        context = ssl.create_default_context(cafile=fronts.trusted(front))
        context.set_alpn_protocols(["h2", "http/1.1"])
        port = int(front.origin.rpartition(":")[2])
        with (
            socket.create_connection(("127.0.0.1", port)) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as connection,
        ):
            assert connection.selected_alpn_protocol() == "h2"


def test_caddys_authority_is_not_trusted_by_itself(fronts: Fronts) -> None:
    """Nor is it by doctor; the Hub is sent nothing."""
    with fronts.caddy() as front:
        ended = fronts.ask(front, trusted=fronts.authority.file)
        fronts.job.refused(ended, 3, "server-untrusted")
        assert "signed by an authority that is not trusted here" in ended.err
        env = {"HF_ENDPOINT": front.origin, "SSL_CERT_FILE": str(fronts.authority.file)}
        examined = fronts.job.run("doctor", **env)
        assert examined.status == 3
        assert "[fail] hub" in examined.out
    assert fronts.job.world.requests("hub") == []


@pytest.mark.parametrize("kind", BOTH)
def test_a_front_with_nothing_behind_it_may_come_back(fronts: Fronts, kind: str) -> None:
    """Caddy's answer is 502 without a page, HAProxy's is its page with 503."""
    with BOTH[kind](fronts)(upstream=NOBODY) as front:
        ended = fronts.ask(front, "--deadline", "2")
        fronts.job.refused(ended, 4, "service-unavailable")
        assert ("502" if kind == "caddy" else "503") in ended.err
        assert "<" not in ended.err


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("fault", ["truncate=20", "drop", "drop=headers", "drop=before"])
def test_a_connection_that_breaks_behind_it_is_tried_again(
    fronts: Fronts, kind: str, fault: str
) -> None:
    """The front tells of it in its own way: a page, or an end in the midst.

    What was dropped before it was read is no request that the Hub saw.
    """
    fronts.job.world.fault("hub", fault)
    with BOTH[kind](fronts)() as front:
        fronts.job.delivered(fronts.ask(front))
    assert len(fronts.job.world.requests("hub")) == (1 if fault == "drop=before" else 2)


COUNTED = (
    "stick-table type ip size 9 expire 9m store http_req_cnt",
    "http-request track-sc0 src",
)
ONCE = "if { sc0_http_req_cnt lt 2 }"
PAGES = {
    **{status: f"http-request deny deny_status {status}" for status in (429, 500, 502, 503, 504)},
    "close": "http-request reject",
}


@pytest.mark.parametrize("page", PAGES)
def test_haproxys_own_answer_is_tried_again(fronts: Fronts, page: str | int) -> None:
    """By its rate limit, its own pages, or an end without an answer."""
    with fronts.haproxy(*COUNTED, f"{PAGES[page]} {ONCE}") as front:
        fronts.job.delivered(fronts.ask(front))
    assert len(fronts.job.world.requests("hub")) == 1


@pytest.mark.parametrize("status", [401, 403, 404, 405, 410])
def test_haproxys_refusal_is_no_answer_of_the_hub(fronts: Fronts, status: int) -> None:
    """A page in HTML, at the first try; nothing of it is shown."""
    with fronts.haproxy(f"http-request deny deny_status {status}") as front:
        ended = fronts.ask(front)
        assert ended.status in (3, 4), ended
        fronts.job.refused(ended, ended.status, ended.code)
        assert str(status) in ended.err
        assert "<" not in ended.err
        assert "tried" not in ended.err


COMPRESSING = (
    "filter compression",
    "compression algo gzip",
    "compression type application/json",
)
FORCED = "http-request set-header Accept-Encoding gzip"


def test_haproxy_does_not_compress_for_who_did_not_ask(fronts: Fronts) -> None:
    """Its filter reads what was asked for."""
    with fronts.haproxy(*COMPRESSING) as front:
        fronts.job.delivered(fronts.ask(front))


def test_a_front_that_compresses_all_the_same_is_refused(fronts: Fronts) -> None:
    """HAProxy's filter, after a rule that asks for it."""
    with fronts.haproxy(FORCED, *COMPRESSING) as front:
        ended = fronts.ask(front)
        fronts.job.refused(ended, 4, "answer-invalid")
        assert "the answer is compressed (gzip)" in ended.err
    assert len(fronts.job.world.requests("hub")) == 1


def test_caddy_that_compresses_all_the_same_is_refused(fronts: Fronts) -> None:
    """Its encoder, after a handler that asks for it."""
    asks = {"handler": "headers", "request": {"set": {"Accept-Encoding": ["gzip"]}}}
    encodes = {
        "handler": "encode",
        "encodings": {"gzip": {}},
        "minimum_length": 1,
        "match": {"headers": {"Content-Type": ["application/json*"]}},
    }
    with fronts.caddy(asks, encodes) as front:
        ended = fronts.ask(front)
        fronts.job.refused(ended, 4, "answer-invalid")
        assert "the answer is compressed (gzip)" in ended.err


@pytest.mark.parametrize("trusted", [True, False])
def test_haproxy_may_put_tls_before_a_proxy(
    fronts: Fronts, front: Front, tmp_path: Path, trusted: bool
) -> None:
    """Its certificate is told apart from the Hub's."""
    job, stranger = fronts.job, Authority(tmp_path / "stranger", "Other CA")
    shown = (fronts.authority if trusted else stranger).issue("127.0.0.1")
    with (
        Proxy({f"{NAME}:443": ("127.0.0.1", front.port)}) as plain,
        HAProxy(f"http://{plain.address}", shown, tmp_path / "tls", tcp=True) as before,
    ):
        ended = job.exchange(
            *("--endpoint", HUB, "--audience", HUB),
            HTTPS_PROXY=f"https://127.0.0.1:{before.port}",
            SSL_CERT_FILE=str(fronts.authority.file),
        )
        if trusted:
            job.delivered(ended)
            assert plain.asked_for == [f"{NAME}:443"]
        else:
            job.refused(ended, 3, "server-untrusted")
            assert f"the proxy 127.0.0.1:{before.port} that HTTPS_PROXY names" in ended.err
            assert plain.asked_for == []
