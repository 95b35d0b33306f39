"""Git's credential-helper protocol, byte by byte: whom hfmint answers, and what it says.

https://git-scm.com/docs/git-credential · https://git-scm.com/docs/gitcredentials
"""

from __future__ import annotations

import re
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import product
from gitjob import Terminal, answer, question
from Sandbox.world import World

Hfmint = Callable[..., product.Result]
AUTHTYPE = ["authtype", "state"]
BASIC = 'Basic realm="Authentication required"'
CALLERS: dict[str, dict[str, str | list[str]]] = {
    "2.39": {},
    "2.39 with a user": {"username": "ada"},
    "2.41": {"wwwauth": [BASIC]},
    "2.46": {"capability": AUTHTYPE},
    "2.46 after a Basic challenge": {"capability": AUTHTYPE, "wwwauth": [BASIC]},
    "2.46 after a Bearer challenge": {"capability": AUTHTYPE, "wwwauth": ['Bearer realm="x"']},
    "2.46 after both": {"capability": AUTHTYPE, "wwwauth": [BASIC, "bearer"]},
    "2.46 once again": {"capability": AUTHTYPE, "state": ["hfmint.x=1"], "continue": "1"},
    "of next year": {"capability": ["authtype", "spin"], "flavour": ["up"], "mood": "a=b=c"},
    "who knows state alone": {"capability": ["state"]},
}


@pytest.mark.parametrize("name", CALLERS)
def test_what_each_caller_gets(
    world: World, get: Callable[[bytes], product.Result], name: str
) -> None:
    """A password, or a bearer credential where that is understood and wanted; always an expiry."""
    attributes = CALLERS[name]
    before = time.time()
    result = get(question(world, **attributes))
    said = answer(result.stdout)
    assert (result.status, result.stderr) == (0, b"")
    assert before + 3590 <= int(said.pop("password_expiry_utc")) <= time.time() + 3600
    challenges = attributes.get("wwwauth", [])
    bearer = "authtype" in attributes.get("capability", []) and (
        not challenges or any(text.lower().startswith("bearer") for text in challenges)
    )
    if bearer:
        assert result.stdout.startswith(b"capability[]=authtype\n")
        assert set(said) == {"capability[]", "authtype", "ephemeral", "credential"}
        assert (said["authtype"], said["ephemeral"]) == ("Bearer", "1")
        token = said["credential"]
    else:
        assert set(said) == {"password"} if "username" in attributes else {"username", "password"}
        assert said.get("username", "hf_user") == "hf_user"
        token = said["password"]
    assert str(world.hub.token(token).resource) == "acme/model"


def test_capabilities_are_told_as_git_documents_them(hfmint: Hfmint) -> None:
    """In the form that `git credential capability` is documented to have."""
    result = hfmint("git-credential", "capability")
    assert (result.status, result.stdout) == (0, b"version 0\ncapability authtype\n")


@pytest.mark.parametrize("operation", ["store", "approve", "", "GET", "get\n"])
def test_other_operations_succeed_in_silence(world: World, hfmint: Hfmint, operation: str) -> None:
    """Succeed in silence, and keep nothing: git may ask for more one day."""
    result = hfmint("git-credential", operation, stdin=question(world, password="hf_x"))
    assert (result.status, result.stdout, result.stderr) == (0, b"", b"")
    assert not world.hub.attempts


def test_no_operation_is_a_usage_error(hfmint: Hfmint) -> None:
    """A person typed it."""
    result = hfmint("git-credential")
    assert (result.status, result.stdout) == (2, b"")
    assert b"no operation was named" in result.stderr


MALFORMED = {
    "a carriage return": b"protocol=https\r\nhost=huggingface.co\r\npath=acme/model\r\n",
    "a lone carriage return": b"protocol=https\rhost=evil.example\nhost=huggingface.co\n",
    "a NUL": b"protocol=https\nhost=huggingface.co\0.evil.example\npath=acme/model\n",
    "a NUL at the end": b"protocol=https\nhost=huggingface.co\npath=acme/model\n\0",
    "a line that is no pair": b"protocol=https\nhost=huggingface.co\npath\n",
    "a token in such a line": b"hf_SECRETSECRETSECRET\nprotocol=https\nhost=huggingface.co\n",
    "a line without a key": b"=https\nhost=huggingface.co\n",
    "two hosts": b"protocol=https\nhost=evil.example\nhost=huggingface.co\npath=acme/model\n",
    "two hosts alike": b"protocol=https\nhost=huggingface.co\nhost=huggingface.co\n",
    "two protocols": b"protocol=http\nprotocol=https\nhost=huggingface.co\npath=acme/model\n",
    "two paths": b"protocol=https\nhost=huggingface.co\npath=acme/model\npath=acme/other\n",
    "a host and a url": b"protocol=https\nhost=evil.example\nurl=https://huggingface.co/acme/model\n",
    "a path and a url": b"path=acme/other\nurl=https://huggingface.co/acme/model\n",
    "two urls": b"url=https://evil.example/\nurl=https://huggingface.co/acme/model\n",
    "a url with two at signs": b"url=https://ada:hf_SECRETSECRETSECRET@a@huggingface.co/acme/model\n",
    "a url with a user, and a user": b"username=eve\nurl=https://ada@huggingface.co/acme/model\n",
    "a url without a protocol": b"url=huggingface.co/acme/model\n",
    "more than 64 KiB": b"protocol=https\nhost=huggingface.co\npath=" + b"a" * 65536 + b"\n",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_cannot_be_understood(
    world: World, get: Callable[[bytes], product.Result], name: str
) -> None:
    """Ends git's search, and is never quoted: it may hold a secret."""
    result = get(MALFORMED[name])
    assert (result.status, result.stdout) == (2, b"quit=1\n")
    assert result.stderr.startswith(b"hfmint: error: ")
    assert b"SECRET" not in result.stderr
    assert b"evil" not in result.stderr
    assert not world.hub.attempts


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\n",
        b"\nprotocol=https\nhost=huggingface.co\npath=acme/model\n",
        b"protocol=https\n",
        b"host=\n",
        b"\xff\xfe=\x80\n",
        b"protocol=https\nhost=\xcc\x81huggingface.co\n",
        b"wwwauth[]=Basic\nwwwauth[]=\nprotocol=https\nhost=evil.example\n",
    ],
)
def test_a_question_without_our_host_is_not_answered(
    world: World, get: Callable[[bytes], product.Result], text: bytes
) -> None:
    """A question without our host."""
    result = get(text)
    assert (result.status, result.stdout, result.stderr) == (0, b"", b"")


def test_the_last_line_may_lack_its_end(
    world: World, get: Callable[[bytes], product.Result]
) -> None:
    """As in what a person types before Ctrl-D."""
    assert b"password=hf_jwt_" in get(question(world).rstrip(b"\n")).stdout


def test_what_follows_the_empty_line_is_not_read(
    world: World, get: Callable[[bytes], product.Result]
) -> None:
    """Whatever it says."""
    assert b"password=hf_jwt_" in get(question(world) + b"\nhost=evil.example\nbroken\n").stdout


def test_an_empty_line_ends_the_question(world: World, hfmint: Hfmint, tmp_path: Path) -> None:
    """A caller that keeps its end open for the answer gets one, and so does a person who types."""
    world.publish("acme/model")
    program = product.binary()
    assert program
    command = [str(program), "git-credential", "get"]
    with Terminal(command, world.environment(), tmp_path) as terminal:
        terminal.type(question(world) + b"\n")
        terminal.read_until(b"password=hf_jwt_", timeout=20)
        assert terminal.finish()[0] == 0


def test_a_question_may_come_from_a_socket(world: World, tmp_path: Path) -> None:
    """Which is what programs in JavaScript give to those they start."""
    world.publish("acme/model")
    program = product.needed()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(question(world))
        ours.shutdown(socket.SHUT_WR)
        done = subprocess.run(
            [str(program), "git-credential", "get"],
            stdin=theirs,
            env=world.environment(),
            cwd=tmp_path,
            capture_output=True,
            timeout=product.TIMEOUT,
            check=False,
        )
    assert b"password=hf_jwt_" in done.stdout, done.stderr


def test_a_caller_that_says_nothing(world: World, tmp_path: Path) -> None:
    """Does not hold the job up for ever: after 30 s git is told to quit."""
    program = product.needed()
    started = time.monotonic()
    with subprocess.Popen(
        [str(program), "git-credential", "get"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=world.environment(),
        cwd=tmp_path,
    ) as process:
        assert process.stdin
        process.stdin.write(b"protocol=https\n")
        process.stdin.flush()
        assert process.wait(45) == 2
        assert process.stdout
        assert process.stdout.read() == b"quit=1\n"
    assert time.monotonic() - started >= 29


def test_the_answer_is_one_write(world: World, tmp_path: Path) -> None:
    """So that whoever reads has all of it or nothing."""
    world.publish("acme/model")
    program = product.needed()
    log = tmp_path / "trace"
    trace = ["strace", "-f", "-qq", "-e", "trace=write", "-e", "write=1", "-o", str(log)]
    for text in (question(world), question(world, path="acme/other")):
        product.run(
            [*trace, str(program), "git-credential", "get"], world.environment(), tmp_path, text
        )
        assert len(re.findall(r"write\(1, ", log.read_text())) == 1


def test_the_user_name_that_git_knows_is_kept(
    world: World, get: Callable[[bytes], product.Result]
) -> None:
    """Whatever it is: what a helper leaves out stays as it was."""
    assert get(question(world) + b"username=\xe9\xff=\xf0\n").stdout.startswith(b"password=hf_jwt_")
    assert get(question(world, username="")).stdout.startswith(b"username=hf_user\n")


def test_an_event_of_strangers_is_refused(world: World, hfmint: Hfmint) -> None:
    """As `exchange` refuses it."""
    world.publish("acme/model")
    world.github.job.event = "pull_request_target"
    result = hfmint("git-credential", "get", stdin=question(world))
    assert (result.status, result.stdout) == (3, b"quit=1\n")
    assert b"[event-untrusted]" in result.stderr
