"""A machine with a fleet on it: a parent's manifest, three apps', a rotation, and a job of Bob's.

What `Scripts/sandbox --fleet` makes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

from .fleethub import FleetHub
from .githubjob import GitHubJob
from .sinks.places import Place
from .world import World

INDEX, CHAT, FRONT = "acme/index", "acme/chat", "acme/front"
SECRET = "CLIENT_SECRET"
# An app that has this in its environment is not well.
BROKEN = "broken"

PARENT = """\
// What all apps have in common, and what none of them may change.
{
  version: 1,
  organization: "acme",
  roles: {
    index: { access: "write", resources: ["spaces/acme/index"] },
    chat: { access: "write", resources: ["spaces/acme/chat"] },
    front: { access: "write", resources: ["spaces/acme/front"] },
  },
  grants: [
    { name: "ada", role: "chat", identity: { ISSUER, claims: { REPOSITORY, actor: "ada" } } },
    { name: "bob", role: "chat", identity: { ISSUER, claims: { REPOSITORY, actor: "bob" } } },
  ],
  apps: ["apps/index.json5", "apps/chat.json5", "apps/front.json5"],
  rotations: { chat: ROTATION },
  fleet: {
    owner: "platform",
    credentials: { read: "env:HUB_READ", apply: "env:HUB_APPLY" },
    key: "file:fleet.key",
    settle: "1s",
    spaces: { "acme/index": { protect: true }, "acme/chat": { protect: true }, "acme/front": {} },
  },
}
"""
APP = """\
{
  version: 1,
  extends: "../hfmint.json5",
  fleet: {
    owner: "NAME team",
    spaces: {
      "acme/NAME": {
        variables: { LEVEL: "info" },
        health: { url: "URL", timeout: "5s" },MORE
      },
    },
  },
}
"""
MORE = {
    INDEX: "",
    CHAT: """
        after: ["acme/index"],
        secrets: { CLIENT_SECRET: { rotation: "chat", rotate: "on-release" } },""",
    FRONT: """
        after: ["acme/chat"],
        secrets: { API_KEY: { from: "env:FRONT_KEY" } },""",
}


def space_sink(hub: FleetHub, space: str, key: str) -> Place:
    """A Space's secret as a rotation's sink, which has arrived when the Space is well with it."""
    health = {"url": hub.sites.url(f"spaces/{space}"), "timeout": "30s"}
    sink = {"kind": "hub-space", "url": hub.origin, "space": space, "name": key, "health": health}

    def put(value: str) -> None:
        hub.spaces[space].put("secrets", key, value, "of the OAuth app", None)
        hub.spaces[space].begin()

    def value() -> str | None:
        setting = hub.spaces[space].settings["secrets"].get(key)
        return setting.value if setting else None

    return Place(
        sink | {"token": "env:SPACE_TOKEN"},
        put,
        value,
        lambda: hub.spaces[space].settings["secrets"].pop(key),
        None,
        {"SPACE_TOKEN": hub.applier.value},
    )


class FleetMachine:
    """The machine is `folder`, which is made; `environment` is that of who applies.

    In its file `job`, a line for each variable, is that of a job which Bob has started.
    """

    def __init__(self, world: World, folder: Path) -> None:
        hub = cast(FleetHub, world.hub)
        hub.course = ("RUNNING_APP_STARTING", "RUNNING")
        for name in MORE:
            space = hub.add_space(name, variables={"LEVEL": "debug"})
            space.sick = lambda space: BROKEN in space.program.values()
        (folder / "apps").mkdir(mode=0o700, parents=True)
        manifest = folder / "hfmint.json5"
        world.publish(f"spaces/{CHAT}")
        world.github.job = GitHubJob(actor="bob")
        job = world.environment("github") | {"HFMINT_MANIFEST": str(manifest)}
        self._write(folder / "job", "".join(f"{name}={value}\n" for name, value in job.items()))
        world.rotations.add("fleet-space", space_sink(hub, CHAT, SECRET))
        rotation = world.rotations.rotation("okta", ["fleet-space"], overlap="1s")
        text = PARENT.replace("ROTATION", json.dumps(rotation))
        text = text.replace("ISSUER", f'issuer: "{world.github.job.issuer}"')
        text = text.replace("REPOSITORY", f'repository: "{world.github.job.repository}"')
        self._write(manifest, text)
        for name, more in MORE.items():
            short, url = name.partition("/")[2], hub.sites.url(f"spaces/{name}")
            text = APP.replace("NAME", short).replace("URL", url).replace("MORE", more)
            self._write(folder / f"apps/{short}.json5", text)
        self._write(folder / "fleet.key", world.sentinels.issue("fleet-key", length=48))
        self.environment = world.environment("none") | {
            "HFMINT_MANIFEST": str(manifest),
            "HUB_READ": hub.reader.value,
            "HUB_APPLY": hub.applier.value,
            "FRONT_KEY": world.sentinels.issue("fleet-secret"),
        }

    @staticmethod
    def _write(path: Path, text: str) -> None:
        path.touch(0o600)
        path.write_text(text)
