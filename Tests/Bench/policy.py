"""Measures roles and grants at the size of a large organization: 10,000 grants, 1,000 apps.

`python Tests/Bench/policy.py BINARY` prints the table alone; Scripts/bench has it among its own.
"""

from __future__ import annotations

import base64
import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

GITHUB = "https://token.actions.githubusercontent.com"
GRANTS, APPS = 10_000, 1_000
DECISIONS = 50


@dataclass(frozen=True)
class Measured:
    """What takes how long, and what it must not exceed."""

    what: str
    value: float
    limit: float
    unit: str


def write(folder: Path, grants: int, apps: int) -> Path:
    """A root manifest with so many grants, and so many apps that narrow one of them each."""
    folder.mkdir(parents=True, exist_ok=True)
    roles = {
        f"role-{number}": {
            "access": "write",
            "resources": [f"acme/model-{number}", "datasets/acme/*"],
        }
        for number in range(max(1, grants // 100))
    }
    root = {
        "version": 1,
        "organization": "acme",
        "roles": roles,
        "grants": [grant(number, f"role-{number % len(roles)}") for number in range(grants)],
        "apps": [f"apps/{number}.json5" for number in range(apps)],
    }
    (folder / "apps").mkdir(exist_ok=True)
    for number in range(apps):
        extended = grant(number, "own") | {"extends": f"grant-{number}"}
        app = {
            "version": 1,
            "extends": "../hfmint.json5",
            "roles": {"own": {"extends": f"role-{number % len(roles)}", "access": "read"}},
            "grants": [extended],
        }
        put(folder / "apps" / f"{number}.json5", app)
    path = folder / "hfmint.json5"
    put(path, root)
    return path


def put(path: Path, value: object) -> None:
    """Write it as people would: indented."""
    path.write_text(json.dumps(value, indent=1))
    path.chmod(0o600)


def grant(number: int, role: str) -> dict[str, object]:
    """One repository on one branch."""
    claims = {"repository": f"acme/training-{number}", "ref": "refs/heads/main"}
    identity = {"issuer": GITHUB, "claims": claims}
    return {
        "name": f"grant-{number}",
        "role": role,
        "environment": "production",
        "identity": identity,
    }


def id_token(folder: Path) -> Path:
    """One whom no grant means; nobody looks at its signature."""
    claims = {
        "iss": GITHUB,
        "aud": "https://huggingface.co",
        "repository": "acme/elsewhere",
        "ref": "refs/heads/main",
        "environment": "production",
        "exp": 4_000_000_000,
    }
    parts = [json.dumps({"alg": "RS256"}).encode(), json.dumps(claims).encode(), b"signature"]
    path = folder / "id-token"
    path.write_bytes(b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts))
    return path


def seconds(command: list[str | Path], status: int, runs: int) -> float:
    """The median of so many runs, each of which ends with this status."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, env={}, check=False)
        times.append(time.perf_counter() - start)
        if done.returncode != status:
            raise RuntimeError(f"{command}: {done.returncode}\n{done.stderr.decode()}")
    return statistics.median(times)


def measure(binary: Path, runs: int) -> list[Measured]:
    """Check a manifest and half of it; decide once and many times."""
    with tempfile.TemporaryDirectory(prefix="hfmint-bench-policy-") as name:
        folder = Path(name)
        large = write(folder / "large", GRANTS, APPS)
        half = write(folder / "half", GRANTS // 2, APPS // 2)
        token = id_token(folder)

        def check(path: Path) -> float:
            return seconds([binary, "manifest", "check", "--manifest", path], 0, runs)

        def decide(count: int) -> float:
            resources = [f"T{number}=datasets/acme/data-{number}" for number in range(count)]
            how = ["--manifest", large, "--id-token-file", token, "--deliver", "env-file"]
            how += ["--state-dir", folder / "state"]
            return seconds([binary, "exchange", *resources, *how], 3, runs)

        whole, part = check(large), check(half)
        decision = (decide(DECISIONS + 1) - decide(1)) / DECISIONS
        size = f"{GRANTS:,} grants, {APPS:,} apps"
        return [
            Measured(f"`manifest check`, {size}", whole * 1e3, 300, "ms"),
            Measured(
                "the same, of one half as large", whole / part, 2.4, "\N{MULTIPLICATION SIGN}"
            ),
            Measured(f"a decision among {GRANTS:,} grants", decision * 1e3, 10, "ms"),
        ]


def main() -> int:
    """Print the table; 1 if a bar is not reached."""
    rows = measure(Path(sys.argv[1]).resolve(), runs=11)
    for row in rows:
        reached = "yes" if row.value <= row.limit else "**no**"
        print(
            f"| {row.what} | {row.value:.2f} {row.unit} | ≤ {row.limit:g} {row.unit} | {reached} |"
        )
    return 0 if all(row.value <= row.limit for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
