"""The GitHub Action, run as the runner runs one of JavaScript: `main`, the job's steps, `post`."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import product
from Sandbox.githubrunner import GitHubRunner, Step
from Sandbox.world import World
from test_examples import module

ACTION = product.CHECKOUT / "ci-examples/github-action"
SEES = 'test -z "$HF_TOKEN"; head -c 7 "$HF_TOKEN_PATH"'


class Uses:
    """A step that uses the action, in a job of its own."""

    def __init__(self, world: World, **inputs: str) -> None:
        node = shutil.which("node")
        if not node or not product.binary():
            pytest.skip("node is not installed" if not node else "the product is not built")
        self.runner = GitHubRunner(world)
        self._node = node
        defaults = {"git": "false", "program": "hfmint"}
        self._inputs = {f"INPUT_{k.upper()}": v for k, v in (defaults | inputs).items()}

    def main(self) -> Step:
        """What runs where the step stands."""
        return self._run("main.js")

    def post(self) -> Step:
        """What runs when the job ends."""
        return self._run("post.js")

    def _run(self, file: str) -> Step:
        return self.runner.run(f"'{self._node}' '{ACTION / file}'", self._inputs)

    def folders(self) -> list[Path]:
        """What hfmint keeps of the job."""
        return list(Path(self.runner.environment["RUNNER_TEMP"], "hfmint").glob("*/token-*"))


def test_a_later_step_has_the_token_and_the_end_forgets_it(world: World) -> None:
    """Several resources, and nothing of a token in the log."""
    world.publish("acme/model")
    world.publish("datasets/acme/data")
    action = Uses(world, resources="acme/model\n  DATA_TOKEN=datasets/acme/data\n")
    first = action.main()
    assert first.succeeded, first.log
    step = action.runner.run(SEES)
    assert step.log.rstrip().endswith("hf_jwt_")
    assert len(action.folders()) == 2
    assert action.post().succeeded
    assert not action.folders()
    log = "\n".join(action.runner.log.lines)
    tokens = [value for value, kind in world.sentinels.kinds.items() if kind == "token"]
    assert len(tokens) == 2
    assert not [value for value in tokens if value in log]


def test_a_refusal_is_the_steps_failure(world: World) -> None:
    """With hfmint's exit status, and the end still works."""
    world.hub.add_repo("acme/model")
    action = Uses(world, resources="acme/model")
    assert action.main().status == 3
    assert action.post().succeeded


def test_git_is_told_and_told_back(world: World, tmp_path: Path) -> None:
    """In the runner's own configuration."""
    world.publish("acme/model")
    action = Uses(world, resources="acme/model", git="true")
    settings = tmp_path / "gitconfig"
    action.runner.environment |= {"GIT_CONFIG_GLOBAL": str(settings), "GIT_CONFIG_NOSYSTEM": "1"}
    settings.write_text("[user]\n\tname = Ada\n")
    assert action.main().succeeded
    assert "git-credential" in settings.read_text()
    assert action.post().succeeded
    assert settings.read_text() == "[user]\n\tname = Ada\n"


@pytest.mark.parametrize("word", ["--export", "-x"])
def test_resources_are_no_options(world: World, word: str) -> None:
    """A value from elsewhere cannot change what hfmint does."""
    step = Uses(world, resources=f"acme/model {word}").main()
    assert step.status == 2
    assert not world.hub.attempts


def test_without_the_program_it_says_so(world: World) -> None:
    """And what to do."""
    step = Uses(world, resources="acme/model", program="no-such-hfmint").main()
    assert step.status == 1
    assert "put it on the PATH" in step.log


def test_githubs_schema_accepts_it() -> None:
    """The one for action.yml."""
    file = str(ACTION / "action.yml")
    done = module("check_jsonschema", "--builtin-schema", "vendor.github-actions", file)
    assert done.returncode == 0, done.stdout


def test_it_is_a_few_lines() -> None:
    """So that it can be read before it is trusted, and it needs no other package."""
    code = "".join(path.read_text() for path in ACTION.glob("*.js"))
    assert 0 < len(code.splitlines()) < 50
    required = set(re.findall(r'require\("([^"]+)"\)', code))
    assert required == {"node:child_process", "./hfmint.js"}
