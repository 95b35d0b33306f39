"""`hfmint forget` takes back what git handed on: the job's own tokens, and nobody else's."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

import evidence
from gitjob import GitJob, set_up
from Sandbox.world import World

THEIRS = (
    "https://me:hf_theirs@huggingface.co/acme/model\n"
    "https://hf_user:hf_jwt_of_another_job@huggingface.co\n"
    "# no line of git's\n"
    "https://me:p%40ss@github.com\n"
)


@pytest.fixture
def job(world: World, tmp_path: Path) -> GitJob:
    """A GitHub job with a clone that is its work folder, which hfmint answers."""
    return set_up(world, tmp_path / "work")


def fetch(job: GitJob, helper: str) -> None:
    """Talk to the Hub with success, while a helper is set in the clone."""
    job.good("config", "--local", "credential.helper", helper)
    job.good("ls-remote", f"{job.world.hub.origin}/acme/model")


def forget(job: GitJob, cwd: Path | None = None) -> tuple[list[str], list[str]]:
    """What was removed, and what remains; none of it is a secret."""
    result = job.hfmint("forget", "--json", cwd=cwd)
    assert result.status == 0
    for secret in job.world.secrets:
        assert secret.encode() not in result.stdout + result.stderr
    report = json.loads(result.stdout)
    return report["removed"], report["remaining"]


STORES = {
    "the usual file": ("store", "{home}/.git-credentials"),
    "the file below .config": ("store", "{home}/.config/git/credentials"),
    "a file of its own": ("store --file={work}/kept", "{work}/kept"),
    "a file in another word": ("store --file {work}/kept", "{work}/kept"),
    "a file of the home": ("store --file ~/kept", "{home}/kept"),
    "by the program's path": ("{git}/git-credential-store --file={work}/kept", "{work}/kept"),
}


@pytest.mark.parametrize("name", STORES)
@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_store_keeps_others_lines(
    world: World, job: GitJob, name: str, elsewhere: bool, tmp_path: Path
) -> None:
    """Byte for byte, with its mode; also where forget runs in another folder."""
    git = job.good("--exec-path")
    helper, path = (
        text.format(home=world.root / "home", work=job.work, git=git) for text in STORES[name]
    )
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(THEIRS)
    fetch(job, helper)
    file.chmod(0o640)
    assert "hf_jwt_" in file.read_text().replace(THEIRS, "")
    removed, remaining = forget(job, tmp_path if elsewhere else None)
    assert f"a token in '{file}'" in removed
    assert remaining == []
    assert sorted(file.read_text().splitlines()) == sorted(THEIRS.splitlines())
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert not file.with_name(file.name + ".lock").exists()


def test_after_setting_up_once_more(world: World, job: GitJob) -> None:
    """Git has forgotten the helper, and what it kept is found all the same."""
    fetch(job, "store")
    assert job.hfmint("setup-git").status == 0
    assert f"a token in '{world.root}/home/.git-credentials'" in forget(job)[0]
    assert (world.root / "home/.git-credentials").read_text() == ""


def test_a_store_of_another_job(world: World, job: GitJob) -> None:
    """Is not touched, not even written anew."""
    file = world.root / "home/.git-credentials"
    file.write_text(THEIRS)
    before = file.stat()
    job.good("ls-remote", f"{world.hub.origin}/acme/model")
    forget(job)
    assert (file.read_text(), file.stat().st_ino) == (THEIRS, before.st_ino)


def test_a_link_is_left_and_named(world: World, job: GitJob) -> None:
    """What cannot be taken back is said."""
    file = world.root / "home/.git-credentials"
    fetch(job, "store")
    file.rename(job.work / "real")
    file.symlink_to(job.work / "real")
    evidence.put_there(job.work / "real")
    removed, remaining = forget(job)
    assert f"what git may have stored in '{file}': it is a symbolic link" in remaining
    assert not [line for line in removed if "a token in" in line]


def test_a_lock_that_stays(world: World, job: GitJob) -> None:
    """Another git writes the file: nothing of its is lost."""
    file = world.root / "home/.git-credentials"
    fetch(job, "store")
    evidence.put_there(file)
    before = file.read_text()
    file.with_name(".git-credentials.lock").touch()
    _, remaining = forget(job)
    assert [line for line in remaining if "another git holds it" in line]
    assert file.read_text() == before


SCRIPT = """#!/bin/sh
file='{file}'
case $1 in
store) cat >"$file" ;;
get) grep -E '^(username|password)=' "$file" 2>/dev/null ;;
erase) {erase} ;;
esac
exit 0
"""


@pytest.mark.parametrize("form", ["{path}", "!{path}", "of-its-own"])
@pytest.mark.parametrize("erases", [True, False])
def test_a_helper_of_ones_own(world: World, job: GitJob, form: str, erases: bool) -> None:
    """Is asked to erase what is ours; where it does not, that is said."""
    file = job.work / "kept"
    path = job.work / "git-credential-of-its-own"
    path.write_text(SCRIPT.format(file=file, erase='rm -f "$file"' if erases else ":"))
    path.chmod(0o755)
    job.environment["PATH"] = f"{job.work}:{job.environment['PATH']}"
    fetch(job, form.format(path=path))
    assert "hf_jwt_" in file.read_text()
    evidence.put_there(file)
    removed, remaining = forget(job)
    assert file.exists() != erases
    assert bool([line for line in removed if "kept for git" in line]) == erases
    assert bool([line for line in remaining if "did not erase" in line]) != erases


def test_a_helper_that_holds_another_token(world: World, job: GitJob) -> None:
    """Is not told to erase it."""
    file = job.work / "kept"
    path = job.work / "helper"
    path.write_text(SCRIPT.format(file=file, erase='rm -f "$file"'))
    path.chmod(0o755)
    fetch(job, str(path))
    file.write_text("username=hf_user\npassword=hf_theirs\n")
    removed, remaining = forget(job)
    assert file.exists()
    assert remaining == [] == [line for line in removed if "kept for git" in line]


def test_the_cache_of_git(world: World, job: GitJob) -> None:
    """A daemon that keeps it in memory."""
    if not shutil.which("git-credential-cache", path=job.good("--exec-path")):
        pytest.skip("this git has no cache")
    fetch(job, "cache --timeout 60")
    try:
        removed, _ = forget(job)
        assert "a token that 'cache' kept for git" in removed
        assert forget(job)[0] == []
    finally:
        command = ["git", "credential-cache", "exit"]
        subprocess.run(command, env=job.environment, cwd=job.work, check=False)
