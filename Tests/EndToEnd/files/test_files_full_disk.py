"""A stream or a disk that does not take a token, or takes it slowly."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import tracing
from jobs import Ended, Job
from mounts import mounting
from Sandbox.runnerfiles import read_env
from targets import refused, step_file, token_in


@pytest.mark.parametrize("stream", ["out", "err"])
def test_a_stream_that_cannot_be_written_is_a_failure(job: Job, stream: str) -> None:
    """A script must not go on without its token; one without its mask is not printed."""
    redirected = {"out": '>/dev/full exec "$0" "$@"', "err": '2>/dev/full exec "$0" "$@"'}
    through = ["sh", "-c", redirected[stream]]
    ended = job.exchange("--deliver", "stdout", through=through)
    assert (ended.status, ended.out) == (5 if stream == "out" else 2, "")
    if stream == "out":
        assert "cannot write to stdout: no space left on device" in ended.err


def test_a_reader_that_is_slow_gets_everything(job: Job) -> None:
    """Also through a pipe that somebody made non-blocking."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    room = 0
    try:
        while True:
            room += os.write(write, b"\n" * 4096)
    except BlockingIOError:
        pass
    process = subprocess.Popen(
        [job.program, "exchange", "acme/model", "--deliver", "stdout"],
        env=job.env,
        stdout=write,
        stderr=subprocess.PIPE,
    )
    os.close(write)
    with os.fdopen(read, "rb") as reader:
        text = reader.read()[room:]
    process.communicate()
    assert process.returncode == 0
    assert job.works(text.decode().rstrip("\n"))


FAILURES = ["ENOSPC", "EDQUOT", "EIO"]
FAILING = ["write", "fsync", "renameat", "mkdirat"]


def test_a_full_disk_at_every_call(job: Job, tmp_path: Path) -> None:
    """Whichever call fails: exit 0 with all of it delivered, or 5 with a reason and no draft."""
    tracing.require()
    path = job.work / "job.env"
    arguments = ["--deliver", "shell", "--deliver", "env", "--deliver", f"env-file={path}"]
    log = tmp_path / "calls"
    assert job.exchange(*arguments, through=tracing.recording(log)).status == 0
    outcomes: dict[int, int] = {0: 0, 5: 0}
    for number, (call, nth) in enumerate(tracing.points(log)):
        if call not in FAILING:
            continue
        fresh = Job(job.world, job.program, tmp_path / f"job-{number}")
        target = fresh.work / "job.env"
        arguments[-1] = f"env-file={target}"
        effect = f"error={FAILURES[number % 3]}"
        ended = fresh.exchange(*arguments, through=tracing.injecting(log, call, effect, nth))
        outcomes[ended.status] += 1
        _whole(fresh, target, ended)
    assert outcomes[5] > 10
    assert outcomes[0] > 0


def _whole(job: Job, target: Path, ended: Ended) -> None:
    where = f"{ended}"
    drafts = [path for path in (*job.work.iterdir(), *job.temp.rglob("*")) if "draft" in path.name]
    assert not drafts, where
    assert not read_env(step_file(job).read_bytes()).errors, where
    if target.exists():
        assert job.works(token_in(target)), where
    for token in job.tokens:
        assert job.works(token), where
    if ended.status == 0:
        assert job.works(Path(ended.exports["HF_TOKEN_PATH"]).read_text()), where
    else:
        assert ended.out in ("", "(exit 5)\n"), where
        assert ended.code in ("state-unusable", ""), where
    job.silent_about_secrets(ended)


def test_a_disk_that_is_really_full(job: Job, tmp_path: Path) -> None:
    """A file system of one page; the error names the file."""
    small = tmp_path / "small"
    small.mkdir(mode=0o700)
    mount = 'mount -t tmpfs -o size=4k,mode=700 none "$0"\n'
    through = mounting(mount + 'head -c 4096 /dev/zero >"$0/filler" || true', small)
    ended = job.exchange("--deliver", f"env-file={small}/job.env", through=through)
    refused(job, ended, "no space left on device")
