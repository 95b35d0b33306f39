"""What a program that `hfmint run` starts is given, and how its end is told."""

from __future__ import annotations

import json
import os
import resource
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import evidence
import product
from gitjob import answer, description
from runjob import RunJob
from Sandbox.githosting import IDENTITY
from Sandbox.world import World


@pytest.fixture
def job(world: World, tmp_path: Path) -> RunJob:
    """A GitHub job that acme/model trusts."""
    program = product.binary()
    if not program:
        pytest.skip("the product is not built")
    return RunJob(world, program, tmp_path / "work")


STATUSES = [*range(0, 256, 17), 1, 2, 3, 124, 125, 126, 127, 128, 129, 254, 255]


@pytest.mark.parametrize("mode", ["", "--exec"])
def test_statuses(job: RunJob, mode: str) -> None:
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


def test_the_environment(world: World, job: RunJob) -> None:
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


def test_the_token_file(world: World, job: RunJob) -> None:
    """For its owner alone, without a line end; gone at the end."""
    result = job.shell('stat -c "%a %F %h" "$HF_TOKEN_PATH"; cat "$HF_TOKEN_PATH"; echo; ls -a')
    mode, token, *_ = result.stdout.decode().splitlines()
    assert mode == "600 regular file 1"
    assert str(world.hub.token(token).resource) == "acme/model"
    assert job.traces() == []
    assert job.left() == []


def test_export(world: World, job: RunJob) -> None:
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


def test_exec(world: World, job: RunJob) -> None:
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


@pytest.mark.parametrize("mode", ["", "--exec"])
def test_descriptors(job: RunJob, mode: str) -> None:
    """What hfmint was given and no more: one of the user's passes."""
    options = [mode] if mode else []
    reader, writer = os.pipe()
    with job.started(
        "acme/model",
        *options,
        "--",
        "bash",
        "-c",
        f"ls /proc/self/fd; echo hello >&{writer}",
        pass_fds=(writer,),
    ) as process:
        out, _ = process.communicate(timeout=30)
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        assert file.read() == b"hello\n"
    # `ls` has one of its own for the folder.
    free = min({3, 4} - {writer})
    assert out.decode().split() == sorted(map(str, {0, 1, 2, writer, free}))


def test_descriptors_of_an_id_token_command(world: World, job: RunJob) -> None:
    """None of ours, also where the Hub has been asked before."""
    token = world.github.id_token(world.hub.audience)
    command = f"ls /proc/self/fd | tr '\\n' ' ' >> fds; echo >> fds; echo {token}"
    world.fault("hub", "status=503 times=2")
    assert job.run("acme/model", "--id-token-command", command, "--", "true").status == 0
    assert job.file("fds").read_text() == "0 1 2 3 \n" * 3


def test_closed_streams_stay_harmless(job: RunJob) -> None:
    """No file of ours takes the place of a stream that was closed."""
    script = f"{job.program} run acme/model -- sh -c 'echo to-stdout' 0<&- >&-; echo status=$?"
    result = product.run(["sh", "-c", script], job.environment, job.work)
    assert b"status=0" in result.stdout or b"status=1" in result.stdout
    assert job.traces() == []


LIMITS = """
import json, os, resource
print(json.dumps({
    "core": resource.getrlimit(resource.RLIMIT_CORE),
    "files": resource.getrlimit(resource.RLIMIT_NOFILE),
    "umask": os.umask(0), "nice": os.nice(0), "cwd": os.getcwd(),
    "group": os.getpgrp(), "session": os.getsid(0),
}))
"""


@pytest.mark.parametrize("mode", ["", "--exec"])
def test_limits_mask_and_dispositions(job: RunJob, mode: str) -> None:
    """As hfmint found them; only an ignored SIGCHLD is made what programs expect."""

    def before() -> None:
        resource.setrlimit(resource.RLIMIT_CORE, (4096, 8192))
        resource.setrlimit(resource.RLIMIT_NOFILE, (100, 200))
        signal.pthread_sigmask(signal.SIG_SETMASK, [signal.SIGUSR1, signal.SIGALRM])
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR2):
            signal.signal(number, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        os.umask(0o027)
        os.nice(3)

    options = [mode] if mode else []

    def run(*command: str) -> tuple[int, str]:
        with job.started("acme/model", *options, "--", *command, preexec_fn=before) as process:
            return process.pid, process.communicate(timeout=30)[0].decode()

    group, out = run(sys.executable, "-c", LIMITS)
    assert json.loads(out) == {
        "core": [4096, 8192],
        "files": [100, 200],
        "umask": 0o027,
        "nice": 3,
        "cwd": str(job.work),
        "group": group,
        "session": group,
    }
    _, out = run("grep", "-E", "SigBlk|SigIgn", "/proc/self/status")
    blocked, ignored = (int(line.split()[1], 16) for line in out.splitlines())
    assert blocked == bits(signal.SIGUSR1, signal.SIGALRM)
    # The two that glibc keeps to itself, and ignores in whatever it spawns.
    own = bits(32, 33)
    assert ignored & ~own == bits(signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR2)


def bits(*numbers: int) -> int:
    """As the kernel shows a set of signals."""
    return sum(1 << (number - 1) for number in numbers)


def test_sigchld_ignored_by_the_caller(job: RunJob) -> None:
    """Does not keep hfmint from hearing of the end."""
    ignore = lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # noqa: E731
    options = ["--id-token-command", f"echo {job.world.github.id_token(job.world.hub.audience)}"]
    for more in ([], options):
        with job.started(
            "acme/model", *more, "--", "sh", "-c", "exit 7", preexec_fn=ignore
        ) as process:
            assert process.wait(20) == 7


def test_streams_pass_through(job: RunJob) -> None:
    """Standard input, and more output than any pipe holds, byte for byte."""
    data = os.urandom(1 << 20)
    result = job.run("acme/model", "--", "cat", stdin=data)
    assert (result.stdout, result.stderr) == (data, b"")
    big = job.shell("head -c 20000000 /dev/zero; head -c 300000 /dev/zero >&2")
    assert (len(big.stdout), len(big.stderr)) == (20_000_000, 300_000)


def test_a_reader_that_goes_away(job: RunJob) -> None:
    """Ends the program by SIGPIPE, as without hfmint."""
    script = f"{job.program} run acme/model -- yes | head -1; echo ${{PIPESTATUS[0]}}"
    result = product.run(["bash", "-c", script], job.environment, job.work)
    assert result.stdout == b"y\n141\n"


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


def test_arguments_pass_as_they_are(job: RunJob) -> None:
    """Also those that look like options of ours, and empty ones."""
    arguments = ["--export", "--", "-h", "", "a b", "*", "é", "--help"]
    program = "import json, sys; print(json.dumps(sys.argv[1:]))"
    result = job.run("acme/model", "--", sys.executable, "-c", program, *arguments)
    assert json.loads(result.stdout) == arguments


@pytest.mark.parametrize("mode", ["", "--exec"])
def test_arguments_that_are_no_text(job: RunJob, mode: str) -> None:
    """Byte for byte: a path need not be UTF-8."""
    options = [mode] if mode else []
    words = [os.fsdecode(word) for word in (b"caf\xe9", b"\xff\xfe", b"e\xcc\x81", b"ok")]
    script = 'for word in "$@"; do printf "%s\\n" "$word"; done'
    result = job.run("acme/model", *options, "--", "sh", "-c", script, "sh", *words)
    assert result.stdout == b"caf\xe9\n\xff\xfe\ne\xcc\x81\nok\n"
    program = job.file(os.fsdecode(b"pr\xf6gram"))
    program.write_text("#!/bin/sh\necho ran\n")
    program.chmod(0o755)
    result = job.run("acme/model", *options, "--", f"./{program.name}")
    assert (result.status, result.stdout) == (0, b"ran\n")


@pytest.mark.parametrize("mode", ["", "--exec"])
def test_a_script_that_names_no_interpreter(job: RunJob, mode: str) -> None:
    """Is run by the shell, as a shell and execvp(3) do, whether by a path or by PATH."""
    options = [mode] if mode else []
    folder = job.file("bin")
    folder.mkdir()
    script = folder / "bare"
    script.write_text('echo "$0" "$@"; exit 7\n')
    script.chmod(0o755)
    path = f"{folder}:{job.environment['PATH']}"
    for name in (str(script), "bare"):
        result = job.run("acme/model", *options, "--", name, "a b", "", "-x", env={"PATH": path})
        assert (result.status, result.stdout) == (7, f"{script} a b  -x\n".encode())
    (folder / "broken").write_bytes(b"\x7fELF")
    (folder / "broken").chmod(0o755)
    assert job.run("acme/model", *options, "--", str(folder / "broken")).status in (2, 126, 127)


def test_dispositions_of_an_id_token_command(world: World, job: RunJob) -> None:
    """Also of one that is run while hfmint itself ignores what reaches its child."""
    token = world.github.id_token(world.hub.audience)
    world.hub.expires_in = 4
    command = f"grep SigIgn /proc/self/status >> ignored; echo {token}"
    script = "while [ $(wc -l < ignored) -lt 2 ]; do sleep 0.05; done"
    options = ["--id-token-command", command]
    assert job.run("acme/model", *options, "--", "sh", "-c", script).status == 0
    # The two that glibc keeps to itself.
    own = bits(32, 33)
    lines = job.file("ignored").read_text().splitlines()
    assert {int(line.split()[1], 16) & ~own for line in lines} == {0}


def test_an_id_token_on_standard_input(world: World, job: RunJob) -> None:
    """Is read once; the command's git is handed it in a variable that no other program reads."""
    url = world.git.create("acme/model")
    job.environment |= {"GIT_CONFIG_NOSYSTEM": "1", **IDENTITY}
    for name in list(job.environment):
        if name.startswith(("ACTIONS_", "GITHUB_")):
            del job.environment[name]
    token = world.github.id_token(world.hub.audience)
    result = job.run(
        "acme/model",
        "--id-token-file",
        "-",
        "--",
        "git",
        "clone",
        "-q",
        url,
        "clone",
        stdin=f"{token}\n".encode(),
    )
    assert result.status == 0, result.stderr
    assert world.hub.exchanges() == 1


def test_an_id_token_file_by_a_relative_path(world: World, job: RunJob) -> None:
    """Is found by the command's git from whatever folder."""
    url = world.git.create("acme/model")
    world.publish("datasets/acme/data")
    data = world.git.create("datasets/acme/data")
    evidence.put_there(job.file("id"))
    job.file("id").write_text(world.github.id_token(world.hub.audience))
    script = f"mkdir d && cd d && git clone -q {url} a && git clone -q {data} b"
    result = job.shell(script, "--id-token-file", "id")
    assert result.status == 0, result.stderr
    assert job.traces() == []


def test_git_inside(world: World, job: RunJob) -> None:
    """Pushes to the run's repository with the run's token, and to another with one of its own."""
    job.environment |= {"GIT_CONFIG_NOSYSTEM": "1", **IDENTITY}
    world.publish("datasets/acme/data")
    urls = [world.git.create(name) for name in ("acme/model", "datasets/acme/data")]
    script = "set -e\n" + "".join(
        f"git clone -q {url} {i}; git -C {i} commit -q --allow-empty -m x; git -C {i} push -q\n"
        for i, url in enumerate(urls)
    )
    result = job.shell(script)
    assert result.status == 0, result.stderr
    assert world.hub.exchanges("acme/model") == 1
    assert world.hub.exchanges("datasets/acme/data") == 1
    assert job.traces() == []
    assert job.left() == []


def test_git_inside_on_gitlab(world: World, tmp_path: Path) -> None:
    """With `HF_OIDC_ID_TOKEN` alone: the program does not see it, and its git proves the job."""
    program = product.binary()
    if not program:
        pytest.skip("the product is not built")
    job = RunJob(world, program, tmp_path / "work", "gitlab")
    issuer = world.gitlab.job.issuer
    world.publish("datasets/acme/data", issuer, {"project_path": world.gitlab.job.project})
    token = job.environment.pop("HF_ID_TOKEN")
    job.environment |= {"HF_OIDC_ID_TOKEN": token, "GIT_CONFIG_NOSYSTEM": "1", **IDENTITY}
    urls = [world.git.create(name) for name in ("acme/model", "datasets/acme/data")]
    script = 'set -e; test -z "$HF_OIDC_ID_TOKEN"\n' + "".join(
        f"git clone -q {url} {i}; git -C {i} commit -q --allow-empty -m x; git -C {i} push -q\n"
        for i, url in enumerate(urls)
    )
    result = job.shell(script)
    assert result.status == 0, result.stderr
    assert [world.hub.exchanges(name) for name in ("acme/model", "datasets/acme/data")] == [1, 1]


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


def test_a_question_inside_names_no_path(world: World, job: RunJob) -> None:
    """As git-xet puts it: the run's resource is meant."""
    text = description(url=world.hub.origin)
    result = job.run("acme/model", "--", "git", "credential", "fill", stdin=text)
    assert str(world.hub.token(answer(result.stdout)["password"]).resource) == "acme/model"
    assert world.hub.exchanges() == 1


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
