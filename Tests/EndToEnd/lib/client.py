"""An HTTP client for tests of the sandbox itself: it sends what it is told, unchanged."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPMessage
from urllib.parse import urlsplit

EXCHANGE = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
}


@dataclass(frozen=True)
class Answer:
    """A status, headers, and a body."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        """The body as a JSON object."""
        value = json.loads(self.body)
        assert isinstance(value, dict)
        return value


def ask(
    origin: str,
    target: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    token: str | None = None,
) -> Answer:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=20)
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        connection.request(method, target, body, {**bearer, **(headers or {})})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def post(origin: str, target: str, value: object, **headers: str) -> Answer:
    """POST a value as JSON."""
    all_headers = {"Content-Type": "application/json"} | headers
    return ask(origin, target, method="POST", headers=all_headers, body=json.dumps(value).encode())


def exchange(origin: str, id_token: str, resource: str = "acme/model") -> Answer:
    """Exchange an ID token as the documents say."""
    fields = {**EXCHANGE, "subject_token": id_token, "resource": resource}
    return post(origin, "/oauth/token", fields)
