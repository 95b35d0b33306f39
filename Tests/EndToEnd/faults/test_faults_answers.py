"""Bad answers: a clear error, the right exit status, nothing written, nothing leaked."""

from __future__ import annotations

import json

import pytest

from jobs import Job

TOKEN = "hf_jwt_" + "a" * 40
GOOD = {"access_token": TOKEN, "token_type": "bearer", "expires_in": 3600}


def answer(**changes: object) -> str:
    """The fault that gives a Hub's answer with these members changed; `None` removes one."""
    members = {name: value for name, value in (GOOD | changes).items() if value is not None}
    return "body=" + json.dumps(members).replace("\\", "\\\\")


MALFORMED = {
    "truncated": "truncate=20",
    "truncated JSON": 'body={"access_token":"hf_jwt_aaaa","token_t',
    "HTML": "type=text/html body=<html><body>Sign in</body></html>",
    "empty": "body=",
    "64 MiB": "oversized",
    "64 KiB and one byte": f"oversized={64 * 1024 + 1}",
    "gzip bomb": "gzip-bomb",
    "deep JSON": "body=" + "[" * 5000,
    "deep member": 'body={"a":' + '{"a":' * 200 + "1" + "}" * 201,
    "duplicate key": "body=" + json.dumps(GOOD)[:-1] + f',"access_token":"{TOKEN}"}}',
    "two values": "body=" + json.dumps(GOOD) + "{}",
    "byte-order mark": r"body=\xef\xbb\xbf" + json.dumps(GOOD),
    "NUL": r"body=\x00" + json.dumps(GOOD),
    "not UTF-8": r'body={"access_token":"hf_jwt_aaaaaaaaaa\xff"}',
    "array": "body=" + json.dumps([GOOD]),
    "no token": answer(access_token=None),
    "null token": 'body={"access_token":null,"token_type":"bearer","expires_in":9}',
    "number token": answer(access_token=12345678901),
    "empty token": answer(access_token=""),
    "short token": answer(access_token="hf_1234567"),
    "long token": answer(access_token="hf_" + "a" * 16385),
    "other token": answer(access_token="ghp_" + "a" * 36),
    "token with newline": answer(access_token=TOKEN + "\nPATH=/tmp"),
    "token with carriage return": answer(access_token=TOKEN + "\r"),
    "token with control byte": answer(access_token=TOKEN + "\x1b[2J"),
    "token with NUL": answer(access_token=TOKEN + "\x00"),
    "token with space": answer(access_token=TOKEN + " x"),
    "token with quote": answer(access_token=TOKEN + "'"),
    "token with non-ASCII": answer(access_token=TOKEN + "é"),
    "no expires_in": answer(expires_in=None),
    "negative expires_in": answer(expires_in=-1),
    "zero expires_in": answer(expires_in=0),
    "huge expires_in": answer(expires_in=2_592_001),
    "expires_in beyond 64 bits": answer(expires_in=10**30),
    "expires_in in words": answer(expires_in="3600"),
    "fractional expires_in": answer(expires_in=0.5),
    "infinite expires_in": 'body={"expires_in":1e400}',
    "other token_type": answer(token_type="mac"),
    "no token_type": answer(token_type=None),
}


@pytest.mark.parametrize("kind", MALFORMED)
def test_a_malformed_answer_of_the_hub(job: Job, kind: str) -> None:
    """Is never half a token; a connection that breaks is tried again."""
    job.world.fault("hub", MALFORMED[kind])
    if kind == "truncated":
        job.delivered(job.exchange())
        assert len(job.world.requests("hub")) == 2
        return
    ended = job.exchange("--verbose", "--json")
    assert ended.out.startswith('{"error":')
    assert (ended.status, ended.code) == (4, "answer-invalid"), ended
    assert job.written() == {}
    assert TOKEN not in ended.out + ended.err
    job.silent_about_secrets(ended)
    assert len(job.world.requests("hub")) == 1


@pytest.mark.parametrize(
    "fault",
    [
        "body=",
        "body=<html>",
        'body={"value":',
        'body={"value":""}',
        'body={"value":7}',
        'body={"value":"not a token"}',
        r'body={"value":"a.b.c\\nX"}',
        'body={"value":"e30.e30.e30","value":"e30.e30.e30"}',
        "body=" + "[" * 5000,
        "oversized",
        "gzip-bomb",
    ],
)
def test_a_malformed_answer_of_github(job: Job, fault: str) -> None:
    """Ends before the Hub is asked."""
    job.world.fault("github", fault)
    ended = job.exchange("--verbose")
    assert ended.status in (3, 4)
    job.refused(ended, ended.status, ended.code)
    assert ended.code in ("identity-unavailable", "identity-unsuitable", "answer-invalid")
    assert job.world.requests("hub") == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("server", ["hub", "github"])
@pytest.mark.parametrize("target", ["other origin", "https", "file", "itself", "relative"])
def test_a_redirect_is_never_followed(job: Job, status: int, server: str, target: str) -> None:
    """To wherever it points: the other server is asked nothing, this one once."""
    world = job.world
    here, there = (world.hub, world.github) if server == "hub" else (world.github, world.hub)
    location = {
        "other origin": f"{there.origin}/oauth/token",
        "https": "https://localhost:1/oauth/token",
        "file": f"file://{job.work}/token",
        "itself": f"{here.origin}/oauth/token",
        "relative": "/oauth/token",
    }[target]
    world.fault(server, f"redirect={status},{location}")
    ended = job.exchange()
    job.refused(ended, 4, "answer-invalid")
    assert "redirect" in ended.err
    assert len(world.requests("github")) == 1
    assert len(world.requests("hub")) == (1 if server == "hub" else 0)


@pytest.mark.parametrize(
    "fault", [r"raw=HTTP/1.1 banana\r\n\r\n", r"raw=SSH-2.0-OpenSSH_9\r\n", r"raw=\x00\x01\x02"]
)
def test_what_does_not_speak_http_is_tried_again(job: Job, fault: str) -> None:
    """It may have been something on the way."""
    job.world.fault("hub", fault)
    ended = job.exchange("--deadline", "5")
    if ended.status == 0:
        job.delivered(ended)
    else:
        job.refused(ended, 4, "service-unavailable")


def test_headers_without_end_are_an_error(job: Job) -> None:
    """A server may not fill our memory with them."""
    head = r"raw=HTTP/1.1 200 OK\r\n" + r"X-Filler: " + "a" * 60000 + r"\r\n"
    job.world.fault("hub", (head + "X: " + "b" * 600_000) + " ")
    ended = job.exchange("--deadline", "3")
    assert ended.status in (0, 4), ended
    job.silent_about_secrets(ended)


@pytest.mark.parametrize("header", [r"\r\nX: y", "; rm -rf", "%0a::add-mask::x"])
def test_what_the_hub_says_cannot_command_the_runner(job: Job, header: str) -> None:
    """Its words are quoted, escaped, and bounded."""
    words = "::set-env name=X::y " + header + " " + "z" * 5000
    value = json.dumps({"error": "invalid_grant", "error_description": words + "\n::error::x"})
    job.world.fault("hub", "status=400 body=" + value.replace("\\", "\\\\"))
    ended = job.exchange()
    job.refused(ended, 3, "exchange-rejected")
    lines = (ended.out + ended.err).splitlines()
    assert not [line for line in lines if line.lstrip().startswith("::")]
    assert max(map(len, lines)) < 2000
