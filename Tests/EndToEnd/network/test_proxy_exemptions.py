"""`NO_PROXY`: hfmint and curl choose the same way with one libcurl, over a generated table."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs import Job
from libraries import WITH_CURL, Libraries, each, over
from Sandbox.proxy import Proxy
from Sandbox.world import World
from tls import Authority, Front

# Names below localhost, which libcurl resolves itself, and an address that is none of loopback's.
NAME, ADDRESS = "hub.test.localhost", "0.0.0.0"
ENTRIES = {
    NAME: [
        *("hub.test.localhost", ".hub.test.localhost", "hub.test.localhost.", "HUB.Test.LocalHost"),
        *("test.localhost", ".localhost", "localhost", "..localhost", "ub.test.localhost"),
        *("hub.test.localhost:443", "*.localhost", "*", "**", "a.hub.test.localhost", "hub.*"),
        *("0.0.0.0/0", "[hub.test.localhost]", ".", "::1", "https://hub.test.localhost", "xn--a"),
    ],
    ADDRESS: [
        *(
            "0.0.0.0",
            "0.0.0.0/0",
            "0.0.0.0/8",
            "0.0.0.0/1",
            "0.0.0.0/32",
            "0.0.0.1/31",
            "0.0.0.1/32",
        ),
        *(
            "0.255.255.255/8",
            "0.0.0.0/33",
            "0.0.0.0/128",
            "0.0.0.0/08",
            "10.0.0.0/8",
            "128.0.0.0/1",
        ),
        *(
            ".0.0.0.0",
            "0.0.0.0.",
            "0.0",
            ".0",
            "0.0.0.0:443",
            "*",
            "*.0",
            "::/0",
            "[0.0.0.0]",
            "0/8",
        ),
    ],
}
SEPARATORS = (",", ", ", " ,", ",,", " ", "\t", ",\t ")


def lists(host: str, count: int) -> list[str]:
    """Each entry alone, then lists that a seed draws."""
    draw = random.Random(f"{host} 1")
    several = []
    for _ in range(count):
        parts = draw.choices(
            [*ENTRIES[host], "other.example", "192.0.2.0/24", ""], k=draw.randint(2, 4)
        )
        text = parts[0]
        for part in parts[1:]:
            text += draw.choice(SEPARATORS) + part
        several.append(draw.choice(("", " ", ",")) + text)
    return [*ENTRIES[host], *several]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Whom the job trusts."""
    return Authority(tmp_path / "authority")


@pytest.fixture(params=[NAME, ADDRESS])
def front(
    request: pytest.FixtureRequest, world: World, authority: Authority, tmp_path: Path
) -> Iterator[Front]:
    """The Hub, at a host that leads here with a proxy and without."""
    certificate = authority.issue(request.param)
    with Front(world, certificate, tmp_path / "front", host=request.param) as front:
        world.hub.audience = front.origin
        yield front


@over(WITH_CURL)
def test_curl_chooses_the_same_way(
    job: Job, authority: Authority, front: Front, libraries: Libraries
) -> None:
    """The lower-case name counts first in both, and an empty one not at all."""
    curl = libraries.curl
    assert curl, "curl is not installed"
    ways = set()
    # libcurl 7.74 asks for names below localhost, and nobody knows them.
    direct = 4 if libraries.is_old and front.host == NAME else 0
    with Proxy(answer=403) as proxy:
        for index, text in enumerate(lists(front.host, 30)):
            variables = [{"NO_PROXY": text}, {"no_proxy": text, "NO_PROXY": "*"}][index % 2]
            if not text:
                variables = {"no_proxy": "", "NO_PROXY": "*"}
            settings = {"HTTPS_PROXY": f"http://{proxy.address}", **variables}
            before = len(proxy.requests)
            trusting = ["--cacert", str(authority.file), "-s", "-m", "9", front.origin]
            with_it = settings | libraries.variables
            subprocess.run([curl, *trusting], env=with_it, capture_output=True, check=False)
            of_curl = len(proxy.requests) - before
            ended = job.exchange(
                *("--endpoint", front.origin, "--audience", front.origin, "--deadline", "1"),
                SSL_CERT_FILE=str(authority.file),
                HFMINT_STATE_DIR=str(job.temp / f"state-{index}"),
                **settings,
            )
            ours = len(proxy.requests) - before - of_curl
            assert (ended.status, ours, of_curl) in ((direct, 0, 0), (3, 1, 1)), (text, ended)
            ways.add(ours)
    assert ways == {0, 1}


MALFORMED = ["0.0.0.0/x", "0.0.0.0/", "0.0.0.0/8x", "0.0.0.0/+8", "0.0.0.0/-1", "0.0.0.0//8"]


@each
@pytest.mark.parametrize("front", [ADDRESS], indirect=True)
def test_a_malformed_range_exempts_nothing(job: Job, authority: Authority, front: Front) -> None:
    """As in curl from 8.18 on; older ones take it for the one address, or for another range."""
    with Proxy(answer=403) as proxy:
        for text in MALFORMED:
            ended = job.exchange(
                *("--endpoint", front.origin, "--audience", front.origin),
                SSL_CERT_FILE=str(authority.file),
                HTTPS_PROXY=proxy.address,
                NO_PROXY=f"other.example,{text}",
            )
            job.refused(ended, 3, "proxy-refused")
