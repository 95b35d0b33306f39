"""The Hub's own secrets: no API, a button on a page, and the old secret dies when it is pressed.

https://huggingface.co/docs/hub/oauth
"""

from __future__ import annotations

from .provider import Provider


class HubApplication(Provider):
    """An OAuth application of the Hub, and the endpoint at which its client logs in."""

    token_path = "/oauth/token"
    bad_client = (401, "invalid_client", "Invalid client")

    def new_value(self) -> str:
        """As the Hub's are."""
        return self.secrets.issue("client-secret", "oauth_app_secret_")

    def press_refresh(self, client_id: str = "client") -> str:
        """What a person does on the page; the new secret is shown once."""
        with self.lock:
            client = self.clients[client_id]
            for stored in list(client.secrets):
                self.bury(client, stored)
            return self.store(client).value
