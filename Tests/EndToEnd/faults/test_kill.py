"""Killed at any instant: the next call works, and nothing half-written or readable is ever left.

strace counts the calls of a run that change the world; then, for each of them, a run is killed
exactly there, and the same command runs again. A sample of the points is tried, its seed printed
(HFMINT_SEED repeats it); with HFMINT_ALL=1, every one.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

import tracing
from jobs import Ended, Job
from Sandbox.runnerfiles import read_env

SAMPLE = 16
DEAD = -9
COPY = {"path", "device", "inode", "made_at", "bytes", "modified_at", "was_empty"}


def exchange(job: Job) -> tuple[str, ...]:
    """What most jobs do."""
    return ("exchange", "acme/model")


def copies(job: Job) -> tuple[str, ...]:
    """Files of the user's, one of which is there already."""
    files = (f"--deliver=env-file={job.work}/job.env", f"--deliver=token-file={job.work}/token")
    return ("exchange", "acme/model", *files)


def values(job: Job) -> tuple[str, ...]:
    """Two tokens, whose values go to later steps."""
    return ("exchange", "acme/model", "D=datasets/acme/d", "--deliver", "env", "--export")


def forget(job: Job) -> tuple[str, ...]:
    """The end of a job with copies."""
    return ("forget", "--json")


def already_there(job: Job) -> None:
    """An older environment file and a file of the user's that is empty; nothing else."""
    older = ("--deliver", f"env-file={job.work}/job.env", "--state-dir", f"{job.temp}/older")
    assert job.exchange(*older).status == 0
    shutil.rmtree(job.temp / "older")
    (job.work / "token").touch(0o600)


def with_copies(job: Job) -> None:
    """A job that was given copies."""
    assert job.run(*copies(job)).status == 0


def over_empty(job: Job) -> None:
    """Files of the user's that were empty, and are to be empty again."""
    for name in ("token", "job.env"):
        (job.work / name).touch(0o600)
    assert job.run(*copies(job)).status == 0


SCENARIOS: dict[
    str, tuple[Callable[[Job], tuple[str, ...]], Callable[[Job], None] | None, bool]
] = {
    "exchange": (exchange, None, True),
    "warm exchange": (exchange, lambda job: _ran(job, exchange), True),
    "new copies": (copies, None, True),
    "copies over others": (copies, already_there, True),
    "copies once more": (copies, lambda job: _ran(job, copies), True),
    "values": (values, None, True),
    "forget": (forget, with_copies, False),
    "forget one that was empty": (forget, over_empty, False),
}


def _ran(job: Job, command: Callable[[Job], tuple[str, ...]]) -> None:
    assert job.run(*command(job)).status == 0


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_killed_at_every_call(
    job: Job, tmp_path: Path, scenario: str, record_property: Callable[[str, object], None]
) -> None:
    """The second run always works."""
    tracing.require()
    command, prepare, delivers = SCENARIOS[scenario]
    job.world.publish("datasets/acme/d")

    def fresh(name: str) -> Job:
        made = Job(job.world, job.program, tmp_path / name)
        if prepare:
            prepare(made)
        return made

    log = tmp_path / "calls"
    dry = fresh("dry")
    assert dry.run(*command(dry), through=tracing.recording(log)).status == 0
    found = tracing.points(log)
    seed = os.environ.get("HFMINT_SEED") or str(random.SystemRandom().randrange(10**6))
    everything = os.environ.get("HFMINT_ALL") == "1"
    count = len(found) if everything else min(SAMPLE, len(found))
    chosen = random.Random(seed).sample(found, count)
    record_property("told", f"killed at {count} of {len(found)} points, seed {seed}")
    print(f"{scenario}: killed at {count} of {len(found)} points, seed {seed}")

    for call, number in chosen:
        case = fresh(f"{call}-{number}")
        through = tracing.injecting(log, call, "signal=SIGKILL", number)
        killed = case.run(*command(case), through=through)
        where = f"killed at {call} {number}: {killed}"
        assert killed.status == DEAD, where
        undamaged(case, where, erasing=not delivers)
        again = case.run(*command(case))
        assert again.status == 0, f"{where}\nthen: {again}"
        undamaged(case, where, erasing=False)
        if delivers:
            complete(case, again, where)
        else:
            gone(case, where, left=["job.env", "token"] if prepare is over_empty else [])


def undamaged(job: Job, where: str, *, erasing: bool) -> None:
    """Every file is ours alone; every one with its final name is whole."""
    for path in _made(job):
        mode = stat.S_IMODE(path.lstat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), f"{path} has {mode:o}\n{where}"
        if path.is_file() and not path.name.endswith(".draft"):
            content = path.read_bytes()
            zeros = erasing and not content.strip(b"\0")
            assert zeros or whole(job, named(path), content), f"{path}: {content[:40]!r}\n{where}"
    for name in ("GITHUB_ENV", "GITHUB_OUTPUT"):
        assert not read_env(Path(job.env[name]).read_bytes()).errors, where


def _made(job: Job) -> list[Path]:
    return [*(job.temp / "hfmint").glob("*/**/*"), *(job.temp / "hfmint").glob("*"), *_users(job)]


def _users(job: Job) -> list[Path]:
    return sorted(job.work.iterdir())


def named(path: Path) -> str:
    """The name that it has, or had until another file took its place."""
    return path.name[1:].rsplit(".", 2)[0] if path.name.endswith(".swap") else path.name


def whole(job: Job, name: str, content: bytes) -> bool:
    """Whether a file holds all that its name promises, and a token that works."""
    text = content.decode()
    match name.partition("-")[0]:
        case "token" | "job.env" if text == "":
            # The user's own.
            return name in ("token", "job.env")
        case "token":
            return job.works(text)
        case "env" | "job.env":
            lines = dict(line.split("=", 1) for line in text.splitlines())
            return "HFMINT_RESOURCE" in lines and job.works(lines["HF_TOKEN"])
        case "record":
            return job.works(json.loads(text)["token"])
        case "copy":
            return set(json.loads(text)) == COPY
        case "lock":
            return text == ""
    return False


def complete(job: Job, again: Ended, where: str) -> None:
    """Everything was delivered, and no draft is left."""
    left = [path for path in _made(job) if path.name.endswith((".draft", ".swap"))]
    assert not left, f"{left}\n{where}"
    assert again.out == "" or again.out.endswith("\n"), where
    for path in _users(job):
        assert whole(job, path.name, path.read_bytes()), where
    notes = list((job.temp / "hfmint").glob("*/copy-*"))
    assert {json.loads(note.read_text())["path"] for note in notes} == set(map(str, _users(job)))
    set_for_later = read_env(Path(job.env["GITHUB_ENV"]).read_bytes()).values
    for name in ("HF_TOKEN", "D"):
        if set_for_later.get(name):
            assert job.works(set_for_later[name]), where
    if "HF_TOKEN_PATH" in set_for_later:
        assert job.works(Path(set_for_later["HF_TOKEN_PATH"]).read_text()), where


def gone(job: Job, where: str, left: list[str]) -> None:
    """Nothing that this job was given is left; these files were the user's, and are empty."""
    assert not list((job.temp / "hfmint").iterdir()), where
    assert [path.name for path in _users(job)] == left, where
    assert not any(path.read_bytes() for path in _users(job)), where


def test_no_switch_in_the_product_makes_it_crash(job: Job) -> None:
    """It is killed from outside alone: no variable or option speaks of it."""
    text = job.program.read_bytes().lower()
    for word in (b"hfmint_crash", b"hfmint_kill", b"hfmint_fail", b"hfmint_test"):
        assert word not in text
