"""libsodium's sealed boxes by ctypes: not the product's binding, nor the `cryptography` package.

https://doc.libsodium.org/public-key_cryptography/sealed_boxes
"""

from __future__ import annotations

import ctypes
import functools

SEAL = 48
KEY = 32


@functools.cache
def _library() -> ctypes.CDLL:
    library = ctypes.CDLL("libsodium.so.23")
    if library.sodium_init() < 0:
        raise RuntimeError("libsodium does not start")
    return library


class KeyPair:
    """A key pair of X25519; a new one unless its secret half is given."""

    def __init__(self, secret: bytes | None = None) -> None:
        public, private = ctypes.create_string_buffer(KEY), ctypes.create_string_buffer(KEY)
        if secret is None:
            _library().crypto_box_keypair(public, private)
            secret = private.raw
        else:
            _library().crypto_scalarmult_base(public, secret)
        self.public = public.raw
        self._secret = secret

    def open(self, box: bytes) -> bytes | None:
        """What was sealed to this pair; `None` where it was not, or was changed."""
        if len(box) < SEAL:
            return None
        message = ctypes.create_string_buffer(max(1, len(box) - SEAL))
        size = ctypes.c_ulonglong(len(box))
        if _library().crypto_box_seal_open(message, box, size, self.public, self._secret) != 0:
            return None
        return message.raw[: len(box) - SEAL]
