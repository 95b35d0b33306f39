"""A wall: an upstream Hub, an issuer of ID tokens, `hfmint serve run`, and a web server."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

import evidence
import product
from client import EXCHANGE, Answer, ask
from fastcgiclient import FastCGIClient, decide
from realservers import kind_named
from Sandbox.hub import CANONICAL
from Sandbox.reservedport import ReservedPort
from Sandbox.waiting import wait_for
from Sandbox.wire import Request
from Sandbox.world import World
from wallpolicy import CREDENTIALS, MEMBER, Json, policy

HOST = "127.0.0.1"
PASSING = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
os.execv(sys.argv[2], sys.argv[2:])
"""
FORM = "application/x-www-form-urlencoded"


class Wall:
    """What jobs of acme/training may do, through `server`, or with None through the socket alone.

    On any ref they may read what acme has; on `main` they may write to acme/model. Anybody may read
    acme/open. Upstream knows two tokens, `reads` and `writes`, which open more than any role.
    `whole` and `reader` are tickets for all that acme has, of jobs on `main` and elsewhere.
    `changes` are members of `serve` in the manifest, in place of the usual ones.
    """

    def __init__(self, server: str | None, root: Path, **changes: object) -> None:
        self.server, self.root = server, root
        self.program = product.needed()
        self.world = World(root=root / "world")
        # A socket's path is short, and a web server that gave up its rights must reach it.
        self.place = Path(tempfile.mkdtemp(prefix="hfmint-wall-"))
        self.place.chmod(0o755)
        self.socket = self.place / "s"
        self.manifest = root / "policy/hfmint.json5"
        self.audit_log = root / "policy/audit.jsonl"
        self.deny = root / "policy/deny.jsonl"
        self._reserved = ReservedPort()
        self.port = self._reserved.number
        self.origin = f"http://{HOST}:{self.port}"
        self.stderr = root / "stderr"
        self.seen_by_clients = bytearray()
        self.trades_at_once = self.must_record = True
        self.whole = self.reader = ""
        self.changes: Json = changes
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        try:
            self._stack.enter_context(self.world)
            self._stack.callback(shutil.rmtree, self.place, ignore_errors=True)
            self._stack.enter_context(self._reserved)
            self._fill()
            self.write()
            self.start()
            self._stack.callback(self.stop)
            if self.server:
                self._open_door()
            if self.trades_at_once:
                self.whole, self.reader = self.ticket("acme"), self.ticket("acme", ref="dev")
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _fill(self) -> None:
        hub = self.world.hub
        hub.caches_resolved = True
        self.world.git.lfs.echoes = False
        for resource in ("acme/model", "acme/other", "other/secret"):
            self.world.git.create(resource)
        hub.add_repo("acme/open", "public", {"open.txt": b"open\n"})
        self.reads = hub.accept("acme/none", "read", organization="acme").value
        self.writes = hub.accept("acme/none", "write", organization="acme").value
        policy = self.manifest.parent
        policy.mkdir(mode=0o700)
        app = hub.add_app("acme-ci", members=[MEMBER], scopes=["read-repos"])
        kept = {"reads": self.reads, "writes": self.writes, "client": app.client_secret}
        for name, value in kept.items():
            self.keep_secret(policy / name, value)
        (policy / "client-id").write_text("acme-ci\n")
        self.key = self.world.sentinels.issue("ticket-key", length=48)
        self.keep_secret(policy / "key", self.key)
        self.deny.write_text("")

    @staticmethod
    def keep_secret(path: Path, value: str) -> None:
        """Write a file that only its owner reads."""
        path.write_text(value)
        path.chmod(0o600)
        evidence.put_there(path)

    def write(self, *, roles: tuple[str, ...] = ("reader", "publisher"), **changes: object) -> None:
        """Write the manifest, with grants of these roles, and these members of `serve`."""
        self.changes |= changes
        text = policy(self.world.issuer.issuer, roles)
        text["serve"] = {
            "origin": self.origin,
            "socket": str(self.socket),
            "hosts": {HOST: {"kind": "hub", "upstream": self.world.hub.origin}},
            "deny": f"file:{self.deny}",
            **CREDENTIALS,
            **self.changes,
        }
        text["audit"] = {"file": str(self.audit_log), "required": self.must_record}
        self.write_text(json.dumps(text))

    def write_text(self, text: str) -> None:
        """Put a manifest in place, all at once."""
        new = self.manifest.with_suffix(".new")
        new.write_text(text)
        new.chmod(0o600)
        new.rename(self.manifest)

    def start(self, passed: socket.socket | None = None) -> None:
        """Start `hfmint serve run`, and wait until it answers at its socket, or at the passed one.

        A socket is passed as systemd does:
        https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html
        """
        command = [str(self.program), "serve", "run", "--manifest", str(self.manifest)]
        command += ["--state-dir", str(self.root / "state"), "--verbose"]
        (self.root / "state").mkdir(mode=0o700, exist_ok=True)
        if passed:
            command = [sys.executable, "-c", PASSING, str(passed.fileno()), *command]
        with self.stderr.open("ab") as stderr:
            self.process = subprocess.Popen(
                command,
                env=self.environment,
                cwd=self.root,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                pass_fds=[passed.fileno()] if passed else [],
            )
        self.wait_until(self.answers, "hfmint serve run does not answer")

    @property
    def environment(self) -> dict[str, str]:
        """All of the product's environment."""
        home = self.root / "home"
        home.mkdir(exist_ok=True)
        return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "HOME": str(home)}

    def answers(self) -> bool:
        """Whether hfmint answers at its socket."""
        assert self.process.poll() is None, self.stderr.read_text()
        with contextlib.suppress(OSError), FastCGIClient(self.socket) as client:
            return client.ask(decide("/healthz", route="health")).status == 200
        return False

    def stop(self) -> int:
        """End hfmint as systemd does; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait(30)

    def reload(self) -> None:
        """Have the manifest read again; returns when that has been done, well or badly."""
        before = self._reloads()
        self.process.send_signal(signal.SIGHUP)
        self.wait_until(lambda: self._reloads() > before, "the manifest is not reloaded")

    def _reloads(self) -> int:
        return self.stderr.read_text().count("reloaded")

    @staticmethod
    def wait_until(holds: Any, otherwise: str, seconds: float = 20) -> None:
        """Look again and again until it holds."""
        wait_for(otherwise, holds, seconds)

    def _open_door(self) -> None:
        words = ("serve", "config", "--for", str(self.server), "--listen", f"{HOST}:{self.port}")
        printed = product.run(
            [str(self.program), *words, "--manifest", str(self.manifest)],
            self.environment,
            self.root,
        )
        assert printed.status == 0, printed.stderr.decode()
        kind = kind_named(str(self.server))
        if not kind.rewrites_bodies:
            # Then clients do so themselves, which know the Hub by the name that all know.
            self.world.git.lfs.origin = CANONICAL
        door = kind(printed.stdout.decode(), self.root / "door", self.port)
        self.door = self._stack.enter_context(door)

    def id_token(self, *, header: Json | None = None, **claims: object) -> str:
        """An ID token of a job on `main`, for the front door, unless claims say otherwise."""
        usual = {"aud": self.origin, "ref": "main", "jti": str(uuid.uuid4())}
        return self.world.issuer.id_token(header, **(usual | claims))

    def exchange(self, id_token: str, **fields: str) -> Answer:
        """Ask the broker, as RFC 8693 says, through the web server if there is one."""
        form = urlencode(EXCHANGE | {"subject_token": id_token, "resource": "acme/model"} | fields)
        if self.server:
            content = {"Content-Type": FORM}
            answer = ask(
                self.origin, "/oauth/token", method="POST", headers=content, body=form.encode()
            )
            self.seen_by_clients += answer.body + str(answer.headers).encode()
            return answer
        return self.exchange_directly(form.encode())

    def exchange_directly(self, body: bytes, **parameters: str) -> Answer:
        """Ask the broker over FastCGI."""
        about = {"CONTENT_TYPE": FORM, "CONTENT_LENGTH": str(len(body))} | parameters
        pairs = decide("/oauth/token", method="POST", route="token", **about)
        with FastCGIClient(self.socket) as client:
            found = client.ask(pairs, body)
        self.seen_by_clients += found.raw
        return Answer(found.status, dict(found.headers), found.body)  # type: ignore[arg-type]

    def ticket(self, resource: str = "acme/model", **claims: object) -> str:
        """A ticket for a resource or a user's all, traded for a new ID token."""
        answer = self.exchange(self.id_token(**claims), resource=resource)
        assert answer.status == 200, answer.body
        ticket = str(answer.json["access_token"])
        assert ticket.startswith("hf_ticket_"), "the broker gave no ticket"
        return self.world.sentinels.record("ticket", ticket)

    @property
    def audit(self) -> list[Json]:
        """The audit log, as far as its lines are whole."""
        text = self.audit_log.read_bytes() if self.audit_log.exists() else b""
        return [json.loads(line) for line in text.split(b"\n")[:-1]]

    @property
    def logged(self) -> tuple[int, int, int]:
        """How much is in the logs of hfmint and of the web server."""
        door = len(self.door.logs) if self.server else 0
        return len(self.audit), self.stderr.stat().st_size, door

    def settled(self) -> tuple[int, int, int]:
        """The same, when all is there of what was asked before: a later request is in each log."""
        mark = uuid.uuid4().hex
        target = f"/api/models/acme/{mark}"
        if self.server:
            ask(self.origin, target)
            self.wait_until(lambda: mark in self.door.logs, "a request is not in the server's log")
        else:
            with FastCGIClient(self.socket) as client:
                client.ask(decide(target))
        self.wait_until(lambda: mark.encode() in self.audit_log.read_bytes(), "no record of it")
        return self.logged

    def upstream(self) -> list[Request]:
        """What the Hub was asked so far, but for hfmint's own questions."""
        return [r for r in self.world.requests("hub") if r.path != "/oauth/token"]

    @property
    def hub_tokens(self) -> list[str]:
        """What no client may ever see."""
        return [v for v, kind in self.world.sentinels.kinds.items() if kind == "token"]

    def leaks(self, data: bytes) -> list[str]:
        """The credentials of the Hub that are in there."""
        return [token for token in self.hub_tokens if token.encode() in data]

    def check_no_leak(self) -> None:
        """No token of the Hub, no ticket and no key is in a log or in what clients saw."""
        door = self.door.logs.encode() if self.server else b""
        kept = b"".join(p.read_bytes() for p in (self.root / "state").rglob("*") if p.is_file())
        audit = self.audit_log.read_bytes() if self.audit_log.exists() else b""
        logs = door + self.stderr.read_bytes() + audit + kept
        assert self.leaks(logs + bytes(self.seen_by_clients)) == []
        kinds = self.world.sentinels.kinds
        ours = ("ticket", "id-token", "ticket-key", "client-secret")
        others = [value for value, kind in kinds.items() if kind in ours]
        assert [secret for secret in others if secret.encode() in logs] == []
