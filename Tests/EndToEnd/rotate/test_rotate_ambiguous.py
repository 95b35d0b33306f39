"""Answers that leave open whether something has happened: no secret is lost, and none too many."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from Sandbox.server import Server
from Sandbox.wire import Request, Response
from watched import NAME, Setting, Watched
from watchedends import ended
from watchedpoints import program

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
    "conflict": "status=409 act",
    "locked": "status=423 act retry-after=1",
    "slow down": 'status=403 act body={"message":"Please slow down"}',
}
# Nothing has happened.
REFUSED = {
    "unavailable": "status=503",
    "too many": "status=429 retry-after=1",
    "closed before": "drop",
    "slow": "delay=0.1",
    "conflict before": 'status=409 body={"error":{"code":"Directory_ConcurrencyViolation"}}',
    "condition": "status=412",
    "locked before": "status=423",
    "slow down before": 'status=403 body={"message":"You have exceeded a rate limit."}',
    "come back": "status=403 retry-after=1",
}
CREATES = {
    "okta": ("okta", "method=POST path=/api/v1/apps/app1/credentials/secrets"),
    "entra": ("entra", "method=POST path=/v1.0"),
    "small entra": ("small entra", "method=POST path=/v1.0"),
    "hydra": ("hydra", "method=POST path=/admin"),
    "hydra's ledger": ("hydra", "method=PATCH path=/admin"),
    "keycloak": ("keycloak-policy", "method=POST path=/admin"),
    "plain keycloak": ("keycloak", "method=POST path=/admin"),
    "auth0": ("auth0", "method=PATCH path=/api"),
    # The program is asked what there is, and then for another one.
    "command": ("command", "skip=1 path=/command"),
}
RETIRES = {
    "okta deactivates": ("okta", "method=POST skip=1 path=/api"),
    "okta": ("okta", "method=DELETE path=/api"),
    "entra": ("entra", "method=POST skip=1 path=/v1.0"),
    "hydra": ("hydra", "method=DELETE path=/admin"),
    "keycloak": ("keycloak-policy", "method=DELETE path=/admin"),
}
WRITES = {
    "gitlab": ("gitlab", "method=PUT"),
    "github": ("github-repository", "method=PUT"),
    "vault": ("vault", "method=PATCH"),
    "space": ("hub-space", "method=POST"),
}
LOOKS = {
    "okta": ("okta", "method=GET path=/api"),
    "entra": ("entra", "method=GET path=/v1.0"),
    "hydra": ("hydra", "method=GET path=/admin"),
    "keycloak": ("keycloak-policy", "method=GET path=/admin"),
    "auth0": ("auth0", "method=GET path=/api"),
}
Arm = Callable[[Watched], None]


def tried(setting: Setting, arms: dict[str, Arm], root: Path, reasons: Iterable[str] = ()) -> None:
    """Rotate once for each fault, side by side; all must end."""
    found = program()

    def one(name: str) -> str:
        try:
            with Watched(setting, found, root / name.replace(" ", "-")) as watched:
                assert watched.run("init").status == 0
                arms[name](watched)
                story = [name, str(watched.run("now", NAME))]
                last = watched.advance()
                ended(watched, last, [*story, str(last)], list(reasons))
        except AssertionError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(len(arms)) as pool:
        wrong = [text for text in pool.map(one, arms) if text]
    assert not wrong, f"{len(wrong)} of {len(arms)}:\n" + "\n\n".join(wrong)


def at_issuer(which: str, faults: dict[str, str]) -> dict[str, Arm]:
    """These faults, for these requests to the issuer."""
    return {
        name: lambda watched, text=f"{which} {fault}": watched.issuer.server.faults.add(text)
        for name, fault in faults.items()
    }


def first_sink(watched: Watched) -> Server:
    """Its stand-in."""
    server = next(iter(watched.sinks.values())).server
    assert server
    return server


def at_sink(which: str, faults: dict[str, str]) -> dict[str, Arm]:
    """These faults, for these requests to the first sink."""
    return {
        name: lambda watched, text=f"{which} {fault}": first_sink(watched).faults.add(text)
        for name, fault in faults.items()
    }


@pytest.mark.parametrize("issuer", CREATES)
def test_the_answer_to_a_creation_is_lost(tmp_path: Path, issuer: str) -> None:
    """A secret of ours is found again by its proof, or removed; none is left behind."""
    make, which = CREATES[issuer]
    setting = Setting(make, ["github-repository"], acknowledge=True)
    # A program that failed before anything was done may say so as if it refused.
    reasons = ["refused (exit 1)"] if issuer == "command" else []
    tried(setting, at_issuer(which, LOST | REFUSED), tmp_path, reasons)


@pytest.mark.parametrize("issuer", RETIRES)
def test_the_answer_to_a_retirement_is_lost(tmp_path: Path, issuer: str) -> None:
    """What is gone already is done."""
    make, which = RETIRES[issuer]
    setting = Setting(make, ["gitlab", "file"], acknowledge=True)
    tried(setting, at_issuer(which, LOST | REFUSED), tmp_path)


@pytest.mark.parametrize("issuer", LOOKS)
@pytest.mark.parametrize("skip", [0, 1, 2, 3])
def test_a_look_at_the_issuer_fails(tmp_path: Path, issuer: str, skip: int) -> None:
    """Nothing is concluded from it."""
    make, which = LOOKS[issuer]
    tried(Setting(make, ["file"]), at_issuer(f"skip={skip} {which}", REFUSED), tmp_path)


@pytest.mark.parametrize("sink", WRITES)
def test_the_answer_to_a_delivery_is_lost(tmp_path: Path, sink: str) -> None:
    """It is written again: the same value, which does no harm."""
    make, which = WRITES[sink]
    setting = Setting("entra", [make, "file"], acknowledge=False)
    tried(setting, at_sink(which, LOST | REFUSED), tmp_path)


def hang(server: Server, method: str) -> None:
    """Act on the next such request to the API, and answer when nobody listens any more."""
    perform, waiting = server.perform, [method]

    def slow(request: Request) -> Response:
        response = perform(request)
        if request.method in waiting and not request.path.endswith("/token"):
            waiting.clear()
            threading.Event().wait(TIMEOUT)
        return response

    server.perform = slow  # type: ignore[method-assign]


# Longer than hfmint waits for one answer.
TIMEOUT = 25


def late_answers(tmp_path: Path) -> None:
    """The server has acted, and hfmint has stopped to listen."""
    tests = [
        *((issuer, "hub-space", "POST", "") for issuer in ("okta", "entra", "hydra", "keycloak")),
        *(("entra", sink, "", method) for sink, method in (("gitlab", "PUT"), ("vault", "PATCH"))),
        ("auth0", "hub-space", "PATCH", ""),
        ("okta", "hub-space", "DELETE", ""),
        ("hydra", "hub-space", "DELETE", ""),
    ]

    def one(number: int) -> None:
        issuer, sink, at_issuer, at_sink = tests[number]

        def arm(watched: Watched) -> None:
            if at_issuer:
                hang(watched.issuer.server, at_issuer)
            else:
                hang(first_sink(watched), at_sink)

        root = tmp_path / f"{number}"
        tried(Setting(issuer, [sink], acknowledge=True), {"late": arm}, root)

    with ThreadPoolExecutor(len(tests)) as pool:
        list(pool.map(one, range(len(tests))))


# It takes half a minute.
if os.environ.get("HFMINT_ALL") == "1":
    test_an_answer_comes_too_late = late_answers
