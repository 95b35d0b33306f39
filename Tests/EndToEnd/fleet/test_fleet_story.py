"""The story of a fleet: a parent, three apps, a release, a leaver, a drift, and a sick app."""

from __future__ import annotations

import json
from pathlib import Path

import product
from fleetworld import Fleet, Json
from jobs import Ended
from Sandbox.fleethub import changed
from Sandbox.fleetmachine import space_sink
from Sandbox.githubjob import GitHubJob
from Sandbox.rotations import Rotations

INDEX, CHAT, FRONT = "acme/index", "acme/chat", "acme/front"
NAMES = (INDEX, CHAT, FRONT)
SECRET = "CLIENT_SECRET"
ADA, BOB = "ada", "bob"


class Story:
    """A machine that stays, with the parent's manifest, the apps', and a journal of rotations."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet, self.hub = fleet, fleet.hub
        self.staff = [ADA, BOB]
        self.level = "info"
        for name in NAMES:
            self.hub.add_space(name, variables={"LEVEL": "debug"}, course=self.hub.course)
        fleet.world.publish(f"spaces/{CHAT}")
        self.issuer = self.rotations.issuer("okta")
        self.rotations.add("fleet-space", space_sink(self.hub, CHAT, SECRET))
        self.rotation = self.rotations.rotation("okta", ["fleet-space"], overlap="1s")
        self.write()

    @property
    def rotations(self) -> Rotations:
        """The issuer of the client secret that the chat logs in with."""
        return self.fleet.world.rotations

    def write(self) -> None:
        """What is declared: what `level` and `staff` say now."""
        fleet = self.fleet
        issuer = fleet.world.github.job.issuer
        claims = {"repository": fleet.world.github.job.repository}
        fleet.members = {
            "roles": {
                "index": {"access": "write", "resources": [f"spaces/{INDEX}"]},
                "chat": {"access": "write", "resources": [f"spaces/{CHAT}"]},
                "front": {"access": "write", "resources": [f"spaces/{FRONT}"]},
            },
            "grants": [
                {
                    "name": f"{who}-chat",
                    "role": "chat",
                    "identity": {"issuer": issuer, "claims": claims | {"actor": who}},
                }
                for who in self.staff
            ],
            "rotations": {"chat": self.rotation},
        }
        rotated = {SECRET: {"rotation": "chat", "rotate": "on-release"}}
        apps: dict[str, Json] = {
            "index": {INDEX: {}},
            "chat": {CHAT: {"after": [INDEX], "secrets": rotated}},
            "front": {FRONT: {"after": [CHAT], "secrets": fleet.usual()["secrets"]}},
        }
        for app, spaces in apps.items():
            for name, space in spaces.items():
                space["variables"] = {"LEVEL": self.level}
                url = self.hub.sites.url(f"spaces/{name}")
                space["health"] = {"url": url, "timeout": "8s"}
            fleet.app(f"{app}.json5", spaces, owner=f"{app} team")
        fleet.write({name: {"protect": True} for name in NAMES}, owner="platform")

    def rotate(self, *arguments: str) -> Ended:
        """`hfmint rotate …` with the same manifest."""
        command = [str(self.fleet.program), "rotate", *arguments]
        done = product.run(command, self.fleet.env, self.fleet.root, timeout=120)
        return Ended(done.status, done.stdout.decode(), done.stderr.decode())

    def exchange(self, who: str, root: Path) -> Ended:
        """A job of theirs asks for a token of the chat."""
        world = self.fleet.world
        world.github.job = GitHubJob(actor=who)
        env = world.environment() | world.github.environment(root)
        env |= {"HFMINT_MANIFEST": str(self.fleet.path)}
        command = [str(self.fleet.program), "exchange", f"spaces/{CHAT}", "--deliver", "token-file"]
        done = product.run(command, env, self.fleet.root)
        return Ended(done.status, done.stdout.decode(), done.stderr.decode())

    def apply(self, *arguments: str) -> Ended:
        """`hfmint fleet apply …`, for people."""
        return self.fleet("apply", *arguments)


def test_the_story(fleet: Fleet, tmp_path: Path) -> None:
    """From nothing to a fleet that is as declared, through all that can come between."""
    story = Story(fleet)
    hub, record = fleet.hub, fleet.hub.record
    old = fleet.value(CHAT, SECRET)

    # One plan over the parent and its apps; each app is seen healthy before the next.
    assert story.rotate("init").status == 0
    told = fleet.plan()
    assert {resource for resource, _ in told.changes} == set(NAMES)
    owners = {d["resource"]: d["owner"] for d in told.differences.values()}
    assert owners[f"spaces/{CHAT}"] == "chat team"
    applied = story.apply()
    assert applied.status == 0, applied
    assert record.resources == list(NAMES)
    assert fleet.plan("--detailed-exitcode").status == 0
    assert fleet.value(CHAT, SECRET) == old

    # Bob leaves: his grant is taken out, and his next job gets nothing, though it did before.
    assert story.exchange(BOB, tmp_path / "bob").status == 0
    story.staff.remove(BOB)
    story.write()
    exchanges = hub.exchanges()
    refused = story.exchange(BOB, tmp_path / "bob-later")
    assert (refused.status, refused.code) == (3, "policy-denied"), refused
    assert hub.exchanges() == exchanges
    assert story.exchange(ADA, tmp_path / "ada").status == 0

    # Somebody turns a variable in the page; it is found, and that alone is mended.
    record.clear()
    hub.write_as_stranger(INDEX, "variables", "LEVEL", "trace")
    drift = fleet.drift()
    assert (drift.status, drift.verdict(INDEX, "variables.LEVEL")) == (6, "different")
    assert story.apply().status == 0
    assert record.order == [(INDEX, "variables.LEVEL")]
    assert fleet.drift().status == 0

    # A release rotates first: the chat runs with the new secret before the old one dies.
    record.clear()
    generation = hub.spaces[CHAT].generation
    released = story.apply("--release", "2.0.0")
    assert released.status == 0, released
    new = fleet.value(CHAT, SECRET)
    assert new != old
    assert new in story.issuer.live
    assert hub.spaces[CHAT].program[SECRET] == new
    assert hub.spaces[CHAT].generation > generation
    assert record.order == [(CHAT, f"secrets.{SECRET}")]
    assert story.apply("--release", "2.0.0").status == 0
    assert fleet.value(CHAT, SECRET) == new

    # An app that does not come up stops the change before it reaches the next.
    record.clear()
    story.level = "warn"
    story.write()
    before = hub.world
    hub.spaces[CHAT].sick = lambda space: space.program["LEVEL"] == "warn"
    failed = story.apply()
    assert failed.status == 6, failed
    assert CHAT in failed.err
    assert changed(before, hub.world) == {(name, "variables.LEVEL") for name in (INDEX, CHAT)}
    assert fleet.plan().changes == {(FRONT, "variables.LEVEL")}

    # Mended, it goes on where it stopped; then all is as declared, and stays so.
    hub.spaces[CHAT].sick = lambda _: False
    assert story.apply().status == 0
    assert record.order == [(name, "variables.LEVEL") for name in NAMES]
    status = json.loads(fleet("status", "--json").out)["resources"]
    assert all(row["healthy"] for row in status), status
    assert fleet.plan("--detailed-exitcode").status == 0
    assert record.most_busy == 1

    # By then the old secret is worth nothing.
    assert story.rotate("run").status == 0
    assert story.issuer.live == [new]
