"""AWS Secrets Manager, with its versions and staging labels.

https://docs.aws.amazon.com/secretsmanager/latest/apireference/
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field

from ..sentinel import Sentinels
from ..server import Server
from ..wire import Request, Response, json_response
from . import sigv4

TYPE = "application/x-amz-json-1.1"
LIMIT = 65_536
Body = dict[str, object]


class Refused(Exception):
    """A 400 of AWS, by its name."""


@dataclass
class Stored:
    """A secret: values by version, and the version that each label is attached to."""

    name: str
    versions: dict[str, str | bytes] = field(default_factory=dict)
    stages: dict[str, str] = field(default_factory=dict)
    rotates_itself: bool = False
    deleted: bool = False
    suffix: str = "a1B2c3"

    def labels(self, version: str) -> list[str]:
        """The labels of one version."""
        return sorted(label for label, at in self.stages.items() if at == version)

    def move(self, label: str, version: str) -> None:
        """Attach a label; AWSPREVIOUS follows AWSCURRENT."""
        if label == "AWSCURRENT" and self.stages.get(label) not in (None, version):
            self.stages["AWSPREVIOUS"] = self.stages[label]
        self.stages[label] = version


class SecretsManager(Server):
    """The service in one region; every request is signed, and the signature is checked."""

    def __init__(self, secrets: Sentinels, region: str = "eu-central-1") -> None:
        super().__init__()
        self.region = region
        self.key_id = "AKIAIOSFODNN7EXAMPLE"
        self.key = secrets.issue("sink-token")
        self.session_token: str | None = None
        self.denied: set[str] = set()
        self.writes = 0
        self._stored: dict[str, Stored] = {}
        self._operations = {
            "DescribeSecret": self._describe,
            "GetSecretValue": self._get,
            "PutSecretValue": self._put,
            "UpdateSecretVersionStage": self._update_stage,
        }
        self.route("POST", "/", self._call)

    def environment(self) -> dict[str, str]:
        """The variables that carry the credential."""
        variables = {"AWS_ACCESS_KEY_ID": self.key_id, "AWS_SECRET_ACCESS_KEY": self.key}
        return variables | ({"AWS_SESSION_TOKEN": self.session_token} if self.session_token else {})

    def value(self, name: str) -> str | None:
        """What a consumer gets that asks for no version."""
        stored = self._stored[name]
        value = stored.versions.get(stored.stages.get("AWSCURRENT", ""))
        return value if isinstance(value, str) else None

    def stored(self, name: str) -> Stored:
        """The secret with its versions."""
        return self._stored[name]

    def put(self, name: str, value: str | bytes | None) -> Stored:
        """Have a secret there; `None` for one without a version."""
        stored = self._stored.setdefault(name, Stored(name))
        if value is not None:
            version = str(uuid.uuid4())
            stored.versions[version] = value
            stored.move("AWSCURRENT", version)
        return stored

    def arn(self, name: str) -> str:
        """Its full name."""
        suffix = self._stored[name].suffix
        return f"arn:aws:secretsmanager:{self.region}:123456789012:secret:{name}-{suffix}"

    def _call(self, request: Request) -> Response:
        keys = {self.key_id: self.key}
        problem = sigv4.fault(
            request, keys=keys, region=self.region, service="secretsmanager", now=self.now()
        )
        if not problem and request.header("X-Amz-Security-Token") != self.session_token:
            problem = "UnrecognizedClientException"
        service, _, operation = (request.header("X-Amz-Target") or "").partition(".")
        try:
            if problem:
                raise Refused(problem)
            if (service, request.media_type) != ("secretsmanager", TYPE):
                raise Refused("UnknownOperationException")
            if operation in self.denied:
                raise Refused("AccessDeniedException")
            answer = self._operations[operation](self._body(request))
        except (Refused, KeyError) as error:
            body = {"__type": str(error.args[0]), "Message": "no"}
            return json_response(400, body, (("x-amzn-ErrorType", str(error.args[0])),))
        return json_response(200, answer)

    def _body(self, request: Request) -> Body:
        try:
            body = request.json()
        except ValueError:
            raise Refused("SerializationException") from None
        if not isinstance(body, dict):
            raise Refused("SerializationException")
        return body

    def _find(self, body: Body) -> Stored:
        wanted = str(body.get("SecretId"))
        for stored in self._stored.values():
            if wanted in (stored.name, self.arn(stored.name)):
                return stored
        raise Refused("ResourceNotFoundException")

    def _living(self, body: Body) -> Stored:
        stored = self._find(body)
        if stored.deleted:
            raise Refused("InvalidRequestException")
        return stored

    def _describe(self, body: Body) -> Body:
        stored = self._find(body)
        stages = {v: stored.labels(v) for v in stored.versions if stored.labels(v)}
        shown: Body = {
            "ARN": self.arn(stored.name),
            "Name": stored.name,
            "VersionIdsToStages": stages,
        }
        if stored.rotates_itself:
            shown["RotationEnabled"] = True
        return shown | ({"DeletedDate": self.now()} if stored.deleted else {})

    def _get(self, body: Body) -> Body:
        stored = self._living(body)
        version = stored.stages.get(str(body.get("VersionStage", "AWSCURRENT")), "")
        if version not in stored.versions:
            raise Refused("ResourceNotFoundException")
        value = stored.versions[version]
        kind = "SecretString" if isinstance(value, str) else "SecretBinary"
        return {
            "ARN": self.arn(stored.name),
            "Name": stored.name,
            "VersionId": version,
            "VersionStages": stored.labels(version),
            kind: value if isinstance(value, str) else value.hex(),
        }

    def _put(self, body: Body) -> Body:
        stored = self._living(body)
        token, value = str(body.get("ClientRequestToken") or uuid.uuid4()), body.get("SecretString")
        if not 32 <= len(token) <= 64 or not isinstance(value, str) or not 0 < len(value) <= LIMIT:
            raise Refused("InvalidParameterException")
        # The same token is the same version: with another value it is refused.
        if stored.versions.get(token, value) != value:
            raise Refused("ResourceExistsException")
        if token not in stored.versions:
            stored.versions[token] = value
            self.writes += 1
            labels = body.get("VersionStages", ["AWSCURRENT"])
            assert isinstance(labels, list)
            for label in labels:
                stored.move(str(label), token)
            if "AWSCURRENT" not in stored.stages:
                stored.move("AWSCURRENT", token)
        return {"VersionId": token, "VersionStages": stored.labels(token)}

    def _update_stage(self, body: Body) -> Body:
        stored = self._living(body)
        label = str(body.get("VersionStage", ""))
        to, source = body.get("MoveToVersionId"), body.get("RemoveFromVersionId")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", label) or not (to or source):
            raise Refused("InvalidParameterException")
        attached = stored.stages.get(label)
        if attached not in (None, to) and source != attached:
            raise Refused("InvalidParameterException")
        if source and attached not in (source, to):
            raise Refused("InvalidParameterException")
        if to and to not in stored.versions:
            raise Refused("ResourceNotFoundException")
        if to:
            stored.move(label, str(to))
        elif label == "AWSCURRENT":
            raise Refused("InvalidParameterException")
        else:
            del stored.stages[label]
        return {"ARN": self.arn(stored.name), "Name": stored.name}
