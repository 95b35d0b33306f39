"""What can happen to writes, to stages and to rights; see `fleethubsituations`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .hubapi import refusal
from .wire import Request, Response, json_response

if TYPE_CHECKING:
    from .fleethub import FleetHub

UNTIL_RESET = 290
SETTINGS = "(?:secrets|variables|hardware|sleeptime|volumes|settings)"


# What becomes of a write.


def answer_cut(hub: FleetHub, name: str) -> None:
    """A secret is taken, and the connection ends before the answer's body."""
    hub.faults.add(f"truncate=0 method=POST path=/api/spaces/{name}/secrets")


def variable_answer_cut(hub: FleetHub, name: str) -> None:
    """The same of a variable."""
    hub.faults.add(f"truncate=0 method=POST path=/api/spaces/{name}/variables")


def second_apply(hub: FleetHub, name: str) -> None:
    """Somebody else writes the same Space between the last look and the first write."""

    def write(_: Request) -> None:
        for key in [*hub.spaces[name].settings["secrets"]]:
            hub.write_as_stranger(name, "secrets", key, hub.secrets.issue("fleet-secret"))
        for key in [*hub.spaces[name].settings["variables"]]:
            hub.write_as_stranger(name, "variables", key, "of the other")

    hub.meet("before", "(POST|PUT)", f"/api/spaces/{name}/", write)


def same_second(hub: FleetHub, name: str) -> None:
    """Somebody else writes the secret after us, in the same second."""

    def write(request: Request) -> None:
        key = str(request.json()["key"])  # type: ignore[index, call-overload]
        at = hub.spaces[name].settings["secrets"][key].updated_at
        value = hub.secrets.issue("fleet-secret")
        hub.write_as_stranger(name, "secrets", key, value, description="by hand", at=at)

    hub.meet("after", "POST", f"/api/spaces/{name}/secrets", write)


def unasked_variable(hub: FleetHub, name: str) -> None:
    """The answer to a variable's write shows one that nobody here has written."""
    hub.meet(
        "before",
        "POST",
        f"/api/spaces/{name}/variables",
        lambda _: hub.write_as_stranger(name, "variables", "UNASKED", "there"),
    )


def body_stripped(hub: FleetHub, name: str) -> None:
    """Something on the way takes the body from each DELETE."""

    def strip(request: Request) -> None:
        request.body = b""

    hub.meet("before", "DELETE", f"/api/spaces/{name}/", strip, times=None)


def delete_ignored(hub: FleetHub, name: str) -> None:
    """A DELETE is answered well, and nothing is deleted."""
    ignored = json_response(200, {})
    hub.meet("before", "DELETE", f"/api/spaces/{name}/", lambda _: ignored, times=None)


def reads_lag(hub: FleetHub, _: str) -> None:
    """Two reads after each write show what was before."""
    hub.lag = 2


def never_a_time(hub: FleetHub, _: str) -> None:
    """Neither a new secret nor a changed one has an `updatedAt`."""
    hub.times = "never"


def clock_behind(hub: FleetHub, _: str) -> None:
    """The Hub's clock is an hour ahead of this machine's."""
    hub.clock_offset += 3_600


# Stages.


def stale_running(hub: FleetHub, name: str) -> None:
    """The old process shows for long; the new one does not come up."""
    stages = ("RUNNING", "RUNNING", "RUNNING_APP_STARTING", "RUNTIME_ERROR")
    hub.spaces[name].course = stages


def falls_after_health(hub: FleetHub, name: str) -> None:
    """It comes up, and then does not stay."""
    hub.spaces[name].course = ("APP_STARTING", "RUNNING", "RUNNING", "CONFIG_ERROR")


def falls_asleep(hub: FleetHub, name: str) -> None:
    """It sleeps before anybody saw it run."""
    hub.spaces[name].course = ("APP_STARTING", "SLEEPING")


def stops(hub: FleetHub, name: str) -> None:
    """It is stopped while somebody waits for it."""
    hub.spaces[name].course = ("APP_STARTING", "STOPPED")


def unknown_stage(hub: FleetHub, name: str) -> None:
    """A stage comes that nobody has heard of, then all is well."""
    hub.spaces[name].course = ("QUIESCING", "QUIESCING", "RUNNING")


def builds_for_ever(hub: FleetHub, name: str) -> None:
    """It never comes up."""
    hub.spaces[name].course = ("BUILDING",)


def app_sick(hub: FleetHub, name: str) -> None:
    """It runs, and its own URL answers 503."""
    hub.spaces[name].sick = lambda _: True


def spend_limit(hub: FleetHub, name: str) -> None:
    """The organization's spend limit pauses it while somebody waits for it."""
    hub.spaces[name].course = ("APP_STARTING", "PAUSED")


# What is refused.


def rate_limited(hub: FleetHub, name: str) -> None:
    """Nothing is left of the window when the first write comes, which is long before its end."""

    def refuse(request: Request) -> Response:
        hub.limits.refusals += 1
        limit = (("RateLimit", f'"api";r=0;t={UNTIL_RESET}'), ("Retry-After", f"{UNTIL_RESET}"))
        return json_response(429, {"error": "We had to rate limit you."}, limit)

    hub.meet("before", "(POST|PUT)", f"/api/spaces/{name}/", refuse, times=None)


def gateway_timeout(hub: FleetHub, name: str) -> None:
    """A gateway answers a write with a page of HTML."""
    page = "<!doctype html><title>504</title>"
    path = f"path=/api/spaces/{name}/secrets"
    hub.faults.add(f"status=504 method=POST {path} type=text/html body={page}")


def page_for_yes(hub: FleetHub, name: str) -> None:
    """A proxy answers a write with 200 and its own page, and asks nobody."""
    path = f"path=/api/spaces/{name}/secrets"
    hub.faults.add(f"status=200 method=POST {path} type=text/html body=<html>Please wait</html>")


def second_page_fails(hub: FleetHub, _: str) -> None:
    """The listing breaks after its first page."""
    hub.page_limit = 1
    broken = refusal(500, "Internal Error")
    hub.meet("before", "GET", r"/api/spaces\?.*cursor=", lambda _: broken, times=None)


def rights_lost(hub: FleetHub, name: str) -> None:
    """A private Space that is there answers 401 and stands in no listing."""
    hub.lost.add(name)


def organization_locked(hub: FleetHub, name: str) -> None:
    """Nothing of that organization can be read: 402."""
    owner = name.partition("/")[0]
    hub.locked_owners[owner] = 402
    hub.lost_status = 402
    hub.lost |= {each for each in hub.spaces if each.startswith(f"{owner}/")}


def renamed(hub: FleetHub, name: str) -> None:
    """Its old name leads to the one that it has at another owner."""
    hub.rename(f"spaces/{name}", f"spaces/strangers/{name.partition('/')[2]}")


def no_secret_names(hub: FleetHub, _: str) -> None:
    """This Hub has no route that lists secrets."""
    hub.has_secret_names = False


def managed_by_scim(hub: FleetHub, name: str) -> None:
    """Its group is managed elsewhere, and each change of it is refused."""
    refused = refusal(403, "This resource group is managed by SCIM.")
    target = f"/api/spaces/{name}/{SETTINGS}"
    hub.meet("before", "(POST|PUT)", target, lambda _: refused, times=None)


def leaver_applies(hub: FleetHub, _: str) -> None:
    """The token dies after its first write: its owner has just left."""

    def revoke(_: Request) -> None:
        hub.applier.revoked = True

    hub.meet("after", "(POST|PUT)", "/api/spaces/", revoke)
