"""Two servers that check a JWT themselves, before the same Hub: HAProxy, and Apache.

Each checks the signature, the issuer, the project and the end of the token's life, and puts the
Hub's credential in its place. Neither has one policy for many, records what it lets pass, or gets
credentials.

https://docs.haproxy.org/2.6/configuration.html#7.3.1-jwt_verify ·
https://github.com/OpenIDC/mod_auth_openidc/blob/v2.4.12.3/auth_openidc.conf
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from servers import free_port, listens, running

from Sandbox.keys import base64url

ISSUER = "https://issuer.example"
PROJECT = "acme/training"
MODULES = Path("/usr/lib/apache2/modules")

HAPROXY = """
global
    maxconn 1000
defaults
    mode http
    timeout connect 5s
    timeout client 20s
    timeout server 20s
frontend front
    bind 127.0.0.1:{port}
    http-request set-var(txn.token) http_auth_bearer
    http-request deny unless {{ var(txn.token),jwt_header_query('$.alg') -m str HS256 }}
    http-request deny unless {{ var(txn.token),jwt_payload_query('$.iss') -m str {issuer} }}
    http-request set-var(txn.path) var(txn.token),jwt_payload_query('$.project_path')
    http-request deny unless {{ var(txn.path) -m str {project} }}
    http-request deny unless {{ path_beg /acme/model/ }}
    http-request set-var(txn.exp) var(txn.token),jwt_payload_query('$.exp','int')
    http-request set-var(txn.now) date()
    http-request deny if {{ var(txn.exp),sub(txn.now) -m int lt 0 }}
    http-request deny unless {{ var(txn.token),jwt_verify("HS256","{key}") -m int 1 }}
    http-request set-header Authorization "Bearer {hub_token}"
    default_backend back
backend back
    server hub 127.0.0.1:{upstream}
"""

APACHE = """
ServerRoot {folder}
ServerName hub.acme.example
PidFile apache.pid
DefaultRuntimeDir {folder}
Mutex file:{folder} default
{user}
{modules}
ErrorLog {folder}/error.log
LogLevel error
Listen 127.0.0.1:{port}
KeepAlive On
MaxKeepAliveRequests 0
OIDCOAuthVerifySharedKeys "plain##{key}"
OIDCOAuthRemoteUserClaim sub
<Location "/">
    Require all denied
</Location>
<Location "/acme/model/">
    AuthType oauth20
    <RequireAll>
        Require claim iss:{issuer}
        Require claim project_path:{project}
    </RequireAll>
    RequestHeader set Authorization "Bearer {hub_token}"
    ProxyPass http://127.0.0.1:{upstream}/acme/model/
</Location>
"""


@dataclass(frozen=True)
class Door:
    """Where it listens, and what it lets pass."""

    name: str
    port: int
    token: str


def signed(key: str) -> str:
    """A JWT of an hour, by HMAC-SHA256, as hfmint's tickets are."""
    now = int(time.time())
    claims = {"iss": ISSUER, "sub": f"project:{PROJECT}:ref:main", "project_path": PROJECT}
    parts = ({"alg": "HS256", "typ": "JWT"}, claims | {"iat": now, "exp": now + 3600})
    text = ".".join(base64url(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    return f"{text}.{base64url(hmac.digest(key.encode(), text.encode(), hashlib.sha256))}"


@contextlib.contextmanager
def haproxy(folder: Path, upstream: int, hub_token: str) -> Iterator[Door]:
    """HAProxy's own `jwt_verify`, with a key in its configuration."""
    folder.mkdir()
    key, port = secrets.token_hex(16), free_port()
    path = folder / "haproxy.cfg"
    path.write_text(
        HAPROXY.format(
            port=port,
            key=key,
            issuer=ISSUER,
            project=PROJECT,
            hub_token=hub_token,
            upstream=upstream,
        )
    )
    with running(["haproxy", "-db", "-f", path], folder / "log", lambda: listens(port)):
        yield Door("HAProxy, `jwt_verify`", port, signed(key))


@contextlib.contextmanager
def apache(folder: Path, upstream: int, hub_token: str) -> Iterator[Door]:
    """mod_auth_openidc as an OAuth 2.0 resource server, with a shared key."""
    folder.mkdir()
    key, port = secrets.token_hex(16), free_port()
    names = ["mpm_event", "authn_core", "authz_core", "authz_user", "auth_openidc", "headers"]
    names += ["proxy", "proxy_http"]
    modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in names)
    path = folder / "apache.conf"
    path.write_text(
        APACHE.format(
            folder=folder,
            user="User www-data\nGroup www-data" if os.geteuid() == 0 else "",
            modules=modules,
            port=port,
            key=key,
            issuer=ISSUER,
            project=PROJECT,
            hub_token=hub_token,
            upstream=upstream,
        )
    )
    words: list[str | Path] = ["apache2", "-f", path, "-DFOREGROUND"]
    with running(words, folder / "log", lambda: listens(port)):
        yield Door("Apache, `mod_auth_openidc`", port, signed(key))
