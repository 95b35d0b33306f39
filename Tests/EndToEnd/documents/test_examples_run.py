"""Every example, played by its provider's rules against the sandbox with the real `hf` and git."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

import evidence
import product
from pipelines import PROVIDERS, Played, Stage, load
from Sandbox import ownroot
from Sandbox.gitprogram import IDENTITY, git
from Sandbox.rotations import Rotations
from Sandbox.world import World
from test_examples import WITHOUT_ROTATION

EXAMPLES = product.CHECKOUT / "ci-examples"
GATED = "meta-llama/Llama-3.2-1B"
pytestmark = pytest.mark.skipif(not product.binary(), reason="the product is not built")


@pytest.fixture
def checkout(world: World, tmp_path: Path) -> Path:
    """What the provider's own step checks out: a clone of the Hub's repository, with new work."""
    folder = tmp_path / "checkout"
    world.git.create("acme/model")
    git("clone", "--quiet", str(world.git.folder("acme/model")), str(folder))
    git("lfs", "install", "--local", cwd=folder)
    git("lfs", "track", "*.bin", cwd=folder)
    for name, data in {
        "model/config.json": b'{"new":true}\n',
        "data/train.csv": b"a,b\n1,2\n",
        "weights.bin": b"weights\n" * 100,
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    git("add", "--all", cwd=folder)
    git("commit", "--quiet", "-m", "train", cwd=folder)
    return folder


def variables(world: World) -> dict[str, str]:
    """The image's: `hf`, git's identity, and a git that finds the Hub on this machine."""
    home = world.root / "home"
    home.mkdir(parents=True, exist_ok=True)
    settings = home / ".gitconfig"
    origin = world.hub.origin
    settings.write_text(f'[url "{origin}/"]\n\tinsteadOf = https://huggingface.co/\n')
    bins = [str(world.bin), str(Path(sys.executable).parent)]
    return {
        "PATH": ":".join(bins),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_XET": "1",
        **IDENTITY,
    }


def play(provider: str, example: str, world: World, checkout: Path, *resources: str) -> Played:
    """Play it to its good end."""
    if provider == "kubernetes" and not ownroot.is_possible():
        pytest.skip("this machine lets nobody mount")
    documents = load(EXAMPLES / provider / f"{example}.yml")
    played = PROVIDERS[provider](documents, Stage(world, checkout, variables(world), resources))
    assert played.status == 0, played.log
    nothing_is_left(world, checkout, played)
    return played


def nothing_is_left(world: World, checkout: Path, played: Played) -> None:
    """No token in the log, and none in any file once the job has forgotten it."""
    tokens = [value for value, kind in world.sentinels.kinds.items() if kind == "token"]
    assert tokens
    assert not [value for value in tokens if value in played.log]
    for folder in (world.root, checkout):
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                data = path.read_bytes()
                assert not [value for value in tokens if value.encode() in data], path


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_a_publishing_job_uploads_with_a_token_for_each_repository(
    provider: str, world: World, checkout: Path
) -> None:
    """Both repositories have what was uploaded, each with a token of its own."""
    pytest.importorskip("huggingface_hub")
    play(provider, "publish", world, checkout, "acme/model", "datasets/acme/data")
    model, data = world.hub.repo("models", "acme/model"), world.hub.repo("datasets", "acme/data")
    assert model
    assert data
    assert model.files["config.json"] == b'{"new":true}\n'
    assert data.files["train.csv"] == b"a,b\n1,2\n"
    assert world.hub.exchanges() == 2


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_a_downloading_job_gets_a_gated_file(provider: str, world: World, checkout: Path) -> None:
    """A gated model's file, by an account's token."""
    pytest.importorskip("huggingface_hub")
    world.hub.add_repo(GATED, "gated", {"config.json": b"gated\n"})
    play(provider, "download", world, checkout, "acme-bot")
    assert (checkout / "base/config.json").read_bytes() == b"gated\n"
    assert world.hub.exchanges() == 1


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_a_pushing_job_moves_the_branch_on_the_hub(
    provider: str, world: World, checkout: Path
) -> None:
    """The Hub's branch is at the checkout's commit, and has its large file."""
    if not shutil.which("git-lfs"):
        pytest.skip("git-lfs is not installed")
    play(provider, "push", world, checkout, "acme/model")
    assert world.git.head("acme/model") == git("rev-parse", "HEAD", cwd=checkout)
    assert list(world.git.objects.values()) == [b"weights\n" * 100]
    assert world.hub.exchanges() == 1


@pytest.mark.parametrize("provider", sorted(set(PROVIDERS) - WITHOUT_ROTATION))
def test_a_rotating_job_does_what_is_due(
    provider: str, world: World, checkout: Path, tmp_path: Path
) -> None:
    """What is due is done: the sink has a secret that the issuer gave, and the old one lives on."""
    rotations = Rotations(world.sentinels, world.root / "rotations")
    okta = rotations.issuer("okta")
    more = {"overlap": "24h", "schedule": {"every": "30d"}}
    rotations.write({"chat": rotations.rotation("okta", ["file"], **more)})
    try:
        shutil.copy(rotations.manifest, checkout / "hfmint.json5")
        state = tmp_path / "state"
        state.mkdir(mode=0o700)
        env = world.environment("none") | rotations.environment()
        env |= {"HFMINT_JOURNAL_DIR": str(state / "rotations"), **a_while_ago()}
        started = product.run(["hfmint", "rotate", "init"], env, checkout)
        assert started.status == 0, started.stderr.decode()
        documents = load(EXAMPLES / provider / "rotate.yml", {"/var/lib/hfmint": str(state)})
        own = variables(world) | {"RUNNER_ENVIRONMENT": "self-hosted"}
        stage = Stage(world, checkout, own, (), okta.variables)
        played = PROVIDERS[provider](documents, stage)
        assert played.status == 0, played.log
        first, second = okta.live
        assert rotations.sink("file").value() == second != first
        assert first not in played.log
        assert second not in played.log
    finally:
        for server in rotations.servers.values():
            server.stop()
        for file in rotations.files:
            evidence.put_there(file)


def a_while_ago() -> dict[str, str]:
    """The variables under which it is forty days earlier."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    if not found:
        pytest.skip("libfaketime is not installed")
    return {"LD_PRELOAD": str(found[0]), "FAKETIME": "-40d"}
