"""What the manifest of a wall says, but for its addresses."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

MEMBER = "ci@acme.example"
BY_MEMBER: Json = {
    "resources": ["acme/*"],
    "right": "read",
    "member": MEMBER,
    "client": {"id": "file:client-id", "secret": "file:client"},
}
PROJECT = {"project_path": "acme/training"}
CLAIMS = {"reader": PROJECT, "publisher": PROJECT | {"ref": "main"}}
ROLES = {
    "reader": {"access": "read", "resources": ["acme/*"]},
    "publisher": {"access": "write", "resources": ["acme/model"]},
}
CREDENTIALS: Json = {
    "credentials": [
        {"resources": ["acme/*"], "right": "read", "token": "file:reads"},
        {"resources": ["acme/model"], "right": "write", "token": "file:writes"},
    ],
    "tickets": {"keys": ["file:key"], "lifetime": "10m"},
    "anonymous": ["acme/open"],
}


def policy(issuer: str, roles: tuple[str, ...]) -> Json:
    """The part that a job's own manifest has too, with a grant of each of these roles."""
    grants = [
        {"name": name, "role": name, "identity": {"issuer": issuer, "claims": CLAIMS[name]}}
        for name in roles
    ]
    return {"version": 1, "roles": ROLES, "grants": grants}
