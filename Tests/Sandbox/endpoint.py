"""A CI system whose ID tokens come from one endpoint, which takes the audience in its query."""

from __future__ import annotations

import time
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote

from .provider import Provider
from .sentinel import Sentinels
from .server import Server
from .wire import Request, Response, json_response

QUOTED = "https%3A%2F%2Fhuggingface.co"


class EndpointProvider(Provider):
    """A provider with one endpoint: `method`, `path` and `query` before the audience."""

    method: ClassVar[str] = "GET"
    path: ClassVar[str]
    query: ClassVar[str] = ""
    member: ClassVar[str]
    prefix: ClassVar[str] = "Bearer "

    def __init__(self, secrets: Sentinels, root: Path) -> None:
        super().__init__(secrets, root)
        self.token = secrets.issue("runner-token", "job_")
        self.server = Server()
        self.server.route(self.method, self.path, self.answer)
        self.server.start()

    @property
    def url(self) -> str:
        """What the job is told."""
        assert self.server
        return self.server.origin + self.path + (f"?{self.query}" if self.query else "")

    def answer(self, request: Request) -> Response:
        """An ID token for the audience that was asked for."""
        if request.header("Authorization") != self.prefix + self.token:
            return json_response(401, {"error": "unauthorized"})
        audience = dict(pair.split("=", 1) for pair in request.query.split("&"))["audience"]
        return json_response(200, {self.member: self.mint(unquote(audience))})

    def mint(self, audience: str) -> str:
        """A new ID token."""
        return self.issuer.id_token(audience, time.time())

    def check(self, asked: int) -> None:
        """The query is what it was, and the audience after it."""
        assert self.server
        wanted = "&".join(filter(None, [self.query, f"audience={QUOTED}"]))
        targets = [request.target for request in self.server.requests]
        assert targets == [f"{self.path}?{wanted}"] * asked, targets
