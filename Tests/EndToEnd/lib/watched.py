"""A client secret that is rotated: its issuer, the sinks, a receiver of callbacks, and a consumer.

After each request that any of them has answered, and after each run, a consumer logs in with what
every sink holds then.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import evidence
import product
from jobs import Ended
from Sandbox.issuers.entra import Entra
from Sandbox.issuers.person import HubApplication
from Sandbox.issuers.stands import IssuerStand
from Sandbox.rotations import Rotations
from Sandbox.sentinel import Sentinels
from Sandbox.server import Server
from Sandbox.sinks.places import Place
from Sandbox.wire import Request, Response

NAME = "app"
OVERLAPPING = ("okta", "entra", "hydra", "keycloak-policy")
REPLACING = ("keycloak", "auth0")
# Where a person hands over a secret.
SUPPLIED = ("press-refresh", "log-in-refused", "value-lost")


@dataclass
class Setting:
    """What a test wants to see rotated; an issuer's name may begin with `small `: it takes two."""

    issuer: str
    sinks: Sequence[str]
    acknowledge: bool | None = None
    rotation: dict[str, object] = field(default_factory=dict)
    options: Sequence[str] = ()


class Watched:
    """One rotation in a folder of its own, with servers of its own, ready to begin."""

    def __init__(self, setting: Setting, program: Path, root: Path) -> None:
        self.program, self.root, self.setting = program, root, setting
        (root / "tmp").mkdir(parents=True)
        self.sentinels = Sentinels()
        self.rotations = Rotations(self.sentinels, root)
        self.kind = setting.issuer.removeprefix("small ")
        self.outages: list[str] = []
        self.early: list[str] = []
        self._supplied = ""
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        if self.setting.issuer != self.kind:
            assert isinstance(self.issuer.server, Entra)
            self.issuer.server.limit = 2
            self.issuer.issuer["limit"] = 2
        self.first = self.issuer.live[-1]
        more: dict[str, object] = {"overlap": "0s"} | self.setting.rotation
        if self.setting.acknowledge is not None:
            asked = {"acknowledge": self.setting.acknowledge}
            more["callbacks"] = [self.rotations.receiver.callback() | asked]
        entry = self.rotations.rotation(self.kind, self.setting.sinks, **more)
        self.rotations.write({NAME: entry})
        for file in self.rotations.files:
            evidence.put_there(file)
        for server in self.rotations.servers.values():
            _after_each_answer(server, self.look)
        return self

    def __exit__(self, *_: object) -> None:
        for draft in self.drafts:
            if self._is_meant_for_secrets(draft):
                evidence.put_there(draft)
        servers = self.rotations.servers.values()
        for server in servers:
            server.stop()
        wrong = [error for server in servers for error in server.errors]
        wrong += self.rotations.receiver.rejected if self.is_told else []
        assert not wrong, wrong

    @property
    def is_told(self) -> bool:
        """Whether there is a receiver of callbacks."""
        return self.setting.acknowledge is not None

    @property
    def issuer(self) -> IssuerStand:
        """The issuer's stand-in."""
        return self.rotations.issuer(self.kind)

    @property
    def sinks(self) -> dict[str, Place]:
        """The sinks' stand-ins."""
        return {name: self.rotations.sink(name) for name in self.setting.sinks}

    @property
    def is_person(self) -> bool:
        """Whether only a person can make a new secret."""
        return self.kind == "person"

    def awaits_secret(self, reason: str) -> bool:
        """Whether this stop is for the person who makes the secrets."""
        return self.is_person and reason in SUPPLIED

    # Running.

    def run(self, *arguments: str, through: Sequence[str] = (), stdin: bytes = b"") -> Ended:
        """`hfmint rotate …` of this manifest."""
        done = product.run(self.command(*arguments, through=through), self.env, self.root, stdin)
        self.look()
        return Ended(done.status, done.stdout.decode(), done.stderr.decode())

    def command(self, *arguments: str, through: Sequence[str] = ()) -> list[str]:
        """All the words of a run."""
        return [*through, str(self.program), "rotate", *arguments]

    @property
    def env(self) -> dict[str, str]:
        """The tokens of all servers, and folders of its own."""
        base = {"PATH": os.environ["PATH"], "HOME": str(self.root), "TMPDIR": f"{self.root}/tmp"}
        return base | self.rotations.environment()

    def advance(self, runs: int = 8) -> Ended:
        """Run again until it is done, or only a person can go on; such a person does their part."""
        supplied = 0
        for _ in range(runs):
            again = self.run("run", "--json")
            outcome = json.loads(again.out)["rotations"][0] if again.out else {}
            match outcome.get("outcome"):
                case "done":
                    return again
                case "not-due" if outcome["phase"] == "done":
                    return again
                case "not-due":
                    assert outcome["phase"] == "idle", again
                    again = self.run("now", NAME)
                case "attention" if not self.heard("rotation.attention"):
                    raise AssertionError(f"nobody was told: {again}")
                case "attention" if self.awaits_secret(outcome["attention"]) and supplied < 2:
                    supplied += 1
                    again = self.supply()
                case "attention":
                    return again
        raise AssertionError(f"it never ends: {again}")

    def heard(self, kind: str) -> bool:
        """Whether this was told, or there is nobody to be told."""
        return not self.is_told or bool(self.rotations.receiver.accepted(kind))

    def supply(self, through: Sequence[str] = ()) -> Ended:
        """What a person does who is told to press the button; pressing once is enough."""
        if not self._supplied:
            self.press_again()
        return self.run("supply", NAME, through=through, stdin=self._supplied.encode())

    def press_again(self) -> None:
        """The secret before it dies."""
        assert isinstance(self.issuer.server, HubApplication)
        self._supplied = self.issuer.server.press_refresh(self.issuer.client)

    # Looking.

    def look(self) -> None:
        """A consumer logs in with what every sink holds; the old one lives until that is agreed."""
        with self._lock:
            for name, place in self.sinks.items():
                value = place.value()
                if self.kind in (*OVERLAPPING, "command") and not (
                    value and self.issuer.log_in(value)
                ):
                    self.outages.append(f"{name}: {value}")
            agreed = not self.setting.acknowledge or self.heard("secret.revoking")
            if not agreed and self.first not in self.issuer.live:
                self.early.append("the old secret died before that was agreed")

    @property
    def strangers(self) -> list[str]:
        """Sinks that hold what opens nothing."""
        held = {name: place.value() for name, place in self.sinks.items()}
        return [f"{name}: {value}" for name, value in held.items() if value not in self.issuer.live]

    @property
    def values_on_disk(self) -> list[Path]:
        """The files that hold a secret and should not; a file sink may hold one, or its draft."""
        secrets = [secret.encode() for secret in self.sentinels.values]
        found = []
        for path in self.root.rglob("*"):
            if path.is_file() and not self._is_meant_for_secrets(path):
                content = path.read_bytes()
                found += [path for secret in secrets if secret in content]
        return found

    def _is_meant_for_secrets(self, path: Path) -> bool:
        files = self.rotations.files
        return path in files or (path in self.drafts and path.name.startswith(".client-secret."))

    @property
    def drafts(self) -> list[Path]:
        """What a killed run left beside a target."""
        return list(self.root.rglob("*.draft"))


def _after_each_answer(server: Server, look: Callable[[], None]) -> None:
    perform = server.perform

    def watched(request: Request) -> Response:
        response = perform(request)
        look()
        return response

    server.perform = watched  # type: ignore[method-assign]
