"""Other builds of libcurl and libcrypto, with which hfmint must keep the same promises.

`Scripts/setup-libraries` lays them down.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

import product

FOLDER = product.CHECKOUT / ".build/libraries"
# GnuTLS does not tell this one apart.
OF_GNUTLS = {"is self-signed": "signed by an authority that is not trusted here"}


@dataclass(frozen=True)
class Libraries:
    """A folder of shared libraries that come before the system's, or none."""

    name: str = "system"

    @property
    def folder(self) -> Path:
        """Where they are, or no test."""
        folder = FOLDER / self.name
        if not folder.is_dir():
            pytest.skip(f"{folder} is not there: Scripts/setup-libraries")
        return folder

    @property
    def variables(self) -> dict[str, str]:
        """What has hfmint use them."""
        return {} if self == SYSTEM else {"LD_LIBRARY_PATH": str(self.folder)}

    @property
    def curl(self) -> str | None:
        """The program that belongs to this libcurl."""
        return shutil.which("curl", path=None if self == SYSTEM else str(self.folder))

    @property
    def is_gnutls(self) -> bool:
        """Whether TLS is GnuTLS's."""
        return "gnutls" in self.name

    @property
    def is_old(self) -> bool:
        """Whether it is libcurl 7.74, before much of what is newer."""
        return "debian-11" in self.name

    def words(self, reason: str) -> str:
        """What hfmint says where it says this with OpenSSL."""
        return OF_GNUTLS.get(reason, reason) if self.is_gnutls else reason


SYSTEM = Libraries()
WITH_CURL = [SYSTEM, Libraries("debian-11-openssl")]
USABLE = [
    *WITH_CURL,
    Libraries("debian-11-gnutls"),
    Libraries("debian-12-gnutls"),
]
REFUSED = [Libraries("debian-11-nss"), Libraries("debian-12-nss")]


def over(some: list[Libraries]) -> pytest.MarkDecorator:
    """For a test, or a module's `pytestmark`: with each of these."""
    return pytest.mark.parametrize("libraries", some, indirect=True, ids=lambda one: one.name)


each = over(USABLE)
