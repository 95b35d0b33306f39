"""For which repository on which host hfmint answers git, in whatever spelling."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import product
from gitjob import answer, description, question
from Sandbox.world import World

Hfmint = Callable[..., product.Result]
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
def test_a_path_is_one_repository_by_its_plain_name(
    world: World, get: Callable[[bytes], product.Result], path: str
) -> None:
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
def test_the_hub_is_answered_for_over_https_alone(
    world: World, get: Callable[[bytes], product.Result], protocol: str, host: str
) -> None:
    """Ours by name, but not over a line that others can read."""
    result = get(description(protocol=protocol, host=host, path="acme/model"))
    assert (result.status, result.stdout) == (2, b"quit=1\n")
    assert b"over something other than https" in result.stderr
    assert not world.hub.attempts
