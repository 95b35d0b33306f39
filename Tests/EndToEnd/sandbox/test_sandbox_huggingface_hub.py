"""The real client library takes the sandbox for a Hub, with tokens that it delivered.

https://pypi.org/project/huggingface-hub/
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from client import exchange
from Sandbox.world import World

pytest.importorskip("huggingface_hub")

USER_SCRIPT = """
import json
from huggingface_hub import HfApi, hf_hub_download
api = HfApi()
path = hf_hub_download("acme/gated", "folder/weights.txt")
print(json.dumps([api.whoami()["name"], open(path).read(), api.model_info("acme/gated").sha]))
"""

JOB_SCRIPT = """
from huggingface_hub import HfApi, auth_check
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError
api = HfApi()
auth_check("acme/model")
auth_check("acme/model", write=True)
print(api.model_info("acme/model").id)
for name in ("acme/gated", "acme/absent"):
    try:
        api.model_info(name) if name == "acme/absent" else auth_check(name, write=True)
    except HfHubHTTPError as error:
        print(type(error).__name__, error.response.status_code)
try:
    api.hf_hub_download("acme/gated", "folder/weights.txt")
except GatedRepoError as error:
    print(type(error).__name__)
"""


def run(world: World, script: str, **variables: str) -> str:
    """Run a script as a job that has these variables."""
    environment = world.environment("github") | {"HF_HUB_DISABLE_TELEMETRY": "1"} | variables
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def token_for(world: World, resource: str) -> str:
    """A Hub token, exchanged as the documents say."""
    world.publish(resource)
    id_token = world.github.id_token("https://huggingface.co")
    return str(exchange(world.hub.origin, id_token, resource).json["access_token"])


def test_a_users_token_reads_a_gated_repository(world: World) -> None:
    """The library finds the user, the file and the commit."""
    repo = world.hub.add_repo("acme/gated", "gated", {"folder/weights.txt": b"1 2 3\n"})
    out = run(world, USER_SCRIPT, HF_TOKEN=token_for(world, "acme-bot"))
    assert json.loads(out) == ["acme-bot", "1 2 3\n", repo.commit]


def test_a_repositorys_token_is_for_that_one(world: World) -> None:
    """And the library's own error types come of the refusals.

    It reads a plain 401 as `RepositoryNotFoundError` too, but only from https.
    """
    world.hub.add_repo("acme/gated", "gated", {"folder/weights.txt": b"1 2 3\n"})
    out = run(world, JOB_SCRIPT, HF_TOKEN=token_for(world, "acme/model"))
    assert out.splitlines() == [
        "acme/model",
        "HfHubHTTPError 403",
        "HfHubHTTPError 401",
        "GatedRepoError",
    ]


def test_the_library_exchanges_for_itself(world: World) -> None:
    """Its own keyless path works too, where the Hub's audience is its own origin.

    The library drops the query that the token URL came with, which GitHub evidently forgives.
    """
    world.publish("acme-bot")
    world.github.api_version_required = False
    world.hub.audience = world.hub.origin
    script = "from huggingface_hub import whoami; print(whoami()['name'])"
    assert run(world, script, HF_OIDC_RESOURCE="acme-bot") == "acme-bot\n"
    assert world.hub.exchanges("acme-bot") == 1
