"""Rotations by the product: a manifest in a world of stand-ins, and time that passes by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import evidence
import product
from Sandbox.rotations import Rotations
from Sandbox.world import World

FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
DAY = 86_400
Json = dict[str, object]


class Rotator:
    """`rotator("now", "chat")` is `hfmint rotate now chat`, at the world's time.

    `pass_time` moves the clock of the machine, as hfmint sees it, and those of all servers: no
    test sleeps through an overlap.
    """

    def __init__(self, world: World, program: Path, work: Path) -> None:
        self.world = world
        self.program = program
        self._work = work
        self._offset = 0
        work.mkdir(parents=True, exist_ok=True)

    @property
    def rotations(self) -> Rotations:
        """The stand-ins."""
        return self.world.rotations

    @property
    def environment(self) -> dict[str, str]:
        """That of a machine which stays, and no CI job's."""
        variables = self.world.environment("none")
        if self._offset:
            assert FAKETIME.exists(), "libfaketime is not installed: Scripts/setup"
            variables |= {"LD_PRELOAD": str(FAKETIME), "FAKETIME": f"{self._offset:+d}"}
            # What waits for an answer does so by the true clock.
            variables |= {"FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        return variables

    def pass_time(self, seconds: int) -> None:
        """Let it be later, everywhere."""
        self._offset += seconds
        for server in self.world.servers.values():
            server.clock_offset += seconds

    def ahead(self, seconds: int, *arguments: str) -> product.Result:
        """Run one operation while the clock of this machine alone is so much ahead."""
        self._offset += seconds
        try:
            return self(*arguments)
        finally:
            self._offset -= seconds

    def set_up(self, issuer: str, sinks: list[str], **more: object) -> None:
        """A manifest with the rotation `chat` alone, and its journal."""
        self.write({"chat": self.rotations.rotation(issuer, sinks, **more)})
        assert self("init").status == 0

    def write(self, rotations: Mapping[str, Json]) -> None:
        """A manifest; what its sinks hold on disk is meant to be there."""
        self.rotations.write(rotations)
        for file in self.rotations.files:
            evidence.put_there(file)

    def __call__(
        self,
        *arguments: str,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        group: str = "rotate",
    ) -> product.Result:
        """Run one operation."""
        command = [str(self.program), group, *arguments]
        return product.run(command, env or self.environment, self._work, stdin)

    def outcome(self, *arguments: str, stdin: bytes = b"") -> Json:
        """What a run says of the one rotation, with its exit status as `exit`."""
        result = self(*arguments, "--json", stdin=stdin)
        report = json.loads(result.stdout)
        (rotation,) = report["rotations"]
        return cast(Json, rotation) | {"exit": result.status, "err": result.stderr.decode()}

    def status(self, name: str = "chat") -> Json:
        """What `rotate status` says of one rotation."""
        result = self("status", "--json")
        assert result.status == 0, result.stderr
        rows = json.loads(result.stdout)["rotations"]
        return next(row for row in rows if row["name"] == name)
