"""The apps of the Spaces and endpoints: what their own URLs answer.

A secret of the Hub has nothing to do here: `strangers` keeps the requests that carried one.
"""

from __future__ import annotations

from collections.abc import Callable

from .server import Server
from .wire import Request, Response, json_response


class Sites(Server):
    """`/spaces/NAMESPACE/NAME` and `/endpoints/NAMESPACE/NAME`, and anything below them.

    `answer` is asked for the state of one: its status and what it says of itself.
    """

    def __init__(self, answer: Callable[[str], tuple[int, object]]) -> None:
        super().__init__()
        self.strangers: list[Request] = []
        self._ask = answer
        self.route("GET", r"/((?:spaces|endpoints)/[^/]+/[^/]+)(?:/.*)?", self._say)

    def url(self, name: str) -> str:
        """Where the app of `spaces/acme/chat` answers."""
        return f"{self.origin}/{name}"

    def asked(self, name: str) -> int:
        """How often one was asked."""
        return sum(request.path.startswith(f"/{name}") for request in self.requests)

    def _say(self, request: Request, name: str) -> Response:
        if request.header("Authorization") or request.header("Cookie"):
            self.strangers.append(request)
        status, body = self._ask(name)
        return json_response(status, body)
