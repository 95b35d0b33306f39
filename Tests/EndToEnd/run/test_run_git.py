"""How git inside `hfmint run` proves the job."""

from __future__ import annotations

from pathlib import Path

import pytest

import evidence
import product
from gitjob import answer, description
from runjob import RunJob, github_run
from Sandbox.gitprogram import IDENTITY
from Sandbox.world import World


@pytest.fixture
def job(world: World, tmp_path: Path) -> RunJob:
    """A GitHub job that acme/model trusts."""
    return github_run(world, tmp_path / "work")


def test_an_id_token_on_standard_input(world: World, job: RunJob) -> None:
    """Is read once; the command's git is handed it in a variable that no other program reads."""
    url = world.git.create("acme/model")
    job.environment |= {"GIT_CONFIG_NOSYSTEM": "1", **IDENTITY}
    for name in list(job.environment):
        if name.startswith(("ACTIONS_", "GITHUB_")):
            del job.environment[name]
    token = world.github.id_token(world.hub.audience)
    result = job.run(
        "acme/model",
        "--id-token-file",
        "-",
        "--",
        "git",
        "clone",
        "-q",
        url,
        "clone",
        stdin=f"{token}\n".encode(),
    )
    assert result.status == 0, result.stderr
    assert world.hub.exchanges() == 1


def test_an_id_token_file_by_a_relative_path(world: World, job: RunJob) -> None:
    """Is found by the command's git from whatever folder."""
    url = world.git.create("acme/model")
    world.publish("datasets/acme/data")
    data = world.git.create("datasets/acme/data")
    evidence.put_there(job.file("id"))
    job.file("id").write_text(world.github.id_token(world.hub.audience))
    script = f"mkdir d && cd d && git clone -q {url} a && git clone -q {data} b"
    result = job.shell(script, "--id-token-file", "id")
    assert result.status == 0, result.stderr
    assert job.traces() == []


def test_git_inside_proves_the_job(world: World, job: RunJob) -> None:
    """Pushes to the run's repository with the run's token, and to another with one of its own."""
    job.environment |= {"GIT_CONFIG_NOSYSTEM": "1", **IDENTITY}
    world.publish("datasets/acme/data")
    urls = [world.git.create(name) for name in ("acme/model", "datasets/acme/data")]
    script = "set -e\n" + "".join(
        f"git clone -q {url} {i}; git -C {i} commit -q --allow-empty -m x; git -C {i} push -q\n"
        for i, url in enumerate(urls)
    )
    result = job.shell(script)
    assert result.status == 0, result.stderr
    assert world.hub.exchanges("acme/model") == 1
    assert world.hub.exchanges("datasets/acme/data") == 1
    assert job.traces() == []
    assert job.left() == []


def test_git_inside_on_gitlab(world: World, tmp_path: Path) -> None:
    """With `HF_OIDC_ID_TOKEN` alone: the program does not see it, and its git proves the job."""
    program = product.needed()
    job = RunJob(world, program, tmp_path / "work", "gitlab")
    issuer = world.gitlab.job.issuer
    world.publish("datasets/acme/data", issuer, {"project_path": world.gitlab.job.project})
    token = job.environment.pop("HF_ID_TOKEN")
    job.environment |= {"HF_OIDC_ID_TOKEN": token, "GIT_CONFIG_NOSYSTEM": "1", **IDENTITY}
    urls = [world.git.create(name) for name in ("acme/model", "datasets/acme/data")]
    script = 'set -e; test -z "$HF_OIDC_ID_TOKEN"\n' + "".join(
        f"git clone -q {url} {i}; git -C {i} commit -q --allow-empty -m x; git -C {i} push -q\n"
        for i, url in enumerate(urls)
    )
    result = job.shell(script)
    assert result.status == 0, result.stderr
    assert [world.hub.exchanges(name) for name in ("acme/model", "datasets/acme/data")] == [1, 1]


def test_a_question_inside_names_no_path(world: World, job: RunJob) -> None:
    """As git-xet puts it: the run's resource is meant."""
    text = description(url=world.hub.origin)
    result = job.run("acme/model", "--", "git", "credential", "fill", stdin=text)
    assert str(world.hub.token(answer(result.stdout)["password"]).resource) == "acme/model"
    assert world.hub.exchanges() == 1
