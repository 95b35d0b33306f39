"""The web servers by name: those that the tests of the printed configuration start."""

from __future__ import annotations

import otherfrontdoors  # noqa: F401  (its servers are found as subclasses)
from frontdoors import FrontDoorServer

SERVERS = ("nginx", "caddy", "haproxy", "apache", "lighttpd")


def kind_named(name: str) -> type[FrontDoorServer]:
    """The web server of this name."""
    (kind,) = [kind for kind in servers() if kind.name == name]
    return kind


def rewriting() -> list[str]:
    """Those that change addresses in the answer to a batch of git-lfs."""
    return [kind.name for kind in servers() if kind.rewrites_bodies]


def servers(kind: type[FrontDoorServer] = FrontDoorServer) -> list[type[FrontDoorServer]]:
    """All that derive from it and have a name."""
    below = [found for direct in kind.__subclasses__() for found in (direct, *servers(direct))]
    return [found for found in below if hasattr(found, "name")]
