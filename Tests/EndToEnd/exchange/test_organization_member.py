"""An organization's client asks for a member: what is sent, what is kept, and how often it asks."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, unquote

import pytest

import evidence
from jobs import Job
from Sandbox.sentinel import MARKER, random_text
from Sandbox.wire import Request

EMAIL = "ci+bot@acme.example"
ID = "app: id/+%"
SECRET = f"{MARKER}:+%& ={random_text(20)}"
OPTIONS = (
    *("--member", EMAIL, "--client-id", "env:HF_CLIENT_ID"),
    *("--client-secret", "env:HF_CLIENT_SECRET", "--scope", "write-repos", "--scope", "jobs"),
)


@pytest.fixture(autouse=True)
def _app(job: Job) -> None:
    scopes = ("read-repos", "write-repos", "jobs")
    job.world.hub.add_app(ID, SECRET, members={EMAIL: "acme-ci"}, scopes=scopes)
    job.env |= {"HF_CLIENT_ID": ID, "HF_CLIENT_SECRET": SECRET}


def asked(job: Job) -> list[Request]:
    """What the token endpoint was asked."""
    return [request for request in job.world.requests("hub") if request.path == "/oauth/token"]


def test_the_hub_gets_what_the_standard_says(job: Job) -> None:
    """Basic with each half form-encoded, on one line; four fields; no ID token, no resource."""
    job.delivered(job.exchange(*OPTIONS))
    (request,) = asked(job)
    scheme, _, pair = (request.header("Authorization") or "").partition(" ")
    halves = base64.b64decode(pair, validate=True).decode().split(":")
    assert (scheme, [unquote(half) for half in halves]) == ("Basic", [ID, SECRET])
    assert request.media_type == "application/x-www-form-urlencoded"
    assert parse_qs(request.body.decode(), strict_parsing=True) == {
        "grant_type": ["urn:ietf:params:oauth:grant-type:token-exchange"],
        "subject_token": [EMAIL],
        "subject_token_type": ["urn:huggingface:token-type:user-email"],
        "scope": ["jobs write-repos"],
    }
    assert job.world.requests("github") == []


def test_nothing_tells_of_the_secret(job: Job) -> None:
    """Neither what is printed nor what is written; the token is the member's."""
    ended = job.exchange(*OPTIONS, "--verbose")
    token = job.delivered(ended)
    assert SECRET not in ended.out + ended.err
    assert not any(SECRET.encode() in content for content in job.written().values())
    held = job.world.hub.token(token)
    assert held
    assert (held.scopes, held.resource.name) == (("jobs", "write-repos"), "acme-ci")


def test_fifty_calls_at_once_are_one_exchange(job: Job) -> None:
    """Each of them delivers the one token."""
    job.world.fault("hub", "delay=0.3")
    command = [job.program, "exchange", *OPTIONS, "--deliver", "stdout"]
    running = [
        subprocess.Popen(
            command, env=job.env, cwd=job.work, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(50)
    ]
    ended = [process.communicate(timeout=60) for process in running]
    assert [process.returncode for process in running] == [0] * 50
    assert len({out for out, _ in ended}) == 1
    assert job.works(ended[0][0].decode().strip())
    assert len(asked(job)) == 1


@pytest.mark.parametrize(
    "change",
    [
        ("--scope", "read-repos"),
        ("--member", "other@acme.example"),
        ("--client-id", "env:OTHER_ID"),
    ],
)
def test_a_token_is_not_served_across_what_it_depends_on(job: Job, change: tuple[str, str]) -> None:
    """Other scopes, another member, another client: another token, in another file."""
    scopes = ("read-repos", "write-repos", "jobs")
    members = {EMAIL: "acme-ci", "other@acme.example": "acme-other"}
    for client in (ID, "other"):
        job.world.hub.add_app(client, SECRET, members=members, scopes=scopes)
    job.env["OTHER_ID"] = "other"
    words = list(OPTIONS)
    if change[0] == "--scope":
        words += change
    else:
        words[words.index(change[0]) + 1] = change[1]
    first, second = job.delivered(job.exchange(*OPTIONS)), job.delivered(job.exchange(*words))
    assert first != second
    assert job.delivered(job.exchange(*OPTIONS)) == first
    assert len(asked(job)) == 2


def test_a_members_token_and_a_publishers_do_not_share_a_file(job: Job) -> None:
    """The path that an earlier step was given still leads to the lesser token."""
    lesser = job.exchange()
    path, token = Path(lesser.exports["HF_TOKEN_PATH"]), job.delivered(lesser)
    assert job.delivered(job.exchange(*OPTIONS)) != token
    assert path.read_text() == token


def test_a_secret_that_was_rotated_between_two_tries_is_read_again(job: Job) -> None:
    """The file is asked at every try, and a refusal is final."""
    file = job.work / "secret"
    file.write_text("SENTINEL-of-last-week")
    evidence.put_there(file)
    words = [word.replace("env:HF_CLIENT_SECRET", f"file:{file}") for word in OPTIONS]
    ended = job.exchange(*words)
    assert (ended.status, ended.code) == (3, "exchange-rejected")
    assert len(asked(job)) == 1
    file.write_text(f"{SECRET}\n")
    job.delivered(job.exchange(*words))


@pytest.mark.parametrize("failure", ["status=503", "status=429 retry-after=1", "drop=headers"])
def test_trouble_is_tried_again(job: Job, failure: str) -> None:
    """As with a publisher."""
    job.world.fault("hub", failure)
    job.delivered(job.exchange(*OPTIONS))
    assert len(asked(job)) == 2


def test_a_mirror_that_a_variable_names_never_sees_the_secret(job: Job) -> None:
    """Only the command line may name another server than the Hub."""
    ended = job.exchange(*OPTIONS, HF_ENDPOINT="https://mirror.invalid")
    job.refused(ended, 2, "endpoint-refused")
    assert asked(job) == []


def test_a_program_is_given_a_token_and_not_the_secret(job: Job) -> None:
    """Also git in it finds the token, and the Hub is asked once."""
    script = (
        'env | grep -c "^HF_CLIENT_SECRET="; cat "$HF_TOKEN_PATH"; echo;'
        ' printf "protocol=http\\nhost=%s\\n\\n" "$HUB" | git credential fill | grep password='
    )
    hub = job.world.hub.origin.removeprefix("http://")
    ended = job.run("run", *OPTIONS, "--", "sh", "-c", script, HUB=hub)
    count, token, password, *_ = ended.out.splitlines()
    assert (ended.status, count) == (0, "0"), ended.err
    assert job.works(token)
    assert password == f"password={token}"
    assert len(asked(job)) == 1


def test_what_was_given_is_forgotten(job: Job) -> None:
    """`forget` finds a member's token like any other."""
    job.delivered(job.exchange(*OPTIONS))
    assert job.run("forget").status == 0
    assert job.written() == {} or all(b"hf_oauth_" not in held for held in job.contents().values())
    assert job.run("revoke", "--token-stdin", stdin=b"hf_oauth_SENTINELunknown").status == 0
