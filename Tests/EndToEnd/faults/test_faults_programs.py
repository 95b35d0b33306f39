"""A sandbox that forbids the calls by which programs are started: one of them, or all.

glibc takes clone(2) in place of clone3(2) only where that answers ENOSYS, and containers say EPERM:
https://github.com/moby/moby/pull/42681
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import tracing
from jobs import Ended, Job

ALL = ("clone3", "clone", "fork", "vfork")
SENTENCE = "this sandbox does not let hfmint start a program (fork: "
WORDS = {
    "EPERM": "operation not permitted",
    "EACCES": "permission denied",
    "ENOSYS": "function not implemented",
}


@pytest.fixture
def job(job: Job) -> Job:
    """A job in its work folder, with a home of its own."""
    tracing.require()
    job.env["HOME"] = str(job.work)
    return job


def without(calls: tuple[str, ...], error: str, log: Path) -> list[str]:
    """The words that run hfmint where the calls are refused, and what it starts where not."""
    faults = [word for call in calls for word in ("-e", f"inject=?{call}:error={error}")]
    return tracing.alone([*tracing.quiet(log), "-e", "trace=?clone3,?clone,?fork,?vfork", *faults])


def finding(ended: Ended, check: str) -> tuple[str, str]:
    """What doctor found, and all that it said."""
    row = next(row for row in json.loads(ended.out)["checks"] if row["id"] == check)
    return row["status"], json.dumps(row["findings"], ensure_ascii=False)


@pytest.mark.parametrize("error", WORDS)
def test_one_call_is_refused(job: Job, tmp_path: Path, error: str) -> None:
    """Every program is started by another."""
    through = without(("clone3",), error, tmp_path / "calls")
    assert job.run("setup-git", "--global", through=through).status == 0
    ended = job.run("doctor", "--json", through=through)
    assert finding(ended, "git-helper")[0] == "ok"
    assert "git version" in finding(ended, "versions")[1]


@pytest.mark.parametrize(
    ("words", "status", "out", "err"),
    [
        (("sh", "-c", "echo $0 $#; cat; exit 7", "a b", ""), 7, "a b 1\nin", ""),
        (("sh", "-c", "kill -TERM $$"), 143, "", ""),
        (("./script", "x"), 3, "x\n", ""),
        (("nothing-of-that-name",), 127, "", "'nothing-of-that-name' was not found"),
        (("/etc/passwd",), 126, "", "'/etc/passwd' cannot be run: permission denied"),
    ],
)
def test_a_command_that_is_started_by_another_call(
    job: Job, tmp_path: Path, words: tuple[str, ...], status: int, out: str, err: str
) -> None:
    """Gets its words and its input, and its end comes back."""
    script = job.work / "script"
    script.write_text('echo "$1"; exit 3\n')
    script.chmod(0o755)
    through = without(("clone3",), "EPERM", tmp_path / "calls")
    ended = job.run("run", "acme/model", "--", *words, through=through, stdin=b"in")
    assert (ended.status, ended.out) == (status, out), ended
    assert err in ended.err


@pytest.mark.parametrize("error", WORDS)
def test_every_call_is_refused(job: Job, tmp_path: Path, error: str) -> None:
    """The program and the reason are told, and nobody says that there is none."""
    through = without(ALL, error, tmp_path / "calls")
    said = f"{SENTENCE}{WORDS[error]})"
    ended = job.run("doctor", "--json", through=through)
    status, text = finding(ended, "git-helper")
    assert (status, f"git cannot be asked: it cannot be started: {said}" in text) == ("fail", True)
    assert "no git" not in ended.out
    ended = job.run("setup-git", "--global", through=through)
    assert (ended.status, f"git could not be run: it cannot be started: {said}" in ended.err) == (
        5,
        True,
    )
    ended = job.run("run", "acme/model", "--", "true", through=through)
    assert (ended.status, f"'true' cannot be run: {said}" in ended.err) == (126, True)
    ended = job.exchange("--id-token-command", "true", through=through)
    assert (ended.status, said in ended.err) == (3, True), ended


def test_want_is_no_sandbox(job: Job, tmp_path: Path) -> None:
    """Where fork lacks what it needs, another try may have it."""
    through = [
        *without(("clone3",), "EPERM", tmp_path / "calls"),
        *("-e", "inject=?clone,?fork,?vfork:error=EAGAIN"),
    ]
    ended = job.run("run", "acme/model", "--", "true", through=through)
    assert (ended.status, SENTENCE in ended.err) == (126, False), ended
    assert "resource temporarily unavailable" in ended.err
