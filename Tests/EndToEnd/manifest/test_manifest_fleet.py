"""The schema and the reader agree about the manifest's `fleet`, the root's and an app's."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import test_manifest_policy as policy
from test_manifest_policy import DROP, HFMint, Manifest, changed, check

ROOT: Manifest = {
    "version": 1,
    "roles": {"all": {"access": "write", "resources": ["spaces/acme/*"]}},
    "fleet": {
        "credentials": {"read": "env:HUB_READ", "apply": {"command": ["/bin/apply"]}},
        "key": "file:fleet.key",
        "owner": "platform",
        "maxUnavailable": 2,
        "settle": "20s",
        "window": {"cron": "0 2 * * 1-5", "window": "2h"},
        "maxDeletes": 0,
        "endpointsUrl": "https://api.endpoints.huggingface.cloud",
        "spaces": {
            "acme/web": {},
            "acme/chat": {
                "owner": "chat",
                "after": ["acme/web", "endpoints/acme/scorer"],
                "wave": -1,
                "hardware": "t4-small",
                "sleep": "48h",
                "visibility": "protected",
                "variables": {"LEVEL": "info"},
                "secrets": {"KEY": {"from": "env:KEY", "version": "3"}},
                "volumes": [{"type": "model", "source": "acme/x", "mountPath": "/x"}],
                "health": {"timeout": "10m", "url": "https://acme-chat.hf.space/"},
                "protect": True,
                "ignore": ["variables.LEVEL", "hardware"],
            },
        },
        "endpoints": {
            "acme/scorer": {
                "env": {"LEVEL": "info"},
                "scaling": {"min": 0, "max": 2, "scaleToZero": "15m"},
                "revision": "main",
                "ignore": ["env"],
            }
        },
    },
}
APP: Manifest = {
    "version": 1,
    "extends": "hfmint.json5",
    "fleet": {"owner": "chat", "spaces": {"acme/chat": {"wave": 1}, "acme/new": {}}},
}
# `changed` splits at dots, so that no name in a path has one.
CHAT = "fleet.spaces.acme/chat"
CHANGES: list[tuple[str, object]] = [
    ("fleet", None),
    ("fleet.credentials", {}),
    ("fleet.credentials.read", "hf_token"),
    ("fleet.credentials.write", "env:X"),
    ("fleet.key", DROP),
    ("fleet.key", "secret"),
    ("fleet.sources", []),
    ("fleet.sources", ["env:A", "B"]),
    ("fleet.maxUnavailable", 0),
    ("fleet.settle", "soon"),
    ("fleet.settle", None),
    ("fleet.window.cron", DROP),
    ("fleet.window.window", DROP),
    ("fleet.maxDeletes", -1),
    ("fleet.endpointsUrl", "endpoints"),
    ("fleet.models", {}),
    ("fleet.spaces.acme", {}),
    ("fleet.spaces.spaces/chat", {}),
    ("fleet.spaces.datasets/acme/x", {}),
    ("fleet.spaces.acme/web", None),
    (f"{CHAT}.owner", DROP),
    (f"{CHAT}.owner", ""),
    (f"{CHAT}.after", ["acme"]),
    (f"{CHAT}.after", ["models/acme/x"]),
    (f"{CHAT}.after", []),
    (f"{CHAT}.wave", 1001),
    (f"{CHAT}.hardware", "CPU"),
    (f"{CHAT}.hardware", ""),
    (f"{CHAT}.sleep", "never"),
    (f"{CHAT}.sleep", "0h"),
    (f"{CHAT}.sleep", "soon"),
    (f"{CHAT}.visibility", "secret"),
    (f"{CHAT}.visibility", None),
    (f"{CHAT}.variables", {"SPACE_ID": "x"}),
    (f"{CHAT}.variables", {"OAUTH_SCOPES": "x"}),
    (f"{CHAT}.variables", {"SPACES": "x"}),
    (f"{CHAT}.variables", {"A-B": "x"}),
    (f"{CHAT}.variables", {"1A": "x"}),
    (f"{CHAT}.variables", {"A": ""}),
    (f"{CHAT}.variables", {"A": None}),
    (f"{CHAT}.variables", {"A": 1}),
    (f"{CHAT}.secrets", {"A": {}}),
    (f"{CHAT}.secrets", {"A": "env:A"}),
    (f"{CHAT}.secrets", {"A": {"from": "env:A", "rotation": "r"}}),
    (f"{CHAT}.secrets", {"A": {"from": "env:A", "rotate": "on-release"}}),
    (f"{CHAT}.secrets", {"A": {"rotation": "r", "version": "1"}}),
    (f"{CHAT}.secrets", {"A": {"from": "env:A", "version": "1 2"}}),
    (f"{CHAT}.volumes", []),
    (f"{CHAT}.volumes.0.type", "kernel"),
    (f"{CHAT}.volumes.0.source", "acme"),
    (f"{CHAT}.volumes.0.mountPath", "x"),
    (f"{CHAT}.volumes.0.mountPath", "/"),
    (f"{CHAT}.volumes.0.readOnly", "yes"),
    (f"{CHAT}.health", {"timeout": "x"}),
    (f"{CHAT}.health", {"url": "ftp://x.example/"}),
    (f"{CHAT}.protect", "yes"),
    (f"{CHAT}.ignore", ["variables"]),
    (f"{CHAT}.ignore", ["env"]),
    (f"{CHAT}.ignore", ["variables.A-B"]),
    (f"{CHAT}.sdk", "docker"),
    ("fleet.endpoints.acme/scorer.env", {"SPACE_ID": "x"}),
    ("fleet.endpoints.acme/scorer.scaling", {"max": 0}),
    ("fleet.endpoints.acme/scorer.scaling", None),
    ("fleet.endpoints.acme/scorer.ignore", ["variables"]),
    ("fleet.endpoints.acme/scorer.hardware", "x"),
]
APP_CHANGES: list[tuple[str, object]] = [
    ("fleet.spaces", {}),
    ("fleet.owner", DROP),
    ("fleet.spaces.acme/chat.sleep", "never"),
    ("fleet.spaces.acme/chat.sleep", None),
    ("fleet.key", "env:K"),
    ("fleet.credentials", {}),
    ("fleet.sources", []),
    ("fleet.window", {"cron": "0 2 * * *", "window": "1h"}),
    ("fleet.endpointsUrl", "https://x.example"),
    ("fleet.maxUnavailable", 1),
]
# What a schema cannot say, or not in a way that anybody could read.
STRICTER: list[tuple[str, object]] = [
    ("fleet.window.cron", "* *"),
    ("fleet.window.window", "0s"),
    ("fleet.spaces.acme/CHAT", {}),
    (f"{CHAT}.after", ["acme/nobody"]),
    (f"{CHAT}.after", ["acme/chat"]),
    (f"{CHAT}.variables", {"KEY": "in two"}),
    (f"{CHAT}.variables", {"A": "hf_" + 9 * "aBcD"}),
    (f"{CHAT}.secrets", {"A": {"rotation": "r"}}),
    (f"{CHAT}.volumes.0.mountPath", "/x/../y"),
    (f"{CHAT}.volumes.0.readOnly", False),
    (f"{CHAT}.health", {"timeout": "0s"}),
    ("fleet.endpoints.acme/scorer.scaling", {"min": 2, "max": 1}),
    ("fleet.endpoints.acme/scorer.scaling", {"scaleToZero": "90s"}),
]

validator = policy.validator


def test_both_take_the_whole(
    hfmint: HFMint, validator: Draft202012Validator, tmp_path: Path
) -> None:
    """The manifests that every change begins with."""
    assert not list(validator.iter_errors(ROOT))
    assert check(hfmint, tmp_path, ROOT) == 0
    assert not list(validator.iter_errors(APP))
    assert check(hfmint, tmp_path, ROOT, APP) == 0


@pytest.mark.parametrize(("path", "value"), CHANGES, ids=lambda part: str(part)[:40] or "empty")
def test_both_agree(
    hfmint: HFMint, validator: Draft202012Validator, tmp_path: Path, path: str, value: object
) -> None:
    """About the root manifest."""
    manifest = changed(ROOT, path, value)
    assert check(hfmint, tmp_path, manifest) == (0 if validator.is_valid(manifest) else 2)


@pytest.mark.parametrize(("path", "value"), APP_CHANGES, ids=lambda part: str(part)[:40] or "empty")
def test_both_agree_on_apps(
    hfmint: HFMint, validator: Draft202012Validator, tmp_path: Path, path: str, value: object
) -> None:
    """About an app's manifest."""
    app = changed(APP, path, value)
    assert check(hfmint, tmp_path, ROOT, app) == (0 if validator.is_valid(app) else 2)


@pytest.mark.parametrize(("path", "value"), STRICTER, ids=lambda part: str(part)[:40] or "empty")
def test_the_reader_is_stricter(
    hfmint: HFMint, validator: Draft202012Validator, tmp_path: Path, path: str, value: object
) -> None:
    """Than a schema can say."""
    manifest = changed(ROOT, path, value)
    assert validator.is_valid(manifest)
    assert check(hfmint, tmp_path, manifest) == 2
