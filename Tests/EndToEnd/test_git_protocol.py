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
from gitjob import Terminal, answer, description
from Sandbox.world import World

HUB = "https://huggingface.co"
Hfmint = Callable[..., product.Result]


@pytest.fixture
def get(world: World, hfmint: Hfmint) -> Callable[[bytes], product.Result]:
    """`hfmint git-credential get` for a job that acme/model trusts."""
    world.publish("acme/model")
    return lambda text: hfmint("git-credential", "get", stdin=text)


def question(world: World, **more: str | list[str]) -> bytes:
    """What git asks about acme/model."""
    host = world.hub.origin.removeprefix("http://")
    return description(**{"protocol": "http", "host": host, "path": "acme/model", **more})


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


def test_capability(hfmint: Hfmint) -> None:
    """In the form that `git credential capability` is documented to have."""
    result = hfmint("git-credential", "capability")
    assert (result.status, result.stdout) == (0, b"version 0\ncapability authtype\n")


@pytest.mark.parametrize("operation", ["store", "approve", "", "GET", "get\n"])
def test_other_operations(world: World, hfmint: Hfmint, operation: str) -> None:
    """Succeed in silence, and keep nothing: git may ask for more one day."""
    result = hfmint("git-credential", operation, stdin=question(world, password="hf_x"))
    assert (result.status, result.stdout, result.stderr) == (0, b"", b"")
    assert not world.hub.attempts


def test_no_operation(hfmint: Hfmint) -> None:
    """A person typed it."""
    result = hfmint("git-credential")
    assert (result.status, result.stdout) == (2, b"")
    assert b"no operation was named" in result.stderr


PATHS = {
    "acme/model": True,
    "acme/model.git": True,
    "acme/model/": True,
    "acme/model.git/": True,
    "acme/model/info/lfs": True,
    "acme/model.git/info/lfs": True,
    "acme/model.git/info/lfs/objects/batch": True,
    "": False,
    "/": False,
    "acme": False,
    "acme/": False,
    "/acme/model": True,
    "//acme/model": True,
    "acme//model": False,
    "acme/model//": True,
    "acme/model/.git": False,
    "acme/model.git.git/x": False,
    "acme/model/../other": False,
    "acme/../acme/model": False,
    "acme/./model": False,
    "./acme/model": False,
    "acme/..": False,
    "acme/model/info": False,
    "acme/model/info/LFS": False,
    "acme/model/tree/main": False,
    "acme%2fmodel": False,
    "acme/mod%65l": False,
    "acme/model%00": False,
    "acme/model%0a": False,
    "acme/model?x=1": False,
    "acme/model#x": False,
    "acme/model;x": False,
    "acme\\model": False,
    "acme/model ": False,
    " acme/model": False,
    "acme/model\t": False,
    "acme/modèl": False,
    "acme/mode\u2024l": False,
    "acme/model\u2028host=evil.example": False,
    "acme/m\u00f6del": False,
    "models/acme/model": False,
    "api/models/acme/model": False,
    "datasets/acme": False,
    "buckets/acme/model": False,
    "https://huggingface.co/acme/model": False,
    "user:secret@huggingface.co/acme/model": False,
    "acme/" + "m" * 97: False,
    "-acme/model": False,
    "acme/.model": False,
}


@pytest.mark.parametrize("path", PATHS, ids=ascii)
def test_paths(world: World, get: Callable[[bytes], product.Result], path: str) -> None:
    """One repository by its plain name, or nobody is asked any further."""
    result = get(question(world, path=path))
    if PATHS[path]:
        assert answer(result.stdout)["username"] == "hf_user"
        assert world.hub.exchanges("acme/model") == 1
    else:
        assert (result.status, result.stdout) == (2, b"quit=1\n")
        assert result.stderr.startswith(b"hfmint: error: ")
        assert not world.hub.attempts


HOSTS = [
    "huggingface.co.evil.example",
    "evil-huggingface.co",
    "xhuggingface.co",
    "huggingface.com",
    ".huggingface.co",
    "www.huggingface.co",
    "huggingface.co:80",
    "huggingface.co:8443",
    "huggingface.co:443:443",
    "huggingface.co..",
    "huggingface%2eco",
    "huggingface.co%00.evil.example",
    "huggingface.co%0a",
    "huggingface\u3002co",
    "huggingface\uff0eco",
    "hugging\u200bface.co",
    "hugg\u0131ngface.co",
    "\u0301huggingface.co",
    "huggingface.co\u0301",
    "huggingface.co/",
    "huggingface.co\\@evil.example",
    "huggingface.co@evil.example",
    "evil.example@huggingface.co",
    "user:secret@huggingface.co",
    "huggingface.co#evil.example",
    "huggingface.co?evil.example",
    "huggingface.co evil.example",
    " huggingface.co",
    "huggingface.co ",
    "huggingface.co\t",
    "huggingface.co\u2028",
    "huggingface.co\u0085host=evil.example",
    "huggingface.co\x0bhost=evil.example",
    "hf.co.evil.example",
    "github.com",
    "",
]


@pytest.mark.parametrize("host", HOSTS, ids=ascii)
def test_hosts_that_are_not_ours(world: World, hfmint: Hfmint, host: str) -> None:
    """Are not answered, and no error is made of them: another helper may know."""
    environment = {
        name: value for name, value in world.environment().items() if not name.startswith("HF")
    }
    text = description(protocol="https", host=host, path="acme/model")
    for operation in ("get", "erase"):
        result = hfmint("git-credential", operation, stdin=text, env=environment)
        assert (result.status, result.stdout, result.stderr) == (0, b"", b"")
    assert not world.github.requests


SPELLINGS = {
    "capitals": ("LocalHost:{port}", ""),
    "a zero before the port": ("localhost:0{port}", ""),
    "a dot at the end": (
        "localhost.:{port}",
        "git asks for 'localhost:{port}' with a dot at its end",
    ),
    "capitals and a dot": (
        "LOCALHOST.:{port}",
        "git asks for 'localhost:{port}' with a dot at its",
    ),
}


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("form", ["host", "url", "url with a user", "url with a password"])
def test_another_spelling_of_a_host_of_ours(
    world: World, hfmint: Hfmint, name: str, form: str
) -> None:
    """Is answered where git itself calls it the same; else it is said why not."""
    world.publish("acme/model")
    port = world.hub.origin.rpartition(":")[2]
    host, why = (text.format(port=port) for text in SPELLINGS[name])
    env = world.environment() | {"HF_ENDPOINT": f"http://localhost:{port}"}
    user = {"url with a user": "ada@", "url with a password": "ada:hf_SECRET@"}.get(form, "")
    text = (
        description(protocol="http", host=host, path="/acme/model")
        if form == "host"
        else description(url=f"http://{user}{host}//acme/model/")
    )
    result = hfmint("git-credential", "get", stdin=text, env=env)
    if why:
        assert (result.status, result.stdout) == (2, b"quit=1\n")
        assert why.encode() in result.stderr
        assert not world.hub.attempts
        return
    assert (result.status, result.stderr) == (0, b"")
    said = answer(result.stdout)
    assert said.get("username") == (None if user else "hf_user")
    rejected = text + f"password={said['password']}\n".encode()
    assert hfmint("git-credential", "erase", stdin=rejected, env=env).status == 0
    assert answer(hfmint("git-credential", "get", stdin=text, env=env).stdout) != said
    assert world.hub.exchanges("acme/model") == 2


@pytest.mark.parametrize("host", ["huggingface.co.", "HF.co.:443"])
def test_a_dot_at_the_end_of_the_hubs_name(world: World, hfmint: Hfmint, host: str) -> None:
    """Another host to git, so it gets no token, and a person is told."""
    result = hfmint(
        "git-credential", "get", stdin=description(protocol="https", host=host, path="acme/model")
    )
    assert (result.status, result.stdout) == (2, b"quit=1\n")
    assert b"with a dot at its end" in result.stderr
    assert b"git remote set-url origin https://h" in result.stderr
    assert not world.github.requests


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.1:1", "0.0.0.0"])
def test_the_endpoint_is_its_port_too(
    world: World, get: Callable[[bytes], product.Result], host: str
) -> None:
    """Another server of the same machine is another server."""
    port = world.hub.origin.rpartition(":")[2]
    host = f"localhost:{port}" if host == "localhost" else host
    result = get(question(world, host=host))
    assert (result.status, result.stdout, result.stderr) == (0, b"", b"")


@pytest.mark.parametrize("protocol", ["http", "ftp", "ssh", "HTTP", "", "https\u2028"])
@pytest.mark.parametrize("host", ["huggingface.co", "hf.co"])
def test_over_https_alone(
    world: World, get: Callable[[bytes], product.Result], protocol: str, host: str
) -> None:
    """Ours by name, but not over a line that others can read."""
    result = get(description(protocol=protocol, host=host, path="acme/model"))
    assert (result.status, result.stdout) == (2, b"quit=1\n")
    assert b"over something other than https" in result.stderr
    assert not world.hub.attempts


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
def test_nothing_to_say(world: World, get: Callable[[bytes], product.Result], text: bytes) -> None:
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


def test_from_a_socket(world: World, tmp_path: Path) -> None:
    """Which is what programs in JavaScript give to those they start."""
    world.publish("acme/model")
    program = product.binary()
    if not program:
        pytest.skip("the product is not built")
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
    program = product.binary()
    if not program:
        pytest.skip("the product is not built")
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
    program = product.binary()
    if not program:
        pytest.skip("the product is not built")
    log = tmp_path / "trace"
    trace = ["strace", "-f", "-qq", "-e", "trace=write", "-e", "write=1", "-o", str(log)]
    for text in (question(world), question(world, path="acme/other")):
        product.run(
            [*trace, str(program), "git-credential", "get"], world.environment(), tmp_path, text
        )
        assert len(re.findall(r"write\(1, ", log.read_text())) == 1


def test_erase(world: World, hfmint: Hfmint) -> None:
    """Drops the token that git names, and no other."""
    world.publish("acme/model")

    def current() -> str:
        return answer(hfmint("git-credential", "get", stdin=question(world)).stdout)["password"]

    first = current()
    for other in ("hf_jwt_other", first[:-1], first + "x", ""):
        text = question(world, username="hf_user", password=other)
        result = hfmint("git-credential", "erase", stdin=text)
        assert (result.status, result.stdout, result.stderr) == (0, b"", b"")
    assert hfmint("git-credential", "erase", stdin=question(world)).status == 0
    assert current() == first
    wrong = question(world, path="acme/other", password=first)
    assert hfmint("git-credential", "erase", stdin=wrong).status == 0
    assert current() == first
    assert hfmint("git-credential", "erase", stdin=question(world, password=first)).stdout == b""
    second = current()
    assert second != first
    bearer = question(world, capability=["authtype"], authtype="Bearer", credential=second)
    assert hfmint("git-credential", "erase", stdin=bearer).status == 0
    assert world.hub.exchanges() == 2


def test_no_third_token_within_five_minutes(world: World, hfmint: Hfmint) -> None:
    """Two fresh ones were rejected: a third would be too, and says nothing new."""
    world.publish("acme/model")
    for _ in range(2):
        said = answer(hfmint("git-credential", "get", stdin=question(world)).stdout)
        hfmint("git-credential", "erase", stdin=question(world, password=said["password"]))
    result = hfmint("git-credential", "get", stdin=question(world))
    assert (result.status, result.stdout) == (3, b"quit=1\n")
    assert b"two fresh tokens were rejected within five minutes" in result.stderr
    assert world.hub.exchanges() == 2


@pytest.mark.parametrize("text", [b"", b"\r\n", b"password=\n", b"x", b"a" * 70000])
def test_erase_never_fails_git(hfmint: Hfmint, text: bytes) -> None:
    """Whatever it is told."""
    result = hfmint("git-credential", "erase", stdin=text)
    assert (result.status, result.stdout, result.stderr) == (0, b"", b"")


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
