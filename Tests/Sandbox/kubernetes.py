"""A Kubernetes pod: a projected token that the kubelet swaps, and the API server's TokenRequest.

https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken ·
https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
"""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import time
import uuid
from pathlib import Path
from typing import ClassVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from . import ownroot
from .provider import HUB, Provider
from .sentinel import Sentinels
from .server import Server
from .wire import Request, Response, json_response

ACCOUNT = "/api/v1/namespaces/ml/serviceaccounts/publisher"
MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
PROJECTED = "/var/run/secrets/huggingface.co"
CLAIMS: dict[str, object] = {
    "sub": "system:serviceaccount:ml:publisher",
    "kubernetes.io": {"namespace": "ml", "serviceaccount": {"name": "publisher"}},
}


class Pod(Provider):
    """A pod with a projected volume for the Hub; its tokens' `aud` is an array."""

    name = "kubernetes"
    issuer_url = "https://oidc.eks.eu-central-1.amazonaws.com/id/ABC"
    marks = ("KUBERNETES_SERVICE_HOST",)
    holds_secrets = ("volume",)
    claims: ClassVar[dict[str, object]] = CLAIMS

    def __init__(self, secrets: Sentinels, root: Path) -> None:
        super().__init__(secrets, root)
        self.volume = root / "volume"
        self.volume.mkdir()
        self.rotate()

    def rotate(self, text: str | None = None) -> None:
        """Swap the token as the kubelet does: a new folder, and a symlink renamed over the old."""
        token = text or self.issuer.id_token([HUB], time.time())
        fresh = self.volume / f"..{uuid.uuid4()}"
        fresh.mkdir()
        (fresh / "token").write_text(token)
        link = self.volume / "..data_tmp"
        link.symlink_to(fresh.name)
        link.rename(self.volume / "..data")
        if not (self.volume / "token").is_symlink():
            (self.volume / "token").symlink_to("..data/token")

    def environment(self) -> dict[str, str]:
        """What every pod has, and nothing about the token."""
        return {"KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443"}

    def command(self, command: list[str]) -> list[str]:
        """With the volume where hfmint looks for it."""
        return ownroot.command({PROJECTED: self.volume}, self.root / "root", command)

    def refuse(self) -> None:
        """A volume whose token is for the API server."""
        self.rotate(self.issuer.id_token(["https://kubernetes.default.svc"], time.time()))

    def babble(self) -> None:
        """A file that holds something else."""
        self.rotate("not-a-jwt")


class TokenRequest(Provider):
    """A pod whose account may make tokens of itself, by TLS with the cluster's own authority."""

    name = "kubernetes-token-request"
    holds_secrets = ("mount",)
    issuer_url = "https://container.googleapis.com/v1/projects/acme/locations/eu/clusters/ml"
    marks = ()
    claims: ClassVar[dict[str, object]] = CLAIMS

    def __init__(self, secrets: Sentinels, root: Path, address: str = "127.0.0.1") -> None:
        super().__init__(secrets, root)
        self.mount = root / "mount"
        self.mount.mkdir()
        key, certificate = _certificate(address)
        (self.mount / "ca.crt").write_bytes(certificate)
        (root / "server.pem").write_bytes(key + certificate)
        self.own_token = self.issuer.id_token(["https://kubernetes.default.svc"], time.time())
        (self.mount / "token").write_text(self.own_token)
        self.server = _TLSServer(root / "server.pem", address)
        self.server.route("POST", f"{ACCOUNT}/token", self._token)
        self.server.start()

    def environment(self) -> dict[str, str]:
        """Where the API server is."""
        assert self.server
        host, _, port = self.server.origin.removeprefix("http://").rpartition(":")
        return {"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT_HTTPS": port}

    def command(self, command: list[str]) -> list[str]:
        """With the mount that every pod has."""
        return ownroot.command({MOUNT: self.mount}, self.root / "root", command)

    def _token(self, request: Request) -> Response:
        if request.bearer != self.own_token:
            return json_response(401, {"kind": "Status", "code": 401})
        body = request.json()
        assert isinstance(body, dict)
        token = self.issuer.id_token(body["spec"]["audiences"], time.time())
        status = {"token": token, "expirationTimestamp": "2026-11-21T03:04:05Z"}
        return json_response(
            201, {"kind": "TokenRequest", "metadata": {}, **body, "status": status}
        )

    def check(self, asked: int) -> None:
        """The audience in a list, and ten minutes, the least that the API gives."""
        assert self.server
        expected = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": {"audiences": [HUB], "expirationSeconds": 600},
        }
        assert [request.json() for request in self.server.requests] == [expected] * asked


class _TLSServer(Server):
    def __init__(self, pem: Path, address: str) -> None:
        super().__init__()
        if ":" in address:
            self._listener.close()
            self._listener = socket.create_server((address, 0), family=socket.AF_INET6)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        self._listener = context.wrap_socket(self._listener, server_side=True)


def _certificate(address: str) -> tuple[bytes, bytes]:
    """A key, and a certificate for this address that is its own authority; both PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kubernetes")])
    now = datetime.datetime.now(datetime.UTC)
    alternative = x509.IPAddress(ipaddress.ip_address(address))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private, certificate.public_bytes(pem)
