"""Others act at the same time: proxies that repeat, administrators, a second run of hfmint."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import product
import rotatingissuers as issuers
import tracing
from rotating import NAME, Rotating, Setting, declare
from rotatingends import ended, undamaged
from rotatingsinks import File, GitHub, GitLab, Vault
from Sandbox.issuers.entra import Entra
from Sandbox.server import Server
from Sandbox.wire import Request, Response

OVERLAPPING = {
    "okta": (issuers.okta, "POST"),
    "entra": (issuers.entra, "POST"),
    "hydra": (issuers.hydra, "POST"),
    "keycloak": (issuers.keycloak, "POST"),
}
REPLACING = {
    "plain keycloak": (issuers.plain_keycloak, "POST"),
    "auth0": (issuers.auth0, "PATCH"),
}
FULL = ["takes no third", "has no room for another", "and room for no other"]


@contextmanager
def ready(setting: Setting, root: Path) -> Iterator[Rotating]:
    """A rotation that may begin."""
    program = product.binary()
    if not program:
        pytest.skip("the product is not built")
    with Rotating(setting, program, root) as rotating:
        declare(rotating)
        assert rotating.run("init").status == 0
        yield rotating


def finish(rotating: Rotating, reasons: list[str] | None = None, others: int = 0) -> int:
    """Rotate; it ends well, or stops for one of the reasons. The status is returned."""
    story = [str(rotating.run("now", NAME))]
    last = rotating.advance()
    ended(rotating, last, [*story, str(last)], reasons or [], others)
    return last.status


def once(server: Server, wanted: Callable[[Request], bool], act: Callable[[Request], None]) -> None:
    """Let something happen just before the first request of this kind is answered."""
    perform, waiting = server.perform, [act]

    def meddled(request: Request) -> Response:
        if waiting and wanted(request):
            waiting.pop()(request)
        return perform(request)

    server.perform = meddled  # type: ignore[method-assign]


def calls(method: str) -> Callable[[Request], bool]:
    """The requests with this method to the API."""
    return lambda request: request.method == method and not request.path.endswith("/token")


@pytest.mark.parametrize("issuer", ["okta", "entra", "hydra", *REPLACING])
def test_a_proxy_sends_a_creation_twice(tmp_path: Path, issuer: str) -> None:
    """The second answer comes back: there is no room, or another secret.

    Keycloak has no room for the one before the one before: there it would be an outage.
    """
    make, method = (OVERLAPPING | REPLACING)[issuer]
    with ready(Setting(make, [GitHub], acknowledge=True), tmp_path / "made") as rotating:
        provider = rotating.issuer.provider
        once(provider, calls(method), lambda request: void(provider.perform(request)))
        assert finish(rotating) == 0


def void(_: object) -> None:
    """An answer that nobody reads."""


def test_a_list_that_lags_hides_a_secret_whose_answer_was_lost(tmp_path: Path) -> None:
    """It carries our marker, and goes with the old one."""
    with ready(Setting(issuers.entra, [GitHub]), tmp_path / "made") as rotating:
        provider = rotating.issuer.provider
        assert isinstance(provider, Entra)
        provider.listing_lag = 1
        provider.faults.add("method=POST path=/v1.0 drop act")
        assert finish(rotating) == 0


def when(rotating: Rotating, kind: str, act: Callable[[], object]) -> None:
    """Let something happen when this event is told."""
    assert rotating.receiver

    def told(request: Request) -> bool:
        body = request.json()
        return isinstance(body, dict) and body["type"] == kind

    once(rotating.receiver, told, lambda _: void(act()))


@pytest.mark.parametrize("issuer", OVERLAPPING | REPLACING)
def test_an_administrator_makes_a_secret_before_ours(tmp_path: Path, issuer: str) -> None:
    """It is never taken for ours; where it takes the room, a person is asked.

    Hydra drops all old ones at once, and who has one place alone is told to replace what is there.
    """
    make, _ = (OVERLAPPING | REPLACING)[issuer]
    setting = Setting(make, [GitHub, File], acknowledge=issuer in OVERLAPPING)
    with ready(setting, tmp_path / "made") as rotating:
        when(rotating, "rotation.started", rotating.issuer.add)
        is_full = issuer in ("okta", "keycloak")
        assert finish(rotating, FULL, others=issuer == "entra") == (6 if is_full else 0)
        if issuer in ("okta", "entra", "keycloak"):
            assert len(rotating.issuer.alive()) == 2


@pytest.mark.parametrize("event", ["secret.created", "secret.delivered", "secret.revoking"])
def test_an_administrator_makes_a_secret_after_ours(tmp_path: Path, event: str) -> None:
    """It stays."""
    setting = Setting(issuers.entra, [GitHub, File], acknowledge=True)
    with ready(setting, tmp_path / "made") as rotating:
        when(rotating, event, rotating.issuer.add)
        assert finish(rotating, others=1) == 0


@pytest.mark.parametrize("issuer", REPLACING)
def test_an_administrator_replaces_our_secret(tmp_path: Path, issuer: str) -> None:
    """A person is asked whose secret it shall be, and resuming makes it ours."""
    make, _ = REPLACING[issuer]
    with ready(Setting(make, [GitHub], acknowledge=False), tmp_path / "made") as rotating:
        when(rotating, "secret.created", rotating.issuer.add)
        stopped = rotating.run("now", NAME)
        assert (stopped.status, "somebody else has changed" in stopped.err) == (6, True), stopped
        resumed = rotating.run("resume", NAME)
        ended(rotating, resumed, [str(stopped), str(resumed)], [])


def test_someone_else_writes_the_sink_meanwhile(tmp_path: Path) -> None:
    """Another field stays, and ours arrives."""
    with ready(Setting(issuers.entra, [Vault]), tmp_path / "made") as rotating:
        vault = rotating.sinks[0]

        def write(_: Request) -> None:
            vault.put(rotating.first)

        assert vault.server
        once(vault.server, calls("PATCH"), write)
        assert finish(rotating) == 0


@pytest.mark.parametrize("issuer", OVERLAPPING | REPLACING)
def test_several_runs_at_once(tmp_path: Path, issuer: str) -> None:
    """One works, the others say that it does, and fail nothing."""
    tracing.require()
    make, _ = (OVERLAPPING | REPLACING)[issuer]
    with ready(Setting(make, [GitLab, File], acknowledge=True), tmp_path / "made") as rotating:
        log = rotating.root / "calls"
        through = tracing.injecting(log, "fdatasync", "signal=SIGKILL", 4)
        assert rotating.run("now", NAME, through=through).status == -9
        rotating.issuer.provider.faults.add("delay=0.2 times=3")
        pipe = subprocess.PIPE
        runs = [
            subprocess.Popen(
                rotating.command("run", "--json"), env=rotating.env, stdout=pipe, stderr=pipe
            )
            for _ in range(4)
        ]
        outputs = [run.communicate(timeout=product.TIMEOUT) for run in runs]
        assert [run.returncode for run in runs] == [0] * 4, outputs
        outcomes = [json.loads(out)["rotations"][0]["outcome"] for out, _ in outputs]
        assert outcomes.count("done") == 1, outcomes
        assert set(outcomes) <= {"done", "busy", "not-due"}
        undamaged(rotating, [])
        last = rotating.advance()
        ended(rotating, last, [str(last)], [])
