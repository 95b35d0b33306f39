"""Signals and terminals: with `hfmint run` in between, nobody notices."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

import product
from gitjob import Terminal
from runjob import RUN_LISTENER, RunJob, github_run, heard
from Sandbox.waiting import wait_for
from Sandbox.world import World


@pytest.fixture
def job(world: World, tmp_path: Path) -> RunJob:
    """A GitHub job that acme/model trusts."""
    return github_run(world, tmp_path / "work")


@pytest.mark.parametrize("name", ["TERM", "HUP", "USR2", "CONT"])
def test_a_signal_is_passed_on_once(job: RunJob, name: str) -> None:
    """Each that is sent to hfmint alone reaches the program, once."""
    with job.started(*RUN_LISTENER) as process:
        job.wait_for_file("pid")
        process.send_signal(getattr(signal, f"SIG{name}"))
        wait_for(name, lambda: heard(job) == [f"SIG{name}"])
        process.send_signal(signal.SIGUSR1)
        assert process.wait(30) == 9
    assert heard(job) == [f"SIG{name}", "SIGUSR1"]
    assert job.left() == []


@pytest.mark.parametrize("name", ["INT", "QUIT", "TSTP"])
def test_what_the_terminal_sends_is_the_programs(job: RunJob, name: str) -> None:
    """Sent to hfmint alone, nothing comes of it: from a terminal the program has its own."""
    with job.started(*RUN_LISTENER) as process:
        job.wait_for_file("pid")
        process.send_signal(getattr(signal, f"SIG{name}"))
        process.send_signal(signal.SIGUSR1)
        assert process.wait(30) == 9
    assert heard(job) == ["SIGUSR1"]


def test_sent_to_the_whole_group(job: RunJob) -> None:
    """INT reaches the program once."""
    with job.started(*RUN_LISTENER) as process:
        job.wait_for_file("pid")
        os.killpg(process.pid, signal.SIGINT)
        wait_for("INT", lambda: heard(job))
        process.send_signal(signal.SIGUSR1)
        assert process.wait(30) == 9
    assert heard(job) == ["SIGINT", "SIGUSR1"]


@pytest.mark.parametrize("name", ["TERM", "HUP", "USR1", "USR2"])
def test_a_program_that_does_not_care(job: RunJob, name: str) -> None:
    """Is ended by it, and hfmint says so; nothing is left."""
    number = getattr(signal, f"SIG{name}")
    script = "echo started > started; exec sleep 600"
    with job.started("acme/model", "--", "sh", "-c", script) as process:
        job.wait_for_file("started")
        process.send_signal(number)
        assert process.wait(30) == 128 + number
    assert job.left() == []
    assert job.traces() == []


@pytest.mark.parametrize(("key", "name"), [(b"\x03", "SIGINT"), (b"\x1c", "SIGQUIT")])
def test_keys_of_the_terminal(job: RunJob, key: bytes, name: str) -> None:
    """Ctrl-C and Ctrl-\\ reach the program once, and it decides."""
    with Terminal(job.command(*RUN_LISTENER), job.environment, job.work) as terminal:
        job.wait_for_file("pid")
        terminal.type(key)
        wait_for(name, lambda: heard(job) == [name])
        os.kill(terminal.pid, signal.SIGUSR1)
        assert terminal.finish()[0] == 9
    assert heard(job) == [name, "SIGUSR1"]
    assert job.left() == []


@pytest.mark.parametrize(("key", "status"), [(b"\x03", 130), (b"\x1c", 131)])
def test_keys_that_end_the_program(job: RunJob, key: bytes, status: int) -> None:
    """And hfmint with it, in order."""
    script = "ulimit -c 0; echo ready; exec sleep 600"
    command = job.command("acme/model", "--", "sh", "-c", script)
    with Terminal(command, job.environment, job.work) as terminal:
        terminal.read_until(b"ready")
        terminal.type(key)
        assert terminal.finish()[0] == status
    assert job.left() == []


def test_a_terminal_that_hangs_up(job: RunJob) -> None:
    """Ends the program by HUP."""
    script = 'trap "echo hup > hup; exit 4" HUP; echo ready; while :; do sleep 0.1; done'
    command = job.command("acme/model", "--", "sh", "-c", script)
    with Terminal(command, job.environment, job.work) as terminal:
        terminal.read_until(b"ready")
    assert job.wait_for_file("hup") == "hup"
    _, status = os.waitpid(terminal.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 4
    assert job.left() == []


def test_the_program_reads_the_terminal(job: RunJob) -> None:
    """It is in the foreground, as without hfmint."""
    script = 'read -p "name? " name; test -t 0 && test -t 1 && echo "hello $name"'
    command = job.command("acme/model", "--", "bash", "-c", script)
    with Terminal(command, job.environment, job.work) as terminal:
        terminal.read_until(b"name? ")
        terminal.type(b"ada\n")
        terminal.read_until(b"hello ada")
        assert terminal.finish()[0] == 0


# None of them starts others: a shell that is stopped while it does so may be stuck, with hfmint or
# without, in vfork(2).
KNOWS_NOTHING = "print('ready'); print('got-' + input()); raise SystemExit(6)"
STOPS_ITSELF = """
import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTSTP])
print("ready", flush=True)
signal.sigwait([signal.SIGTSTP])
os.kill(os.getpid(), signal.SIGSTOP)
assert os.path.exists("go")
print("got-on")
raise SystemExit(6)
"""


@pytest.mark.parametrize("program", [KNOWS_NOTHING, STOPS_ITSELF], ids=["stopped", "stops"])
def test_job_control_works_as_without_hfmint(job: RunJob, program: str) -> None:
    """Ctrl-Z gives the shell back, `fg` goes on, and the status is the program's."""
    environment = {**job.environment, "PS1": "prompt> ", "TERM": "dumb", "SCRIPT": program}
    shell = ["bash", "--norc", "--noprofile", "-i"]
    run = f'{job.program} run acme/model -- {sys.executable} -uc "$SCRIPT"\n'
    with Terminal(shell, environment, job.work) as terminal:
        terminal.read_until(b"prompt> ")
        for _ in range(2):
            job.file("go").unlink(missing_ok=True)
            terminal.type(run.encode())
            terminal.read_until(b"ready")
            terminal.type(b"\x1a")
            terminal.read_until(b"Stopped")
            terminal.read_until(b"prompt> ")
            terminal.type(b"touch go; jobs; fg\n")
            terminal.read_until(b"Stopped")
            if program == KNOWS_NOTHING:
                terminal.type(b"on\n")
            terminal.read_until(b"got-on")
            terminal.read_until(b"prompt> ")
            terminal.type(b"echo status=$?\n")
            terminal.read_until(b"\nstatus=6")
            terminal.read_until(b"prompt> ")
        terminal.type(b"exit\n")
        assert terminal.finish()[0] == 0
    assert job.left() == []


def test_in_the_background_of_a_shell(job: RunJob) -> None:
    """`bg` goes on, `kill %1` ends it, and `wait` is told."""
    script = "import signal; print('ready'); signal.pause()"
    environment = {**job.environment, "PS1": "prompt> ", "TERM": "dumb", "SCRIPT": script}
    with Terminal(["bash", "--norc", "--noprofile", "-i"], environment, job.work) as terminal:
        terminal.read_until(b"prompt> ")
        terminal.type(f'{job.program} run acme/model -- {sys.executable} -uc "$SCRIPT"\n'.encode())
        terminal.read_until(b"\nready")
        terminal.type(b"\x1a")
        terminal.read_until(b"Stopped")
        terminal.type(b"bg; kill %1; wait %1; echo status=$?\n")
        terminal.read_until(b"\nstatus=143")
        terminal.type(b"exit\n")
        terminal.finish()
    assert job.left() == []


def test_a_program_that_is_frozen_from_outside(job: RunJob) -> None:
    """And let go again, itself alone: hfmint hears of its end."""
    with job.started(*RUN_LISTENER) as process:
        child = int(job.wait_for_file("pid"))
        os.kill(child, signal.SIGSTOP)
        wait_for("stopped", lambda: state(child) == "T")
        process.send_signal(signal.SIGUSR2)
        os.kill(child, signal.SIGCONT)
        wait_for("USR2", lambda: "SIGUSR2" in heard(job))
        wait_for("asleep", lambda: state(process.pid) == "S")
        os.kill(child, signal.SIGUSR1)
        assert process.wait(30) == 9


def state(pid: int) -> str:
    """What the kernel says a process does: S sleeps, T is stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_nohup_stays_in_force(job: RunJob) -> None:
    """What was ignored from the start stays ignored, and is not passed on."""
    script = "echo ready > ready; while ! test -e go; do sleep 0.05; done; exit 5"
    with job.started("acme/model", "--", "sh", "-c", script, prefix=("nohup",)) as process:
        job.wait_for_file("ready")
        os.killpg(process.pid, signal.SIGHUP)
        process.send_signal(signal.SIGHUP)
        job.file("go").touch()
        assert process.wait(30) == 5


def test_killed_before_the_program_starts(world: World, job: RunJob) -> None:
    """TERM during the exchange ends hfmint at once, and the next one sweeps what is left."""
    world.fault("hub", "delay=20 path=/oauth/token")
    with job.started("acme/model", "--", "touch", "started") as process:
        wait_for("the exchange", lambda: world.hub.requests)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == -signal.SIGTERM
    assert job.shell("true").status == 0
    assert job.left() == []
    assert not job.file("started").exists()


def test_a_supervisor_that_is_killed(world: World, job: RunJob) -> None:
    """Leaves files; the next hfmint of the job removes them, and those of no run that lives."""
    script = "echo $$ > {0}; while ! test -e go; do sleep 0.05; done; test -s $HF_TOKEN_PATH"
    with (
        job.started("acme/model", "--", "sh", "-c", script.format("one")) as one,
        job.started("acme/model", "--", "sh", "-c", script.format("two")) as two,
    ):
        orphan = int(job.wait_for_file("one"))
        job.wait_for_file("two")
        one.kill()
        one.wait(30)
        assert len(job.left()) == 2
        assert (
            product.run(
                [str(job.program), "exchange", "acme/model"], job.environment, job.work
            ).status
            == 0
        )
        assert len(job.left()) == 1
        os.kill(orphan, signal.SIGKILL)
        job.file("go").touch()
        assert two.wait(30) == 0
    assert job.left() == []
