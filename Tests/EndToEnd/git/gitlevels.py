"""Every level of git's configuration, and what doctor says of it."""

from __future__ import annotations

import json
from pathlib import Path

from gitjob import GitJob, in_clone
from Sandbox.world import World

TOKEN = "hf_" + "Q" * 34

FILES = [
    "global",
    "local",
    "worktree",
    "global include",
    "local include",
    "include for this clone",
]
VARIABLES = ["GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS"]


def in_levelled_clone(world: World, folder: Path) -> GitJob:
    """A GitHub job with a clone that is its work folder, and a system's configuration."""
    job = in_clone(world, folder / "work")
    job.environment["GIT_CONFIG_SYSTEM"] = str(folder / "system")
    del job.environment["GIT_CONFIG_NOSYSTEM"]
    (folder / "system").touch()
    return job


def doctor(job: GitJob, check: str) -> tuple[str, str]:
    """The worst of what a check found, and all that it said."""
    report = json.loads(job.hfmint("doctor", "--json").stdout)
    found = next(row for row in report["checks"] if row["id"] == check)
    return found["status"], json.dumps(found["findings"], ensure_ascii=False)


def include(job: GitJob, key: str, value: str, scope: str, condition: str = "include.path") -> None:
    """A file that the configuration includes."""
    file = job.work.parent / "included"
    job.good("config", "--file", str(file), "--add", key, value)
    job.good("config", scope, "--add", condition, str(file))


def setting(job: GitJob, level: str, key: str, value: str) -> None:
    """Put a setting at a level."""
    match level:
        case "system":
            job.good("config", "--file", job.environment["GIT_CONFIG_SYSTEM"], "--add", key, value)
        case "global" | "local":
            job.good("config", f"--{level}", "--add", key, value)
        case "worktree":
            job.good("config", "--local", "extensions.worktreeConfig", "true")
            job.good("config", "--worktree", "--add", key, value)
        case "global include" | "local include":
            include(job, key, value, f"--{level.split()[0]}")
        case "include for this clone":
            include(job, key, value, "--global", f"includeIf.gitdir:{job.work}/.path")
        case "GIT_CONFIG_COUNT":
            job.environment |= {
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": key,
                "GIT_CONFIG_VALUE_0": value,
            }
        case _:
            job.environment["GIT_CONFIG_PARAMETERS"] = f"'{key}'='{value}'"
