"""Close-on-exec everywhere, and nothing that a crash or another process could read.

A descriptor that a child inherits is a door: to a socket on which a token travels, to a job's
directory, to a lock that then outlives the command.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import evidence
import tracing
from jobs import Job, is_root

CALLS = (
    *("open", "openat", "openat2", "creat", "socket", "socketpair", "accept", "accept4"),
    *("pipe", "pipe2", "dup", "dup3", "eventfd2", "epoll_create1", "memfd_create", "inotify_init1"),
    *("fcntl", "execve"),
)
CLOSING = re.compile(r"_CLOEXEC|\bCLOEXEC")
# Opened and closed by libraries before a program can be started; by libcurl, for its threads.
HARMLESS = re.compile(r'"/proc/self/maps"|"[^"]*/openssl\.cnf"|^socketpair\(AF_UNIX, SOCK_STREAM')
COMMANDS = {
    "overview": [],
    "exchange": ["exchange", "acme/model"],
    "copies": ["exchange", "acme/model", "--deliver", "env-file=e", "--deliver", "token-file=t"],
    "program": ["exchange", "acme/model", "--id-token-command", "cat id-token"],
    "doctor": ["doctor", "acme/model"],
    "git": ["setup-git", "--global"],
    "helper": ["git-credential", "get"],
    "run": ["run", "acme/model", "--", "true"],
    "become": ["run", "acme/model", "--exec", "--", "true"],
    "revoke": ["revoke"],
    "forget": ["forget"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_descriptor_is_closed_on_exec(job: Job, tmp_path: Path, name: str) -> None:
    """From the moment in which it is made: another thread may start a program in the next."""
    tracing.require()
    if not is_root():
        pytest.skip("only root can follow a process that lets nobody look into it")
    evidence.put_there(job.work / "id-token")
    (job.work / "id-token").write_text(job.world.github.id_token("https://huggingface.co"))
    log = tmp_path / "calls"
    question = b"protocol=http\nhost=127.0.0.1\npath=acme/model\n"
    ended = job.run(*COMMANDS[name], through=tracing.recording(log, CALLS), stdin=question)
    assert ended.status in (0, 2, 3), ended
    open_to_children = [line for line in own_calls(log) if inheritable(line)]
    assert not open_to_children


def own_calls(log: Path) -> list[str]:
    """The calls of hfmint, without those of the programs that it starts."""
    programs: set[str] = set()
    calls = []
    for line in log.read_text().splitlines():
        process, _, call = line.partition(" ")
        if call.lstrip().startswith("execve(") and calls:
            programs.add(process)
        elif process not in programs:
            calls.append(call.lstrip())
    return calls


def inheritable(call: str) -> bool:
    """Whether the call made a descriptor that a program would be given."""
    if call.startswith("fcntl("):
        return "F_DUPFD," in call or bool(re.search(r"F_SETFD, 0\)", call))
    if call.startswith("socketpair("):
        return not CLOSING.search(call) and not HARMLESS.search(call)
    made = re.search(r"\) += (\d+)", call)
    # Below three are the standard streams.
    is_new = made and int(made[1]) > 2 and not call.startswith("execve(")
    return bool(is_new) and not CLOSING.search(call) and not HARMLESS.search(call)


@pytest.mark.parametrize("how", [[], ["--exec"]])
def test_a_command_is_given_three_descriptors(job: Job, how: list[str]) -> None:
    """Its standard streams, and nothing of what hfmint had open."""
    ended = job.run("run", "acme/model", *how, "--", "sh", "-c", "ls /proc/$$/fd")
    assert ended.status == 0, ended
    numbers = set(map(int, ended.out.split()))
    assert numbers <= {0, 1, 2, 10}  # 10: a shell may keep its terminal there


def test_a_program_that_gives_an_id_token_is_given_three_descriptors(job: Job) -> None:
    """Also in the second try, when a connection to the Hub is still open."""
    evidence.put_there(job.work / "id-token")
    (job.work / "id-token").write_text(job.world.github.id_token("https://huggingface.co"))
    job.world.fault("hub", "status=503")
    ended = job.exchange("--id-token-command", "ls /proc/$$/fd >>seen; echo >>seen; cat id-token")
    assert ended.status == 0, ended
    tries = (job.work / "seen").read_text().strip().split("\n\n")
    assert len(tries) == 2
    assert all(set(map(int, each.split())) <= {0, 1, 2, 10} for each in tries), tries


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_can_be_looked_into(job: Job, tmp_path: Path, name: str) -> None:
    """Each forbids cores and other eyes before it opens a file of its own or a socket."""
    tracing.require()
    if not is_root():
        pytest.skip("only root can follow a process that lets nobody look into it")
    log = tmp_path / "calls"
    calls = ("prctl", "prlimit64", "setrlimit", "socket", "openat", "execve")
    job.run(*COMMANDS[name], through=tracing.recording(log, calls), stdin=b"")
    text = log.read_text()
    closed = text.index("prctl(PR_SET_DUMPABLE, SUID_DUMP_DISABLE) = 0")
    limited = text.index("RLIMIT_CORE, {rlim_cur=0,")
    first = re.search(r"\bsocket\(", text)
    assert max(closed, limited) < (first.start() if first else len(text))
