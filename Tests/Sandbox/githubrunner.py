"""Runs the steps of a GitHub job as the runner does, and shows the log that its readers see.

https://github.com/actions/runner/blob/main/src/Runner.Worker/Handlers/ScriptHandler.cs
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .github import file_commands
from .runnerfiles import Reading, read_env, read_output, read_path
from .runnerlog import JobLog
from .world import World

TIMEOUT = 120


@dataclass(frozen=True)
class Step:
    """How a step ended: `log` is its part of the job's log, masked as on GitHub."""

    status: int
    log: str
    outputs: dict[str, str]
    errors: list[str]

    @property
    def succeeded(self) -> bool:
        """Exit 0, and every file command understood."""
        return self.status == 0 and not self.errors


class GitHubRunner:
    """One job: what a step writes to GITHUB_ENV and GITHUB_PATH reaches the steps after it.

    `state` is what an action saved for its `post` in GITHUB_STATE.
    """

    def __init__(self, world: World, masks: tuple[str, ...] = ()) -> None:
        self.environment = world.environment("github")
        self.set_by_steps: dict[str, str] = {}
        self.state: dict[str, str] = {}
        self.log = JobLog((world.github.runner_token, *masks))
        self._temp = Path(self.environment["RUNNER_TEMP"])

    def run(self, script: str, env: Mapping[str, str] | None = None) -> Step:
        """Run `script` as a `run:` step with `env:`, then do what its files say."""
        first_line = len(self.log.lines)
        files = file_commands(self._temp)
        shown = {**self.set_by_steps, **(env or {})}
        self._print_details(script, shown)
        status = self._execute(script, {**self.environment, **shown, **files})
        variables, outputs = self._process(files)
        errors = variables.errors + outputs.errors
        for error in errors:
            self.log.output(f"##[error]{error}")
        log = "\n".join(self.log.lines[first_line:]) + "\n"
        return Step(status, log, outputs.values, errors)

    def _print_details(self, script: str, env: Mapping[str, str]) -> None:
        self.log.output(f"##[group]Run {script.strip().partition(chr(10))[0]}")
        for line in script.rstrip("\n").split("\n"):
            self.log.output(f"\x1b[36;1m{line}\x1b[0m")
        self.log.output("shell: bash -e {0}")
        if env:
            self.log.output("env:")
        for name, value in env.items():
            self.log.output(f"  {name}: {value}")
        self.log.output("##[endgroup]")

    def _execute(self, script: str, env: Mapping[str, str]) -> int:
        path = self._temp / f"{os.urandom(8).hex()}.sh"
        path.write_text(script)
        command = ["bash", "-e", str(path)]
        with subprocess.Popen(
            command,
            env=env,
            cwd=self.environment["GITHUB_WORKSPACE"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            streams = [stream for stream in (process.stdout, process.stderr) if stream]
            readers = [threading.Thread(target=self._follow, args=(s,)) for s in streams]
            for reader in readers:
                reader.start()
            status = _wait(process)
            for reader in readers:
                reader.join()
        path.unlink()
        if status:
            self.log.output(f"##[error]Process completed with exit code {status}.")
        return status

    def _follow(self, stream: IO[bytes]) -> None:
        for line in stream:
            self.log.feed(line.decode("utf-8", errors="replace").rstrip("\r\n"))

    def _process(self, files: Mapping[str, str]) -> tuple[Reading, Reading]:
        folders = read_path(Path(files["GITHUB_PATH"]).read_bytes())
        self.environment["PATH"] = ":".join([*folders, self.environment["PATH"]])
        variables = read_env(Path(files["GITHUB_ENV"]).read_bytes())
        self.set_by_steps |= variables.values
        self.state |= read_env(Path(files["GITHUB_STATE"]).read_bytes()).values
        return variables, read_output(Path(files["GITHUB_OUTPUT"]).read_bytes())


def _wait(process: subprocess.Popen[bytes]) -> int:
    try:
        return process.wait(TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
