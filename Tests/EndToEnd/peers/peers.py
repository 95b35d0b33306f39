"""Real servers on loopback, for what a stand-in would only repeat of our own beliefs.

Moto's server is one of AWS's, and checks signatures with botocore:
https://docs.getmoto.org/en/latest/docs/server_mode.html · etcd is one that a program of the sink
`command` writes to: https://etcd.io/docs/v3.4/dev-guide/interacting_v3/
"""

from __future__ import annotations

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

import boto3

from Sandbox.sentinel import Sentinels
from Sandbox.sinks.places import Place

Json = dict[str, Any]


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
