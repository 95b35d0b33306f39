"""Secrets that can be found again: each carries the marker, and each is written down.

With HFMINT_SENTINELS=FILE every secret is also appended to FILE, one a line, so that a search at
the end of a whole test run can prove where none of them went. A JWT cannot hold the marker in
clear (its parts are base64url), so look for the whole value too.
"""

from __future__ import annotations

import os
import secrets
import string
import threading

MARKER = "SENTINEL"
_ALPHABET = string.ascii_letters + string.digits


def random_text(length: int) -> str:
    """Letters and digits that no one can guess."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


class Sentinels:
    """Every secret that one world has issued, by what it is."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}
        self._lock = threading.Lock()

    @property
    def values(self) -> set[str]:
        """All of them."""
        with self._lock:
            return set(self._kinds)

    @property
    def kinds(self) -> dict[str, str]:
        """Value to kind: `token`, `id-token`, `runner-token`, `job-token`, `client-secret`."""
        with self._lock:
            return dict(self._kinds)

    def issue(self, kind: str, prefix: str = "", length: int = 32) -> str:
        """A new secret: the prefix, the marker, and random text."""
        return self.record(kind, f"{prefix}{MARKER}{random_text(length)}")

    def record(self, kind: str, value: str) -> str:
        """Write down a secret that was made elsewhere; returns it."""
        with self._lock:
            if value in self._kinds:
                return value
            self._kinds[value] = kind
        if path := os.environ.get("HFMINT_SENTINELS"):
            _append(path, value)
        return value


def _append(path: str, value: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, f"{value}\n".encode())
    finally:
        os.close(descriptor)
