"""`hfmint run` as process 1 of a container: it passes signals on, and reaps what is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from runjob import RUN_LISTENER, RunJob, github_run, heard
from Sandbox.waiting import wait_for
from Sandbox.world import World


@pytest.fixture
def job(world: World, tmp_path: Path) -> RunJob:
    """A GitHub job that acme/model trusts."""
    return github_run(world, tmp_path / "work")


needs_namespaces = pytest.mark.skipif(
    subprocess.run(
        ["unshare", "--pid", "--fork", "true"], capture_output=True, check=False
    ).returncode
    != 0,
    reason="no PID namespaces here",
)
AS_INIT = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")


@needs_namespaces
def test_process_1_tells_the_status_and_buries_orphans(job: RunJob) -> None:
    """As in a container: the status, and orphans are buried."""
    # The inner shell leaves an orphan behind, and waits until it is gone from the table.
    script = (
        "test $PPID = 1 || exit 90; (sh -c 'echo $$ > orphan; sleep 0.2' &) ; "
        "until test -s orphan; do sleep 0.02; done; n=0; "
        "while test -e /proc/$(cat orphan); do n=$((n+1)); test $n -lt 200 || exit 91; sleep 0.02; "
        "done; exit 6"
    )
    with job.started("acme/model", "--", "sh", "-c", script, prefix=AS_INIT) as process:
        assert process.wait(60) == 6
    assert job.left() == []


@needs_namespaces
@pytest.mark.parametrize("name", ["TERM", "HUP", "USR2"])
def test_signals_to_process_1(job: RunJob, name: str) -> None:
    """Are passed on, although the kernel spares such a process what it does not handle."""
    with job.started(*RUN_LISTENER, prefix=AS_INIT) as process:
        job.wait_for_file("pid")
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(children[0]), getattr(signal, f"SIG{name}"))
        wait_for(name, lambda: heard(job) == [f"SIG{name}"])
        os.kill(int(children[0]), signal.SIGUSR1)
        assert process.wait(30) == 9


@needs_namespaces
def test_process_1_renews_by_a_command(world: World, job: RunJob) -> None:
    """The command's end is heard of by the one who waits for it, although process 1 buries all."""
    world.hub.expires_in = 4
    command = f"echo {world.github.id_token(world.hub.audience)}"
    script = (
        'first=$(cat $HF_TOKEN_PATH); n=0; while test "$(cat $HF_TOKEN_PATH)" = "$first"; do '
        "n=$((n+1)); test $n -lt 300 || exit 92; sleep 0.05; done; exit 6"
    )
    started = time.monotonic()
    with job.started(
        "acme/model", "--id-token-command", command, "--", "sh", "-c", script, prefix=AS_INIT
    ) as process:
        assert process.wait(60) == 6
    assert time.monotonic() - started < 20
