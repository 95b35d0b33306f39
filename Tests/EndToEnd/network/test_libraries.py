"""Which libcurl and libcrypto are taken, which are refused, and what holds with each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jobs import Job
from libraries import REFUSED, USABLE, Libraries, each, over
from mounts import mounting
from Sandbox.aws import AWS
from Sandbox.proxy import Proxy
from tls import HUB, Authority, Front

NAMES = ["libcurl.so.4", "libcurl-gnutls.so.4", "libcurl-nss.so.4"]


def without(folder: Path, *names: str) -> dict[str, str]:
    """What has hfmint find no library by these names: empty files, which cannot be opened."""
    folder.mkdir()
    for name in names:
        (folder / name).touch()
    return {"LD_LIBRARY_PATH": str(folder)}


TAKEN = {
    "system": ("libcurl 7.88.1 (OpenSSL/3.", "libcrypto 3."),
    "debian-11-openssl": ("libcurl 7.74.0 (OpenSSL/1.1.1", "libcrypto 1.1.1"),
    "debian-11-gnutls": ("libcurl-gnutls 7.74.0 (GnuTLS/3.7.", "libcrypto 1.1.1"),
    "debian-12-gnutls": ("libcurl-gnutls 7.88.1 (GnuTLS/3.7.", "libcrypto 3."),
}


@each
def test_doctor_says_which_were_taken(job: Job, libraries: Libraries) -> None:
    """By file, version and TLS library."""
    report = json.loads(job.run("doctor", "acme/model", "--json").out)
    (check,) = (one for one in report["checks"] if one["id"] == "versions")
    facts = check["findings"][0]["facts"]
    for name, start in zip(("libcurl", "libcrypto"), TAKEN[libraries.name], strict=True):
        assert facts[name].startswith(start), facts


@over(REFUSED)
def test_nss_is_refused_by_name(job: Job, libraries: Libraries) -> None:
    """It would trust an authority that is named for one server with every server."""
    ended = job.exchange()
    job.refused(ended, 5, "library-missing")
    assert "the libcurl-nss.so.4 that is found here is made with NSS/3." in ended.err
    assert "apt-get install libcurl4" in ended.err.partition("hint:")[2]
    assert job.world.requests("hub") == []


@pytest.mark.parametrize(
    ("release", "command"),
    [
        ("ID=debian\n", "apt-get install libcurl4"),
        ('ID="rocky"\nID_LIKE="rhel centos fedora"\n', "dnf install libcurl"),
        ("ID=alpine\n", "apk add libcurl"),
        ('ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', "zypper install libcurl4"),
        ("ID=plan9\n", "this system's package manager"),
    ],
)
def test_without_libcurl_the_systems_own_command_is_named(
    job: Job, tmp_path: Path, release: str, command: str
) -> None:
    """And nothing is tried."""
    (tmp_path / "os-release").write_text(release)
    through = mounting('mount --bind "$0" /etc/os-release', str(tmp_path / "os-release"))
    ended = job.exchange(through=through, **without(tmp_path / "none", *NAMES))
    job.refused(ended, 5, "library-missing")
    for name in NAMES:
        assert name in ended.err
    assert command in ended.err.partition("hint:")[2]
    assert job.world.requests("github") == []


@each
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("server", ["hub", "github"])
def test_a_redirect_is_never_followed(job: Job, status: int, server: str) -> None:
    """The other server is asked nothing, this one once."""
    world = job.world
    there = world.github if server == "hub" else world.hub
    world.fault(server, f"redirect={status},{there.origin}/oauth/token")
    job.refused(job.exchange(), 4, "answer-invalid")
    assert len(world.requests("github")) == 1
    assert len(world.requests("hub")) == (1 if server == "hub" else 0)


@each
def test_a_list_of_directories_is_taken_or_refused_by_name(
    job: Job, authority: Authority, tmp_path: Path, libraries: Libraries
) -> None:
    """GnuTLS takes one directory alone."""
    listed = f"/nonexistent:{authority.directory()}"
    with Front(job.world, authority.issue("localhost"), tmp_path / "front") as front:
        ended = job.exchange(HF_ENDPOINT=front.origin, SSL_CERT_DIR=listed)
    if libraries.is_gnutls:
        job.refused(ended, 5, "library-missing")
        assert "SSL_CERT_DIR names several" in ended.err
    else:
        job.delivered(ended)


@over([one for one in USABLE if one.is_old])
def test_signing_for_aws_is_refused_by_name(job: Job, libraries: Libraries) -> None:
    """By a libcurl that cannot do it."""
    aws = AWS(job.world.sentinels, job.world.root / "aws")
    try:
        job.env = job.world.environment("none") | aws.environment() | libraries.variables
        ended = job.exchange()
    finally:
        aws.stop()
    assert (ended.status, ended.code) == (5, "library-missing"), ended
    assert ", 7.74.0, cannot sign for AWS: 7.85 is the least" in ended.err
    job.silent_about_secrets(ended)


@over([one for one in USABLE if one.is_gnutls])
def test_a_proxy_over_tls_is_refused_by_name(job: Job, front: Front, authority: Authority) -> None:
    """By a libcurl that cannot do TLS inside TLS, or not always."""
    shown = authority.issue("127.0.0.1")
    with Proxy({}, tls=(shown.file, shown.key)) as proxy:
        ended = job.exchange(
            *("--endpoint", HUB, "--audience", HUB),
            HTTPS_PROXY=f"https://{proxy.address}",
            SSL_CERT_FILE=str(authority.file),
        )
        job.refused(ended, 5, "library-missing")
        assert "cannot reach a proxy over TLS: that needs OpenSSL" in ended.err
        assert proxy.requests == []
    assert front.requests == []
