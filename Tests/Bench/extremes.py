"""What happens once: reloads and restarts under load, a first question, a thousand connections."""

from __future__ import annotations

import base64
import contextlib
import http.client
import socket
import statistics
import time
from dataclasses import dataclass
from urllib.parse import urlencode

from loads import Clients, Failed, Load, answer, question

from wall import COLD, Wall

RELOADS, RESTARTS, CONNECTIONS = 20, 5, 1_000
DELAY = 0.05


def reloads(wall: Wall, clients: Clients) -> Load:
    """Reload the manifest again and again, while clients ask."""
    with clients:
        for _ in range(RELOADS):
            wall.reload()
        return clients.count(after=0.2)


def restarts(wall: Wall, clients: Clients) -> Load:
    """End hfmint and start it again, with the same socket, while clients ask."""
    with clients:
        for _ in range(RESTARTS):
            wall.stop()
            wall.start()
            wall.work(0.2)
        return clients.count(after=0.2)


def resident(wall: Wall, asked: bytes) -> int:
    """The memory while a thousand connections are open, of which each had an answer."""
    with contextlib.ExitStack() as stack:
        for _ in range(CONNECTIONS):
            connection = stack.enter_context(socket.socket(socket.AF_UNIX))
            connection.connect(str(wall.socket))
            answer(connection, asked)
        return wall.statistic("VmRSS")


@dataclass(frozen=True)
class Cold:
    """The first question for a credential that must be fetched, in seconds; and the Hub alone."""

    seconds: float
    hub: float

    @property
    def added(self) -> float:
        """What hfmint adds, in milliseconds."""
        return (self.seconds - self.hub) * 1e3


def cold(wall: Wall, port: int) -> Cold:
    """Ask for one repository after another, each with a credential of its own."""
    targets = [f"cold/model-{number}" for number in range(COLD)]
    asked = [
        question(wall.ticket(port, name), f"/{name}/resolve/main/config.json") for name in targets
    ]
    wall.world.hub.faults.add(f"delay={DELAY} times=forever path=/oauth/token")
    first, hub = [], []
    for number in range(COLD):
        with socket.socket(socket.AF_UNIX) as connection:
            begun = time.perf_counter()
            connection.connect(str(wall.socket))
            answer(connection, asked[number])
            first.append(time.perf_counter() - begun)
        hub.append(round_trip(wall, number))
    wall.world.hub.faults.clear()
    return Cold(statistics.median(first), statistics.median(hub))


def round_trip(wall: Wall, number: int) -> float:
    """How long the Hub takes for a token, with a connection for it."""
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": f"ci-{number}@acme.example",
        "subject_token_type": "urn:huggingface:token-type:user-email",
    }
    pair = f"{wall.environment['CLIENT_ID']}:{(wall.folder / 'client').read_text()}"
    headers = {
        "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    begun = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", wall.upstream_port, timeout=20)
    with contextlib.closing(connection):
        connection.request("POST", "/oauth/token", urlencode(form), headers)
        response = connection.getresponse()
        body = response.read()
    if response.status != 200:
        raise Failed(f"the Hub answers {response.status}: {body.decode()}")
    return time.perf_counter() - begun
