"""Callbacks and sealed boxes, believed by readers of other people's making."""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

import product

WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SHARED_KEY = "a-shared-key-of-32-bytes-or-more!"
# An issuer that makes a secret, and a log of nothing: all that a rotation needs to tell somebody.
ISSUER = """#!/usr/bin/env python3
import json, pathlib, sys
state = pathlib.Path(sys.argv[1])
ids = json.loads(state.read_text()) if state.exists() else {"old": None}
asked = json.load(sys.stdin)
match asked["operation"]:
    case "survey":
        answer = {"secrets": [{"id": i, "marker": m} if m else {"id": i} for i, m in ids.items()]}
    case "create":
        ids["new"] = asked["marker"]
        answer = {"id": "new", "value": "a-new-value-of-the-test"}
    case "deactivate":
        answer = {"deactivated": False}
    case "delete":
        ids.pop(asked["id"], None)
        answer = {}
    case "read":
        answer = {"value": None}
state.write_text(json.dumps(ids))
print(json.dumps(answer))
"""


class Listener:
    """Keeps every request."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.requests.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A receiver on loopback."""
    made = Listener()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def rotate(folder: Path, callback: dict[str, object], variables: dict[str, str]) -> None:
    """One whole rotation that tells the callback."""
    program = product.needed()
    issuer = folder / "issuer.py"
    issuer.write_text(ISSUER)
    issuer.chmod(0o700)
    sink = folder / "sink.sh"
    sink.write_text("#!/bin/sh\ncat >/dev/null\n")
    sink.chmod(0o700)
    manifest = folder / "hfmint.json5"
    rotation = {
        "issuer": {
            "kind": "command",
            "command": [str(issuer), str(folder / "state.json")],
            "client": "chat",
            "shape": "separate",
        },
        "overlap": "0s",
        "sinks": [{"kind": "command", "command": [str(sink)]}],
        "callbacks": [callback | {"allowPrivate": True}],
    }
    manifest.write_text(json.dumps({"version": 1, "rotations": {"chat": rotation}}))
    env = {"PATH": os.environ["PATH"], "HOME": str(folder)} | variables
    rest = ["--manifest", str(manifest), "--journal-dir", str(folder / "journal")]
    for command in (["init"], ["now", "chat"]):
        done = product.run([str(program), "rotate", *command, *rest], env, folder)
        assert done.status == 0, done.stderr.decode()


def test_standard_webhooks_own_library_believes_us(tmp_path: Path, listener: Listener) -> None:
    """PyPI's `standardwebhooks`: each event, and no changed one."""
    library = pytest.importorskip("standardwebhooks.webhooks")
    callback = {"url": listener.url, "secret": "env:HOOK"}
    rotate(tmp_path, callback, {"HOOK": WEBHOOK_SECRET})
    hook = library.Webhook(WEBHOOK_SECRET)
    kinds = [hook.verify(body, headers)["type"] for headers, body in listener.requests]
    assert kinds == [
        "rotation.started",
        "secret.created",
        "secret.delivered",
        "secret.revoking",
        "secret.revoked",
    ]
    for headers, body in listener.requests:
        with pytest.raises(library.WebhookVerificationError):
            hook.verify(body.replace(b"chat", b"chit"), headers)
        with pytest.raises(library.WebhookVerificationError):
            hook.verify(body, headers | {"webhook-timestamp": "1"})
        assert len(body) < 20_000
        assert "." not in headers["webhook-id"]


@pytest.mark.parametrize("algorithm", ["HS256", "RS256", "ES256"])
def test_pyjwt_believes_us(tmp_path: Path, listener: Listener, algorithm: str) -> None:
    """PyPI's `PyJWT` over `cryptography`, which share nothing with our libcrypto calls."""
    jwt = pytest.importorskip("jwt")
    callback: dict[str, object] = {
        "url": listener.url,
        "format": "caep",
        "algorithm": algorithm,
        "issuer": "https://hfmint.example/",
        "audience": "https://rp.example/caep",
        "subjectIssuer": "https://idp.example/",
        "client": "chat",
        "keyID": "k1",
    }
    if algorithm == "HS256":
        key: str | bytes = SHARED_KEY
        variables = {"KEY": SHARED_KEY}
        callback["secret"] = "env:KEY"
    else:
        private = (
            rsa.generate_private_key(65_537, 2_048)
            if algorithm == "RS256"
            else ec.generate_private_key(ec.SECP256R1())
        )
        pem = tmp_path / "key.pem"
        pem.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        pem.chmod(0o600)
        key = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        variables = {}
        callback["secret"] = f"file:{pem}"
    rotate(tmp_path, callback, variables)
    assert len(listener.requests) == 5
    for headers, body in listener.requests:
        assert headers["content-type"] == "application/secevent+jwt"
        token = jwt.decode_complete(
            body, key, algorithms=[algorithm], audience="https://rp.example/caep"
        )
        assert token["header"] == {"alg": algorithm, "typ": "secevent+jwt", "kid": "k1"}
        claims = token["payload"]
        # https://openid.net/specs/openid-sharedsignals-framework-1_0.html: neither of them.
        assert "sub" not in claims
        assert "exp" not in claims
        assert claims["sub_id"]["sub"] == "chat"
        ((kind, event),) = claims["events"].items()
        assert kind.endswith("/caep/event-type/credential-change")
        assert event["credential_type"] == "client_secret"
        assert event["change_type"] in {"create", "revoke", "update", "delete"}


@pytest.mark.parametrize(
    ("box", "text"),
    [
        ("NYBy1jZYgNGu6jKa35EhODhR7SGijjt16WXQ0s0WYlTo/I+jNfxZR47Gj6Cgu6FD", b""),
        (
            "NYBy1jZYgNGu6jKa35EhODhR7SGijjt16WXQ0s0WYlSUJ84Z0wUN1CZlV2uHIC3I7TmP+6i7QR65L5YT"
            "rmhRbUrG51slpDX9",
            b"hf_example_client_secret",
        ),
        (
            "NYBy1jZYgNGu6jKa35EhODhR7SGijjt16WXQ0s0WYlTxdK55tUPmRY2rNIkgSOPaxB6R35GbbS+UC4gx"
            "g0B1Qn/Y1X8HlxHI7Q/saydDzdJy+NF83FHaJBjTRNwJo95dS7YIUe7yMsYxrbtbOFni7MkVj1NccZo5"
            "+LH7XoB/CWwssRsESFIeRQaB0mmlHKJ4g7GD/g==",
            b"A" * 100,
        ),
    ],
)
def test_pynacl_opens_the_vectors(box: str, text: bytes) -> None:
    """Those that the sandbox's own opener is tested with, by PyPI's `PyNaCl`."""
    public = pytest.importorskip("nacl.public")
    key = public.PrivateKey(bytes(range(32)))
    assert public.SealedBox(key).decrypt(base64.b64decode(box)) == text
