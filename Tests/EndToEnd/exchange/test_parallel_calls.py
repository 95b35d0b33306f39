"""Many calls at once: one exchange, and a lock that the dead do not hold."""

from __future__ import annotations

import fcntl
import subprocess
import time

from jobs import Job
from Sandbox.waiting import wait_for


def start(job: Job, *arguments: str) -> subprocess.Popen[bytes]:
    """Begin an exchange."""
    return subprocess.Popen(
        [job.program, "exchange", "acme/model", *arguments],
        env=job.env,
        cwd=job.work,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_fifty_calls_at_once_are_one_exchange(job: Job) -> None:
    """Each of them delivers its token."""
    job.world.fault("hub", "delay=0.3")
    running = [start(job, "--deliver", "stdout") for _ in range(50)]
    ended = [process.communicate(timeout=60) for process in running]
    assert [process.returncode for process in running] == [0] * 50
    assert len({out for out, _ in ended}) == 1
    assert job.works(ended[0][0].decode().strip())
    assert (len(job.world.requests("github")), len(job.world.requests("hub"))) == (1, 1)


def test_two_resources_do_not_wait_for_each_other(job: Job) -> None:
    """Each has a lock of its own."""
    job.world.publish("acme/other")
    job.world.fault("hub", "delay=30 times=1")
    slow = start(job, "--deliver", "stdout")
    wait_for("the exchange", lambda: job.world.requests("hub"))
    begun = time.monotonic()
    assert job.run("exchange", "acme/other").status == 0
    assert time.monotonic() - begun < 10
    slow.kill()
    slow.communicate()


def test_the_lock_of_a_killed_process_is_free(job: Job) -> None:
    """The kernel lets go of it; no file tells of a holder that is gone."""
    job.world.fault("hub", "delay=60")
    holder = start(job)
    wait_for("the exchange", lambda: job.world.requests("hub"))
    (lock,) = job.state.glob("lock-*")
    assert lock.stat().st_size == 0
    holder.kill()
    holder.communicate()
    begun = time.monotonic()
    job.delivered(job.exchange())
    assert time.monotonic() - begun < 10


def test_a_lock_that_is_held_is_waited_for_until_the_deadline(job: Job) -> None:
    """Then the error names the file."""
    job.delivered(job.exchange())
    (lock,) = job.state.glob("lock-*")
    for record in job.state.glob("record-*"):
        record.unlink()
    with lock.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        ended = job.exchange("--deadline", "1")
    assert (ended.status, ended.code) == (4, "service-unavailable")
    assert str(lock) in ended.err
    job.delivered(job.exchange())


def test_calls_that_fail_do_not_add_up(job: Job) -> None:
    """A refusal is each call's own; nobody waits for more than the others' requests."""
    job.world.hub.publishers.clear()
    running = [start(job) for _ in range(10)]
    for process in running:
        process.communicate(timeout=60)
    assert {process.returncode for process in running} == {3}
    assert len(job.world.requests("hub")) == 10
