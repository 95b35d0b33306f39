"""Fixtures: a world, and the product to run in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

import pytest

import evidence
import product
from auditing import AuditedJob
from jobs import Job
from libraries import SYSTEM, Libraries
from membership import Member
from rotating import Rotator
from Sandbox.collector import Collector
from Sandbox.identityissuer import IdentityIssuer
from Sandbox.issuers.provider import Provider
from Sandbox.sentinel import Sentinels
from Sandbox.world import World
from tls import HUB, Authority, Front

ProviderT = TypeVar("ProviderT", bound=Provider)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A Hub and a GitHub job of their own, with the product first on PATH if it is built."""
    with World(root=tmp_path / "world") as world:
        if program := product.binary():
            world.bin = product.folder_with(program, tmp_path / "bin")
        yield world
        if "rotations" in world.__dict__:
            for file in world.rotations.files:
                evidence.put_there(file)


@pytest.fixture
def program() -> Path:
    """The product."""
    return product.needed()


@pytest.fixture
def hfmint(world: World, tmp_path: Path) -> Callable[..., product.Result]:
    """`hfmint("exchange", "acme/model", env=…)`: run the product in a fresh HOME and folder.

    Without `env`, it is a step of the world's GitHub job; the same job at each call.
    """
    program = product.needed()
    job: dict[str, str] = {}
    work = tmp_path / "work"
    work.mkdir()

    def call(
        *arguments: str,
        env: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        cwd: Path = work,
        timeout: float = product.TIMEOUT,
    ) -> product.Result:
        if env is None and not job:
            job.update(world.environment())
        return product.run([str(program), *arguments], env or job, cwd, stdin, timeout)

    return call


@pytest.fixture
def start_issuer() -> Iterator[Callable[[type[ProviderT]], ProviderT]]:
    """`start_issuer(Okta)`: a running stand-in, which must not meet a bug of its own."""
    with ExitStack() as stack:
        started: list[Provider] = []

        def make(kind: type[ProviderT]) -> ProviderT:
            provider = stack.enter_context(kind(Sentinels()))
            started.append(provider)
            return provider

        yield make
        assert [error for provider in started for error in provider.errors] == []


@pytest.fixture
def libraries(request: pytest.FixtureRequest) -> Libraries:
    """The system's, unless a test is run with others."""
    return getattr(request, "param", SYSTEM)


@pytest.fixture
def job(world: World, tmp_path: Path, libraries: Libraries) -> Job:
    """A GitHub job that the Hub trusts with acme/model."""
    world.publish("acme/model")
    job = Job(world, product.needed(), tmp_path / "job")
    job.env |= libraries.variables
    return job


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """An authority that this machine does not know; jobs may be told to trust it."""
    return Authority(tmp_path / "authority")


@pytest.fixture
def front(world: World, authority: Authority, tmp_path: Path) -> Iterator[Front]:
    """The Hub at a name that only a proxy can reach."""
    world.hub.audience = HUB
    with Front(world, authority.issue("hub.test.example"), tmp_path / "front") as front:
        yield front


@pytest.fixture
def rotator(world: World, tmp_path: Path) -> Rotator:
    """Rotations on a machine that stays, with stand-ins of issuers and sinks."""
    return Rotator(world, product.needed(), tmp_path / "rotate")


@pytest.fixture
def get(world: World, hfmint: Callable[..., product.Result]) -> Callable[[bytes], product.Result]:
    """`hfmint git-credential get` for a job that acme/model trusts."""
    world.publish("acme/model")
    return lambda text: hfmint("git-credential", "get", stdin=text)


@pytest.fixture
def member(job: Job) -> Iterator[Member]:
    """A job that may be a member, with its issuer running, which must not meet a bug."""
    with IdentityIssuer(job.world.sentinels) as issuer:
        yield Member(job, issuer)
        assert issuer.errors == []


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector of audit records that runs, and must not meet a bug of its own."""
    with Collector() as collector:
        yield collector
        assert collector.errors == []


@pytest.fixture
def audited(job: Job, tmp_path: Path, collector: Collector) -> AuditedJob:
    """A job whose log goes to a file and to the collector."""
    made = AuditedJob(job, tmp_path / "audit")
    made.configure(file=str(made.log), url=collector.origin)
    return made


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests have to tell besides how they went: `record_property("told", TEXT)`."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, text in report.user_properties:
            if name == "told" and report.when == "call":
                terminalreporter.write_line(f"{report.nodeid}: {text}")
