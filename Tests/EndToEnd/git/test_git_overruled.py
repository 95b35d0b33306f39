"""What a later level of git's configuration takes away, and where git has no place for hfmint."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import evidence
from gitjob import GitJob, set_up
from gitlevels import FILES, VARIABLES, doctor, setting
from Sandbox.world import World


@pytest.fixture
def job(world: World, tmp_path: Path) -> GitJob:
    """A GitHub job with a clone that is its work folder, and hfmint set up."""
    return set_up(world, tmp_path / "work")


def asks_hfmint(job: GitJob) -> bool:
    """Whether git reaches a private repository, which is not its `origin`."""
    return job.git("ls-remote", f"{job.world.hub.origin}/acme/model").status == 0


OVERRULED = {
    "every helper": ("credential.helper", "", "fail", "git forgets hfmint"),
    "the host's helpers": ("credential.{hub}.helper", "", "fail", "git forgets hfmint"),
    "every path": ("credential.useHttpPath", "false", "warn", "which repository"),
    "the host's paths": ("credential.{hub}.useHttpPath", "no", "warn", "which repository"),
    "a repository's path": ("credential.{hub}/acme/model.useHttpPath", "0", "warn", "which repos"),
}


@pytest.mark.parametrize("level", FILES)
@pytest.mark.parametrize("name", OVERRULED)
def test_a_file_takes_it_away(job: GitJob, name: str, level: str) -> None:
    """Doctor names the file, and setting up once more mends it."""
    key, value, status, words = OVERRULED[name]
    setting(job, level, key.format(hub=job.world.hub.origin), value)
    assert not asks_hfmint(job)
    found, said = doctor(job, "git-helper")
    assert (found, words in said) == (status, True), said
    assert "run `hfmint setup-git` here" in said
    again = job.hfmint("setup-git")
    assert (again.status, b"warning" in again.stderr) == (0, False)
    assert asks_hfmint(job)
    assert doctor(job, "git-helper")[0] == "ok"


@pytest.mark.parametrize("level", VARIABLES)
@pytest.mark.parametrize("name", OVERRULED)
def test_a_variable_takes_it_away(job: GitJob, name: str, level: str) -> None:
    """No file can give it back, so setting up says what to unset."""
    key, value, status, words = OVERRULED[name]
    key = key.format(hub=job.world.hub.origin)
    setting(job, level, key, value)
    assert not asks_hfmint(job)
    assert doctor(job, "git-helper")[0] == status
    result = job.hfmint("setup-git")
    assert result.status == 0
    assert words in result.stderr.decode()
    assert b"hint: unset credential." in result.stderr


@pytest.mark.parametrize("value", ["true", "yes", "on", "1", "TRUE"])
def test_what_git_takes_for_yes(job: GitJob, value: str) -> None:
    """Takes nothing away."""
    setting(job, "local", "credential.useHttpPath", value)
    assert doctor(job, "git-helper")[0] == "ok"
    assert asks_hfmint(job)


def test_a_variable_of_git_configs_alone(job: GitJob) -> None:
    """GIT_CONFIG names what `git config` shows, and no push ever reads."""
    job.environment["GIT_CONFIG"] = "/dev/null"
    assert doctor(job, "git-helper")[0] == "ok"
    assert job.hfmint("setup-git", "--local").status == 0
    assert "hfmint" in (job.work / ".git/config").read_text()
    assert job.hfmint("setup-git", "--undo").status == 0
    assert "hfmint" not in (Path(job.environment["HOME"]) / ".gitconfig").read_text()


STORES = {
    "a blank": "store --file '{folder}/ke pt'",
    "double quotes": 'store --file="{folder}/ke pt"',
    "a backslash": "store --file {folder}/ke\\ pt",
    "a path from where git asks": "store --file '../ke pt'",
    "a variable": 'store --file "$KEEP/ke pt"',
}


@pytest.mark.parametrize("name", STORES)
def test_a_store_in_any_file(job: GitJob, name: str, tmp_path: Path) -> None:
    """Forgetting takes the token out of it, from wherever it is called."""
    setting(job, "local", "credential.helper", STORES[name].format(folder=tmp_path))
    job.environment["KEEP"] = str(tmp_path)
    kept = tmp_path / "ke pt"
    theirs = "https://me:mine@example.org\n"
    kept.write_text(theirs)
    evidence.put_there(kept)
    assert asks_hfmint(job)
    assert kept.read_text() != theirs
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert job.hfmint("forget", cwd=elsewhere).status == 0
    assert kept.read_text() == theirs


PLACES = {
    "an empty HOME": ({"HOME": ""}, "HOME is set to nothing", "set HOME"),
    "an empty GIT_CONFIG_GLOBAL": (
        {"GIT_CONFIG_GLOBAL": ""},
        "GIT_CONFIG_GLOBAL is set to nothing",
        "unset GIT_CONFIG_GLOBAL",
    ),
    "a home that is not there": (
        {"HOME": "{folder}/gone"},
        "is not there",
        "mkdir -p '{folder}/gone'",
    ),
    "a file in no folder": (
        {"GIT_CONFIG_GLOBAL": "{folder}/a/b/c"},
        "is not there",
        "mkdir -p '{folder}/a/b'",
    ),
    "a lock that was left": (
        {"GIT_CONFIG_GLOBAL": "{folder}/locked"},
        "another git writes",
        "rm '{folder}/locked.lock'",
    ),
}


@pytest.mark.parametrize("name", PLACES)
def test_no_place_for_the_users_configuration(job: GitJob, name: str, tmp_path: Path) -> None:
    """Is named, with what to type."""
    variables, words, advice = PLACES[name]
    (tmp_path / "locked").touch()
    (tmp_path / "locked.lock").touch()
    job.environment |= {key: text.format(folder=tmp_path) for key, text in variables.items()}
    result = job.hfmint("setup-git", "--global")
    said, _, hint = result.stderr.decode().partition("hint:")
    assert result.status == 5
    assert words in said
    assert advice.format(folder=tmp_path) in hint
    assert not Path("/.gitconfig").exists()


@pytest.mark.parametrize("kind", ["GIT_DIR", "a submodule's file"])
def test_no_repository_where_one_is_named(job: GitJob, kind: str) -> None:
    """By the variable, or by the file that stands for the folder `.git`."""
    shutil.rmtree(job.work / ".git")
    if kind == "GIT_DIR":
        job.environment["GIT_DIR"] = str(job.work / "gone")
    else:
        (job.work / ".git").write_text("gitdir: ../gone\n")
    result = job.hfmint("setup-git", "--local")
    assert result.status == 5
    words = "GIT_DIR leads to no git repository" if kind == "GIT_DIR" else "/.git' leads to a repo"
    assert words in result.stderr.decode()
    assert b"--edit" not in result.stderr
