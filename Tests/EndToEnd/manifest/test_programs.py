"""Programs that a manifest names, each of which ends in every way once: one contract for all.

Of the statuses that mean the same, one is tried; with HFMINT_ALL=1, each.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs import Job
from rotating import Json, Rotator

# Fails as `fault` says the first time that `operation` is asked for, and is the program in its
# arguments at all other times. A fault that begins with `act` comes after that one has acted.
FAILING = """#!{python}
import os, pathlib, signal, subprocess, sys
text = sys.stdin.buffer.read()
fault = pathlib.Path({fault!r})
if {operation!r} in text and fault.exists():
    act, _, how = fault.read_text().rpartition(" ")
    fault.unlink()
    if act:
        subprocess.run(sys.argv[1:], input=text, stdout=subprocess.DEVNULL, check=True)
    if how == "signal":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "late":
        signal.pause()
    sys.exit(int(how))
sys.exit(subprocess.run(sys.argv[1:], input=text).returncode)
"""
LATE = "5s"
SAME = ["64", "2", "127"]
ENDS = ["0", "1", "75", *SAME[: 3 if os.environ.get("HFMINT_ALL") == "1" else 1], "signal", "late"]
REFUSED = "refused (exit 1)"
SAID = {
    "75": "asks to come back (exit 75)",
    "signal": "failed with status 137",
    "late": "took longer than 5 s",
} | {end: f"failed with status {end}" for end in SAME}


class Program:
    """Fails once, when it is told to."""

    def __init__(self, folder: Path, operation: str) -> None:
        self._fault = folder / "fault"
        self.path = folder / "program"
        text = FAILING.format(
            python=sys.executable, fault=str(self._fault), operation=operation.encode()
        )
        self.path.write_text(text)
        self.path.chmod(0o755)

    def before(self, words: list[str]) -> list[str]:
        """The words of a manifest's `command`."""
        return [str(self.path), *words]

    def fail(self, how: str) -> None:
        """The next time."""
        self._fault.write_text(how)

    @property
    def has_failed(self) -> bool:
        """Whether that time has come."""
        return not self._fault.exists()


def issuer(rotator: Rotator, program: Program, more: Json) -> Json:
    """A rotation by an issuer's program."""
    entry = rotator.rotations.rotation("command", ["file"], overlap="1s")
    words = entry["issuer"]["command"]
    return entry | {"issuer": entry["issuer"] | {"command": program.before(words)} | more}


def sink(rotator: Rotator, program: Program, more: Json) -> Json:
    """A rotation into a program."""
    entry = rotator.rotations.rotation("okta", ["command"], overlap="1s")
    (place,) = entry["sinks"]
    return entry | {"sinks": [place | {"command": program.before(place["command"])} | more]}


def log_in(rotator: Rotator, program: Program, more: Json) -> Json:
    """A rotation whose secrets a program tries; it says yes to all."""
    entry = rotator.rotations.rotation("command", ["file"], overlap="1s")
    return entry | {"verify": {"kind": "command", "command": program.before(["/bin/true"])} | more}


def secret(rotator: Rotator, program: Program, more: Json) -> Json:
    """A rotation with a program in place of a credential, which has no `timeout`."""
    assert not more
    entry = rotator.rotations.rotation("okta", ["file"], overlap="1s")
    token = {"command": program.before(["/usr/bin/printenv", "OKTA_TOKEN"])}
    return entry | {"issuer": entry["issuer"] | {"token": token}}


PLACES: dict[str, tuple[Callable[[Rotator, Program, Json], Json], str]] = {
    "survey": (issuer, '"operation":"survey"'),
    "create": (issuer, '"operation":"create"'),
    "deactivate": (issuer, '"operation":"deactivate"'),
    "delete": (issuer, '"operation":"delete"'),
    "preflight": (sink, '"operation":"preflight"'),
    "write": (sink, '"operation":"write"'),
    "read": (sink, '"operation":"read"'),
    "log-in": (log_in, ""),
    "secret": (secret, ""),
}


def rotated(rotator: Rotator, folder: Path, place: str, how: str) -> Json:
    """What comes of a rotation in which the program ends so once."""
    make, operation = PLACES[place]
    program = Program(folder, operation)
    entry = make(rotator, program, {"timeout": LATE} if "late" in how else {})
    rotator.write({"chat": entry})
    assert rotator("init").status == 0
    if how != "0":
        program.fail(how)
    outcome = rotator.outcome("now", "chat")
    assert program.has_failed, outcome
    return outcome


def ends_well(rotator: Rotator, place: str, outcome: Json) -> None:
    """One secret is left, and it is in the sink."""
    assert (outcome["outcome"], outcome["exit"]) == ("done", 0), outcome
    stand = rotator.rotations.issuer("okta" if PLACES[place][0] in (sink, secret) else "command")
    kept = rotator.rotations.sink("command" if PLACES[place][0] is sink else "file")
    assert stand.held == 1, stand.live
    assert [kept.value()] == stand.live


@pytest.mark.parametrize(
    ("place", "end"),
    # A secret's program has no `timeout`, but half a minute.
    [(place, end) for place in PLACES for end in ENDS if (place, end) != ("secret", "late")],
)
def test_each_end_has_one_meaning(rotator: Rotator, tmp_path: Path, place: str, end: str) -> None:
    """A refusal is for a person, and whatever passes or says nothing is tried again."""
    outcome = rotated(rotator, tmp_path, place, end)
    if end == "1" and place != "log-in":
        assert (outcome["outcome"], outcome["exit"]) == ("attention", 6), outcome
        assert outcome["attention"] == "refused"
        assert REFUSED in str(outcome["reason"])
        outcome = rotator.outcome("resume", "chat")
    elif end in SAID:
        assert f"{SAID[end]}; again in 1 s" in str(outcome["err"])
    ends_well(rotator, place, outcome)


@pytest.mark.parametrize("end", ENDS[1:])
@pytest.mark.parametrize("place", ["create", "deactivate", "delete", "write"])
def test_each_end_after_it_has_acted(
    rotator: Rotator, tmp_path: Path, place: str, end: str
) -> None:
    """Nobody's secret is left behind, also where a program that failed says that it refused."""
    outcome = rotated(rotator, tmp_path, place, f"act {end}")
    if end == "1" and place != "create":
        assert (outcome["outcome"], outcome["exit"]) == ("attention", 6), outcome
        outcome = rotator.outcome("resume", "chat")
    ends_well(rotator, place, outcome)


@pytest.mark.parametrize("end", ENDS[1:-1])
def test_an_id_token_command(job: Job, tmp_path: Path, end: str) -> None:
    """A job waits for it, so that only what puts itself off is tried again."""
    program = Program(tmp_path, "")
    program.fail(end)
    words = program.before(["/usr/bin/printenv", "ID_TOKEN"])
    token = job.world.github.id_token("https://huggingface.co")
    ended = job.exchange("--id-token-command", " ".join(words), ID_TOKEN=token)
    assert program.has_failed
    if end == "75":
        job.delivered(ended)
        return
    job.refused(ended, 3, "identity-unsuitable")
    said = REFUSED if end == "1" else SAID[end]
    assert f"the ID token command {said}" in ended.err


def test_an_id_token_command_that_never_works(job: Job) -> None:
    """It may do so in another job's time."""
    ended = job.exchange("--deadline", "1", "--id-token-command", "exit 75")
    job.refused(ended, 4, "identity-unavailable")
