"""Certificates and TLS versions: what is trusted, and that nothing secret goes to what is not."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import evidence
from jobs import Job
from libraries import Libraries, each
from mounts import mounting
from Sandbox.world import World
from tls import OLD_TLS, Authority, Certificate, Front

pytestmark = each
Start = Callable[..., Front]
STORE = "/etc/ssl/certs"


@pytest.fixture
def start(world: World, tmp_path: Path) -> Iterator[Start]:
    """Start a front with a certificate; all are stopped in the end."""
    fronts: list[Front] = []

    def one(certificate: Certificate, protocols: str = "") -> Front:
        front = Front(world, certificate, tmp_path / f"front-{len(fronts)}", protocols)
        fronts.append(front)
        return front.__enter__()

    yield one
    for front in fronts:
        front.stop()


@pytest.mark.parametrize(
    "variables",
    ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "SSL_CERT_DIR", "SSL_CERT_FILE SSL_CERT_DIR"],
)
def test_an_authority_may_be_named_by_variables(
    job: Job, authority: Authority, start: Start, variables: str
) -> None:
    """As a file, or as a hashed directory."""
    front = start(authority.issue("localhost"))
    value = {"SSL_CERT_DIR": str(authority.directory())}
    chosen = {name: value.get(name, str(authority.file)) for name in variables.split()}
    token = job.delivered(job.exchange(HF_ENDPOINT=front.origin, **chosen))
    assert job.works(token)


def test_an_empty_variable_is_no_variable(job: Job, authority: Authority, start: Start) -> None:
    """CI systems blur unset and empty."""
    front = start(authority.issue("localhost"))
    empty = {"CURL_CA_BUNDLE": "", "SSL_CERT_DIR": "", "SSL_CERT_FILE": str(authority.file)}
    job.delivered(job.exchange(HF_ENDPOINT=front.origin, **empty))


BAD_CERTIFICATES: dict[str, tuple[Callable[[Authority], Certificate], str]] = {
    "expired": (lambda ca: ca.issue("localhost", days=(-9, -2)), "has expired"),
    "not valid yet": (lambda ca: ca.issue("localhost", days=(2, 9)), "is not valid yet"),
    "another host's": (lambda ca: ca.issue("other.example"), "is for another host"),
    "self-signed": (lambda ca: ca.self_signed("localhost"), "is self-signed"),
}


@pytest.mark.parametrize("kind", BAD_CERTIFICATES)
@pytest.mark.parametrize("server", ["hub", "github"])
def test_a_bad_certificate_gets_no_secret(
    job: Job, authority: Authority, start: Start, libraries: Libraries, kind: str, server: str
) -> None:
    """Neither the ID token nor the runner's: no request arrives."""
    make, reason = BAD_CERTIFICATES[kind]
    front = start(make(authority))
    where = (
        {"HF_ENDPOINT": front.origin}
        if server == "hub"
        else {"ACTIONS_ID_TOKEN_REQUEST_URL": front.id_token_url}
    )
    ended = job.exchange(SSL_CERT_FILE=str(authority.file), **where)
    job.refused(ended, 3, "server-untrusted")
    assert libraries.words(reason) in ended.err
    assert job.world.requests(server) == []
    front.stop()
    assert front.requests == []


def test_an_unknown_authority_is_refused(job: Job, authority: Authority, start: Start) -> None:
    """By the system's directory, and then by its bundle; there is no third try."""
    front = start(authority.issue("localhost"))
    ended = job.exchange(HF_ENDPOINT=front.origin)
    job.refused(ended, 3, "server-untrusted")
    assert "signed by an authority that is not trusted here" in ended.err
    assert job.world.requests("hub") == []


@pytest.mark.parametrize("content", [None, b"", b"not a certificate\n"])
def test_a_broken_certificate_file_is_an_error(
    job: Job, authority: Authority, start: Start, tmp_path: Path, content: bytes | None
) -> None:
    """Never a reason to trust everything, or the system's store."""
    front = start(authority.issue("localhost"))
    named = tmp_path / "named.pem"
    if content is not None:
        named.write_bytes(content)
    ended = job.exchange(HF_ENDPOINT=front.origin, SSL_CERT_FILE=str(named))
    job.refused(ended, 3, "server-untrusted")
    assert job.world.requests("hub") == []


def test_tls_1_1_is_not_spoken(job: Job, authority: Authority, start: Start) -> None:
    """The server would, as openssl shows."""
    front = start(authority.issue("localhost"), OLD_TLS)
    ended = job.exchange(HF_ENDPOINT=front.origin, SSL_CERT_FILE=str(authority.file))
    job.refused(ended, 3, "server-untrusted")
    assert "tried" not in ended.err
    assert "TLS 1.2 is the least" in ended.err
    assert job.world.requests("hub") == []
    old = ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0", "-connect", f"127.0.0.1:{front.port}"]
    control = subprocess.run(
        ["openssl", "s_client", *old], input=b"", capture_output=True, timeout=20, check=False
    )
    assert b"Protocol  : TLSv1.1" in control.stdout


def test_two_requests_to_one_host_share_a_connection(
    job: Job, authority: Authority, start: Start
) -> None:
    """A second handshake would take longer than everything else."""
    front = start(authority.issue("localhost"))
    job.delivered(
        job.exchange(
            HF_ENDPOINT=front.origin,
            ACTIONS_ID_TOKEN_REQUEST_URL=front.id_token_url,
            SSL_CERT_FILE=str(authority.file),
        )
    )
    front.stop()
    assert [request.split()[0] for _, request in front.requests] == ["GET", "POST"]
    assert len({connection for connection, _ in front.requests}) == 1


def test_no_variable_makes_it_write_the_sessions_keys(
    job: Job, authority: Authority, start: Start
) -> None:
    """libcurl would, into the file that SSLKEYLOGFILE names."""
    front = start(authority.issue("localhost"))
    keys = job.work / "keys"
    trusted = {"HF_ENDPOINT": front.origin, "SSL_CERT_FILE": str(authority.file)}
    job.delivered(job.exchange(SSLKEYLOGFILE=str(keys), **trusted))
    assert not keys.exists()


def test_what_hfmint_starts_has_that_variable(job: Job) -> None:
    """It is kept from libraries, and from nobody else: also when libcurl has been at work."""
    evidence.put_there(job.work / "id-token")
    (job.work / "id-token").write_text(job.world.github.id_token("https://huggingface.co"))
    look = 'printf %s "$SSLKEYLOGFILE" >>seen'
    how = ("--id-token-command", f"{look}; cat id-token")
    job.world.fault("hub", "status=503")
    ended = job.run("run", "acme/model", *how, "--", "sh", "-c", look, SSLKEYLOGFILE="/dev/null")
    assert ended.status == 0, ended
    assert (job.work / "seen").read_text() == "/dev/null" * 3


@pytest.fixture
def with_store(tmp_path: Path) -> Callable[[str], list[str]]:
    """Makes the words that run a command with another certificate store, in a namespace."""
    if not Path(STORE).is_dir():
        pytest.skip(f"{STORE} is not there to be covered")

    def words(store: str) -> list[str]:
        return mounting(f'mount --bind "$0" {STORE}', store)

    return words


@pytest.mark.parametrize("place", ["directory", "bundle", "neither"])
def test_the_systems_store_is_the_directory_and_then_the_bundle(
    job: Job,
    authority: Authority,
    start: Start,
    with_store: Callable[[str], list[str]],
    tmp_path: Path,
    place: str,
) -> None:
    """Each alone is enough; the refusal of the first has told the server nothing."""
    front = start(authority.issue("localhost"))
    store = authority.directory() if place == "directory" else tmp_path / "store"
    store.mkdir(exist_ok=True)
    if place == "bundle":
        shutil.copy(authority.file, store / "ca-certificates.crt")
    ended = job.exchange(through=with_store(str(store)), HF_ENDPOINT=front.origin)
    if place == "neither":
        job.refused(ended, 3, "server-untrusted")
        assert job.world.requests("hub") == []
    else:
        job.delivered(ended)
        assert len(job.world.requests("hub")) == 1
