"""Apps of a fleet, which inherit and only narrow; and what is told without a plan."""

from __future__ import annotations

import json

import pytest

from fleetworld import Fleet, Json
from Sandbox.fleethubspaces import Setting, Volume

CHAT = "acme/chat"
ROLES = {
    "chat": {"access": "write", "resources": ["spaces/acme/chat"]},
    "search": {"access": "write", "resources": ["spaces/acme/search", "spaces/acme/front"]},
}
PAYROLL = {"type": "dataset", "source": "acme/payroll", "mountPath": "/data"}
# No two apps name one reference.
SEARCH_SECRETS = {"TOKEN": {"from": "env:SEARCH_TOKEN"}}


def two_apps(fleet: Fleet, chat: Json | None = None, **parent: Json) -> None:
    """A parent with two apps; what it says of Spaces, and the chat app of its own."""
    fleet.members["roles"] = ROLES
    fleet.app("chat.json5", {CHAT: chat or fleet.usual()}, owner="chatters")
    fleet.secret("SEARCH_TOKEN")
    search = fleet.usual(secrets=SEARCH_SECRETS)
    fleet.app("search.json5", {"acme/search": search, "acme/front": {"after": [CHAT]}})
    fleet.write(parent.get("spaces", {}), owner="platform")


def test_one_plan_is_over_all_apps(fleet: Fleet) -> None:
    """Or over one; what the parent says of a Space holds, unless the app says it."""
    spaces = {CHAT: {"variables": {"LEVEL": "warn", "MORE": "1"}, "visibility": "protected"}}
    two_apps(fleet, spaces=spaces)
    told = fleet.plan()
    both = {(name, path) for name in (CHAT, "acme/search") for path in ("variables.LEVEL",)}
    assert both < told.changes
    assert told.differences[CHAT, "variables.LEVEL"]["after"] == "info"
    assert (CHAT, "variables.MORE") in told.changes
    assert (CHAT, "visibility") in told.changes
    assert told.differences[CHAT, "variables.MORE"]["owner"] == "chatters"
    assert told.differences["acme/search", "variables.LEVEL"]["owner"] == "platform"
    mine = fleet.plan("--app", "apps/chat.json5")
    assert {resource for resource, _ in mine.changes} == {CHAT}
    assert mine.changes == {what for what in told.changes if what[0] == CHAT}


@pytest.mark.parametrize(
    ("chat", "parent", "said"),
    [
        ({"visibility": "public"}, {"visibility": "private"}, "visibility"),
        ({"protect": False}, {"protect": True}, "protect"),
        ({"owner": "me"}, {"owner": "platform"}, "owner"),
        ({"secrets": {"A": {"from": "env:HUB_APPLY"}}}, {}, "the parent uses itself"),
        ({"secrets": {"A": {"from": "file:../fleet.key"}}}, {}, "parent"),
        ({"secrets": {"A": {"from": {"command": ["/bin/cat"]}}}}, {}, "command"),
        ({"secrets": {"A": {"from": "env:HF_TOKEN"}}}, {}, "HF_TOKEN"),
        ({"secrets": {"A": {"from": "file:.git/config"}}}, {}, "git"),
        ({"secrets": {"A": {"rotation": "nobody"}}}, {}, "names no rotation"),
        ({"secrets": {"A": {"from": "env:SEARCH_TOKEN"}}}, {}, "uses too"),
        ({"volumes": [PAYROLL]}, {}, "no role of the parent opens"),
    ],
)
def test_an_app_only_narrows(fleet: Fleet, chat: Json, parent: Json, said: str) -> None:
    """Whoever reviews the parent has reviewed the most that an app can do."""
    two_apps(fleet, chat, spaces={CHAT: parent})
    ended = fleet("plan")
    assert ended.status == 2
    assert said in ended.err
    assert not fleet.hub.requests


@pytest.mark.parametrize("name", ["acme/other", "acme/search", "strangers/chat", "acme/CHAT"])
def test_an_app_has_what_its_parent_gave_it(fleet: Fleet, name: str) -> None:
    """No Space without a role, and none of another app's, in whatever letters."""
    two_apps(fleet, spaces={CHAT: {}})
    fleet.app("chat.json5", {name: fleet.usual()})
    fleet.write({CHAT: {}})
    ended = fleet("plan")
    assert ended.status == 2
    assert name in ended.err
    assert not fleet.hub.requests


@pytest.mark.parametrize("members", [{"key": "env:K"}, {"maxDeletes": 99}, {"credentials": {}}])
def test_what_is_the_parents_no_app_says(fleet: Fleet, members: Json) -> None:
    """Credentials, key and limits."""
    two_apps(fleet)
    fleet.apps["chat.json5"]["fleet"] |= members
    fleet.write({})
    assert fleet("plan").status == 2
    assert not fleet.hub.requests


def test_a_lost_app_removes_nothing(fleet: Fleet) -> None:
    """Neither where its file is gone, nor where no Space is named any more."""
    two_apps(fleet)
    assert fleet.apply().status == 0
    before = fleet.hub.world
    (fleet.path.parent / "apps/chat.json5").unlink()
    assert fleet("apply", "--prune").status == 2
    fleet.apps.clear()
    fleet.write({})
    for words in (("plan", "--prune"), ("apply", "--prune", "--max-deletes", "99"), ("drift",)):
        assert fleet(*words).status == 2, words
    fleet.write({"acme/search": fleet.usual(secrets=SEARCH_SECRETS)})
    assert fleet.apply("--prune", "--max-deletes", "99").status == 0
    assert fleet.hub.world == before


def test_the_status_comes_of_the_listing_alone(fleet: Fleet) -> None:
    """A few pages, however many Spaces there are."""
    fleet.hub.page_limit = 2
    two_apps(fleet)
    fleet.hub.spaces[CHAT].stage = "PAUSED"
    ended = fleet("status", "--json")
    assert ended.status == 0, ended
    resources = {r["resource"]: r for r in json.loads(ended.out)["resources"]}
    assert {name: r["stage"] for name, r in resources.items()} == {
        "spaces/acme/chat": "PAUSED",
        "spaces/acme/front": "RUNNING",
        "spaces/acme/search": "RUNNING",
    }
    assert resources["spaces/acme/chat"]["owner"] == "chatters"
    assert {r.path for r in fleet.hub.requests} == {"/api/spaces"}
    assert len(fleet.hub.requests) == 2


def test_a_plan_takes_two_requests_for_a_space(fleet: Fleet) -> None:
    """And the pages of the listing; nobody is asked to write."""
    fleet.hub.page_limit = 2
    two_apps(fleet)
    fleet.plan()
    # The front has neither variables nor secrets to compare.
    assert 4 <= len(fleet.hub.requests) - 2 <= 6
    assert {r.method for r in fleet.hub.requests} == {"GET"}


def test_the_owner_is_told_without_asking(fleet: Fleet) -> None:
    """Who it is, where that is said, and what waits for what."""
    two_apps(fleet)
    ended = fleet("owner", "acme/chat", "--json")
    told = json.loads(ended.out)
    assert (told["owner"], told["manifest"].rpartition("/")[2]) == ("chatters", "chat.json5")
    assert told["before"] == ["spaces/acme/front"]
    assert fleet("owner", "acme/nobody").status == 2
    assert not fleet.hub.requests


def test_what_is_adopted_is_as_declared(fleet: Fleet) -> None:
    """The text that is printed, in a manifest, plans nothing but the secrets that nobody knows."""
    fleet.write({"acme/search": {}})
    quoted = Setting('a "b" \\ c\'s\n\u2028d')
    token = fleet.world.sentinels.issue("hub-token", "hf_")
    chat = fleet.hub.spaces[CHAT]
    chat.settings["variables"] |= {
        "QUOTED": quoted,
        "EMPTY": Setting(""),
        "with-dash": Setting("a"),
        "HELD": Setting(f"https://{token}"),
    }
    chat.settings["secrets"]["odd name"] = Setting("a")
    pinned = {"type": "model", "source": "acme/m", "mountPath": "/m", "revision": "v1", "path": "a"}
    bucket = {"type": "bucket", "source": "acme/b", "mountPath": "/b", "readOnly": True}
    chat.volumes = [Volume(pinned), Volume(bucket)]
    ended = fleet("adopt", CHAT)
    assert ended.status == 0, ended
    for path in ("variables.EMPTY", "variables.with-dash", "variables.HELD", "secrets.odd name"):
        assert f"hfmint: left out: {path} " in ended.err
    assert fleet.hub.write_count == 0
    text = json.dumps(fleet.manifest).replace('"acme/search": {}', ended.out.strip().rstrip(","))
    fleet.save(fleet.path, text)
    told = fleet.plan()
    assert told.changes <= {(CHAT, "secrets.TOKEN")}, told
