"""What can go wrong while a fleet is applied; afterwards the world is compared.

The situations are those of `Sandbox.fleethubsituations`. Each befalls the chat, which the front
waits for: where the chat is not seen healthy, the front is as it was.
"""

from __future__ import annotations

import json
import signal
from dataclasses import dataclass
from typing import Any

import pytest

from fleetworld import Fleet, What
from Sandbox.fleethub import FleetHub, changed
from Sandbox.fleethubevents import UNTIL_RESET
from Sandbox.fleethubsituations import begin
from Sandbox.waiting import wait_for

CHAT, FRONT = "acme/chat", "acme/front"
LEVEL, TOKEN = "variables.LEVEL", "secrets.TOKEN"
BOTH = frozenset({LEVEL, TOKEN})


def declare(fleet: Fleet, settle: str = "20s", **more: Any) -> None:
    """The chat, and the front after it."""
    health = {"timeout": "6s", "url": fleet.hub.sites.url(f"spaces/{CHAT}")}
    chat = fleet.usual(health=health) | more
    fleet.write({CHAT: chat, FRONT: fleet.usual(after=[CHAT])}, settle=settle)


@dataclass(frozen=True)
class Ending:
    """How an apply ends: its status, what of the chat was written, and whether the front was.

    `left` is what the next plan has of the chat, if that is not the rest.
    """

    status: int
    written: frozenset[str] = BOTH
    goes_on: bool = True
    left: frozenset[str] | None = None


WELL = Ending(0)
STOPPED = Ending(6, goes_on=False)
UNTOUCHED = Ending(6, frozenset(), goes_on=False)
APPLIES = {
    "answer-cut": WELL,
    "variable-answer-cut": WELL,
    "second-apply": WELL,
    "unasked-variable": WELL,
    "reads-lag": WELL,
    "never-a-time": WELL,
    "clock-behind": WELL,
    "gateway-timeout": WELL,
    "page-for-yes": WELL,
    "unknown-stage": WELL,
    "falls-after-health": WELL,
    "group-named-twice": WELL,
    "no-members": WELL,
    "strange-texts": WELL,
    "twins": WELL,
    "empty-secret": WELL,
    "hot-reloaded": WELL,
    "stale-running": STOPPED,
    "falls-asleep": STOPPED,
    "stops": STOPPED,
    "builds-for-ever": STOPPED,
    "app-sick": STOPPED,
    "spend-limit": STOPPED,
    "managed-by-scim": UNTOUCHED,
    "leaver-applies": Ending(6, frozenset({LEVEL}), goes_on=False),
    "dev-mode": Ending(0, frozenset(), goes_on=False, left=frozenset()),
    "static-space": Ending(0, frozenset({LEVEL}), left=frozenset()),
}


@pytest.mark.parametrize("name", APPLIES)
def test_an_apply_in_this_situation(fleet: Fleet, name: str) -> None:
    """Each thing is written once, by one generation, or not at all; and the next plan knows."""
    ending = APPLIES[name]
    # Neither shows a stage that only a restart has.
    declare(fleet, "1s" if name in ("unknown-stage", "static-space") else "20s")
    begin(fleet.hub, name, CHAT)
    before = fleet.hub.world
    applied = fleet.apply()
    assert applied.status == ending.status, (name, applied)
    order = fleet.hub.record.order
    assert {path for space, path in order if space == CHAT} == ending.written, order
    assert (FRONT in fleet.hub.record.resources) == ending.goes_on
    assert len(order) == len(set(order)), "something was written twice"
    if TOKEN in ending.written:
        assert fleet.mark(CHAT, "TOKEN")[1] == "1"
        assert fleet.value(CHAT, "TOKEN") == fleet.variables["TOKEN"]
    mine = {(CHAT, path) for path in ending.written}
    mine |= {(FRONT, path) for path in BOTH if ending.goes_on}
    unasked = {(CHAT, "variables.UNASKED")} if name == "unasked-variable" else set()
    assert changed(before, fleet.hub.world) == mine | unasked
    left = BOTH - ending.written if ending.left is None else ending.left
    for space in fleet.hub.spaces.values():
        space.catch_up()
    told = fleet.plan()
    rest: set[What] = {(CHAT, path) for path in left}
    rest |= {(FRONT, path) for path in BOTH if not ending.goes_on}
    assert told.changes == rest, told


def test_an_app_that_falls_after_its_health_is_seen(fleet: Fleet) -> None:
    """By whoever looks again."""
    declare(fleet)
    begin(fleet.hub, "falls-after-health", CHAT)
    assert fleet.apply().status == 0
    fleet.hub.step(3)
    ended = fleet("status", "--json")
    (chat,) = [r for r in json.loads(ended.out)["resources"] if r["resource"].endswith(CHAT)]
    assert (chat["stage"], chat["healthy"]) == ("CONFIG_ERROR", False)


def test_who_writes_in_the_same_second_is_found(fleet: Fleet) -> None:
    """Their value stays until somebody applies again."""
    declare(fleet)
    begin(fleet.hub, "same-second", CHAT)
    fleet.apply()
    theirs = fleet.value(CHAT, "TOKEN")
    assert theirs != fleet.variables["TOKEN"]
    told = fleet.plan()
    assert (CHAT, TOKEN) in told.changes
    assert told.verdict(CHAT, TOKEN) in ("changed elsewhere", "foreign")


@pytest.mark.parametrize("name", ["edited-in-the-page", "redescribed"])
def test_what_is_edited_in_the_page_is_found(fleet: Fleet, name: str) -> None:
    """The value with the old description, and the description with the old value."""
    fleet.hub.times = "always"
    declare(fleet)
    assert fleet.apply().status == 0
    fleet.hub.clock_offset += 5
    begin(fleet.hub, name, CHAT)
    before = fleet.hub.world
    told = fleet.drift()
    assert told.status == 6
    assert told.verdict(CHAT, TOKEN) == "changed elsewhere"
    assert fleet.hub.world == before
    assert fleet.apply().status == 0
    assert fleet.value(CHAT, "TOKEN") == fleet.variables["TOKEN"]
    assert fleet.mark(CHAT, "TOKEN")[1] == "2"


def test_a_limit_that_is_met_is_waited_for(fleet: Fleet) -> None:
    """Nobody knocks meanwhile; an interruption ends the wait, and nothing was written."""
    fleet.expects_refusals = True
    declare(fleet)
    first = fleet.plan().changes
    before = fleet.hub.world
    begin(fleet.hub, "rate-limited", CHAT)
    process = fleet.begin("apply")
    wait_for("nothing was refused", lambda: fleet.hub.limits.refusals, process=process)
    asked = len(fleet.hub.requests)
    process.send_signal(signal.SIGTERM)
    ended = fleet.end(process)
    assert ended.status in (4, 6), (UNTIL_RESET, ended)
    assert fleet.hub.limits.refusals == 1
    assert len(fleet.hub.requests) <= asked + 2
    assert (fleet.hub.world, fleet.plan().changes) == (before, first)


def test_a_limit_that_can_be_foreseen_is_never_met(fleet: Fleet) -> None:
    """Also where somebody else asks as often beside each request."""
    names = [f"acme/app-{number}" for number in range(40)]
    for name in names:
        fleet.hub.add_space(
            name, secrets={"TOKEN": "SENTINEL-from-before"}, variables={"LEVEL": "debug"}
        )
    fleet.write({name: fleet.usual() for name in names})
    limits = fleet.hub.limits
    limits.quota, limits.window, limits.others = 100, 3, 1
    assert len(fleet.plan().changes) == 80
    assert limits.refusals == 0


def test_two_machines_apply_at_once(fleet: Fleet) -> None:
    """Both end, and what is there is what is declared; on one machine, only one may."""
    declare(fleet)
    processes = [fleet.begin("apply")]
    fleet.elsewhere()
    processes.append(fleet.begin("apply"))
    ended = [fleet.end(process) for process in processes]
    assert {each.status for each in ended} <= {0, 3, 6}, ended
    assert fleet.apply().status == 0
    assert fleet.plan("--detailed-exitcode").status == 0
    for name in (CHAT, FRONT):
        assert fleet.value(name, "TOKEN") == fleet.variables["TOKEN"]
        assert fleet.mark(name, "TOKEN")[1] in ("1", "2")
    assert not fleet.hub.record.gaps


def test_one_machine_applies_once_at_a_time(fleet: Fleet) -> None:
    """The second is told to wait, and writes nothing."""
    # Of the chat, which is not seen to move until the second has ended.
    declare(fleet, health={"timeout": "60s"})
    fleet.hub.moves = False
    first = fleet.begin("apply")
    wait_for("nothing is written", lambda: fleet.hub.record.writes, process=first)
    second = fleet("apply")
    assert (second.status, len(fleet.hub.record.of(FRONT))) == (5, 0), second
    fleet.hub.moves = True
    assert fleet.end(first).status == 0
    assert len(fleet.hub.record.order) == 4


@pytest.mark.parametrize("situation", ["body-stripped", "delete-ignored"])
def test_what_was_not_deleted_is_not_said_to_be(fleet: Fleet, situation: str) -> None:
    """It is looked for after the answer."""
    declare(fleet)
    assert fleet.apply().status == 0
    rest = {"variables": {"LEVEL": "info"}, "secrets": {}}
    fleet.write({CHAT: rest, FRONT: fleet.usual(after=[CHAT])})
    begin(fleet.hub, situation, CHAT)
    before = fleet.hub.world
    applied = fleet.apply("--prune")
    assert applied.status == 6, applied
    assert applied.turn(CHAT)["written"] == []
    assert fleet.hub.world == before
    assert fleet.plan("--prune").changes == {(CHAT, TOKEN)}


def test_a_plan_of_another_identity_is_the_same_plan(fleet: Fleet) -> None:
    """But of another Hub it is none, though all is called the same there."""
    declare(fleet)
    path = str(fleet.path.parent / "fleet.plan")
    assert fleet("plan", "--out", path).status == 0
    with FleetHub(fleet.world.sentinels) as other:
        for name in (CHAT, FRONT):
            other.add_space(name, variables={"LEVEL": "debug"})
        for token in (fleet.hub.reader, fleet.hub.applier):
            other.remember(token)
        assert fleet("apply", path, env={"HF_ENDPOINT": other.origin}).status == 3
        assert other.write_count == 0
    fleet.hub.reader = fleet.hub.accept("acme/none", "read", "acme")
    assert fleet("apply", path).status == 0
    assert fleet("apply", path).status == 3
    assert len(fleet.hub.record.order) == 4
