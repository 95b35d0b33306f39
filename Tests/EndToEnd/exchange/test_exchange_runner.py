"""What is delivered reaches the steps after it, as the providers' own runners read it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import evidence
import product
from Sandbox.githubrunner import GitHubRunner
from Sandbox.gitlabrunner import GitLabRunner
from Sandbox.runnerfiles import read_env, read_output
from Sandbox.runnerlog import JobLog
from Sandbox.world import World
from traces import Hfmint, tokens

pytestmark = pytest.mark.skipif(not product.binary(), reason="the product is not built")


def seen(runner: GitHubRunner, script: str) -> str:
    """What a step finds, past the masks of its log."""
    file = Path(runner.environment["RUNNER_TEMP"], "seen")
    evidence.put_there(file)
    assert runner.run(f'{script} > "{file}"').succeeded
    return file.read_text()


def test_a_later_step_reads_the_token_from_its_file(world: World) -> None:
    """With an HF_TOKEN of old blanked, which would have won."""
    world.publish("acme/model")
    runner = GitHubRunner(world)
    runner.environment |= {"HF_TOKEN": "hf_old", "HF_OIDC_RESOURCE": "acme/model"}
    assert runner.run("hfmint exchange > /dev/null").succeeded
    assert seen(runner, 'cat "$HF_TOKEN_PATH"') == tokens(world)[0]
    names = "$HF_TOKEN,$HUGGING_FACE_HUB_TOKEN,$HF_OIDC_RESOURCE,$HFMINT_RESOURCE"
    assert seen(runner, f'printf %s "{names}"') == ",,,acme/model"


def test_a_later_step_has_the_value_and_its_log_does_not(world: World) -> None:
    """With --export; also where the runner shows a step's variables."""
    world.publish("acme/model")
    runner = GitHubRunner(world)
    assert runner.run("hfmint exchange acme/model --deliver env --export").succeeded
    step = runner.run('echo "the token is $HF_TOKEN."')
    assert "the token is ***." in step.log.splitlines()
    assert "  HF_TOKEN: ***" in step.log.splitlines()
    assert seen(runner, 'printf %s "$HF_TOKEN"') == tokens(world)[0]
    assert tokens(world)[0] not in runner.log.text
    evidence.values_in_step_files(runner.environment["RUNNER_TEMP"])


def test_an_output_reaches_the_step_that_names_it(world: World) -> None:
    """And no other."""
    world.publish("acme/model")
    runner = GitHubRunner(world)
    step = runner.run("hfmint exchange acme/model --deliver output --export")
    assert step.outputs["HF_TOKEN"] == tokens(world)[0]
    assert runner.set_by_steps == {}
    evidence.values_in_step_files(runner.environment["RUNNER_TEMP"])


@pytest.mark.parametrize("before", [b"", b"A=1\n", b"A=1", b"A<<E\nx\nE", b"A=1\r\n"])
def test_what_a_step_had_written_before_still_counts(
    world: World, hfmint: Hfmint, before: bytes
) -> None:
    """Whether or not its last line was ended."""
    world.publish("acme/model")
    environment = world.environment()
    path = Path(environment["GITHUB_ENV"])
    path.write_bytes(before)
    assert hfmint("exchange", "acme/model", "--export", env=environment).status == 0
    reading = read_env(path.read_bytes())
    assert reading.errors == []
    assert reading.values["HF_TOKEN"] == tokens(world)[0]
    assert reading.values | read_env(before).values == reading.values


def test_each_block_has_a_delimiter_of_its_own(world: World, hfmint: Hfmint) -> None:
    """So that no value can end another's."""
    world.publish("acme/model")
    environment = world.environment()
    assert hfmint("exchange", "acme/model", "--deliver", "output", env=environment).status == 0
    data = Path(environment["GITHUB_OUTPUT"]).read_bytes()
    delimiters = [line.partition(b"<<")[2] for line in data.splitlines() if b"<<" in line]
    assert len(set(delimiters)) == len(delimiters) == len(read_output(data).values)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--export",),
        ("--deliver", "env", "--export"),
        ("--deliver", "output", "--export"),
        ("--deliver", "shell", "--export"),
        ("--deliver", "stdout"),
        ("--deliver", "stdout", "--json"),
        ("--deliver", "stdout", "--export", "--verbose"),
        ("DATA_TOKEN=datasets/acme/data", "--deliver", "stdout"),
    ],
)
def test_the_mask_comes_before_the_token(world: World, arguments: tuple[str, ...]) -> None:
    """In the order in which both streams were written."""
    world.publish("acme/model")
    world.publish("datasets/acme/data")
    environment = world.environment()
    done = subprocess.run(
        ["hfmint", "exchange", "acme/model", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=product.TIMEOUT,
        check=False,
    )
    lines = done.stdout.decode().splitlines()
    assert done.returncode == 0
    assert tokens(world)
    log = JobLog()
    for line in lines:
        log.feed(line)
    for token in tokens(world):
        first = next(line for line in lines if token in line)
        assert first == f"::add-mask::{token}"
        assert token not in log.text
    evidence.values_in_step_files(environment["RUNNER_TEMP"])


def test_without_export_no_token_is_in_any_output(world: World) -> None:
    """So nothing needs a mask, and none is sent."""
    world.publish("acme/model")
    step = GitHubRunner(world).run("hfmint exchange acme/model --verbose 2>&1")
    assert step.succeeded
    assert not any(secret in step.log for secret in world.secrets)
    assert "***" not in step.log


def test_the_next_line_of_a_gitlab_script_sees_the_token(world: World) -> None:
    """And no line of its log holds a secret."""
    world.gitlab.job.project = "acme/training"
    world.publish("acme/model", world.gitlab.job.issuer, {"project_path": "acme/training"})
    runner = GitLabRunner(world)
    file = world.root / "seen"
    evidence.put_there(file)
    run = runner.run(
        ['eval "$(hfmint exchange acme/model --verbose)"', f'cat "$HF_TOKEN_PATH" > {file}'],
        after_script=[f'printf %s "$HF_TOKEN_PATH" >> {file}'],
    )
    assert run.status == 0, run.log
    assert file.read_text() == tokens(world)[0]
    assert not any(secret in run.log for secret in world.secrets)


def test_a_failure_fails_the_gitlab_job(world: World) -> None:
    """Although the failing command is inside an `eval`."""
    world.publish("acme/model", world.gitlab.job.issuer, {"project_path": "acme/other"})
    run = GitLabRunner(world).run(['eval "$(hfmint exchange acme/model)"', "echo unreached"])
    assert run.status == 1
    assert "[exchange-rejected]" in run.log
    assert "\nunreached" not in run.log
