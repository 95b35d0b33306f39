"""A member's role: hfmint verifies the ID token before the organization's client asks for anything.

https://www.rfc-editor.org/rfc/rfc8725
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import evidence
from membership import Member
from Sandbox.identityissuer import IdentityIssuer
from Sandbox.keys import SigningKey


@pytest.mark.parametrize(("access", "scopes"), [("read", "read-repos"), ("write", "write-repos")])
def test_a_verified_job_becomes_the_member(member: Member, access: str, scopes: str) -> None:
    """With the least scopes; the Hub never sees the ID token."""
    member.write(access)
    id_token = member.issuer.id_token()
    token = member.job.delivered(member.ask(id_token))
    held = member.job.world.hub.token(token)
    assert held
    assert held.scopes == (scopes,)
    (request,) = [r for r in member.job.world.requests("hub") if r.path == "/oauth/token"]
    assert id_token.encode() not in request.body
    assert member.asked == ["/.well-known/openid-configuration", "/keys"]


@pytest.mark.parametrize(
    ("end", "status", "code"),
    [
        ("exit 0", 0, ""),
        ("exit 1", 5, "state-unusable"),
        *((end, 4, "service-unavailable") for end in ("exit 75", "exit 2", "exit 64", "exit 127")),
        ("kill -KILL $$", 4, "service-unavailable"),
    ],
)
def test_a_program_may_give_the_secret(member: Member, end: str, status: int, code: str) -> None:
    """How it ends says whether to try again."""
    program = member.manifest.parent / "secret"
    program.write_text(f"#!/bin/sh\nprintenv HF_CLIENT_SECRET\n{end}\n")
    program.chmod(0o755)
    member.write("read", secret={"command": [str(program)]})
    ended = member.ask(member.issuer.id_token())
    assert (ended.status, ended.code) == (status, code), ended
    assert (f"'{program}' did not give its secret: it " in ended.err) == (status != 0)


def test_es256_is_as_good(member: Member) -> None:
    """A point on P-256."""
    member.issuer.signing = SigningKey.elliptic("e")
    member.issuer.keys = member.issuer.signing.jwks
    member.job.delivered(member.ask(member.issuer.id_token()))


def test_only_an_issuer_that_a_grant_names_is_asked(member: Member) -> None:
    """A token of another issuer, however good, leads to no request at all."""
    with IdentityIssuer(member.job.world.sentinels) as other:
        ended = member.ask(other.id_token())
        assert other.requests == []
    member.job.refused(ended, 3, "policy-denied")
    assert (member.asked, member.hub_asked) == ([], 0)


def test_a_job_that_no_grant_names_leads_to_no_request(member: Member) -> None:
    """The decision comes first."""
    ended = member.ask(member.issuer.id_token(project_path="evil/training"))
    member.job.refused(ended, 3, "policy-denied")
    assert (member.asked, member.hub_asked) == ([], 0)


def test_a_new_key_is_found_by_asking_once_more(member: Member) -> None:
    """A cache on the way served the keys of yesterday."""
    yesterday = json.dumps(member.issuer.keys)
    member.issuer.rotate("issuer-2")
    member.issuer.faults.add(f"path=/keys body={yesterday}")
    member.job.delivered(member.ask(member.issuer.id_token()))
    assert member.asked.count("/keys") == 2
    last = member.issuer.requests[-1]
    assert last.header("Cache-Control") == "no-cache"


def test_an_unknown_key_is_asked_for_twice_and_never_again(member: Member) -> None:
    """However often the token is shown, each call has its bound."""
    member.ask(member.issuer.id_token({"kid": "unknown"}))
    assert member.asked.count("/keys") == 2


@pytest.mark.parametrize(
    ("fault", "status", "code", "reason"),
    [
        ("path=/keys status=404 times=forever", 3, "identity-unverified", "answered 404"),
        (
            "path=/keys redirect=302,http://127.0.0.1:1/ times=forever",
            3,
            "identity-unverified",
            "302",
        ),
        ("path=/keys times=forever body={}", 3, "identity-unverified", "are not a key set"),
        ("path=/keys oversized=200000 times=forever", 3, "identity-unverified", "sent too much"),
        ("path=/.well times=forever body=[]", 3, "identity-unverified", "another issuer"),
        ("path=/keys status=503 times=forever", 4, "identity-unavailable", "answered 503"),
        ("path=/keys drop times=forever", 4, "identity-unavailable", "cannot reach"),
    ],
)
def test_an_issuer_that_misbehaves_gives_nobody_a_token(
    member: Member, fault: str, status: int, code: str, reason: str
) -> None:
    """In bounded time and memory, and with a reason."""
    member.issuer.faults.add(fault)
    ended = member.ask(member.issuer.id_token(), "--deadline", "3")
    member.job.refused(ended, status, code)
    assert reason in ended.err
    assert member.hub_asked == 0


def test_trouble_at_the_issuer_is_tried_again(member: Member) -> None:
    """As trouble at the Hub is."""
    member.issuer.faults.add("path=/keys status=503")
    member.job.delivered(member.ask(member.issuer.id_token()))


def test_the_discovery_document_is_about_the_issuer_byte_for_byte(member: Member) -> None:
    """A slash more is another issuer."""
    member.issuer.document = member.issuer.document | {"issuer": f"{member.issuer.origin}/"}
    ended = member.ask(member.issuer.id_token())
    member.job.refused(ended, 3, "identity-unverified")
    assert "is about another issuer" in ended.err


def test_a_kept_token_is_served_to_the_genuine_job_alone(member: Member) -> None:
    """A forged token with the same claims does not get what the genuine one was given."""
    claims = member.issuer.claims()
    token = member.job.delivered(member.ask(member.issuer.id_token()))
    forged = SigningKey.stranger("issuer-1").sign(claims)
    ended = member.ask(forged)
    assert (ended.status, ended.code) == (3, "identity-unverified")
    again = member.ask(member.issuer.id_token(exp=int(member.issuer.now()) - 300))
    assert Path(again.exports["HF_TOKEN_PATH"]).read_text() == token, again.err
    assert member.hub_asked == 1


def test_a_kept_token_is_recorded_for_the_job_that_was_given_it(member: Member) -> None:
    """Another job that the same command proves is given one of its own, in its own name."""
    log = member.manifest.parent / "audit.jsonl"
    manifest = json.loads(member.manifest.read_text()) | {"audit": {"file": str(log)}}
    member.manifest.write_text(json.dumps(manifest))
    shown = member.job.work / "id-token"
    command = ("--id-token-command", f"cat '{shown}'")
    evidence.put_there(shown)
    subjects = []
    for subject in ("first", "first", "second"):
        shown.write_text(member.issuer.id_token(sub=subject))
        member.job.delivered(member.job.run(*member.words, *command))
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        subjects.append((lines[-1]["actor"]["subject"], lines[-2]["event"]))
    assert [subject for subject, _ in subjects] == ["first", "first", "second"]
    assert [event for _, event in subjects] == [
        "exchange.granted",
        "token.served",
        "exchange.granted",
    ]


def test_a_manifest_that_sends_the_secret_elsewhere_by_a_variable_is_refused(
    member: Member,
) -> None:
    """A mirror is not the Hub."""
    id_token = member.issuer.id_token(aud="https://mirror.invalid")
    member.job.env |= {"HF_ENDPOINT": "https://mirror.invalid"}
    member.job.env.pop("HFMINT_AUDIENCE")
    ended = member.ask(id_token)
    member.job.refused(ended, 2, "endpoint-refused")


def test_a_program_runs_as_the_member(member: Member) -> None:
    """It is given the token, not the client's secret."""
    words = ("run", "--manifest", str(member.manifest), "--role", "operator", "--", "sh", "-c")
    script = (
        'cat "$HF_TOKEN_PATH"; echo " ${HF_CLIENT_SECRET-unset}";'
        ' printf "protocol=http\\nhost=%s\\n\\n" "$HUB" | git credential fill | grep password='
    )
    hub = member.job.world.hub.origin.removeprefix("http://")
    id_token = member.issuer.id_token()
    ended = member.job.run(*words, script, HF_OIDC_ID_TOKEN=id_token, HUB=hub)
    assert ended.status == 0, ended.err
    token, secret, password = ended.out.split()
    assert password == f"password={token}"
    assert member.hub_asked == 1
    assert member.job.works(token)
    assert secret == "unset"


def test_git_speaks_as_the_member(member: Member) -> None:
    """For every repository, with one exchange."""
    words = ("git-credential", "get", "--manifest", str(member.manifest), "--role", "operator")
    host = member.job.world.hub.origin.removeprefix("http://")
    for path in ("acme/model", "datasets/acme/data"):
        question = f"protocol=http\nhost={host}\npath={path}\n\n".encode()
        ended = member.job.run(*words, stdin=question, HF_OIDC_ID_TOKEN=member.issuer.id_token())
        assert "password=hf_oauth_" in ended.out, ended.err
    assert member.hub_asked == 1
