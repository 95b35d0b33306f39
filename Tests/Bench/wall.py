"""hfmint with a manifest of many grants, at a socket that outlives it."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from loads import HOST, Failed, answer, question
from servers import ask, wait_for

from Sandbox.world import World

GRANTS, ROLES = 10_000, 100
COLD = 12
CLAIMS = {"sub": "project:acme/training:ref:main", "project_path": "acme/training"}


@dataclass
class Wall:
    """A manifest with many grants, and hfmint that goes by it; `start` and `stop` it at will."""

    binary: Path
    folder: Path
    world: World
    upstream_port: int
    is_recorded: bool = False
    hub_token: str = field(default_factory=lambda: "hf_" + secrets.token_hex(17))
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        """Write the manifest, and listen: the socket is this process's, as else systemd's."""
        self.folder.mkdir()
        self.socket = self.folder / "serve.sock"
        self.log = self.folder / "log"
        self.log.touch()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.socket))
        self.listener.listen(4096)
        (self.folder / "key").write_text(secrets.token_urlsafe(32) + "\n")
        (self.folder / "token").write_text(self.hub_token)
        app = self.world.hub.add_app(
            f"app-{self.folder.name}",
            members=[f"ci-{number}@acme.example" for number in range(COLD)],
            scopes=["read-repos"],
        )
        (self.folder / "client").write_text(app.client_secret)
        self.manifest = self.folder / "hfmint.json5"
        self.manifest.write_text(json.dumps(self._manifest(app.client_id), indent=1))
        for path in self.folder.iterdir():
            path.chmod(0o600)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "HF_ENDPOINT": self.world.hub.origin,
            "CLIENT_ID": app.client_id,
        }

    def _manifest(self, client_id: str) -> dict[str, object]:
        client = {"id": "env:CLIENT_ID", "secret": "file:client"}
        cold = [
            {
                "resources": [f"cold/model-{number}"],
                "right": "read",
                "member": f"ci-{number}@acme.example",
                "client": client,
            }
            for number in range(COLD)
        ]
        held = {"resources": ["acme/model"], "right": "read", "token": "file:token"}
        audit = {"audit": {"file": "audit.jsonl", "required": True}} if self.is_recorded else {}
        return audit | {
            "version": 1,
            "roles": {
                f"role-{number}": {"access": "read", "resources": [f"acme/other-{number}"]}
                for number in range(1, ROLES)
            }
            | {"role-0": {"access": "read", "resources": ["acme/model", "cold/*"]}},
            "grants": [self._grant(number) for number in range(GRANTS)],
            "serve": {
                "origin": f"https://{HOST}",
                "socket": "serve.sock",
                "hosts": {
                    HOST: {"kind": "hub", "upstream": f"http://127.0.0.1:{self.upstream_port}"}
                },
                "credentials": [held, *cold],
                "tickets": {"keys": ["file:key"]},
            },
        }

    def _grant(self, number: int) -> dict[str, object]:
        # The one that fits stands in the middle.
        name = "acme/training" if number == GRANTS // 2 else f"acme/training-{number}"
        claims = {"project_path": name}
        identity = {"issuer": self.world.issuer.issuer, "claims": claims}
        return {"role": f"role-{number % ROLES}", "identity": identity}

    def start(self, *cores: int) -> None:
        """Start hfmint with the socket, on these cores if any are named, until it is ready."""
        number = self.listener.fileno()
        # exec keeps the process's id.
        words = ["sh", "-c", f'exec 3<&{number}; LISTEN_PID=$$ exec "$@"', "sh"]
        if cores:
            words += ["taskset", "-c", ",".join(map(str, cores))]
        words += [str(self.binary), "serve", "run", "--manifest", str(self.manifest)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*words, "--state-dir", str(self.folder / "used")],
                env=self.environment | {"LISTEN_FDS": "1"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[number],
                cwd=self.folder,
            )
        # The question waits at the socket until hfmint listens there.
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(20)
            connection.connect(str(self.socket))
            try:
                answer(connection, question("none", route="ready"))
            except (Failed, OSError) as failure:
                log = self.log.read_text()[-2000:]
                raise Failed(f"hfmint is not ready: {failure}\n{log}") from None

    def stop(self) -> None:
        """Ask hfmint to end, and wait until it has."""
        if not self.process:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failed("hfmint does not end at SIGTERM") from None
        self.process = None
        if status:
            raise Failed(f"hfmint ended with {status}:\n{self.log.read_text()[-2000:]}")

    def close(self) -> None:
        """Leave nothing that runs, whatever happened."""
        if self.process:
            self.process.kill()
            self.process.wait()
        self.listener.close()

    def reload(self) -> None:
        """Send SIGHUP, and wait until hfmint says that it has reloaded."""
        assert self.process
        before = self.log.read_bytes().count(b"reloaded '")
        self.process.send_signal(signal.SIGHUP)
        wait_for(
            lambda: self.log.read_bytes().count(b"reloaded '") > before,
            "hfmint does not reload",
            self.log,
            self.process,
        )

    def configuration(self, port: int) -> str:
        """The configuration that hfmint prints for nginx."""
        words = [self.binary, "serve", "config", "--for", "nginx", "--manifest", self.manifest]
        done = subprocess.run(
            [*words, "--listen", f"127.0.0.1:{port}"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Failed(f"hfmint prints no configuration: {done.stderr}")
        if str(self.socket) not in done.stdout:
            raise Failed("the configuration that hfmint prints does not name its socket")
        return done.stdout

    def ticket(self, port: int, resource: str = "acme/model") -> str:
        """Trade an ID token at the broker, through the front door."""
        issuer = self.world.issuer
        token = issuer.id_token(aud=f"https://{HOST}", jti=secrets.token_hex(8), **CLAIMS)
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
            "subject_token": token,
            "resource": resource,
        }
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        status, body = ask(port, "POST", "/oauth/token", kind, urlencode(form))
        if status != 200:
            raise Failed(f"the broker answers {status}: {body.decode()}")
        return str(json.loads(body)["access_token"])

    def statistic(self, name: str) -> int:
        """A line of /proc/PID/status, in bytes."""
        assert self.process
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        (line,) = (line for line in lines if line.startswith(f"{name}:"))
        return int(line.split()[1]) * 1024

    def work(self, seconds: float) -> None:
        """Return when it has used so much more CPU: somebody asks it."""
        until = self.seconds_of_cpu() + seconds
        wait_for(lambda: self.seconds_of_cpu() >= until, "nobody asks", self.log, self.process)

    def seconds_of_cpu(self) -> float:
        """What hfmint has used so far."""
        assert self.process
        text = Path(f"/proc/{self.process.pid}/stat").read_text()
        user, system = text.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
