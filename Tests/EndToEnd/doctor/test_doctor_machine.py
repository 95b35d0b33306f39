"""What doctor finds on the machine itself, and that it leaves the machine as it was."""

from __future__ import annotations

import hashlib
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import product
from agreeing import assert_agreement
from mounts import mounting
from Sandbox.githubjob import GitHubJob
from Sandbox.world import World

Doctor = Callable[..., product.Result]


def snapshot(root: Path) -> dict[str, tuple[int, int, str]]:
    """Every file and folder below: mode, time of change, content."""
    return {
        str(path): (
            path.lstat().st_mode,
            path.lstat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in sorted(root.rglob("*"))
    }


@pytest.mark.parametrize("ref", ["refs/heads/main", "refs/tags/v1"])
def test_nothing_is_written_revoked_or_delivered(world: World, hfmint: Doctor, ref: str) -> None:
    """One exchange, and no other request that changes anything."""
    world.github.job = GitHubJob(ref=ref)
    world.publish("acme/model", claims={"branch": "main"})
    env = world.environment()
    before = snapshot(world.root)
    hfmint("doctor", "acme/model", "--suggest", env=env)
    assert snapshot(world.root) == before
    posts = [request.path for request in world.requests("hub") if request.method != "GET"]
    assert [path for path in posts if path not in ("/", "/oauth/token")] == []
    assert posts.count("/oauth/token") == 1
    assert not world.hub.mails


@pytest.mark.parametrize("is_there", [False, True])
def test_nothing_is_recorded(world: World, hfmint: Doctor, tmp_path: Path, is_there: bool) -> None:
    """Where every exchange is to be recorded: no log is made, and one that is there stays."""
    world.publish("acme/model")
    folder = tmp_path / "audited"
    folder.mkdir()
    (folder / "hfmint.json5").write_text(
        '{ version: 1, roles: { p: { access: "write", resources: ["acme/model"] } },'
        f' grants: [{{ role: "p", identity: {{ issuer: "{world.github.job.issuer}",'
        ' claims: { repository: "acme/training" } } }],'
        f' audit: {{ required: true, file: "{folder}/log/audit.jsonl" }} }}\n'
    )
    (folder / "log").mkdir(mode=0o700)
    env = {**world.environment(), "HFMINT_MANIFEST": str(folder / "hfmint.json5")}
    if is_there:
        assert hfmint("exchange", "acme/model", "--deliver", "token-file", env=env).status == 0
    before = snapshot(folder)
    result = hfmint("doctor", "acme/model", env=env)
    assert (result.status, b"good for" in result.stdout) == (0, True)
    assert snapshot(folder) == before
    assert (folder / "log/audit.jsonl").exists() == is_there


@pytest.mark.parametrize("answer", ["status=404", "status=200 body=<!doctype html>"])
def test_a_route_that_may_not_be_there_says_nothing(
    world: World, hfmint: Doctor, answer: str
) -> None:
    """The Hub documents no auth-check of kernels: no answer of another kind is taken for one."""
    world.publish("kernels/acme/fast")
    world.fault("hub", f"times=forever path=/api/kernels {answer}")
    result = hfmint("doctor", "kernels/acme/fast")
    rows = [line.split()[:2] for line in result.stdout.decode().splitlines()]
    assert ["[skip]", "access"] in rows


def test_the_exchange_is_a_fresh_one(world: World, hfmint: Doctor) -> None:
    """What `hfmint exchange` has kept is neither used nor touched."""
    world.publish("acme/model")
    assert hfmint("exchange", "acme/model", "--deliver", "token-file").status == 0
    before = snapshot(world.root / "github")
    assert hfmint("doctor", "acme/model").status == 0
    assert world.hub.exchanges("acme/model") == 2
    assert snapshot(world.root / "github") == before


def test_the_token_is_tried_at_its_own_hub_alone(world: World, hfmint: Doctor) -> None:
    """Read, then write; the ID token goes nowhere but to the token endpoint."""
    world.publish("acme/model", power="read")
    assert b"read only" in hfmint("doctor", "acme/model").stdout
    tried = [r.path for r in world.requests("hub") if r.bearer]
    assert tried == ["/api/models/acme/model/auth-check", "/api/models/acme/model/auth-check/write"]


def test_a_read_only_disk(world: World, tmp_path: Path) -> None:
    """It is named, with its reason, and a place that works is asked for."""
    program = product.needed()
    disk = tmp_path / "disk"
    disk.mkdir()
    command = [*mounting(f"mount -t tmpfs -o ro none {disk}", as_root=True), str(program)]
    result = product.run(
        [*command, "doctor", "--quiet", "--state-dir", f"{disk}/state"],
        world.environment(),
        tmp_path,
    )
    assert result.status == 3
    assert (
        result.stdout.decode()
        .splitlines()[0]
        .endswith(f"this job's tokens cannot be kept: not '{disk}': read-only file system")
    )
    assert b"next: name a directory that is yours alone (0700), on a disk" in result.stdout


def test_a_full_disk_below_the_step_files(world: World, tmp_path: Path) -> None:
    """Doctor says so, and no token is asked for that could not be handed on."""
    program = product.needed()
    world.publish("acme/model")
    disk = tmp_path / "disk"
    disk.mkdir()
    fill = f"head -c 4096 /dev/zero >{disk}/filler\n: >{disk}/env"
    script = f"mount -t tmpfs -o size=4k none {disk}\n{fill}"
    environment = {**world.environment(), "GITHUB_ENV": f"{disk}/env"}
    command = [*mounting(script, as_root=True), str(program)]
    doctor = product.run([*command, "doctor", "acme/model", "--json"], environment, tmp_path)
    asked = len(world.requests("hub"))
    exchange = product.run([*command, "exchange", "acme/model"], environment, tmp_path)
    assert_agreement(doctor, exchange)
    assert exchange.status == 5
    assert b"no space left on device" in exchange.stderr
    assert len(world.requests("hub")) == asked


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-signed one for 127.0.0.1, and its key."""
    key, cert = folder / f"{name}.key", folder / f"{name}.pem"
    subject = ["-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject]
    subprocess.run([*command, "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


@pytest.fixture
def tls_hub(world: World, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A TLS front for the Hub: its origin, and its certificate."""
    cert, key = certificate(tmp_path, "hub")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    listener = socket.create_server(("127.0.0.1", 0))
    backend = world.hub.origin.removeprefix("http://").split(":")

    def serve() -> None:
        while True:
            try:
                peer, _ = listener.accept()
                with context.wrap_socket(peer, server_side=True) as client:
                    answer(client, (backend[0], int(backend[1])))
            except (ssl.SSLError, ConnectionError):
                continue
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    yield f"https://127.0.0.1:{listener.getsockname()[1]}", cert
    listener.close()


def answer(client: ssl.SSLSocket, backend: tuple[str, int]) -> None:
    """Pass one request on, and what comes back."""
    request = client.recv(64 << 10).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)
    if not request:
        return  # GnuTLS refuses a certificate after the handshake.
    with socket.create_connection(backend) as server:
        server.sendall(request)
        while data := server.recv(64 << 10):
            client.sendall(data)


def test_a_certificate_of_an_unknown_authority(
    hfmint: Doctor, world: World, tls_hub: tuple[str, Path], tmp_path: Path
) -> None:
    """The cause is named, and the variable that fixes it; with it, all is well."""
    origin, cert = tls_hub
    env = world.environment() | {"HF_ENDPOINT": origin}
    if not any(Path("/etc/ssl/certs").iterdir()):
        pytest.skip("this machine has no certificates")
    wrong = certificate(tmp_path, "other")[0]
    for variables in ({}, {"SSL_CERT_FILE": str(wrong)}):
        result = hfmint("doctor", "acme/model", "--quiet", env=env | variables)
        assert result.status == 3
        first, second = result.stdout.decode().splitlines()
        assert first.startswith("[fail] hub")
        assert "127.0.0.1 is not trusted: its certificate is" in first
        assert "point SSL_CERT_FILE at its certificate" in second
    result = hfmint("doctor", "--quiet", env=env | {"SSL_CERT_FILE": str(cert)})
    assert (result.status, result.stdout) == (0, b"")


def test_a_token_endpoint_that_hangs_leaves_the_hub_its_time(world: World, hfmint: Doctor) -> None:
    """The line that fails is the one that is broken."""
    world.fault("github", "delay=5 times=forever")
    start = time.monotonic()
    result = hfmint("doctor", "acme/model", "--quiet", "--deadline", "2")
    assert time.monotonic() - start < 5
    lines = result.stdout.decode().splitlines()
    assert [line for line in lines if line.startswith("[")] == lines[:1]
    assert lines[0].startswith("[fail] id-token")


def test_without_git_its_checks_are_skipped(world: World, hfmint: Doctor, tmp_path: Path) -> None:
    """Its checks are skipped."""
    folder = tmp_path / "path"
    folder.mkdir()
    (folder / "sh").symlink_to(shutil.which("sh") or "/bin/sh")
    result = hfmint("doctor", env=world.environment() | {"PATH": str(folder)})
    assert result.stdout.count(b"there is no git here") == 3
    assert b"no git\n" in result.stdout
    assert result.status == 0
