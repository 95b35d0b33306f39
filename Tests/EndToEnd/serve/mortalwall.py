"""A wall whose hfmint is killed after one of its calls, as often as a test says."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import signal
import socket
import threading
from collections.abc import Sequence
from pathlib import Path

import product
import tracing
from wall import Wall
from wallpolicy import BY_MEMBER, CREDENTIALS, Json

DEAD = -signal.SIGKILL
PAUSE_MICROSECONDS = 15_000
# What others remember that are long gone, so that the first use makes the file anew.
FORGOTTEN = 1_200 * (" ".join(["a" * 64, "b" * 64, "1", "1"]) + "\n")


class MortalWall(Wall):
    """hfmint at its socket; its Nth process is ended after the call whose number is `deaths[N]`.

    Numbers count the calls that change the world, of all threads, from 0; `met` says how often
    there was such a call. `calls` holds those of the last process. With `tears`, a crash of the
    machine is played after each death: half a line stands at the end of each file that hfmint
    appends to. `by` is the signal that ends it.
    """

    def __init__(
        self,
        root: Path,
        deaths: Sequence[int] = (),
        *,
        tears: bool = False,
        by: signal.Signals = signal.SIGKILL,
    ) -> None:
        super().__init__(None, root, credentials=[BY_MEMBER, CREDENTIALS["credentials"][1]])
        self.trades_at_once = False
        self.audit_log = root / "log/audit.jsonl"
        self.used = root / "state/used-tokens"
        for folder in (self.audit_log.parent, self.used.parent):
            folder.mkdir(mode=0o700, parents=True)
        self.used.write_text(FORGOTTEN)
        self.used.chmod(0o600)
        self.calls: list[str] = []
        self.died = self.met = 0
        self.torn = 0
        self._deaths = list(deaths)
        self._tears = tears
        self._signal = by
        self._reader: threading.Thread | None = None

    def start(self, passed: socket.socket | None = None) -> None:
        """Start hfmint, and wait until it answers or is dead."""
        if self._reader:
            self._reader.join()
        at = self._deaths.pop(0) if self._deaths else None
        pipe = self.root / "calls"
        pipe.unlink(missing_ok=True)
        os.mkfifo(pipe)
        self._reader = threading.Thread(target=self._watch, args=(pipe, at))
        self._reader.start()
        words = [*tracing.lingering(pipe, PAUSE_MICROSECONDS), str(product.needed())]
        self.program = self.root / "traced"
        self.program.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
        self.program.chmod(0o700)
        super().start(passed)

    def _watch(self, pipe: Path, at: int | None) -> None:
        self.calls = []
        with pipe.open() as lines:
            for line in lines:
                if line.endswith("<unfinished ...>\n"):
                    continue
                if len(self.calls) == at:
                    self.met += 1
                    # A thread's id stands for its process.
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(int(line.split()[0]), self._signal)
                self.calls.append(line)

    def answers(self) -> bool:
        """Whether hfmint answers, or never will."""
        return self.has_ended or super().answers()

    @property
    def has_ended(self) -> bool:
        """Whether it has, as planned: by the signal, or as one does whom SIGTERM has asked to."""
        ends = (DEAD,) if self._signal is signal.SIGKILL else (0, -self._signal)
        return self.process.poll() in ends

    def revive(self) -> None:
        """Start it again, after it was killed as planned."""
        assert self.process.wait(10) == DEAD, self.stderr.read_text()
        self.died += 1
        if self._tears:
            self._tear()
        self.start()

    def _tear(self) -> None:
        lines = self.lines
        # What dies before it writes leaves what was torn before.
        if lines and self.audit_log.read_bytes().endswith(b"\n"):
            with self.audit_log.open("ab") as log:
                log.write(lines[-1][: len(lines[-1]) // 2])
            self.torn += 1
        with self.used.open("ab") as used:
            used.write(b"c" * 64 + b" " + b"d" * 40)

    def reload(self) -> None:
        """Have the manifest read again; raises if hfmint is dead before that is done."""
        before = self._reloads()
        self.process.send_signal(signal.SIGHUP)
        is_done = lambda: self._reloads() > before  # noqa: E731
        self.wait_until(lambda: is_done() or self.process.poll() == DEAD, "it is not reloaded")
        if not is_done():
            raise ConnectionError

    def stop(self) -> int:
        """End it; its exit status."""
        status = super().stop()
        if self._reader:
            self._reader.join()
        return status

    @property
    def lines(self) -> list[bytes]:
        """The lines of the audit log."""
        return self.audit_log.read_bytes().splitlines() if self.audit_log.exists() else []

    @property
    def audit(self) -> list[Json]:
        """The records of the audit log, without lines that were torn."""
        found = []
        for line in self.lines:
            with contextlib.suppress(ValueError):
                found.append(json.loads(line))
        return found
