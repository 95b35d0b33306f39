"""What people and monitoring are told: plan, status, progress, exit statuses."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
from pathlib import Path
from typing import cast

import pytest
from prometheus_client.parser import text_string_to_metric_families

import product
from rotating import DAY, Json, Rotator
from Sandbox.wire import Request


def footprint(rotator: Rotator) -> object:
    """Everything in the world that a rotation could change."""
    files = {
        str(path): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in rotator.world.root.rglob("*")
        if path.is_file()
    }
    changed = {
        name: [r for r in server.requests if r.method != "GET" and not is_question(r)]
        for name, server in rotator.world.servers.items()
    }
    return files, changed


def is_question(request: Request) -> bool:
    """What is asked by another method than GET: for a token, and for a trial."""
    asks = request.path.endswith(("/token", "/sys/capabilities-self"))
    return asks or "dryRun=All" in request.target


def four_shapes(rotator: Rotator) -> dict[str, Json]:
    """One rotation of each shape."""
    make = rotator.rotations.rotation
    weekly = {"cron": "0 3 * * 6", "window": "2h", "jitter": "30m"}
    callback = rotator.rotations.receiver.callback() | {"acknowledge": True, "deadline": "6h"}
    return {
        "separate": make("okta", ["file", "vault"], schedule=weekly, callbacks=[callback]),
        "stacked": make("keycloak-policy", ["kubernetes"], schedule={"every": "30d"}),
        "replacing": make("auth0", ["gitlab", "hub-space"], schedule={"every": "30d"}),
        "person": make("person", ["github-organization"]),
    }


def plans(rotator: Rotator, *arguments: str) -> dict[str, Json]:
    """What `rotate plan` says, by rotation."""
    result = rotator("plan", "--json", *arguments)
    assert (result.status, result.stderr) == (0, b"")
    return {row["name"]: row for row in json.loads(result.stdout)["rotations"]}


def test_a_plan_changes_nothing(rotator: Rotator) -> None:
    """Neither before there is a journal, nor while a rotation is under way."""
    rotator.write(four_shapes(rotator))
    for prepare in ([], ["init"], ["now", "separate"]):
        if prepare:
            assert rotator(*prepare).status == 0
        before = footprint(rotator)
        for arguments in ([], ["--times", "7"], ["--json"]):
            assert rotator("plan", *arguments).status == 0
        assert footprint(rotator) == before


def test_a_plan_names_times_shape_gap_and_steps(rotator: Rotator) -> None:
    """A schedule by the week comes on a Saturday, after three o'clock; the gap is in seconds."""
    rotator.write(four_shapes(rotator))
    assert rotator("init").status == 0
    found = plans(rotator, "--times", "5")
    assert {name: row["shape"] for name, row in found.items()} == {n: n for n in found}
    gaps = {name: row["gap_seconds"] for name, row in found.items()}
    assert gaps == {"separate": 0, "stacked": 0, "replacing": 5, "person": None}
    assert [len(cast(list[str], row["next"])) for row in found.values()] == [5, 5, 5, 0]
    for moment in cast(list[str], found["separate"]["next"]):
        assert moment[11:13] == "03"
    steps = cast(list[str], found["separate"]["steps"])
    assert steps[0] == "make a secret"
    assert steps[-3:] == ["wait until 1 endpoint agrees", "wait 24 h", "retire the old secret"]
    assert cast(list[str], found["replacing"]["steps"])[0] == "replace the secret"


def test_what_is_due_is_planned_for_now(rotator: Rotator) -> None:
    """And `rotate run` does it."""
    rotator.set_up("okta", ["file"], schedule={"every": "30d"}, overlap="0s")
    assert rotator.outcome("run")["outcome"] == "not-due"
    rotator.pass_time(31 * DAY)
    text = rotator("plan").stdout.decode()
    assert "next     now: `hfmint rotate run`, 20" in text
    assert "next       now: `hfmint rotate run`" in rotator("status").stdout.decode()
    assert rotator.outcome("run")["outcome"] == "done"
    assert rotator.outcome("run")["outcome"] == "not-due"
    assert "now: `hfmint rotate run`" not in rotator("plan").stdout.decode()


def test_status_shows_age_phase_attempts_and_evidence(rotator: Rotator) -> None:
    """As text, and in documented keys."""
    rotator.write(four_shapes(rotator))
    assert rotator("init").status == 0
    assert rotator("now", "separate").status == 0
    row = rotator.status("separate")
    assert (row["phase"], row["age_seconds"], row["attempts"]) == ("delivered", None, 0)
    assert str(row["overlap_ends_at"]).endswith("Z")
    rotator.pass_time(DAY + 60)
    assert rotator("run").status == 0
    row = rotator.status("separate")
    assert (row["phase"], row["overlap_ends_at"], row["death_evidence"]) == (
        "done",
        None,
        "refused",
    )
    assert 0 <= cast(int, row["age_seconds"]) < 60
    rotator.pass_time(3 * DAY)
    text = rotator("status").stdout.decode()
    assert "separate: done, the secret is 3 days old" in text
    assert "old one    dead: a log-in with it was refused" in text
    assert ": read back\n" in text
    assert ": version 2\n" in text


def test_prometheus_reads_the_text_file(rotator: Rotator, tmp_path: Path) -> None:
    """Which others may read, and which is replaced whole."""
    rotator.write(four_shapes(rotator))
    assert rotator("init").status == 0
    assert rotator("now", "replacing").status == 0
    assert rotator("now", "person").status == 6
    target = tmp_path / "metrics" / "hfmint.prom"
    target.parent.mkdir()
    for _ in range(2):
        assert rotator("status", "--prometheus", str(target)).status == 0
    assert target.stat().st_mode & 0o777 == 0o644
    assert list(target.parent.iterdir()) == [target]
    samples: dict[tuple[str, str], list[tuple[dict[str, str], float]]] = {}
    for family in text_string_to_metric_families(target.read_text()):
        assert family.type == "gauge"
        assert family.documentation.endswith(".")
        for sample in family.samples:
            labels = dict(sample.labels)
            key = sample.name.removeprefix("hfmint_rotation_"), labels.pop("rotation")
            samples.setdefault(key, []).append((labels, sample.value))
    assert samples["attention", "person"] == [({}, 1.0)]
    assert samples["running", "person"] == [({}, 1.0)]
    assert samples["attention", "replacing"] == [({}, 0.0)]
    ((_, last),) = samples["last_success_timestamp_seconds", "replacing"]
    ((_, due),) = samples["next_due_timestamp_seconds", "replacing"]
    assert due - last == 30 * DAY
    assert ({"phase": "done"}, 1.0) in samples["phase", "replacing"]
    assert sum(value for _, value in samples["phase", "replacing"]) == 1
    confirmed = samples["sink_confirmed", "replacing"]
    assert [(labels["evidence"], value) for labels, value in confirmed] == [
        ("read back", 1.0),
        ("updated", 1.0),
    ]
    assert samples["attempts", "stacked"] == [({}, 0.0)]
    refused = rotator("status", "--prometheus", str(tmp_path / "nowhere" / "hfmint.prom"))
    assert refused.status == 5
    assert b"nowhere" in refused.stderr


def on_terminal(rotator: Rotator, *arguments: str) -> tuple[str, str]:
    """Run with stderr on a terminal; stdout and what the terminal showed."""
    master, slave = pty.openpty()
    command = [str(product.binary()), "rotate", *arguments]
    with subprocess.Popen(
        command, env=rotator.environment, stdout=subprocess.PIPE, stderr=slave
    ) as process:
        os.close(slave)
        stdout = process.communicate(timeout=60)[0].decode()
    assert process.returncode == 0
    shown = b""
    # Nobody holds the other end any more: that is an error, after everything that was shown.
    with contextlib.suppress(OSError):
        while chunk := os.read(master, 4096):
            shown += chunk
    os.close(master)
    return stdout, shown.decode().replace("\r\n", "\n")


def test_whoever_watches_sees_how_far_it_has_come(rotator: Rotator) -> None:
    """On a terminal alone, and never with --quiet."""
    rotator.set_up("okta", ["file", "vault"], overlap="0s")
    stdout, shown = on_terminal(rotator, "now", "chat")
    assert stdout == "done       chat\n"
    lines = shown.splitlines()
    assert lines[0] == "hfmint: chat: the issuer and every sink are ready"
    assert lines[-1] == "hfmint: chat: the old secret is retired"
    assert sum("has the new secret" in line for line in lines) == 2
    assert on_terminal(rotator, "now", "chat", "--quiet")[1] == ""
    assert rotator("now", "chat").stderr == b""


@pytest.mark.parametrize(
    ("orders", "status"),
    [
        ({"well": "done"}, 0),
        ({"well": "done", "away": "retrying"}, 4),
        ({"away": "retrying", "asks": "attention"}, 6),
        ({"asks": "attention", "torn": "failed", "away": "retrying"}, 5),
    ],
)
def test_the_highest_need_decides(rotator: Rotator, orders: dict[str, str], status: int) -> None:
    """5 before 6 before 4 before 0; each rotation goes as far as it can."""
    issuers = {"well": "okta", "away": "entra", "asks": "person", "torn": "command"}
    sinks = {"well": "file", "away": "vault", "asks": "gitlab", "torn": "kubernetes"}
    more = {"schedule": {"every": "1d"}, "overlap": "0s"}
    make = rotator.rotations.rotation
    rotator.write({name: make(issuers[name], [sinks[name]], **more) for name in orders})
    assert rotator("init").status == 0
    rotator.pass_time(2 * DAY)
    if "away" in orders:
        rotator.world.fault("entra", "status=503 retry-after=7200 times=forever path=/v1.0")
    if "torn" in orders:
        (rotator.rotations.journal / "torn.journal").write_bytes(b"no journal\n" * 3)
    result = rotator("run", "--json")
    assert result.status == status
    rows = json.loads(result.stdout)["rotations"]
    assert {row["name"]: row["outcome"] for row in rows} == orders
