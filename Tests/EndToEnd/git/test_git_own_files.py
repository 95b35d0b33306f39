"""What git logs in with beside a repository's configuration: old files, and submodules."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gitjob import GitJob, in_clone
from gitlevels import TOKEN, doctor
from Sandbox.world import World


@pytest.fixture
def job(world: World, tmp_path: Path) -> GitJob:
    """A GitHub job with a clone that is its work folder."""
    return in_clone(world, tmp_path / "work")


OF_THE_REPOSITORY = {
    "a remote's file": ("remotes/old", "Push: main\nURL:\t {url}\nPull: main:main\n", 2),
    "a remote's second URL": ("remotes/old", "URL: {hub}/a/b\nURL: {url}  \n", 2),
    "a branch's file": ("branches/old", "  {url}#main\n", 1),
    "a submodule": ("modules/below/config", '[remote "origin"]\n\turl = {url}\n', None),
    "a submodule with slashes": ("modules/a/b/c/config", '[remote "o"]\n\tpushurl = {url}\n', None),
    "a submodule's submodule": ("modules/a/modules/b/config", '[remote "o"]\n\turl={url}\n', None),
    "a submodule's include": ("modules/a/config", "[include]\n\tpath = more\n", None),
    "a submodule's work tree": (
        "modules/a/config",
        "[core]\n\tworktree = ../../../gone\n[lfs]\n\turl = {url}\n",
        None,
    ),
}


def of_the_repository(job: GitJob, name: str, text: str, url: str) -> Path:
    """Write a file below `.git`, which is also a submodule's, where it is a configuration."""
    file = job.work / ".git" / name
    if file.name == "config":
        folders = [folder for folder in file.parents if folder.parent.name == "modules"]
        for folder in {file.parent, *folders[:-1]}:
            job.good("init", "--quiet", "--bare", str(folder))
        (file.parent / "more").write_text(f'[remote "origin"]\n\turl = {url}\n')
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as stream:
        stream.write(text.format(url=url, hub=job.world.hub.origin))
    return file


@pytest.mark.parametrize("name", OF_THE_REPOSITORY)
@pytest.mark.parametrize("below", [False, True])
def test_a_url_in_the_repositorys_own_files(
    world: World, job: GitJob, name: str, below: bool
) -> None:
    """Old files of remotes, and submodules: the file is named, with its line where no key is."""
    url = world.hub.origin.replace("//", f"//me:{TOKEN}@") + "/acme/model"
    path, text, line = OF_THE_REPOSITORY[name]
    file = of_the_repository(job, path, text, url)
    if below:
        job.work = job.work / "below"
        job.work.mkdir()
    status, said = doctor(job, "git-login")
    place = f"in line {line} of '{file}'" if line else f"in '{file.parent}/"
    assert (status, place in said, TOKEN in said) == ("fail", True, False), said
    result = job.hfmint("setup-git")
    assert (result.status, TOKEN.encode() in result.stderr) == (0, False)
    assert place.encode() in result.stderr
    assert b"holds a password in a URL" in result.stderr


@pytest.mark.parametrize("name", ["a remote's file", "a branch's file"])
def test_an_old_file_is_what_git_logs_in_with(world: World, job: GitJob, name: str) -> None:
    """Unless the configuration has a remote of that name: then git does not read it."""
    url = world.hub.origin.replace("//", f"//me:{TOKEN}@") + "/acme/model"
    path, text, _ = OF_THE_REPOSITORY[name]
    of_the_repository(job, path, text, url)
    assert job.good("ls-remote", "--get-url", "old") == url
    job.good("config", "remote.old.url", f"{world.hub.origin}/acme/model")
    assert job.good("ls-remote", "--get-url", "old") != url
    assert doctor(job, "git-login")[0] == "ok"


def test_an_old_file_without_a_log_in(world: World, job: GitJob) -> None:
    """Whatever else stands there, also what is no file."""
    url = world.hub.origin.replace("//", f"//me:{TOKEN}@") + "/acme/model"
    of_the_repository(job, "remotes/a", "url: {url}\n# URL: {url}\nURL: {hub}/a/b\n", url)
    of_the_repository(job, "branches/b", "{hub}/a/b\n{url}\n", url)
    os.mkfifo(job.work / ".git/remotes/c")
    assert doctor(job, "git-login")[0] == "ok"


def test_links_that_lead_in_circles(world: World, job: GitJob) -> None:
    """Are followed so far, and no further."""
    url = world.hub.origin.replace("//", f"//me:{TOKEN}@") + "/acme/model"
    file = of_the_repository(job, "modules/a/config", '[remote "o"]\n\turl={url}\n', url)
    for name in "bcdefg":
        (job.work / ".git/modules" / name).symlink_to(".")
    status, said = doctor(job, "git-login")
    assert (status, str(file) in said) == ("fail", True)
