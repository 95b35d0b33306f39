"""How much a member may ask of the Hub in a while, and what each answer says of it.

https://huggingface.co/docs/hub/rate-limits ·
https://www.ietf.org/archive/id/draft-ietf-httpapi-ratelimit-headers-09.html
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from .wire import Headers, Response, json_response

# A Team organization's.
QUOTA = 3_000
WINDOW = 300


@dataclass
class Limits:
    """A fixed window for each token; `others` is what somebody else asks beside each request.

    `refusals` counts the answers of 429. With `is_silent`, no answer says how much is left.
    """

    now: Callable[[], float]
    quota: int = QUOTA
    window: int = WINDOW
    others: int = 0
    is_silent: bool = False
    refusals: int = 0
    _used: dict[tuple[str, int], int] = field(default_factory=dict)

    def take(self, token: str) -> Response | None:
        """Count one request; the refusal, if it is one too many."""
        window = self._window
        used = self._used.get((token, window), 0)
        if used >= self.quota:
            self.refusals += 1
            return self._refusal(token)
        self._used[token, window] = used + 1 + self.others
        return None

    def use_up(self, token: str) -> None:
        """Leave nothing of this window."""
        self._used[token, self._window] = self.quota

    def headers(self, token: str) -> Headers:
        """What an answer says."""
        if self.is_silent:
            return ()
        left = max(0, self.quota - self._used.get((token, self._window), 0))
        return (
            ("RateLimit", f'"api";r={left};t={self._until_reset}'),
            ("RateLimit-Policy", f'"fixed window";"api";q={self.quota};w={self.window}'),
        )

    def used(self, token: str) -> int:
        """How much of this window is gone."""
        return self._used.get((token, self._window), 0)

    @property
    def _window(self) -> int:
        return int(self.now() // self.window)

    @property
    def _until_reset(self) -> int:
        return max(1, math.ceil(self.window - self.now() % self.window))

    def _refusal(self, token: str) -> Response:
        error = "We had to rate limit you. Please retry later."
        return json_response(429, {"error": error}, (("X-Error-Message", error),))
