"""Certificates made for one test, and nginx in front of the sandbox that shows them.

https://nginx.org/en/docs/http/ngx_http_ssl_module.html
"""

from __future__ import annotations

import datetime
import ipaddress
import re
import shutil
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from Sandbox.world import World

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/sbin")

CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ }}
http {{
    log_format connections "$connection $request_method $uri";
    access_log {folder}/access.log connections;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    merge_slashes off;
    server {{
        listen {address}:{port} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        {protocols}
        location /oauth {{ proxy_pass {hub}; }}
        location /api {{ proxy_pass {hub}; }}
        location = / {{ proxy_pass {hub}; }}
        location / {{ proxy_pass {github}; }}
    }}
}}
"""
TLS = "ssl_protocols TLSv1.2 TLSv1.3;"
OLD_TLS = "ssl_protocols TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;"
# Where only a proxy leads.
HUB = "https://hub.test.example"
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key, in two PEM files."""

    file: Path
    key: Path


class Authority:
    """A certificate authority of a test's own, all on P-256."""

    def __init__(self, folder: Path, name: str = "Test CA") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(name)
        self.file = folder / "ca.pem"
        unsigned = _unsigned(self._name, self._name, self._key)
        usage = x509.BasicConstraints(ca=True, path_length=None)
        signed = unsigned.add_extension(usage, critical=True).sign(self._key, SHA256())
        self.file.write_bytes(signed.public_bytes(Encoding.PEM))

    def issue(self, host: str, days: tuple[int, int] = (-1, 1)) -> Certificate:
        """For a host name or an address, valid between these days from now."""
        return self._write(host, self._name, self._key, days)

    def self_signed(self, host: str) -> Certificate:
        """One that no authority signed."""
        return self._write(host, None, None, (-1, 1))

    def directory(self) -> Path:
        """A directory with the authority in it, by the hash of its name."""
        folder = self._folder / "hashed"
        folder.mkdir()
        shutil.copy(self.file, folder)
        subprocess.run(["openssl", "rehash", folder], check=True, capture_output=True)
        return folder

    def _write(
        self,
        host: str,
        issuer: x509.Name | None,
        signer: ec.EllipticCurvePrivateKey | None,
        days: tuple[int, int],
    ) -> Certificate:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(host)
        unsigned = _unsigned(subject, issuer or subject, key, days)
        names = x509.SubjectAlternativeName([_alternative(host)])
        signed = unsigned.add_extension(names, critical=False).sign(signer or key, SHA256())
        made = Certificate(self._folder / f"{host}.pem", self._folder / f"{host}.key")
        made.file.write_bytes(signed.public_bytes(Encoding.PEM))
        form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        made.key.write_bytes(key.private_bytes(*form))
        return made


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _unsigned(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    days: tuple[int, int] = (-1, 1),
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return x509.CertificateBuilder(
        issuer_name=issuer,
        subject_name=subject,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now + days[0] * DAY,
        not_valid_after=now + days[1] * DAY,
    )


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


class Behind:
    """A server that shows one certificate on a socket of ours, and ends by a signal.

    The socket is bound already, so no port is guessed and nothing waits for it.
    """

    end = signal.SIGQUIT

    def __init__(self, folder: Path, address: str = "127.0.0.1", host: str = "localhost") -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.host = host
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._listener = socket.create_server((address, 0), family=family, backlog=128)
        self.port: int = self._listener.getsockname()[1]

    def command(self, number: int) -> tuple[list[str], dict[str, str]]:
        """What serves on the descriptor of that number, and its environment."""
        raise NotImplementedError

    @property
    def origin(self) -> str:
        """By a name or an address that leads here."""
        return f"https://{self.host}:{self.port}"

    def __enter__(self) -> Self:
        number = self._listener.fileno()
        words, env = self.command(number)
        with (self.folder / "said").open("wb") as said:
            self._process = subprocess.Popen(
                words, env=env, pass_fds=[number], stdout=said, stderr=subprocess.STDOUT
            )
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Let it finish and write its log."""
        self._listener.close()
        if self._process.poll() is None:
            self._process.send_signal(self.end)
        # One that has hardly started has no handler for the signal yet.
        assert self._process.wait(20) in (0, -self.end), self.said

    @property
    def said(self) -> str:
        """What it complained of."""
        files = (self.folder / "said", self.folder / "error.log")
        return "".join(file.read_text() for file in files if file.exists())


class Front(Behind):
    """nginx with one certificate, in front of a world's Hub and GitHub."""

    def __init__(
        self,
        world: World,
        certificate: Certificate,
        folder: Path,
        protocols: str = TLS,
        address: str = "127.0.0.1",
        host: str = "localhost",
    ) -> None:
        assert NGINX, "nginx is not installed"
        super().__init__(folder, address, host)
        self._github = world.github.request_url
        (folder / "nginx.conf").write_text(
            CONFIGURATION.format(
                folder=folder,
                address=f"[{address}]" if ":" in address else address,
                port=self.port,
                certificate=certificate.file,
                key=certificate.key,
                protocols=protocols,
                hub=world.hub.origin,
                github=world.github.origin,
            )
        )

    def command(self, number: int) -> tuple[list[str], dict[str, str]]:
        """It inherits the socket by a variable."""
        files = ["-e", str(self.folder / "error.log"), "-c", str(self.folder / "nginx.conf")]
        return [str(NGINX), *files], {"NGINX": f"{number};"}

    @property
    def id_token_url(self) -> str:
        """The GitHub job's token endpoint, through this front."""
        url = urlsplit(self._github)
        return f"{self.origin}{url.path}?{url.query}"

    @property
    def requests(self) -> list[tuple[str, str]]:
        """Connection and request of each one so far; complete once it is stopped."""
        log = self.folder / "access.log"
        text = log.read_text() if log.exists() else ""
        return re.findall(r"(?m)^(\d+) (.*)$", text)
