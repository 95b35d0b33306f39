"""A fleet by the product: a Hub with Spaces, manifests, and the machine on which hfmint runs."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, cast

import evidence
import product
from jobs import Ended
from Sandbox.fleethub import FleetHub
from Sandbox.world import World

Json = dict[str, Any]
What = tuple[str, str]

# What a terminal would obey, and what turns text round.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
MARK = re.compile(r"\[hfmint 1 (\S+) g(\d+)(?: k:([0-9a-f]{24}))?(?: v:(\S+))?\]$")
# Nothing that looks at the old process first: where that is no matter, a test is done sooner.
QUICK = ("RUNNING_APP_STARTING", "RUNNING")
WRITTEN = ("add", "set", "remove")


def bare(resource: str) -> str:
    """`acme/chat` of `spaces/acme/chat`."""
    return resource.removeprefix("spaces/").removeprefix("endpoints/")


@dataclass(frozen=True)
class Told:
    """What a run that compares has said."""

    ended: Ended
    report: Json

    @property
    def status(self) -> int:
        """The exit status."""
        return self.ended.status

    @property
    def differences(self) -> dict[What, Json]:
        """By resource and path."""
        return {(bare(d["resource"]), d["path"]): d for d in self.report["differences"]}

    @property
    def changes(self) -> set[What]:
        """What an apply would write."""
        return {what for what, d in self.differences.items() if d["verb"] in WRITTEN}

    @property
    def refused(self) -> set[What]:
        """What differs and may not be written."""
        return {what for what, d in self.differences.items() if d["verb"] == "refused"}

    def verdict(self, resource: str, path: str) -> str:
        """The word for it; `same` where nothing is told."""
        found = self.differences.get((resource, path))
        return str(found["verdict"]) if found else "same"


@dataclass(frozen=True)
class Applied:
    """What an apply has said."""

    ended: Ended
    events: list[Json]
    report: Json

    @property
    def status(self) -> int:
        """The exit status."""
        return self.ended.status

    def turn(self, resource: str) -> Json:
        """What became of one resource."""
        turns = [t for t in self.report["turns"] if bare(t["resource"]) == resource]
        assert len(turns) == 1, self.report
        return cast(Json, turns[0])

    @property
    def results(self) -> dict[str, str]:
        """The result of each resource."""
        return {bare(t["resource"]): str(t["result"]) for t in self.report["turns"]}


class Fleet:
    """`fleet("plan")` is `hfmint fleet plan`; `manifest` is what `write` has written last.

    `secret` makes a value that the environment holds by that name. A second machine (`elsewhere`)
    has the same manifest and remembers nothing.
    """

    def __init__(self, program: Path, root: Path) -> None:
        self.program, self.root = program, root
        self.world = World(root=root / "world", kind_of_hub=FleetHub)
        self.manifest: Json = {}
        self.apps: dict[str, Json] = {}
        # Of the parent, beside `fleet`.
        self.members: Json = {}
        self.variables: dict[str, str] = {}
        self.machine = root / "machine"
        self.expects_refusals = False
        self.said: list[str] = []
        self._stack = ExitStack()
        for folder in (root / "policy/apps", root / "machine", root / "elsewhere"):
            folder.mkdir(mode=0o700, parents=True)

    def __enter__(self) -> Self:
        self._stack.enter_context(self.world)
        self.hub.course = QUICK
        self.key = self.world.sentinels.issue("fleet-key", length=48)
        self.keep_secret("fleet.key", self.key)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def hub(self) -> FleetHub:
        """The Hub."""
        return cast(FleetHub, self.world.hub)

    @property
    def path(self) -> Path:
        """The parent's manifest."""
        return self.root / "policy/hfmint.json5"

    # What there is.

    def add_usual_spaces(self) -> None:
        """Three, of which each has the variable LEVEL and the secret TOKEN."""
        for name in ("acme/search", "acme/chat", "acme/front"):
            value = self.world.sentinels.issue("fleet-secret")
            self.hub.add_space(name, secrets={"TOKEN": value}, variables={"LEVEL": "debug"})

    def secret(self, name: str, value: str | None = None) -> str:
        """A new value in the environment, and the reference to it."""
        value = value or self.world.sentinels.issue("fleet-secret")
        self.variables[name] = self.world.sentinels.record("fleet-secret", value)
        return f"env:{name}"

    def keep_secret(self, name: str, value: str) -> str:
        """A file beside the manifest that only its owner reads, and the reference to it."""
        path = self.path.parent / name
        path.write_text(value)
        path.chmod(0o600)
        evidence.put_there(path)
        return f"file:{name}"

    def usual(self, **more: object) -> Json:
        """What a Space of a test says: another LEVEL, and a TOKEN of ours."""
        if "TOKEN" not in self.variables:
            self.secret("TOKEN")
        secrets = {"TOKEN": {"from": "env:TOKEN"}}
        return {"variables": {"LEVEL": "info"}, "secrets": secrets} | more

    def write(self, spaces: Mapping[str, Json], **more: object) -> None:
        """The parent's manifest; `more` are members of `fleet`, or None for none of that."""
        credentials = {"read": "env:HUB_READ", "apply": "env:HUB_APPLY"}
        members: Json = {"credentials": credentials, "key": "file:fleet.key", "settle": "1s"}
        members |= {"endpointsUrl": self.hub.endpoints.origin, "spaces": dict(spaces)} | more
        fleet = {name: member for name, member in members.items() if member is not None}
        root: Json = {"version": 1, "organization": "acme"} | self.members
        if self.apps:
            root["apps"] = [f"apps/{name}" for name in self.apps]
        self.manifest = root | {"fleet": fleet}
        self.save(self.path, self.manifest)
        for name, app in self.apps.items():
            self.save(self.path.parent / "apps" / name, app)

    def app(self, name: str, spaces: Mapping[str, Json], **more: object) -> None:
        """An app's manifest, which the next `write` puts there."""
        fleet = {"spaces": dict(spaces)} | more
        self.apps[name] = {"version": 1, "extends": "../hfmint.json5", "fleet": fleet}

    @staticmethod
    def save(path: Path, value: object) -> None:
        """Write a manifest for its owner alone."""
        path.write_text(value if isinstance(value, str) else json.dumps(value, indent=1))
        path.chmod(0o600)

    # Running.

    @property
    def env(self) -> dict[str, str]:
        """That of a machine which stays, with the credentials and values in it."""
        env = self.world.environment("none") | {"HFMINT_MANIFEST": str(self.path)}
        env |= {"HUB_READ": self.hub.reader.value, "HUB_APPLY": self.hub.applier.value}
        env |= {"HFMINT_FLEET_DIR": str(self.machine)}
        return env | self.variables

    def command(self, *arguments: str, through: Sequence[str] = ()) -> list[str]:
        """All the words of a run."""
        return [*through, str(self.program), "fleet", *arguments]

    def __call__(
        self, *arguments: str, through: Sequence[str] = (), env: Mapping[str, str] | None = None
    ) -> Ended:
        """One run."""
        words = self.command(*arguments, through=through)
        done = product.run(words, self.env | dict(env or {}), self.path.parent, timeout=180)
        ended = Ended(done.status, done.stdout.decode(), done.stderr.decode())
        self.said += [ended.out, ended.err]
        return ended

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        """A run that the test goes on beside, which heeds Ctrl-C whatever started the test."""
        return subprocess.Popen(
            self.command(*arguments, through=["/usr/bin/env", "--default-signal=INT"]),
            env=self.env,
            cwd=self.path.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def end(self, process: subprocess.Popen[bytes]) -> Ended:
        """How such a run ended."""
        out, err = process.communicate(timeout=120)
        self.said += [out.decode(), err.decode()]
        return Ended(process.returncode, out.decode(), err.decode())

    def plan(self, *arguments: str, env: Mapping[str, str] | None = None) -> Told:
        """What would be done."""
        return self._told("plan", *arguments, env=env)

    def drift(self) -> Told:
        """What is not as declared."""
        return self._told("drift")

    def _told(self, *arguments: str, env: Mapping[str, str] | None = None) -> Told:
        ended = self(*arguments, "--json", env=env)
        assert ended.out, ended
        return Told(ended, json.loads(ended.out))

    def apply(self, *arguments: str, env: Mapping[str, str] | None = None) -> Applied:
        """Do it."""
        ended = self("apply", *arguments, "--json", env=env)
        lines = [json.loads(line) for line in ended.out.splitlines()]
        events = [line for line in lines if "event" in line]
        reports = [line for line in lines if "event" not in line]
        return Applied(ended, events, reports[-1] if reports else {"turns": [], "left": []})

    def elsewhere(self) -> None:
        """From now on it runs on another machine."""
        self.machine = self.root / "elsewhere"

    # Looking.

    def value(self, space: str, key: str) -> str | None:
        """The secret as the Hub holds it."""
        setting = self.hub.spaces[space].settings["secrets"].get(key)
        return setting.value if setting else None

    def mark(self, space: str, key: str) -> tuple[str | None, ...]:
        """The app, generation, digest and version of the mark in a description."""
        found = MARK.search(self.hub.spaces[space].settings["secrets"][key].description or "")
        assert found, self.hub.spaces[space].settings["secrets"][key]
        return found.groups()

    def digest(self, resource: str, name: str, value: str) -> str:
        """What a mark says of a value: the first 96 bits of an HMAC."""
        message = f"{resource}\0{name}\0".encode() + hashlib.sha256(value.encode()).digest()
        return hmac.new(self.key.encode(), message, hashlib.sha256).hexdigest()[:24]

    def check(self) -> None:
        """Nothing has leaked, no app lost a secret on the way, and every wait was foreseen."""
        assert self.hub.record.gaps == []
        assert self.hub.sites.strangers == [], "an app was sent a credential"
        assert self.hub.limits.refusals == 0 or self.expects_refusals
        secrets = self.world.secrets
        for text in self.said:
            assert not [secret for secret in secrets if secret in text], text
            assert not UNPRINTABLE.search(text), repr(text)
        for folder in (self.machine, self.root / "policy"):
            for file in folder.rglob("*"):
                if file.is_file() and file.suffix != ".key":
                    content = file.read_bytes()
                    assert not [s for s in secrets if s.encode() in content], file
        written = {r.bearer for r in self.hub.requests if self.hub.is_write(r)}
        assert written <= {self.hub.applier.value}, "another credential has written"
