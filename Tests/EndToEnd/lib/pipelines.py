"""Plays a pipeline file as its provider would: each step in that provider's own shell model.

Each function takes the file's document and a started job, and gives how it ended. Only what the
examples make use of is played; anything else in a file is an error, so that no line goes unplayed.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from Sandbox.actions import Forgejo
from Sandbox.bitbucket import Bitbucket
from Sandbox.buildkite import Buildkite
from Sandbox.circleci import CircleCI
from Sandbox.githubrunner import GitHubRunner
from Sandbox.gitlabrunner import GitLabRunner
from Sandbox.googlecloud import CloudBuild
from Sandbox.kubernetes import Pod
from Sandbox.provider import Provider
from Sandbox.runnerfiles import read_env
from Sandbox.world import World

Document = Any


@dataclass
class Played:
    """How a pipeline ended, and all that it printed."""

    status: int = 0
    log: str = ""


@dataclass
class Stage:
    """Where a pipeline is played: a world, a checkout, and variables over the provider's own."""

    world: World
    checkout: Path
    variables: Mapping[str, str]
    resources: Iterable[str]
    secrets: Mapping[str, str] = field(default_factory=dict)

    def trust(self, issuer: str, **claims: str) -> None:
        """Publish every resource for the provider's one job."""
        for resource in self.resources:
            self.world.publish(resource, issuer, claims)

    @contextmanager
    def job(self, kind: type[Provider]) -> Iterator[tuple[Any, dict[str, str]]]:
        """A job of a provider that the Hub trusts, and its whole environment."""
        provider = kind(self.world.sentinels, self.world.root / "provider")
        issuer = provider.issuer
        self.world.hub.trust(issuer.url, issuer.key.jwks)
        self.trust(issuer.url, sub=str(issuer.claims["sub"]))
        base, own = self.world.environment("none"), provider.environment()
        if "GCE_METADATA_HOST" in own:
            del base["NO_GCE_CHECK"]
        path = ":".join(filter(None, [self.variables.get("PATH"), own.get("PATH"), base["PATH"]]))
        try:
            yield provider, base | own | self.variables | {"PATH": path}
        finally:
            provider.stop()

    def fill(self, text: str) -> str:
        """An Actions text with its `${{ secrets.NAME }}` filled."""
        return re.sub(r"\$\{\{ secrets\.(\w+) \}\}", lambda found: self.secrets[found[1]], text)

    def shell(self, command: list[str], env: Mapping[str, str], played: Played) -> None:
        """Run in the checkout; the first failure is the pipeline's status."""
        done = subprocess.run(
            command,
            env=env,
            cwd=self.checkout,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
        )
        played.log += done.stdout.decode()
        played.status = played.status or done.returncode


def load(path: Path, replace: Mapping[str, str] | None = None) -> list[Document]:
    """The documents of a YAML file, with these texts replaced."""
    text = path.read_text()
    for old, new in (replace or {}).items():
        assert old in text
        text = text.replace(old, new)
    return list(YAML(typ="safe", pure=True).load_all(text))


def github_actions(documents: list[Document], stage: Stage) -> Played:
    """The runner of the sandbox, which masks, and carries GITHUB_ENV from step to step."""
    (workflow,) = documents
    world = stage.world
    stage.trust(world.github.job.issuer, repository=world.github.job.repository)
    runner = GitHubRunner(world, tuple(stage.secrets.values()))
    path = f"{stage.variables['PATH']}:{runner.environment['PATH']}"
    runner.environment |= {
        **stage.variables,
        "PATH": path,
        "GITHUB_WORKSPACE": str(stage.checkout),
    }
    played = Played()
    for step in _steps(workflow):
        if played.status and step.get("if") != "always()":
            continue
        env = {name: stage.fill(value) for name, value in step.get("env", {}).items()}
        done = runner.run(step["run"], env)
        played.log += done.log
        played.status = played.status or done.status
    return played


def forgejo_actions(documents: list[Document], stage: Stage) -> Played:
    """As GitHub's, with Forgejo's variables."""
    (workflow,) = documents
    played = Played()
    with stage.job(Forgejo) as (_, env):
        for step in _steps(workflow):
            if played.status and step.get("if") != "always()":
                continue
            own = {name: stage.fill(value) for name, value in step.get("env", {}).items()}
            stage.shell(["bash", "-e", "-c", step["run"]], env | own, played)
            env |= read_env(Path(env["FORGEJO_ENV"]).read_bytes()).values
    return played


def _steps(workflow: Document) -> list[Document]:
    """The steps of a workflow's one job, less the first, which checks out."""
    (job,) = workflow["jobs"].values()
    checkout, *steps = job["steps"]
    assert "/checkout@" in f"/{checkout['uses']}"
    return steps


def gitlab_ci(documents: list[Document], stage: Stage) -> Played:
    """The runner of the sandbox, with its two shells."""
    (pipeline,) = documents
    (job,) = pipeline.values()
    world = stage.world
    stage.trust(world.gitlab.job.issuer, project_path=world.gitlab.job.project)
    runner = GitLabRunner(world)
    own = {name: str(value) for name, value in job.get("variables", {}).items()}
    path = f"{stage.variables['PATH']}:{runner.environment['PATH']}"
    runner.environment |= {
        **stage.variables,
        **stage.secrets,
        **own,
        "PATH": path,
        "CI_PROJECT_DIR": str(stage.checkout),
    }
    done = runner.run(job["script"], after_script=job.get("after_script", []))
    return Played(done.status or done.after_status, done.log)


def circleci(documents: list[Document], stage: Stage) -> Played:
    """Each step a bash that begins with BASH_ENV."""
    (pipeline,) = documents
    (job,) = pipeline["jobs"].values()
    checkout, *steps = job["steps"]
    assert checkout == "checkout" or list(checkout) == ["checkout"]
    played = Played()
    with stage.job(CircleCI) as (_, env):
        env |= stage.secrets | job.get("environment", {})
        for step in steps:
            run = step["run"]
            if not played.status or run.get("when") == "always":
                command = ["/bin/bash", "-eo", "pipefail", "-c", run["command"]]
                stage.shell(command, env, played)
    return played


def buildkite(documents: list[Document], stage: Stage) -> Played:
    """The agent fills in `$NAME` when it uploads the pipeline, and one bash runs the commands."""
    (pipeline,) = documents
    (step,) = pipeline["steps"]
    script = "\n".join(step["commands"])
    assert not re.search(r"(?<!\$)\$(?!\$)", script), "the agent would fill this in"
    played = Played()
    with stage.job(Buildkite) as (_, env):
        env |= {name: stage.secrets[name] for name in step.get("secrets", [])}
        command = ["/bin/bash", "-e", "-c", script.replace("$$", "$")]
        stage.shell(command, env | step.get("env", {}), played)
    return played


def bitbucket_pipelines(documents: list[Document], stage: Stage) -> Played:
    """A shell for `script`, and another for `after-script`."""
    (pipeline,) = documents
    ((kind, branches),) = pipeline["pipelines"].items()
    assert kind in ("branches", "custom")
    (steps,) = branches.values()
    ((step,),) = [list(item.values()) for item in steps]
    played = Played()
    with stage.job(Bitbucket) as (_, env):
        env |= stage.secrets
        for lines in (step["script"], step.get("after-script", [])):
            stage.shell(["/bin/bash", "-e", "-c", "\n".join(lines)], env, played)
    return played


def google_cloud_build(documents: list[Document], stage: Stage) -> Played:
    """A script with its own first line, which is run as a program."""
    (build,) = documents
    (step,) = build["steps"]
    played = Played()
    with stage.job(CloudBuild) as (_, env):
        own = dict(item.split("=", 1) for item in step["env"])
        script = stage.world.root / "script"
        script.write_text(step["script"])
        script.chmod(0o755)
        stage.shell([str(script)], env | own, played)
    return played


def kubernetes(documents: list[Document], stage: Stage) -> Played:
    """The container's command, with the projected volume at its mount."""
    (job,) = [document for document in documents if document["kind"] == "Job"]
    (container,) = job["spec"]["template"]["spec"]["containers"]
    played = Played()
    with stage.job(Pod) as (pod, env):
        stage.shell(
            pod.command(["env", "-C", str(stage.checkout), *container["command"]]), env, played
        )
    return played


PROVIDERS: dict[str, Callable[[list[Document], Stage], Played]] = {
    "bitbucket-pipelines": bitbucket_pipelines,
    "buildkite": buildkite,
    "circleci": circleci,
    "forgejo-actions": forgejo_actions,
    "github-actions": github_actions,
    "gitlab-ci": gitlab_ci,
    "google-cloud-build": google_cloud_build,
    "kubernetes": kubernetes,
}
