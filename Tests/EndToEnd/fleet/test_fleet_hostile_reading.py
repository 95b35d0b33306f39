"""What can go wrong while a fleet is read: nothing looks deleted, and nothing strange is obeyed."""

from __future__ import annotations

import json

import pytest

from fleetworld import UNPRINTABLE, Fleet
from Sandbox.fleethub import changed
from Sandbox.fleethubholdings import STRANGE
from Sandbox.fleethubsituations import begin

CHAT, FRONT, SEARCH = "acme/chat", "acme/front", "acme/search"
TOKEN = (CHAT, "secrets.TOKEN")


def applied(fleet: Fleet) -> None:
    """A fleet as declared, of which the manifest then drops each secret: there is what to prune."""
    names = (CHAT, FRONT, SEARCH)
    fleet.write({name: fleet.usual() for name in names}, maxUnavailable=3)
    assert fleet.apply().status == 0
    fleet.hub.record.clear()
    fleet.write({name: {"variables": {"LEVEL": "info"}, "secrets": {}} for name in names})
    assert len(fleet.plan("--prune").changes) == 3


@pytest.mark.parametrize("situation", ["rights-lost", "organization-locked", "renamed"])
def test_what_cannot_be_read_is_not_taken_for_gone(fleet: Fleet, situation: str) -> None:
    """It is said to be unreadable, and nothing at all is removed, made or led elsewhere."""
    applied(fleet)
    begin(fleet.hub, situation, CHAT)
    before = fleet.hub.world
    told = fleet.plan("--prune")
    assert told.status == 3, told.ended
    assert told.report["unreadable"], told
    words = {d["verdict"] for d in told.report["differences"] if CHAT in d["resource"]}
    assert words <= {"unreadable", "foreign"}, words
    assert "missing" not in {d["verdict"] for d in told.report["differences"]}
    fleet("apply", "--prune", "--max-deletes", "99")
    assert fleet.hub.world == before
    assert fleet.hub.record.writes == []
    if situation == "renamed":
        assert "strangers/chat" in told.ended.out
        assert not [r for r in fleet.hub.requests if "strangers" in r.path]


def test_a_listing_that_breaks_off_is_none(fleet: Fleet) -> None:
    """The Hub is away, after its first page as before it; what was on that page is no fleet."""
    applied(fleet)
    begin(fleet.hub, "second-page-fails", CHAT)
    before = fleet.hub.world
    for words in (("plan", "--prune"), ("apply", "--prune", "--max-deletes", "99")):
        ended = fleet(*words)
        assert (ended.status, ended.out) == (4, ""), ended
    assert fleet.hub.world == before
    assert fleet.hub.record.writes == []


def test_names_that_cannot_be_listed_are_unreadable(fleet: Fleet) -> None:
    """Whether the route is not there or the credential may not."""
    fleet.write({CHAT: fleet.usual()})
    for switch in ("has_secret_names", "secrets_need_write"):
        setattr(fleet.hub, switch, not getattr(fleet.hub, switch))
        told = fleet.plan()
        assert told.status == 3
        assert told.verdict(CHAT, "secrets") == "unreadable"
        assert told.verdict(CHAT, "variables.LEVEL") == "different"
        setattr(fleet.hub, switch, not getattr(fleet.hub, switch))


def test_what_is_not_there_is_missing_to_who_sees_all(fleet: Fleet) -> None:
    """To others it may be hidden. It is a person's to make, in either case."""
    fleet.write({CHAT: fleet.usual(), "acme/nobody": {}})
    told = fleet.plan("--prune")
    assert (told.status, told.verdict("acme/nobody", "")) == (3, "unreadable")
    fleet.hub.role_in_org = "admin"
    told = fleet.plan("--prune")
    assert (told.status, told.verdict("acme/nobody", "")) == (0, "missing")
    assert ("acme/nobody", "") in told.refused
    assert told.report["unreadable"] == []
    assert fleet.drift().status == 6
    assert fleet.apply().status == 0
    assert {r.path for r in fleet.hub.requests if "nobody" in r.path} == {"/api/spaces/acme/nobody"}


def test_an_administrator_tells_what_is_gone_from_what_is_hidden(fleet: Fleet) -> None:
    """By a credential of its own, which reads what the first did not find, and no more."""
    fleet.hub.add_space("beta/hidden", variables={"LEVEL": "debug"})
    fleet.hub.reach[fleet.hub.admin.value].add("beta")
    credentials = {name: f"env:HUB_{name.upper()}" for name in ("read", "apply", "admin")}
    fleet.write({CHAT: {}, "acme/nobody": {}, "beta/hidden": {}}, credentials=credentials)
    told = fleet.plan()
    assert (told.status, told.verdict("acme/nobody", "")) == (3, "unreadable")
    fleet.hub.role_in_org = "admin"
    fleet.variables["HUB_ADMIN"] = fleet.hub.admin.value
    told = fleet.plan()
    assert (told.status, told.verdict("acme/nobody", "")) == (3, "missing")
    assert told.report["unreadable"] == [
        "spaces/beta/hidden: is there, and 'fleet.credentials.read' may not see it"
    ]
    asked = {r.path for r in fleet.hub.requests if r.bearer == fleet.hub.admin.value}
    assert asked == {"/api/whoami-v2", "/api/spaces/acme/nobody", "/api/spaces/beta/hidden"}


def test_one_organization_of_several_is_locked(fleet: Fleet) -> None:
    """The others are planned, and the exit status says that it is not all."""
    owners = ("beta", "gamma", "delta", "omega")
    for owner in owners:
        fleet.hub.add_space(f"{owner}/app", variables={"LEVEL": "debug"})
        for token in (fleet.hub.reader, fleet.hub.applier):
            fleet.hub.reach[token.value].add(owner)
    names = [CHAT, *[f"{owner}/app" for owner in owners]]
    fleet.write({name: {"variables": {"LEVEL": "info"}} for name in names})
    begin(fleet.hub, "organization-locked", "gamma/app")
    told = fleet.plan()
    assert told.status == 3
    assert told.changes == {(name, "variables.LEVEL") for name in names if name != "gamma/app"}
    assert [text for text in told.report["unreadable"] if "gamma/app" in text]
    assert told.report["partial"] is True


def test_strange_texts_are_shown_as_text(fleet: Fleet) -> None:
    """In a plan, a comment, a list of drift, and a manifest: no escape, no markup, no formula."""
    chat = fleet.usual()
    chat["variables"]["STRANGE"] = "plain"
    fleet.write({CHAT: chat})
    begin(fleet.hub, "strange-texts", CHAT)
    comment = fleet.path.parent / "plan.md"
    before = fleet.hub.world
    for words in (
        ("plan", "--markdown", str(comment)),
        ("plan", "--json"),
        ("drift",),
        ("status",),
        ("adopt", CHAT),
    ):
        ended = fleet(*words)
        # What each test checks at its end, said here of the run that it is about.
        assert not UNPRINTABLE.search(ended.out + ended.err), words
        assert "\n::set-output" not in ended.out + ended.err, words
    text = comment.read_text()
    assert not UNPRINTABLE.search(text)
    for markup in ("</script>", "<b>", "=HYPERLINK", "|red", "@everyone"):
        assert markup not in text
    assert fleet.hub.world == before
    told = json.loads(fleet("plan", "--json").out)
    shown = {d["path"]: d["before"] for d in told["differences"]}
    assert shown["variables.STRANGE"] == STRANGE
    assert fleet.apply().status == 0
    settings = fleet.hub.spaces[CHAT].settings["secrets"]
    assert str(settings["TOKEN"].description).startswith(STRANGE), "the user's text was changed"


def test_a_masked_volume_is_no_drift(fleet: Fleet) -> None:
    """And what is masked is never sent back."""
    volume = {"type": "dataset", "source": "beta/hidden", "mountPath": "/data"}
    fleet.write({CHAT: {"volumes": [volume]}})
    begin(fleet.hub, "masked-volume", CHAT)
    assert fleet.plan("--detailed-exitcode").status == 0
    fleet.write({CHAT: {"volumes": [volume | {"mountPath": "/elsewhere"}]}})
    before = fleet.hub.world
    fleet.apply()
    assert changed(before, fleet.hub.world) <= {(CHAT, "volumes")}
    assert "*" not in str(fleet.hub.world[CHAT, "volumes"])


def test_volumes_and_sleep_written_out_are_no_drift(fleet: Fleet) -> None:
    """In whatever order."""
    volumes = [
        {"type": "model", "source": "acme/model", "mountPath": "/model"},
        {"type": "dataset", "source": "acme/data", "mountPath": "/data"},
    ]
    fleet.write({CHAT: {"volumes": volumes, "sleep": "48h"}})
    for situation in ("volumes-written-out", "sleep-written-out"):
        begin(fleet.hub, situation, CHAT)
    assert fleet.plan("--detailed-exitcode").status == 0
    assert fleet.drift().status == 0


def test_hardware_is_compared_with_what_was_asked_for(fleet: Fleet) -> None:
    """However long it takes to come, and whatever it is called."""
    begin(fleet.hub, "no-capacity", CHAT)
    fleet.write({CHAT: {"hardware": "h300x16"}})
    assert fleet.plan("--detailed-exitcode").status == 0
    fleet.write({CHAT: {"hardware": "cpu-basic"}})
    told = fleet.plan()
    assert told.differences[CHAT, "hardware"]["before"] == "h300x16"


@pytest.mark.parametrize("situation", ["dev-mode", "hot-reloaded"])
def test_a_process_that_is_not_its_commit_is_told(fleet: Fleet, situation: str) -> None:
    """As drift, which no apply mends."""
    fleet.write({CHAT: {"variables": {"LEVEL": "debug"}}})
    assert fleet.drift().status == 0
    begin(fleet.hub, situation, CHAT)
    told = fleet.drift()
    assert told.status == 6, told
    assert fleet.apply().status == 0
    assert fleet.hub.write_count == 0


def test_a_static_space_gets_no_secret(fleet: Fleet) -> None:
    """It would hand it to every browser."""
    fleet.write({CHAT: fleet.usual()})
    begin(fleet.hub, "static-space", CHAT)
    told = fleet.plan()
    assert (told.refused, told.changes) == ({TOKEN}, {(CHAT, "variables.LEVEL")})
    assert "browser" in str(told.differences[TOKEN]["refusal"])


def test_a_name_that_is_both_is_refused(fleet: Fleet) -> None:
    """The Hub would not start such a Space; one that differs by its case is another."""
    both = fleet.usual()
    both["variables"]["TOKEN"] = "x"
    fleet.write({CHAT: both})
    ended = fleet("plan")
    assert (ended.status, "TOKEN" in ended.err, len(fleet.hub.requests)) == (2, True, 0)
    fleet.write({CHAT: fleet.usual()})
    begin(fleet.hub, "twins", CHAT)
    assert fleet.plan().changes == {TOKEN, (CHAT, "variables.LEVEL")}


@pytest.mark.parametrize("value", ["two\nlines\r\n", "tab\tand \x1b[0m", 'quote " \\ /', "ü€😀"])
def test_a_value_arrives_as_it_is(fleet: Fleet, value: str) -> None:
    """Byte by byte, from a file."""
    chat = fleet.usual()
    chat["secrets"]["TOKEN"] = {"from": fleet.keep_secret("token.key", value)}
    fleet.write({CHAT: chat})
    assert fleet.apply().status == 0
    assert fleet.value(CHAT, "TOKEN") in (value, value.rstrip("\r\n"))


def test_an_empty_secret_is_there_and_never_written(fleet: Fleet) -> None:
    """It is foreign, not missing; ours is refused while its source is empty."""
    fleet.write({CHAT: fleet.usual()})
    begin(fleet.hub, "empty-secret", CHAT)
    assert fleet.plan().verdict(*TOKEN) == "foreign"
    fleet.variables["TOKEN"] = ""
    before = fleet.hub.world
    assert fleet("apply").status != 0
    assert fleet.hub.world == before
