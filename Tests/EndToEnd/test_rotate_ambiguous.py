"""Answers that leave open whether something has happened: no secret is lost, and none too many."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import product
import rotatingissuers as issuers
from rotating import NAME, Rotating, Setting, declare
from rotatingends import ended
from rotatingsinks import File, GitHub, GitLab, Space, Vault

# The server has acted; its answer is lost, late, cut, or says nothing. Each once.
LOST = {
    "error": "status=500 act",
    "gateway time-out": "status=504 act",
    "request time-out": "status=408 act",
    "closed": "drop act",
    "cut": "truncate=5",
    "cut in its head": "drop=headers act",
    "no HTTP": r"raw=banana\r\n\r\n",
    "no JSON": "status=200 act body=<html>",
    "empty": "status=200 act",
    "too large": "oversized=1000000 act",
    "twice closed": "drop act times=2",
}
# Nothing has happened.
REFUSED = {
    "unavailable": "status=503",
    "too many": "status=429 retry-after=1",
    "closed before": "drop",
    "slow": "delay=0.1",
}
CREATES = {
    "okta": (issuers.okta, "method=POST path=/api/v1/apps/client/credentials/secrets"),
    "entra": (issuers.entra, "method=POST path=/v1.0"),
    "small entra": (issuers.small_entra, "method=POST path=/v1.0"),
    "hydra": (issuers.hydra, "method=POST path=/admin"),
    "hydra's ledger": (issuers.hydra, "method=PATCH path=/admin"),
    "keycloak": (issuers.keycloak, "method=POST path=/admin"),
    "plain keycloak": (issuers.plain_keycloak, "method=POST path=/admin"),
    "auth0": (issuers.auth0, "method=PATCH path=/api"),
}
RETIRES = {
    "okta deactivates": (issuers.okta, "method=POST skip=1 path=/api"),
    "okta": (issuers.okta, "method=DELETE path=/api"),
    "entra": (issuers.entra, "method=POST skip=1 path=/v1.0"),
    "hydra": (issuers.hydra, "method=DELETE path=/admin"),
    "keycloak": (issuers.keycloak, "method=DELETE path=/admin"),
}
WRITES = {
    "gitlab": (GitLab, "method=PUT"),
    "github": (GitHub, "method=PUT"),
    "vault": (Vault, "method=PATCH"),
    "space": (Space, "method=POST"),
}
LOOKS = {
    "okta": (issuers.okta, "method=GET path=/api"),
    "entra": (issuers.entra, "method=GET path=/v1.0"),
    "hydra": (issuers.hydra, "method=GET path=/admin"),
    "keycloak": (issuers.keycloak, "method=GET path=/admin"),
    "auth0": (issuers.auth0, "method=GET path=/api"),
}
Arm = Callable[[Rotating], None]


def tried(setting: Setting, arms: dict[str, Arm], root: Path, reasons: Iterable[str] = ()) -> None:
    """Rotate once for each fault, side by side; all must end."""
    program = product.binary()
    if not program:
        pytest.skip("the product is not built")

    def one(name: str) -> str:
        try:
            with Rotating(setting, program, root / name.replace(" ", "-")) as rotating:
                declare(rotating)
                assert rotating.run("init").status == 0
                arms[name](rotating)
                story = [name, str(rotating.run("now", NAME))]
                last = rotating.advance()
                ended(rotating, last, [*story, str(last)], list(reasons))
        except AssertionError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(len(arms)) as pool:
        wrong = [text for text in pool.map(one, arms) if text]
    assert not wrong, f"{len(wrong)} of {len(arms)}:\n" + "\n\n".join(wrong)


def at_issuer(which: str, faults: dict[str, str]) -> dict[str, Arm]:
    """These faults, for these requests to the issuer."""
    return {
        name: lambda rotating, text=f"{which} {fault}": rotating.issuer.provider.faults.add(text)
        for name, fault in faults.items()
    }


def at_sink(which: str, faults: dict[str, str]) -> dict[str, Arm]:
    """These faults, for these requests to the first sink."""
    return {
        name: lambda rotating, text=f"{which} {fault}": rotating.sinks[0].server.faults.add(text)
        for name, fault in faults.items()
    }


@pytest.mark.parametrize("issuer", CREATES)
def test_the_answer_to_a_creation_is_lost(tmp_path: Path, issuer: str) -> None:
    """A secret of ours is found again by its proof, or removed; none is left behind."""
    make, which = CREATES[issuer]
    setting = Setting(make, [GitHub], acknowledge=True)
    tried(setting, at_issuer(which, LOST | REFUSED), tmp_path)


@pytest.mark.parametrize("issuer", RETIRES)
def test_the_answer_to_a_retirement_is_lost(tmp_path: Path, issuer: str) -> None:
    """What is gone already is done."""
    make, which = RETIRES[issuer]
    setting = Setting(make, [GitLab, File], acknowledge=True)
    tried(setting, at_issuer(which, LOST | REFUSED), tmp_path)


@pytest.mark.parametrize("issuer", LOOKS)
@pytest.mark.parametrize("skip", [0, 1, 2, 3])
def test_a_look_at_the_issuer_fails(tmp_path: Path, issuer: str, skip: int) -> None:
    """Nothing is concluded from it."""
    make, which = LOOKS[issuer]
    tried(Setting(make, [File]), at_issuer(f"skip={skip} {which}", REFUSED), tmp_path)


@pytest.mark.parametrize("sink", WRITES)
def test_the_answer_to_a_delivery_is_lost(tmp_path: Path, sink: str) -> None:
    """It is written again: the same value, which does no harm."""
    make, which = WRITES[sink]
    setting = Setting(issuers.entra, [make, File], acknowledge=False)
    tried(setting, at_sink(which, LOST | REFUSED), tmp_path)
