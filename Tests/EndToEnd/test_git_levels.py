"""Every level of git's configuration: who else is told a token, and what git uses unasked."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

import product
from gitjob import GitJob, in_clone
from Sandbox.world import World

TOKEN = "hf_" + "Q" * 34


@pytest.fixture
def job(world: World, tmp_path: Path) -> GitJob:
    """A GitHub job with a clone that is its work folder."""
    job = in_clone(world, tmp_path / "work")
    job.environment["GIT_CONFIG_SYSTEM"] = str(tmp_path / "system")
    del job.environment["GIT_CONFIG_NOSYSTEM"]
    (tmp_path / "system").touch()
    return job


def doctor(job: GitJob, check: str) -> tuple[str, str]:
    """The worst of what a check found, and all that it said."""
    report = json.loads(job.hfmint("doctor", "--json").stdout)
    found = next(row for row in report["checks"] if row["id"] == check)
    return found["status"], json.dumps(found["findings"], ensure_ascii=False)


def include(job: GitJob, key: str, value: str, scope: str, condition: str = "include.path") -> None:
    """A file that the configuration includes."""
    file = job.work.parent / "included"
    job.good("config", "--file", str(file), "--add", key, value)
    job.good("config", scope, "--add", condition, str(file))


def setting(job: GitJob, level: str, key: str, value: str) -> None:
    """Put a setting at a level."""
    match level:
        case "system":
            job.good("config", "--file", job.environment["GIT_CONFIG_SYSTEM"], "--add", key, value)
        case "global" | "local":
            job.good("config", f"--{level}", "--add", key, value)
        case "worktree":
            job.good("config", "--local", "extensions.worktreeConfig", "true")
            job.good("config", "--worktree", "--add", key, value)
        case "global include" | "local include":
            include(job, key, value, f"--{level.split()[0]}")
        case "include for this clone":
            include(job, key, value, "--global", f"includeIf.gitdir:{job.work}/.path")
        case "GIT_CONFIG_COUNT":
            job.environment |= {
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": key,
                "GIT_CONFIG_VALUE_0": value,
            }
        case _:
            job.environment["GIT_CONFIG_PARAMETERS"] = f"'{key}'='{value}'"


FILES = [
    "global",
    "local",
    "worktree",
    "global include",
    "local include",
    "include for this clone",
]
VARIABLES = ["GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS"]


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
