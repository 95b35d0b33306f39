"""Log-ins that git uses unasked: headers and URLs of its configuration, at every level."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import product
from gitjob import GitJob
from gitlevels import FILES, TOKEN, VARIABLES, doctor, in_levelled_clone, setting
from Sandbox.world import World


@pytest.fixture
def job(world: World, tmp_path: Path) -> GitJob:
    """A GitHub job with a clone that is its work folder."""
    return in_levelled_clone(world, tmp_path)


HEADERS = {
    "for every host": "http.extraHeader",
    "for the Hub": "http.{hub}/.extraHeader",
    "for an owner": "http.{hub}/acme.extraHeader",
    "for a repository": "http.{hub}/acme/model.extraHeader",
    "for git-lfs": "http.{hub}/acme/model.git/info/lfs.extraHeader",
    "for a user": "http.{user}/.extraHeader",
    "by a wildcard": "http.{wildcard}/.extraHeader",
}


@pytest.mark.parametrize("level", ["system", *FILES, *VARIABLES])
@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_logs_in(world: World, job: GitJob, name: str, level: str) -> None:
    """Also among others, and behind a condition: named by key and file, never by its value."""
    hub = world.hub.origin
    key = HEADERS[name].format(
        hub=hub, user=hub.replace("//", "//me@"), wildcard=hub.replace("127.0", "127.*")
    )
    value = f"aUTHORIZATION: Basic {TOKEN}"
    if "GIT_CONFIG" not in level:
        setting(job, level, key, value)
        setting(job, level, key, "X-Other: 1")
    else:
        setting(job, level, key, value)
    status, said = doctor(job, "git-header")
    assert status == "fail"
    assert "an `Authorization` header (http." in said
    assert TOKEN not in said
    result = job.hfmint("setup-git")
    assert result.status == 0
    assert b"warning: git sends" in result.stderr
    assert TOKEN.encode() not in result.stderr
    if "GIT_CONFIG" in level or name == "for a user":
        return
    removal = re.search(r'"next": "remove it: (git config [^"]*)"', said)
    assert removal
    assert product.run(["sh", "-c", removal[1]], job.environment, job.work).status == 0
    assert doctor(job, "git-header")[0] == "ok"


@pytest.mark.parametrize("header", ["Authorization : x", " authorization: x", "Authorization;"])
def test_a_header_in_another_spelling(job: GitJob, header: str) -> None:
    """That logs in, or has curl log nobody in."""
    setting(job, "local", "http.extraHeader", header)
    assert doctor(job, "git-header")[0] == "fail"


def test_headers_that_git_does_not_send(world: World, job: GitJob) -> None:
    """As git reckons: for another host, emptied, or named less exactly than one before."""
    hub = world.hub.origin
    value = f"Authorization: Basic {TOKEN}"
    setting(job, "global", "http.https://github.com/.extraHeader", value)
    assert doctor(job, "git-header")[0] == "ok"
    setting(job, "global", "http.extraHeader", value)
    assert doctor(job, "git-header")[0] == "fail"
    setting(job, "local", f"http.{hub}/.extraHeader", "")
    assert doctor(job, "git-header")[0] == "ok"
    setting(job, "worktree", "http.extraHeader", value)
    assert doctor(job, "git-header")[0] == "ok"


URLS = {
    "origin": ("remote.origin.url", "{url}"),
    "another remote": ("remote.mirror.url", "{url}"),
    "pushurl": ("remote.origin.pushurl", "{url}"),
    "a second url": ("remote.origin.url", "{url}"),
    "insteadOf": ("url.{base}.insteadOf", "{hub}/"),
    "pushInsteadOf": ("url.{base}.pushInsteadOf", "hub:"),
    "lfs.url": ("lfs.url", "{url}/info/lfs"),
    "lfsurl of a remote": ("remote.origin.lfsurl", "{url}/info/lfs"),
    "a branch's remote": ("branch.main.remote", "{url}"),
    "a branch's to push to": ("branch.main.pushRemote", "{url}"),
    "every branch's to push to": ("remote.pushDefault", "{url}"),
}
LOGINS = {
    "user and token": f"hf_user:{TOKEN}",
    "a token alone": f":{TOKEN}",
    "an empty password": "me:",
    "an @ in it": f"me:a@{TOKEN}",
}


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("name", URLS)
def test_a_url_that_logs_in(world: World, job: GitJob, name: str, login: str) -> None:
    """Git then never asks: the key and the file are named, and nothing of the URL."""
    hub = world.hub.origin
    base = hub.replace("//", f"//{LOGINS[login]}@")
    key, value = (
        text.format(url=f"{base}/acme/model", base=f"{base}/", hub=hub) for text in URLS[name]
    )
    if name == "a second url":
        setting(job, "local", key, f"{hub}/acme/model")
    setting(job, "local", key, value)
    status, said = doctor(job, "git-login")
    assert status == "fail"
    assert key.split(".")[0] in said
    assert f"{job.work}/.git/config" in said or ".git/config" in said
    result = job.hfmint("setup-git")
    assert (result.status, b"warning: " in result.stderr) == (0, True)
    assert b"holds a password in a URL" in result.stderr
    for secret in (TOKEN, LOGINS[login]):
        assert secret not in said
        assert secret.encode() not in result.stderr


@pytest.mark.parametrize(("name", "section"), [(".lfsconfig", "lfs"), (".gitmodules", "submodule")])
def test_a_url_in_a_file_of_the_repositorys(
    world: World, job: GitJob, name: str, section: str
) -> None:
    """Which it brings along."""
    url = world.hub.origin.replace("//", f"//me:{TOKEN}@")
    section = f'{section} "below"' if section == "submodule" else section
    (job.work / name).write_text(f"[{section}]\n\turl = {url}/acme/model.git/info/lfs\n")
    below = job.work / "below"
    below.mkdir()
    job.work = below
    status, said = doctor(job, "git-login")
    assert (status, name in said, TOKEN in said) == ("fail", True, False)


@pytest.mark.parametrize(
    "value",
    [
        "{hub}/acme/model",
        "https://me:x@github.com/a/b",
        "{user}/acme/model",
        "git@hf.co:acme/model",
    ],
)
def test_urls_that_log_nobody_in(world: World, job: GitJob, value: str) -> None:
    """Another host's business, or a user name for which git asks hfmint."""
    hub = world.hub.origin
    setting(
        job, "local", "remote.origin.url", value.format(hub=hub, user=hub.replace("//", "//me@"))
    )
    assert doctor(job, "git-login")[0] == "ok"


def test_a_token_for_a_user_name(world: World, job: GitJob) -> None:
    """Git asks hfmint for the password; but the token lies there."""
    url = world.hub.origin.replace("//", f"//{TOKEN}@")
    setting(job, "local", "remote.origin.url", f"{url}/acme/model")
    status, said = doctor(job, "git-login")
    assert (status, TOKEN in said) == ("warn", False)
