"""The real client library takes what is delivered, and does not exchange for itself.

https://pypi.org/project/huggingface-hub/
"""

from __future__ import annotations

import hashlib
import shlex
import sys

import pytest

import evidence
import product
from Sandbox.githubrunner import GitHubRunner
from Sandbox.gitlabrunner import GitLabRunner
from Sandbox.world import World
from traces import tokens

pytest.importorskip("huggingface_hub")
pytestmark = pytest.mark.skipif(not product.binary(), reason="the product is not built")

CODE = """
import hashlib
from huggingface_hub import HfApi, auth_check, get_token
auth_check("acme/model", write=True)
print(HfApi().model_info("acme/model").id, hashlib.sha256(get_token().encode()).hexdigest())
"""
SCRIPT = f"{shlex.quote(sys.executable)} -c {shlex.quote(CODE)}"
VARIABLES = {"HF_OIDC_RESOURCE": "acme/model", "HF_HUB_DISABLE_TELEMETRY": "1"}


def expected(world: World) -> str:
    """What the script prints of the first token that the Hub gave."""
    token = world.hub.token(tokens(world)[0])
    assert token
    digest = hashlib.sha256(token.value.encode()).hexdigest()
    return f"acme/model {digest}"


@pytest.mark.parametrize("arguments", ["", "--export"])
def test_in_the_same_step(world: World, arguments: str) -> None:
    """Through HF_TOKEN_PATH, and through HF_TOKEN."""
    world.publish("acme/model")
    runner = GitHubRunner(world)
    step = runner.run(f'eval "$(hfmint exchange {arguments})"\n{SCRIPT}', VARIABLES)
    assert step.succeeded, step.log
    assert expected(world) in step.log
    assert len(world.hub.attempts) == 1
    evidence.values_in_step_files(runner.environment["RUNNER_TEMP"])


@pytest.mark.parametrize("arguments", ["", "--export"])
def test_in_a_later_step(world: World, arguments: str) -> None:
    """Through what the runner read from GITHUB_ENV, although the job sets HF_OIDC_RESOURCE."""
    world.publish("acme/model")
    runner = GitHubRunner(world)
    runner.environment |= VARIABLES
    assert runner.run(f"hfmint exchange {arguments}").succeeded
    step = runner.run(SCRIPT)
    assert step.succeeded, step.log
    assert expected(world) in step.log
    assert len(world.hub.attempts) == 1
    evidence.values_in_step_files(runner.environment["RUNNER_TEMP"])


def test_through_the_environment_file(world: World) -> None:
    """As a container or a unit would read it."""
    world.publish("acme/model")
    runner = GitHubRunner(world)
    lines = 'file=$(hfmint exchange --deliver env-file)\nset -a\n. "$file"\nset +a\n'
    step = runner.run(lines + SCRIPT, VARIABLES)
    assert step.succeeded, step.log
    assert expected(world) in step.log
    assert len(world.hub.attempts) == 1


def test_a_token_works_on_gitlab_where_the_library_would_exchange_by_itself(world: World) -> None:
    """Where HF_OIDC_ID_TOKEN and HF_OIDC_RESOURCE would make it exchange by itself."""
    world.gitlab.job.id_tokens = {"HF_OIDC_ID_TOKEN": "https://huggingface.co"}
    world.publish("acme/model", world.gitlab.job.issuer, {"project_path": "acme/training"})
    runner = GitLabRunner(world)
    runner.environment |= VARIABLES
    run = runner.run(
        ['eval "$(hfmint exchange)"', f"script={shlex.quote(SCRIPT)}", 'eval "$script"']
    )
    assert run.status == 0, run.log
    assert expected(world) in run.log
    assert len(world.hub.attempts) == 1
