"""`HTTPS_PROXY` that cannot be right: found before the first request, named, never repeated."""

from __future__ import annotations

import json

import pytest

from jobs import Job
from rotating import Rotator
from Sandbox.proxy import Proxy

HUB = "https://hub.test.example"
PASSWORD = "pass-SENTINEL-word"
# What stands in for {proxy} is an address at which something listens.
BAD = {
    "line break at the end": ("http://{proxy}\n", "line break"),
    "line breaks at the end": ("http://{proxy}\r\n", "line break"),
    "line break": ("http://user:pass-\nSENTINEL-word@{proxy}", "line break"),
    "blank at the end": ("http://{proxy} ", "blank"),
    "blank at the start": (" http://{proxy}", "blank"),
    "blank": ("http://user:pass SENTINEL-word@{proxy}", "blank"),
    "tab": ("http://{proxy}\t", "blank"),
    "quotes": ('"http://{proxy}"', "quotation marks"),
    "apostrophes": ("'http://{proxy}'", "quotation marks"),
    "raw @": ("http://user:pass@SENTINEL-word@{proxy}", "raw '@'"),
    "raw #": ("http://user:pass#SENTINEL-word@{proxy}", "raw '#'"),
    "raw /": ("http://user:pass/SENTINEL-word@{proxy}", "raw '/'"),
    "raw ?": ("http://user:pass?SENTINEL-word@{proxy}", "raw '?'"),
    "raw %": ("http://user:pass%zzSENTINEL-word@{proxy}", "'%'"),
    "encoded control": ("http://user:pass%0aSENTINEL-word@{proxy}", "control character"),
    "control": ("http://user:pass\x01SENTINEL-word@{proxy}", "control character"),
    "no host": (f"http://user:{PASSWORD}@", "no host"),
    "no host but a port": ("http://:3128", "no host"),
    "port too large": ("http://127.0.0.1:65536", "port"),
    "port 0": ("http://127.0.0.1:0", "port"),
    "port in words": ("http://127.0.0.1:http", "port"),
    "no port": ("http://127.0.0.1:", "port"),
    "unknown scheme": ("ftp://{proxy}", "scheme"),
    "misspelt scheme": ("htps://{proxy}", "scheme"),
    "no scheme": ("://{proxy}", "scheme"),
    "zone": ("http://[fe80::1%25eth0]:3128", "zone"),
    "no brackets": ("http://::1:3128", "brackets"),
    "not ASCII": ("http://próxy:3128", "host"),
    "a colon left out": ("http//{proxy}", "no ':' behind its scheme"),
    "a file of rules": ("http://{proxy}/proxy.pac", "PAC"),
    "a word": ("DIRECT", "the word 'direct'"),
    "another word": ("none", "the word 'none'"),
    "two dots": ("http://proxy..example:3128", "no name can be"),
    "a dash in front": ("http://-proxy:3128", "no name can be"),
    "a name too long": (f"http://{'a' * 64}.example:3128", "no name can be"),
}
VARIABLES = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]


@pytest.mark.parametrize("kind", BAD)
def test_it_is_named_before_the_first_request(job: Job, kind: str) -> None:
    """Neither the provider nor the proxy is asked, and there is one try."""
    value, words = BAD[kind]
    variable = VARIABLES[list(BAD).index(kind) % len(VARIABLES)]
    with Proxy(answer=403) as proxy:
        settings = {variable: value.format(proxy=proxy.address)}
        where = ("--endpoint", HUB, "--audience", HUB)
        ended = job.exchange(*where, "--verbose", **settings)
        job.refused(ended, 2, "usage")
        told = ended.err.partition("hint:")[0]
        assert f"{variable} is no address of a proxy" in told
        assert words in told
        assert "safe to try again" not in ended.err
        examined = job.run("doctor", *where, **settings)
        assert examined.status == 3
        assert "[fail] proxy" in examined.out
        assert f"{variable} is no address of a proxy" in examined.out
        assert proxy.requests == []
    for text in (ended.out, ended.err, examined.out, examined.err):
        assert "SENTINEL" not in text


def test_the_provider_is_not_asked(job: Job) -> None:
    """An ID token that nobody can use is not minted."""
    where = ("--endpoint", HUB, "--audience", HUB)
    job.refused(job.exchange(*where, HTTPS_PROXY="http://127.0.0.1:3128\n"), 2, "usage")
    assert job.world.requests("github") == []


@pytest.mark.parametrize(
    "more",
    [{}, {"NO_PROXY": "*"}, {"https_proxy": "http://127.0.0.1:9"}],
    ids=["this machine", "exempt", "another counts"],
)
def test_what_is_not_used_disturbs_nobody(job: Job, more: dict[str, str]) -> None:
    """The Hub of these tests is on this machine, and asked directly."""
    job.delivered(job.exchange(HTTPS_PROXY="http://127.0.0.1:3128\n", **more))


def test_git_is_told_on_stderr(job: Job) -> None:
    """And asks nobody else."""
    ended = job.run(
        *("git-credential", "get", "--endpoint", HUB, "--audience", HUB),
        stdin=b"protocol=https\nhost=hub.test.example\npath=acme/model\n\n",
        HTTPS_PROXY=f"http://user:{PASSWORD}\n@127.0.0.1:9",
    )
    assert "HTTPS_PROXY is no address of a proxy" in ended.err
    assert "quit=1" in ended.out
    assert PASSWORD not in ended.out + ended.err


@pytest.mark.parametrize("command", [["init"], ["plan"], ["now", "chat"], ["run"]])
def test_a_rotation_does_not_begin(rotator: Rotator, command: list[str]) -> None:
    """Whatever its issuers and sinks are; its journal stays as it was."""
    rotator.set_up("okta", ["file"])
    before = rotator.status()
    result = rotator(
        *command, "--json", env=rotator.environment | {"HTTPS_PROXY": f"http://u:{PASSWORD}/@h"}
    )
    assert result.status == 2
    assert b"HTTPS_PROXY is no address of a proxy" in result.stderr
    assert json.loads(result.stdout)["error"]["code"] == "usage"
    assert PASSWORD.encode() not in result.stdout + result.stderr
    assert rotator.status() == before
