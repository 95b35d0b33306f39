"""GitHub's runtime: the ID-token endpoint, a job's claims, its files and variables."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest

from client import ask
from Sandbox.githubjob import GitHubJob
from Sandbox.keys import peek, verify
from Sandbox.world import World


def target(world: World) -> str:
    """The endpoint's path and query, as the job is given them."""
    return world.github.request_url.removeprefix(world.github.origin)


def test_the_endpoint_gives_a_token_for_the_audience(world: World) -> None:
    """Signed by the key in the JWKS, for five minutes."""
    asked = f"{target(world)}&audience={quote('https://huggingface.co', safe='')}"
    answer = ask(world.github.origin, asked, token=world.github.runner_token)
    token = str(answer.json["value"])
    jwks = ask(world.github.origin, "/.well-known/jwks").json
    claims = verify(token, jwks, audience="https://huggingface.co", now=world.github.now())
    assert answer.json["count"] == len(token)
    assert token in world.secrets
    assert str(claims["jti"]).startswith("SENTINEL-")
    times = [claims[name] for name in ("exp", "iat", "nbf")]
    assert [times[0] - times[1], times[1] - times[2]] == [300, 600]  # type: ignore[operator]


def test_the_default_audience_is_the_owner(world: World) -> None:
    """As documented."""
    answer = ask(world.github.origin, target(world), token=world.github.runner_token)
    assert peek(str(answer.json["value"]))["aud"] == "https://github.com/acme"


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        ("//idtoken", "/idtoken", 404),
        ("?api-version=2.0", "?x", 400),
        ("?api-version=2.0", "?audience=a", 400),
        ("2.0", "2.0?audience=a", 400),
        ("2.0", "2.0&audience=a&audience=b", 400),
        ("2.0", "2.0&more=1", 400),
    ],
)
def test_a_url_that_was_put_together_wrongly_fails(
    world: World, old: str, new: str, status: int
) -> None:
    """The double slash and the query that was there must survive."""
    asked = target(world).replace(old, new)
    answer = ask(world.github.origin, asked, token=world.github.runner_token)
    assert answer.status == status


def test_a_wrong_runner_token_fails(world: World) -> None:
    """Nothing is given away."""
    assert ask(world.github.origin, target(world), token="ghr_wrong").status == 401


@pytest.mark.parametrize(
    ("job", "subject"),
    [
        (GitHubJob(), "repo:acme/training:ref:refs/heads/main"),
        (GitHubJob(ref="refs/tags/v1"), "repo:acme/training:ref:refs/tags/v1"),
        (GitHubJob(event="pull_request"), "repo:acme/training:pull_request"),
        (GitHubJob(event="pull_request_target"), "repo:acme/training:ref:refs/heads/main"),
        (GitHubJob(environment="a:b"), "repo:acme/training:environment:a%3Ab"),
        (GitHubJob(immutable=True), "repo:acme@123/training@456:ref:refs/heads/main"),
    ],
)
def test_the_subject_follows_the_job(job: GitHubJob, subject: str) -> None:
    """https://docs.github.com/en/actions/reference/security/oidc"""
    assert job.id_token_claims(None, 0)["sub"] == subject


def test_a_reusable_workflow_shows_in_one_claim_only() -> None:
    """The caller's and the callee's files differ."""
    callee = "acme/shared/.github/workflows/release.yml@refs/heads/main"
    claims = GitHubJob(callee=callee, claims={"actor": "x", "sha": None}).id_token_claims(None, 0)
    assert claims["job_workflow_ref"] == callee
    assert claims["workflow_ref"] == ("acme/training/.github/workflows/publish.yml@refs/heads/main")
    assert (claims["actor"], "sha" in claims) == ("x", False)


@pytest.mark.parametrize(
    ("job", "allowed"),
    [
        (GitHubJob(), True),
        (GitHubJob(id_token=False), False),
        (GitHubJob(event="pull_request"), True),
        (GitHubJob(event="pull_request", fork=True), False),
        (GitHubJob(event="pull_request", actor="dependabot[bot]"), False),
        (GitHubJob(event="pull_request_target", fork=True), True),
    ],
)
def test_who_gets_a_token_url(world: World, job: GitHubJob, allowed: bool) -> None:
    """Never a fork's own pull request, nor Dependabot's."""
    world.github.job = job
    assert ("ACTIONS_ID_TOKEN_REQUEST_URL" in world.environment()) is allowed


def test_a_job_has_its_files_and_inherits_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file is there, empty, and readable by all as the runner leaves it."""
    monkeypatch.setenv("HF_TOKEN", "leak")
    environment = world.environment()
    assert "HF_TOKEN" not in environment
    for name in ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"):
        path = Path(environment[name])
        assert (path.stat().st_size, path.stat().st_mode & 0o777) == (0, 0o644)
        assert path.is_relative_to(environment["RUNNER_TEMP"])
    for name in ("GITHUB_WORKSPACE", "RUNNER_TEMP", "HOME", "TMPDIR", "XDG_RUNTIME_DIR"):
        assert Path(environment[name]).is_dir()
    assert environment["HF_ENDPOINT"] == world.hub.origin


@pytest.mark.parametrize(
    ("event", "path"),
    [
        ("pull_request", "pull_request.head.repo.fork"),
        ("pull_request_target", "pull_request.head.repo.fork"),
        ("workflow_run", "workflow_run.head_repository.fork"),
    ],
)
def test_the_event_file_tells_a_fork(world: World, event: str, path: str) -> None:
    """In the place where GitHub says it."""
    world.github.job = GitHubJob(event=event, fork=True, triggered_by="pull_request")
    value = json.loads(Path(world.environment()["GITHUB_EVENT_PATH"]).read_text())
    for name in path.split("."):
        value = value[name]
    assert value is True


def test_the_discovery_document_leads_to_the_keys(world: World) -> None:
    """For an issuer that is on loopback itself."""
    world.github.job = GitHubJob(issuer=world.github.origin)
    document = ask(world.github.origin, "/.well-known/openid-configuration").json
    assert document["issuer"] == world.github.origin
    assert document["jwks_uri"] == f"{world.github.origin}/.well-known/jwks"


def test_secrets_are_written_down(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One a line, for the search at the end."""
    path = tmp_path / "sentinels"
    monkeypatch.setenv("HFMINT_SENTINELS", str(path))
    token = world.github.id_token("x")
    world.sentinels.record("id-token", token)
    secret = world.sentinels.issue("client-secret")
    assert path.read_text() == f"{token}\n{secret}\n"
    assert re.fullmatch(r"SENTINEL\w{32}", secret)
