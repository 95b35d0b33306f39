"""Bitrise. https://github.com/bitrise-steplib/bitrise-step-get-identity-token"""

from __future__ import annotations

from typing import ClassVar

from .endpoint import EndpointProvider
from .provider import HUB
from .wire import Request, Response, json_response


class Bitrise(EndpointProvider):
    """Bitrise: one secret under two names, and the audience in the body.

    https://github.com/bitrise-steplib/bitrise-step-get-identity-token
    """

    name = "bitrise"
    issuer_url = "https://token.builds.bitrise.io"
    marks = ("BITRISE_IO",)
    permission = ("BITRISE_BUILD_URL", "BITRISE_BUILD_API_TOKEN")
    method = "POST"
    path = "/build/0f1e/id_token.json"
    member = "id_token"
    prefix = ""
    claims: ClassVar[dict[str, object]] = {"sub": "repo:acme/training"}

    def environment(self) -> dict[str, str]:
        """A build's variables."""
        return {
            "BITRISE_IO": "true",
            "BITRISE_BUILD_SLUG": "0f1e",
            "BITRISE_BUILD_URL": self.url.removesuffix("/id_token.json"),
            "BITRISE_BUILD_API_TOKEN": self.token,
        }

    def answer(self, request: Request) -> Response:
        """Both headers, or nothing."""
        names = ("Authorization", "BUILD_API_TOKEN")
        if [request.header(name) for name in names] != [self.token] * 2:
            return json_response(401, {"error_msg": "Unauthorized"})
        body = request.json()
        assert isinstance(body, dict)
        token = self.mint(str(body["aud"]))
        return json_response(200, {"id_token": token, "token_type": "Bearer", "expires_in": 300})

    def check(self, asked: int) -> None:
        """The body has both members, as Bitrise's own step sends them."""
        assert self.server
        bodies = [request.json() for request in self.server.requests]
        assert bodies == [{"aud": HUB, "sub": ""}] * asked, bodies
