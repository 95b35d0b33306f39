"""The web servers by name: those that the tests of the printed configuration start."""

from __future__ import annotations

import otherfrontdoors  # noqa: F401  (its servers are found as subclasses)
from frontdoors import FrontDoorServer

SERVERS = ("nginx", "caddy", "haproxy", "apache", "lighttpd")


def kind_named(name: str) -> type[FrontDoorServer]:
    """The web server of this name."""
    (kind,) = [kind for kind in subclasses(FrontDoorServer) if getattr(kind, "name", "") == name]
    return kind


def subclasses(kind: type[FrontDoorServer]) -> list[type[FrontDoorServer]]:
    """All that derive from it."""
    below = kind.__subclasses__()
    return [*below, *(deeper for found in below for deeper in subclasses(found))]
