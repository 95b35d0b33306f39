"""Real servers in front of a world's Hub: Caddy, an authority by itself, and HAProxy, which has
pages, limits and a compression of its own.

https://caddyserver.com/docs/json/ · https://docs.haproxy.org/2.6/configuration.html
"""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path
from typing import Any

from peers import Peer
from tls import Behind, Certificate

SBIN = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/sbin"
HAPROXY = shutil.which("haproxy", path=SBIN)
CADDY = shutil.which("caddy", path=SBIN)


class Caddy(Peer):
    """A reverse proxy for `localhost`, by a certificate of the authority that it made for itself.

    Between the two stands an intermediate, and the certificate has no subject.
    """

    def __init__(self, upstream: str, folder: Path, *handlers: dict[str, Any]) -> None:
        assert CADDY, "caddy is not installed"
        folder.mkdir(parents=True)
        kept = folder / "kept"
        self.authority = kept / "pki/authorities/local/root.crt"
        proxy = {
            "handler": "reverse_proxy",
            "upstreams": [{"dial": upstream.removeprefix("http://")}],
        }
        server = {
            "listen": ["127.0.0.1:0"],
            "protocols": ["h1", "h2"],
            "automatic_https": {"disable_redirects": True},
            "tls_connection_policies": [{}],
            "routes": [{"match": [{"host": ["localhost"]}], "handle": [*handlers, proxy]}],
        }
        internal = {"subjects": ["localhost"], "issuers": [{"module": "internal"}]}
        apps = {
            "pki": {"certificate_authorities": {"local": {"install_trust": False}}},
            "tls": {"automation": {"policies": [internal]}},
            "http": {"servers": {"front": server}},
        }
        settings = {
            "admin": {"disabled": True, "config": {"persist": False}},
            "storage": {"module": "file_system", "root": str(kept)},
            "apps": apps,
        }
        written = folder / "caddy.json"
        written.write_text(json.dumps(settings))
        super().__init__(
            [CADDY, "run", "--config", str(written)],
            {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)},
            "certificate obtained successfully",
        )
        (port,) = self.ports()
        self.origin = f"https://localhost:{port}"


CONFIGURATION = """
global
    maxconn 64
    ssl-default-bind-options ssl-min-ver TLSv1.2
defaults
    mode {mode}
    retries 0
    timeout connect 5s
    timeout client 20s
    timeout server 20s
frontend front
    bind fd@{number} ssl crt {pem} {bind}
    {rules}
    default_backend back
backend back
    server one {upstream}
"""


class HAProxy(Behind):
    """It speaks TLS by one certificate, and HTTP/2 to those who want to."""

    end = signal.SIGUSR1

    def __init__(
        self, upstream: str, certificate: Certificate, folder: Path, *rules: str, tcp: bool = False
    ) -> None:
        assert HAPROXY, "haproxy is not installed"
        super().__init__(folder)
        self._pem = folder / "both.pem"
        self._pem.write_bytes(certificate.file.read_bytes() + certificate.key.read_bytes())
        self._rules = rules
        self._upstream = upstream.removeprefix("http://")
        self._tcp = tcp

    def command(self, number: int) -> tuple[list[str], dict[str, str]]:
        """It inherits the socket by its number."""
        settings = self.folder / "haproxy.cfg"
        settings.write_text(
            CONFIGURATION.format(
                number=number,
                mode="tcp" if self._tcp else "http",
                pem=self._pem,
                bind="" if self._tcp else "alpn h2,http/1.1",
                rules="\n    ".join(self._rules),
                upstream=self._upstream,
            )
        )
        return [str(HAPROXY), "-db", "-f", str(settings)], {}
