"""`hfmint run` in a world: started, watched through files and pipes, signalled, and waited for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import product
from ownjob import OwnJob
from Sandbox.waiting import PATIENCE, wait_for
from Sandbox.world import World


class RunJob(OwnJob):
    """One job that acme/model trusts; `hfmint run` starts its programs."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.kind == "github":
            self.world.publish("acme/model")
        else:
            issuer = self.world.gitlab.job.issuer
            claims = {"project_path": self.world.gitlab.job.project}
            self.world.publish("acme/model", issuer, claims)

    def command(self, *arguments: str) -> list[str]:
        """`hfmint run …`."""
        return [str(self.program), "run", *arguments]

    def run(
        self, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None
    ) -> product.Result:
        """Run to the end."""
        environment = {**self.environment, **(env or {})}
        return product.run(self.command(*arguments), environment, self.work, stdin)

    def shell(self, script: str, *options: str) -> product.Result:
        """Run a script of the shell with a token for acme/model."""
        return self.run("acme/model", *options, "--", "sh", "-c", script)

    @contextmanager
    def started(
        self, *arguments: str, prefix: tuple[str, ...] = (), **options: object
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A run that goes on; killed if it is still there at the end.

        With `log=NAME`, what it says goes to that file.
        """
        log = options.pop("log", None)
        if log:
            options["stderr"] = os.open(self.file(str(log)), os.O_WRONLY | os.O_CREAT)
        process = subprocess.Popen(  # type: ignore[call-overload]
            [*prefix, *self.command(*arguments)],
            **{
                "env": self.environment,
                "cwd": self.work,
                "stdin": subprocess.DEVNULL,
                "stdout": subprocess.PIPE,
                "stderr": subprocess.PIPE,
                "start_new_session": True,
                **options,
            },
        )
        if log:
            os.close(int(str(options["stderr"])))
        try:
            yield process
        finally:
            for stop in (process.kill, lambda: os.killpg(process.pid, signal.SIGKILL)):
                with suppress(OSError):
                    stop()
            process.wait(PATIENCE)
            for stream in (process.stdout, process.stderr):
                if stream:
                    stream.close()

    def file(self, name: str) -> Path:
        """A file of the work folder."""
        return self.work / name

    def wait_for_file(self, name: str) -> str:
        """What a program wrote there, as soon as it is there with an end of line."""
        path = self.file(name)
        wait_for(f"{name}", lambda: path.exists() and path.read_text().endswith("\n"))
        return path.read_text().rstrip("\n")

    def traces(self) -> list[Path]:
        """Files of this world that hold a token of the Hub."""
        tokens = [secret for secret in self.world.secrets if secret.startswith("hf_")]
        if not tokens:
            return []
        done = subprocess.run(
            ["grep", "-rlF", "-f", "-", str(self.world.root)],
            input="\n".join(tokens).encode(),
            capture_output=True,
            check=False,
        )
        return [Path(line) for line in done.stdout.decode().splitlines()]

    def left(self) -> list[str]:
        """What stands below the job's directory."""
        folder = Path(self.environment.get("RUNNER_TEMP", str(self.world.root / "run"))) / "hfmint"
        return sorted(str(path.relative_to(folder)) for path in folder.glob("*/run-*"))


# Writes down each signal that it gets; USR1 ends it.
LISTENER = """
import os, signal, sys
log = os.open("log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
def note(number, _):
    # One handler may interrupt another, which a buffered file refuses.
    os.write(log, signal.Signals(number).name.encode() + b"\\n")
    if number == signal.SIGUSR1:
        sys.exit(9)
for name in "HUP INT QUIT TERM USR1 USR2 CONT TSTP WINCH".split():
    signal.signal(getattr(signal, "SIG" + name), note)
arrivals, arrived = os.pipe()
os.set_blocking(arrived, False)
signal.set_wakeup_fd(arrived)
open("pid", "w").write(f"{os.getpid()}\\n")
while True:
    # Python runs a handler between two calls. A byte is there as soon as the signal is, so that one
    # that comes as this call begins ends it too.
    os.read(arrivals, 1)
"""
RUN_LISTENER = ("acme/model", "--", sys.executable, "-c", LISTENER)


def heard(job: RunJob) -> list[str]:
    """The signals that the listener has written down."""
    log = job.file("log")
    return log.read_text().split() if log.exists() else []


def github_run(world: World, work: Path) -> RunJob:
    """A GitHub job that acme/model trusts."""
    program = product.needed()
    return RunJob(world, program, work)
