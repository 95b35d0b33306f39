"""Every level of git's configuration: who else is told a token, and what git uses unasked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import product
from gitjob import GitJob
from gitlevels import FILES, VARIABLES, doctor, in_levelled_clone, setting
from Sandbox.world import World


@pytest.fixture
def job(world: World, tmp_path: Path) -> GitJob:
    """A GitHub job with a clone that is its work folder."""
    return in_levelled_clone(world, tmp_path)


def told(job: GitJob) -> bool:
    """Whether git, which talks to the Hub with success, hands the token to `store`."""
    kept = job.world.root / "home/.git-credentials"
    kept.unlink(missing_ok=True)
    job.good("ls-remote", f"{job.world.hub.origin}/acme/model")
    return kept.exists()


@pytest.mark.parametrize("level", FILES)
@pytest.mark.parametrize("key", ["credential.helper", "credential.{hub}.helper"])
def test_a_helper_that_a_file_adds_later(world: World, job: GitJob, level: str, key: str) -> None:
    """Doctor sees it, setting up once more has git forget it, and undoing restores it."""
    world.git.create("acme/model")
    assert job.hfmint("setup-git").status == 0
    before = {file: file.read_bytes() for file in (job.work / ".git").glob("config*")}
    setting(job, level, key.format(hub=world.hub.origin), "store")
    after = {file: file.read_bytes() for file in (job.work / ".git").glob("config*")}
    assert told(job)
    status, said = doctor(job, "git-helper")
    assert status == "warn"
    assert "'store' (credential." in said
    assert "is told every token" in said
    again = job.hfmint("setup-git", "--json")
    assert (again.status, b"warning" in again.stderr) == (0, False)
    assert not told(job)
    assert doctor(job, "git-helper")[0] == "ok"
    assert job.hfmint("setup-git", "--undo").status == 0
    assert {file: file.read_bytes() for file in after} == after
    assert set(before) <= set(after)
    assert doctor(job, "git-helper")[0] == "warn"


@pytest.mark.parametrize("level", ["system", "global", "global include"])
def test_a_helper_that_was_there_before(world: World, job: GitJob, level: str) -> None:
    """Is forgotten by the first setup, at whatever level it stands."""
    world.git.create("acme/model")
    setting(job, level, "credential.helper", "store")
    assert doctor(job, "git-helper")[0] == "warn"
    assert job.hfmint("setup-git").stderr.count(b"warning") == 0
    assert not told(job)
    assert doctor(job, "git-helper")[0] == "ok"


@pytest.mark.parametrize("level", VARIABLES)
def test_a_helper_that_the_environment_adds(world: World, job: GitJob, level: str) -> None:
    """No file can make git forget it, so both say where it is."""
    setting(job, level, "credential.helper", "store")
    result = job.hfmint("setup-git")
    assert result.status == 0
    assert b"warning: 'store' (credential.helper from GIT_CONFIG_COUNT" in result.stderr
    assert b"hint: unset credential.helper where it is set" in result.stderr
    assert doctor(job, "git-helper")[0] == "warn"
    told_there = job.hfmint("setup-git", "--environment")
    assert (b"warning" in told_there.stderr) == (level == "GIT_CONFIG_PARAMETERS")
    assert json.loads(job.hfmint("setup-git", "--json").stdout)["warnings"]


def test_a_chosen_scope_is_the_only_one(world: World, job: GitJob) -> None:
    """With --global the clone is left alone, and what it adds is said."""
    setting(job, "local", "credential.helper", "store")
    before = (job.work / ".git/config").read_bytes()
    result = job.hfmint("setup-git", "--global")
    assert b"warning: 'store' (credential.helper in" in result.stderr
    assert b"run `hfmint setup-git` here" in result.stderr
    assert (job.work / ".git/config").read_bytes() == before


HELPERS = {
    "a name": "{name}",
    "a path": "{folder}/git-credential-other --password hf_SECRET",
    "a shell command": "!f() {{ echo username=a; echo password=hf_SECRET; }}; f",
    "one that is not there": "{folder}/gone",
}


@pytest.mark.parametrize("name", HELPERS)
@pytest.mark.parametrize("order", ["before", "after", "alone"])
def test_any_kind_of_helper(world: World, job: GitJob, name: str, order: str) -> None:
    """Is named by its program alone, and by what it does there."""
    value = HELPERS[name].format(name="manager", folder=job.work)
    ours = f"{job.program} git-credential"
    for helper in {"before": [value, ours], "after": [ours, value], "alone": [value]}[order]:
        job.good("config", "--global", "--add", "credential.helper", helper)
    status, said = doctor(job, "git-helper")
    assert status == "warn"
    role = {"before": "before hfmint", "after": "told every token", "alone": "hfmint is not asked"}
    assert role[order] in said
    assert "SECRET" not in said
    assert job.hfmint("setup-git").status == 0
    assert doctor(job, "git-helper")[0] == "ok"


def gone(copy: Path) -> None:
    """What became of the program."""
    copy.unlink()


def not_executable(copy: Path) -> None:
    """What became of the program."""
    copy.chmod(0o644)


def another_program(copy: Path) -> None:
    """What became of the program."""
    copy.write_text("#!/bin/sh\nexit 0\n")


def of_another_machine(copy: Path) -> None:
    """What became of the program."""
    copy.write_bytes(b"\x7fELF\x02\x01\x01" + bytes(200))


STATES = {
    "gone": (gone, "it is not there"),
    "not executable": (not_executable, "this user may not run it"),
    "another program": (another_program, "it is another program"),
    "of another machine": (of_another_machine, "this machine cannot"),
}


@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize("folder", ["tools", "my 'tools' $HOME"])
def test_hfmint_cannot_be_run(world: World, job: GitJob, name: str, folder: str) -> None:
    """Doctor says so, and setting up with one that is there mends it."""
    (job.work / folder).mkdir()
    copy = job.work / folder / "hfmint-0.0.9"
    shutil.copy(job.program, copy)
    assert product.run([str(copy), "setup-git"], job.environment, job.work).status == 0
    assert doctor(job, "git-helper")[0] == "ok"
    break_it, why = STATES[name]
    break_it(copy)
    status, said = doctor(job, "git-helper")
    assert (status, why in said) == ("fail", True), said
    assert "hfmint-0.0.9" in said
    assert job.hfmint("setup-git").status == 0
    assert doctor(job, "git-helper")[0] == "ok"


@pytest.mark.parametrize("value", ["hfmint", "!hfmint git-credential", "!git-credential-hfmint"])
def test_hfmint_by_a_name_on_path(world: World, job: GitJob, value: str) -> None:
    """Counts as what it is, there or not."""
    folder = job.work / "bin"
    folder.mkdir()
    job.environment["PATH"] = f"{folder}:/usr/bin:/bin"
    job.good("config", "--global", "credential.helper", value)
    assert doctor(job, "git-helper")[0] == "fail"
    for name in ("hfmint", "git-credential-hfmint"):
        (folder / name).symlink_to(job.program)
    assert doctor(job, "git-helper")[0] == "ok"


def test_configuration_that_git_cannot_read(world: World, job: GitJob) -> None:
    """Git does nothing at all then."""
    (job.work / ".git/config").write_text("[broken\n")
    status, said = doctor(job, "git-helper")
    assert (status, "git config --list" in said) == ("fail", True)
