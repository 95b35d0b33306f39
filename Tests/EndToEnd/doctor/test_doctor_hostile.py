"""Whatever claims, variables and git hold, doctor prints no secret and no bare control."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

import product
from Sandbox.githubjob import GitHubJob
from Sandbox.world import World

Doctor = Callable[..., product.Result]

# A workflow command, an escape sequence, C1's CSI, right-to-left, a line separator, a bell.
HOSTILE = "x\n::add-mask::y\r\n\x1b[31mred\x9b2J\u202egnp\u2028::error::z\x07 ##[group]w"
CLAIMS = dict.fromkeys(
    (
        "sub",
        "ref",
        "environment",
        "repository",
        "repository_id",
        "workflow",
        "workflow_ref",
        "job_workflow_ref",
        "event_name",
    ),
    HOSTILE,
)
PASSWORD = "SENTINEL-of-the-proxy"
HEADER = "SENTINEL-of-the-header"
HELPER = "SENTINEL-of-the-helper"
FORMS = [(), ("--json",), ("--quiet", "--suggest"), ("--verbose",)]


def assert_harmless(result: product.Result, secrets: Iterable[str]) -> None:
    """Every line stays the line it is, and holds nothing that must not be seen."""
    for stream in (result.stdout, result.stderr):
        text = stream.decode("utf-8", errors="strict")
        for secret in secrets:
            assert secret not in text
            assert base64.b64encode(secret.encode()).decode() not in text
        bare = {c for c in text if unicodedata.category(c) == "Cc"} - {"\n"}
        assert not bare, bare
        for line in text.splitlines():
            assert not line.lstrip().startswith("::"), line


def assert_inert(result: product.Result) -> None:
    """Nothing steers a terminal or a runner either."""
    text = result.stdout.decode() + result.stderr.decode()
    assert not [c for c in text if unicodedata.category(c) in ("Cf", "Zl", "Zp", "Co")]
    assert "##[" not in text


@pytest.mark.parametrize("form", FORMS, ids=" ".join)
def test_hostile_claims_are_shown_escaped(
    world: World, hfmint: Doctor, form: tuple[str, ...]
) -> None:
    """They are shown, escaped."""
    world.github.job = GitHubJob(claims=CLAIMS)
    world.publish("acme/model", claims={"repository_owner": "acme"})
    result = hfmint("doctor", "acme/model", "--expect", f"ref={HOSTILE}!", *form)
    assert result.status == 3
    assert_harmless(result, world.secrets)
    assert_inert(result)


@pytest.mark.parametrize("form", FORMS, ids=" ".join)
def test_a_hostile_audience_is_shown_escaped(
    world: World, hfmint: Doctor, form: tuple[str, ...]
) -> None:
    """It is shown, escaped."""
    env = world.environment("none")
    env["HF_OIDC_ID_TOKEN"] = world.github.id_token(HOSTILE)
    result = hfmint("doctor", "acme/model", *form, env=env)
    assert result.status == 3
    assert_harmless(result, world.secrets)
    assert_inert(result)


VARIABLES = (
    "HF_ENDPOINT",
    "HFMINT_AUDIENCE",
    "HF_OIDC_RESOURCE",
    "HF_TOKEN_PATH",
    "HF_TOKEN_EXPIRES_AT",
    "HF_HOME",
    "HFMINT_STATE_DIR",
    "RUNNER_TEMP",
    "GITHUB_ENV",
    "GITHUB_EVENT_NAME",
    "GITHUB_WORKFLOW_REF",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTPS_PROXY",
    "NO_PROXY",
    "HOME",
    "TMPDIR",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_GLOBAL",
)


@pytest.mark.parametrize("name", VARIABLES)
def test_hostile_variables_are_shown_escaped(world: World, hfmint: Doctor, name: str) -> None:
    """One after the other, as text and as JSON."""
    world.publish("acme/model", claims={"repository_owner": "acme"})
    env = world.environment() | {name: HOSTILE}
    for form in ((), ("--json",)):
        result = hfmint("doctor", "acme/model", *form, env=env)
        assert result.status in (0, 3)
        assert_harmless(result, world.secrets)
        assert_inert(result)


def test_secrets_in_variables_are_not_shown(world: World, hfmint: Doctor) -> None:
    """Tokens, and the password of a proxy."""
    token = world.sentinels.issue("token", "hf_", 34)
    env = world.environment() | {
        "HF_TOKEN": token,
        "HUGGING_FACE_HUB_TOKEN": f"{token}x",
        "HTTPS_PROXY": f"http://user:{PASSWORD}@127.0.0.1:9",
        "HF_ENDPOINT": "https://hub.invalid",
        "HFMINT_AUDIENCE": "https://hub.invalid",
    }
    for form in FORMS:
        result = hfmint("doctor", "acme/model", *form, env=env)
        assert result.status == 3
        assert_harmless(result, {*world.secrets, PASSWORD})
        assert_inert(result)
    assert b"127.0.0.1:9" in hfmint("doctor", env=env).stdout


def test_what_git_says_is_shown_escaped(world: World, hfmint: Doctor, tmp_path: Path) -> None:
    """Names of sections and files, helpers with a password, headers, and what git cannot read."""
    config = tmp_path / "con\x1b[31mfig\n::error::x"
    hub = world.hub.origin
    config.write_text(
        f'[http "{hub}/"]\n\textraHeader = "Authorization: Basic {HEADER}"\n'
        f'[credential]\n\thelper = "!f() {{ echo password={HELPER}; }}; f"\n'
        f'[credential "{hub}/\x1b[2J\u202e"]\n\thelper = {HELPER}-\x1b[31m-{HELPER}\n'
    )
    env = world.environment() | {"GIT_CONFIG_GLOBAL": str(config)}
    for form in FORMS:
        result = hfmint("doctor", *form, env=env)
        assert result.status == 3, result.stdout
        assert_harmless(result, {*world.secrets, HEADER, HELPER})
        assert_inert(result)
    report = hfmint("doctor", "--quiet", env=env).stdout
    assert b"[fail] git-header" in report
    assert b"a shell command" in report
    config.write_text("[broken\x1b[31m\n")
    result = hfmint("doctor", env=env)
    assert_harmless(result, world.secrets)
    assert_inert(result)
