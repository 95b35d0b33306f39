"""What the git helper keeps: one exchange for many questions, whoever dies, and no network."""

from __future__ import annotations

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import product
from gitjob import answer, description
from Sandbox.world import World

CALLS = ("openat", "write", "fsync", "rename,renameat,renameat2", "flock,fcntl", "close")


@pytest.fixture
def question(world: World) -> bytes:
    """What git asks about acme/model, which trusts the job."""
    world.publish("acme/model")
    return description(url=f"{world.hub.origin}/acme/model")


def test_fifty_questions_make_one_exchange(
    world: World, program: Path, question: bytes, tmp_path: Path
) -> None:
    """Asked at once; all are answered alike."""
    environment = world.environment()
    world.fault("hub", "delay=0.3 path=/oauth/token")

    def ask(_: int) -> product.Result:
        command = [str(program), "git-credential", "get"]
        return product.run(command, environment, tmp_path, question)

    with ThreadPoolExecutor(50) as pool:
        results = list(pool.map(ask, range(50)))
    assert {(result.status, result.stderr) for result in results} == {(0, b"")}
    assert len({answer(result.stdout)["password"] for result in results}) == 1
    assert world.hub.exchanges() == 1
    assert len(world.hub.attempts) == 1


@pytest.mark.parametrize("operation", ["get", "erase", "capability", "store"])
def test_a_cached_answer_needs_no_network(
    world: World, program: Path, question: bytes, tmp_path: Path, operation: str
) -> None:
    """No socket is opened, and neither libcurl nor libcrypto is loaded."""
    environment = world.environment()
    command = [str(program), "git-credential"]
    first = product.run([*command, "get"], environment, tmp_path, question)
    log = tmp_path / "trace"
    trace = ["strace", "-f", "-qq", "-e", "trace=socket,connect,openat,open", "-o", str(log)]
    text = question + (b"password=other\n" if operation == "erase" else b"")
    again = product.run([*trace, *command, operation], environment, tmp_path, text)
    assert again.status == 0
    if operation == "get":
        assert answer(again.stdout)["password"] == answer(first.stdout)["password"]
    calls = log.read_text()
    assert "openat(" in calls
    assert not re.search(r"\b(socket|connect)\(", calls)
    assert not re.search(r"lib(curl|crypto|ssl)", calls)


@pytest.mark.parametrize("call", CALLS)
def test_killed_at_any_call(
    world: World, program: Path, question: bytes, tmp_path: Path, call: str
) -> None:
    """The next question is answered, and no part of a token is anywhere but in its record."""
    environment = world.environment()
    command = [str(program), "git-credential", "get"]
    kills = 0
    for when in range(1, 400, 3 if call in ("openat", "close", "write") else 1):
        inject = f"inject={call}:signal=SIGKILL:when={when}"
        trace = ["strace", "-f", "-qq", "-e", f"trace={call}", "-e", inject, "-o", "/dev/null"]
        killed = product.run([*trace, *command], environment, tmp_path, question)
        if killed.status == 0:
            break
        kills += 1
        assert answer(killed.stdout).keys() <= {"username", "password", "password_expiry_utc"}
        before = len(world.hub.attempts)
        result = product.run(command, environment, tmp_path, question)
        said = answer(result.stdout)
        assert (result.status, result.stderr) == (0, b"")
        assert world.hub.token(said["password"])
        assert len(world.hub.attempts) <= before + 1
        product.run(
            [*command[:-1], "erase"],
            environment,
            tmp_path,
            question + f"password={said['password']}\n".encode(),
        )
        forgotten = product.run([str(program), "forget"], environment, tmp_path)
        assert forgotten.status == 0
        assert not tokens_below(world.root, world.secrets - {world.github.runner_token})
    assert kills or call == "write"


def tokens_below(folder: Path, secrets: set[str]) -> list[Path]:
    """The files that hold a token that was issued."""
    patterns = "\n".join(secret for secret in secrets if secret.startswith("hf_"))
    if not patterns:
        return []
    done = subprocess.run(
        ["grep", "-rlF", "-f", "-", str(folder)],
        input=patterns.encode(),
        capture_output=True,
        check=False,
    )
    return [Path(line) for line in done.stdout.decode().splitlines()]
