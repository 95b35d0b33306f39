"""The next line of each provider's script, in that provider's own shell model, sees the token."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, TypeVar

import pytest

import product
from Sandbox import bitbucket, circleci, ownroot
from Sandbox.actions import Forgejo
from Sandbox.bitbucket import Bitbucket
from Sandbox.buildkite import Buildkite
from Sandbox.circleci import CircleCI
from Sandbox.gitlabrunner import GitLabRunner
from Sandbox.googlecloud import CloudBuild
from Sandbox.kubernetes import Pod
from Sandbox.provider import Provider
from Sandbox.runnerfiles import read_env
from Sandbox.world import World

# What a later line does with a token: the client library reads the file that HF_TOKEN_PATH names.
SEES = 'test -z "$HF_TOKEN"; head -c 7 "$HF_TOKEN_PATH"'
HERE = 'eval "$(hfmint exchange acme/model)"'
ProviderT = TypeVar("ProviderT", bound=Provider)


@pytest.fixture(autouse=True)
def _needs_the_product() -> None:
    if not product.binary():
        pytest.skip("the product is not built")


class Start(Protocol):
    """Starts a provider that the Hub trusts; gives it, and its job's whole environment."""

    def __call__(self, kind: type[ProviderT]) -> tuple[ProviderT, dict[str, str]]:
        """The provider, and the environment."""


@pytest.fixture
def start(world: World) -> Iterator[Start]:
    """What it starts is stopped when the test is over."""
    started: list[Provider] = []

    def start(kind: type[ProviderT]) -> tuple[ProviderT, dict[str, str]]:
        provider = kind(world.sentinels, world.root / "provider")
        started.append(provider)
        issuer = provider.issuer
        world.hub.trust(issuer.url, issuer.key.jwks)
        world.hub.publish("acme/model", issuer.url, {"sub": str(issuer.claims["sub"])}, "write")
        base, own = world.environment("none"), provider.environment()
        if "GCE_METADATA_HOST" in own:
            del base["NO_GCE_CHECK"]
        path = ":".join(filter(None, [own.get("PATH"), base["PATH"]]))
        return provider, base | own | {"PATH": path}

    yield start
    for provider in started:
        provider.stop()


def no_token_in(world: World, *texts: str) -> None:
    """None of these holds a Hub token or an ID token."""
    secrets = [value for value, kind in world.sentinels.kinds.items() if "token" in kind]
    assert not [value for value in secrets for text in texts if value in text]


def test_circleci_the_next_step_reads_bash_env(world: World, start: Start) -> None:
    """Its value stays out of that file, which is this user's alone."""
    _, env = start(CircleCI)
    first = circleci.step(env, "hfmint exchange acme/model > /dev/null")
    assert first.returncode == 0, first.stderr
    second = circleci.step(env, SEES)
    assert (second.returncode, second.stdout) == (0, "hf_jwt_")
    file = Path(env["BASH_ENV"])
    assert file.stat().st_mode & 0o777 == 0o600
    no_token_in(world, first.stdout, first.stderr, file.read_text())


def test_circleci_same_step(start: Start) -> None:
    """`eval`, and the line after it."""
    _, env = start(CircleCI)
    done = circleci.step(env, f"{HERE}\n{SEES}")
    assert (done.returncode, done.stdout) == (0, "hf_jwt_")


def test_circleci_keeps_what_bash_env_had(world: World, start: Start) -> None:
    """Also where its last line has no end; a quote in a resource's path ends nothing."""
    _, env = start(CircleCI)
    Path(env["BASH_ENV"]).write_text("export EARLIER=1")
    odd = world.root / "it's $(touch pwned)"
    odd.mkdir(mode=0o700)
    env["XDG_RUNTIME_DIR"] = str(odd)
    assert circleci.step(env, "hfmint exchange acme/model > /dev/null").returncode == 0
    done = circleci.step(env, f'{SEES}; echo "$EARLIER"')
    assert done.stdout == "hf_jwt_1\n"
    assert not list(Path.cwd().glob("pwned"))


def test_buildkite_redaction_comes_before_the_environment(start: Start) -> None:
    """The next phase has the path; with --export the value, which the log never shows."""
    provider, env = start(Buildkite)
    hook = provider.jobs.phase(env, "hfmint exchange acme/model > /dev/null")
    assert hook.returncode == 0, hook.stdout
    assert provider.jobs.events == ["redact", "env"]
    assert provider.jobs.phase(env, SEES).stdout == "hf_jwt_"
    exported = provider.jobs.phase(env, "hfmint exchange acme/model --export --deliver env")
    assert exported.returncode == 0, exported.stdout
    assert provider.jobs.events == ["redact", "env"] * 2
    shown = provider.jobs.phase(env, 'printf "<%s>" "$HF_TOKEN"').stdout
    assert shown == "<[REDACTED]>"


def test_buildkite_without_redaction_exports_nothing(world: World, start: Start) -> None:
    """An agent that refuses the redaction is not given the environment either."""
    provider, env = start(Buildkite)
    provider.jobs.faults.add("status=500 path=/api/current-job/v0/redactions times=forever")
    done = provider.jobs.phase(env, "hfmint exchange acme/model --export --deliver env")
    assert done.returncode == 2
    assert "Job API" in done.stdout
    assert not provider.jobs.variables
    no_token_in(world, done.stdout)


def test_buildkite_an_unset_socket_is_no_obstacle(start: Start) -> None:
    """`auto` leaves the later phases out, and the line after `eval` still works."""
    provider, env = start(Buildkite)
    for name in provider.jobs.environment():
        del env[name]
    done = provider.jobs.phase(env, f"{HERE}\n{SEES}")
    assert done.stdout.endswith("\nhf_jwt_")
    assert not provider.jobs.events


def test_bitbucket_lines_share_a_shell(start: Start) -> None:
    """And nothing is left for another step."""
    _, env = start(Bitbucket)
    done = bitbucket.step(env, [HERE, SEES])
    assert (done.returncode, done.stdout) == (0, "hf_jwt_")
    refused = bitbucket.step(env, ["hfmint exchange acme/model --deliver env"])
    assert refused.returncode == 2
    assert "output-variables" in refused.stderr


def test_forgejo_the_next_step_has_the_file(start: Start) -> None:
    """By GITHUB_ENV, or by FORGEJO_ENV where that is the only name."""
    _, env = start(Forgejo)
    for name in ("GITHUB_ENV", "FORGEJO_ENV"):
        other = {"GITHUB_ENV", "FORGEJO_ENV"} - {name}
        alone = {key: value for key, value in env.items() if key not in other}
        done = run(["sh", "-e", "-c", f"{HERE}\n{SEES}"], alone)
        assert (done.returncode, done.stdout) == (0, "hf_jwt_"), done.stderr
        set_there = read_env(Path(env[name]).read_bytes()).values
        assert run(["sh", "-e", "-c", SEES], alone | set_there).stdout == "hf_jwt_"


def test_gitlab_after_script_reads_gitlab_env(world: World) -> None:
    """Only when asked for: `script` has `eval`."""
    world.publish("acme/model", "https://gitlab.com", {"project_path": "acme/training"})
    job = GitLabRunner(world).run(
        [HERE, SEES, "hfmint exchange acme/model --deliver env"], after_script=["echo", SEES]
    )
    assert (job.status, job.after_status) == (0, 0), job.log
    assert job.log.count("hf_jwt_") == 2


def test_kubernetes_a_rotated_token_is_read_anew(world: World, start: Start) -> None:
    """The shell of a container, with the volume where the example mounts it."""
    if not ownroot.is_possible():
        pytest.skip("this machine lets nobody mount")
    provider, env = start(Pod)
    for _ in range(2):
        provider.rotate()
        script = f"{HERE}\n{SEES}\nhfmint forget > /dev/null"
        done = run(provider.command(["sh", "-e", "-c", script]), env)
        assert (done.returncode, done.stdout) == (0, "hf_jwt_"), done.stderr
    sent = {request.body for request in world.requests("hub") if request.path == "/oauth/token"}
    assert len(sent) == 2


def test_cloud_build_lines_of_a_script_share_a_shell(start: Start) -> None:
    """Two endpoints behind one line."""
    _, env = start(CloudBuild)
    done = run(["sh", "-e", "-c", f"{HERE}\n{SEES}"], env)
    assert (done.returncode, done.stdout) == (0, "hf_jwt_"), done.stderr


def test_where_nothing_answers_the_metadata_server_is_given_up_soon(world: World) -> None:
    """A machine that only looks like Google's costs seconds, not minutes."""
    env = world.environment("none") | {"K_SERVICE": "x", "NO_GCE_CHECK": ""}
    started = time.monotonic()
    done = run(["hfmint", "exchange", "acme/model", "--deadline", "5"], env)
    assert done.returncode == 4
    assert time.monotonic() - started < 12


def run(command: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A command of the job."""
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
