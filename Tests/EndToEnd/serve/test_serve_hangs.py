"""A Hub that hangs while hfmint serve run ends; with HFMINT_ALL=1 alone, as it takes long."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from attacks import READ
from fastcgiclient import Closed, FastCGIClient, decide, request_bytes
from wall import Wall
from wallpolicy import BY_MEMBER, Json


def test_sigterm_while_the_hub_hangs(tmp_path: Path) -> None:
    """Whoever waits is told no; it ends within the time that a drain may take."""
    credentials: Json = {"credentials": [BY_MEMBER]}
    with Wall(None, tmp_path / "wall", **credentials) as wall:
        wall.world.fault("hub", "path=/oauth/token delay=25 times=forever")
        with FastCGIClient(wall.socket) as client:
            client.send(request_bytes(decide(READ, wall.whole)))
            hub = wall.world.hub
            wall.wait_until(
                lambda: any(r.path == "/oauth/token" for r in hub.requests), "the Hub is not asked"
            )
            began = time.monotonic()
            wall.process.terminate()
            with contextlib.suppress(Closed):
                answer = client.read_answer()
                assert (answer.status, answer.token) == (403, None)
        assert wall.stop() == 0
        assert time.monotonic() - began < 18
        assert wall.audit[-1]["event"] == "serve.ended"
        wall.check_no_leak()
