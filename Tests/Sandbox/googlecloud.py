"""Google Cloud's metadata server, and the API that impersonates a service account.

https://cloud.google.com/compute/docs/instances/verifying-instance-identity ·
https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateIdToken
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qsl

from .provider import HUB, Provider
from .sentinel import Sentinels
from .server import Server
from .wire import Request, Response, json_response

ACCOUNT = "publisher@acme.iam.gserviceaccount.com"
DEFAULT = "/computeMetadata/v1/instance/service-accounts/default"
FLAVOR = (("Metadata-Flavor", "Google"), ("Content-Type", "text/html"))


class GoogleCloud(Provider):
    """A machine with a service account; its metadata server refuses what a browser could send."""

    name = "google-cloud"
    issuer_url = "https://accounts.google.com"
    marks = ("GCE_METADATA_HOST",)
    claims: ClassVar[dict[str, object]] = {"sub": "104017", "azp": "104017", "email": ACCOUNT}
    target: ClassVar[str] = f"{DEFAULT}/identity?audience=https%3A%2F%2Fhuggingface.co&format=full"

    def __init__(self, secrets: Sentinels, root: Path) -> None:
        super().__init__(secrets, root)
        self.access_token = secrets.issue("runner-token", "ya29.")
        self.server = Server()
        self.server.route("GET", f"{DEFAULT}/identity", self._identity)
        self.server.route("GET", f"{DEFAULT}/token", self._token)
        self.server.start()

    @property
    def host(self) -> str:
        """Where the metadata server is, as Google's libraries are told."""
        assert self.server
        return self.server.origin.removeprefix("http://")

    def environment(self) -> dict[str, str]:
        """What Google's own libraries read."""
        return {"GCE_METADATA_HOST": self.host}

    def _identity(self, request: Request) -> Response:
        if request.header("Metadata-Flavor") != "Google":
            return Response(403, b"Missing Metadata-Flavor:Google header.")
        query = dict(parse_qsl(request.query))
        if set(query) != {"audience", "format"}:
            return Response(400, b"non-empty audience parameter required")
        token = self.issuer.id_token(query["audience"], time.time())
        return Response(200, token.encode(), FLAVOR)

    def _token(self, request: Request) -> Response:
        if request.header("Metadata-Flavor") != "Google":
            return Response(403)
        answer = {"access_token": self.access_token, "expires_in": 3599, "token_type": "Bearer"}
        return json_response(200, answer)

    def refuse(self) -> None:
        """A machine without a service account."""
        self.fault("status=404 times=forever")

    def check(self, asked: int) -> None:
        """The full format, with the header."""
        assert self.server
        assert [request.target for request in self.server.requests] == [self.target] * asked


class CloudBuild(GoogleCloud):
    """Cloud Build: the metadata server has access tokens only."""

    marks = ("BUILDER_OUTPUT",)
    permission = ("GOOGLE_SERVICE_ACCOUNT_NAME",)

    def __init__(self, secrets: Sentinels, root: Path) -> None:
        super().__init__(secrets, root)
        self.metadata = self.server
        self.server = Server()
        path = "/v1/projects/-/serviceAccounts/publisher%40acme.iam.gserviceaccount.com"
        self.server.route("POST", f"{path}:generateIdToken", self._generate)
        self.server.start()

    @property
    def host(self) -> str:
        """The first of the two servers."""
        assert self.metadata
        return self.metadata.origin.removeprefix("http://")

    def environment(self) -> dict[str, str]:
        """A build step's variables; the last one is gcloud's own."""
        assert self.server
        return {
            "BUILDER_OUTPUT": "/builder/outputs",
            "GOOGLE_SERVICE_ACCOUNT_NAME": ACCOUNT,
            "GCE_METADATA_HOST": self.host,
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS": f"{self.server.origin}/",
        }

    def _generate(self, request: Request) -> Response:
        if request.bearer != self.access_token:
            return json_response(401, {"error": {"code": 401}})
        body = request.json()
        assert isinstance(body, dict)
        return json_response(200, {"token": self.issuer.id_token(body["audience"], time.time())})

    def refuse(self) -> None:
        """An account that may not be impersonated."""
        self.fault("status=403 times=forever")

    def check(self, asked: int) -> None:
        """One access token for each ID token."""
        assert self.server
        assert self.metadata
        bodies = [request.json() for request in self.server.requests]
        assert bodies == [{"audience": HUB, "includeEmail": True}] * asked
        assert [request.path for request in self.metadata.requests] == [f"{DEFAULT}/token"] * asked

    def stop(self) -> None:
        """Both servers."""
        super().stop()
        assert self.metadata
        self.metadata.stop()
        assert not self.metadata.errors, self.metadata.errors
