"""Kernels, file systems and sandboxes that lack a call: it works all the same, or says why not.

Whatever call answers ENOSYS, EPERM, ENOLCK or EOPNOTSUPP, once or always: a command succeeds, or
ends in time with a documented status and a sentence, and the next one finds nothing broken.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import faults
import tracing
from auditing import AuditedJob
from faults import ERRORS, Fault
from gitjob import description
from jobs import Job
from watched import NAME, Setting, Watched
from watchedends import ended, undamaged
from watchedpoints import program

SAMPLE = 3
# Not 1, which is a bug.
STATUSES = {0, 2, 3, 4, 5, 6}
RUN_STATUSES = {0, 125, 126, 127}
Command = Callable[[Job], tuple[str, ...]]
SOON = ("--deadline", "3")


def copies(job: Job) -> tuple[str, ...]:
    """Files of the user's."""
    files = (f"--deliver=env-file={job.work}/job.env", f"--deliver=token-file={job.work}/token")
    return ("exchange", "acme/model", *SOON, *files)


def with_copies(job: Job) -> None:
    """A job that was given copies."""
    assert job.run(*copies(job)).status == 0


JOBS: dict[str, tuple[Command, Callable[[Job], None] | None]] = {
    "exchange": (lambda job: ("exchange", "acme/model", *SOON), None),
    "warm exchange": (copies, with_copies),
    "copies": (copies, None),
    "values": (lambda job: ("exchange", "acme/model", *SOON, "--deliver=env", "--export"), None),
    "helper": (lambda job: ("git-credential", "get"), None),
    "setup-git": (lambda job: ("setup-git",), None),
    "run": (lambda job: ("run", "acme/model", "--", "true"), None),
    "doctor": (lambda job: ("doctor", "acme/model", *SOON), None),
    "forget": (lambda job: ("forget",), with_copies),
    "audited": (lambda job: ("exchange", "acme/model", *SOON), lambda job: audited(job)),
    "verify": (lambda job: ("audit", "verify"), lambda job: recorded(job)),
    "manifest": (lambda job: ("manifest", "check"), lambda job: audited(job)),
}


def audited(job: Job) -> None:
    """Nothing may be done that is not recorded."""
    folder = job.work.parent / "audit"
    AuditedJob(job, folder, file=str(folder / "audit.jsonl"), required=True)


def recorded(job: Job) -> None:
    """The same, with a log."""
    audited(job)
    assert job.run("exchange", "acme/model").status == 0


@pytest.mark.parametrize("name", JOBS)
def test_a_job_without_a_call(
    job: Job, tmp_path: Path, name: str, record_property: Callable[[str, object], None]
) -> None:
    """Each of its calls in turn is one that this machine lacks."""
    tracing.require()
    command, prepare = JOBS[name]
    host = job.world.hub.origin.partition("//")[2]
    question = description(protocol="http", host=host, path="acme/model") + b"\n"

    def fresh(folder: str) -> Job:
        made = Job(job.world, job.program, tmp_path / folder)
        made.env["HOME"] = str(made.work)
        if prepare:
            prepare(made)
        return made

    log = tmp_path / "calls"
    dry = fresh("dry")
    assert dry.run(*command(dry), stdin=question, through=faults.recording(log)).status == 0

    def one(number: int, fault: Fault) -> str:
        case = fresh(str(number))
        words, through = command(case), fault.through(tmp_path / f"{number}.calls")
        try:
            run = case.run(*words, stdin=question, through=through)
        except subprocess.TimeoutExpired:
            return "it does not end"
        if run.status not in (RUN_STATUSES if name == "run" else STATUSES):
            return str(run)
        # Who cannot write cannot say why.
        if run.status and "hfmint: " not in run.err and name != "doctor" and fault.call != "write":
            return f"no sentence: {run}"
        wide = [path for path in made_by(case) if path.is_file() and path.stat().st_mode & 0o077]
        if wide or not all(case.works(token) for token in case.tokens):
            return f"{wide}, {case.tokens}: {run}"
        # Nor can it say what it leaves.
        if name == "forget" and run.status == 0 and keeps(case) and fault.call != "write":
            told = any(word in run.out + run.err for word in ("remain", "alone"))
            return "" if told else f"silent about {keeps(case)}: {run}"
        again = case.run(*words, stdin=question)
        return "" if again.status == 0 else f"{run}\nthen: {again}"

    told = "without " + faults.tried(name, faults.of(log), SAMPLE, one)
    record_property("told", told)


def made_by(job: Job) -> list[Path]:
    """What hfmint made that may hold a token."""
    return [
        *(job.temp / "hfmint").glob("*/**/*"),
        *job.work.glob("job.env"),
        *job.work.glob("tok*"),
    ]


def keeps(job: Job) -> list[Path]:
    """What still holds a token."""
    paths = [path for path in made_by(job) if path.is_file()]
    return [path for path in paths if b"hf_jwt_" in path.read_bytes()]


ROTATIONS = ("init", "plan", "now", "run", "status")


@pytest.mark.parametrize("name", ROTATIONS)
def test_a_rotation_without_a_call(
    tmp_path: Path, name: str, record_property: Callable[[str, object], None]
) -> None:
    """No secret is lost, and the rotation can be ended where the call is there again."""
    setting, log = Setting("okta", ["file"]), tmp_path / "calls"
    words = ("now", NAME) if name == "now" else (name,)

    def begin(watched: Watched) -> None:
        if name in ("now", "run", "status"):
            assert watched.run("init").status == 0

    with Watched(setting, program(), tmp_path / "dry") as dry:
        begin(dry)
        assert dry.run(*words, through=faults.recording(log)).status == 0

    def one(number: int, fault: Fault) -> str:
        try:
            with Watched(setting, program(), tmp_path / str(number)) as watched:
                begin(watched)
                run = watched.run(*words, through=fault.through(watched.root / "calls"))
                story = [str(run)]
                undamaged(watched, story)
                assert run.status in STATUSES, run
                assert not run.status or "hfmint: " in run.err or fault.call == "write", run
                if name == "now":
                    watched.run("resume", NAME)
                    ended(watched, watched.advance(), story, [])
                else:
                    assert watched.run(*words).status == 0, run
        except subprocess.TimeoutExpired:
            return "it does not end"
        except AssertionError as error:
            return str(error)
        return ""

    told = "without " + faults.tried(name, faults.of(log, faults.NETWORK), SAMPLE, one)
    record_property("told", told)


@pytest.mark.parametrize("error", ERRORS)
def test_a_job_without_locks_has_its_token(job: Job, tmp_path: Path, error: str) -> None:
    """The lock saves a request, no more; where another kind of lock is there, nothing is said."""
    tracing.require()
    log = tmp_path / "calls"
    kinds = [*tracing.quiet(log), "-e", f"inject=flock:error={error}"]
    ended = job.exchange(through=kinds)
    job.delivered(ended)
    assert ("no locks in" in ended.err) == (error == "ENOLCK")
    job.run("forget")
    ended = job.exchange(through=[*kinds, "-e", f"inject=fcntl:error={error}:when=9+"])
    job.delivered(ended)


@pytest.mark.parametrize("operation", ["init", "now"])
def test_a_rotation_without_locks_is_refused(tmp_path: Path, operation: str) -> None:
    """Two at once would lose a secret: it names the journal, and the way out."""
    with Watched(Setting("okta", ["file"]), program(), tmp_path / "rotation") as watched:
        if operation == "now":
            assert watched.run("init").status == 0
        fault = Fault("flock", "ENOLCK", "1+")
        words = ("now", NAME) if operation == "now" else ("init",)
        run = watched.run(*words, through=fault.through(tmp_path / "calls"))
        assert run.status == 5, run
        assert ".journal': its file system has no locks (no locks available)" in run.err
        assert "--journal-dir" in run.err or "move it to a local disk" in run.err
        assert watched.issuer.held == 1


def test_a_rotation_that_cannot_be_made_durable_is_refused(tmp_path: Path) -> None:
    """Every way of flushing is gone."""
    with Watched(Setting("okta", ["file"]), program(), tmp_path / "rotation") as watched:
        assert watched.run("init").status == 0
        calls = ("fsync", "fdatasync", "syncfs")
        words = [word for call in calls for word in ("-e", f"inject={call}:error=ENOSYS")]
        through = [*tracing.quiet(tmp_path / "calls"), *words]
        run = watched.run("now", NAME, through=through)
        assert run.status == 5, run
        assert "its file system cannot flush (function not implemented)" in run.err
        assert watched.issuer.held == 1


def test_a_required_record_without_locks_is_none(job: Job, tmp_path: Path) -> None:
    """Then the exchange is not made."""
    tracing.require()
    audited(job)
    ended = job.exchange(through=Fault("flock", "ENOLCK", "1+").through(tmp_path / "calls"))
    assert (ended.status, ended.code) == (5, "audit-unavailable"), ended
    assert "its file system has no locks" in ended.err
    assert job.world.requests("hub") == []
    assert job.tokens == []
