"""The stand-ins for secret stores: as strict as what they stand for."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from client import Answer
from Sandbox.sinks import program
from Sandbox.sinks.kubernetes import Kubernetes
from Sandbox.sinks.secretsmanager import SecretsManager
from Sandbox.sinks.vault import Vault
from sinkclient import bearer, running, send

MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"


@pytest.fixture
def vault() -> Iterator[Vault]:
    """Vault."""
    with running(Vault) as server:
        yield server


@pytest.fixture
def cluster() -> Iterator[Kubernetes]:
    """Kubernetes."""
    with running(Kubernetes) as server:
        yield server


@pytest.fixture
def aws() -> Iterator[SecretsManager]:
    """AWS Secrets Manager."""
    with running(SecretsManager) as server:
        yield server


def test_vault_checks_and_sets(vault: Vault) -> None:
    """A write against a version that is not the newest changes nothing."""
    head = {"X_Vault_Token": vault.token}
    body = {"options": {"cas": 0}, "data": {"a": "1"}}
    assert send(vault, "POST", "/v1/secret/data/app", body, **head).status == 200
    assert send(vault, "POST", "/v1/secret/data/app", body, **head).status == 400
    patch = {"options": {"cas": 1}, "data": {"b": "2"}}
    head |= {"Content_Type": MERGE}
    assert send(vault, "PATCH", "/v1/secret/data/app", patch, **head).json["data"]["version"] == 2  # type: ignore[index]
    assert send(vault, "PATCH", "/v1/secret/data/app", patch, **head).status == 400
    assert vault.data("app") == {"a": "1", "b": "2"}


def test_vault_refuses_what_it_should(vault: Vault) -> None:
    """A wrong token, another namespace, a capability that is missing, a patch of nothing."""
    body = {"data": {"a": "1"}}
    head = {"X_Vault_Token": vault.token}
    assert send(vault, "POST", "/v1/secret/data/app", body).status == 403
    assert (
        send(vault, "POST", "/v1/secret/data/app", body, X_Vault_Namespace="x", **head).status
        == 403
    )
    patch = head | {"Content_Type": MERGE}
    assert send(vault, "PATCH", "/v1/secret/data/app", body, **patch).status == 404
    vault.put("app", {"a": "0"})
    assert send(vault, "PATCH", "/v1/secret/data/app", body, **head).status == 415
    vault.capabilities = ["read"]
    assert send(vault, "POST", "/v1/secret/data/app", body, **head).status == 403
    vault.delete("app")
    deleted = send(vault, "GET", "/v1/secret/data/app", **head)
    assert (deleted.status, deleted.json["data"]["metadata"]["version"]) == (404, 1)  # type: ignore[index]
    assert vault.writes == 0


SECRET = "/api/v1/namespaces/acme/secrets/app"


def apply(
    server: Kubernetes, data: Mapping[str, str], query: str = "fieldManager=hfmint", **more: object
) -> Answer:
    """One server-side apply; values are plain."""
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "app"}, "data": encoded}
    head = bearer(server.token) | {"Content_Type": APPLY}
    return send(server, "PATCH", f"{SECRET}?{query}", body | more, **head)


def test_kubernetes_gives_a_key_to_one_manager(cluster: Kubernetes) -> None:
    """One may not take another's key over, and loses what it leaves out itself."""
    cluster.put("acme", "app", {"a": "1"})
    assert apply(cluster, {"b": "2"}).status == 200
    conflict = apply(cluster, {"a": "x", "b": "2"})
    assert conflict.status == 409
    assert conflict.json["details"]["causes"][0]["reason"] == "FieldManagerConflict"  # type: ignore[index]
    assert apply(cluster, {"c": "3"}).status == 200
    assert cluster.value("acme", "app", "b") is None
    assert apply(cluster, {"a": "x"}, "fieldManager=hfmint&force=true").status == 200
    assert cluster.value("acme", "app", "a") == "x"


def test_kubernetes_changes_nothing_for_nothing(cluster: Kubernetes) -> None:
    """A trial is not kept, and the same apply again is the same version."""
    assert apply(cluster, {"a": "1"}, "fieldManager=hfmint&dryRun=All").status == 201
    assert cluster.secret("acme", "app") is None
    first = apply(cluster, {"a": "1"}).json["metadata"]
    assert apply(cluster, {"a": "1"}).json["metadata"] == first
    assert cluster.writes == 1


def test_kubernetes_refuses_what_it_should(cluster: Kubernetes) -> None:
    """No manager, another type, another namespace, a verb that is missing, an immutable Secret."""
    assert apply(cluster, {"a": "1"}, "force=true").status == 400
    head = bearer(cluster.token)
    assert send(cluster, "PATCH", f"{SECRET}?fieldManager=x", {}, **head).status == 415
    other = SECRET.replace("acme", "other")
    assert send(cluster, "GET", other, **head).status == 404
    cluster.put("acme", "app", {"a": "1"}, manager="hfmint").immutable = True
    assert apply(cluster, {"a": "2"}).status == 422
    cluster.verbs = {"get"}
    assert apply(cluster, {"a": "2"}).status == 403


def call(server: SecretsManager, operation: str, body: object, key: str = "") -> Answer:
    """One call that curl signs, not the stand-in's own code."""
    command = [
        *("curl", "-sS", "-w", "\n%{http_code}", "--data-binary", json.dumps(body)),
        *("--aws-sigv4", f"aws:amz:{server.region}:secretsmanager"),
        *("--user", f"{server.key_id}:{key or server.key}"),
        *("-H", "Content-Type: application/x-amz-json-1.1"),
        *("-H", f"X-Amz-Target: secretsmanager.{operation}", f"{server.origin}/"),
    ]
    if server.session_token:
        command[1:1] = ["-H", f"X-Amz-Security-Token: {server.session_token}"]
    text, _, status = subprocess.run(command, capture_output=True, check=True).stdout.rpartition(
        b"\n"
    )
    return Answer(int(status), {}, text)  # type: ignore[arg-type]


def test_aws_moves_a_version_from_stage_to_stage(aws: SecretsManager) -> None:
    """A version waits under AWSPENDING until AWSCURRENT is moved from where it is."""
    old = aws.put("app", "old").stages["AWSCURRENT"]
    new = "n" * 32
    put = {"SecretId": aws.arn("app"), "ClientRequestToken": new, "SecretString": "new"}
    put["VersionStages"] = ["AWSPENDING"]  # type: ignore[assignment]
    assert call(aws, "PutSecretValue", put).status == 200
    assert call(aws, "PutSecretValue", put).status == 200
    assert (aws.value("app"), aws.writes) == ("old", 1)
    move = {"SecretId": "app", "VersionStage": "AWSCURRENT", "MoveToVersionId": new}
    refused = call(aws, "UpdateSecretVersionStage", move)
    assert refused.json["__type"] == "InvalidParameterException"
    assert call(aws, "UpdateSecretVersionStage", move | {"RemoveFromVersionId": old}).status == 200
    assert (aws.value("app"), aws.stored("app").stages["AWSPREVIOUS"]) == ("new", old)
    again = call(aws, "PutSecretValue", put | {"SecretString": "another"})
    assert again.json["__type"] == "ResourceExistsException"


def test_aws_checks_signatures(aws: SecretsManager) -> None:
    """Another key, another region, another time, another session."""
    aws.put("app", "x")
    body = {"SecretId": "app"}
    assert call(aws, "GetSecretValue", body).json["SecretString"] == "x"
    assert (
        call(aws, "GetSecretValue", body, key="wrong").json["__type"] == "InvalidSignatureException"
    )
    aws.clock_offset = 1_000
    assert call(aws, "GetSecretValue", body).status == 400
    aws.clock_offset = 0
    aws.session_token = "session"
    assert call(aws, "GetSecretValue", body).status == 200
    assert send(aws, "POST", "/", body).json["__type"] == "MissingAuthenticationTokenException"


def test_a_fault_can_act_first(vault: Vault) -> None:
    """So that an answer is lost and its effect is not."""
    vault.faults.add("act status=500 method=POST path=/v1/secret/data/")
    body = {"options": {"cas": 0}, "data": {"a": "1"}}
    head = {"X_Vault_Token": vault.token}
    assert send(vault, "POST", "/v1/secret/data/app", body, **head).status == 500
    assert vault.value("app", "a") == "1"


def test_the_program_does_as_it_is_told(tmp_path: Path) -> None:
    """One JSON line, then the value; a fault may act first."""

    def run(line: str, value: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        words = [sys.executable, program.__file__, str(tmp_path)]
        return subprocess.run(words, input=line.encode() + b"\n" + value, capture_output=True)

    assert run('{"operation":"preflight"}').returncode == 0
    done = run('{"operation":"write","token":"t"}', b"v\n")
    assert json.loads(done.stdout) == {"evidence": "version", "detail": "1"}
    assert program.value(tmp_path) == "v\n"
    assert run('{"operation":"read"}').stdout == b"v\n"
    (tmp_path / "fails-write").write_text("75 act")
    assert run('{"operation":"write","token":"u"}', b"w").returncode == 75
    assert program.value(tmp_path) == "w"
    assert program.calls(tmp_path) == ["preflight", "write t", "read", "write u"]
