"""Real git against the Hub's repositories: each gets a token of its own, and nobody is prompted."""

from __future__ import annotations

from pathlib import Path

import pytest

import product
from gitjob import GitJob, Terminal
from Sandbox.hubstate import Power
from Sandbox.world import World

PROMPTS = (b"Username for", b"Password for", b"username:", b"password:")


@pytest.fixture
def job(world: World, tmp_path: Path) -> GitJob:
    """A GitHub job after `hfmint setup-git`."""
    program = product.needed()
    job = GitJob(world, program, tmp_path / "work")
    assert job.hfmint("setup-git").status == 0
    return job


def repository(world: World, resource: str, power: Power = "write") -> str:
    """A private repository that trusts the job; its URL."""
    world.publish(resource, power=power)
    return world.git.create(resource)


def test_clone_fetch_and_push(world: World, job: GitJob) -> None:
    """With one exchange for all of it."""
    url = repository(world, "acme/model")
    clone = job.clone(url, "model")
    assert (clone / "README.md").read_text() == "# acme/model\n"
    job.commit(clone, "weights.bin")
    job.good("push", cwd=clone)
    job.good("fetch", cwd=clone)
    assert world.git.head("acme/model") == job.good("rev-parse", "HEAD", cwd=clone)
    assert world.hub.exchanges() == 1
    assert len(world.git.tokens()) == 1


@pytest.mark.parametrize(
    ("resource", "suffix"),
    [
        ("acme/model", ".git"),
        ("acme/model", "/"),
        ("datasets/acme/data", ""),
        ("datasets/acme/data", ".git"),
        ("spaces/acme/app", ""),
        ("kernels/acme/kernel", ".git"),
        ("acme/info", ""),
        ("acme/v1.0", ".git"),
    ],
)
def test_every_kind_of_repository(world: World, job: GitJob, resource: str, suffix: str) -> None:
    """By each of the URLs that people write."""
    url = repository(world, resource)
    clone = job.clone(f"{url}{suffix}", "clone")
    job.commit(clone, "file")
    job.good("push", cwd=clone)
    assert world.hub.exchanges(resource) == 1


def test_two_repositories_in_one_job(world: World, job: GitJob) -> None:
    """Each push shows the token of its own repository."""
    names = ("acme/model", "datasets/acme/data")
    clones = [job.clone(repository(world, name), f"clone{i}") for i, name in enumerate(names)]
    for clone in clones:
        job.commit(clone, "file")
        job.good("push", cwd=clone)
    assert [world.hub.exchanges(name) for name in names] == [1, 1]
    assert len(world.git.tokens()) == 2
    for name in names:
        assert [world.hub.token(t).resource for t in world.git.tokens(name)] == [
            world.hub.repo(*kind_and_name(name)).resource
        ]


def kind_and_name(resource: str) -> tuple[str, str]:
    """As the Hub's table of repositories is keyed."""
    kind, _, name = (
        resource.partition("/") if resource.count("/") == 2 else ("models", "", resource)
    )
    return kind, name


def test_a_third_is_refused_with_the_reason(world: World, job: GitJob) -> None:
    """Without a prompt, although no terminal forbids one, and without asking for another way."""
    repository(world, "acme/model")
    url = world.git.create("acme/other")
    result = job.git("clone", url, "other")
    assert result.status == 128
    assert b"hfmint: error: " in result.stderr
    assert b"No trusted publisher of this resource accepts the ID token" in result.stderr
    assert b"told us to quit" in result.stderr
    assert not [prompt for prompt in PROMPTS if prompt in result.stderr]
    assert not world.git.tokens()


def test_a_third_is_refused_on_a_terminal_too(world: World, job: GitJob) -> None:
    """Where git would ask the person in front of it."""
    url = world.git.create("acme/other")
    with Terminal(["git", "clone", url, "other"], job.environment, job.work) as terminal:
        status, output = terminal.finish()
    assert status == 128
    assert b"No trusted publisher of this resource accepts the ID token" in output
    assert not [prompt for prompt in PROMPTS if prompt in output]


def test_a_push_that_the_token_may_not_make(world: World, job: GitJob) -> None:
    """Is the Hub's to refuse: git shows its 403, and nothing is asked again and again."""
    clone = job.clone(repository(world, "acme/model", power="read"), "model")
    job.commit(clone, "file")
    result = job.git("push", cwd=clone)
    assert result.status != 0
    assert b"403" in result.stderr
    assert world.hub.exchanges() == 1


def test_a_public_repository_needs_no_token(world: World, job: GitJob) -> None:
    """Git asks only after a 401, so nothing is exchanged."""
    job.clone(world.git.create("acme/open", "public"), "open")
    assert world.hub.attempts == []


def test_submodules_have_a_token_each(world: World, job: GitJob) -> None:
    """Each of another repository, with a token for each."""
    outer, inner = repository(world, "acme/model"), repository(world, "datasets/acme/data")
    clone = job.clone(outer, "model")
    job.good("submodule", "--quiet", "add", inner, "data", cwd=clone)
    job.good("commit", "--quiet", "-m", "add data", cwd=clone)
    job.good("push", cwd=clone)
    again = job.clone(outer, "again", "--recurse-submodules")
    assert (again / "data/README.md").exists()
    assert world.hub.exchanges() == 2


def test_a_relative_submodule_is_reckoned_from_the_outer_one(world: World, job: GitJob) -> None:
    """Its address is reckoned from the outer one."""
    outer = repository(world, "acme/model")
    repository(world, "acme/tools")
    clone = job.clone(outer, "model")
    job.good("submodule", "--quiet", "add", "../tools", "tools", cwd=clone)
    assert world.hub.exchanges("acme/tools") == 1


def test_a_partial_clone_fetches_the_rest_later(world: World, job: GitJob) -> None:
    """What is fetched later asks again, and is answered from what the job has."""
    url = repository(world, "acme/model")
    clone = job.clone(url, "model", "--filter=blob:none", "--no-checkout")
    job.good("checkout", "--quiet", "main", cwd=clone)
    assert (clone / "README.md").exists()
    assert world.hub.exchanges() == 1
    assert [seen.service for seen in world.git.seen].count("git-upload-pack") >= 3


def test_a_token_that_the_hub_rejects_is_replaced(world: World, job: GitJob) -> None:
    """Git says so with `erase`; the next command has a fresh one, and its token works."""
    clone = job.clone(repository(world, "acme/model"), "model")
    first = world.git.tokens()[0]
    world.hub.token(first).revoked = True
    assert job.git("fetch", cwd=clone).status != 0
    job.good("fetch", cwd=clone)
    assert world.hub.exchanges() == 2
    assert world.git.tokens()[-1] != first


def test_the_token_is_not_kept_by_another_helper(world: World, job: GitJob) -> None:
    """One that stores what git learns, set before: it is asked nothing and told nothing."""
    url = repository(world, "acme/model")
    store = job.work / "store"
    job.good("config", "--global", "credential.helper", f"store --file={store}")
    assert job.hfmint("setup-git").status == 0
    job.clone(url, "model")
    assert not store.exists()


def test_the_token_is_nowhere_in_the_clone(world: World, job: GitJob) -> None:
    """Neither in its configuration nor in the URL of its remote."""
    clone = job.clone(repository(world, "acme/model"), "model")
    config = (clone / ".git/config").read_text() + (world.root / "home/.gitconfig").read_text()
    assert not [secret for secret in world.secrets if secret in config]


def test_by_variables_no_file_changes(world: World, job: GitJob, tmp_path: Path) -> None:
    """`setup-git --environment` does for one shell what the others do for a file."""
    url = repository(world, "acme/model")
    assert job.hfmint("setup-git", "--undo").status == 0
    script = f'eval "$(hfmint setup-git --environment)" && git clone --quiet {url} model'
    result = product.run(["sh", "-c", script], job.environment, job.work)
    assert (result.status, result.stderr) == (0, b"")
    assert b"hfmint" not in (world.root / "home/.gitconfig").read_bytes()


def test_called_as_a_helper_by_name(world: World, job: GitJob) -> None:
    """`credential.helper=hfmint` finds `git-credential-hfmint` on PATH, a link to hfmint."""
    assert world.bin
    (world.bin / "git-credential-hfmint").symlink_to(job.program)
    assert job.hfmint("setup-git", "--undo").status == 0
    url = repository(world, "acme/model")
    options = ("-c", "credential.helper=hfmint", "-c", "credential.useHttpPath=true")
    job.good(*options, "clone", "--quiet", url, "model")
    assert world.hub.exchanges("acme/model") == 1


def test_git_before_any_commit_of_its_own(world: World, job: GitJob) -> None:
    """`git ls-remote` outside every work tree."""
    url = repository(world, "acme/model")
    assert world.git.head("acme/model") in job.good("ls-remote", url)
