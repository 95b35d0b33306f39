"""Measures a thousand rotations that are due at once, each with three sinks.

Bars: twice the time that the requests themselves take, eight at once; 64 MiB resident.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from standins import GitLab, Host, Okta, StandIns

DELAY = 0.020
IN_FLIGHT = 8
MOST_RESIDENT_MIB = 64


@dataclass(frozen=True)
class Measured:
    """One run over all rotations."""

    seconds: float
    requests: int
    resident_mib: float
    refused: int
    peak: int

    @property
    def bound(self) -> float:
        """What the wall time must not exceed."""
        return 2 * self.requests * DELAY / IN_FLIGHT


def manifest(count: int, issuer: int, stores: list[int]) -> dict[str, object]:
    """So many rotations, each with a client of its own and a sink in every store."""
    root = f"http://127.0.0.1:{issuer}"
    return {
        "version": 1,
        "rotations": {
            f"app-{number:04}": {
                "issuer": {
                    "kind": "okta",
                    "url": root,
                    "app": f"app{number:04}",
                    "token": "env:ISSUER",
                },
                "schedule": {"every": "1s"},
                "overlap": "0s",
                "verify": {
                    "kind": "client-credentials",
                    "url": f"{root}/oauth2/v1/token",
                    "clientId": f"app{number:04}",
                    "attempts": 1,
                },
                "sinks": [
                    {
                        "kind": "gitlab",
                        "url": f"http://127.0.0.1:{store}",
                        "project": f"acme/app{number:04}",
                        "key": "SECRET",
                        "token": "env:STORE",
                    }
                    for store in stores
                ],
            }
            for number in range(count)
        },
    }


def earlier(seconds: int) -> dict[str, str]:
    """The variables that set a program's clock back."""
    libraries = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    assert libraries, "libfaketime is not installed: Scripts/setup"
    return {
        "LD_PRELOAD": str(libraries[0]),
        "FAKETIME": f"-{seconds}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


def measure(binary: Path, count: int) -> Measured:
    """Enable all, let all become due, and run them."""
    okta = Okta()
    for number in range(count):
        okta.add(f"app{number:04}", f"old-{number}")
    held = {f"acme/app{number:04}": f"old-{number}" for number in range(count)}
    stores = [GitLab(dict(held)) for _ in range(3)]
    hosts = [Host(handler, DELAY, IN_FLIGHT) for handler in (okta, *stores)]
    with (
        tempfile.TemporaryDirectory(prefix="hfmint-rotations-", dir=disk()) as name,
        StandIns(hosts),
    ):
        folder = Path(name)
        path = folder / "hfmint.json5"
        path.write_text(json.dumps(manifest(count, hosts[0].port, [h.port for h in hosts[1:]])))
        env = {"PATH": os.environ["PATH"], "HOME": name, "ISSUER": "issuer", "STORE": "store"}
        rest = ["--manifest", str(path), "--journal-dir", str(folder / "journal")]
        # What `init` asks is not part of a rotation. It ran a moment ago, so that all are due.
        past = env | earlier(2)
        subprocess.run([binary, "rotate", "init", *rest], env=past, check=True, capture_output=True)
        before = sum(host.requests for host in hosts)
        report = folder / "resident"
        words = ["/usr/bin/time", "-q", "-f", "%M", "-o", str(report)]
        begun = time.monotonic()
        done = subprocess.run(
            [*words, binary, "rotate", "run", *rest],
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.monotonic() - begun
        finished = sum(line.startswith("done ") for line in done.stdout.splitlines())
        if done.returncode or finished != count:
            sys.exit(
                f"{finished} of {count} are done (exit {done.returncode})\n{done.stderr[-2000:]}"
            )
        for number in range(count):
            (entry,) = okta.secrets[f"app{number:04}"]
            if any(
                store.values[f"acme/app{number:04}"] != entry["client_secret"] for store in stores
            ):
                sys.exit(f"a sink of app-{number:04} lacks the new secret")
        return Measured(
            seconds,
            sum(host.requests for host in hosts) - before,
            int(report.read_text()) / 1024,
            sum(host.refused for host in hosts),
            max(host.peak for host in hosts),
        )


def disk() -> str:
    """A folder that does not lie in memory: a journal is refused there."""
    return os.environ.get("HFMINT_BENCH_DISK", str(Path(__file__).resolve().parents[2]))


def main() -> int:
    """Print the table; 1 if a bar is not reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary", type=Path)
    parser.add_argument("--rotations", type=int, default=1000)
    options = parser.parse_args()
    got = measure(options.binary.resolve(), options.rotations)
    print(f"| {options.rotations} rotations with 3 sinks, due at once | measured | bar | reached |")
    print("| --- | --- | --- | --- |")
    rows = [
        (f"wall time ({got.requests} requests)", got.seconds, got.bound, "s"),
        ("memory, at its peak", got.resident_mib, MOST_RESIDENT_MIB, "MiB"),
        (f"answers of 429 (at most {got.peak} in flight a host)", got.refused, 0, ""),
    ]
    for what, value, limit, unit in rows:
        reached = "yes" if value <= limit else "**no**"
        print(
            f"| {what} | {value:.1f} {unit} | ≤ {limit:.1f} {unit} | {reached} |".replace(
                ".0 ", " "
            )
        )
    return 0 if all(value <= limit for _, value, limit, _ in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
