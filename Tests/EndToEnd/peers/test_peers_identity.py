"""ID tokens that a real OpenID provider signed: OpenBao's, by both of its ways.

https://openbao.org/docs/secrets/identity/oidc-provider/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from jobs import Job
from membership import Member
from openbao import OpenBao
from Sandbox.hub import CANONICAL


@dataclass
class Issuer:
    """As `Member` has one."""

    issuer: str


@pytest.fixture
def bao(job: Job, tmp_path: Path) -> Iterator[OpenBao]:
    """A server of this test's own."""
    with OpenBao(job.world.sentinels, tmp_path / "bao") as bao:
        yield bao


ALGORITHMS = ["RS256", "ES256"]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_an_identity_token_is_verified(job: Job, bao: OpenBao, algorithm: str) -> None:
    """Its issuer has a path, and so has its discovery document."""
    id_token = bao.identity_token(CANONICAL, algorithm)
    member = Member(job, Issuer(f"{bao.origin}/v1/identity/oidc"))  # type: ignore[arg-type]
    job.delivered(member.ask(id_token))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_token_of_its_provider_is_verified(job: Job, bao: OpenBao, algorithm: str) -> None:
    """By the authorization code flow, for an audience that the provider made up."""
    audience, id_token = bao.provider_token(algorithm)
    member = Member(job, Issuer(f"{bao.origin}/v1/identity/oidc/provider/ci"))  # type: ignore[arg-type]
    job.delivered(member.ask(id_token, "--audience", audience))


def test_another_signature_is_refused(job: Job, bao: OpenBao) -> None:
    """A byte of it was changed."""
    id_token = bao.identity_token(CANONICAL, "RS256")
    head, body, signature = id_token.split(".")
    flipped = ("B" if signature[9] == "A" else "A").join((signature[:9], signature[10:]))
    member = Member(job, Issuer(f"{bao.origin}/v1/identity/oidc"))  # type: ignore[arg-type]
    job.refused(member.ask(f"{head}.{body}.{flipped}"), 3, "identity-unverified")


def test_another_algorithm_is_refused_by_name(job: Job, bao: OpenBao) -> None:
    """EdDSA, which OpenBao has and hfmint has not."""
    id_token = bao.identity_token(CANONICAL, "EdDSA")
    member = Member(job, Issuer(f"{bao.origin}/v1/identity/oidc"))  # type: ignore[arg-type]
    ended = member.ask(id_token)
    assert (ended.status, ended.code) == (3, "identity-unverified"), ended
    assert "EdDSA" in ended.err
