"""What a program that `hfmint run` starts is given, and how its end is told."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import product
from runjob import RunJob, github_run
from Sandbox.world import World


@pytest.fixture
def job(world: World, tmp_path: Path) -> RunJob:
    """A GitHub job that acme/model trusts."""
    return github_run(world, tmp_path / "work")


STATUSES = [*range(0, 256, 17), 1, 2, 3, 124, 125, 126, 127, 128, 129, 254, 255]


@pytest.mark.parametrize("mode", ["", "--exec"])
def test_every_status_is_the_programs(job: RunJob, mode: str) -> None:
    """All of them are the program's."""
    options = [mode] if mode else []
    found = [job.shell(f"exit {status}", *options).status for status in STATUSES]
    assert found == STATUSES


@pytest.mark.parametrize("number", [1, 2, 3, 6, 9, 10, 11, 13, 14, 15, 24, 31, 34, 64])
def test_a_program_that_a_signal_ends(job: RunJob, number: int) -> None:
    """128 and the signal's number, as shells say it."""
    assert job.shell(f"kill -{number} $$").status == 128 + number


def test_a_program_that_cannot_run(job: RunJob) -> None:
    """As shells tell it, and the files are gone."""
    plain = job.file("plain")
    plain.write_text("echo no\n")
    for command, status, words in (
        ("no-such-program", 127, "'no-such-program' was not found"),
        ("./nothing", 127, "'./nothing' was not found"),
        ("", 127, "'' was not found"),
        ("./plain", 126, "'./plain' cannot be run: permission denied"),
        (".", 126, "'.' cannot be run: permission denied"),
    ):
        for mode in ([], ["--exec"]):
            result = job.run("acme/model", *mode, "--", command)
            assert (result.status, result.stdout) == (status, b"")
            assert words in result.stderr.decode()
        assert job.left() == []


def test_a_failure_of_its_own(world: World, job: RunJob) -> None:
    """Is 125, and nothing was started."""
    for arguments in (
        ["acme/other", "--", "touch", "started"],
        ["acme/model"],
        ["acme/model", "--"],
        ["--", "touch", "started"],
        ["acme/model", "acme/other", "--", "touch", "started"],
        ["not a resource", "--", "touch", "started"],
        ["--no-such-option", "acme/model", "--", "touch", "started"],
        ["acme/model", "--state-dir", "/proc/nothing", "--", "touch", "started"],
    ):
        result = job.run(*arguments)
        assert (result.status, result.stdout) == (125, b"")
        assert result.stderr.startswith(b"hfmint: error: ")
    assert not job.file("started").exists()
    assert job.left() == []


def test_the_environment_has_a_path_and_no_token(world: World, job: RunJob) -> None:
    """A path to the token, the resource, git's configuration; and none of what would win."""
    ambient = {
        "HF_TOKEN": "hf_ambient",
        "HUGGING_FACE_HUB_TOKEN": "hf_ambient",
        "HF_OIDC_RESOURCE": "acme/model",
        "HF_OIDC_ID_TOKEN": world.github.id_token(world.hub.audience),
        "HF_TOKEN_PATH": "/nowhere",
        "ODD": "a=b\nc\xff",
    }
    job.environment |= ambient
    program = "import json, os; print(json.dumps(dict(os.environ)))"
    result = job.run("--", sys.executable, "-c", program)
    assert result.stderr == b""
    environment = json.loads(result.stdout)
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_OIDC_RESOURCE", "HF_OIDC_ID_TOKEN"):
        assert name not in environment
    assert environment["HFMINT_RESOURCE"] == "acme/model"
    assert environment["ODD"] == ambient["ODD"]
    assert environment["GIT_CONFIG_COUNT"] == "9"
    assert environment["HF_ENDPOINT"] == world.hub.origin
    assert environment["HF_TOKEN_EXPIRES_AT"].endswith("Z")
    kept = {name: value for name, value in job.environment.items() if name not in ambient}
    assert kept.items() <= environment.items()
    assert not [
        secret
        for secret in world.secrets
        if secret.startswith("hf_jwt_")
        if secret in result.stdout.decode()
    ]


def test_the_token_file_is_its_owners_alone_and_goes_at_the_end(world: World, job: RunJob) -> None:
    """For its owner alone, without a line end; gone at the end."""
    result = job.shell('stat -c "%a %F %h" "$HF_TOKEN_PATH"; cat "$HF_TOKEN_PATH"; echo; ls -a')
    mode, token, *_ = result.stdout.decode().splitlines()
    assert mode == "600 regular file 1"
    assert str(world.hub.token(token).resource) == "acme/model"
    assert job.traces() == []
    assert job.left() == []


def test_export_puts_the_value_beside_the_path(world: World, job: RunJob) -> None:
    """Puts the value beside it, and says that this one grows old."""
    result = job.shell('test "$HF_TOKEN" = "$(cat "$HF_TOKEN_PATH")" && echo same', "--export")
    assert result.stdout == b"same\n"
    assert result.stderr == b"hfmint: HF_TOKEN holds the token's value, and that is not renewed\n"


def test_another_endpoint_is_handed_on(world: World, job: RunJob) -> None:
    """The program would take the token elsewhere."""
    for name in ("HF_ENDPOINT", "HFMINT_AUDIENCE"):
        del job.environment[name]
    options = ["--endpoint", world.hub.origin, "--audience", world.hub.audience]
    result = job.shell('echo "$HF_ENDPOINT"', *options)
    assert result.stdout.decode() == f"{world.hub.origin}\n"


def test_exec_is_the_same_process(world: World, job: RunJob) -> None:
    """Is the same process; the token's file stays for the job to forget."""
    with job.started("acme/model", "--exec", "--", "sh", "-c", "echo $$; cat $HF_TOKEN_PATH") as p:
        out, err = p.communicate(timeout=30)
    pid, token = out.decode().split()
    assert int(pid) == p.pid
    assert world.hub.token(token)
    assert b"`hfmint forget` is the job's to call at its end" in err
    assert job.traces() != []
    forgotten = product.run([str(job.program), "forget"], job.environment, job.work)
    assert forgotten.status == 0
    assert job.traces() == []


def test_a_child_that_forks_and_exits(job: RunJob) -> None:
    """Ends the run: what it left behind goes on, without a token."""
    job.file("go").touch()
    job.shell(
        '(trap "" HUP; while test -e go; do sleep 0.05; done; '
        'test -e "$HF_TOKEN_PATH"; echo $? > late) > /dev/null 2>&1 &'
    )
    assert job.left() == []
    job.file("go").unlink()
    assert job.wait_for_file("late") == "1"
    assert job.traces() == []


def test_a_run_inside_a_run(world: World, job: RunJob) -> None:
    """Each has files of its own."""
    world.publish("datasets/acme/data")
    inner = f'{job.program} run datasets/acme/data -- sh -c "cat \\$HF_TOKEN_PATH; echo"'
    result = job.shell(f'cat "$HF_TOKEN_PATH"; echo; {inner}; cat "$HF_TOKEN_PATH"; echo')
    tokens = [world.hub.token(line) for line in result.stdout.decode().split()]
    assert [str(token.resource) for token in tokens] == [
        "acme/model",
        "datasets/acme/data",
        "acme/model",
    ]
    assert job.left() == []


def test_twenty_runs_side_by_side(world: World, job: RunJob) -> None:
    """Sweep nothing of each other's."""
    script = 'sleep 0.2; test -s "$HF_TOKEN_PATH"'
    processes = [
        subprocess.Popen(
            job.command("acme/model", "--", "sh", "-c", script),
            env=job.environment,
            cwd=job.work,
            stderr=subprocess.PIPE,
        )
        for _ in range(20)
    ]
    for process in processes:
        _, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, b"")
    assert job.left() == []
    assert job.traces() == []


def test_modes_of_what_is_kept(job: RunJob) -> None:
    """Whatever the umask."""
    with job.started(
        "acme/model",
        "--",
        "sh",
        "-c",
        "echo $HF_TOKEN_PATH > path; read x",
        stdin=subprocess.PIPE,
        umask=0,
    ) as process:
        path = Path(job.wait_for_file("path"))
        for folder in (path.parent, path.parent.parent):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        for file in path.parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
        process.communicate(b"\n", timeout=30)
