"""Every key that `--json` prints is in docs/json.md, in its command's row, and is snake_case."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import product
from fleetworld import Fleet
from rotating import Json, Rotator
from Sandbox.world import World

PAGE = product.CHECKOUT / "docs/json.md"
EVENTS = "\n## Events of `fleet apply`\n"
EXAMPLE = product.CHECKOUT / "docs/access"
# What is below these is named by others: by CI systems, by issuers.
OTHERS = {"claims"}

Hfmint = Callable[..., product.Result]


def keys(value: object) -> Iterator[str]:
    """The names of all objects in `value`."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield name
            if name not in OTHERS:
                yield from keys(member)
    elif isinstance(value, list):
        for element in value:
            yield from keys(element)


def documented(command: str) -> set[str]:
    """The keys in the row of `command`, and in the rows about its parts that follow it."""
    rows = [row for row in PAGE.read_text(encoding="utf-8").splitlines() if row.startswith("|")]
    start = next(index for index, row in enumerate(rows) if f"`{command}`" in row.split("|")[1])
    parts = [rows[start]]
    for row in rows[start + 1 :]:
        if not row.startswith("| …"):
            break
        parts.append(row)
    return set(re.findall(r"`([a-z_0-9]+)`", " ".join(parts)))


def check(command: str, result: product.Result) -> Json:
    """Compare, and give back what was printed."""
    printed: Json = json.loads(result.stdout)
    found = set(keys(printed))
    assert found, command
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", key) for key in found)
    assert found <= documented(command), f"{command}: {sorted(found - documented(command))}"
    return printed


def test_a_jobs_commands_have_the_documented_keys(world: World, hfmint: Hfmint) -> None:
    """What a CI job calls."""
    world.publish("acme/model")
    check("hfmint", hfmint("--json"))
    check("exchange", hfmint("exchange", "acme/model", "--json", "--deliver", "env"))
    check("setup-git", hfmint("setup-git", "--environment", "--json"))
    check("forget", hfmint("forget", "--json"))


def test_a_manifests_commands_have_the_documented_keys(hfmint: Hfmint, tmp_path: Path) -> None:
    """Also with somebody who gained, and somebody who lost."""
    for file in EXAMPLE.rglob("*.json5"):
        copy = tmp_path / "old" / file.relative_to(EXAMPLE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(file.read_text().replace("acme/chat-staging", "acme/chat-elsewhere"))
    root, old = str(EXAMPLE / "hfmint.json5"), str(tmp_path / "old/hfmint.json5")
    changed = hfmint("manifest", "check", "--manifest", root, "--against", old, "--json", env={})
    printed = check("manifest check", changed)
    assert printed["gained"]
    assert printed["lost"]
    explained = hfmint("manifest", "explain", "--manifest", root, "--json", env={})
    assert check("manifest explain", explained)["publishers"]


def test_a_decision_has_the_documented_keys(hfmint: Hfmint, tmp_path: Path) -> None:
    """A yes to anybody, and a no that names its rights."""
    manifest = tmp_path / "m.json5"
    serve = {
        "origin": "https://hub.acme.example",
        "socket": "serve.sock",
        "hosts": {"hub.acme.example": {"kind": "hub"}},
        "delivery": "token",
        "anonymous": ["acme/open"],
    }
    manifest.write_text(json.dumps({"version": 1, "serve": serve}))
    for name, decision in ("open", "allowed"), ("model", "refused"):
        url = f"https://hub.acme.example/acme/{name}/resolve/main/x"
        words = ("serve", "explain", "GET", url, "--manifest", str(manifest), "--json")
        assert check("serve explain", hfmint(*words, env={}))["decision"] == decision


def test_rotations_have_the_documented_keys(rotator: Rotator) -> None:
    """From the journal's making to a run."""
    rotator.set_up("okta", ["file"], overlap="1d", schedule={"every": "30d"})
    for command in ("init", "plan", "now chat", "run", "status --check", "abandon chat"):
        words = command.split()
        check(f"rotate {words[0]}", rotator(*words, "--json"))


def test_a_fleets_commands_have_the_documented_keys(tmp_path: Path) -> None:
    """With something that differs, that may not be read, and that is not written."""
    with Fleet(product.needed(), tmp_path / "fleet") as fleet:
        fleet.add_usual_spaces()
        chat, search = fleet.usual(health={"timeout": "1s"}), fleet.usual(after=["acme/chat"])
        fleet.write({"acme/chat": chat, "acme/search": search, "acme/front": fleet.usual()})

        def told(*words: str) -> Json:
            command = [str(fleet.program), *words, "--json"]
            return check(" ".join(words[:2]), product.run(command, fleet.env, fleet.path.parent))

        assert told("fleet", "plan")["differences"]
        assert told("fleet", "drift")["drift"] is True
        assert told("fleet", "status")["resources"]
        told("fleet", "adopt", "acme/chat")
        told("fleet", "owner", "acme/chat")
        fleet.hub.lost.add("acme/front")
        assert told("fleet", "plan")["unreadable"]
        assert told("doctor", "--fleet")["missing"]
        fleet.hub.spaces["acme/chat"].course = ("RUNTIME_ERROR",)
        *events, report = fleet("apply", "--rollback", "--json").out.splitlines()
        check("fleet apply", product.Result(6, report.encode(), b""))
    about = PAGE.read_text(encoding="utf-8").partition(EVENTS)[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z_]+)`", about))
    for event in map(json.loads, events):
        assert {*event, event["event"]} <= named, event


def test_a_migration_has_the_documented_keys(hfmint: Hfmint, tmp_path: Path) -> None:
    """Of a file that changes, and of one that is left alone."""
    for name in ("publish", "docker"):
        file = tmp_path / ".github/workflows" / f"{name}.yml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes((product.CHECKOUT / f"Tests/Migration/github/{name}.yml").read_bytes())
    printed = check("doctor --migrate", hfmint("doctor", "--migrate", str(tmp_path), "--json"))
    assert [file["status"] for file in printed["files"]] == ["unsure", "changed"]
    assert printed["publishers"]


def test_an_error_has_the_documented_keys(hfmint: Hfmint) -> None:
    """The same for every command."""
    printed = json.loads(hfmint("exchange", "--no-such", "--json").stdout)
    text = PAGE.read_text(encoding="utf-8")
    assert set(keys(printed)) == {"error", *printed["error"]}
    assert all(f'"{key}"' in text for key in keys(printed))
