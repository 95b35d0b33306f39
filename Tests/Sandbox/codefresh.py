"""Codefresh. https://codefresh.io/docs/docs/integrations/oidc-pipelines/"""

from __future__ import annotations

from typing import ClassVar

from .endpoint import EndpointProvider


class Codefresh(EndpointProvider):
    """Codefresh: no `Bearer`. https://codefresh.io/docs/docs/integrations/oidc-pipelines/"""

    name = "codefresh"
    issuer_url = "https://oidc.codefresh.io"
    marks = ("CF_BUILD_ID",)
    permission = ("CF_OIDC_REQUEST_URL", "CF_OIDC_REQUEST_TOKEN")
    path = "/api/runtime/oidc/id-token"
    member = "id_token"
    prefix = ""
    claims: ClassVar[dict[str, object]] = {"sub": "account:acme:pipeline:acme/training"}

    def environment(self) -> dict[str, str]:
        """A step's variables."""
        return {
            "CF_BUILD_ID": "65f0",
            "CF_OIDC_REQUEST_URL": self.url,
            "CF_OIDC_REQUEST_TOKEN": self.token,
        }
