"""What `hfmint rotate` needs around it: issuers, sinks, a receiver, a manifest and a journal."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Self

from .issuers.stands import ISSUERS, IssuerStand, make_issuer
from .receiver import Receiver
from .sentinel import Sentinels
from .server import Server
from .sinks.places import SINKS, Place, make_place

Entry = dict[str, object]


class Rotations:
    """Stand-ins that start when they are first named, and the manifest that names them.

        okta, vault = rotations.issuer("okta"), rotations.sink("vault")
        rotations.write({"chat": rotations.rotation("okta", ["vault", "file"], overlap="1s")})

    All of one rotation's sinks hold the issuer's first secret before it is rotated.
    """

    def __init__(self, secrets: Sentinels, folder: Path) -> None:
        self.folder = folder
        self._secrets = secrets
        self._issuers: dict[str, IssuerStand] = {}
        self._places: dict[str, Place] = {}

    @cached_property
    def receiver(self) -> Receiver:
        """Who is told."""
        return Receiver(self._secrets).start()

    def issuer(self, name: str) -> IssuerStand:
        """One of `ISSUERS`, which holds one client with one secret."""
        if name not in self._issuers:
            self.folder.mkdir(parents=True, exist_ok=True)
            stand = self._issuers[name] = make_issuer(name, self._secrets, self.folder)
            stand.server.start()
        return self._issuers[name]

    def sink(self, name: str) -> Place:
        """One of `SINKS`, which holds nothing yet."""
        if name not in self._places:
            self.folder.mkdir(parents=True, exist_ok=True)
            place = self._places[name] = make_place(name, self._secrets, self.folder)
            if place.server:
                place.server.start()
        return self._places[name]

    def add(self, name: str, place: Place) -> None:
        """A sink of a test's own, by a name that `SINKS` does not have."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._places[name] = place

    @property
    def servers(self) -> dict[str, Server]:
        """Those that run, by name; a sink's begins with `sink-`."""
        running: dict[str, Server] = {name: stand.server for name, stand in self._issuers.items()}
        running |= {f"sink-{name}": p.server for name, p in self._places.items() if p.server}
        return running | ({"receiver": self.receiver} if "receiver" in self.__dict__ else {})

    @property
    def files(self) -> set[Path]:
        """Those that hold a secret because that is what they are for."""
        return {file for place in self._places.values() for file in place.files}

    @property
    def manifest(self) -> Path:
        """Where `write` puts it."""
        return self.folder / "hfmint.json5"

    @property
    def journal(self) -> Path:
        """Where rotations are remembered; `hfmint rotate init` makes it."""
        return self.folder / "journal"

    def rotation(self, issuer: str, sinks: Sequence[str], **more: object) -> Entry:
        """One rotation's part of the manifest; the sinks hold the issuer's newest secret now."""
        stand = self.issuer(issuer)
        places = [self.sink(name) for name in sinks]
        for place in places:
            place.put(stand.live[-1])
        entry: Entry = {"issuer": stand.issuer, "verify": stand.verify}
        return entry | stand.more | {"sinks": [place.sink for place in places]} | more

    def write(self, rotations: Mapping[str, Entry]) -> Path:
        """Write the manifest."""
        self.folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"version": 1, "organization": "acme", "rotations": rotations}, indent=2)
        self.manifest.write_text(text + "\n")
        return self.manifest

    def write_all(self, overlap: str = "10s") -> Path:
        """A manifest with every issuer and every sink; each rotation is named after its issuer."""
        sinks = {
            "okta": ["file", "github-repository"],
            "entra": ["vault", "github-environment"],
            "auth0": ["gitlab"],
            "keycloak": ["kubernetes"],
            "keycloak-policy": ["aws-secrets-manager"],
            "hydra": ["hub-space"],
            "command": ["command"],
            "person": ["github-organization"],
        }
        assert sorted(sinks) == sorted(ISSUERS)
        assert sorted(name for names in sinks.values() for name in names) == sorted(SINKS)
        more = {"overlap": overlap, "schedule": {"every": "30d"}}
        callbacks = [self.receiver.callback()]
        return self.write(
            {
                name: self.rotation(name, sinks[name], **more, callbacks=callbacks)
                for name in ISSUERS
            }
        )

    def write_demo(self) -> Path:
        """A manifest with the rotation `demo` alone: two sinks, somebody who must agree."""
        callback = self.receiver.callback() | {"acknowledge": True}
        sinks = ["file", "github-repository"]
        return self.write(
            {"demo": self.rotation("okta", sinks, overlap="2s", callbacks=[callback])}
        )

    def environment(self) -> dict[str, str]:
        """The variables that the manifest's references and hfmint itself read."""
        variables = {
            "HFMINT_MANIFEST": str(self.manifest),
            "HFMINT_JOURNAL_DIR": str(self.journal),
        }
        for stand in self._issuers.values():
            variables |= stand.variables
        for place in self._places.values():
            variables |= place.variables
        return variables | (self.receiver.variables() if "receiver" in self.__dict__ else {})


class Consumer:
    """Someone who reads the secret from a sink and logs in with it, again and again.

    `log_ins` counts those that worked, `failures` is what did not: it must stay empty.
    """

    def __init__(self, issuer: IssuerStand, place: Place) -> None:
        self.log_ins = 0
        self.failures: list[str] = []
        self._issuer = issuer
        self._place = place
        self._stop = threading.Event()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._consume, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def wait_for(self, log_ins: int) -> None:
        """Until so many more log-ins have been tried."""
        with self._changed:
            goal = self.log_ins + len(self.failures) + log_ins
            self._wait(lambda: self.log_ins + len(self.failures) >= goal)

    def wait_for_failure(self) -> None:
        """Until a log-in did not work."""
        with self._changed:
            self._wait(lambda: bool(self.failures))

    def _wait(self, happened: Callable[[], bool]) -> None:
        if not self._changed.wait_for(happened, timeout=30):
            raise TimeoutError("the consumer does nothing")

    def _consume(self) -> None:
        while not self._stop.wait(0.002):
            value = self._place.value()
            works = value is not None and self._issuer.log_in(value)
            with self._changed:
                self.log_ins += works
                if not works:
                    self.failures.append("no secret" if value is None else "refused")
                self._changed.notify_all()
