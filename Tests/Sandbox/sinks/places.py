"""Every place with what a manifest says of it, and what a consumer would read there."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..sentinel import Sentinels
from ..server import Server
from . import program
from .githubsecrets import GitHubSecrets
from .gitlabvariables import GitLabVariables, Variable
from .kubernetes import Kubernetes
from .secretsmanager import SecretsManager
from .spacesecrets import SpaceSecrets
from .vault import Vault

Entry = dict[str, object]


@dataclass
class Place:
    """One target of a sink: `put` has a value there, `value` is what a consumer reads now.

    `drop` takes it away.
    """

    sink: Entry
    put: Callable[[str], object]
    value: Callable[[], str | None]
    drop: Callable[[], object]
    server: Server | None = None
    variables: dict[str, str] = field(default_factory=dict)
    # What holds the secret on disk, because that is what it is for.
    files: tuple[Path, ...] = ()


def _file(_: Sentinels, folder: Path) -> Place:
    path = folder / "client-secret"

    def put(value: str) -> None:
        path.touch(0o600)
        path.write_text(value)

    return Place({"path": str(path)}, put, path.read_text, path.unlink, files=(path,))


def _github(secrets: Sentinels, scope: str, visibility: str | None, **where: str) -> Place:
    server = GitHubSecrets(secrets)
    variable = f"GITHUB_{'_'.join(where)}_TOKEN".upper().replace("REPOSITORY_ENV", "ENV")

    def put(value: str) -> None:
        stored = server.put(scope, "CLIENT_SECRET", value, visibility=visibility)
        if visibility == "selected":
            stored.repositories = set(range(1, 131))

    sink: Entry = {"url": server.origin, "name": "CLIENT_SECRET", "token": f"env:{variable}"}
    return Place(
        sink | where,
        put,
        lambda: server.value(scope, "CLIENT_SECRET"),
        lambda: server.drop(scope, "CLIENT_SECRET"),
        server,
        {variable: server.token},
    )


def _github_repository(secrets: Sentinels, _: Path) -> Place:
    return _github(secrets, "/repos/acme/training/actions", None, repository="acme/training")


def _github_environment(secrets: Sentinels, _: Path) -> Place:
    scope = "/repos/acme/training/environments/production"
    return _github(secrets, scope, None, repository="acme/training", environment="production")


def _github_organization(secrets: Sentinels, _: Path) -> Place:
    return _github(secrets, "/orgs/acme/actions", "selected", organization="acme")


def _gitlab(secrets: Sentinels, _: Path) -> Place:
    server, owner = GitLabVariables(secrets), "projects/acme/training"
    return Place(
        {
            "url": server.url,
            "project": "acme/training",
            "key": "CLIENT_SECRET",
            "token": "env:GITLAB_SINK_TOKEN",
        },
        lambda value: server.put(owner, Variable("CLIENT_SECRET", value, masked=True)),
        lambda: server.value(owner, "CLIENT_SECRET"),
        lambda: server.drop(owner, "CLIENT_SECRET"),
        server,
        {"GITLAB_SINK_TOKEN": server.token},
    )


def _vault(secrets: Sentinels, _: Path) -> Place:
    server = Vault(secrets)
    return Place(
        {
            "url": server.origin,
            "path": "chat",
            "field": "client_secret",
            "token": "env:VAULT_TOKEN",
        },
        lambda value: server.put("chat", {"client_secret": value, "owner": "acme"}),
        lambda: str(server.value("chat", "client_secret")),
        lambda: server.delete("chat"),
        server,
        {"VAULT_TOKEN": server.token},
    )


def _kubernetes(secrets: Sentinels, _: Path) -> Place:
    server = Kubernetes(secrets)
    return Place(
        {
            "url": server.origin,
            "token": "env:KUBERNETES_TOKEN",
            "namespace": "acme",
            "name": "chat",
            "key": "client_secret",
            "force": True,
        },
        lambda value: server.put("acme", "chat", {"client_secret": value, "owner": "acme"}),
        lambda: server.value("acme", "chat", "client_secret"),
        lambda: server.put("acme", "chat", {"owner": "acme"}),
        server,
        {"KUBERNETES_TOKEN": server.token},
    )


def _secrets_manager(secrets: Sentinels, _: Path) -> Place:
    server = SecretsManager(secrets)

    def value() -> str | None:
        text = server.value("chat")
        return str(json.loads(text)["client_secret"]) if text else None

    return Place(
        {
            "url": server.origin,
            "region": server.region,
            "secret": "chat",
            "key": "client_secret",
        },
        lambda value: server.put("chat", json.dumps({"owner": "acme", "client_secret": value})),
        value,
        lambda: server.put("chat", json.dumps({"owner": "acme"})),
        server,
        server.environment(),
    )


def _space(secrets: Sentinels, _: Path) -> Place:
    server = SpaceSecrets(secrets)
    return Place(
        {
            "url": server.origin,
            "space": "acme/chat",
            "name": "CLIENT_SECRET",
            "token": "env:SPACE_TOKEN",
        },
        lambda value: server.put("acme/chat", "CLIENT_SECRET", value, "of the OAuth app"),
        lambda: server.value("acme/chat", "CLIENT_SECRET"),
        lambda: server.drop("acme/chat", "CLIENT_SECRET"),
        server,
        {"SPACE_TOKEN": server.token},
    )


def _command(_: Sentinels, folder: Path) -> Place:
    kept = folder / "command-sink"
    kept.mkdir(parents=True, exist_ok=True)
    return Place(
        {
            "command": [sys.executable, program.__file__, str(kept)],
            "readable": True,
            "preflight": True,
        },
        (kept / "value").write_text,
        lambda: program.value(kept),
        (kept / "value").unlink,
        files=(kept / "value",),
    )


_MAKERS: Mapping[str, Callable[[Sentinels, Path], Place]] = {
    "file": _file,
    "github-repository": _github_repository,
    "github-environment": _github_environment,
    "github-organization": _github_organization,
    "gitlab": _gitlab,
    "vault": _vault,
    "kubernetes": _kubernetes,
    "aws-secrets-manager": _secrets_manager,
    "hub-space": _space,
    "command": _command,
}
SINKS = tuple(_MAKERS)
# Those whose value hfmint cannot read back.
WRITE_ONLY = frozenset(name for name in SINKS if name.startswith(("github-", "hub-")))


def make_place(name: str, secrets: Sentinels, folder: Path) -> Place:
    """One that does not serve yet; what it needs on disk goes into the folder."""
    place = _MAKERS[name](secrets, folder)
    kind = "github-actions" if name.startswith("github-") else name
    place.sink = {"kind": kind} | place.sink
    return place
