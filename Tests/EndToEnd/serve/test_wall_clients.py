"""The Hub's real clients pass through each web server unchanged, byte for byte, with a ticket.

Upstream sees the credential that was injected, and it alone; no client sees it.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import uuid

import pytest

from hubclients import HF, HubClients
from realservers import SERVERS, rewriting
from Sandbox.hub import CANONICAL
from Sandbox.reservedport import ReservedPort
from wall import Wall

pytest.importorskip("huggingface_hub")

SMALL = b'{"hidden_size": 64}\n'
LARGE = random.Random(11).randbytes(1_500_000)
# These are about hfmint more than about a server.
SOME = SERVERS if os.environ.get("HFMINT_ALL") == "1" else ("nginx",)
SAMPLED = pytest.mark.parametrize("wall", SOME, indirect=True)
LFS = pytest.mark.skipif(not shutil.which("git-lfs"), reason="git-lfs is not installed")
# What a front door must not pass on: it says who pays, where to go, or which method is meant.
STRIPPED = ("cookie", "x-hf-bill-to", "x-hfmint-authorization", "x-http-method-override")


class Job:
    """Clients of one job with a ticket, and what the Hub was asked since it began."""

    def __init__(self, wall: Wall, ref: str = "main", resource: str = "acme/model") -> None:
        self.wall = wall
        self.ticket = wall.ticket(resource, ref=ref)
        home = wall.root / f"client-{uuid.uuid4().hex[:8]}"
        self.clients = HubClients(wall.origin, self.ticket, home)
        self._before = len(wall.upstream())

    @property
    def asked(self) -> list[tuple[str, str | None]]:
        """Each target that the Hub was asked for, and the credential that came with it."""
        return [(r.target, r.header("Authorization")) for r in self.wall.upstream()[self._before :]]

    def check(self, *allowed: str) -> None:
        """Upstream saw these tokens and none of the client's; the client saw none of those."""
        requests = self.wall.upstream()[self._before :]
        assert requests
        for request in requests:
            shown = request.header("Authorization")
            assert shown in {f"Bearer {token}" for token in allowed}, (request.target, shown)
            text = f"{request.target}{request.headers}".encode() + request.body
            assert self.ticket.encode() not in text
            assert not {name.lower() for name, _ in request.headers} & set(STRIPPED)
        others = self.wall.world.requests("storage") if "storage" in self.others else []
        assert all(request.header("Authorization") is None for request in others)
        self.check_unseen()

    @property
    def others(self) -> dict[str, object]:
        """The servers beside the Hub that run."""
        return dict(self.wall.world.hub.others)

    def check_unseen(self) -> None:
        """No token of the Hub in what clients printed or kept."""
        seen = bytes(self.clients.said)
        for path in self.clients.home.rglob("*"):
            if path.is_file() and not path.is_symlink() and path.stat().st_size < 1 << 20:
                seen += path.read_bytes()
        assert self.wall.leaks(seen) == []


def files(wall: Wall) -> None:
    """Fill acme/model."""
    hub = wall.world.hub
    hub.page_size = 1000
    hub.speaks_xet = False
    hub.add_repo(
        "acme/model", files={"config.json": SMALL, "a/b c.txt": b"x\n"}, large={"w.bin": LARGE}
    )


def test_hf_downloads_and_uploads(wall: Wall) -> None:
    """`hf download` of all, page by page, `hf upload`, and `hf download` of that, without xet."""
    files(wall)
    wall.world.hub.page_size = 2
    job = Job(wall)
    clients = job.clients
    clients.hf("download", "acme/model", "--local-dir", "all")
    assert (clients.home / "all/config.json").read_bytes() == SMALL
    assert (clients.home / "all/w.bin").read_bytes() == LARGE
    assert (clients.home / "all/a/b c.txt").read_bytes() == b"x\n"
    assert any("cursor=2" in target for target, _ in job.asked)
    job.check(wall.reads)

    up = clients.home / "up"
    up.mkdir()
    (up / "more.bin").write_bytes(LARGE[::-1])
    (up / "note.txt").write_bytes(b"note\n")
    clients.hf("upload", "acme/model", str(up))
    clients.hf("download", "acme/model", "more.bin", "note.txt", "--local-dir", "again")
    assert (clients.home / "again/more.bin").read_bytes() == LARGE[::-1]
    assert (clients.home / "again/note.txt").read_bytes() == b"note\n"
    job.check(wall.reads, wall.writes)
    written = [shown for target, shown in job.asked if "/commit/" in target]
    assert written == [f"Bearer {wall.writes}"]


@SAMPLED
def test_hf_uploads_in_parts(wall: Wall) -> None:
    """What LFS puts in parts is put together by an address of the Hub that is signed.

    huggingface_hub sends no credential there.
    """
    files(wall)
    job = Job(wall)
    data = random.Random(12).randbytes(5 << 20)
    (job.clients.home / "big.bin").write_bytes(data)
    job.clients.hf("upload", "acme/model", "big.bin", "big.bin")
    job.clients.hf("download", "acme/model", "big.bin", "--local-dir", "again")
    assert (job.clients.home / "again/big.bin").read_bytes() == data
    job.check_unseen()


@SAMPLED
def test_hf_with_xet(wall: Wall) -> None:
    """The Hub gives a token for xet's own servers, through the front door; bytes go there."""
    pytest.importorskip("hf_xet")
    files(wall)
    wall.world.hub.speaks_xet = True
    job = Job(wall)
    data = random.Random(13).randbytes(400_000)
    (job.clients.home / "x.bin").write_bytes(data)
    job.clients.hf("upload", "acme/model", "x.bin", "x.bin", xet=True)
    job.clients.hf("download", "acme/model", "x.bin", "--local-dir", "again", xet=True)
    assert (job.clients.home / "again/x.bin").read_bytes() == data
    tokens = {shown for target, shown in job.asked if "/xet-write-token/" in target}
    assert tokens == {f"Bearer {wall.writes}"}
    stored = wall.world.requests("xet")
    assert not [r for r in stored if r.bearer in (*wall.hub_tokens, job.ticket)]
    job.check(wall.reads, wall.writes)


@SAMPLED
def test_the_library_gets_its_own_ticket(wall: Wall) -> None:
    """Unmodified huggingface_hub trades an ID token at `HF_ENDPOINT` itself, in JSON."""
    files(wall)
    job = Job(wall)
    id_token = wall.id_token()
    script = "from huggingface_hub import hf_hub_download as get\n"
    script += "print(open(get('acme/model', 'config.json')).read())"
    out = job.clients.run(
        *(sys.executable, "-c", script),
        HF_TOKEN="",
        HF_OIDC_RESOURCE="acme/model",
        HF_OIDC_ID_TOKEN=id_token,
    ).good()
    assert json.loads(out.out) == json.loads(SMALL)
    assert {shown for _, shown in job.asked} == {f"Bearer {wall.reads}"}


@SAMPLED
def test_an_answer_of_no_is_shown(wall: Wall) -> None:
    """A job that may not write sees why, in the library's own error."""
    files(wall)
    job = Job(wall, ref="dev")
    (job.clients.home / "note.txt").write_bytes(b"note\n")
    done = job.clients.run(str(HF), "upload", "acme/model", "note.txt")
    assert done.status != 0
    assert b"403" in done.err + done.out
    assert not [target for target, _ in job.asked if "/commit/" in target or "preupload" in target]
    job.check_unseen()


def test_curl_reads_parts_and_follows(wall: Wall) -> None:
    """HEAD, `Range`, resumption, redirects to another server and to the Hub's own new name."""
    files(wall)
    hub = wall.world.hub
    job = Job(wall, ref="dev", resource="acme")
    url = f"{wall.origin}/acme/model/resolve/main"
    curl = job.clients.curl
    head = curl("-I", f"{url}/w.bin").good().out.decode()
    lines = {n.lower(): v for n, _, v in (line.partition(": ") for line in head.splitlines())}
    assert head.split(" ")[1] == "302"
    assert lines["x-linked-size"] == str(len(LARGE))
    assert lines["x-repo-commit"] == hub.repo("models", "acme/model").commit  # type: ignore[union-attr]
    assert lines["location"].startswith(hub.storage.origin)
    assert len(lines["x-linked-etag"]) == 66
    for name, data in (("w.bin", LARGE), ("config.json", SMALL)):
        assert curl("-L", f"{url}/{name}").good().out == data
        assert curl("-L", "-r", "5-9", f"{url}/{name}").good().out == data[5:10]
    part = job.clients.home / "part"
    part.write_bytes(SMALL[:7])
    curl("-L", "-C", "-", "-o", str(part), f"{url}/config.json").good()
    assert part.read_bytes() == SMALL
    hub.add_repo("acme/old", files={"config.json": SMALL})
    hub.rename("acme/old", "acme/new")
    moved = curl("-I", f"{wall.origin}/acme/old/resolve/main/config.json").good().out.decode()
    assert f"{wall.origin}/acme/new/resolve/main/config.json" in moved
    assert curl("-L", f"{wall.origin}/acme/old/resolve/main/config.json").good().out == SMALL
    job.check(wall.reads)


def test_anybody_reads_what_is_open(wall: Wall) -> None:
    """Nothing is injected for it, with a ticket or without."""
    before = len(wall.upstream())
    job = Job(wall)
    url = f"{wall.origin}/acme/open/resolve/main/open.txt"
    assert job.clients.curl("-L", url, shows=False).good().out == b"open\n"
    assert [r.header("Authorization") for r in wall.upstream()[before:]] == [None, None]


@LFS
def test_git_with_large_files(wall: Wall) -> None:
    """Clone, push and clone again, by a helper that git asks when it is offered Basic."""
    files(wall)
    job = Job(wall)
    clients = job.clients
    clients.git("lfs", "install", "--skip-repo")
    name = uuid.uuid4().hex
    clone = clients.clone("acme/model", "first")
    assert (clone / "README.md").read_bytes() == b"# acme/model\n"
    clients.git("lfs", "track", "*.bin", cwd=clone)
    data = LARGE + name.encode()
    (clone / f"{name}.bin").write_bytes(data)
    clients.git("add", "--all", cwd=clone)
    clients.git("commit", "--quiet", "-m", name, cwd=clone)
    if not wall.door.rewrites_bodies:
        # What is there needs no upload.
        wall.world.hub.storage.keep(data)
    clients.git("push", "--quiet", cwd=clone)
    again = clients.clone("acme/model", "again")
    assert (again / f"{name}.bin").read_bytes() == data
    assert (
        wall.world.git.head("acme/model")
        == clients.git("rev-parse", "HEAD", cwd=again).out.decode().strip()
    )
    job.check(wall.reads, wall.writes)
    pushed = [shown for target, shown in job.asked if "receive-pack" in target]
    assert set(pushed) == {f"Bearer {wall.writes}"}


@LFS
@pytest.mark.parametrize("wall", sorted({*SERVERS} - {*rewriting()}), indirect=True)
def test_git_lfs_does_not_upload_where_bodies_stay(wall: Wall) -> None:
    """It takes the address that verifies an upload as it is, also with the settings for others.

    https://github.com/git-lfs/git-lfs/issues/5495
    """
    clients = (job := Job(wall)).clients
    clients.git("lfs", "install", "--skip-repo")
    clone = clients.clone("acme/model", "uploading")
    clients.git("lfs", "track", "*.bin", cwd=clone)
    (clone / "new.bin").write_bytes(os.urandom(1000))
    clients.git("add", "--all", cwd=clone)
    clients.git("commit", "--quiet", "-m", "new", cwd=clone)
    rewrites = ("-c", "lfs.transfer.enablehrefrewrite=true")
    rewrites += ("-c", f"url.{wall.origin}/.insteadOf={CANONICAL}/")
    with ReservedPort() as closed:
        proxy = f"http://127.0.0.1:{closed.number}"
        done = clients.run("git", *rewrites, "push", cwd=clone, HTTPS_PROXY=proxy)
    assert done.status != 0
    assert f"{CANONICAL}/acme/model.git/info/lfs/objects/verify".encode() in done.err
    assert not [target for target, _ in job.asked if "verify" in target or "/git-rec" in target]


def test_git_without_a_right(wall: Wall) -> None:
    """A reader clones and cannot push; a stranger's repository is not there."""
    job = Job(wall, ref="dev", resource="acme")
    clone = job.clients.clone("acme/model", "reader")
    (clone / "note.txt").write_bytes(b"note\n")
    job.clients.git("add", "--all", cwd=clone)
    job.clients.git("commit", "--quiet", "-m", "note", cwd=clone)
    assert job.clients.run("git", "push", cwd=clone).status != 0
    assert job.clients.run("git", "clone", f"{wall.origin}/other/secret").status != 0
    asked = [target for target, _ in job.asked]
    assert not [t for t in asked if "receive-pack" in t or t.startswith("/other/")]
    job.check(wall.reads)


def test_each_request_is_on_record(wall: Wall) -> None:
    """One line for each that passed, and for each that did not, without a token."""
    job = Job(wall, ref="dev", resource="acme")
    before = len(wall.audit)
    job.clients.curl(f"{wall.origin}/api/models/acme/model").good()
    job.clients.curl(f"{wall.origin}/api/models/other/secret").good()
    job.clients.curl(f"{wall.origin}/api/models/acme/model", shows=False).good()
    wall.wait_until(lambda: len(wall.audit) >= before + 3, "the audit log lacks a line")
    events = [line["event"] for line in wall.audit[before:]]
    assert events == ["request.allowed", "request.refused", "request.refused"]
