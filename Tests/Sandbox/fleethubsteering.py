"""What a test may do to the requests of a server: meet each before or after it is done."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from .server import Server
from .wire import Request, Response

Moment = Literal["before", "after"]
Action = Callable[[Request], Response | None]
# A write is met with its number, from 1; an answer has the meaning that an action's has.
OnWrite = Callable[[int, Moment, Request], Response | None]


@dataclass
class _Meeting:
    moment: Moment
    method: str
    target: re.Pattern[str]
    action: Action
    left: int | None
    skip: int

    def fits(self, moment: Moment, request: Request) -> bool:
        if self.moment != moment or self.left == 0 or not re.fullmatch(self.method, request.method):
            return False
        if not self.target.match(request.target):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.left is not None:
            self.left -= 1
        return True


class Steered(Server):
    """Does one request at a time; those that change something are counted in `write_count`.

    An action that returns an answer gives it in place of the true one: before the request is done,
    it is not done at all.
    """

    def __init__(self, *arguments: object) -> None:
        self.gate = threading.RLock()
        self.write_count = 0
        self.on_write: OnWrite | None = None
        self._meetings: list[_Meeting] = []
        super().__init__(*arguments)  # type: ignore[arg-type]

    def meet(
        self,
        moment: Moment,
        method: str,
        target: str,
        action: Action,
        *,
        times: int | None = 1,
        skip: int = 0,
    ) -> None:
        """Have `action` done with requests of a method, where a target begins with a pattern."""
        self._meetings.append(_Meeting(moment, method, re.compile(target), action, times, skip))

    def is_write(self, request: Request) -> bool:
        """Whether the request is there to change something."""
        return request.method not in ("GET", "HEAD", "OPTIONS")

    def perform(self, request: Request) -> Response:
        """What is answered, once those who wait for the request have met it."""
        with self.gate:
            number = self._number(request)
            response = self._met("before", number, request) or super().perform(request)
            return self._met("after", number, request) or response

    @property
    def is_idle(self) -> bool:
        """Whether nobody is connected, so that nothing more is done."""
        with self._lock:
            return not self._open

    def _number(self, request: Request) -> int:
        counts = self.is_write(request)
        self.write_count += counts
        return self.write_count if counts else 0

    def _met(self, moment: Moment, number: int, request: Request) -> Response | None:
        answer = self.on_write(number, moment, request) if number and self.on_write else None
        for meeting in self._meetings:
            if meeting.fits(moment, request):
                answer = meeting.action(request) or answer
        return answer


@dataclass(frozen=True)
class Write:
    """One change that was made; `asked` is how many requests there had been before it."""

    number: int
    time: float
    asked: int
    resource: str
    path: str
    verb: str
    description: str | None = None
    generation: int = 0

    @property
    def what(self) -> tuple[str, str]:
        """The resource and the path of what was changed."""
        return self.resource, self.path


@dataclass
class Record:
    """Every change in the order in which they were made, and how many Spaces were busy at once."""

    writes: list[Write] = field(default_factory=list)
    most_busy: int = 0
    # Secrets that a Space had, lost, and got again: what hung on them failed meanwhile.
    gaps: list[tuple[str, str]] = field(default_factory=list)
    _lost: set[tuple[str, str]] = field(default_factory=set)

    def add(self, write: Write) -> None:
        """Keep one."""
        self.writes.append(write)
        if write.verb == "delete":
            self._lost.add(write.what)
        elif write.what in self._lost:
            self._lost.discard(write.what)
            self.gaps.append(write.what)

    @property
    def order(self) -> list[tuple[str, str]]:
        """What was changed, one after the other."""
        return [write.what for write in self.writes]

    @property
    def resources(self) -> list[str]:
        """The resources in the order of their first change."""
        return list(dict.fromkeys(write.resource for write in self.writes))

    def of(self, resource: str) -> list[Write]:
        """Those of one resource."""
        return [write for write in self.writes if write.resource == resource]

    def clear(self) -> None:
        """Forget all; a new part of a test begins."""
        self.writes.clear()
        self.gaps.clear()
        self.most_busy = 0
