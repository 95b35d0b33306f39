"""Runs a GitLab job's script lines as the runner does: one shell, then another afterwards.

Written from the behaviour of https://gitlab.com/gitlab-org/gitlab-runner/-/tree/main/shells
(`bash.go`, `abstract.go`). The variables come through the environment, not as `export` lines.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .world import World

TIMEOUT = 120


@dataclass(frozen=True)
class GitLabRun:
    """How a job ended: `after_script` never changes `status`; the log is masked."""

    status: int
    log: str
    after_status: int


class GitLabRunner:
    """One job. What is written to GITLAB_ENV reaches `after_script`, by `export` line by line."""

    def __init__(self, world: World) -> None:
        self.environment = world.environment("gitlab")
        names = (*world.gitlab.job.id_tokens, "CI_JOB_TOKEN")
        self._masks = [self.environment[name] for name in names]

    def run(
        self,
        script: Sequence[str],
        *,
        before_script: Sequence[str] = (),
        after_script: Sequence[str] = (),
    ) -> GitLabRun:
        """Run the job's lines; `after_script` runs whatever became of the others."""
        main = self._stage([*before_script, *script])
        after = self._stage(after_script)
        log = (main.stdout + after.stdout).decode("utf-8", errors="replace")
        for mask in self._masks:
            log = log.replace(mask, "[MASKED]")
        return GitLabRun(main.returncode, log, after.returncode)

    def _stage(self, lines: Iterable[str]) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [shutil.which("bash") or "sh"],
            input=self._script(lines).encode(),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=TIMEOUT,
            check=False,
        )

    def _script(self, lines: Iterable[str]) -> str:
        """The script that the runner generates and pipes into the shell."""
        env_file = shlex.quote(self.environment["GITLAB_ENV"])
        body = [
            f"touch {env_file}",
            f'while read -r line; do export "$line"; done < {env_file}',
            f"cd {shlex.quote(self.environment['CI_PROJECT_DIR'])}",
        ]
        for line in lines:
            shown = f"\x1b[32;1m$ {line.splitlines()[0]}\x1b[0;m" if line else ""
            body += [f"echo {shlex.quote(shown)}", line]
        return (
            "trap exit 1 TERM\n\n"
            "if set -o | grep pipefail > /dev/null; then set -o pipefail; fi; set -o errexit\n"
            "set +o noclobber\n"
            f": | eval {shlex.quote(chr(10).join(body))}\n"
            "exit 0\n"
        )
