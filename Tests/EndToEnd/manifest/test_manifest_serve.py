"""The schema and the reader agree about the manifest's `serve`."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import test_manifest_policy as policy
from test_manifest_policy import DROP, HFMint, Manifest, changed, check

ROOT: Manifest = {
    "version": 1,
    "serve": {
        "origin": "https://hub.acme.example",
        "socket": "/run/hfmint/serve.sock",
        "hosts": {
            "hub.acme.example": {"kind": "hub"},
            "chat.acme.example": {
                "kind": "endpoint",
                "upstream": "https://x.endpoints.example",
                "resource": "endpoints/acme/chat",
            },
        },
        "credentials": [
            {"resources": ["acme/*"], "right": "write", "token": "file:hub-write"},
            {
                "resources": ["acme/*"],
                "right": "read",
                "member": "ci@acme.example",
                "client": {"id": "env:CLIENT_ID", "secret": "env:CLIENT_SECRET"},
            },
        ],
        "tickets": {"keys": ["file:keys/1"], "lifetime": "1h"},
        "reuse": {"https://gitlab.com": 50},
        "anonymous": ["acme/open"],
        "deny": "file:/etc/hfmint/deny.jsonl",
        "group": "www-data",
        "mode": "audit",
    },
}
CHANGES: list[tuple[str, object]] = [
    ("serve", {}),
    ("serve.origin", DROP),
    ("serve.origin", "hub.acme.example"),
    ("serve.origin", "https://hub.acme.example/"),
    ("serve.socket", DROP),
    ("serve.hosts", {}),
    ("serve.hosts", DROP),
    ("serve.hosts", {"hub.acme.example": {"kind": "hub"}, "x:1": {"kind": "hub"}}),
    ("serve.hosts", {"hub.acme.example": {"kind": "hub"}, "[::1]": {"kind": "router"}}),
    ("serve.hosts", {"hub.acme.example": {"kind": "hub"}, "Hub": {"kind": "hub"}}),
    ("serve.hosts", {"hub.acme.example": {"kind": "hub"}, "x": {"kind": "space"}}),
    ("serve.hosts", {"hub.acme.example": {"kind": "hub"}, "x": {"kind": "endpoint"}}),
    ("serve.credentials", []),
    ("serve.credentials.0.right", "delete"),
    ("serve.credentials.0.right", "admin"),
    ("serve.credentials.0.token", DROP),
    ("serve.credentials.0.token", "hf_token"),
    ("serve.credentials.0.member", "x@acme.example"),
    ("serve.credentials.0.resources", []),
    ("serve.credentials.1.client", DROP),
    ("serve.credentials.1.member", DROP),
    ("serve.tickets", DROP),
    ("serve.tickets.keys", []),
    ("serve.tickets.lifetime", "soon"),
    ("serve.delivery", "token"),
    ("serve.delivery", "both"),
    ("serve.reuse", {"gitlab.com": 1}),
    ("serve.reuse", {"https://gitlab.com": 0}),
    ("serve.anonymous", ["acme"]),
    ("serve.anonymous", ["acme/x/y"]),
    ("serve.deny", "/etc/deny"),
    ("serve.deny", "env:DENY"),
    ("serve.group", "a b"),
    ("serve.mode", "off"),
    ("serve.listen", "x"),
]

validator = policy.validator


def test_both_take_the_whole(
    hfmint: HFMint, validator: Draft202012Validator, tmp_path: Path
) -> None:
    """The manifest that every change begins with."""
    assert not list(validator.iter_errors(ROOT))
    assert check(hfmint, tmp_path, ROOT) == 0


@pytest.mark.parametrize(("path", "value"), CHANGES, ids=lambda part: str(part)[:40] or "empty")
def test_both_agree(
    hfmint: HFMint, validator: Draft202012Validator, tmp_path: Path, path: str, value: object
) -> None:
    """About each change."""
    manifest = changed(ROOT, path, value)
    assert check(hfmint, tmp_path, manifest) == (0 if validator.is_valid(manifest) else 2)
