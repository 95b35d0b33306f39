"""Keeps what each run of the product printed, for `Scripts/check-sentinels` to search.

With HFMINT_EVIDENCE=FOLDER a run leaves `runs/ID/` there: `run.json`, `stdout` and `stderr`.
Programs that stand in for the product are not kept: the sandbox's own tests print secrets.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path


def keep(
    product: Path | None,
    command: list[str],
    env: Mapping[str, str],
    cwd: Path,
    streams: tuple[bytes, bytes],
) -> None:
    """Keep one run, if it ran `product`, by its path or as `hfmint`."""
    kept = os.environ.get("HFMINT_EVIDENCE")
    if not kept or product not in (_resolve(command[0], env), _resolve("hfmint", env)):
        return
    folder = Path(kept) / "runs" / uuid.uuid4().hex
    folder.mkdir(parents=True)
    run = {"command": command, "cwd": str(cwd), "environment": _telling(env)}
    (folder / "run.json").write_text(json.dumps(run))
    for name, stream in zip(("stdout", "stderr"), streams, strict=True):
        (folder / name).write_bytes(stream)


def values_in_step_files(runner_temp: str) -> None:
    """Say that the test had values delivered to the files that hand a step's variables on."""
    for path in Path(runner_temp, "_runner_file_commands").iterdir():
        put_there(path)


def put_there(path: Path) -> None:
    """Say that this file holds a secret because the test put it there."""
    if kept := os.environ.get("HFMINT_EVIDENCE"):
        with (Path(kept) / "put-there").open("a") as file:
            file.write(f"{path}\n")


def _resolve(program: str, env: Mapping[str, str]) -> Path | None:
    found = shutil.which(program, path=env.get("PATH", ""))
    return Path(found).resolve() if found else None


def _telling(env: Mapping[str, str]) -> dict[str, str]:
    names = ("GITHUB_ACTIONS", "FORGEJO_ACTIONS", "GITHUB_ENV", "GITHUB_OUTPUT", "TMPDIR")
    return {name: env[name] for name in names if name in env}
