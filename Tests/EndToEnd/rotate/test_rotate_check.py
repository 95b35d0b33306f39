"""`rotate status --check`: what is not as it was left at an issuer or in a sink."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from prometheus_client.parser import text_string_to_metric_families

import product
from rotating import Json, Rotator
from Sandbox.sinks.places import SINKS, Place
from Sandbox.wire import Request


def checked(rotator: Rotator, *arguments: str) -> tuple[product.Result, Json]:
    """What it says of the one rotation; that nothing has changed by it."""
    journal = {path: path.read_bytes() for path in rotator.rotations.journal.iterdir()}
    asked = {name: len(server.requests) for name, server in rotator.world.servers.items()}
    result = rotator("status", "--check", "--json", *arguments)
    assert {path: path.read_bytes() for path in rotator.rotations.journal.iterdir()} == journal
    for name, server in rotator.world.servers.items():
        assert all(only_asks(request) for request in server.requests[asked[name] :])
    (row,) = json.loads(result.stdout)["rotations"]
    return result, cast(Json, row["check"])


def only_asks(request: Request) -> bool:
    """Whether it changes nothing: AWS asks by POST, and who logs in at an API does too."""
    target = request.header("X-Amz-Target") or ""
    return request.method == "GET" or "Get" in target or "/token" in request.path


def rotated(rotator: Rotator, sink: str) -> tuple[Place, str]:
    """A rotation that is done, and what the sink held before it."""
    rotator.set_up("entra", [sink], overlap="0s")
    place = rotator.rotations.sink(sink)
    old = str(place.value())
    assert rotator.outcome("now", "chat")["outcome"] == "done"
    return place, old


@pytest.mark.parametrize("sink", SINKS)
@pytest.mark.parametrize("how", ["nothing", "put back", "removed"])
def test_a_check_finds_drift(rotator: Rotator, sink: str, how: str) -> None:
    """And says at which sink; a look changes nothing."""
    place, old = rotated(rotator, sink)
    actions: dict[str, Callable[[], object]] = {
        "nothing": lambda: None,
        "put back": lambda: place.put(old),
        "removed": place.drop,
    }
    actions[how]()
    result, check = checked(rotator)
    standing = {"nothing": "same", "put back": "changed", "removed": "gone"}[how]
    assert [row["standing"] for row in cast(list[Json], check["sinks"])] == [standing]
    assert check["drift"] is (how != "nothing")
    assert check["issuer"] == "same"
    assert result.status == (0 if how == "nothing" else 6), result
    assert (b"[drift-found]" in rotator("status", "--check").stderr) is (how != "nothing")


@pytest.mark.parametrize(
    ("server", "status", "exit_status"),
    [("sink-vault", 503, 4), ("sink-vault", 401, 3), ("entra", 503, 4), ("entra", 403, 3)],
)
def test_what_cannot_be_looked_at_is_said_and_is_no_drift(
    rotator: Rotator, server: str, status: int, exit_status: int
) -> None:
    """4 where it may be back in a moment, 3 where it says no."""
    rotated(rotator, "vault")
    rotator.world.fault(server, f"status={status} times=forever")
    result, check = checked(rotator)
    assert (result.status, check["drift"]) == (exit_status, False), result
    assert result.stderr == b"" or b"drift" not in result.stderr


def test_drift_at_the_issuer_is_found(rotator: Rotator) -> None:
    """A secret in use that is gone; one of somebody else's is named, and is no drift."""
    place, _ = rotated(rotator, "file")
    stand = rotator.rotations.issuer("entra")
    theirs = stand.server.store(stand.server.clients[stand.client])
    result, check = checked(rotator)
    assert (result.status, len(cast(list[str], check["not_ours"]))) == (0, 1)
    assert theirs
    secrets = stand.server.clients[stand.client].secrets
    secrets[:] = [secret for secret in secrets if secret.value != place.value()]
    result, check = checked(rotator)
    assert (result.status, check["issuer"]) == (6, "drift")


def test_a_check_is_for_monitoring_too(rotator: Rotator, tmp_path: Path) -> None:
    """Metrics that are there only after a look."""
    place, old = rotated(rotator, "vault")
    target = tmp_path / "hfmint.prom"

    def drift() -> list[float]:
        families = text_string_to_metric_families(target.read_text())
        return [
            sample.value
            for family in families
            for sample in family.samples
            if sample.name in ("hfmint_rotation_drift", "hfmint_rotation_sink_drift")
        ]

    assert rotator("status", "--prometheus", str(target)).status == 0
    assert drift() == []
    assert rotator("status", "--check", "--prometheus", str(target)).status == 0
    assert drift() == [0, 0]
    place.put(old)
    assert rotator("status", "--check", "--prometheus", str(target)).status == 6
    assert drift() == [1, 1]
