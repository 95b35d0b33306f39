"""What others on the machine could see of a running exchange."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import evidence
import product
from Sandbox.waiting import wait_for
from Sandbox.world import World
from traces import strace, tokens

pytestmark = pytest.mark.skipif(not product.binary(), reason="the product is not built")


@contextmanager
def waiting_for_the_hub(world: World, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """An exchange that has sent its ID token, and waits for the answer."""
    world.publish("acme/model")
    world.fault("hub", "delay=30 times=forever")
    with subprocess.Popen(
        ["sh", "-c", "ulimit -c unlimited 2>/dev/null; exec hfmint exchange acme/model"],
        env=world.environment(),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            wait_for("the exchange", lambda: process.poll() is not None or world.requests("hub"))
            assert process.poll() is None
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV, signal.SIGQUIT, signal.SIGILL])
def test_a_crash_ends_at_once_and_leaves_no_core(
    world: World, tmp_path: Path, number: signal.Signals
) -> None:
    """Not even where the limit was lifted before; and no reporter prints what was in memory."""
    folder = tmp_path / "crash"
    folder.mkdir()
    with waiting_for_the_hub(world, folder) as process:
        limits = Path(f"/proc/{process.pid}/limits").read_text()
        assert re.search(r"^Max core file size +0 ", limits, re.MULTILINE)
        process.send_signal(number)
        output, errors = process.communicate(timeout=5)
    assert process.returncode == -number
    assert (output, errors) == (b"", b"")
    assert list(folder.iterdir()) == []


def test_the_command_line_holds_no_secret(world: World, tmp_path: Path) -> None:
    """Which everyone on the machine can read."""
    with waiting_for_the_hub(world, tmp_path) as process:
        line = Path(f"/proc/{process.pid}/cmdline").read_bytes().decode()
    assert line == "hfmint\0exchange\0acme/model\0"


def test_the_process_is_closed_to_others_before_it_reads_a_secret(
    world: World, tmp_path: Path
) -> None:
    """Of the same user as well: no debugger, no /proc/PID/environ."""
    world.publish("acme/model")
    log = tmp_path / "calls"
    command = [*strace("prctl,prlimit64,socket,openat", log), "hfmint", "exchange", "acme/model"]
    assert product.run(command, world.environment(), tmp_path).status == 0
    calls = log.read_text()
    closed = calls.index("prctl(PR_SET_DUMPABLE, SUID_DUMP_DISABLE) = 0")
    limited = calls.index("RLIMIT_CORE, {rlim_cur=0,")
    assert max(closed, limited) < calls.index("socket(")
    assert max(closed, limited) < calls.index(world.environment()["RUNNER_TEMP"])


def test_no_child_is_given_a_secret(world: World, tmp_path: Path) -> None:
    """Neither by its arguments nor by its environment, in the second try either."""
    world.publish("acme/model")
    evidence.put_there(tmp_path / "id-token")
    (tmp_path / "id-token").write_text(world.github.id_token("https://huggingface.co"))
    world.fault("hub", "status=503")
    log = tmp_path / "calls"
    words = ["--id-token-command", "cat id-token", "--export", "--deliver", "env-file"]
    command = [*strace("execve", log), "hfmint", "exchange", "acme/model", *words]
    environment = world.environment()
    for name in ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL"):
        del environment[name]
    assert product.run(command, environment, tmp_path).status == 0
    calls = log.read_text()
    assert calls.count('"/bin/sh", "-c"') == 2
    assert tokens(world)
    assert not any(secret in calls for secret in world.secrets)


def test_a_plain_exchange_starts_no_program(world: World, tmp_path: Path) -> None:
    """But itself."""
    world.publish("acme/model")
    log = tmp_path / "calls"
    command = [*strace("process", log), "hfmint", "exchange", "acme/model"]
    assert product.run(command, world.environment(), tmp_path).status == 0
    calls = log.read_text()
    assert calls.count("execve(") == 1
    assert not re.search(r"\bv?fork\(|clone3?\((?!.*CLONE_THREAD)", calls)


def test_a_token_is_not_printed_on_a_terminal(world: World, tmp_path: Path) -> None:
    """Where it would stay in the scroll-back."""
    world.publish("acme/model")
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(
            ["hfmint", "exchange", "acme/model", "--deliver", "stdout"],
            env=world.environment(),
            cwd=tmp_path,
            stdout=theirs,
            stderr=subprocess.PIPE,
            timeout=product.TIMEOUT,
            check=False,
        )
    finally:
        os.close(theirs)
        os.close(ours)
    assert done.returncode == 2
    assert b"a token is not printed on a terminal [delivery-refused]" in done.stderr
    assert world.requests("github") == []


@pytest.mark.parametrize(
    ("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_errors_have_colours_on_a_terminal_alone(
    world: World, tmp_path: Path, variables: dict[str, str], coloured: bool
) -> None:
    """And never where someone asked for none. https://no-color.org"""
    ours, theirs = pty.openpty()
    try:
        status = subprocess.run(
            ["hfmint", "exchange"],
            env=world.environment("none") | variables,
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=theirs,
            timeout=product.TIMEOUT,
            check=False,
        ).returncode
        text = os.read(ours, 10_000)
    finally:
        os.close(theirs)
        os.close(ours)
    assert status == 2
    assert (b"\x1b[" in text) == coloured
    assert b"no resource was named" in text


@pytest.mark.parametrize("stream", ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_a_closed_standard_stream_gives_its_number_to_no_file(
    world: World, tmp_path: Path, stream: str
) -> None:
    """Else what is meant for stderr would end in the token's file."""
    world.publish("acme/model")
    folder = tmp_path / "own"
    folder.mkdir()
    script = (
        f"exec hfmint exchange acme/model --deliver token-file={folder}/token --verbose {stream}"
    )
    assert product.run(["sh", "-c", script], world.environment(), tmp_path).status == 0
    assert (folder / "token").read_text() == tokens(world)[0]
