"""The binary on an older C library, with that system's libcurl.

`Scripts/check-images` tries whole images.
"""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

import libraries
import product
from Sandbox.world import World
from wheels import good

SYSROOT = product.CHECKOUT / ".build/sysroot"


@pytest.mark.parametrize("name", ["debian-11-openssl", "debian-11-gnutls"])
def test_debian_11(world: World, tmp_path: Path, name: str) -> None:
    """An exchange, with the loader and the C library of Debian 11, glibc 2.31."""
    loader = next(SYSROOT.glob("lib*/ld-linux-*"))
    (of_libc,) = (path.parent for path in SYSROOT.glob("lib/*/libc.so.6"))
    path = f"{of_libc}:{libraries.Libraries(name).folder}"
    start = shlex.join([str(loader), "--library-path", path, str(product.needed())])
    program = tmp_path / "hfmint"
    program.write_text(f'#!/bin/sh\nexec {start} "$@"\n')
    program.chmod(0o755)
    world.publish("acme/model")
    env = world.environment()
    assert "2.31" in good(
        [str(loader), "--library-path", path, str(of_libc / "libc.so.6")], env, tmp_path
    )
    exchange = f'set -eu; eval "$({program} exchange acme/model)"; echo "$HF_TOKEN_PATH"'
    token = Path(good(["sh", "-c", exchange], env, tmp_path))
    assert world.hub.token(token.read_text())
