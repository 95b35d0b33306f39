"""In a chroot or sandbox without /proc, and with arguments that are no text."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import product
from jobs import Job

HIDE = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "sh"]


@pytest.fixture
def hidden() -> list[str]:
    """The words that run a command where /proc is empty."""
    if subprocess.run([*HIDE, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no mount namespace may be made here")
    return HIDE


def test_a_token_is_evaluated_and_not_the_overview(job: Job, hidden: list[str]) -> None:
    """The arguments are those of main."""
    job.delivered(job.exchange(through=hidden))
    script = 'eval "$(hfmint exchange acme/model)" && cat "$HF_TOKEN_PATH"'
    found = product.run([*hidden, "sh", "-c", script], job.env, job.work)
    assert found.status == 0, found.stderr
    assert job.works(found.stdout.decode())


@pytest.mark.parametrize("arguments", [[], ["--version"], ["exchange", ""], ["", "a b", "-", "--"]])
def test_every_argument_comes_through(job: Job, hidden: list[str], arguments: list[str]) -> None:
    """None at all, empty ones, and those with blanks: as with /proc."""
    assert job.run(*arguments, through=hidden) == job.run(*arguments)


def test_a_preloaded_library_changes_nothing(job: Job) -> None:
    """One that moves the environment, beside which arguments are looked for elsewhere."""
    library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
    ended = job.run("exchange", "acme/model", LD_PRELOAD=library, FAKETIME="+0")
    job.delivered(ended)


@pytest.mark.parametrize("how", ["by PATH", "by a relative path", "by a link"])
def test_git_is_told_the_whole_path(job: Job, hidden: list[str], how: str) -> None:
    """So that the helper is found from every folder."""
    name = {"by PATH": "hfmint", "by a relative path": "./hfmint", "by a link": "./other"}[how]
    if how != "by PATH":
        (job.work / name).symlink_to(job.program)
    command = [*hidden, "sh", "-c", f"{name} setup-git --environment"]
    found = product.run(command, job.env, job.work)
    assert (found.status, found.stderr) == (0, b"")
    assert f"'{job.program} git-credential'" in found.stdout.decode()


def test_a_program_that_is_run_gets_its_own_bytes(job: Job, hidden: list[str]) -> None:
    """Also those that are no text."""
    words = [b"printf", b"%s|", b"a\xff", b"", b"\xe9 b"]
    command: list[str | bytes] = [*hidden, str(job.program), "run", "acme/model", "--", *words]
    done = subprocess.run(command, env=job.env, cwd=job.work, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"a\xff||\xe9 b|"), done.stderr


NOT_TEXT = [
    ["exchange", b"acme/\xff"],
    ["exchange", "acme/model", "--deliver", b"token-file=caf\xe9"],
    ["exchange", "acme/model", b"--deliver=env-file=\xc3\x28"],
    ["exchange", "acme/model", "--state-dir", b"\xed\xa0\x80"],
    ["run", "--state-dir", b"\xff", "acme/model", "--", "true"],
    ["rotate", "status", "--prometheus", b"\xff.prom"],
    ["audit", "show", b"\xff"],
]


@pytest.mark.parametrize("arguments", NOT_TEXT)
def test_an_argument_that_is_no_text_is_refused(job: Job, arguments: list[str | bytes]) -> None:
    """Its bytes are not exchanged for others: that would be another file."""
    done = subprocess.run(
        [job.program, *arguments], env=job.env, cwd=job.work, capture_output=True, check=False
    )
    assert done.returncode in (2, 125)
    assert b"is not UTF-8 text [usage]" in done.stderr
    assert not list(job.work.iterdir())
    assert job.world.requests("hub") == []
    assert not (Path(job.env["RUNNER_TEMP"]) / "hfmint").exists()
