"""What can be wrong with a fleet at the Hub, by name: `begin(hub, "stale-running", "acme/chat")`.

Each is a function of the Hub and the Space (or the endpoint) that it befalls; its documentation
says what is wrong.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING

from . import fleethubevents, fleethubholdings

if TYPE_CHECKING:
    from .fleethub import FleetHub

    Begin = Callable[[FleetHub, str], None]

SITUATIONS: dict[str, Begin] = {
    name.replace("_", "-"): function
    for module in (fleethubevents, fleethubholdings)
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__
}


def begin(hub: FleetHub, situation: str, resource: str) -> None:
    """Let it be so."""
    SITUATIONS[situation](hub, resource)
