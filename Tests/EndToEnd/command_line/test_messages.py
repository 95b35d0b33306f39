"""What is said where people paste something else, or a machine is not as it should be."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import product
from gitjob import GitJob
from jobs import Ended, Job, is_root
from mounts import mounting
from Sandbox.world import World

# Around an ID token that is good by itself.
TAKEN = ["{} ", " {}", "{}\n\n", "{}\r\n", "\t{}\n \n"]
TOLD = {
    '"{}"': "quotes",
    "'{}'": "quotes",
    "Bearer {}": "'Bearer' in front",
    "Authorization: Bearer {}": "'Authorization' in front",
    "export HF_OIDC_ID_TOKEN={}": "an assignment",
    "HF_OIDC_ID_TOKEN={}": "an assignment",
    '{{"count":1,"value":"{}"}}': "its member 'value'",
    '{{"id_token": "{}"}}': "its member 'id_token'",
    "{}\n{}": "more than one line",
    "{} {}": "a blank in its middle",
    "\ufeff{}": "a byte order mark",
    "{}\u200b": "invisible",
    "{}.x.y": "encrypted",
}
INSTEAD = {
    "***": "what a log shows",
    "null": "the word 'null'",
    "$HF_ID_TOKEN": "nothing has replaced",
    "<!doctype html><title>Sign in</title>": "a web page",
    "/var/run/secrets/huggingface.co/token": "a path",
    "https://token.example/": "a URL",
    "a.b.": "not signed",
    "abc": "no dots",
}


@pytest.fixture
def given(world: World, job: Job) -> Callable[[str], Ended]:
    """An exchange with this in HF_OIDC_ID_TOKEN, on a machine of no CI system."""
    env: dict[str, str | None] = dict.fromkeys(job.env) | world.environment("none")

    def exchange(text: str) -> Ended:
        return job.exchange("--deliver", "token-file", **env | {"HF_OIDC_ID_TOKEN": text})

    return exchange


def test_what_stands_around_an_id_token(
    world: World, job: Job, given: Callable[[str], Ended]
) -> None:
    """Is left out where it is blank, else named."""
    token = world.github.id_token("https://huggingface.co")
    for form in TAKEN:
        assert given(form.format(token)).status == 0, form
        job.run("forget")
    for form, words in TOLD.items():
        ended = given(form.format(token, token))
        assert (ended.status, ended.code) == (3, "identity-unsuitable"), (form, ended)
        assert words in ended.err.split("hint:")[0], (form, ended)
        job.silent_about_secrets(ended)


def test_what_stands_in_its_place(world: World, job: Job, given: Callable[[str], Ended]) -> None:
    """Is named, and not quoted."""
    token = world.github.id_token("https://huggingface.co")
    wrapped = base64.b64encode(token.encode()).decode()
    broken = "\n".join(re.findall(".{1,76}", token))
    for text, words in {
        **INSTEAD,
        wrapped: "base64 once more",
        broken: "broken over lines",
    }.items():
        ended = given(text)
        assert (ended.status, ended.code) == (3, "identity-unsuitable"), (text, ended)
        assert words in ended.err.split("hint:")[0], (text, ended)
        assert "hint: " in ended.err
        job.silent_about_secrets(ended)


@pytest.mark.parametrize(
    ("status", "body", "words", "hint"),
    [
        (
            401,
            "",
            "does not accept ACTIONS_ID_TOKEN_REQUEST_TOKEN",
            "hand it on from this very job",
        ),
        (404, "", "has no token endpoint", "ACTIONS_ID_TOKEN_REQUEST_URL"),
        (410, "<html>", "has no token endpoint", "ACTIONS_ID_TOKEN_REQUEST_URL"),
        (403, '{"typeKey":"AccessCheckException"}', "AccessCheckException", "id-token: write"),
    ],
)
def test_a_refusal_of_the_token_endpoint(
    world: World, job: Job, status: int, body: str, words: str, hint: str
) -> None:
    """A job that has the variables does not lack the permission, but for a 403."""
    world.fault("github", f"times=forever status={status} body={body}")
    ended = job.exchange()
    assert (ended.status, ended.code) == (3, "identity-denied")
    said, _, advice = ended.err.partition("hint:")
    assert words in said
    assert hint in advice
    assert ("id-token: write" in ended.err) == (status == 403)


def test_a_variable_with_a_line_break(job: Job) -> None:
    """At its end it means nothing; in its middle the variable is named, and nothing is sent."""
    proof = job.env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]
    assert job.exchange(ACTIONS_ID_TOKEN_REQUEST_TOKEN=f"{proof}\n").status == 0
    job.run("forget")
    assert job.exchange(HFMINT_AUDIENCE="https://huggingface.co/\n").status == 0
    job.run("forget")
    ended = job.exchange(ACTIONS_ID_TOKEN_REQUEST_TOKEN=f"{proof[:4]}\n{proof[4:]}")
    assert (ended.status, ended.code) == (3, "identity-denied")
    assert "ACTIONS_ID_TOKEN_REQUEST_TOKEN holds a line break" in ended.err
    ended = job.exchange(
        HFMINT_AUDIENCE="https://hub.example/\nx", HF_ENDPOINT="http://127.0.0.1:1"
    )
    assert ended.status == 2
    assert "HFMINT_AUDIENCE is no audience" in ended.err


@pytest.fixture
def gitjob(world: World, tmp_path: Path) -> GitJob:
    """A job's git."""
    program = product.needed()
    return GitJob(world, program, tmp_path / "gitjob")


def told(job: GitJob, *words: str) -> str:
    """What setup-git says when it fails, with a next thing to type."""
    result = job.hfmint("setup-git", *words)
    text = result.stderr.decode()
    assert result.status == 5, text
    assert "hint: " in text
    assert "git's own message" not in text
    return text


def test_setup_git_without_a_home(gitjob: GitJob) -> None:
    """Names the variable, and the way without one."""
    for name in ("HOME", "XDG_CONFIG_HOME"):
        gitjob.environment.pop(name, None)
    text = told(gitjob)
    assert "HOME is not set" in text
    assert "setup-git --environment" in text


def test_setup_git_with_a_configuration_that_does_not_parse(gitjob: GitJob) -> None:
    """The user's, and a work tree's."""
    Path(gitjob.environment["HOME"], ".gitconfig").write_text("[core\n")
    assert "cannot read the user's configuration" in told(gitjob, "--global")
    Path(gitjob.environment["HOME"], ".gitconfig").unlink()
    gitjob.good("init", "-q")
    with (gitjob.work / ".git/config").open("a") as file:
        file.write("[core\n")
    text = told(gitjob, "--local")
    assert "cannot read this work tree's configuration" in text
    assert "git config --local --edit" in text


def test_setup_git_outside_a_work_tree(gitjob: GitJob) -> None:
    """Names the ways that need none."""
    text = told(gitjob, "--local")
    assert "this is no git work tree" in text
    assert "--global" in text
    assert "setup-git --environment" in text


@pytest.mark.skipif(not is_root(), reason="only root can give a folder away")
def test_setup_git_in_a_work_tree_of_another_owner(gitjob: GitJob) -> None:
    """The line to type trusts it."""
    gitjob.good("init", "-q")
    for path in [gitjob.work, *gitjob.work.rglob("*")]:
        os.chown(path, 12_345, 12_345)
    text = told(gitjob, "--local")
    assert "belongs to another user" in text
    found = re.search(r"git config --global --add safe\.directory '([^']+)'", text)
    assert found
    gitjob.good("config", "--global", "--add", "safe.directory", found[1])
    assert "setup-git --environment" in told(gitjob, "--local")
    os.chown(gitjob.work / ".git/config", 0, 0)
    assert gitjob.hfmint("setup-git", "--local").status == 0


def test_setup_git_where_the_file_is_mounted(gitjob: GitJob) -> None:
    """It cannot be replaced; variables can be set."""
    Path(gitjob.environment["HOME"], ".gitconfig").touch()
    words = mounting('mount --bind "$HOME/.gitconfig" "$HOME/.gitconfig"')
    command = [*words, str(gitjob.program), "setup-git", "--global"]
    done = product.run(command, gitjob.environment, gitjob.work)
    assert done.status == 5, done.stderr
    assert b"setup-git --environment" in done.stderr


def test_setup_git_says_where_local_does_not_reach(gitjob: GitJob) -> None:
    """Each submodule has a configuration of its own."""
    gitjob.good("init", "-q")
    (gitjob.work / ".gitmodules").write_text('[submodule "a"]\n\tpath = a\n\turl = ../a\n')
    result = gitjob.hfmint("setup-git", "--local")
    assert result.status == 0, result.stderr
    assert b"submodule" in result.stderr
    assert b"--global" in result.stderr
