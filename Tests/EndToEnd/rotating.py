"""A client secret that is rotated: its issuer, the sinks, a receiver of callbacks, and a consumer.

After each request that any of them has answered, and after each run, a consumer logs in with what
every sink holds then.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import evidence
import product
from jobs import Ended
from rotatingissuers import Issuing
from rotatingsinks import Place
from Sandbox.sentinel import Sentinels
from Sandbox.server import Server
from Sandbox.wire import Request, Response

NAME = "app"
HOOK_KEY = "whsec_" + "U0VOVElORUxob29rLWtleS1mb3ItdGhlLXRlc3Rz"


@dataclass(frozen=True)
class Told:
    """A callback that came."""

    id: str
    kind: str
    secret: str | None
    status: int


class Receiver(Server):
    """Takes callbacks; `answers` are the statuses for the next `secret.revoking`, then 204."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Told] = []
        self.answers: list[int] = []
        self.route("POST", "/hook", self._take)

    @property
    def has_agreed(self) -> bool:
        """Whether it has said yes to the end of the old secret."""
        return any(told.kind == "secret.revoking" and told.status < 300 for told in self.told)

    def _take(self, request: Request) -> Response:
        body = request.json()
        assert isinstance(body, dict)
        kind, secret = body["type"], body["data"]["secret_id"]
        status = self.answers.pop(0) if kind == "secret.revoking" and self.answers else 204
        self.told.append(Told(request.header("webhook-id") or "", kind, secret, status))
        return Response(status)


@dataclass
class Setting:
    """What a test wants to see rotated."""

    issuer: Callable[[Sentinels], Issuing]
    sinks: Sequence[Callable[[Sentinels, Path], Place]]
    acknowledge: bool | None = None
    overlap: str = "0s"
    rotation: dict[str, object] = field(default_factory=dict)


class Rotating:
    """One rotation in a folder of its own, with servers of its own, ready to begin."""

    def __init__(self, setting: Setting, program: Path, root: Path) -> None:
        self.program, self.root = program, root
        self.sentinels = Sentinels()
        (root / "tmp").mkdir(parents=True)
        self.issuer = setting.issuer(self.sentinels)
        self.sinks = [make(self.sentinels, root) for make in setting.sinks]
        self.receiver = None if setting.acknowledge is None else Receiver()
        self.outages: list[str] = []
        self.early: list[str] = []
        self._setting = setting
        self._servers = ExitStack()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self.first = self.issuer.start(self._servers)
        for sink in self.sinks:
            sink.start(self._servers)
            sink.put(self.first)
        if self.receiver:
            self._servers.enter_context(self.receiver)
        for server in self._all_servers():
            _after_each_answer(server, self.look)
        manifest = {"version": 1, "organization": "acme", "rotations": {NAME: self._rotation()}}
        (self.root / "hfmint.json5").write_text(json.dumps(manifest))
        return self

    def __exit__(self, *_: object) -> None:
        self._servers.close()
        errors = [error for server in self._all_servers() for error in server.errors]
        assert not errors, errors

    def _all_servers(self) -> list[Server]:
        servers = [self.issuer.provider, *(sink.server for sink in self.sinks), self.receiver]
        return [server for server in servers if server]

    def _rotation(self) -> dict[str, object]:
        rotation: dict[str, object] = {
            "issuer": self.issuer.node,
            "verify": self.issuer.verify,
            "overlap": self._setting.overlap,
            "sinks": [sink.node for sink in self.sinks],
        }
        if self.receiver:
            callback = {
                "url": f"{self.receiver.origin}/hook",
                "secret": "env:HOOK",
                "acknowledge": self._setting.acknowledge,
                "allowPrivate": True,
            }
            rotation["callbacks"] = [callback]
        return rotation | self.issuer.besides | self._setting.rotation

    # Running.

    def run(self, *arguments: str, through: Sequence[str] = (), stdin: bytes = b"") -> Ended:
        """`hfmint rotate …` of this manifest."""
        done = product.run(self.command(*arguments, through=through), self.env, self.root, stdin)
        self.look()
        return Ended(done.status, done.stdout.decode(), done.stderr.decode())

    def command(self, *arguments: str, through: Sequence[str] = ()) -> list[str]:
        """All the words of a run."""
        manifest = f"--manifest={self.root}/hfmint.json5"
        return [*through, str(self.program), "rotate", *arguments, manifest]

    @property
    def env(self) -> dict[str, str]:
        """The tokens of all servers, and folders of its own."""
        base = {"PATH": os.environ["PATH"], "HOME": str(self.root), "TMPDIR": f"{self.root}/tmp"}
        base |= {"HFMINT_JOURNAL_DIR": str(self.journal), "HOOK": HOOK_KEY}
        for part in (self.issuer, *self.sinks):
            base |= part.env
        return base

    @property
    def is_person(self) -> bool:
        """Whether only a person can make a new secret."""
        return self.issuer.node["kind"] == "person"

    @property
    def journal(self) -> Path:
        """Where the rotation is remembered."""
        return self.root / "journal"

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
                case "attention" if not self._heard("rotation.attention"):
                    raise AssertionError(f"nobody was told: {again}")
                case "attention" if "rotate supply" in outcome["reason"] and supplied < 2:
                    supplied += 1
                    again = self.supply()
                case "attention":
                    return again
        raise AssertionError(f"it never ends: {again}")

    def _heard(self, kind: str) -> bool:
        return not self.receiver or kind in {told.kind for told in self.receiver.told}

    def supply(self, through: Sequence[str] = ()) -> Ended:
        """What a person does who is told to press the button; once is enough."""
        return self.run("supply", NAME, through=through, stdin=self.issuer.pressed().encode())

    # Looking.

    def look(self) -> None:
        """A consumer logs in with what every sink holds; the old one lives until that is agreed."""
        with self._lock:
            agreed = not self._setting.acknowledge or (self.receiver and self.receiver.has_agreed)
            for sink in self.sinks:
                value = sink.value()
                if self.issuer.overlaps and not (value and self.issuer.opens(value)):
                    self.outages.append(f"{sink.kind}: {value}")
            if not agreed and self.first not in self.issuer.alive():
                self.early.append("the old secret died before that was agreed")

    @property
    def strangers(self) -> list[str]:
        """Sinks that hold what opens nothing."""
        return [
            f"{sink.kind}: {sink.value()}"
            for sink in self.sinks
            if sink.value() not in self.issuer.alive()
        ]

    @property
    def values_on_disk(self) -> list[Path]:
        """The files that hold a secret and should not; a file sink may hold one, or its draft."""
        secrets = [secret.encode() for secret in self.sentinels.values]
        found = []
        for path in self.root.rglob("*"):
            if path.is_file() and not any(sink.owns(path) for sink in self.sinks):
                content = path.read_bytes()
                found += [path for secret in secrets if secret in content]
        return found

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


def declare(rotating: Rotating) -> None:
    """Say that the file sinks hold secrets because the test put them there."""
    for sink in rotating.sinks:
        for path in sink.files:
            evidence.put_there(path)
