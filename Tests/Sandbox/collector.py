"""A stand-in for a collector of OpenTelemetry's, which takes logs by OTLP/HTTP in JSON.

https://opentelemetry.io/docs/specs/otlp/#otlphttp
"""

from __future__ import annotations

import json
from typing import Any

from .server import Server
from .wire import Request, Response, json_response

Json = dict[str, Any]


class Collector(Server):
    """Keeps what it is sent. `rejects` is how many records it says it did not take."""

    def __init__(self) -> None:
        super().__init__()
        self.rejects = 0
        self.bodies: list[Json] = []
        self.route("POST", "/v1/logs", self._take)

    @property
    def records(self) -> list[Json]:
        """Every log record so far."""
        return [
            record
            for body in self.bodies
            for resource in body["resourceLogs"]
            for scope in resource["scopeLogs"]
            for record in scope["logRecords"]
        ]

    @property
    def lines(self) -> list[Json]:
        """The lines of the audit log that the records carry."""
        return [json.loads(record["body"]["stringValue"]) for record in self.records]

    def _take(self, request: Request) -> Response:
        if request.header("Content-Type") != "application/json":
            return json_response(415, {"message": "application/json alone"})
        self.bodies.append(json.loads(request.body))
        answer = {"partialSuccess": {"rejectedLogRecords": str(self.rejects)}}
        return json_response(200, answer if self.rejects else {})
