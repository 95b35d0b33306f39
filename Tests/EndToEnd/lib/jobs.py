"""A GitHub job whose folders are in view: what hfmint said, and what it left behind."""

from __future__ import annotations

import json
import os
import re
import shlex
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import product
from Sandbox.world import World

MASK = re.compile(r"(?m)^::add-mask::.*$")


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    status: int
    out: str
    err: str

    @property
    def code(self) -> str:
        """The error's code, or nothing."""
        found = re.search(r"(?m)^hfmint: error: .* \[([a-z-]+)\]$", self.err)
        return found[1] if found else ""

    @property
    def exports(self) -> dict[str, str]:
        """What the shell lines on stdout set."""
        words = shlex.split(self.out)
        return dict(word.split("=", 1) for word in words if "=" in word)


class Job:
    """A step of a job of its own, and its folders below `root`."""

    def __init__(self, world: World, program: Path, root: Path) -> None:
        self.world = world
        self.program = program
        self.work = root / "work"
        self.work.mkdir(parents=True)
        self.env = world.environment() | world.github.environment(root / "github")
        self.temp = Path(self.env["RUNNER_TEMP"])
        self._folders = (self.work, self.temp)
        self._before = self.contents()

    def run(
        self,
        *arguments: str,
        through: Sequence[str] = (),
        stdin: bytes = b"",
        cwd: Path | None = None,
        **variables: str | None,
    ) -> Ended:
        """Run hfmint, as the last words of the command `through`; `None` unsets a variable."""
        env = {name: value for name, value in (self.env | variables).items() if value is not None}
        command = [*through, str(self.program), *arguments]
        done = product.run(command, env, cwd or self.work, stdin)
        return Ended(done.status, done.stdout.decode(), done.stderr.decode())

    def exchange(self, *arguments: str, **more: object) -> Ended:
        """`hfmint exchange acme/model …`."""
        return self.run("exchange", "acme/model", *arguments, **more)  # type: ignore[arg-type]

    def contents(self) -> dict[Path, bytes]:
        """Every regular file in the job's folders, but locks and notes, which are empty."""
        return {
            path: path.read_bytes()
            for folder in self._folders
            for path in sorted(folder.rglob("*"))
            if path.is_file()
            and not path.is_symlink()
            and not path.name.startswith(("lock-", "made-"))
        }

    def written(self) -> dict[Path, bytes]:
        """The files that were not there at first, or held something else."""
        return {
            path: content
            for path, content in self.contents().items()
            if self._before.get(path) != content
        }

    @property
    def state(self) -> Path:
        """The job's directory."""
        (directory,) = (self.temp / "hfmint").iterdir()
        return directory

    @property
    def tokens(self) -> list[str]:
        """What the token files hold."""
        return [path.read_text() for path in sorted(self.temp.glob("hfmint/*/token-*"))]

    def works(self, token: str) -> bool:
        """Whether the Hub accepts it."""
        return self.world.hub.token(token) is not None

    def delivered(self, ended: Ended) -> str:
        """The token that a successful exchange delivered by path, after a look at it."""
        assert (ended.status, ended.code) == (0, ""), ended.err
        path = Path(ended.exports["HF_TOKEN_PATH"])
        token = path.read_text()
        assert self.works(token)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        return token

    def refused(self, ended: Ended, status: int, code: str) -> None:
        """It ended so, a shell would learn of it, nothing was written, and nothing leaked."""
        assert (ended.status, ended.code) == (status, code), ended
        assert ended.out in ("", f"(exit {status})\n")
        assert self.written() == {}
        self.silent_about_secrets(ended)

    def silent_about_secrets(self, ended: Ended) -> None:
        """No secret of this world is in what it printed, but for masks."""
        printed = ended.out + MASK.sub("", ended.err)
        assert not [secret for secret in self.world.secrets if secret in printed]


def modes(folder: Path) -> Mapping[str, str]:
    """Each file and directory below `folder`, and its mode."""
    return {
        str(path.relative_to(folder)): oct(stat.S_IMODE(path.lstat().st_mode))
        for path in sorted(folder.rglob("*"))
    }


def is_root() -> bool:
    """Whether modes do not stop us, and owners can be changed."""
    return os.geteuid() == 0


def forget(job: Job, *arguments: str, **more: object) -> tuple[list[str], list[str], Ended]:
    """What was removed, and what remains; the exit status is always 0."""
    ended = job.run("forget", "--json", *arguments, **more)  # type: ignore[arg-type]
    assert ended.status == 0, ended
    report = json.loads(ended.out)
    return report["removed"], report["remaining"], ended
