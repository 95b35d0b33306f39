"""The job's directory: whose it may be, and which token is served from it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs import Job, is_root, modes

needs_root = pytest.mark.skipif(not is_root(), reason="only root can give a directory away")


def mkdir(path: Path, mode: int = 0o700) -> Path:
    """Make a directory with exactly this mode."""
    path.mkdir(parents=True)
    path.chmod(mode)
    return path


def test_it_is_ours_alone(job: Job) -> None:
    """Directories 0700, files 0600, whatever the umask is."""
    for umask in ("0000", "0022", "0077"):
        through = ["sh", "-c", f'umask {umask}; exec "$0" "$@"']
        job.delivered(job.exchange(through=through))
        found = modes(job.temp / "hfmint")
        files = {name for name in found if "/" in name}
        assert {found[name] for name in files} == {"0o600"}
        assert {found[name] for name in set(found) - files} == {"0o700"}


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "mode 755": (lambda path: mkdir(path, 0o755), "its mode is 755 instead of 700"),
    "mode 770": (lambda path: mkdir(path, 0o770), "its mode is 770 instead of 700"),
    "mode 500": (lambda path: mkdir(path, 0o500), "its mode is 500 instead of 700"),
    "symlink": (
        lambda path: path.symlink_to(mkdir(path.with_name("x"))),
        "it is a symbolic link or no directory",
    ),
    "file": (lambda path: path.write_text("x"), "it is a symbolic link or no directory"),
}


@pytest.mark.parametrize("kind", SPOILT)
def test_one_that_was_made_first_by_someone_is_skipped(job: Job, kind: str) -> None:
    """With a note, and the next place is taken."""
    spoil, reason = SPOILT[kind]
    spoil(job.temp / "hfmint")
    ended = job.exchange()
    job.delivered(ended)
    assert f"skipping '{job.temp}/hfmint' for this job's tokens: {reason}" in ended.err
    assert ended.exports["HF_TOKEN_PATH"].startswith(job.env["XDG_RUNTIME_DIR"])


@needs_root
@pytest.mark.parametrize("depth", ["hfmint", "job"])
def test_another_users_is_skipped(job: Job, depth: str) -> None:
    """Also where only the innermost is theirs."""
    job.delivered(job.exchange())
    theirs = job.state if depth == "job" else job.state.parent
    os.chown(theirs, 65534, 65534)
    ended = job.exchange()
    job.delivered(ended)
    assert f"skipping '{theirs}' for this job's tokens: it belongs to another user" in ended.err


def test_a_base_that_others_can_write_is_skipped(job: Job) -> None:
    """Unless it has the sticky bit."""
    job.temp.chmod(0o777)
    ended = job.exchange()
    assert "others can write it, and it lacks the sticky bit" in ended.err
    job.temp.chmod(0o1777)
    ended = job.exchange()
    job.delivered(ended)
    assert ended.exports["HF_TOKEN_PATH"].startswith(str(job.temp))


def test_a_directory_that_was_named_has_no_substitute(job: Job) -> None:
    """Whoever names one wants that one."""
    spoilt = mkdir(job.work / "spoilt", 0o755)
    absent = job.work / "absent/state"
    for option, variable in ((str(spoilt), None), (None, str(spoilt)), (str(absent), None)):
        words = ["--state-dir", option] if option else []
        ended = job.exchange(*words, HFMINT_STATE_DIR=variable)
        job.refused(ended, 5, "state-unusable")
    assert job.world.requests("hub") == []


def test_the_option_counts_before_the_variable(job: Job) -> None:
    """Both are made if they are not there."""
    option, variable = (job.work / f"{name}/hfmint/0123456789abcdef" for name in "ov")
    for path in (option, variable):
        mkdir(path.parent)
    ended = job.exchange("--state-dir", str(option), HFMINT_STATE_DIR=str(variable))
    job.delivered(ended)
    assert Path(ended.exports["HF_TOKEN_PATH"]).parent == option
    assert not variable.exists()


def test_another_files_name_does_not_matter(job: Job) -> None:
    """What stands where the record or the lock should be is no record and no lock."""
    job.delivered(job.exchange())
    (record,) = job.state.glob("record-*")
    for content in (b"", b"{}", b"[" * 999, b"\xff", record.read_bytes()[:-40]):
        record.write_bytes(content)
        job.delivered(job.exchange())
    record.unlink()
    record.symlink_to("/etc/passwd")
    job.delivered(job.exchange())
    assert not record.is_symlink()
    assert job.world.hub.exchanges() == 7


def test_the_second_call_asks_nobody(job: Job) -> None:
    """And delivers the same token."""
    first = job.delivered(job.exchange())
    asked = len(job.world.requests("hub")) + len(job.world.requests("github"))
    assert job.delivered(job.exchange()) == first
    assert len(job.world.requests("hub")) + len(job.world.requests("github")) == asked == 2


def other_token(job: Job) -> str:
    """An ID token of another job."""
    claims = job.world.github.job.id_token_claims("https://huggingface.co", int(time.time()))
    claims["sub"] = "repo:acme/training:environment:other"
    return job.world.sentinels.record("id-token", job.world.github.key.sign(claims))


KEYED: dict[str, Callable[[Job], tuple[list[str], dict[str, str]]]] = {
    "job": lambda job: ([], {"GITHUB_RUN_ID": "7"}),
    "attempt": lambda job: ([], {"GITHUB_RUN_ATTEMPT": "2"}),
    "repository": lambda job: ([], {"GITHUB_REPOSITORY": "acme/other"}),
    "token endpoint": lambda job: (
        [],
        {"ACTIONS_ID_TOKEN_REQUEST_URL": job.env["ACTIONS_ID_TOKEN_REQUEST_URL"] + "&"},
    ),
    "job's credential": lambda job: ([], {"ACTIONS_ID_TOKEN_REQUEST_TOKEN": "other"}),
    "given identity": lambda job: ([], {"HF_OIDC_ID_TOKEN": other_token(job)}),
    "command": lambda job: (["--id-token-command", "echo nothing"], {}),
    "audience": lambda job: ([], {"HFMINT_AUDIENCE": "https://other.example"}),
    "endpoint": lambda job: (
        [],
        {"HF_ENDPOINT": job.world.hub.origin.replace("127.0.0.1", "localhost")},
    ),
    "resource": lambda job: (["D=datasets/acme/model"], {}),
    "untrusted events": lambda job: (["--allow-untrusted-event"], {}),
}


@pytest.mark.parametrize("change", KEYED)
def test_nothing_is_served_across(job: Job, change: str) -> None:
    """Change one thing, and the token that is there does not count; change it back, and it does."""
    state = mkdir(job.work / "hfmint") / "0123456789abcdef"
    options = ["--state-dir", str(state)]
    job.world.publish("datasets/acme/model")
    first = job.delivered(job.exchange(*options))
    asked = len(job.world.requests("hub")) + len(job.world.requests("github"))
    more, variables = KEYED[change](job)
    ended = job.exchange(*options, *more, **variables)
    now = len(job.world.requests("hub")) + len(job.world.requests("github"))
    assert now > asked or ended.status == 3, ended
    if ended.status == 0 and change != "resource":
        assert Path(ended.exports["HF_TOKEN_PATH"]).read_text() != first
    assert job.delivered(job.exchange(*options)) == first or change == "resource"


def test_jobs_do_not_even_share_a_directory(job: Job) -> None:
    """Two of one run on one machine."""
    first = job.exchange()
    other = job.exchange(GITHUB_JOB="other")
    paths = {Path(ended.exports["HF_TOKEN_PATH"]).parent for ended in (first, other)}
    assert len(paths) == 2


@pytest.mark.parametrize(
    ("lifetime", "left", "served"),
    [
        (3600, 3600, True),
        (3600, 310, True),
        (3600, 290, False),
        (3600, -1, False),
        (400, 110, True),
        (400, 90, False),
        (4, 1, True),
        (1200, 310, True),
        (1200, 290, False),
    ],
)
def test_a_token_is_served_while_enough_of_its_life_is_left(
    job: Job, lifetime: int, left: int, served: bool
) -> None:
    """Five minutes, or a quarter; here the record is made older by hand."""
    job.world.hub.expires_in = lifetime
    job.delivered(job.exchange())
    (path,) = job.state.glob("record-*")
    record = json.loads(path.read_text())
    assert record["expires_at"] - record["obtained_at"] in (lifetime - 1, lifetime)
    now = int(time.time())
    record["expires_at"] = now + left
    record["obtained_at"] = now + left - lifetime
    path.write_text(json.dumps(record))
    assert job.exchange().status == 0
    assert job.world.hub.exchanges() == (1 if served else 2)


def test_a_record_from_the_future_is_not_served(job: Job) -> None:
    """The clock was put back: how old it is, nobody knows."""
    job.delivered(job.exchange())
    (path,) = job.state.glob("record-*")
    record = json.loads(path.read_text())
    record["obtained_at"] += 7200
    record["expires_at"] += 7200
    path.write_text(json.dumps(record))
    job.delivered(job.exchange())
    assert job.world.hub.exchanges() == 2


def test_without_any_directory_a_token_can_still_be_printed(job: Job) -> None:
    """No cache; what needs files is refused before the exchange."""
    for name in ("hfmint", "tmp"):
        (job.work / name).write_text("in the way\n")
    blocked = {
        "RUNNER_TEMP": None,
        "XDG_RUNTIME_DIR": None,
        "TMPDIR": str(job.work / "absent"),
    }
    shm = Path("/dev/shm")
    if shm.is_dir():
        pytest.skip("/dev/shm is there, and it would be used") if not is_root() else None
        through = ["unshare", "-m", "sh", "-c", 'mount --bind "$0" /dev/shm && exec "$@"']
        through.append(str(mkdir(job.work / "shm", 0o777)))
    ended = job.exchange("--deliver", "stdout", through=through, **blocked)
    if "unshare" in ended.err:
        pytest.skip("no mount namespace may be made here")
    assert ended.status == 0, ended
    assert job.works(ended.out.strip())
    refused = job.exchange(through=through, **blocked)
    assert (refused.status, refused.code) == (5, "state-unusable")
    assert job.world.hub.exchanges() == 1
