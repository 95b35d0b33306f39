"""What passes through `hfmint run` as it is: descriptors, streams, limits, arguments."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from pathlib import Path

import pytest

import product
from runjob import RunJob, github_run
from Sandbox.world import World


@pytest.fixture
def job(world: World, tmp_path: Path) -> RunJob:
    """A GitHub job that acme/model trusts."""
    return github_run(world, tmp_path / "work")


@pytest.mark.parametrize("mode", ["", "--exec"])
def test_descriptors_are_those_that_hfmint_was_given(job: RunJob, mode: str) -> None:
    """What hfmint was given and no more: one of the user's passes."""
    options = [mode] if mode else []
    reader, writer = os.pipe()
    with job.started(
        "acme/model",
        *options,
        "--",
        "bash",
        "-c",
        f"ls /proc/self/fd; echo hello >&{writer}",
        pass_fds=(writer,),
    ) as process:
        out, _ = process.communicate(timeout=30)
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        assert file.read() == b"hello\n"
    # `ls` has one of its own for the folder.
    free = min({3, 4} - {writer})
    assert out.decode().split() == sorted(map(str, {0, 1, 2, writer, free}))


def test_descriptors_of_an_id_token_command(world: World, job: RunJob) -> None:
    """None of ours, also where the Hub has been asked before."""
    token = world.github.id_token(world.hub.audience)
    command = f"ls /proc/self/fd | tr '\\n' ' ' >> fds; echo >> fds; echo {token}"
    world.fault("hub", "status=503 times=2")
    assert job.run("acme/model", "--id-token-command", command, "--", "true").status == 0
    assert job.file("fds").read_text() == "0 1 2 3 \n" * 3


def test_closed_streams_stay_harmless(job: RunJob) -> None:
    """No file of ours takes the place of a stream that was closed."""
    script = f"{job.program} run acme/model -- sh -c 'echo to-stdout' 0<&- >&-; echo status=$?"
    result = product.run(["sh", "-c", script], job.environment, job.work)
    assert b"status=0" in result.stdout or b"status=1" in result.stdout
    assert job.traces() == []


LIMITS = """
import json, os, resource
print(json.dumps({
    "core": resource.getrlimit(resource.RLIMIT_CORE),
    "files": resource.getrlimit(resource.RLIMIT_NOFILE),
    "umask": os.umask(0), "nice": os.nice(0), "cwd": os.getcwd(),
    "group": os.getpgrp(), "session": os.getsid(0),
}))
"""


@pytest.mark.parametrize("mode", ["", "--exec"])
def test_limits_mask_and_dispositions(job: RunJob, mode: str) -> None:
    """As hfmint found them; only an ignored SIGCHLD is made what programs expect."""

    def before() -> None:
        resource.setrlimit(resource.RLIMIT_CORE, (4096, 8192))
        resource.setrlimit(resource.RLIMIT_NOFILE, (100, 200))
        signal.pthread_sigmask(signal.SIG_SETMASK, [signal.SIGUSR1, signal.SIGALRM])
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR2):
            signal.signal(number, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        os.umask(0o027)
        os.nice(3)

    options = [mode] if mode else []

    def run(*command: str) -> tuple[int, str]:
        with job.started("acme/model", *options, "--", *command, preexec_fn=before) as process:
            return process.pid, process.communicate(timeout=30)[0].decode()

    group, out = run(sys.executable, "-c", LIMITS)
    assert json.loads(out) == {
        "core": [4096, 8192],
        "files": [100, 200],
        "umask": 0o027,
        "nice": 3,
        "cwd": str(job.work),
        "group": group,
        "session": group,
    }
    _, out = run("grep", "-E", "SigBlk|SigIgn", "/proc/self/status")
    blocked, ignored = (int(line.split()[1], 16) for line in out.splitlines())
    assert blocked == bits(signal.SIGUSR1, signal.SIGALRM)
    # The two that glibc keeps to itself, and ignores in whatever it spawns.
    own = bits(32, 33)
    assert ignored & ~own == bits(signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR2)


def bits(*numbers: int) -> int:
    """As the kernel shows a set of signals."""
    return sum(1 << (number - 1) for number in numbers)


def test_sigchld_ignored_by_the_caller(job: RunJob) -> None:
    """Does not keep hfmint from hearing of the end."""
    ignore = lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # noqa: E731
    options = ["--id-token-command", f"echo {job.world.github.id_token(job.world.hub.audience)}"]
    for more in ([], options):
        with job.started(
            "acme/model", *more, "--", "sh", "-c", "exit 7", preexec_fn=ignore
        ) as process:
            assert process.wait(20) == 7


def test_streams_pass_through(job: RunJob) -> None:
    """Standard input, and more output than any pipe holds, byte for byte."""
    data = os.urandom(1 << 20)
    result = job.run("acme/model", "--", "cat", stdin=data)
    assert (result.stdout, result.stderr) == (data, b"")
    big = job.shell("head -c 20000000 /dev/zero; head -c 300000 /dev/zero >&2")
    assert (len(big.stdout), len(big.stderr)) == (20_000_000, 300_000)


def test_a_reader_that_goes_away(job: RunJob) -> None:
    """Ends the program by SIGPIPE, as without hfmint."""
    script = f"{job.program} run acme/model -- yes | head -1; echo ${{PIPESTATUS[0]}}"
    result = product.run(["bash", "-c", script], job.environment, job.work)
    assert result.stdout == b"y\n141\n"


def test_arguments_pass_as_they_are(job: RunJob) -> None:
    """Also those that look like options of ours, and empty ones."""
    arguments = ["--export", "--", "-h", "", "a b", "*", "é", "--help"]
    program = "import json, sys; print(json.dumps(sys.argv[1:]))"
    result = job.run("acme/model", "--", sys.executable, "-c", program, *arguments)
    assert json.loads(result.stdout) == arguments


@pytest.mark.parametrize("mode", ["", "--exec"])
def test_arguments_that_are_no_text(job: RunJob, mode: str) -> None:
    """Byte for byte: a path need not be UTF-8."""
    options = [mode] if mode else []
    words = [os.fsdecode(word) for word in (b"caf\xe9", b"\xff\xfe", b"e\xcc\x81", b"ok")]
    script = 'for word in "$@"; do printf "%s\\n" "$word"; done'
    result = job.run("acme/model", *options, "--", "sh", "-c", script, "sh", *words)
    assert result.stdout == b"caf\xe9\n\xff\xfe\ne\xcc\x81\nok\n"
    program = job.file(os.fsdecode(b"pr\xf6gram"))
    program.write_text("#!/bin/sh\necho ran\n")
    program.chmod(0o755)
    result = job.run("acme/model", *options, "--", f"./{program.name}")
    assert (result.status, result.stdout) == (0, b"ran\n")


@pytest.mark.parametrize("mode", ["", "--exec"])
def test_a_script_that_names_no_interpreter(job: RunJob, mode: str) -> None:
    """Is run by the shell, as a shell and execvp(3) do, whether by a path or by PATH."""
    options = [mode] if mode else []
    folder = job.file("bin")
    folder.mkdir()
    script = folder / "bare"
    script.write_text('echo "$0" "$@"; exit 7\n')
    script.chmod(0o755)
    path = f"{folder}:{job.environment['PATH']}"
    for name in (str(script), "bare"):
        result = job.run("acme/model", *options, "--", name, "a b", "", "-x", env={"PATH": path})
        assert (result.status, result.stdout) == (7, f"{script} a b  -x\n".encode())
    (folder / "broken").write_bytes(b"\x7fELF")
    (folder / "broken").chmod(0o755)
    assert job.run("acme/model", *options, "--", str(folder / "broken")).status in (2, 126, 127)


def test_dispositions_of_an_id_token_command(world: World, job: RunJob) -> None:
    """Also of one that is run while hfmint itself ignores what reaches its child."""
    token = world.github.id_token(world.hub.audience)
    world.hub.expires_in = 4
    command = f"grep SigIgn /proc/self/status >> ignored; echo {token}"
    script = "while [ $(wc -l < ignored) -lt 2 ]; do sleep 0.05; done"
    options = ["--id-token-command", command]
    assert job.run("acme/model", *options, "--", "sh", "-c", script).status == 0
    # The two that glibc keeps to itself.
    own = bits(32, 33)
    lines = job.file("ignored").read_text().splitlines()
    assert {int(line.split()[1], 16) & ~own for line in lines} == {0}
