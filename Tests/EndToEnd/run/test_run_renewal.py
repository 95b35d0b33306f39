"""The token file of a long run: replaced while the job can be proven, kept while it cannot."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

import evidence
from gitjob import answer
from rotating import FAKETIME
from runjob import RunJob
from Sandbox.gitprogram import IDENTITY
from Sandbox.waiting import wait_for
from Sandbox.world import World

# Reads the token's file in a tight loop until `stop` is there; then says what it saw.
READER = """
import json, os
path, seen, odd = os.environ["HF_TOKEN_PATH"], [], []
while not os.path.exists("stop"):
    try:
        with open(path) as file:
            token = file.read()
    except OSError as error:
        odd.append(str(error))
        continue
    if not seen or seen[-1] != token:
        seen.append(token)
        with open("seen.part", "w") as file:
            file.write("".join(f"{token}\\n" for token in seen))
        os.rename("seen.part", "seen")
print(json.dumps(odd))
"""
RUN_READER = ("acme/model", "--", sys.executable, "-c", READER)


@pytest.fixture
def job(world: World, program: Path, tmp_path: Path) -> RunJob:
    """A GitHub job that acme/model trusts."""
    return RunJob(world, program, tmp_path / "work")


def seen(job: RunJob) -> list[str]:
    """The tokens that the reader has found in its file, in order."""
    path = job.file("seen")
    evidence.put_there(path)
    return path.read_text().split("\n")[:-1] if path.exists() else []


def stop(job: RunJob, process: subprocess.Popen[bytes]) -> str:
    """Let the reader end; what hfmint said, once it is certain that the file was never odd."""
    job.file("stop").touch()
    out, err = process.communicate(timeout=30)
    assert out == b"[]\n"
    assert process.returncode == 0
    assert job.traces() == []
    assert job.left() == []
    return err.decode()


def test_renewed_at_half_life(world: World, job: RunJob) -> None:
    """Never empty, never partial, never one that has expired."""
    world.hub.expires_in = 4
    with job.started(*RUN_READER) as process:
        wait_for("five tokens", lambda: len(seen(job)) >= 5)
        assert stop(job, process) == ""
    tokens = seen(job)
    assert len(set(tokens)) == len(tokens)
    given = [world.hub._tokens[token] for token in tokens]
    for older, newer in pairwise(given):
        assert 1 <= newer.expires_at - older.expires_at <= 4
    assert world.hub.exchanges() in (len(tokens), len(tokens) + 1)


def test_git_inside_uses_the_renewed_token(world: World, job: RunJob) -> None:
    """What was renewed is what the helper answers: no exchange of its own."""
    world.hub.expires_in = 12
    job.environment |= {"GIT_CONFIG_NOSYSTEM": "1", **IDENTITY}
    url = world.git.create("acme/model")
    script = (
        'first=$(cat $HF_TOKEN_PATH); until test "$(cat $HF_TOKEN_PATH)" != "$first"; do '
        f"sleep 0.1; done; git ls-remote {url} > /dev/null; cat $HF_TOKEN_PATH"
    )
    result = job.shell(script)
    assert (result.status, result.stderr) == (0, b"")
    assert world.git.tokens()[-1] == result.stdout.decode()
    assert world.hub.exchanges() == 2


def test_a_hub_that_is_down_for_a_while(world: World, job: RunJob) -> None:
    """The last token stays; it is said once, and once more when there is another."""
    world.hub.expires_in = 8
    with job.started("--deadline", "1", *RUN_READER) as process:
        wait_for("the first token", lambda: len(seen(job)) == 1)
        # A renewal gives up after five tries, however fast they were.
        world.fault("hub", "status=503 times=5 path=/oauth/token")
        wait_for("another token", lambda: len(seen(job)) == 2)
        said = stop(job, process)
    assert said.count("could not be renewed yet: 127.0.0.1") >= 1
    assert "hfmint: the last one is good for another " in said
    assert "hfmint: the token for acme/model is renewed\n" in said


def test_a_hub_that_stays_down(world: World, job: RunJob) -> None:
    """Neither ends the program nor takes the file away; it is said at first, and in the end."""
    world.hub.expires_in = 3
    with job.started(*RUN_READER, log="err") as process:
        wait_for("the first token", lambda: len(seen(job)) == 1)
        world.fault("hub", "drop times=forever path=/oauth/token")
        wait_for("the end of it", lambda: "has expired" in job.file("err").read_text(), 60)
        assert process.poll() is None
        assert len(seen(job)) == 1
        job.file("stop").touch()
        process.communicate(timeout=30)
        assert process.returncode == 0
    lines = job.file("err").read_text().splitlines()
    assert 2 <= len(lines) <= 4
    assert "hfmint goes on trying" in lines[-1]
    assert job.left() == []


@pytest.mark.parametrize("jump", ["-3600", "+10800"])
def test_a_clock_that_jumps_makes_no_token_younger(
    world: World, job: RunJob, tmp_path: Path, jump: str
) -> None:
    """Set back, it is as old as uptime says; ahead, as after a sleep, as old as the clock says."""
    assert FAKETIME.exists(), "libfaketime is not installed: Scripts/setup"
    clock = tmp_path / "clock"
    clock.write_text("+0")
    job.environment |= {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    world.hub.expires_in = 4
    with job.started(*RUN_READER, log="err") as process:
        wait_for("the first token", lambda: len(seen(job)) == 1)
        world.fault("hub", "drop times=forever path=/oauth/token")
        clock.with_name("next").write_text(jump)
        clock.with_name("next").rename(clock)
        wait_for("the end of it", lambda: "has expired" in job.file("err").read_text(), 60)
        job.file("stop").touch()
        process.communicate(timeout=30)
        assert process.returncode == 0
    assert job.left() == []


def test_a_job_that_cannot_be_proven_again(world: World, program: Path, tmp_path: Path) -> None:
    """GitLab's ID token has expired by then: said once, with what is left; the program goes on."""
    job = RunJob(world, program, tmp_path / "work", "gitlab")
    world.gitlab.job.timeout = 2
    job.environment["HF_ID_TOKEN"] = world.gitlab.id_token()
    world.hub.expires_in = 8
    with job.started(*RUN_READER, log="err") as process:
        wait_for("a word", lambda: "expires in" in job.file("err").read_text())
        assert len(seen(job)) == 1
        job.file("stop").touch()
        process.communicate(timeout=30)
        assert process.returncode == 0
    said = job.file("err").read_text()
    assert said.count("hfmint: the token for acme/model is not renewed: ") == 1
    assert "the ID token from HF_ID_TOKEN expired at " in said
    assert said.count("\n") == 2
    assert job.left() == []


def test_a_publisher_that_was_removed(world: World, job: RunJob) -> None:
    """Is a refusal: hfmint does not ask again and again."""
    world.hub.expires_in = 3
    with job.started(*RUN_READER, log="err") as process:
        wait_for("the first token", lambda: len(seen(job)) == 1)
        world.hub.publishers.clear()
        wait_for("a word", lambda: "expires in" in job.file("err").read_text())
        job.file("stop").touch()
        process.communicate(timeout=30)
    assert "is not renewed: " in job.file("err").read_text()
    assert len(world.hub.attempts) - world.hub.exchanges() == 1


def test_the_end_during_a_renewal(world: World, job: RunJob) -> None:
    """Whatever the Hub answers afterwards is written nowhere, and nobody waits for it."""
    world.hub.expires_in = 2
    with job.started("acme/model", "--", "sh", "-c", "until test -e go; do sleep 0.02; done") as p:
        wait_for("the first", lambda: world.hub.exchanges() == 1)
        world.fault("hub", "delay=0.3 path=/oauth/token")
        wait_for("the renewal", lambda: len(world.hub.requests) >= 2)
        job.file("go").touch()
        assert p.wait(10) == 0
    wait_for("the Hub's answer", lambda: world.hub.requests[-1].status)
    assert job.left() == []
    assert job.traces() == []


def test_ends_at_any_moment_of_a_renewal(world: World, job: RunJob) -> None:
    """Twenty programs that end around the time of the first renewal leave nothing."""
    world.hub.expires_in = 2
    processes = [
        subprocess.Popen(
            job.command("acme/model", "--", "sleep", f"{0.9 + number * 0.01:.2f}"),
            env=job.environment,
            cwd=job.work,
            stderr=subprocess.PIPE,
        )
        for number in range(20)
    ]
    for process in processes:
        _, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, b"")
    assert job.left() == []
    assert job.traces() == []


def test_a_rejected_token_inside(world: World, job: RunJob) -> None:
    """Git's `erase` drops it from the run's own cache, and the next question has another."""
    question = f"url={world.hub.origin}/acme/model\n"
    script = (
        "git credential fill < ask > one; git credential reject < one; "
        "git credential fill < ask > two"
    )
    job.file("ask").write_text(question)
    assert job.shell(script).status == 0
    for name in ("one", "two"):
        evidence.put_there(job.file(name))
    one, two = (answer(job.file(name).read_bytes())["password"] for name in ("one", "two"))
    assert one != two
    assert world.hub.exchanges() == 2


def test_a_full_disk_at_renewal(world: World, job: RunJob) -> None:
    """The file stays as it was; it is said, and tried again."""
    world.hub.expires_in = 4
    limit = ("sh", "-c", 'ulimit -f 0; exec "$0" "$@"')
    with job.started("acme/model", "--", "true", prefix=limit) as process:
        assert process.wait(30) in (125, 128 + 25, -25)
    assert job.traces() == []
