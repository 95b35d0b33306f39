"""`fleet plan`, and what compares as it does: every word, no value of a secret, no write."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from fleetworld import Fleet
from rotating import FAKETIME
from Sandbox.fleethub import FleetHub

CHAT = "acme/chat"
LEVEL, TOKEN = (CHAT, "variables.LEVEL"), (CHAT, "secrets.TOKEN")


def test_a_plan_has_a_word_for_each_difference(fleet: Fleet) -> None:
    """A variable is shown with both values, a secret with none; nothing is written."""
    before, new = fleet.hub.world, fleet.secret("NEW")
    chat = fleet.usual(hardware="t4-small")
    chat["variables"]["MORE"] = "1"
    chat["secrets"]["NEW"] = {"from": new}
    fleet.write({CHAT: chat})
    told = fleet.plan()
    assert told.status == 0
    words = {path: told.verdict(CHAT, path) for _, path in told.changes}
    assert words == {
        "hardware": "different",
        "variables.LEVEL": "different",
        "variables.MORE": "missing",
        "secrets.TOKEN": "foreign",
        "secrets.NEW": "missing",
    }
    shown = {what: (d["before"], d["after"]) for what, d in told.differences.items()}
    assert shown[LEVEL] == ("debug", "info")
    assert shown[TOKEN] == shown[CHAT, "secrets.NEW"] == (None, None)
    assert all(told.differences[what]["restarts"] for what in told.changes)
    assert told.differences[TOKEN]["irreversible"]
    assert fleet.plan("--detailed-exitcode").status == 6
    assert fleet.hub.world == before
    assert fleet.hub.write_count == 0
    assert {r.bearer for r in fleet.hub.requests} == {fleet.hub.reader.value}


def test_after_an_apply_all_is_the_same(fleet: Fleet) -> None:
    """And proven, on the machine that wrote; another one finds nothing against it."""
    fleet.hub.times = "always"
    fleet.write({CHAT: fleet.usual()})
    assert fleet.apply().status == 0
    fleet.hub.record.clear()
    told = fleet.plan("--detailed-exitcode")
    assert (told.status, told.changes, told.report["not_proven"]) == (0, set(), 0)
    assert fleet.drift().status == 0
    fleet.elsewhere()
    told = fleet.plan("--detailed-exitcode")
    assert (told.status, told.changes, told.report["not_proven"]) == (0, set(), 1)
    applied = fleet("apply")
    assert (applied.status, fleet.hub.record.writes) == (0, [])


def test_a_mark_is_what_the_documentation_says(fleet: Fleet) -> None:
    """It stands behind the user's text, and whoever has the key finds the value in it."""
    fleet.hub.spaces[CHAT].settings["secrets"]["TOKEN"].description = "of the [old] API"
    fleet.write({CHAT: fleet.usual()})
    assert fleet.apply().status == 0
    description = fleet.hub.spaces[CHAT].settings["secrets"]["TOKEN"].description or ""
    assert description.startswith("of the [old] API [hfmint 1 ")
    _, generation, digest, _ = fleet.mark(CHAT, "TOKEN")
    wanted = fleet.digest("spaces/acme/chat", "TOKEN", fleet.variables["TOKEN"])
    assert (generation, digest) == ("1", wanted)
    fleet.secret("TOKEN")
    assert fleet.plan().verdict(*TOKEN) == "different"
    assert fleet.apply().status == 0
    assert fleet.mark(CHAT, "TOKEN")[1] == "2"


def test_without_a_key_the_version_is_compared(fleet: Fleet) -> None:
    """A new value with the same version is not seen, a new version is."""
    chat = fleet.usual()
    chat["secrets"]["TOKEN"]["version"] = "3"
    fleet.write({CHAT: chat}, key=None)
    assert fleet.apply().status == 0
    assert fleet.mark(CHAT, "TOKEN")[2:] == (None, "3")
    fleet.secret("TOKEN")
    assert fleet.plan().changes == set()
    chat["secrets"]["TOKEN"]["version"] = "4"
    fleet.write({CHAT: chat}, key=None)
    assert fleet.plan().changes == {TOKEN}


def test_what_is_absent_is_not_managed(fleet: Fleet) -> None:
    """Neither compared nor removed; what is ignored is not even sent."""
    fleet.write({CHAT: {"variables": {"MORE": "1"}}})
    assert fleet.plan().changes == {(CHAT, "variables.MORE")}
    fleet.write({CHAT: fleet.usual(ignore=["variables.LEVEL", "secrets"])})
    told = fleet.plan("--prune")
    assert (told.changes, told.verdict(*LEVEL)) == (set(), "same")
    assert fleet.apply("--prune").status == 0
    assert fleet.hub.write_count == 0


@pytest.mark.parametrize(
    ("space", "clause"),
    [
        ({"variables": None}, "null"),
        ({"secrets": {"TOKEN": None}}, "null"),
        ({"secrets": {"TOKEN": {"from": "env:TOKEN", "rotation": "x"}}}, "either"),
        ({"variables": {"SPACE_ID": "x"}}, "SPACE_"),
        ({"variables": {"A": "hf_" + "a" * 34}}, "looks like a token"),
        ({"after": ["acme/nowhere"]}, "acme/nowhere"),
        ({"hardware": "cpu-basic", "sleep": "1h"}, "48h"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_a_wrong_manifest_asks_nobody(fleet: Fleet, space: dict[str, object], clause: str) -> None:
    """It is refused with a sentence."""
    fleet.write({CHAT: space})
    ended = fleet("plan")
    assert ended.status == 2
    assert clause in ended.err
    assert not fleet.hub.requests


def test_a_circle_is_told_with_its_path(fleet: Fleet) -> None:
    """Waves come of what stands after what, then of numbers, then of names."""
    ring = {
        name: {"after": [other]} for name, other in [("acme/a", "acme/b"), ("acme/b", "acme/a")]
    }
    fleet.write(ring)
    ended = fleet("plan")
    assert ended.status == 2
    assert re.search(r"acme/(\w).*acme/(?!\1)\w.*acme/\1", ended.err)
    last = fleet.usual(wave=2)
    spaces = {"acme/front": fleet.usual(after=[CHAT]), CHAT: fleet.usual(), "acme/search": last}
    fleet.write(spaces)
    waves = fleet.plan().report["waves"]
    assert waves.index(["spaces/acme/chat"]) < waves.index(["spaces/acme/front"])
    flat = [name for wave in waves for name in wave]
    assert sorted(flat) == [f"spaces/{name}" for name in sorted(spaces)]


def test_a_default_that_is_written_out_is_no_difference(fleet: Fleet) -> None:
    """Of volumes, of their order, and of sleep."""
    volumes = [
        {"type": "model", "source": "acme/model", "mountPath": "/model"},
        {"type": "bucket", "source": "acme/data", "mountPath": "/data"},
    ]
    space = {"volumes": volumes, "sleep": "48h", "hardware": "cpu-basic", "visibility": "private"}
    fleet.write({CHAT: space})
    assert fleet.apply().status == 0
    fleet.hub.spaces[CHAT].volumes.reverse()
    for sleep in (None, -1, 172_800):
        fleet.hub.spaces[CHAT].sleep = sleep
        assert fleet.plan("--detailed-exitcode").status == 0, sleep


# The file of a plan.


def planned(fleet: Fleet) -> Path:
    """A plan in a file."""
    fleet.write({CHAT: fleet.usual()})
    path = fleet.path.parent / "fleet.plan"
    assert fleet("plan", "--out", str(path)).status == 0
    return path


def test_a_plan_is_applied_as_it_is(fleet: Fleet) -> None:
    """Once: then there is nothing left of it. `check` finds that no secret is in it."""
    path = planned(fleet)
    text = json.loads(path.read_text())
    assert text["has_changes"] is True
    assert {change["path"] for change in text["changes"]} == {"variables.LEVEL", "secrets.TOKEN"}
    assert fleet("apply", str(path)).status == 0
    assert len(fleet.hub.record.writes) == 2
    again = fleet("apply", str(path))
    assert again.status == 3
    assert "nothing to set any more" in again.err
    assert len(fleet.hub.record.writes) == 2


@pytest.mark.parametrize("what", ["variable", "secret", "manifest", "hub", "endpoints", "time"])
def test_a_stale_plan_is_refused_and_says_what_moved(fleet: Fleet, what: str) -> None:
    """Nothing is written, there or elsewhere."""
    path, env, said = planned(fleet), {}, ""
    other = FleetHub(fleet.world.sentinels).start()
    match what:
        case "variable":
            fleet.hub.write_as_stranger(CHAT, "variables", "LEVEL", "trace")
            said = "variables.LEVEL"
        case "secret":
            value = fleet.world.sentinels.issue("fleet-secret")
            fleet.hub.write_as_stranger(CHAT, "secrets", "TOKEN", value)
            said = "secrets.TOKEN"
        case "manifest":
            fleet.write({CHAT: fleet.usual(owner="chat")})
            said = "manifest"
        case "hub":
            other.add_space(
                CHAT, secrets={"TOKEN": "SENTINEL-of-another-hub"}, variables={"LEVEL": "debug"}
            )
            for token in (fleet.hub.reader, fleet.hub.applier):
                other.remember(token)
            env, said = {"HF_ENDPOINT": other.origin}, "Hub"
        case "endpoints":
            fleet.write({CHAT: fleet.usual()}, endpointsUrl=other.endpoints.origin)
            said = "endpoints"
        case "time":
            assert FAKETIME.exists(), "libfaketime is not installed: Scripts/setup"
            env = {"LD_PRELOAD": str(FAKETIME), "FAKETIME": "+3700"}
            env |= {"FAKETIME_DONT_FAKE_MONOTONIC": "1"}
            said = "expired"
    before, asked = fleet.hub.world, len(fleet.hub.requests)
    ended = fleet("apply", str(path), env=env)
    other.stop()
    if what in ("manifest", "hub", "endpoints", "time"):
        assert not other.requests, "a server that the plan does not name was sent a credential"
        assert len(fleet.hub.requests) == asked, "nothing had to be asked to know it"
    assert (ended.status, fleet.hub.world) == (3, before), ended
    assert said in ended.err
    assert fleet.hub.write_count == other.write_count == 0


@pytest.mark.parametrize("damage", ["cut", "edited", "spaced", "no plan"])
def test_a_file_that_is_no_plan_is_refused(fleet: Fleet, damage: str) -> None:
    """Before anybody is asked."""
    path = planned(fleet)
    text = path.read_text()
    asked = len(fleet.hub.requests)
    wrong = {
        "cut": text[:-40],
        "edited": text.replace('"info"', '"warn"'),
        "spaced": text.replace(",", ", ", 1),
        "no plan": "{}",
    }
    assert wrong[damage] != text
    path.write_text(wrong[damage])
    assert fleet("apply", str(path)).status in (2, 5)
    assert len(fleet.hub.requests) == asked
