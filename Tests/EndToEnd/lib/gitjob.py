"""A CI job's git, real and apart from this machine's configuration, with hfmint set up for it."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import product
from ownjob import OwnJob
from Sandbox.gitprogram import IDENTITY
from Sandbox.world import World


class GitJob(OwnJob):
    """One job with an environment of its own; `git(…)` runs in its work folder."""

    def __post_init__(self) -> None:
        apart = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_ASKPASS": "", "SSH_ASKPASS": "", **IDENTITY}
        self.environment = {**apart, **self.environment}
        super().__post_init__()

    def hfmint(
        self, *arguments: str, stdin: bytes = b"", cwd: Path | None = None
    ) -> product.Result:
        """Run the product as this job."""
        command = [str(self.program), *arguments]
        return product.run(command, self.environment, cwd or self.work, stdin)

    def git(
        self, *arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> product.Result:
        """Run git as this job, without a terminal."""
        environment = {**self.environment, **(env or {})}
        return product.run(["setsid", "-w", "git", *arguments], environment, cwd or self.work)

    def good(self, *arguments: str, cwd: Path | None = None) -> str:
        """Run git, which must succeed; what it printed."""
        result = self.git(*arguments, cwd=cwd)
        assert result.status == 0, result.stderr.decode()
        return result.stdout.decode().strip()

    def clone(self, url: str, name: str, *options: str) -> Path:
        """Clone into the work folder."""
        self.good("clone", "--quiet", *options, url, name)
        return self.work / name

    def commit(self, clone: Path, name: str, data: bytes = b"new\n") -> None:
        """Commit a file."""
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).write_bytes(data)
        self.good("add", "--all", cwd=clone)
        self.good("commit", "--quiet", "-m", f"add {name}", cwd=clone)


def in_clone(world: World, work: Path) -> GitJob:
    """A GitHub job whose work folder is a work tree, and which may have `acme/model`."""
    program = product.needed()
    world.publish("acme/model")
    job = GitJob(world, program, work)
    job.good("init", "--quiet", str(work))
    return job


def set_up(world: World, work: Path) -> GitJob:
    """The same, with a repository to fetch, which hfmint answers for."""
    world.git.create("acme/model")
    job = in_clone(world, work)
    assert job.hfmint("setup-git").status == 0
    return job


def description(**attributes: str | list[str]) -> bytes:
    """A question as git puts it; `capability=[…]` becomes `capability[]` lines."""
    lines = []
    for name, value in attributes.items():
        if isinstance(value, list):
            lines += [f"{name}[]={item}" for item in value]
        else:
            lines.append(f"{name}={value}")
    return "".join(f"{line}\n" for line in lines).encode()


def answer(stdout: bytes) -> dict[str, str]:
    """What a helper said, by attribute; each once, and the text ends with a line feed."""
    assert not stdout or stdout.endswith(b"\n")
    pairs = [line.partition("=")[::2] for line in stdout.decode("ascii").splitlines()]
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


class Terminal:
    """A command on a terminal of its own: what it printed, what is typed, and how it ended."""

    def __init__(self, command: list[str], env: Mapping[str, str], cwd: Path) -> None:
        self.pid, self._master = pty.fork()
        if self.pid == 0:
            try:
                os.chdir(cwd)
                os.execvpe(command[0], command, dict(env))
            finally:
                os._exit(127)
        self.output = b""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._master)

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._master, keys)

    def read_until(self, text: bytes, timeout: float = 30) -> bytes:
        """Wait for the text; all that was printed up to and with it, from the last call on."""
        deadline = time.monotonic() + timeout
        while text not in self.output:
            left = deadline - time.monotonic()
            ready, _, _ = select.select([self._master], [], [], max(left, 0))
            if not ready:
                raise AssertionError(f"{text!r} did not come: {self.output!r}")
            if not self._take():
                raise AssertionError(f"ended before {text!r}: {self.output!r}")
        before, _, self.output = self.output.partition(text)
        return before + text

    def finish(self, timeout: float = 30) -> tuple[int, bytes]:
        """Wait for the end; the status (a signal is negative), and the rest of what it printed."""
        deadline = time.monotonic() + timeout
        while True:
            left = deadline - time.monotonic()
            ready, _, _ = select.select([self._master], [], [], max(left, 0))
            if not ready:
                raise AssertionError(f"it does not end: {self.output!r}")
            if not self._take():
                break
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status), self.output

    def _take(self) -> bool:
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False
        self.output += data
        return bool(data)


def processes_of(group: int) -> list[int]:
    """The processes of a process group."""
    done = subprocess.run(
        ["ps", "-o", "pid=", "-g", str(group)], capture_output=True, text=True, check=False
    )
    return [int(word) for word in done.stdout.split()]


def question(world: World, **more: str | list[str]) -> bytes:
    """What git asks about acme/model."""
    host = world.hub.origin.removeprefix("http://")
    return description(**{"protocol": "http", "host": host, "path": "acme/model", **more})
