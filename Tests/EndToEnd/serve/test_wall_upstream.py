"""The sandbox's Hub is one to its real clients: what they upload is what they download.

These tests reach it directly. `test_wall_clients.py` does the same through a front door.
"""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from hubclients import HubClients
from Sandbox.flow import Flow
from Sandbox.world import World

pytest.importorskip("huggingface_hub")

SMALL = b'{"hidden_size": 64}\n'
LARGE = random.Random(7).randbytes(300_000)


@pytest.fixture
def clients(world: World, tmp_path: Path) -> HubClients:
    """Clients with a token that may write to acme/model."""
    world.git.create("acme/model")
    world.hub.add_repo("acme/model", files={"config.json": SMALL}, large={"w.bin": LARGE})
    world.hub.caches_resolved = True
    token = world.hub.accept("acme/model", "write")
    return HubClients(world.hub.origin, token.value, tmp_path / "client")


def test_downloads(world: World, clients: HubClients) -> None:
    """A small file through the Hub's own redirect, a large one from another server, a page each."""
    world.hub.page_size = 1
    clients.hf("download", "acme/model", "--local-dir", "all")
    assert (clients.home / "all/config.json").read_bytes() == SMALL
    assert (clients.home / "all/w.bin").read_bytes() == LARGE
    targets = [request.target for request in world.requests("hub")]
    assert any("/api/resolve-cache/models/acme/model/" in target for target in targets)
    assert any("cursor=1" in target for target in targets)
    stored = world.requests("storage")
    assert stored
    assert all(request.header("Authorization") is None for request in stored)


def test_a_part_of_a_file(world: World, clients: HubClients) -> None:
    """By `Range`, across the redirect, from either server."""
    origin = world.hub.origin
    for name, data in (("w.bin", LARGE), ("config.json", SMALL)):
        url = f"{origin}/acme/model/resolve/main/{name}"
        assert clients.curl("-L", "-r", "5-9", url).good().out == data[5:10]
        assert clients.curl("-L", "-r", "-3", url).good().out == data[-3:]
    head = clients.curl("-I", f"{origin}/acme/model/resolve/main/w.bin").good().out.decode()
    assert "302 Found" in head
    assert f"X-Linked-Size: {len(LARGE)}" in head


@pytest.mark.parametrize("size", [200_000, 5 << 20], ids=["basic", "multipart"])
def test_uploads_by_lfs(world: World, clients: HubClients, size: int) -> None:
    """A small file in the commit, a large one in one piece or in parts, verified."""
    folder = clients.home / "up"
    folder.mkdir()
    data = random.Random(size).randbytes(size)
    (folder / "note.txt").write_bytes(b"small\n")
    (folder / "more.safetensors").write_bytes(data)
    clients.hf("upload", "acme/model", str(folder))
    clients.hf("download", "acme/model", "more.safetensors", "note.txt", "--local-dir", "again")
    assert (clients.home / "again/more.safetensors").read_bytes() == data
    assert (clients.home / "again/note.txt").read_bytes() == b"small\n"
    paths = [request.path for request in world.requests("hub")]
    assert "/acme/model.git/info/lfs/objects/verify" in paths
    assert any("complete_multipart" in path for path in paths) == (size > 1 << 20)


def test_uploads_and_downloads_by_xet(world: World, clients: HubClients) -> None:
    """With hf_xet, which takes files to pieces and talks to a third server."""
    pytest.importorskip("hf_xet")
    world.hub.speaks_xet = True
    data = random.Random(3).randbytes(700_000) + b"text that packs well " * 20_000
    file = clients.home / "x.safetensors"
    file.write_bytes(data)
    clients.hf("upload", "acme/model", str(file), "x.safetensors", xet=True)
    clients.hf("download", "acme/model", "x.safetensors", "--local-dir", "again", xet=True)
    assert (clients.home / "again/x.safetensors").read_bytes() == data
    paths = [request.path for request in world.requests("hub")]
    assert any("/xet-write-token/" in path for path in paths)
    assert any("/xet-read-token/" in path for path in paths)
    hub_tokens = {clients.credential}
    assert all(request.bearer not in hub_tokens for request in world.requests("xet"))


@pytest.mark.skipif(not shutil.which("git-lfs"), reason="git-lfs is not installed")
def test_git_and_its_large_files(world: World, clients: HubClients) -> None:
    """Pushed and cloned again."""
    push_large(clients)
    again = clients.clone("acme/model", "again")
    assert (again / "w.bin").read_bytes() == LARGE
    assert world.git.tokens() == [clients.credential]


def push_large(clients: HubClients) -> None:
    """Push a large file."""
    clients.git("lfs", "install", "--skip-repo")
    clone = clients.clone("acme/model")
    clients.git("lfs", "track", "*.bin", cwd=clone)
    (clone / "w.bin").write_bytes(LARGE)
    clients.git("add", "--all", cwd=clone)
    clients.git("commit", "--quiet", "-m", "weights", cwd=clone)
    clients.git("push", "--quiet", cwd=clone)


def test_a_renamed_repository(world: World, clients: HubClients) -> None:
    """Leads to its new name with the Hub's own address, whole."""
    world.hub.rename("acme/model", "acme/renamed")
    url = f"{world.hub.origin}/acme/model/resolve/main/config.json"
    head = clients.curl("-I", url).good().out.decode()
    assert f"Location: {world.hub.origin}/acme/renamed/resolve/main/config.json" in head


def test_only_the_tokens_that_it_was_told(world: World, clients: HubClients) -> None:
    """Read is not write, one organization not another, and what it does not know is refused."""
    world.hub.add_repo("other/model")
    reader = world.hub.accept("acme/none", "read", organization="acme").value
    api = f"{world.hub.origin}/api/models"

    def status(token: str, *words: str) -> str:
        given = ("-H", f"Authorization: Bearer {token}", "-o", "/dev/null", "-w", "%{http_code}")
        return clients.curl(*given, *words, shows=False).good().out.decode()

    assert status(reader, f"{api}/acme/model/tree/main") == "200"
    assert status(reader, f"{api}/acme/model/auth-check/write") == "403"
    assert status(reader, f"{api}/other/model/auth-check") == "403"
    assert status("hf_unknown", f"{api}/acme/model/tree/main") == "401"


def test_bodies_that_are_too_large_to_hold(world: World, clients: HubClients) -> None:
    """Flow through, and are the same bytes each time."""
    flow = Flow(40 << 20)
    world.hub.add_repo("acme/model", files={"huge.txt": flow})
    url = f"{world.hub.origin}/acme/model/resolve/main/huge.txt"
    target = clients.home / "huge"
    world.hub.caches_resolved = False
    clients.curl("-o", str(target), url).good()
    with target.open("rb") as file:
        expected = b"".join(Flow(9 << 20, 8 << 20).pieces())
        file.seek(8 << 20)
        assert file.read(1 << 20) == expected
        assert target.stat().st_size == len(flow)
