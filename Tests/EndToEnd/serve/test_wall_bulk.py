"""Files of 2 GiB, eight at a time, through each web server, in both directions.

A test takes minutes of a processor, so they are collected with HFMINT_ALL=1 only (conftest.py).
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import product
from atonce import in_parallel
from hubclients import HubClients
from Sandbox.flow import Flow
from Sandbox.wire import json_response
from wall import Wall

SIZE = 2 << 30
AT_ONCE = 8
UPLOAD = "/api/models/acme/model/commit/bulk"
MAKE = f"""
import sys
from Sandbox.flow import Flow
for piece in Flow({SIZE}).pieces():
    sys.stdout.buffer.write(piece)
"""
RESIDENT_LIMIT = 256 << 20


def test_downloads(wall: Wall) -> None:
    """Arrive whole, and hfmint and the web server hold little of them."""
    flow = Flow(SIZE)
    expected = flow.sha256
    wall.world.hub.caches_resolved = False
    wall.world.hub.add_repo("acme/model", files={"huge.txt": flow})
    url = f"{wall.origin}/acme/model/resolve/main/huge.txt"

    def download(number: int) -> None:
        clients = made(wall, f"down-{number}")
        command = f"curl -q -sS -f -H \"Authorization: Bearer $HF_TOKEN\" '{url}' | sha256sum"
        found = clients.run("sh", "-c", command, timeout=1800).good().out
        assert found.split()[0].decode() == expected

    with in_parallel(AT_ONCE, download):
        pass
    assert resident(wall.process.pid) < RESIDENT_LIMIT
    assert resident(wall.door.process.pid) < RESIDENT_LIMIT
    assert spooled(wall) < RESIDENT_LIMIT


def test_uploads(wall: Wall) -> None:
    """Arrive whole, sent as git sends a pack: in chunks, of no length that is known before."""
    hub = wall.world.hub
    hub.unkept = re.compile(re.escape(UPLOAD))
    hub.route("POST", UPLOAD, lambda _: json_response(200, {}), first=True)
    expected = (SIZE, Flow(SIZE).sha256)
    before = len(wall.upstream())

    def upload(number: int) -> None:
        clients = made(wall, f"up-{number}")
        header = '-H "Authorization: Bearer $HF_TOKEN"'
        send = f"curl -q -sS -f -X POST -T - {header} {wall.origin}{UPLOAD}"
        clients.run(
            *("sh", "-c", f'"$PYTHON" -c "$MAKE" | {send}'),
            timeout=1800,
            MAKE=MAKE,
            PYTHON=sys.executable,
            PYTHONPATH=str(product.CHECKOUT / "Tests"),
        ).good()

    with in_parallel(AT_ONCE, upload):
        pass
    assert [request.digest for request in wall.upstream()[before:]] == [expected] * AT_ONCE
    assert spooled(wall) < RESIDENT_LIMIT


def made(wall: Wall, name: str) -> HubClients:
    """Clients with a ticket of their own."""
    return HubClients(wall.origin, wall.ticket(), wall.root / name)


def resident(process: int) -> int:
    """How many bytes of memory a process had at most."""
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) << 10


def spooled(wall: Wall) -> int:
    """How many bytes the web server keeps in its folder."""
    return sum(path.stat().st_size for path in wall.door.folder.rglob("*") if path.is_file())
