"""Every provider against a stand-in of its real interface: one row each, the same promises for all.

A row is found by its marks, is not found without them, says what to change when it is refused,
survives nonsense, gives up in time, and mints again where the provider can.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import product
from agreeing import assert_agreement
from Sandbox import ownroot
from Sandbox.actions import Forgejo, Gitea, GitHubEndpoint
from Sandbox.aws import AWS, AWSProgram
from Sandbox.bitbucket import Bitbucket
from Sandbox.bitrise import Bitrise
from Sandbox.buildkite import Buildkite, BuildkiteAgent
from Sandbox.circleci import CircleCI
from Sandbox.codefresh import Codefresh
from Sandbox.flyio import FlyIO
from Sandbox.given import CirrusCI, GitLabVariable, Jenkins, TerraformCloud, TriggerDev
from Sandbox.googlecloud import CloudBuild, GoogleCloud
from Sandbox.kubernetes import Pod, TokenRequest
from Sandbox.program import ProgramProvider
from Sandbox.provider import Provider
from Sandbox.vela import Vela
from Sandbox.wire import Request
from Sandbox.world import World


@dataclass(frozen=True)
class Row:
    """One provider: its stand-in, and words of the hints after a refusal and without permission."""

    stand_in: type[Provider]
    refused: str
    missing: str = ""

    @property
    def id(self) -> str:
        """The stand-in's name."""
        return self.stand_in.__name__


HUB = "https://huggingface.co"
ROWS = [
    Row(GitHubEndpoint, "id-token: write", "id-token: write"),
    Row(Forgejo, "enable-openid-connect: true", "enable-openid-connect: true"),
    Row(Gitea, "permission", "Gitea has no ID tokens yet"),
    Row(GitLabVariable, "ask for an ID token whose `aud`", f"HF_ID_TOKEN: {{ aud: {HUB} }}"),
    Row(CircleCI, "local CLI has the same name"),
    Row(Buildkite, "request OIDC tokens"),
    Row(BuildkiteAgent, "3.121 or newer"),
    Row(Bitbucket, f'oidc: {{ audiences: ["{HUB}"] }}', f'oidc: {{ audiences: ["{HUB}"] }}'),
    Row(Codefresh, "build still runs", "obtain-oidc-id-token"),
    Row(Bitrise, "build still runs", "BITRISE_BUILD_API_TOKEN"),
    Row(Vela, "id_request: yes", "id_request: yes"),
    Row(TerraformCloud, "TFC_WORKLOAD_IDENTITY_AUDIENCE_HF", "TFC_WORKLOAD_IDENTITY_AUDIENCE_HF"),
    Row(CirrusCI, "CIRRUS_OIDC_TOKEN_AUDIENCE", "CIRRUS_OIDC_TOKEN_AUDIENCE"),
    Row(Jenkins, "ask for an ID token whose `aud`", "withCredentials"),
    Row(TriggerDev, "ask for an ID token whose `aud`", "auth.getOIDCToken"),
    Row(FlyIO, "OIDC tokens"),
    Row(Pod, "ask for an ID token whose `aud`"),
    Row(TokenRequest, "serviceaccounts/token"),
    Row(GoogleCloud, "attach a service account"),
    Row(CloudBuild, "roles/iam.serviceAccountOpenIdTokenCreator", "GOOGLE_SERVICE_ACCOUNT_NAME"),
    Row(AWS, "enable-outbound-web-identity-federation", "AWS_REGION"),
    Row(AWSProgram, "recent enough"),
]


class Job:
    """One job on a row's provider, beside a Hub that trusts it."""

    def __init__(self, row: Row, world: World, root: Path, program: Path) -> None:
        self.row = row
        self.world = world
        self.provider = row.stand_in(world.sentinels, root / "provider")
        self._program = program
        self._work = root / "work"
        self._work.mkdir(parents=True)
        issuer = self.provider.issuer
        world.hub.trust(issuer.url, issuer.key.jwks)
        world.hub.publish("acme/model", issuer.url, {"sub": str(issuer.claims["sub"])}, "write")

    def environment(self) -> dict[str, str]:
        """The provider's variables over those of any machine; its programs first on PATH."""
        base, own = self.world.environment("none"), self.provider.environment()
        if "GCE_METADATA_HOST" in own:
            del base["NO_GCE_CHECK"]
        path = ":".join(filter(None, [own.get("PATH"), base["PATH"]]))
        return base | own | {"PATH": path}

    def run(self, *arguments: str, env: dict[str, str] | None = None) -> product.Result:
        """The product as a command of the job."""
        command = self.provider.command([str(self._program), *arguments])
        return product.run(command, env or self.environment(), self._work)

    def exchange(self, *more: str, env: dict[str, str] | None = None) -> product.Result:
        """An exchange, told as JSON; a provider that is never detected is named."""
        is_named = self.provider.name in NEVER_DETECTED
        named = ["--provider", self.provider.name] if is_named else []
        return self.run("exchange", "acme/model", "--json", *named, *more, env=env)

    @property
    def sent(self) -> list[str]:
        """The ID tokens that reached the Hub."""
        return [subject_token(request) for request in exchanges(self.world)]


# It needs a right that no job has by chance, so it must be asked for.
NEVER_DETECTED = ("kubernetes-token-request",)


def exchanges(world: World) -> list[Request]:
    """What was posted to the Hub's token endpoint."""
    return [request for request in world.requests("hub") if request.path == "/oauth/token"]


def subject_token(request: Request) -> str:
    """The ID token in an exchange."""
    body = request.json()
    assert isinstance(body, dict)
    return str(body["subject_token"])


def detected(job: Job, env: dict[str, str]) -> list[str]:
    """Every provider that a bare call recognises."""
    told = json.loads(job.run("--json", env=env).stdout)
    return [name for name in [told["provider"], *told["also_detected"]] if name]


@pytest.fixture(params=ROWS, ids=lambda row: row.id)
def job(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Job]:
    """A job on each provider in turn."""
    program = product.needed()
    needs_root = request.param.stand_in in (FlyIO, Pod, TokenRequest)
    if needs_root and not ownroot.is_possible():
        pytest.skip("this machine lets nobody mount")
    with World(root=tmp_path / "world") as world:
        job = Job(request.param, world, tmp_path, program)
        yield job
        job.provider.stop()


def but(*left_out: str) -> pytest.MarkDecorator:
    """Every row except these, each of which must exist."""
    assert {row.id for row in ROWS}.issuperset(left_out)
    rows = [row for row in ROWS if row.id not in left_out]
    return pytest.mark.parametrize("job", rows, indirect=True, ids=lambda row: row.id)


def test_found_it_gives_a_token(job: Job) -> None:
    """Recognised first and by itself, asked exactly once and as its own clients ask."""
    if job.provider.name not in NEVER_DETECTED:
        assert detected(job, job.environment())[0] == job.provider.name
    result = job.exchange()
    assert result.status == 0, result.stderr.decode()
    assert len(job.sent) == 1
    job.provider.check(asked=1)


def test_not_here_without_its_marks(job: Job) -> None:
    """The same machine without them is not that provider."""
    bare = {
        name: value for name, value in job.environment().items() if name not in job.provider.marks
    }
    bare |= {"NO_GCE_CHECK": "true"}
    command = job.provider.command
    job.provider.command = lambda words: words  # type: ignore[method-assign]
    assert job.provider.name not in detected(job, bare)
    job.provider.command = command  # type: ignore[method-assign]
    assert not job.sent


@but(
    "AWSProgram",
    "Buildkite",
    "BuildkiteAgent",
    "CircleCI",
    "FlyIO",
    "GoogleCloud",
    "Pod",
    "TokenRequest",
)
def test_without_permission_it_says_what_to_change(job: Job) -> None:
    """Here, but refused: exit 3, the provider's name, and the lines for that provider.

    On the others every job may have an ID token.
    """
    assert job.provider.permission
    bare = {n: v for n, v in job.environment().items() if n not in job.provider.permission}
    result = job.exchange("--provider", job.provider.name, env=bare)
    assert result.status == 3
    assert f"hfmint: error: {job.provider.name}: " in result.stderr.decode()
    assert job.row.missing in result.stderr.decode()
    assert not job.sent


def test_refused_it_says_what_to_change(job: Job) -> None:
    """A refusal is final, and nothing reaches the Hub."""
    job.environment()
    job.provider.refuse()
    result = job.exchange()
    assert result.status == 3
    assert job.row.refused in result.stderr.decode()
    assert not job.sent


def test_malformed_answers_reach_nobody(job: Job) -> None:
    """Whatever is no ID token is neither sent nor shown."""
    job.environment()
    job.provider.babble()
    result = job.exchange()
    assert result.status in (3, 4)
    assert not job.sent
    for quoted in (b"unexpected", b"Usage", b"not-a-jwt"):
        assert quoted not in result.stdout + result.stderr


@but("Bitbucket", "CirrusCI", "GitLabVariable", "Jenkins", "Pod", "TerraformCloud", "TriggerDev")
def test_slow_answers_end_at_the_deadline(job: Job) -> None:
    """Exit 4: the caller may try again. The others have a variable or a file, and ask nobody."""
    job.environment()
    assert job.provider.server or isinstance(job.provider, ProgramProvider)
    job.provider.dawdle()
    started = time.monotonic()
    result = job.exchange("--deadline", "1")
    assert result.status == 4, result.stderr.decode()
    assert time.monotonic() - started < 6
    assert not job.sent


@pytest.mark.parametrize("how", ["well", "refused", "babbling"])
def test_doctor_agrees(job: Job, how: str) -> None:
    """Whatever the provider does, doctor fails where an exchange does, and nowhere else."""
    job.environment()
    set_up = {
        "well": lambda: None,
        "refused": job.provider.refuse,
        "babbling": job.provider.babble,
    }[how]
    agrees(job, set_up)


@but("Bitbucket", "CirrusCI", "GitLabVariable", "Jenkins", "Pod", "TerraformCloud", "TriggerDev")
def test_doctor_agrees_about_slow_answers(job: Job) -> None:
    """Also where the provider takes its time."""
    job.environment()
    agrees(job, job.provider.dawdle)


def agrees(job: Job, set_up: Callable[[], object]) -> None:
    """Ask doctor and exchange. Some nonsense is said once, so it is set up for each."""
    set_up()
    is_named = job.provider.name in NEVER_DETECTED
    named = ["--provider", job.provider.name] if is_named else []
    doctor = job.run("doctor", "acme/model", "--json", "--deadline", "2", *named)
    set_up()
    assert_agreement(doctor, job.exchange("--deadline", "2"))


def test_every_try_has_a_token_of_its_own(job: Job) -> None:
    """After the Hub stumbled, another ID token goes; the same where there is no other."""
    job.world.hub.faults.add("status=503 path=/oauth/token")
    rotates(job)
    result = job.exchange()
    assert result.status == 0, result.stderr.decode()
    assert len(set(job.sent)) == (2 if job.provider.mints_again else 1)
    assert len(job.sent) == 2


def rotates(job: Job) -> None:
    """Let the kubelet swap the file when the first exchange arrives."""
    if isinstance(job.provider, Pod):
        pod, perform = job.provider, job.world.hub.faults.take

        def take(request: Request) -> object:
            pod.rotate()
            return perform(request)

        job.world.hub.faults.take = take  # type: ignore[method-assign, assignment]


@pytest.mark.parametrize("name", sorted({row.stand_in.name for row in ROWS}))
def test_every_row_is_a_provider(name: str, hfmint: Callable[..., product.Result]) -> None:
    """The table and the product know the same names."""
    assert name.encode() in hfmint("exchange", "--provider", "nobody", "acme/model").stderr
