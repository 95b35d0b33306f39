"""Spaces as the Hub keeps them, and what becomes of one after a write.

Time is counted in looks: each answer that shows a Space's stage is one step on its way, so that a
test never sleeps. With `automatic` off, nothing moves until `advance` is called.
https://huggingface.co/docs/hub/spaces-overview
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Shown = dict[str, Any]
Kind = Literal["secrets", "variables"]
Course = tuple[str, ...]

INTERMEDIATE = ("BUILDING", "RUNNING_BUILDING", "APP_STARTING", "RUNNING_APP_STARTING")
SERVING = ("RUNNING", "RUNNING_BUILDING", "RUNNING_APP_STARTING")
# What a look shows after a write: at first the process that was there before.
USUAL_COURSE: Course = ("RUNNING", "RUNNING_APP_STARTING", "RUNNING")
# https://huggingface.co/docs/hub/spaces-gpus#sleep-time
TWO_DAYS = 172_800
COLLISION = "Collision on variables and secrets names"
MASKED = "****/******"


@dataclass
class Setting:
    """A secret or a variable; without `updated_at` it was made and never changed."""

    value: str
    description: str | None = None
    updated_at: float | None = None

    def shown(self, kind: Kind) -> Shown:
        """What anybody reads of it; the value of a secret, nobody."""
        shown: Shown = {"value": self.value} if kind == "variables" else {}
        if self.description:
            shown["description"] = self.description
        if self.updated_at is not None:
            shown["updatedAt"] = moment(self.updated_at)
        return shown


@dataclass
class Volume:
    """A mounted repository or bucket; without rights its source is shown masked."""

    item: Shown
    is_masked: bool = False

    def shown(self) -> Shown:
        """With the defaults written out, as the Hub gives it back."""
        defaults = {"revision": "main"} if self.item["type"] != "bucket" else {}
        read_only = self.item["type"] != "bucket" or self.item.get("readOnly", False)
        shown = defaults | self.item | {"readOnly": read_only}
        return shown | ({"source": MASKED} if self.is_masked else {})


@dataclass
class Space:
    """One Space. `course` is what looks show after a write, in order; the last one stays.

    `generation` counts the processes that came up, and `program` is what the newest of them found
    in its environment. `sick` says whether it answers badly at its own URL.
    """

    name: str
    sdk: str = "docker"
    visibility: str = "private"
    stage: str = "RUNNING"
    sha: str = ""
    running_sha: str = ""
    hardware: str = "cpu-basic"
    requested: str = "cpu-basic"
    sleep: int | None = None
    volumes: list[Volume] = field(default_factory=list)
    group: Shown | None = None
    is_in_dev_mode: bool = False
    hot_reloading: Shown | None = None
    error: str | None = None
    course: Course | None = None
    sick: Callable[[Space], bool] = lambda _: False
    settings: dict[Kind, dict[str, Setting]] = field(
        default_factory=lambda: {"secrets": {}, "variables": {}}
    )
    generation: int = 1
    restarts: int = 0
    program: dict[str, str] = field(default_factory=dict)
    looks: int = 0
    coming: deque[str] = field(default_factory=deque)
    _stale: dict[Kind, deque[Shown]] = field(
        default_factory=lambda: {"secrets": deque(), "variables": deque()}
    )
    _was_seen: bool = True

    def __post_init__(self) -> None:
        if not self.sha:
            self.sha = hashlib.sha256(self.name.encode()).hexdigest()[:40]
        self.running_sha = self.running_sha or self.sha
        self.begin()

    # What changes it.

    def put(
        self, kind: Kind, key: str, value: str, description: str | None, at: float | None
    ) -> None:
        """Keep a secret or a variable."""
        self.settings[kind][key] = Setting(value, description, at)

    def lag(self, kind: Kind, before: Shown, times: int) -> None:
        """Show what was before so many times more."""
        self._stale[kind].extend([before] * times)

    def catch_up(self) -> None:
        """Let reads show what is there."""
        for stale in self._stale.values():
            stale.clear()

    def restart(self, course: Course, *, joins: bool) -> None:
        """Begin again; a restart that nobody has seen begin yet may take this one in."""
        is_joined = joins and bool(self.coming) and not self._was_seen
        self.restarts += not is_joined
        self._was_seen = False
        self.coming = deque(course)

    def advance(self) -> None:
        """One step on its way."""
        if not self.coming:
            return
        before, self.stage = self.stage, self.coming.popleft()
        if self.stage == "RUNNING" and (before in INTERMEDIATE or not self.coming):
            self.generation += 1
            self.begin()
        if not self.coming and self._collides:
            self.stage, self.error = "CONFIG_ERROR", COLLISION

    def begin(self) -> None:
        """A process reads its environment."""
        self.program = {
            key: setting.value
            for kind in ("variables", "secrets")
            for key, setting in self.settings[kind].items()
        }

    @property
    def _collides(self) -> bool:
        return bool(self.settings["secrets"].keys() & self.settings["variables"].keys())

    @property
    def is_busy(self) -> bool:
        """Whether a restart is under way, or its end was not seen yet."""
        return bool(self.coming)

    @property
    def is_well(self) -> bool:
        """Whether its own URL answers well."""
        return self.stage in SERVING and not self.sick(self)

    # What is shown of it.

    def look(self, *, moves: bool) -> str:
        """The stage, as of this look."""
        self.looks += 1
        self._was_seen = True
        if moves:
            self.advance()
        return self.stage

    def shown_settings(self, kind: Kind) -> Shown:
        """By name; what was before, while reads lag behind writes."""
        if self._stale[kind]:
            return self._stale[kind].popleft()
        return self.settings_now(kind)

    def settings_now(self, kind: Kind) -> Shown:
        """By name."""
        return {key: setting.shown(kind) for key, setting in self.settings[kind].items()}

    def runtime(self, *, moves: bool) -> Shown:
        """What `GET …/runtime` shows, and `expand=runtime`."""
        stage = self.look(moves=moves)
        owner, _, name = self.name.partition("/")
        shown: Shown = {
            "stage": stage,
            "hardware": {"current": self.hardware, "requested": self.requested},
            "storage": None,
            "gcTimeout": self.sleep,
            "replicas": {"current": int(stage in SERVING), "requested": 1},
            "devMode": self.is_in_dev_mode,
            "domains": [{"domain": f"{owner}-{name}.hf.space", "stage": "READY"}],
        }
        if stage in SERVING:
            shown["sha"] = self.running_sha
        if self.error and stage.endswith("_ERROR"):
            shown["errorMessage"] = self.error
        if self.hot_reloading:
            shown["hotReloading"] = self.hot_reloading
        if self.volumes:
            shown["volumes"] = [volume.shown() for volume in self.volumes]
        return shown

    def flat(self) -> dict[str, object]:
        """All that a write can change, by its path in a manifest."""
        found: dict[str, object] = {
            f"{kind}.{key}": setting.value
            for kind, settings in self.settings.items()
            for key, setting in settings.items()
        }
        own = {"hardware": self.requested, "sleep": self.sleep, "visibility": self.visibility}
        volumes = [volume.item for volume in self.volumes]
        return found | own | {"volumes": volumes, "sha": self.sha}


def moment(seconds: float) -> str:
    """A time as the Hub writes it."""
    milliseconds = int(seconds * 1_000) % 1_000
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{milliseconds:03}Z"


def settings_of(values: Mapping[str, str]) -> dict[str, Setting]:
    """Settings that were made long ago and never changed."""
    return {key: Setting(value) for key, value in values.items()}
