"""IPv6 addresses as hosts: every spelling is one host, wherever a host is named.

https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2 · https://www.rfc-editor.org/rfc/rfc5952
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from gitjob import answer, description
from jobs import Job
from rotating import Rotator
from Sandbox import ownroot
from Sandbox.kubernetes import MOUNT, TokenRequest
from Sandbox.world import World
from tls import Authority, Front

SPELLINGS = ["[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::0.0.0.1]"]


def speaks_ipv6() -> bool:
    """Whether this machine has its loopback address."""
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return False
    return True


pytestmark = pytest.mark.skipif(not speaks_ipv6(), reason="this machine speaks no IPv6")


@pytest.fixture
def front(world: World, tmp_path: Path) -> Iterator[Front]:
    """The Hub and GitHub at ::1."""
    authority = Authority(tmp_path / "authority")
    certificate = authority.issue("::1")
    with Front(world, certificate, tmp_path / "front", address="::1", host="[::1]") as front:
        yield front


@pytest.fixture
def trusted(front: Front, tmp_path: Path) -> dict[str, str]:
    """The variable that has its certificate trusted."""
    return {"SSL_CERT_FILE": str(tmp_path / "authority" / "ca.pem")}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_endpoint_may_be_spelled_in_every_way(
    job: Job, front: Front, trusted: dict[str, str], spelling: str
) -> None:
    """By variable and by option."""
    spelled = f"https://{spelling}:{front.port}"
    job.delivered(job.exchange(HF_ENDPOINT=spelled, **trusted))
    job.delivered(job.exchange("--endpoint", spelled.replace("https", "HTTPS"), **trusted))


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_providers_url_too(
    job: Job, front: Front, trusted: dict[str, str], spelling: str
) -> None:
    """As a variable gives it."""
    url = front.id_token_url.replace("[::1]", spelling)
    job.delivered(job.exchange(ACTIONS_ID_TOKEN_REQUEST_URL=url, **trusted))


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_git_is_answered_for_every_spelling(
    job: Job, front: Front, trusted: dict[str, str], spelling: str
) -> None:
    """Git hands on what stands in the URL."""
    job.world.publish("acme/model")
    asked = description(protocol="https", host=f"{spelling}:{front.port}", path="acme/model")
    ended = job.run("git-credential", "get", stdin=asked, HF_ENDPOINT=front.origin, **trusted)
    assert job.works(answer(ended.out.encode())["password"]), ended


REFUSED = {
    "https://[fe80::1%25eth0]": "zone",
    "https://[fe80::1%eth0]:8443": "zone",
    "https://[v1.fe80::1]": "a version of IP that nothing here speaks",
    "https://2001:db8::1": "without brackets: write [2001:db8::1]",
    "https://[2001:db8]": "no IPv6 address in its brackets",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_address_is_named(job: Job, text: str) -> None:
    """In the endpoint, a provider's variable, and a manifest."""
    ended = job.exchange(HF_ENDPOINT=text)
    job.refused(ended, 2, "endpoint-refused")
    assert REFUSED[text] in ended.err
    ended = job.exchange(ACTIONS_ID_TOKEN_REQUEST_URL=f"{text}/token?x=y")
    assert ended.code == "identity-denied"
    assert REFUSED[text] in ended.err


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_address_is_named_in_a_manifest(rotator: Rotator, text: str) -> None:
    """An issuer's URL, a sink's, a callback's."""
    for place in ("issuer", "sink", "callback"):
        entry = rotator.rotations.rotation("okta", ["vault"])
        if place == "issuer":
            entry["issuer"]["url"] = text  # type: ignore[index]
        elif place == "sink":
            entry["sinks"][0]["url"] = text  # type: ignore[index]
        else:
            entry["callbacks"] = [{"url": text, "secret": "env:KEY"}]
        rotator.write({"chat": entry})
        result = rotator("plan")
        assert result.status == 2
        assert REFUSED[text].encode() in result.stderr, (place, result.stderr)


WRONG_IN_PODS = {
    ("KUBERNETES_SERVICE_HOST", "fe80::1%eth0"): "zone",
    ("KUBERNETES_SERVICE_HOST", "[::1"): "without its ']'",
    ("KUBERNETES_SERVICE_HOST", "a b"): "KUBERNETES_SERVICE_HOST is no host: 'a b'",
    (
        "KUBERNETES_SERVICE_PORT_HTTPS",
        "tcp://x",
    ): "KUBERNETES_SERVICE_PORT_HTTPS is no port: 'tcp://x'",
}


@pytest.mark.parametrize("host", ["::1", "0:0:0:0:0:0:0:1", "[::1]"])
def test_the_api_server_of_an_ipv6_cluster(
    world: World, job: Job, tmp_path: Path, host: str
) -> None:
    """The kubelet writes its address without brackets."""
    if not ownroot.is_possible():
        pytest.skip("this machine lets nobody mount")
    pod = TokenRequest(world.sentinels, tmp_path / "pod", "::1")
    world.hub.trust(pod.issuer.url, pod.issuer.key.jwks)
    world.hub.publish("acme/model", pod.issuer.url, {"sub": str(pod.issuer.claims["sub"])}, "write")
    mounted = ownroot.command({MOUNT: pod.mount}, tmp_path / "root", [])
    named = ("--provider", pod.name)
    try:
        variables = {**pod.environment(), "KUBERNETES_SERVICE_HOST": host}
        job.delivered(job.exchange(*named, through=mounted, **variables))
        pod.check(asked=1)
        for (name, value), words in WRONG_IN_PODS.items():
            wrong = {**variables, name: value}
            ended = job.exchange(
                *named, "--state-dir", str(tmp_path / "fresh"), through=mounted, **wrong
            )
            assert ended.code == "identity-denied"
            assert words in ended.err
            assert "no pod" not in ended.err
    finally:
        pod.stop()
