"""The Hub's real clients, run apart from this machine: `hf`, Python, git with LFS, and curl."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from Sandbox.gitprogram import IDENTITY

HF = Path(sys.executable).with_name("hf")
TIMEOUT = 120


@dataclass
class Ran:
    """How a client ended, and all that it said."""

    command: list[str]
    status: int
    out: bytes
    err: bytes

    def good(self) -> Ran:
        """Itself, if it ended well."""
        assert self.status == 0, f"{self.command}: {self.out.decode()}{self.err.decode()}"
        return self


@dataclass
class HubClients:
    """Clients of one endpoint, which show one credential; each has a home that is fresh.

    `said` is everything that any of them printed.
    """

    endpoint: str
    credential: str
    home: Path
    said: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True)
        helper = self.home / "helper"
        helper.write_text(
            # The credential is in the environment alone.
            '#!/bin/sh\n[ "$1" = get ] && printf "username=hf_user\\npassword=%s\\n" "$HF_TOKEN"\n'
            "exit 0\n"
        )
        helper.chmod(0o700)
        config = f'[credential]\n\thelper = "{helper}"\n[lfs]\n\tlocksverify = false\n'
        (self.home / ".gitconfig").write_text(config)

    def environment(self, *, xet: bool = False) -> dict[str, str]:
        """All of a client's environment."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": str(self.home),
            "HF_HOME": str(self.home / "hf"),
            "HF_ENDPOINT": self.endpoint,
            "HF_TOKEN": self.credential,
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_UPDATE_CHECK": "1",
            "HF_HUB_DISABLE_XET": "0" if xet else "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            **IDENTITY,
        }

    def run(
        self,
        *command: str,
        cwd: Path | None = None,
        xet: bool = False,
        timeout: float = TIMEOUT,
        **more: str,
    ) -> Ran:
        """Run a program to its end."""
        done = subprocess.run(
            command,
            env=self.environment(xet=xet) | more,
            cwd=cwd or self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
        self.said += done.stdout + done.stderr
        return Ran(list(command), done.returncode, done.stdout, done.stderr)

    def hf(self, *arguments: str, xet: bool = False) -> Ran:
        """Run `hf`, which must succeed."""
        return self.run(str(HF), *arguments, xet=xet).good()

    def python(self, script: str, xet: bool = False) -> str:
        """Run a script that uses huggingface_hub; what it prints."""
        return self.run(sys.executable, "-c", script, xet=xet).good().out.decode()

    def git(self, *arguments: str, cwd: Path | None = None) -> Ran:
        """Run git, which must succeed."""
        return self.run("git", *arguments, cwd=cwd).good()

    def clone(self, resource: str, name: str = "clone") -> Path:
        """Clone a repository, with its large files."""
        self.git("clone", "--quiet", f"{self.endpoint}/{resource}", name)
        return self.home / name

    def curl(self, *arguments: str, shows: bool = True) -> Ran:
        """Run curl, with the credential in a header unless told otherwise."""
        shown = ("-H", f"Authorization: Bearer {self.credential}") if shows else ()
        return self.run("curl", "-q", "-sS", "--max-time", "60", *shown, *arguments)
