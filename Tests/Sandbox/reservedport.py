"""A port for a server that the sandbox starts and does not write."""

from __future__ import annotations

import socket
from typing import Self


class ReservedPort:
    """A port of 127.0.0.1 that no other test gets, and that a server may listen at.

    The socket is bound and does not listen, so a server that sets SO_REUSEADDR, as all do, may
    bind it too. https://man7.org/linux/man-pages/man7/socket.7.html
    """

    def __init__(self) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._socket.bind(("127.0.0.1", 0))
        self.number: int = self._socket.getsockname()[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let others have it."""
        self._socket.close()
