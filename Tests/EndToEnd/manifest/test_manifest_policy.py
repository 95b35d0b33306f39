"""Roles, grants and apps: `manifest check` and `manifest schema` agree, and files are safe.

The schema is read by PyPI's `jsonschema`, which knows nothing of hfmint.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import product

GITHUB = "https://token.actions.githubusercontent.com"
HFMint = Callable[..., product.Result]
Manifest = dict[str, Any]

ROOT: Manifest = {
    "version": 1,
    "organization": "acme",
    "roles": {
        "publisher": {
            "access": "write",
            "resources": ["acme/model", "datasets/acme/*", "acme-bot"],
        },
        "operator": {
            "access": "read",
            "member": "ci@acme.example",
            "client": {"id": "env:CLIENT_ID", "secret": {"command": ["/bin/secret", "name"]}},
        },
    },
    "grants": [
        {
            "name": "main",
            "role": "publisher",
            "environment": "production",
            "identity": {"issuer": GITHUB, "claims": {"repository": "acme/training"}},
        },
        {"role": "operator", "identity": {"issuer": GITHUB, "claims": {"a.example/team": "x"}}},
    ],
    "apps": [],
    "audit": {"file": "/var/log/audit.jsonl", "url": "https://otel.acme.example", "required": True},
}
APP: Manifest = {
    "version": 1,
    "extends": "hfmint.json5",
    "roles": {"own": {"extends": "publisher", "access": "read", "resources": ["acme/model"]}},
    "grants": [
        {
            "role": "own",
            "extends": "main",
            "environment": "production",
            "identity": {"issuer": GITHUB, "claims": {"repository": "acme/training", "ref": "x"}},
        }
    ],
}
DROP = "(taken out)"

# Where, and what is there instead. Each is refused by both, or taken by both.
CHANGES: list[tuple[str, object]] = [
    ("version", 2),
    ("version", "1"),
    ("version", DROP),
    ("organization", ""),
    ("organization", 5),
    ("unknown", 1),
    ("roles", []),
    ("roles", {}),
    ("roles.", {"access": "read", "resources": ["acme/m"]}),
    ("roles.with space", {"access": "read", "resources": ["acme/m"]}),
    ("roles." + "x" * 65, {"access": "read", "resources": ["acme/m"]}),
    ("roles.ok-1_2", {"access": "read", "resources": ["acme/m"]}),
    ("roles.publisher", {}),
    ("roles.publisher.access", "admin"),
    ("roles.publisher.access", "Write"),
    ("roles.publisher.access", DROP),
    ("roles.publisher.resources", []),
    ("roles.publisher.resources", "acme/model"),
    ("roles.publisher.resources", DROP),
    ("roles.publisher.member", "a@acme.example"),
    ("roles.publisher.client", {"id": "env:A", "secret": "env:B"}),
    ("roles.publisher.extends", "operator"),
    ("roles.operator.member", DROP),
    ("roles.operator.client", DROP),
    ("roles.operator.resources", ["acme/model"]),
    ("roles.operator.client.id", "literal"),
    ("roles.operator.client.secret", "hf_secret"),
    ("roles.operator.client.secret", {"command": []}),
    ("roles.operator.client.secret", "file:/run/secret"),
    ("grants", {}),
    ("grants.0.name", "with space"),
    ("grants.0.name", ""),
    ("grants.0.role", DROP),
    ("grants.0.role", 5),
    ("grants.0.environment", ""),
    ("grants.0.environment", True),
    ("grants.0.extends", "main"),
    ("grants.0.identity", DROP),
    ("grants.0.identity.issuer", DROP),
    ("grants.0.identity.issuer", "token.actions.githubusercontent.com"),
    ("grants.0.identity.issuer", "ftp://issuer.example"),
    ("grants.0.identity.claims", {}),
    ("grants.0.identity.claims", []),
    ("grants.0.identity.claims", DROP),
    ("grants.0.identity.claims.iss", GITHUB),
    ("grants.0.identity.claims.", "x"),
    ("grants.0.identity.claims.ref", ""),
    ("grants.0.identity.claims.ref", 5),
    ("grants.0.identity.claims.ref", ["x"]),
    ("grants.0.identity.claims.environment", "production"),
    ("grants.1.identity.claims.environment", "production"),
    ("grants.0.identity.subject", "x"),
    ("apps", [5]),
    ("apps", [""]),
    ("audit", {}),
    ("audit.file", DROP),
    ("audit.url", DROP),
    ("audit.url", "otel.acme.example"),
    ("audit.required", "yes"),
    ("audit.format", "json"),
    ("roles.publisher.access", "admin"),
    *(
        ("roles.publisher.resources.0", text)
        for text in (
            "acme/*",
            "acme/mod*",
            "*",
            "*/model",
            "*/*",
            "datasets/acme",
            "datasets/*",
            "datasets",
            "datasets/datasets/x",
            "datasets/acme/x/y",
            "acme/x/y",
            "acme//x",
            "/acme/x",
            "acme/x/",
            "acme/-x",
            "acme/.x",
            "acme/x.y-z_1",
            "acme/" + "x" * 96,
            "acme/" + "x" * 97,
            "acme/x y",
            "acmé/x",
            "https://huggingface.co/acme/x",
            "spaces/acme/demo",
            "kernels/acme/*",
            "buckets/acme/b",
            "models/acme/m",
            "",
        )
    ),
]
APP_CHANGES: list[tuple[str, object]] = [
    ("version", DROP),
    ("extends", ""),
    ("extends", 5),
    ("organization", "acme"),
    ("apps", []),
    ("audit", {"file": "/x"}),
    ("rotations", {}),
    ("serve", {"origin": "https://hub.acme.example"}),
    ("roles.own.extends", DROP),
    ("roles.own.member", "a@acme.example"),
    ("roles.own.client", {"id": "env:A", "secret": "env:B"}),
    ("roles.own.access", DROP),
    ("roles.own.resources", DROP),
    ("roles.own.resources", []),
    ("grants.0.extends", DROP),
    ("grants.0.name", "x"),
    ("grants.0.identity.claims", {}),
    ("grants.0.identity.claims.environment", "x"),
]


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    """Of the schema that the product prints."""
    program = product.needed()
    printed = product.run([str(program), "manifest", "schema"], {}, Path("/"))
    schema = json.loads(printed.stdout)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def changed(manifest: Manifest, path: str, value: object) -> Manifest:
    """A copy with one thing changed."""
    new = copy.deepcopy(manifest)
    *way, last = path.split(".", 3) if "claims" in path else path.split(".")
    place: Any = new
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if value == DROP:
        del place[last]
    elif isinstance(place, list):
        place[int(last)] = value
    else:
        place[last] = value
    return new


def check(hfmint: HFMint, folder: Path, root: Manifest, app: Manifest | None = None) -> int:
    """The exit status of `manifest check`, of the app if there is one."""
    named = folder / "hfmint.json5"
    write(named, root | ({"apps": ["app.json5"]} if app else {}))
    if app:
        named = folder / "app.json5"
        write(named, app)
    return hfmint("manifest", "check", "--manifest", str(named), env={"LANG": "C"}).status


def write(path: Path, manifest: Manifest) -> None:
    """As JSON, which is JSON5, for its owner alone."""
    path.write_text(json.dumps(manifest, indent=1, ensure_ascii=False))
    path.chmod(0o600)


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
    # Whether the roles of grants are there is nothing that a schema can say.
    if path == "roles":
        manifest |= {"grants": []}
    assert check(hfmint, tmp_path, manifest) == (0 if validator.is_valid(manifest) else 2)


@pytest.mark.parametrize(("path", "value"), APP_CHANGES, ids=lambda part: str(part)[:40] or "empty")
def test_both_agree_on_apps(
    hfmint: HFMint, validator: Draft202012Validator, tmp_path: Path, path: str, value: object
) -> None:
    """About an app's manifest."""
    app = changed(APP, path, value)
    assert check(hfmint, tmp_path, ROOT, app) == (0 if validator.is_valid(app) else 2)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("whose", ["hfmint.json5", "app.json5"])
def test_a_strangers_manifest_decides_nothing(hfmint: HFMint, tmp_path: Path, whose: str) -> None:
    """Neither as the one that is named, nor as a parent."""
    assert check(hfmint, tmp_path, ROOT, APP) == 0
    os.chown(tmp_path / whose, 12_345, 12_345)
    named = str(tmp_path / "app.json5")
    result = hfmint("exchange", "acme/model", "--manifest", named)
    assert result.status == 2
    assert f"{whose}': it belongs to another user (uid 12345)".encode() in result.stderr


def test_nothing_is_asked_for_what_is_refused(hfmint: HFMint, world: Any, tmp_path: Path) -> None:
    """The Hub sees no request, and no ID token leaves the job for it."""
    path = tmp_path / "hfmint.json5"
    write(path, ROOT)
    result = hfmint("exchange", "acme/model", "--manifest", str(path))
    assert result.status == 3
    assert b"[policy-denied]" in result.stderr
    assert not world.requests("hub")


def test_one_bad_app_spoils_no_other(hfmint: HFMint, world: Any, tmp_path: Path) -> None:
    """A job of a good app goes on while another app's manifest is broken: it is never read."""
    write(tmp_path / "hfmint.json5", ROOT | {"apps": ["app.json5", "broken.json5"]})
    write(tmp_path / "app.json5", APP)
    (tmp_path / "broken.json5").write_text("{")
    named = str(tmp_path / "app.json5")
    result = hfmint("exchange", "acme/model", "--manifest", named)
    assert (result.status, b"[policy-denied]" in result.stderr) == (3, True)
    assert hfmint("manifest", "check", "--manifest", str(tmp_path / "hfmint.json5")).status == 2
