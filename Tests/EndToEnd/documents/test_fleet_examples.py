"""`ci-examples/fleet`: valid and tidy, and played against a Hub with Spaces."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs

import pytest

import product
from checkers import module
from pipelines import Played, Stage, github_actions, gitlab_ci, load
from Sandbox.fleethub import FleetHub
from Sandbox.server import Server
from Sandbox.wire import Request, Response, json_response
from Sandbox.world import World
from test_examples import RULES, SCHEMAS

FOLDER = product.CHECKOUT / "ci-examples/fleet"
NAMES = ("github-plan", "github-apply", "gitlab-plan", "gitlab-apply")
MANIFEST = {
    "version": 1,
    "organization": "acme",
    "fleet": {
        "credentials": {"read": "env:HUB_READ", "apply": "env:HUB_APPLY"},
        "key": "env:FLEET_KEY",
        "settle": "1s",
        "spaces": {
            "acme/chat": {
                "owner": "chat",
                "variables": {"LEVEL": "info"},
                "secrets": {"API_KEY": {"from": "env:CHAT_API_KEY", "version": "1"}},
            }
        },
    },
}
# Stands in for https://cli.github.com/manual/gh_pr_comment.
GH = """#!/bin/sh
set -eu
[ "$1 $2 $3 $4 $5 $6" = "pr comment 7 --edit-last --create-if-none --body-file" ]
[ "$GH_REPO $GH_TOKEN" = "acme/fleet ghs_of-the-job" ]
cp "$7" "$COMMENT"
"""


class Notes(Server):
    """The comments of a merge request. https://docs.gitlab.com/api/notes/"""

    def __init__(self) -> None:
        super().__init__()
        self.token = ""
        self.notes: dict[int, str] = {1: "a person's"}
        place = "/projects/20/merge_requests/7/notes"
        self.route("GET", place, lambda _: self._all())
        self.route("POST", place, self._write)
        self.route("PUT", place + r"/(\d+)", self._write)

    def _all(self) -> Response:
        return json_response(200, [{"id": key, "body": body} for key, body in self.notes.items()])

    def _write(self, request: Request, name: str = "") -> Response:
        if request.header("PRIVATE-TOKEN") != self.token:
            return json_response(401, {"message": "401 Unauthorized"})
        number = int(name or len(self.notes) + 1)
        (self.notes[number],) = parse_qs(request.body.decode())["body"]
        return json_response(201, {"id": number})


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """One Space, which is not as the manifest says."""
    program = product.needed()
    with World(root=tmp_path / "world", kind_of_hub=FleetHub) as world:
        world.bin = product.folder_with(program, tmp_path / "bin")
        hub_of(world).add_space("acme/chat", variables={"LEVEL": "debug"})
        yield world


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the provider's own step checks out."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "hfmint.json5").write_text(json.dumps(MANIFEST))
    return folder


def hub_of(world: World) -> FleetHub:
    """The Hub of these tests."""
    return cast(FleetHub, world.hub)


def play(name: str, world: World, checkout: Path, **variables: str) -> Played:
    """Play it with all that the manifest names, as far as the example hands it on."""
    hub = hub_of(world)
    secrets = {
        "HUB_READ": hub.reader.value,
        "HUB_APPLY": hub.applier.value,
        "FLEET_KEY": world.sentinels.issue("fleet-key", length=48),
        "CHAT_API_KEY": world.sentinels.issue("fleet-secret"),
    }
    own = {"PATH": str(world.bin), "HF_ENDPOINT": hub.origin, **variables}
    is_plan = name.endswith("plan")
    if name.startswith("github"):
        said = {"github.token": "ghs_of-the-job", "github.repository": "acme/fleet"}
        said["github.event.number"] = '"7"'
        known = (FOLDER / f"{name}.yml").read_text()
        places = {f"${{{{ {key} }}}}": value for key, value in said.items()}
        documents = load(
            FOLDER / f"{name}.yml", {key: value for key, value in places.items() if key in known}
        )
        played = github_actions(documents, Stage(world, checkout, own, (), secrets))
    else:
        given = {"HUB_READ": secrets["HUB_READ"]} if is_plan else secrets
        documents = load(FOLDER / f"{name}.yml")
        played = gitlab_ci(documents, Stage(world, checkout, own, (), given))
    assert played.status == 0, played.log
    for secret in secrets.values():
        assert secret not in played.log
    return played


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_valid_and_tidy(name: str) -> None:
    """As the provider's schema and yamllint see it."""
    provider = "github-actions" if name.startswith("github") else "gitlab-ci"
    path = str(FOLDER / f"{name}.yml")
    transform = ("--data-transform", "gitlab-ci") if provider == "gitlab-ci" else ()
    done = module("check_jsonschema", "--builtin-schema", SCHEMAS[provider], *transform, path)
    assert done.returncode == 0, done.stdout
    done = module("yamllint", "--strict", "-d", RULES, path)
    assert done.returncode == 0, done.stdout


def test_there_is_no_other_example() -> None:
    """That nobody plays."""
    assert {path.stem for path in FOLDER.iterdir()} == set(NAMES)


@pytest.mark.parametrize("name", ["github-plan", "gitlab-plan"])
def test_a_plan_has_no_credential_that_writes(name: str) -> None:
    """Nor a value of the fleet's."""
    text = (FOLDER / f"{name}.yml").read_text()
    assert not any(word in text for word in ("HUB_APPLY", "FLEET_KEY", "CHAT_API_KEY"))


def test_a_plan_on_github_is_a_comment_and_a_summary(world: World, checkout: Path) -> None:
    """And nothing is written."""
    assert world.bin
    program = world.bin / "gh"
    program.write_text(GH)
    program.chmod(0o755)
    comment = checkout.parent / "comment.md"
    play("github-plan", world, checkout, COMMENT=str(comment))
    text = comment.read_text()
    assert "### Fleet: 2 changes in 1 of 1 resource" in text
    assert "<code>variables&#46;LEVEL</code>" in text
    assert text in [path.read_text() for path in world.root.rglob("*step_summary*")]
    assert hub_of(world).write_count == 0


def test_a_plan_on_gitlab_is_one_comment_and_a_report(world: World, checkout: Path) -> None:
    """Which the next pipeline renews, while what people say stays."""
    notes = Notes()
    notes.token = world.sentinels.issue("notes-token")
    notes.start()
    try:
        place = {
            "CI_API_V4_URL": notes.origin,
            "CI_PROJECT_ID": "20",
            "CI_MERGE_REQUEST_IID": "7",
            "NOTES_TOKEN": notes.token,
        }
        play("gitlab-plan", world, checkout, **place)
        assert notes.notes.keys() == {1, 2}
        assert "2 changes" in notes.notes[2]
        hub_of(world).write_as_stranger("acme/chat", "variables", "LEVEL", "info")
        played = play("gitlab-plan", world, checkout, **place)
        assert notes.token not in played.log
    finally:
        notes.stop()
    assert notes.notes[1] == "a person's"
    assert notes.notes.keys() == {1, 2}
    assert "1 change" in notes.notes[2]
    summary = json.loads((checkout / "summary.json").read_text())
    assert summary == {"create": 1, "update": 0, "delete": 0}
    assert hub_of(world).write_count == 0


@pytest.mark.parametrize("name", ["github-apply", "gitlab-apply"])
def test_an_apply_brings_the_fleet_to_what_main_says(
    name: str, world: World, checkout: Path
) -> None:
    """And says so in Markdown."""
    play(name, world, checkout)
    settings = hub_of(world).spaces["acme/chat"].settings
    assert settings["variables"]["LEVEL"].value == "info"
    assert "API_KEY" in settings["secrets"]
    assert "1 of 1 resource applied" in (checkout / "applied.md").read_text()
