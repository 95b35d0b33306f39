"""What a transcript says of rotations, before and between its commands."""

from __future__ import annotations

import json

import evidence
from rotating import FAKETIME, Json
from Sandbox.issuers.person import HubApplication
from Sandbox.options import pair
from Sandbox.world import World


class RotationWords:
    """The manifest of one scenario, and the time in it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._manifest: dict[str, Json] = {}
        self._offset = 0

    def add(self, text: str) -> None:
        """`rotation NAME ISSUER SINK,… [KEY=VALUE …]`."""
        name, issuer, sinks, *words = text.split()
        rotations = self._world.rotations
        self._manifest[name] = rotations.rotation(issuer, sinks.split(","), **_values(words))
        self._write()

    def change_sink(self, text: str) -> None:
        """`sink NAME KEY=VALUE …`, before the rotation that it is of."""
        name, *words = text.split()
        self._world.rotations.sink(name).sink |= _values(words)

    def put_back(self, text: str) -> None:
        """`put-back SINK ISSUER`."""
        sink, issuer = text.split()
        stand = self._world.rotations.issuer(issuer)
        self._world.rotations.sink(sink).put(stand.live[0])

    def put(self, text: str) -> None:
        """`put SINK VALUE`."""
        sink, value = text.split()
        self._world.rotations.sink(sink).put(value)

    def add_callback(self, text: str) -> None:
        """`callback NAME [KEY=VALUE …]`."""
        name, *words = text.split()
        entry = self._world.rotations.receiver.callback() | _values(words)
        self._manifest[name]["callbacks"] = [entry]
        self._write()

    def answer(self, text: str) -> None:
        """`receiver KIND STATUS …`."""
        kind, *statuses = text.split()
        self._world.rotations.receiver.answer(kind, *map(int, statuses))

    def add_by_hand(self, text: str) -> None:
        """`by-hand ISSUER`."""
        stand = self._world.rotations.issuer(text)
        stand.server.store(stand.server.clients[stand.client])

    def press_refresh(self) -> str:
        """What somebody does on the Hub's page; the new secret."""
        stand = self._world.rotations.issuer("person")
        assert isinstance(stand.server, HubApplication)
        return stand.server.press_refresh(stand.client)

    def pass_time(self, text: str) -> None:
        """`pass-time SECONDS`."""
        self._offset += int(text)
        for server in self._world.servers.values():
            server.clock_offset += int(text)

    def environment(self) -> dict[str, str]:
        """The variables that the manifest names, and the time."""
        variables = self._world.rotations.environment()
        if self._offset:
            assert FAKETIME.exists(), "libfaketime is not installed: Scripts/setup"
            variables |= {"LD_PRELOAD": str(FAKETIME), "FAKETIME": f"{self._offset:+d}"}
            variables |= {"FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        return variables

    def _write(self) -> None:
        self._world.rotations.write(self._manifest)
        for file in self._world.rotations.files:
            evidence.put_there(file)


def _values(words: list[str]) -> Json:
    """`overlap=24h acknowledge=true schedule={"cron":"0_3_*_*_6"}`."""
    found: Json = {}
    for name, text in map(pair, words):
        try:
            # A blank would end the word.
            found[name] = json.loads(text.replace("_", " "))
        except ValueError:
            found[name] = text
    return found
