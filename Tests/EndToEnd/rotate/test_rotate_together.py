"""Others act at the same time: proxies that repeat, administrators, a second run of hfmint."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import product
import tracing
from Sandbox.issuers.entra import Entra
from Sandbox.issuers.keycloak import TWO_DAYS
from Sandbox.server import Server
from Sandbox.wire import Request, Response
from watched import NAME, OVERLAPPING, REPLACING, Setting, Watched
from watchedends import ended, undamaged

FULL = ["takes no third", "has no room for another", "and room for no other"]


@contextmanager
def ready(setting: Setting, root: Path) -> Iterator[Watched]:
    """A rotation that may begin."""
    program = product.needed()
    with Watched(setting, program, root) as watched:
        assert watched.run("init").status == 0
        yield watched


def finish(watched: Watched, reasons: list[str] | None = None, others: int = 0) -> int:
    """Rotate; it ends well, or stops for one of the reasons. The status is returned."""
    story = [str(watched.run("now", NAME))]
    last = watched.advance()
    ended(watched, last, [*story, str(last)], reasons or [], others)
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
    setting = Setting(issuer, ["github-repository"], acknowledge=True)
    with ready(setting, tmp_path / "made") as watched:
        server = watched.issuer.server
        wanted = calls("PATCH" if issuer == "auth0" else "POST")
        once(server, wanted, lambda request: void(server.perform(request)))
        assert finish(watched) == 0


def void(_: object) -> None:
    """An answer that nobody reads."""


def test_a_list_that_lags_hides_a_secret_whose_answer_was_lost(tmp_path: Path) -> None:
    """It carries our marker, and goes with the old one."""
    with ready(Setting("entra", ["github-repository"]), tmp_path / "made") as watched:
        provider = watched.issuer.server
        assert isinstance(provider, Entra)
        provider.listing_lag = 1
        provider.faults.add("method=POST path=/v1.0 drop act")
        assert finish(watched) == 0


def add(watched: Watched) -> str:
    """An administrator makes a secret in the vendor's own way, and keeps it."""
    server = watched.issuer.server
    with server.lock:
        client = server.clients[watched.issuer.client]
        *older, current = client.secrets
        if watched.kind in ("keycloak-policy", *REPLACING):
            for stored in older if watched.kind == "keycloak-policy" else client.secrets[:]:
                server.bury(client, stored)
            current.ends_at = server.now() + TWO_DAYS
        return server.store(client).value


def when(watched: Watched, kind: str, act: Callable[[], object]) -> None:
    """Let something happen when this event is told."""

    def told(request: Request) -> bool:
        body = request.json()
        return isinstance(body, dict) and body["type"] == kind

    once(watched.rotations.receiver, told, lambda _: void(act()))


@pytest.mark.parametrize("issuer", OVERLAPPING + REPLACING)
def test_an_administrator_makes_a_secret_before_ours(tmp_path: Path, issuer: str) -> None:
    """It is never taken for ours; where it takes the room, a person is asked.

    Hydra drops all old ones at once, and who has one place alone is told to replace what is there.
    """
    setting = Setting(issuer, ["github-repository", "file"], acknowledge=issuer in OVERLAPPING)
    with ready(setting, tmp_path / "made") as watched:
        when(watched, "rotation.started", lambda: add(watched))
        is_full = issuer in ("okta", "keycloak-policy")
        assert finish(watched, FULL, others=issuer == "entra") == (6 if is_full else 0)
        if issuer in ("okta", "entra", "keycloak-policy"):
            assert len(watched.issuer.live) == 2


def test_an_administrator_has_taken_the_room(tmp_path: Path) -> None:
    """It is listed and told before anything is done, and is over when there is room again."""
    setting = Setting("okta", ["github-repository"], acknowledge=False)
    with ready(setting, tmp_path / "made") as watched:
        add(watched)
        stopped = watched.run("now", NAME)
        assert (stopped.status, "already holds 2 secrets" in stopped.err) == (6, True), stopped
        assert watched.heard("rotation.attention")
        assert watched.run("run").status == 6
        assert "already holds 2 secrets" in watched.run("status").out
        watched.issuer.server.clients[watched.issuer.client].secrets.pop()
        last = watched.run("now", NAME)
        ended(watched, last, [str(stopped), str(last)], [])
        assert "attention" not in watched.run("status").out


@pytest.mark.parametrize("event", ["secret.created", "secret.delivered", "secret.revoking"])
def test_an_administrator_makes_a_secret_after_ours(tmp_path: Path, event: str) -> None:
    """It stays."""
    setting = Setting("entra", ["github-repository", "file"], acknowledge=True)
    with ready(setting, tmp_path / "made") as watched:
        when(watched, event, lambda: add(watched))
        assert finish(watched, others=1) == 0


@pytest.mark.parametrize("issuer", REPLACING)
def test_an_administrator_replaces_our_secret(tmp_path: Path, issuer: str) -> None:
    """A person is asked whose secret it shall be, and resuming makes it ours."""
    setting = Setting(issuer, ["github-repository"], acknowledge=False)
    with ready(setting, tmp_path / "made") as watched:
        when(watched, "secret.created", lambda: add(watched))
        stopped = watched.run("now", NAME)
        assert (stopped.status, "somebody else has changed" in stopped.err) == (6, True), stopped
        resumed = watched.run("resume", NAME)
        ended(watched, resumed, [str(stopped), str(resumed)], [])


def test_someone_else_writes_the_sink_meanwhile(tmp_path: Path) -> None:
    """Another field stays, and ours arrives."""
    with ready(Setting("entra", ["vault"]), tmp_path / "made") as watched:
        vault = watched.sinks["vault"]

        def write(_: Request) -> None:
            vault.put(watched.first)

        assert vault.server
        once(vault.server, calls("PATCH"), write)
        assert finish(watched) == 0


@pytest.mark.parametrize("issuer", OVERLAPPING + REPLACING)
def test_several_runs_at_once(tmp_path: Path, issuer: str) -> None:
    """One works, the others say that it does, and fail nothing."""
    tracing.require()
    with ready(Setting(issuer, ["gitlab", "file"], acknowledge=True), tmp_path / "made") as watched:
        log = watched.root / "calls"
        through = tracing.injecting(log, "fdatasync", "signal=SIGKILL", 4)
        assert watched.run("now", NAME, through=through).status == -9
        watched.issuer.server.faults.add("delay=0.2 times=3")
        pipe = subprocess.PIPE
        runs = [
            subprocess.Popen(
                watched.command("run", "--json"), env=watched.env, stdout=pipe, stderr=pipe
            )
            for _ in range(4)
        ]
        outputs = [run.communicate(timeout=product.TIMEOUT) for run in runs]
        assert [run.returncode for run in runs] == [0] * 4, outputs
        outcomes = [json.loads(out)["rotations"][0]["outcome"] for out, _ in outputs]
        assert outcomes.count("done") == 1, outcomes
        assert set(outcomes) <= {"done", "busy", "not-due"}
        undamaged(watched, [])
        last = watched.advance()
        ended(watched, last, [str(last)], [])


def test_a_person_supplies_another_secret_after_some_sinks_have_the_first(tmp_path: Path) -> None:
    """They pressed the button again: the secret that is good now is in all sinks in the end."""
    setting = Setting("person", ["file", "hub-space"], acknowledge=False)
    with ready(setting, tmp_path / "made") as watched:
        space = watched.sinks["hub-space"].server
        assert space
        assert watched.run("now", NAME).status == 6
        space.faults.add("method=POST status=403")
        stopped = watched.supply()
        assert stopped.status == 6, stopped
        first = watched.sinks["file"].value()
        assert first in watched.issuer.live
        watched.press_again()
        assert first not in watched.issuer.live
        supplied = watched.supply()
        last = watched.advance()
        ended(watched, last, [str(stopped), str(supplied), str(last)], [])
