"""A stand-in for the Hub that has Spaces and endpoints, as a fleet is made of.

What the Hub does not document is a switch, set to what is known or else to what is worse for a
client. https://huggingface.co/docs/huggingface_hub/guides/manage-spaces
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal

from . import fleethublisting, fleethubroutes
from .fleethubendpoints import Endpoints
from .fleethublimits import Limits
from .fleethubsites import Sites
from .fleethubspaces import USUAL_COURSE, Course, Kind, Setting, Space, settings_of
from .fleethubsteering import Record, Steered, Write
from .hub import Hub
from .hubapi import bearer
from .hubstate import HubToken
from .sentinel import Sentinels
from .server import Server
from .wire import Request, Response

OUTSIDE = ("/auth-check", "/oauth/", "/api/credentials/", "/preupload/")


class FleetHub(Steered, Hub):
    """Spaces of organizations, with three credentials: `reader`, `applier` and `admin`.

    Switches, each of which a test may change at any time:

    - `moves`: a look at a Space is a step of its way; without it, only `step` is.
    - `course`: what a Space shows after a write; a Space may have one of its own.
    - `joins_restarts`: writes one after the other are one restart.
    - `wakes_paused`, `wakes_sleeping`: a write starts such a Space.
    - `times`: whether what is set has an `updatedAt`: never, once it was changed, or always.
    - `keeps_description`: a write without a description leaves the one that is there.
    - `lag`: so many reads after a write show what was before.
    - `has_secret_names`: secrets can be listed. `secrets_need_write`: by those who may write.
    - `tells_visibility`: a Space says more than whether it is private.
    - `hardware_waits`: what was asked for is not there yet.
    - `page_limit`: how many Spaces a page has at most.
    - `lost`: Spaces to which the credentials have lost their rights; `lost_status` is the answer.
    - `role_in_org`: what the credentials' owner, ada, is in acme: an admin sees all that is there.
    - `locked_owners`: namespaces for which each listing fails, with that status.
    """

    def __init__(self, secrets: Sentinels, unix_path: Path | None = None) -> None:
        self.spaces: dict[str, Space] = {}
        self.record = Record()
        self.reach: dict[str, set[str]] = {}
        self.moves = True
        self.course: Course = USUAL_COURSE
        self.joins_restarts = True
        self.wakes_paused = self.wakes_sleeping = False
        self.times: Literal["never", "changed", "always"] = "changed"
        self.keeps_description = False
        self.lag = 0
        self.has_secret_names = True
        self.secrets_need_write = False
        self.tells_visibility = True
        self.hardware_waits = False
        self.page_limit = 100
        self.lost: set[str] = set()
        self.lost_status = 401
        self.role_in_org = "read"
        self.locked_owners: dict[str, int] = {}
        super().__init__(secrets, unix_path)
        self.limits = Limits(self.now)
        self.reader = self._credential("read")
        self.applier = self._credential("write")
        self.admin = self._credential("write")
        fleethubroutes.add_routes(self)
        fleethublisting.add_routes(self)

    def _credential(self, power: str) -> HubToken:
        token = self.accept("acme/none", "write" if power == "write" else "read", "acme")
        self.reach[token.value] = {"acme"}
        return token

    @cached_property
    def endpoints(self) -> Endpoints:
        """The service of the inference endpoints; it starts when it is first named."""
        return Endpoints(self).start()

    @cached_property
    def sites(self) -> Sites:
        """What answers at the URLs of Spaces and endpoints; it starts when it is first named."""
        return Sites(self._site).start()

    @property
    def others(self) -> dict[str, Server]:
        """The servers beside this one that run, by name."""
        names = ("endpoints", "sites")
        mine = {name: self.__dict__[name] for name in names if name in self.__dict__}
        return super().others | mine

    # What a test has there, and does there.

    def add_space(
        self,
        name: str,
        *,
        secrets: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        **members: object,
    ) -> Space:
        """A Space that has been there for long."""
        space = Space(name, **members)  # type: ignore[arg-type]
        space.settings = {
            "secrets": settings_of(secrets or {}),
            "variables": settings_of(variables or {}),
        }
        space.begin()
        self.spaces[name] = space
        self.add_repo(f"spaces/{name}", "public" if space.visibility == "public" else "private")
        for value in (secrets or {}).values():
            self.secrets.record("fleet-secret", value)
        return space

    def write_as_stranger(
        self,
        name: str,
        kind: Kind,
        key: str,
        value: str,
        *,
        description: str | None = None,
        at: float | None = None,
    ) -> None:
        """Somebody changes a secret or a variable in the settings page.

        The description that is there stays, unless there is another.
        """
        old = self.spaces[name].settings[kind].get(key)
        kept = old.description if old and description is None else description
        when = self.now() if at is None else at
        self.spaces[name].settings[kind][key] = Setting(value, kept, when)

    def rename(self, old: str, new: str) -> None:
        """Rename a repository; who asks for the old name is led to the new one."""
        super().rename(old, new)
        before, after = (name.removeprefix("spaces/") for name in (old, new))
        if before in self.spaces:
            space = self.spaces[after] = self.spaces.pop(before)
            space.name = after

    def step(self, times: int = 1) -> None:
        """Let all Spaces and endpoints go so many steps on their way."""
        for _ in range(times):
            for space in self.spaces.values():
                space.advance()
            self.endpoints.step()

    # What happens after a write.

    def wrote(
        self, request: Request, space: Space, path: str, verb: str, description: str | None = None
    ) -> None:
        """Keep a change."""
        self.record.add(
            Write(
                self.write_count,
                request.time,
                len(self._log),
                space.name,
                path,
                verb,
                description,
                space.generation,
            )
        )

    def disturb(self, space: Space) -> None:
        """Let the Space begin again, as after each write, where it does."""
        asleep = {"PAUSED": self.wakes_paused, "SLEEPING": self.wakes_sleeping}
        if space.sdk == "static" or not asleep.get(space.stage, True):
            return
        space.restart(space.course or self.course, joins=self.joins_restarts)
        busy = sum(each.is_busy for each in self.spaces.values())
        self.record.most_busy = max(self.record.most_busy, busy)

    # Rights and limits.

    def perform(self, request: Request) -> Response:
        """What an undisturbed Hub answers, within the limits of whoever asks."""
        if not request.path.startswith("/api/"):
            return super().perform(request)
        token = request.bearer or ""
        with self.gate:
            refusal = self.limits.take(token)
        response = refusal or super().perform(request)
        names = {name for name, _ in response.headers}
        more = () if "RateLimit" in names else self.limits.headers(token)
        return Response(response.status, response.body, (*response.headers, *more))

    def is_write(self, request: Request) -> bool:
        """Whether the request is there to change what the Hub holds."""
        is_else = any(part in request.path for part in OUTSIDE)
        return not is_else and super().is_write(request)

    def may(self, request: Request, power: str, name: str) -> bool:
        """Whether the request's token reaches a Space or a namespace with that power."""
        token = bearer(self, request)
        if not token:
            return False
        owner = name.partition("/")[0]
        owns = owner in self.reach.get(token.value, {token.organization})
        own = f"{token.resource.namespace}/{token.resource.name}"
        is_own = token.resource.kind == "spaces" and name == own
        return (owns or is_own) and (power == "read" or token.power == "write")

    def is_publishers(self, request: Request) -> bool:
        """Whether the token is one of Trusted Publishers, which no setting's route takes."""
        return (request.bearer or "").startswith("hf_jwt_")

    # What is compared.

    @property
    def world(self) -> dict[tuple[str, str], object]:
        """All that a write can change, of Spaces and endpoints, by resource and path."""
        found = {
            (space.name, path): value
            for space in self.spaces.values()
            for path, value in space.flat().items()
        }
        endpoints = self.__dict__.get("endpoints")
        return found | (endpoints.world if endpoints else {})

    def _site(self, name: str) -> tuple[int, object]:
        kind, _, name = name.partition("/")
        if kind == "endpoints":
            return self.endpoints.site(name)
        space = self.spaces.get(name)
        if not space:
            return 404, {"error": "there is no such app"}
        # What the process was given, a secret's value never.
        about = {"generation": space.generation, "keys": sorted(space.program)}
        return (200 if space.is_well else 503), about


def changed(
    before: Mapping[tuple[str, str], object], after: Mapping[tuple[str, str], object]
) -> set[tuple[str, str]]:
    """What differs between two worlds."""
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
