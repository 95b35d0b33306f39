"""What `hfmint serve config` prints for a machine: with TLS, and with secrets of every kind."""

from __future__ import annotations

import json
from pathlib import Path

import product

NAMES = ("hub.acme.example", "router.acme.example")
SOCKET = "/run/hfmint/serve.sock"
CREDENTIALS = "/run/credentials/hfmint-serve.service"


def manifest_of(folder: Path, names: tuple[str, ...] = NAMES, **serve: object) -> Path:
    """A manifest whose first name is the origin's, and whose others are routers."""
    hosts = {name: {"kind": "router" if number else "hub"} for number, name in enumerate(names)}
    client = {"id": "env:CLIENT_ID", "secret": "file:/etc/hfmint/client"}
    settings = {
        "origin": f"https://{names[0]}",
        "socket": SOCKET,
        "hosts": hosts,
        "credentials": [
            {"resources": ["acme/*"], "right": "write", "token": f"file:{CREDENTIALS}/hub-write"},
            {
                "resources": ["acme/*"],
                "right": "read",
                "member": "ci@acme.example",
                "client": client,
            },
        ],
        "tickets": {"keys": [f"file:{CREDENTIALS}/key"]},
        **serve,
    }
    manifest = folder / "hfmint.json5"
    manifest.write_text(json.dumps({"version": 1, "serve": settings}))
    return manifest


def printed_for(door: str, folder: Path, names: tuple[str, ...] = NAMES, **serve: object) -> str:
    """For that manifest, without --listen."""
    words = ["serve", "config", "--for", door]
    words += ["--manifest", str(manifest_of(folder, names, **serve))]
    done = product.run([str(product.needed()), *words], {"PATH": "/usr/bin:/bin"}, folder)
    assert (done.status, done.stderr) == (0, b""), done
    return done.stdout.decode()
