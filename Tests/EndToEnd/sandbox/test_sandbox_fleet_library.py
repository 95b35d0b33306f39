"""The real client library manages Spaces and endpoints of the sandbox.

https://pypi.org/project/huggingface-hub/
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from Sandbox.fleethub import FleetHub
from Sandbox.world import World

pytest.importorskip("huggingface_hub")

SPACES = """
import json
from huggingface_hub import HfApi, Volume
api, chat, told = HfApi(), "acme/chat", []
told.append(api.get_space_runtime(chat).stage)
told.append(sorted(api.get_space_secrets(chat)))
api.add_space_secret(chat, "KEY", "SENTINEL-of-the-library", description="of the library")
api.add_space_secret(chat, "KEY", "SENTINEL-of-the-library", description="of the library")
secret = api.get_space_secrets(chat)["KEY"]
told.append([secret.description, secret.updated_at is not None])
told.append({k: v.value for k, v in api.add_space_variable(chat, "W", "2").items()})
told.append({k: v.value for k, v in api.get_space_variables(chat).items()})
told.append(sorted(api.delete_space_variable(chat, "W")))
api.delete_space_secret(chat, "KEY")
told.append(api.request_space_hardware(chat, "t4-small", sleep_time=600).sleep_time)
api.set_space_volumes(chat, [Volume(type="model", source="acme/model", mount_path="/m")])
volume = api.get_space_runtime(chat).volumes[0]
told.append([volume.revision, volume.read_only])
api.update_repo_settings(chat, repo_type="space", visibility="protected")
told.append(api.wait_for_space(chat, timeout=30, poll_interval=0.01).stage)
told.append(api.pause_space(chat).stage)
told.append(api.restart_space(chat, factory_reboot=True).stage)
told.append(api.space_info(chat).runtime.hardware)
listed = list(api.list_spaces(author="acme", expand=["runtime", "resourceGroup", "sha", "private"]))
told.append([[s.id, s.private, s.runtime.stage in ("RUNNING", "APP_STARTING")] for s in listed])
api.auth_check(chat, repo_type="space", write=True)
print(json.dumps(told))
"""

# The library has no variable for the address of this service.
ENDPOINTS = """
import json, os
from huggingface_hub import HfApi, constants
constants.INFERENCE_ENDPOINTS_ENDPOINT = os.environ["ENDPOINTS"]
api, told = HfApi(), []
told.append([e.name for e in api.list_inference_endpoints(namespace="acme")])
endpoint = api.get_inference_endpoint("scorer", namespace="acme")
told.append([endpoint.status, endpoint.type, endpoint.revision])
endpoint.update(min_replica=1, max_replica=3, revision="2" * 40)
endpoint.wait(timeout=30, refresh_every=0.01)
told.append([endpoint.status, endpoint.raw["compute"]["scaling"]["maxReplica"]])
api.update_inference_endpoint("scorer", namespace="acme", env={"B": "2"})
told.append(endpoint.fetch().raw["model"]["env"])
told.append(endpoint.pause().status)
told.append(endpoint.resume().status)
endpoint.wait(timeout=30, refresh_every=0.01)
told.append(endpoint.resume().status)
told.append(endpoint.scale_to_zero().status)
print(json.dumps(told))
"""


@pytest.fixture
def hub() -> Iterator[FleetHub]:
    """A Hub with three Spaces, listed two a page, and an endpoint."""
    with World(kind_of_hub=FleetHub) as world:
        assert isinstance(world.hub, FleetHub)
        for name in ("acme/chat", "acme/search", "acme/site"):
            world.hub.add_space(
                name, secrets={"TOKEN": "SENTINEL-from-before"}, variables={"V": "1"}
            )
        world.hub.page_limit = 2
        world.hub.endpoints.add("acme/scorer", env={"A": "1"})
        yield world.hub


def run(hub: FleetHub, script: str) -> list[object]:
    """What a script told that has the applier's token."""
    env = {"HF_ENDPOINT": hub.origin, "HF_TOKEN": hub.applier.value, "HF_HOME": "/nonexistent"}
    env |= {"ENDPOINTS": f"{hub.endpoints.origin}/v2"}
    command = [sys.executable, "-c", script]
    done = subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert isinstance(told, list)
    return told


def test_spaces(hub: FleetHub) -> None:
    """Every setting that the library has."""
    told = run(hub, SPACES)
    assert told == [
        "RUNNING",
        ["TOKEN"],
        ["of the library", True],
        {"V": "1", "W": "2"},
        {"V": "1", "W": "2"},
        ["V"],
        600,
        ["main", True],
        "RUNNING",
        "PAUSED",
        "RUNNING_APP_STARTING",
        "t4-small",
        [[f"acme/{name}", True, True] for name in ("chat", "search", "site")],
    ]
    assert hub.spaces["acme/chat"].visibility == "protected"
    assert [write.path for write in hub.record.writes[:4]] == [
        *["secrets.KEY"] * 2,
        *["variables.W"] * 2,
    ]


def test_endpoints(hub: FleetHub) -> None:
    """It waits until the new one runs, or thinks so: it takes the old one for it."""
    told = run(hub, ENDPOINTS)
    assert told == [
        ["scorer"],
        ["running", "authenticated", "1" * 40],
        ["running", 3],
        {"B": "2"},
        "paused",
        "pending",
        "running",
        "scaledToZero",
    ]
    image = hub.endpoints.all["acme/scorer"].body["model"]["image"]
    assert image["custom"]["credentials"]["password"] == "kept"
