"""A client for the stand-ins of sinks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from client import Answer, ask
from Sandbox.sentinel import Sentinels
from Sandbox.server import Server

SinkT = TypeVar("SinkT", bound=Server)


@contextmanager
def running(kind: Callable[[Sentinels], SinkT]) -> Iterator[SinkT]:
    """A place that a rotation delivers to, for a while; it must not meet a bug of its own."""
    with kind(Sentinels()) as server:
        yield server
    assert server.errors == []


def send(server: Server, method: str, target: str, value: object = None, **headers: str) -> Answer:
    """One request with JSON, and a user agent as every client has."""
    names = {"User-Agent": "test", "Content-Type": "application/json"}
    names |= {name.replace("_", "-"): value for name, value in headers.items()}
    body = None if value is None else json.dumps(value).encode()
    return ask(server.origin, target, method=method, headers=names, body=body)


def bearer(token: str) -> dict[str, str]:
    """The header of a bearer token."""
    return {"Authorization": f"Bearer {token}"}
