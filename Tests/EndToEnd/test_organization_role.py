"""A member's role: hfmint verifies the ID token before the organization's client asks for anything.

https://www.rfc-editor.org/rfc/rfc8725
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import evidence
from jobs import Ended, Job
from Sandbox.identityissuer import IdentityIssuer
from Sandbox.keys import SigningKey, base64url
from Sandbox.wire import json_response

EMAIL = "ci@acme.example"
MARK = "its header has '{}', and keys are taken from the issuer alone"


class Member:
    """A job of an issuer's, and a manifest that lets it be a member."""

    def __init__(self, job: Job, issuer: IdentityIssuer) -> None:
        self.job, self.issuer = job, issuer
        app = job.world.hub.add_app(
            "acme-ci", members=[EMAIL], scopes=["read-repos", "write-repos"]
        )
        for name in list(job.env):
            if name.startswith(("GITHUB_", "ACTIONS_", "RUNNER_")):
                del job.env[name]
        job.env |= {
            "HF_CLIENT_SECRET": app.client_secret,
            "HFMINT_STATE_DIR": str(job.work / "state"),
        }
        self.manifest = job.work.parent / "policy/hfmint.json5"
        self.manifest.parent.mkdir()
        self.write("read")

    def write(self, access: str, issuer: str | None = None) -> None:
        """The manifest, with one member's role and one grant."""
        (self.manifest.parent / "client-id").write_text("acme-ci\n")
        client = {"id": "file:client-id", "secret": "env:HF_CLIENT_SECRET"}
        identity = {
            "issuer": issuer or self.issuer.issuer,
            "claims": {"project_path": "acme/training"},
        }
        text = {
            "version": 1,
            "organization": "acme",
            "roles": {"operator": {"access": access, "member": EMAIL, "client": client}},
            "grants": [{"role": "operator", "identity": identity}],
        }
        self.manifest.write_text(json.dumps(text))
        self.manifest.chmod(0o600)

    def ask(self, id_token: str, *more: str) -> Ended:
        """`hfmint exchange --role operator`, with this ID token."""
        return self.job.run(*self.words, *more, HF_OIDC_ID_TOKEN=id_token)

    @property
    def words(self) -> tuple[str, ...]:
        """The command line for the role."""
        return ("exchange", "--manifest", str(self.manifest), "--role", "operator")

    @property
    def asked(self) -> list[str]:
        """What the issuer was asked."""
        return [request.path for request in self.issuer.requests]

    @property
    def hub_asked(self) -> int:
        """How often the Hub's token endpoint was."""
        requests = self.job.world.requests("hub")
        return sum(request.path == "/oauth/token" for request in requests)


@pytest.fixture
def member(job: Job) -> Iterator[Member]:
    """With its issuer running, which must not meet a bug of its own."""
    with IdentityIssuer(job.world.sentinels) as issuer:
        yield Member(job, issuer)
        assert issuer.errors == []


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


def test_es256_is_as_good(member: Member) -> None:
    """A point on P-256."""
    member.issuer.signing = SigningKey.elliptic("e")
    member.issuer.keys = member.issuer.signing.jwks
    member.job.delivered(member.ask(member.issuer.id_token()))


def alg_none(member: Member) -> str:
    """The claims of an honest token, and no signature."""
    parts = member.issuer.id_token().split(".")
    return ".".join([base64url(b'{"alg":"none","kid":"issuer-1"}'), parts[1], "AAAA"])


def hmac_by_public_key(member: Member) -> str:
    """What a verifier would take that asks the token which algorithm its RSA key is for."""
    private = member.issuer.signing.private
    assert isinstance(private, rsa.RSAPrivateKey)
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    claims = member.issuer.id_token().split(".")[1]
    header = base64url(b'{"alg":"HS256","kid":"issuer-1"}')
    signed = f"{header}.{claims}"
    return f"{signed}.{base64url(hmac.digest(pem, signed.encode(), hashlib.sha256))}"


def duplicate_claims(member: Member) -> str:
    """Two readers of it would see two issuers."""
    claims = json.dumps(member.issuer.claims())[:-1] + ', "sub": "someone else"}'
    header = base64url(b'{"alg":"RS256","kid":"issuer-1"}')
    return f"{header}.{base64url(claims.encode())}.AAAA"


def altered(member: Member) -> str:
    """The signature of an honest token below other claims."""
    header, claims, signature = member.issuer.id_token().split(".")
    read = json.loads(base64.urlsafe_b64decode(claims + "=="))
    return f"{header}.{base64url(json.dumps(read | {'sub': 'admin'}).encode())}.{signature}"


FORGERIES: dict[str, tuple[Callable[[Member], str], str]] = {
    "alg none": (alg_none, "it is not signed (alg 'none')"),
    "HS256 by the public key": (hmac_by_public_key, "its 'alg' is 'HS256', and only"),
    "other claims": (altered, "its signature is not the issuer's"),
    "a stranger's key": (
        lambda m: m.issuer.id_token(key=SigningKey.stranger("issuer-1")),
        "its signature is not the issuer's",
    ),
    "a key that nobody published": (
        lambda m: m.issuer.id_token(key=SigningKey.stranger("mine")),
        "the issuer has no key of the name",
    ),
    "a key of another kind": (
        lambda m: m.issuer.id_token(key=SigningKey.elliptic("issuer-1")),
        "its 'alg' is ES256, and the issuer's key of that name is of another kind",
    ),
    "its own key": (
        lambda m: m.issuer.id_token({"jwk": SigningKey.stranger("x").jwks["keys"][0]}),  # type: ignore[index]
        MARK.format("jwk"),
    ),
    "crit": (lambda m: m.issuer.id_token({"crit": ["exp"]}), "its header has 'crit'"),
    "a path for a key": (
        lambda m: m.issuer.id_token({"kid": "../../keys"}),
        "the issuer has no key of the name",
    ),
    "an access token": (lambda m: m.issuer.id_token({"typ": "at+jwt"}), "its 'typ' says"),
    "an alg in a list": (lambda m: m.issuer.id_token({"alg": ["RS256"]}), "its 'alg' is not a"),
    "no iat": (lambda m: m.issuer.id_token(iat=None), "its 'iat' is not a whole number"),
    "not yet": (
        lambda m: m.issuer.id_token(nbf=int(m.issuer.now()) + 600),
        "it is not valid for another",
    ),
    "from tomorrow": (
        lambda m: m.issuer.id_token(iat=int(m.issuer.now()) + 600),
        "it was issued",
    ),
    "about nobody": (lambda m: m.issuer.id_token(sub=None), "it does not say whom"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_token_never_becomes_a_member(member: Member, name: str) -> None:
    """The client's secret stays here, and the reason is said."""
    make, reason = FORGERIES[name]
    ended = member.ask(make(member))
    member.job.refused(ended, 3, "identity-unverified")
    assert f"the ID token is not believed: {reason}" in ended.err
    assert member.hub_asked == 0


def test_a_token_with_a_claim_twice_is_none(member: Member) -> None:
    """It is refused before any grant is looked at."""
    member.job.refused(member.ask(duplicate_claims(member)), 3, "identity-unsuitable")
    assert (member.asked, member.hub_asked) == ([], 0)


@pytest.mark.parametrize("header", ["jku", "x5u"])
def test_a_header_that_points_elsewhere_is_not_followed(member: Member, header: str) -> None:
    """Whoever signed it: the address is never asked."""
    forger = SigningKey.stranger("issuer-1")
    member.issuer.route("GET", "/forged", lambda _: json_response(200, forger.jwks))
    place = f"{member.issuer.origin}/forged"
    for key in (forger, member.issuer.signing):
        ended = member.ask(member.issuer.id_token({header: place}, key))
        member.job.refused(ended, 3, "identity-unverified")
        assert MARK.format(header) in ended.err
    assert "/forged" not in member.asked


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


def test_small_keys_and_points_beyond_the_curve_are_refused(member: Member) -> None:
    """Also where the issuer itself publishes them."""
    member.issuer.signing = SigningKey(rsa.generate_private_key(65537, 1024), "small")
    member.issuer.keys = member.issuer.signing.jwks
    ended = member.ask(member.issuer.id_token())
    member.job.refused(ended, 3, "identity-unverified")
    assert "has 1024 bits, and 2048 are the least" in ended.err
    member.issuer.signing = SigningKey(ec.generate_private_key(ec.SECP256R1()), "point")
    key = dict(member.issuer.signing.jwks["keys"][0])  # type: ignore[index]
    member.issuer.keys = {"keys": [key | {"y": key["x"]}]}
    ended = member.ask(member.issuer.id_token())
    member.job.refused(ended, 3, "identity-unverified")
    assert "the issuer's key is no key" in ended.err


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
