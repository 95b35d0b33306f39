"""Vela. https://go-vela.github.io/docs/reference/yaml/steps/#the-id_request-key"""

from __future__ import annotations

from typing import ClassVar

from .endpoint import EndpointProvider


class Vela(EndpointProvider):
    """Vela. https://go-vela.github.io/docs/reference/yaml/steps/#the-id_request-key"""

    name = "vela"
    issuer_url = "https://vela.acme.example/_services/token"
    marks = ("VELA",)
    permission = ("VELA_ID_TOKEN_REQUEST_URL", "VELA_ID_TOKEN_REQUEST_TOKEN")
    path = "/api/v1/repos/acme/training/builds/1/id_token"
    member = "value"
    claims: ClassVar[dict[str, object]] = {
        "sub": "repo:acme/training:ref:refs/heads/main:event:push"
    }

    def environment(self) -> dict[str, str]:
        """A step's variables."""
        return {
            "VELA": "true",
            "VELA_ID_TOKEN_REQUEST_URL": self.url,
            "VELA_ID_TOKEN_REQUEST_TOKEN": self.token,
        }
