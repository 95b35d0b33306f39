"""Each integration, played by its platform's rules: installs, exchanges, and forgets."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import product
from pipelines import Played, Stage
from players import PLATFORMS, Player
from releases import (
    HOST,
    REPOSITORY,
    Downloads,
    Release,
    asked_of_gh,
    pinned,
    reached,
    release,
    starting,
    with_gh,
)
from Sandbox.proxy import Proxy
from Sandbox.world import World

SEES = 'test -z "$HF_TOKEN"\nhead -c 7 "$HF_TOKEN_PATH"\nhfmint --version > seen'
pytestmark = pytest.mark.skipif(not product.binary(), reason="the product is not built")


@pytest.fixture
def made(downloads: Downloads) -> Release:
    """The release that is installed: the product, at its own version."""
    program = str(product.needed())
    shown = product.run([program, "--version"], {}, Path("/")).stdout.decode()
    found = release(shown.split()[1], starting(program))
    downloads.publish(found)
    return found


Start = Callable[..., Player]


@pytest.fixture
def start(world: World, tmp_path: Path, downloads: Downloads, made: Release) -> Start:
    """`start("github", "acme/model")`: that platform, where the Hub trusts its job so far.

    hfmint is not installed on it. Unless the server is `found`, only a proxy leads there; unless
    the installer is `known` to be for the release, it has no sum of it.
    """
    world.bin = None
    work = tmp_path / "work"
    work.mkdir()

    def start(platform: str, *trusted: str, found: bool = True, known: bool = True) -> Player:
        curl = reached(downloads, tmp_path / "curl")
        if not found:
            (tmp_path / "curl/.curlrc").unlink()
        variables = {"PATH": f"{tmp_path}/gh:/usr/bin:/bin", **curl}
        checkout = pinned(tmp_path / "integrations", made if known else None)
        return PLATFORMS[platform](checkout, Stage(world, work, variables, trusted))

    return start


def inputs(downloads: Downloads, **more: str) -> dict[str, str]:
    """Those that every integration has."""
    return {"resource": "acme/model", "base-url": f"{downloads.origin}/dl", **more}


def nothing_is_left(player: Player, played: Played) -> None:
    """No token in the log or in any file, and no program but in the cache."""
    world = player.stage.world
    tokens = [value for value, kind in world.sentinels.kinds.items() if kind == "token"]
    secrets = [value for value, kind in world.sentinels.kinds.items() if kind != "id-token"]
    assert not [value for value in secrets if value in played.log]
    work = player.stage.checkout
    for folder in (world.root, work, work.with_name(f"{work.name}.tmp")):
        for path in folder.rglob("*"):
            assert path.name != "hfmint" or not path.is_file(), path
            if path.is_file() and not path.is_symlink():
                data = path.read_bytes()
                assert not [value for value in tokens if value.encode() in data], path


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_script_has_the_token_and_the_end_forgets_it(
    start: Start, downloads: Downloads, made: Release, platform: str
) -> None:
    """The second job takes hfmint from the cache."""
    player = start(platform, "acme/model")
    for number in (1, 2):
        played = player.play(SEES, **inputs(downloads))
        assert played.status == 0, played.log
        assert "hf_jwt_" in played.log
        assert (player.stage.checkout / "seen").read_text() == f"hfmint {made.version}\n"
        assert player.stage.world.hub.exchanges() == number
        nothing_is_left(player, played)
    assert downloads.tarballs == 1
    assert list(player.stage.checkout.iterdir()) == [player.stage.checkout / "seen"]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_job_that_fails_forgets_too(start: Start, downloads: Downloads, platform: str) -> None:
    """And has failed."""
    player = start(platform, "acme/model")
    played = player.play(f"{SEES}\nexit 9", **inputs(downloads))
    assert played.status in (1, 9)
    assert player.stage.world.hub.exchanges() == 1
    nothing_is_left(player, played)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_refused_exchange_ends_the_job(start: Start, downloads: Downloads, platform: str) -> None:
    """The script does not run."""
    player = start(platform)
    player.stage.world.hub.add_repo("acme/model")
    played = player.play("touch ran", **inputs(downloads))
    assert played.status in (1, 3)
    assert "[exchange-rejected]" in played.log
    assert not (player.stage.checkout / "ran").exists()
    nothing_is_left(player, played)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_wrong_sum_ends_the_job(start: Start, downloads: Downloads, platform: str) -> None:
    """Before any token is asked for."""
    player = start(platform, "acme/model")
    played = player.play("touch ran", **inputs(downloads, checksum="0" * 64))
    assert played.status in (1, 3)
    assert "is not used: its SHA-256 sum is" in played.log
    assert not (player.stage.checkout / "ran").exists()
    assert not player.stage.world.hub.attempts
    nothing_is_left(player, played)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_proxy_is_asked(start: Start, downloads: Downloads, platform: str) -> None:
    """The runner's."""
    player = start(platform, "acme/model", found=False)
    with Proxy({f"{HOST}:443": downloads.address}) as proxy:
        variables = {**player.stage.variables, "HTTPS_PROXY": f"http://{proxy.address}"}
        player.stage.variables = variables
        played = player.play(SEES, **inputs(downloads))
        assert played.status == 0, played.log
        assert proxy.asked_for == [f"{HOST}:443"]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_file_that_is_handed_in_needs_no_server(
    start: Start, downloads: Downloads, made: Release, tmp_path: Path, platform: str
) -> None:
    """The tarball's sum is known; several resources are words."""
    player = start(platform, "acme/model", "datasets/acme/data", found=False)
    file = tmp_path / made.name
    file.write_bytes(made.tarball)
    between = "\n" if platform == "buildkite" else " "
    resources = between.join(["acme/model", "DATA_TOKEN=datasets/acme/data"])
    script = f'{SEES}\ntest -f "$DATA_TOKEN_PATH"'
    played = player.play(script, resource=resources, binary=str(file))
    assert played.status == 0, played.log
    assert "whose sum is right" in played.log
    assert player.stage.world.hub.exchanges() == 2
    assert downloads.asked == []
    nothing_is_left(player, played)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("resource", ["--export acme/model", "acme/m* $(touch${IFS}pwned)"])
def test_a_resource_is_a_word_and_nothing_else(
    start: Start, downloads: Downloads, platform: str, resource: str
) -> None:
    """No option, no command, and no pattern, even where a file fits it."""
    player = start(platform, "acme/model")
    folder = player.stage.checkout / "acme"
    folder.mkdir()
    (folder / "model").touch()
    played = player.play("touch ran", **inputs(downloads, resource=resource))
    assert played.status in (1, 2), played.log
    assert "[usage]" in played.log
    assert "acme/m*" in played.log or "--export" in played.log
    assert list(player.stage.checkout.iterdir()) == [folder]
    assert not player.stage.world.hub.attempts


@pytest.mark.parametrize(("platform", "token"), [("github", "ghs_"), ("forgejo", None)])
def test_an_action_gives_githubs_token_to_gh_and_no_other(
    start: Start,
    downloads: Downloads,
    made: Release,
    tmp_path: Path,
    platform: str,
    token: str | None,
) -> None:
    """Another server's is nothing for github.com, and that server's acme is not GitHub's."""
    player = start(platform, "acme/model", known=False)
    with_gh(tmp_path / "gh", made)
    named = {} if token else {"repository": REPOSITORY}
    played = player.play(SEES, **inputs(downloads, version=made.version, **named))
    assert played.status == 0, played.log
    asked = asked_of_gh(tmp_path / "gh")
    assert ("gh has no token" in played.log) == (token is None)
    assert {given for _, given in asked} == {token or ""}
    assert any(REPOSITORY in words for words, _ in asked) == (token is not None)


@pytest.mark.parametrize(("platform", "status"), [("github", 4), ("forgejo", 2)])
def test_an_action_of_another_server_does_not_look_on_github(
    start: Start, made: Release, platform: str, status: int
) -> None:
    """OWNER/NAME there may be somebody else here."""
    player = start(platform, "acme/model", found=False, known=False)
    closed = {"HTTPS_PROXY": "http://127.0.0.1:9"}
    player.stage.variables = {**player.stage.variables, **closed}
    played = player.play(SEES, resource="acme/model")
    assert played.status == status, played.log
    assert ("https://github.com/acme/hfmint" in played.log) == (platform == "github")


def test_the_action_tells_git_and_takes_it_back(
    start: Start, downloads: Downloads, tmp_path: Path
) -> None:
    """In the runner's own configuration."""
    player = start("github", "acme/model")
    settings = tmp_path / "gitconfig"
    settings.write_text("[user]\n\tname = Ada\n")
    own = {"GIT_CONFIG_GLOBAL": str(settings), "GIT_CONFIG_NOSYSTEM": "1"}
    player.stage.variables = {**player.stage.variables, **own}
    played = player.play(f"cp '{settings}' during", **inputs(downloads, git="true"))
    assert played.status == 0, played.log
    assert "git-credential" in (player.stage.checkout / "during").read_text()
    assert settings.read_text() == "[user]\n\tname = Ada\n"


def test_the_products_own_bytes_are_installed(
    start: Start, downloads: Downloads, made: Release
) -> None:
    """As a release holds them."""
    program = product.needed().read_bytes()
    player = start("github", "acme/model", known=False)
    real = release(made.version, program)
    downloads.publish(real)
    script = f'cmp "$(command -v hfmint)" "{product.needed()}"'
    given = inputs(downloads, version=made.version, checksum=real.sum)
    played = player.play(script, **given)
    assert played.status == 0, played.log
    shutil.rmtree(player.caches)
