"""Measures `hfmint serve run` behind nginx and at its socket, beside a floor and two other servers.

See Scripts/bench --serve. The floor is a C responder that says yes at once to whatever it is asked
(responder.c), behind nginx with the same configuration. All that is compared takes turns, so that
a busy moment meets all of it.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

import doors  # noqa: E402
import extremes  # noqa: E402
from loads import Asker, Clients, Failed, Load, question  # noqa: E402
from servers import (  # noqa: E402
    check,
    free_port,
    listens,
    nginx,
    running,
    upstream,
)
from tables import TIMES, Bar, machine, table  # noqa: E402

from Sandbox.world import World  # noqa: E402
from wall import Wall  # noqa: E402

HERE = TESTS / "Bench"
MIB = 1 << 20
ROUNDS = 5
CLIENTS = 32
MEASURED = "[measured](Tests/Bench/serve.py)"
TURNS = "[median](Tests/Bench/serve.py)"
OTHERS = (doors.haproxy, doors.apache)
HFMINT, FLOOR = "hfmint", "C responder (the floor)"


def main() -> int:
    """Print the tables; 1 if a bar is not reached."""
    parser = argparse.ArgumentParser(description="see Scripts/bench --serve")
    parser.add_argument("binary", type=Path)
    options = parser.parse_args()
    # What ends this process ends all that it has begun.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, most), most))
    try:
        with tempfile.TemporaryDirectory(prefix="hfmint-serve-") as name:
            return measure(options.binary.resolve(), Path(name))
    except Failed as failure:
        sys.exit(f"bench: {failure}")


@dataclass
class Stage:
    """All that runs: the wall, the floor, and what is before and behind them."""

    wall: Wall
    floor: Path
    asker: Asker
    doors: dict[str, doors.Door]
    folder: Path

    def put(self, name: str, content: bytes) -> Path:
        """A file with a question."""
        path = self.folder / name
        path.write_bytes(content)
        return path


def measure(binary: Path, folder: Path) -> int:
    """Run everything, and print it."""
    with World(root=folder / "world") as world, stage(binary, world, folder) as stands:
        through = behind_nginx(stands)
        failures = [load.failures for load in through[HFMINT]]
        few = behind_nginx(stands, [FLOOR, HFMINT], clients=2)
        failures += [load.failures for load in few[HFMINT]]
        wall, port = stands.wall, stands.doors[HFMINT].port
        token = stands.doors[HFMINT].token
        reloads = extremes.reloads(wall, Clients(port, token, folder, CLIENTS))
        resident_after_reloads = wall.statistic("VmRSS")
        restarts = extremes.restarts(wall, Clients(port, token, folder, CLIENTS))
        wall.stop()
        wall.start(0)
        direct = at_socket(stands)
        resident = extremes.resident(wall, question(token, keeps=True))
        cold = extremes.cold(wall, port)
        wall.stop()
        recorded = with_records(stands, world)
    slow = [direct.alone, direct.new, direct.kept, recorded]
    failures += [load.failures for loads in slow for load in loads]
    print_turns(through)
    print_direct(direct, recorded)
    bars = [
        Bar("throughput behind nginx, of the floor", ratio(through), 0.8, TIMES, True),
        Bar("decisions a second on one core", median(direct.new, rate), 20_000, "", True),
        Bar("p99 of 2,000 a second, at the socket", median(direct.alone, p99), 1, "ms"),
        Bar(
            "p99 added behind nginx, two clients",
            max(0, median(few[HFMINT], p99) - median(few[FLOOR], p99)),
            1,
            "ms",
        ),
        Bar("cold, beyond the Hub's round trip", cold.added, 10, "ms"),
        Bar("memory, 1,000 connections, 10,000 grants", resident / MIB, 24, "MiB"),
        Bar(f"failed of {reloads.answers:,} over 20 reloads", reloads.failures, 0, ""),
        Bar(f"failed of {restarts.answers:,} over 5 restarts", restarts.failures, 0, ""),
        Bar("failed in all other rounds", sum(failures), 0, ""),
    ]
    print(table(("", MEASURED, "bar", "reached"), [bar.row for bar in bars]))
    print(f"Cold: {cold.seconds * 1e3:.1f} ms, where the Hub takes {cold.hub * 1e3:.1f} ms.")
    print(f"Memory after 20 reloads: {resident_after_reloads / MIB:.1f} MiB.")
    print(
        f"Measured on {machine()}; medians of {ROUNDS} rounds; {CLIENTS} clients, which keep their"
        " connections; 1 KiB from upstream."
    )
    load = os.getloadavg()[0]
    if load > 4:
        print(f"The machine was busy with other things (load {load:.1f}).", file=sys.stderr)
    return 0 if all(bar.is_reached for bar in bars) else 1


@contextlib.contextmanager
def stage(binary: Path, world: World, folder: Path) -> Iterator[Stage]:
    """Start all of it, and see that it works."""
    with contextlib.ExitStack() as stack:
        for name in ("responder", "asker"):
            source = HERE / f"{name}.c"
            subprocess.run(["cc", "-O2", "-o", folder / name, source], check=True)
        behind, port, floor_port = free_port(), free_port(), free_port()
        wall = Wall(binary, folder / "wall", world, behind)
        stack.callback(wall.close)
        floor = folder / "floor.sock"
        run = stack.enter_context
        text = upstream(behind, wall.hub_token, world.hub.origin)
        run(nginx(text, folder / "upstream", behind))
        printed = wall.configuration(port)
        same = printed.replace(str(wall.socket), str(floor))
        same = same.replace(f"127.0.0.1:{port}", f"127.0.0.1:{floor_port}")
        words: list[str | Path] = [folder / "responder", floor, wall.hub_token]
        run(running(words, folder / "responder.log", lambda: listens(floor)))
        wall.start()
        run(nginx(printed, folder / "door", port))
        run(nginx(same, folder / "floor", floor_port))
        token = wall.ticket(port)
        found = {
            FLOOR: doors.Door(FLOOR, floor_port, token),
            HFMINT: doors.Door(HFMINT, port, token),
        }
        for other in OTHERS:
            door = run(other(folder / other.__name__, behind, wall.hub_token))
            found[door.name] = door
        for door in found.values():
            check(door.name, door.port, door.token, denies=door.name != FLOOR)
        yield Stage(wall, floor, Asker(folder / "asker", wall.socket, 1), found, folder)


def behind_nginx(
    stands: Stage, names: list[str] | None = None, clients: int = CLIENTS
) -> dict[str, list[Load]]:
    """The same clients at each door in turn."""
    found: dict[str, list[Load]] = {name: [] for name in names or stands.doors}
    for _ in range(ROUNDS):
        for name, loads in found.items():
            door = stands.doors[name]
            with Clients(door.port, door.token, stands.folder, clients) as load:
                loads.append(load.count(after=1))
    if any(load.failures for load in found[FLOOR]):
        raise Failed("the floor does not answer all")
    return found


@dataclass
class Direct:
    """What hfmint answers at its socket, alone on a core."""

    floor: list[Load]
    new: list[Load]
    kept: list[Load]
    # A few questions at a time.
    alone: list[Load]
    floor_alone: list[Load]
    # Seconds of CPU that hfmint used for one.
    cost: float


def at_socket(stands: Stage) -> Direct:
    """Ask hfmint, which has one core to itself, from the other."""
    token = stands.doors[HFMINT].token
    new = stands.put("new", question(token))
    kept = stands.put("kept", question(token, keeps=True))
    asker = stands.asker
    floor = asker.at(stands.floor)
    found = Direct([], [], [], [], [], 0)
    cost = []
    for _ in range(ROUNDS):
        found.floor.append(floor.ask(new, 0.8, CLIENTS))
        before = stands.wall.seconds_of_cpu()
        found.new.append(asker.ask(new, 0.8, CLIENTS))
        cost.append((stands.wall.seconds_of_cpu() - before) / found.new[-1].answers)
        found.kept.append(asker.ask(kept, 0.5, CLIENTS, "keep"))
        found.alone.append(asker.ask(new, 0.8, 64, "2000"))
        found.floor_alone.append(floor.ask(new, 0.8, 64, "2000"))
    found.cost = statistics.median(cost)
    return found


def with_records(stands: Stage, world: World) -> list[Load]:
    """The same, where each yes must be on disk before it is sent."""
    wall = Wall(stands.wall.binary, stands.folder / "recorded", world, 9, is_recorded=True)
    with contextlib.closing(wall):
        # The ticket is good here too.
        (wall.folder / "key").write_bytes((stands.wall.folder / "key").read_bytes())
        wall.start(0)
        asker = stands.asker.at(wall.socket)
        asked = stands.folder / "new"
        loads = [asker.ask(asked, 0.8, 256) for _ in range(3)]
        wall.stop()
    return loads


def rate(load: Load) -> float:
    """Answers a second."""
    return load.rate


def p99(load: Load) -> float:
    """What 99 of 100 take at most, in milliseconds."""
    return load.p99


def median(loads: list[Load], what: Callable[[Load], float]) -> float:
    """The median over the rounds."""
    return statistics.median(what(load) for load in loads)


def ratio(through: dict[str, list[Load]]) -> float:
    """The median of each round's ratio, because both met the same moment."""
    pairs = zip(through[HFMINT], through[FLOOR], strict=True)
    return statistics.median(ours.rate / floor.rate for ours, floor in pairs)


def print_turns(through: dict[str, list[Load]]) -> None:
    """How many requests a second pass, and how long the slowest take."""
    own = median(through[HFMINT], rate)
    rows = [
        (
            name,
            f"{median(loads, rate):,.0f}",
            f"{median(loads, rate) / own:.2f}{TIMES}",
            f"{median(loads, lambda load: load.half):.1f} ms",
            f"{median(loads, p99):.1f} ms",
        )
        for name, loads in through.items()
    ]
    names = (f"requests a second, {CLIENTS} clients", TURNS, "of hfmint's", "half", "p99")
    print(table(names, rows))


def print_direct(direct: Direct, recorded: list[Load]) -> None:
    """How many decisions a second one core makes."""
    rows = [
        (name, f"{median(loads, rate):,.0f}", f"{median(loads, p99):.2f} ms")
        for name, loads in (
            ("hfmint, a connection for each, as nginx", direct.new),
            ("hfmint, connections that are kept", direct.kept),
            ("hfmint, each on disk first (`audit.required`), 256 at once", recorded),
            ("C responder, a connection for each", direct.floor),
            ("hfmint, asked 2,000 times a second", direct.alone),
            ("C responder, asked 2,000 times a second", direct.floor_alone),
        )
    ]
    print(table(("decisions a second, one core, at the socket", TURNS, "p99"), rows))
    print(f"hfmint uses {direct.cost * 1e6:.1f} µs of CPU for a decision.\n")


if __name__ == "__main__":
    sys.exit(main())
