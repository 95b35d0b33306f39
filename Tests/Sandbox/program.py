"""Helper programs on PATH: small scripts that check how they are called, and print what they have.

Each script finds its answers in files, one a call, so that no two calls give the same ID token.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence
from pathlib import Path

from .provider import HUB, Issuer, Provider

POOL = 6

SCRIPT = """#!/bin/sh
# {name}: a stand-in; it knows one call, and logs every one.
cd {folder} || exit 70
for word; do printf '%s\\037' "$word"; done >> calls
echo >> calls
{guard}
case $(cat mood 2> /dev/null) in
refuse) echo '{name}: no OIDC token for this job' >&2; exit 1 ;;
babble) echo 'Usage: {name} [command]'; exit 0 ;;
dawdle) exec sleep 30 ;;
esac
for token in token-*; do
  cat "$token" && rm "$token"
  exit
done
exit 71
"""


class ProgramProvider(Provider):
    """A provider whose ID tokens a program prints; `arguments` are the only ones it takes."""

    program: str
    arguments: Sequence[str]
    holds_secrets = ("program",)

    def folder(self) -> Path:
        """Where the program is, for PATH; its tokens are signed now."""
        folder = self.root / "program"
        folder.mkdir(exist_ok=True)
        fill(folder, self.issuer)
        guard = f'[ "$*" = {shlex.quote(" ".join(self.arguments))} ] || exit 64'
        script = self.root / "bin" / self.program
        script.parent.mkdir(exist_ok=True)
        text = SCRIPT.format(name=self.program, folder=shlex.quote(str(folder)), guard=guard)
        script.write_text(text)
        script.chmod(0o755)
        return script.parent

    def check(self, asked: int) -> None:
        """Every call had these arguments, word by word."""
        calls = (self.root / "program/calls").read_text().splitlines()
        expected = "".join(f"{word}\037" for word in self.arguments)
        assert calls == [expected] * asked, calls

    def refuse(self) -> None:
        """Fail, and say why on stderr."""
        self._mood("refuse")

    def babble(self) -> None:
        """Print a usage text and succeed, as another program of the name might."""
        self._mood("babble")

    def dawdle(self) -> None:
        """Hang."""
        self._mood("dawdle")

    def _mood(self, text: str) -> None:
        (self.root / "program/mood").write_text(text)


def fill(folder: Path, issuer: Issuer) -> None:
    """Lay out some ID tokens."""
    for number in range(POOL):
        (folder / f"token-{number}").write_text(issuer.id_token(HUB, time.time()) + "\n")
