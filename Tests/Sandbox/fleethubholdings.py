"""What can be strange about what is there already; see `fleethubsituations`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .fleethubspaces import TWO_DAYS, Setting, Volume
from .wire import json_response

if TYPE_CHECKING:
    from .fleethub import FleetHub

STRANGE = '\x1b[31mred\x1b[0m</script><b>=HYPERLINK("//x")\u202egnp\r\n::set-output name=x::y'


# What is there.


def static_space(hub: FleetHub, name: str) -> None:
    """Whatever it holds is handed to browsers."""
    hub.spaces[name].sdk = "static"


def masked_volume(hub: FleetHub, name: str) -> None:
    """The source of its volume is not for these eyes."""
    item = {"type": "dataset", "source": "acme/hidden", "mountPath": "/data"}
    hub.spaces[name].volumes = [Volume(item, is_masked=True)]


def volumes_written_out(hub: FleetHub, name: str) -> None:
    """Its volumes stand in another order, with every default written out."""
    volumes = [("model", "acme/model", "/model"), ("dataset", "acme/data", "/data")]
    hub.spaces[name].volumes = [
        Volume({"type": kind, "source": source, "mountPath": path})
        for kind, source, path in reversed(volumes)
    ]


def dev_mode(hub: FleetHub, name: str) -> None:
    """Somebody works in it."""
    hub.spaces[name].is_in_dev_mode = True


def hot_reloaded(hub: FleetHub, name: str) -> None:
    """Its code moved on, and its process did not."""
    space = hub.spaces[name]
    space.sha = "f" * 40
    space.hot_reloading = {"status": "created", "replicaStatuses": [["r1", "reloaded"]]}


def no_capacity(hub: FleetHub, name: str) -> None:
    """It asked for a kind of hardware that nobody knows, and has not got it."""
    hub.spaces[name].requested = "h300x16"


def sleep_written_out(hub: FleetHub, name: str) -> None:
    """What is fixed on cpu-basic is written out."""
    hub.spaces[name].sleep = TWO_DAYS


def empty_secret(hub: FleetHub, name: str) -> None:
    """A secret is there, and empty."""
    for setting in hub.spaces[name].settings["secrets"].values():
        setting.value = ""


def twins(hub: FleetHub, name: str) -> None:
    """Each key is there a second time, in small letters."""
    for settings in hub.spaces[name].settings.values():
        settings |= {key.lower(): Setting("twin") for key in settings}


def edited_in_the_page(hub: FleetHub, name: str) -> None:
    """Somebody gave each secret another value; the descriptions stayed."""
    for key in [*hub.spaces[name].settings["secrets"]]:
        hub.write_as_stranger(name, "secrets", key, hub.secrets.issue("fleet-secret"))


def redescribed(hub: FleetHub, name: str) -> None:
    """Somebody gave each secret another description; the values stayed."""
    for key, setting in [*hub.spaces[name].settings["secrets"].items()]:
        hub.write_as_stranger(name, "secrets", key, setting.value, description="mine now")


def strange_texts(hub: FleetHub, name: str) -> None:
    """Descriptions and values hold escapes, markup, formulas and turned-round text."""
    for settings in hub.spaces[name].settings.values():
        for setting in settings.values():
            setting.description = STRANGE
    hub.spaces[name].settings["variables"]["STRANGE"] = Setting(STRANGE, STRANGE)


def group_named_twice(hub: FleetHub, name: str) -> None:
    """Its resource group has a namesake, and one that differs by a capital alone."""
    for number, space in enumerate(hub.spaces.values()):
        title = "Platform" if space.name == name else ("platform", "Platform")[number % 2]
        space.group = {"id": f"{number:024x}", "name": title, "numUsers": 0}


def no_members(hub: FleetHub, _: str) -> None:
    """The organization shows no members, and half a page of its groups."""
    nobody = json_response(200, [])
    hub.meet("before", ".*", r"/api/organizations/[^/]+/", lambda _: nobody, times=None)


# Endpoints.


def endpoint_keeps_time(hub: FleetHub, name: str) -> None:
    """After an update it shows for long what it was before."""
    hub.endpoints.keeps_time = True
    hub.endpoints.all[name].course = ("running", "running", "updating", "updateFailed")


def endpoint_asleep(hub: FleetHub, name: str) -> None:
    """It is scaled to zero: each request costs."""
    hub.endpoints.all[name].state = "scaledToZero"


def endpoint_failed(hub: FleetHub, name: str) -> None:
    """It can only be made anew."""
    hub.endpoints.all[name].state = "failed"


def endpoint_merges(hub: FleetHub, _: str) -> None:
    """Maps of an update are added to what is there."""
    hub.endpoints.merges_maps = True
