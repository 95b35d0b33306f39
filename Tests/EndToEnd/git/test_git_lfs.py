"""Real git-lfs: many objects make one exchange, and a token that dies on the way is replaced."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import product
from gitjob import GitJob, answer, description
from Sandbox.world import World

# Git-lfs puts a hundred into a batch.
OBJECTS = 230


@pytest.fixture
def job(world: World, tmp_path: Path) -> GitJob:
    """A GitHub job with git-lfs, after `hfmint setup-git`."""
    program = product.needed()
    if not shutil.which("git-lfs"):
        pytest.skip("git-lfs is not installed")
    job = GitJob(world, program, tmp_path / "work")
    job.good("lfs", "install", "--skip-repo")
    assert job.hfmint("setup-git").status == 0
    return job


def with_objects(job: GitJob, url: str, count: int = OBJECTS) -> Path:
    """A clone with objects that are yet to be pushed, in one commit."""
    clone = job.clone(url, "clone")
    job.good("lfs", "install", "--local", cwd=clone)
    job.good("lfs", "track", "*.bin", cwd=clone)
    for number in range(count):
        (clone / f"{number}.bin").write_bytes(f"weights {number}\n".encode() * 10)
    job.good("add", "--all", cwd=clone)
    job.good("commit", "--quiet", "-m", "weights", cwd=clone)
    return clone


def test_many_objects_make_one_exchange(world: World, job: GitJob) -> None:
    """Pushed, then fetched again by another clone, in the order of batches."""
    world.publish("acme/model")
    url = world.git.create("acme/model")
    clone = with_objects(job, url)
    job.good("push", cwd=clone)
    assert len(world.git.objects) == OBJECTS
    again = job.clone(url, "again")
    assert (again / "7.bin").read_bytes() == b"weights 7\n" * 10
    assert world.git.batches >= 6
    assert world.hub.exchanges() == 1
    assert len(world.git.tokens()) == 1


@pytest.mark.parametrize("resource", ["datasets/acme/data", "spaces/acme/app"])
def test_other_kinds_of_repositories_have_large_files_too(
    world: World, job: GitJob, resource: str
) -> None:
    """Git-lfs names the repository as its remote does."""
    world.publish(resource)
    clone = with_objects(job, f"{world.git.create(resource)}.git", 2)
    job.good("push", cwd=clone)
    assert world.hub.exchanges(resource) == 1


def test_an_lfs_server_of_another_path(world: World, job: GitJob) -> None:
    """With `lfs.url` set, git-lfs names that path instead: it is the same repository."""
    world.publish("acme/model")
    url = world.git.create("acme/model")
    clone = with_objects(job, url, 2)
    job.good("config", "lfs.url", f"{url}.git/info/lfs", cwd=clone)
    job.good("push", cwd=clone)
    assert world.hub.exchanges() == 1


def test_a_token_that_dies_during_a_push(world: World, job: GitJob) -> None:
    """Is replaced by one new exchange, and every object arrives."""
    world.publish("acme/model")
    clone = with_objects(job, world.git.create("acme/model"))
    job.good("ls-remote", "origin", cwd=clone)

    def revoke(batch: int) -> None:
        if batch == 2:
            world.hub.token(world.git.tokens()[-1]).revoked = True

    world.git.pause = revoke
    job.good("lfs", "push", "origin", "main", cwd=clone)
    assert len(world.git.objects) == OBJECTS
    job.good("push", cwd=clone)
    assert world.git.head("acme/model") == job.good("rev-parse", "HEAD", cwd=clone)
    assert world.hub.exchanges() == 2
    assert len(world.git.tokens()) == 2


def test_a_token_that_expires_during_a_push(world: World, job: GitJob) -> None:
    """The Hub's clock runs past its end between two batches."""
    world.publish("acme/model")
    clone = with_objects(job, world.git.create("acme/model"))

    def expire(batch: int) -> None:
        if batch == 2:
            world.hub.token(world.git.tokens()[-1]).expires_at = 0

    world.git.pause = expire
    job.good("lfs", "push", "origin", "main", cwd=clone)
    assert len(world.git.objects) == OBJECTS
    assert world.hub.exchanges() == 2


def test_git_itself_asks_once(world: World, job: GitJob) -> None:
    """Before git-lfs is at work: what git sends after it has the old token, and fails at most once.

    `docs/git.md` says what to do: `git lfs push` first.
    """
    world.publish("acme/model")
    clone = with_objects(job, world.git.create("acme/model"), 2)
    first = job.good("ls-remote", "origin", cwd=clone) and world.git.tokens()[-1]
    world.git.pause = lambda _: setattr(world.hub.token(first) or world, "revoked", True)
    failed = job.git("push", cwd=clone)
    assert failed.status != 0
    assert b"401" in failed.stderr
    job.good("push", cwd=clone)
    assert len(world.git.objects) == 2
    assert world.hub.exchanges() == 2


def test_what_git_xet_asks(world: World, job: GitJob) -> None:
    """`url=https://host` and no path: what the job works on, else the repository of `origin`."""
    world.publish("acme/model")
    world.publish("datasets/acme/data")
    clone = job.clone(world.git.create("acme/model"), "clone")
    question = description(url=world.hub.origin)
    said = [
        product.run(["git", "credential", "fill"], {**job.environment, **more}, clone, question)
        for more in (
            {"HFMINT_RESOURCE": "datasets/acme/data", "HF_OIDC_RESOURCE": "acme/nothing"},
            {"HF_OIDC_RESOURCE": "datasets/acme/data"},
            {},
        )
    ]
    tokens = [world.hub.token(answer(result.stdout)["password"]) for result in said]
    assert [str(token.resource) for token in tokens] == [
        "datasets/acme/data",
        "datasets/acme/data",
        "acme/model",
    ]
    nowhere = product.run(["git", "credential", "fill"], job.environment, job.work, question)
    assert nowhere.status == 128
    assert b"set HFMINT_RESOURCE" in nowhere.stderr
    assert b"told us to quit" in nowhere.stderr


@pytest.mark.parametrize("prefix", ["hub:", "git@hf.co:"])
def test_the_origin_behind_another_spelling(world: World, job: GitJob, prefix: str) -> None:
    """`url.*.insteadOf` is git's to follow, and ssh names the Hub as well."""
    world.publish("acme/model")
    clone = job.clone(world.git.create("acme/model"), "clone")
    job.good("config", f"url.{world.hub.origin}/.insteadOf", "hub:", cwd=clone)
    job.good("remote", "set-url", "origin", f"{prefix}acme/model", cwd=clone)
    asked = job.hfmint("git-credential", "get", stdin=description(url=world.hub.origin), cwd=clone)
    assert answer(asked.stdout)["username"] == "hf_user"
    assert world.hub.exchanges("acme/model") == 1
