"""Plays an integration as its platform would: a job with one use of it, and a script of its own.

Each player has a job's machine, whose cache outlives its jobs. `play` runs one job; inputs are
named as in the integration, and each has the default that stands there.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pipelines import Played, Stage, load
from Sandbox.actions import Forgejo
from Sandbox.buildkite import Buildkite
from Sandbox.circleci import CircleCI
from Sandbox.githubrunner import GitHubRunner
from Sandbox.gitlabrunner import GitLabRunner
from Sandbox.runnerfiles import read_env, read_path

Tree = Any


class Player:
    """`checkout` holds the integrations; the stage is where jobs run."""

    def __init__(self, checkout: Path, stage: Stage) -> None:
        self.checkout = checkout
        self.stage = stage
        self.caches = stage.world.root / "caches"

    def play(self, script: str, **inputs: str) -> Played:
        """One job."""
        raise NotImplementedError


def action_inputs(action: Tree, given: Mapping[str, str], token: str) -> dict[str, str]:
    """The variables of an action's inputs, which are no names that a shell could set."""
    assert set(given) <= set(action["inputs"])
    defaults = {name: str(x.get("default", "")) for name, x in action["inputs"].items()}
    filled = {name: x.replace("${{ github.token }}", token) for name, x in defaults.items()}
    return {f"INPUT_{name.upper()}": value for name, value in (filled | dict(given)).items()}


def node() -> str:
    """It, or no test."""
    found = shutil.which("node")
    if not found:
        pytest.skip("node is not installed")
    return found


class GitHubAction(Player):
    """GitHub's runner: `main`, the steps, and `post` with what `main` saved, whatever happened."""

    def play(self, script: str, **inputs: str) -> Played:
        """The action is one of acme/hfmint's."""
        world = self.stage.world
        self.stage.trust(world.github.job.issuer, repository=world.github.job.repository)
        (action,) = load(self.checkout / "action.yml")
        token = world.sentinels.issue("job-token", "ghs_")
        runner = GitHubRunner(world, (token,))
        runner.environment |= {
            **self.stage.variables,
            "RUNNER_TOOL_CACHE": str(self.caches),
            "GITHUB_WORKSPACE": str(self.stage.checkout),
            "GITHUB_ACTION_REPOSITORY": "acme/hfmint",
        }
        given = action_inputs(action, inputs, token)

        def run(file: str, more: Mapping[str, str]) -> str:
            words = [f"{name}={value}" for name, value in (given | dict(more)).items()]
            return shlex.join(["env", *words, node(), str(self.checkout / file)])

        played = Played()
        for part in (run(action["runs"]["main"], {}), script):
            if not played.status:
                played.status = runner.run(part).status
        assert action["runs"]["post-if"] == "always()"
        saved = {f"STATE_{name}": value for name, value in runner.state.items()}
        post = runner.run(run(action["runs"]["post"], saved))
        played.status = played.status or post.status
        played.log = "\n".join(runner.log.lines)
        return played


class ForgejoAction(Player):
    """As GitHub's, with Forgejo's variables."""

    def play(self, script: str, **inputs: str) -> Played:
        """The runner's own GitHub-like variables too."""
        (action,) = load(self.checkout / "action.yml")
        played = Played()
        with self.stage.job(Forgejo) as (_, env):
            files = {name: self.stage.world.root / name for name in ("GITHUB_PATH", "GITHUB_STATE")}
            for name, file in files.items():
                file.write_bytes(b"")
                env[name] = str(file)
            env |= {
                "GITHUB_SERVER_URL": "https://codeberg.org",
                "GITHUB_ACTION_REPOSITORY": "acme/hfmint",
                "RUNNER_TOOL_CACHE": str(self.caches),
            }
            given = action_inputs(action, inputs, "forgejo-token")

            def run(file: str) -> None:
                words = [node(), str(self.checkout / action["runs"][file])]
                self.stage.shell(words, env | given, played)

            run("main")
            env |= read_env(Path(env["FORGEJO_ENV"]).read_bytes()).values
            env["PATH"] = ":".join([*read_path(files["GITHUB_PATH"].read_bytes()), env["PATH"]])
            if not played.status:
                self.stage.shell(["bash", "-e", "-c", script], env, played)
            saved = read_env(files["GITHUB_STATE"].read_bytes()).values
            given |= {f"STATE_{name}": value for name, value in saved.items()}
            run("post")
        return played


def filled(tree: Tree, pattern: str, values: Mapping[str, Any]) -> Tree:
    """The tree with each parameter in its texts filled in; one that stands alone may be a list."""
    if isinstance(tree, dict):
        return {filled(k, pattern, values): filled(v, pattern, values) for k, v in tree.items()}
    if isinstance(tree, list):
        return [filled(item, pattern, values) for item in tree]
    if not isinstance(tree, str):
        return tree
    if alone := re.fullmatch(pattern, tree):
        return values[alone[1]]
    return re.sub(pattern, lambda found: str(values[found[1]]), tree)


class Orb(Player):
    """CircleCI: the command's steps, each a bash that begins with BASH_ENV, and caches by key."""

    def play(self, script: str, **inputs: str) -> Played:
        """https://circleci.com/docs/reference/configuration-reference/#commands"""
        (document,) = load(self.checkout / "integrations/circleci/orb.yml")
        command = document["commands"]["with-token"]
        parameters = command["parameters"]
        assert set(inputs) <= set(parameters)
        defaults = {name: x["default"] for name, x in parameters.items() if "default" in x}
        values = defaults | inputs | {"steps": [{"run": script}]}
        assert set(values) == set(parameters)
        played = Played()
        with self.stage.job(CircleCI) as (_, env):
            for step in filled(command["steps"], r"<< parameters\.([a-z-]+) >>", values):
                ((kind, what),) = step.items()
                for one in what if kind == "steps" else [step]:
                    self._step(one, env, played)
        return played

    def _step(self, step: Tree, env: dict[str, str], played: Played) -> None:
        ((kind, what),) = step.items()
        what = {"command": what} if isinstance(what, str) else what
        if played.status and what.get("when") != "always":
            return
        if kind == "run":
            words = ["/bin/bash", "-eo", "pipefail", "-c", what["command"]]
            self.stage.shell(words, env | what.get("environment", {}), played)
        elif kind == "restore_cache":
            (key,) = what["keys"]
            if (kept := self.caches / key).is_dir():
                shutil.copytree(kept, env["HOME"], dirs_exist_ok=True)
        else:
            assert kind == "save_cache"
            (path,) = what["paths"]
            name = path.removeprefix("~/")
            assert (Path(env["HOME"]) / name).is_dir(), "CircleCI finds nothing to save"
            if not (self.caches / what["key"]).is_dir():
                shutil.move(Path(env["HOME"]) / name, self.caches / what["key"] / name)


class Component(Player):
    """GitLab: inputs, a job that extends the component's, two shells, and a cache between jobs."""

    def play(self, script: str, **inputs: str) -> Played:
        """https://docs.gitlab.com/ci/inputs/ · https://docs.gitlab.com/ci/caching/"""
        header, body = load(self.checkout / "integrations/gitlab/templates/hfmint.yml")
        declared = header["spec"]["inputs"]
        assert set(inputs) <= set(declared)
        defaults = {name: x["default"] for name, x in declared.items() if "default" in x}
        values = defaults | inputs
        assert set(values) == set(declared)
        ((name, job),) = filled(body, r"\$\[\[ inputs\.([a-z-]+) \]\]", values).items()
        assert name == ".hfmint"
        world = self.stage.world
        self.stage.trust(world.gitlab.job.issuer, project_path=world.gitlab.job.project)
        runner = GitLabRunner(world)
        path = f"{self.stage.variables['PATH']}:{runner.environment['PATH']}"
        project = {"PATH": path, "CI_PROJECT_DIR": str(self.stage.checkout)}
        temporary = Path(f"{self.stage.checkout}.tmp")
        temporary.mkdir(exist_ok=True)
        project["GITLAB_ENV"] = str(temporary / "gitlab_runner_env")
        runner.environment |= self.stage.variables | job["variables"] | project
        (folder,) = job["cache"]["paths"]
        kept = self.caches / job["cache"]["key"]
        if kept.is_dir():
            shutil.copytree(kept, self.stage.checkout / folder)
        done = runner.run(
            script.splitlines(),
            before_script=job["before_script"],
            after_script=job["after_script"],
        )
        if done.status == 0 and (self.stage.checkout / folder).is_dir():
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(self.stage.checkout / folder, kept)
        shutil.rmtree(self.stage.checkout / folder, ignore_errors=True)
        return Played(done.status or done.after_status, done.log)


HOOK = """
. "$0"
status=$?
env -0 > "$AFTER"
exit $status
"""


class Plugin(Player):
    """Buildkite: hooks that the agent's bash reads, what they export, and an end that comes."""

    def play(self, script: str, **inputs: str) -> Played:
        """https://buildkite.com/docs/agent/hooks"""
        hooks = self.checkout / "integrations/hfmint-buildkite-plugin/hooks"
        played = Played()
        after = self.stage.world.root / "after"
        with self.stage.job(Buildkite) as (_, env):
            env |= configuration(inputs)
            env["XDG_CACHE_HOME"] = str(self.caches)
            for words in (
                ["/bin/bash", "-c", HOOK, str(hooks / "pre-command")],
                ["/bin/bash", "-e", "-c", script],
            ):
                if not played.status:
                    self.stage.shell(words, env | {"AFTER": str(after)}, played)
                    if after.exists():
                        lines = after.read_text().split("\0")
                        env |= dict(line.split("=", 1) for line in lines if line)
                        after.unlink()
            self.stage.shell(["/bin/bash", "-c", HOOK, str(hooks / "pre-exit")], env, played)
        return played


def configuration(inputs: Mapping[str, str]) -> dict[str, str]:
    """The agent's variables for a plugin's settings: of words in a line, a list.

    https://buildkite.com/docs/plugins/writing
    """
    found = {}
    for name, value in inputs.items():
        variable = f"BUILDKITE_PLUGIN_HFMINT_{re.sub('[^A-Z0-9]', '_', name.upper())}"
        words = value.split("\n")
        if len(words) == 1:
            found[variable] = value
        else:
            found |= {f"{variable}_{number}": word for number, word in enumerate(words)}
    return found


PLATFORMS: dict[str, type[Player]] = {
    "buildkite": Plugin,
    "circleci": Orb,
    "forgejo": ForgejoAction,
    "github": GitHubAction,
    "gitlab": Component,
}
