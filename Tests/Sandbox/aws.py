"""AWS's Security Token Service, which checks Signature Version 4 by itself.

https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html ·
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qsl

from .program import ProgramProvider
from .provider import HUB, Provider
from .sentinel import Sentinels
from .server import Server
from .wire import Request, Response, json_response

REGION = "eu-central-1"
KEY_ID = "AKIDEXAMPLE"
NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
CLAIMS: dict[str, object] = {"sub": "arn:aws:iam::123456789012:role/publisher"}
SCHEME = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?"
    r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})"
)
FORM = {
    "Action": "GetWebIdentityToken",
    "Version": "2011-06-15",
    "Audience.member.1": HUB,
    "SigningAlgorithm": "RS256",
    "DurationSeconds": "300",
}


class AWS(Provider):
    """A container with keys in its environment. `answers_json` is for clients that ask for it."""

    name = "aws"
    issuer_url = "https://0a1b2c.tokens.sts.global.api.aws"
    marks = ("AWS_EXECUTION_ENV",)
    permission = ("AWS_REGION",)
    claims: ClassVar[dict[str, object]] = CLAIMS

    def __init__(self, secrets: Sentinels, root: Path) -> None:
        super().__init__(secrets, root)
        self.key = secrets.issue("client-secret", "", 40)
        self.session = secrets.issue("client-secret", "", 200)
        self.answers_json = False
        self.server = Server()
        self.server.route("POST", "/", self._answer)
        self.server.start()

    def environment(self) -> dict[str, str]:
        """With a session token, as every role has one."""
        assert self.server
        return {
            "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE",
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": self.key,
            "AWS_SESSION_TOKEN": self.session,
            "AWS_ENDPOINT_URL_STS": self.server.origin,
        }

    def _answer(self, request: Request) -> Response:
        if reason := self._reason_to_refuse(request):
            code = f"<ErrorResponse><Error><Code>{reason}</Code></Error></ErrorResponse>"
            return Response(403, code.encode(), (("Content-Type", "text/xml"),))
        token = self.issuer.id_token(HUB, time.time())
        if self.answers_json:
            result = {"GetWebIdentityTokenResult": {"WebIdentityToken": token}}
            return json_response(200, {"GetWebIdentityTokenResponse": result})
        body = (
            f'<GetWebIdentityTokenResponse xmlns="{NAMESPACE}">'
            f"<GetWebIdentityTokenResult><WebIdentityToken>{token}</WebIdentityToken>"
            "<Expiration>2026-11-21T03:04:05Z</Expiration></GetWebIdentityTokenResult>"
            "</GetWebIdentityTokenResponse>"
        )
        return Response(200, body.encode(), (("Content-Type", "text/xml"),))

    def _reason_to_refuse(self, request: Request) -> str:
        found = SCHEME.fullmatch(request.header("Authorization") or "")
        if not found:
            return "IncompleteSignature"
        key_id, date, region, service, names, signature = found.groups()
        signed = names.split(";")
        if key_id != KEY_ID or (region, service) != (REGION, "sts"):
            return "InvalidClientTokenId"
        session = {"x-amz-security-token"} if self.session else set()
        if not {"host", "x-amz-date"} | session <= set(signed):
            return "MissingSignedHeader"
        if (request.header("X-Amz-Security-Token") or "") != self.session:
            return "ExpiredToken"
        expected = sign(request, signed, self.key, f"{date}/{region}/{service}/aws4_request")
        return "" if hmac.compare_digest(signature, expected) else "SignatureDoesNotMatch"

    def check(self, asked: int) -> None:
        """The form of the Query API, each parameter once."""
        assert self.server
        forms = [parse_qsl(request.body.decode()) for request in self.server.requests]
        assert forms == [list(FORM.items())] * asked, forms


def sign(request: Request, signed: list[str], key: str, scope: str) -> str:
    """The signature, worked out from the request as it arrived."""
    lines = [f"{name}:{' '.join((request.header(name) or '').split())}" for name in signed]
    payload = hashlib.sha256(request.body).hexdigest()
    canonical = "\n".join(
        [request.method, request.path, request.query, *lines, "", ";".join(signed), payload]
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    date = request.header("X-Amz-Date") or ""
    text = "\n".join(["AWS4-HMAC-SHA256", date, scope, digest])
    secret = f"AWS4{key}".encode()
    for part in scope.split("/"):
        secret = hmac.digest(secret, part.encode(), "sha256")
    return hmac.digest(secret, text.encode(), "sha256").hex()


class AWSProgram(ProgramProvider):
    """A container whose credentials only the AWS CLI finds."""

    name = "aws"
    issuer_url = "https://0a1b2c.tokens.sts.global.api.aws"
    marks = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",)
    claims: ClassVar[dict[str, object]] = CLAIMS
    program = "aws"
    arguments = (
        *("sts", "get-web-identity-token", "--audience", HUB, "--signing-algorithm", "RS256"),
        *("--duration-seconds", "300", "--query", "WebIdentityToken", "--output", "text"),
    )

    def environment(self) -> dict[str, str]:
        """What ECS sets."""
        return {
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/1",
            "PATH": str(self.folder()),
        }
