"""GitLab's half: tokens that come with the job, and lines that share a shell."""

from __future__ import annotations

from client import ask, exchange
from Sandbox.gitlab import GitLabJob
from Sandbox.gitlabrunner import GitLabRunner
from Sandbox.keys import peek, verify
from Sandbox.world import World


def test_a_job_has_its_id_tokens(world: World) -> None:
    """One a variable, each for its audience; signed by the instance's key."""
    world.gitlab.job = GitLabJob(id_tokens={"A": "https://huggingface.co", "B": "https://b"})
    environment = world.environment("gitlab")
    jwks = ask(world.gitlab.origin, "/oauth/discovery/keys").json
    for name, audience in (("A", "https://huggingface.co"), ("B", "https://b")):
        claims = verify(environment[name], jwks, audience=audience, now=world.gitlab.now())
        assert claims["sub"] == "project_path:acme/training:ref_type:branch:ref:main"
    assert environment["CI_JOB_ID"] == peek(environment["A"])["job_id"]
    assert environment["CI_JOB_TOKEN"] in world.secrets


def test_the_hub_takes_a_gitlab_token(world: World) -> None:
    """By its own claims."""
    world.publish("acme/model", "https://gitlab.com", {"project_path": "acme/training"})
    token = world.environment("gitlab")["HF_ID_TOKEN"]
    assert exchange(world.hub.origin, token).status == 200
    assert exchange(world.hub.origin, world.gitlab.id_token(project_path="x/y")).status == 400


def test_all_lines_share_a_shell(world: World) -> None:
    """Even `before_script`; another shell comes after, in the project's folder too."""
    run = GitLabRunner(world).run(
        ["echo got=$X", "cd /", "pwd"],
        before_script=["X=1"],
        after_script=["echo after=$X", 'test "$PWD" = "$CI_PROJECT_DIR"'],
    )
    assert (run.status, run.after_status) == (0, 0)
    assert "\ngot=1\n" in run.log
    assert "\nafter=\n" in run.log


def test_gitlab_env_reaches_the_next_shell(world: World) -> None:
    """Line by line, taken as they are."""
    run = GitLabRunner(world).run(
        ["echo 'A=x y $HOME' >> \"$GITLAB_ENV\"", "echo now=$A"],
        after_script=["echo after=$A"],
    )
    assert "\nnow=\n" in run.log
    assert "\nafter=x y $HOME\n" in run.log


def test_a_failing_line_ends_the_script(world: World) -> None:
    """In a pipe as well; `after_script` runs all the same and cannot fix it."""
    run = GitLabRunner(world).run(["false | cat", "echo not-reached"], after_script=["echo yes"])
    assert run.status == 1
    assert "\nnot-reached" not in run.log
    assert "\nyes" in run.log


def test_known_tokens_are_masked_in_the_log(world: World) -> None:
    """The ID tokens are; a Hub token could not be."""
    run = GitLabRunner(world).run(['echo "$HF_ID_TOKEN"', "echo hf_jwt_x"])
    assert "\n[MASKED]\n" in run.log
    assert "hf_jwt_x" in run.log
