"""A proxy that is spoken to over TLS: whose certificate it is that is not trusted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jobs import Ended, Job
from libraries import USABLE, over
from Sandbox.proxy import Proxy
from tls import HUB, Authority, Certificate, Front

# With GnuTLS no such proxy is spoken to: test_libraries.py.
pytestmark = over([one for one in USABLE if not one.is_gnutls])
PASSWORD = "pass-SENTINEL-word"


def through(front: Front, certificate: Certificate | None) -> Proxy:
    """A proxy in front of it."""
    tls = (certificate.file, certificate.key) if certificate else None
    return Proxy({"hub.test.example:443": ("127.0.0.1", front.port)}, tls=tls)


def exchange(job: Job, proxy: Proxy, *options: str, **variables: str) -> Ended:
    """With a password, by HTTPS_PROXY or by the variable that is given empty."""
    name = next((name for name, value in variables.items() if not value), "HTTPS_PROXY")
    where = ("--endpoint", HUB, "--audience", HUB)
    url = f"https://user:{PASSWORD}@{proxy.address}"
    ended = job.exchange(*where, *options, **variables | {name: url})
    assert PASSWORD not in ended.out + ended.err
    return ended


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "SSL_CERT_DIR"])
def test_a_private_authority_counts_for_the_proxy_too(
    job: Job, authority: Authority, front: Front, variable: str
) -> None:
    """As a file, or as a hashed directory; the password goes to the proxy alone."""
    value = authority.directory() if variable == "SSL_CERT_DIR" else authority.file
    with through(front, authority.issue("127.0.0.1")) as proxy:
        job.delivered(exchange(job, proxy, **{variable: str(value)}))
        assert proxy.passwords == [f"user:{PASSWORD}"]


def test_two_authorities_stand_in_one_file(
    job: Job, authority: Authority, front: Front, tmp_path: Path
) -> None:
    """The proxy's and the Hub's."""
    other = Authority(tmp_path / "other", "Other CA")
    both = tmp_path / "both.pem"
    both.write_bytes(authority.file.read_bytes() + other.file.read_bytes())
    with through(front, other.issue("127.0.0.1")) as proxy:
        job.delivered(exchange(job, proxy, SSL_CERT_FILE=str(both)))


Make = Callable[[Authority, Path], Certificate]
UNTRUSTED: dict[str, tuple[Make, str]] = {
    "stranger": (
        lambda _, folder: Authority(folder / "stranger", "Other CA").issue("127.0.0.1"),
        "signed by an authority that is not trusted here",
    ),
    "expired": (lambda ca, _: ca.issue("127.0.0.1", days=(-9, -2)), "has expired"),
    "early": (lambda ca, _: ca.issue("127.0.0.1", days=(2, 9)), "is not valid yet"),
    "another": (lambda ca, _: ca.issue("other.example"), "is for another host"),
    "own": (lambda ca, _: ca.self_signed("127.0.0.1"), "is self-signed"),
}


@pytest.mark.parametrize("kind", UNTRUSTED)
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "all_proxy"])
def test_a_proxy_that_is_not_trusted_is_named(
    job: Job,
    authority: Authority,
    front: Front,
    tmp_path: Path,
    kind: str,
    variable: str,
) -> None:
    """With its variable and without its password; it was sent nothing, and neither was the Hub."""
    make, reason = UNTRUSTED[kind]
    with through(front, make(authority, tmp_path)) as proxy:
        ended = exchange(job, proxy, SSL_CERT_FILE=str(authority.file), **{variable: ""})
        job.refused(ended, 3, "server-untrusted")
        told, _, hint = ended.err.partition("hint:")
        assert f"the proxy {proxy.address} that {variable} names is not trusted" in told
        assert reason in told
        assert "SSL_CERT_FILE" in hint
        assert proxy.requests == []
    assert job.world.requests("hub") == []


def test_a_proxy_that_speaks_no_tls_is_named(job: Job, authority: Authority, front: Front) -> None:
    """People write https:// because the variable is called so."""
    with through(front, None) as proxy:
        ended = exchange(job, proxy, SSL_CERT_FILE=str(authority.file))
        job.refused(ended, 3, "server-untrusted")
        assert f"the proxy {proxy.address} that HTTPS_PROXY names" in ended.err
        assert "does not speak TLS" in ended.err
        assert "http://" in ended.err.partition("hint:")[2]


def test_the_hub_behind_a_trusted_proxy_is_named(
    job: Job, authority: Authority, front: Front, tmp_path: Path
) -> None:
    """libcurl 7.88 does not say why a handshake inside another fails."""
    other = Authority(tmp_path / "other", "Other CA")
    with through(front, other.issue("127.0.0.1")) as proxy:
        ended = exchange(job, proxy, "--deadline", "1", SSL_CERT_FILE=str(other.file))
        told = ended.err.partition("hint:")[0]
        assert (ended.status, ended.code) in ((3, "server-untrusted"), (4, "service-unavailable"))
        assert "hub.test.example" in told
        assert "not trusted" in told
        assert "the proxy 127" not in told
        assert proxy.requests
    assert job.world.requests("hub") == []


def test_doctor_says_the_same(job: Job, authority: Authority, front: Front, tmp_path: Path) -> None:
    """Of the request that fails."""
    with through(front, Authority(tmp_path / "stranger", "Other CA").issue("127.0.0.1")) as proxy:
        ended = job.run(
            *("doctor", "--endpoint", HUB, "--audience", HUB),
            HTTPS_PROXY=f"https://user:{PASSWORD}@{proxy.address}",
            SSL_CERT_FILE=str(authority.file),
        )
        assert f"the proxy {proxy.address} that HTTPS_PROXY names is not trusted" in ended.out
    assert ended.status == 3
    assert "[fail] hub" in ended.out
    assert PASSWORD not in ended.out + ended.err
