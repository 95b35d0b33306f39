"""The wall on loopback: hfmint at a socket that outlives it, nginx before it, a Hub behind it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from loads import HOST, TARGET

from Sandbox.world import World

GRANTS, ROLES = 10_000, 100
COLD = 12
CLAIMS = {"sub": "project:acme/training:ref:main", "project_path": "acme/training"}
BODY = "x" * 1024


class Failed(Exception):
    """Something does not run, so that nothing can be measured."""


@contextlib.contextmanager
def running(words: list[str | Path], log: Path, is_there: Callable[[], bool]) -> Iterator[int]:
    """A program that runs as long as the `with` does, and has begun when `is_there` says so."""
    with log.open("ab") as output, subprocess.Popen(words, stdout=output, stderr=output) as process:
        try:
            wait_for(is_there, f"{words[0]} does not begin", log, process)
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_for(
    is_true: Callable[[], bool],
    what: str,
    log: Path,
    process: subprocess.Popen[bytes] | None = None,
) -> None:
    """Look often, for ten seconds."""
    end = time.monotonic() + 10
    while not is_true():
        if time.monotonic() > end or (process and process.poll() is not None):
            raise Failed(f"{what}:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.005)


def free_port() -> int:
    """A port at which nobody listens now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def listens(place: int | Path) -> bool:
    """Whether somebody accepts a connection there."""
    family = socket.AF_INET if isinstance(place, int) else socket.AF_UNIX
    with socket.socket(family) as asker, contextlib.suppress(OSError):
        asker.connect(("127.0.0.1", place) if isinstance(place, int) else str(place))
        return True
    return False


@contextlib.contextmanager
def nginx(text: str, folder: Path, port: int) -> Iterator[None]:
    """Run it with a whole configuration, in the foreground; as root, its workers are root's too."""
    folder.mkdir()
    path = folder / "nginx.conf"
    path.write_text(text)
    more = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
    words: list[str | Path] = ["nginx", "-e", "stderr", "-p", folder, "-c", path, "-g", more]
    with running(words, folder / "log", lambda: listens(port)):
        yield


def upstream(port: int, token: str, hub: str) -> str:
    """What stands behind: 1 KiB at once, for whoever brings the credential that is injected.

    Its token endpoint is that of the stand-in Hub.
    """
    return f"""
pid nginx.pid; error_log stderr; worker_processes auto;
events {{}}
http {{
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    keepalive_requests 100000000;
    map $http_authorization $is_right {{ "Bearer {token}" 1; default 0; }}
    server {{
        listen 127.0.0.1:{port};
        location = /oauth/token {{ proxy_pass {hub}; }}
        location / {{ if ($is_right = 0) {{ return 403; }} return 200 "{BODY}"; }}
    }}
}}
"""


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
        (self.folder / "key").write_bytes(secrets.token_bytes(32))
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
                "resources": [f"acme/cold-{number}"],
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
            | {"role-0": {"access": "read", "resources": ["acme/model", "acme/cold-*"]}},
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

    def seconds_of_cpu(self) -> float:
        """What hfmint has used so far."""
        assert self.process
        text = Path(f"/proc/{self.process.pid}/stat").read_text()
        user, system = text.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def ask(
    port: int, method: str, target: str, headers: dict[str, str], body: str | None = None
) -> tuple[int, bytes]:
    """One request to the front door."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    with contextlib.closing(connection):
        connection.request(method, target, body, headers | {"Host": HOST})
        answer = connection.getresponse()
        return answer.status, answer.read()


def check(name: str, port: int, token: str, *, denies: bool = True) -> None:
    """What is measured must work: the Hub's credential takes the place of the client's."""
    found = ask(port, "GET", TARGET, {"Authorization": f"Bearer {token}"})
    if found != (200, BODY.encode()):
        raise Failed(f"{name} answers {found[0]} to whom it should let pass")
    status, _ = ask(port, "GET", TARGET, {"Authorization": "Bearer nothing.good.here"})
    if denies and status not in (401, 403):
        raise Failed(f"{name} answers {status} to a credential that is none")
