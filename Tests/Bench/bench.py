"""Measures hfmint beside three other ways to make the same exchange, in one run; see Scripts/bench.

Runs in a mount namespace of its own, in which it puts the test's authority into the system's
certificate store, so that each program reads that store as it always does.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "EndToEnd/lib")]

import audit  # noqa: E402
import policy  # noqa: E402
from tables import (  # noqa: E402
    MEASURED,
    TIMES,
    Bar,
    machine,
    print_helpers,
    print_tables,
    table,
)

from Sandbox.world import World  # noqa: E402
from tls import Authority, Front  # noqa: E402

STORE = Path("/etc/ssl/certs")
HERE = TESTS / "Bench"
MIB = 1 << 20
RUNS_A_TURN = 5


def main() -> int:
    """Print the tables; 1 if a bar is not reached."""
    parser = argparse.ArgumentParser(description="see Scripts/bench")
    parser.add_argument("binary", type=Path)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--write", type=Path, metavar="PAGE")
    options = parser.parse_args()
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        status = run(options.binary.resolve(), options.runs)
    print(printed.getvalue(), end="")
    if options.write:
        text = options.write.read_text()
        before, _, rest = text.partition("<!-- size -->\n")
        after = rest[rest.index("<!-- /size -->") :]
        options.write.write_text(f"{before}<!-- size -->\n{printed.getvalue()}{after}")
    return status


def run(binary: Path, runs: int) -> int:
    """Build the world to measure in, and measure."""
    with tempfile.TemporaryDirectory(prefix="hfmint-bench-") as name:
        folder = Path(name)
        authority = Authority(folder / "authority")
        trust(authority, folder / "store")
        with World(root=folder / "world") as world:
            certificate = authority.issue("localhost")
            with Front(world, certificate, folder / "front") as front:
                return measure(binary, runs, world, front, folder)


def trust(authority: Authority, store: Path) -> None:
    """Cover the system's store with a copy that holds the authority, hashed and in the bundle."""
    shutil.copytree(STORE, store, ignore_dangling_symlinks=True)
    shutil.copy(authority.file, store / "hfmint-bench.pem")
    with (store / "ca-certificates.crt").open("ab") as bundle:
        bundle.write(authority.file.read_bytes())
    subprocess.run(["openssl", "rehash", store], check=True, capture_output=True)
    subprocess.run(["mount", "--bind", store, STORE], check=True)


def measure(binary: Path, runs: int, world: World, front: Front, folder: Path) -> int:
    """Run everything, and print it."""
    world.publish("acme/model")
    world.hub.audience = front.origin
    # huggingface_hub drops the query of the URL that it is given.
    world.github.api_version_required = False
    env = world.environment() | {
        "HF_ENDPOINT": front.origin,
        "ACTIONS_ID_TOKEN_REQUEST_URL": front.id_token_url,
        "HF_OIDC_RESOURCE": "acme/model",
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
    del env["HFMINT_AUDIENCE"]
    state = folder / "state"
    ours = f"{binary} exchange acme/model --quiet --deliver token-file --state-dir {state}"
    floor = folder / "floor"
    subprocess.run(["gcc", "-O2", "-o", floor, HERE / "floor.c", "-lcurl"], check=True)
    opened = folder / "opened"
    subprocess.run(["gcc", "-O2", "-DAS_HFMINT", "-o", opened, HERE / "floor.c"], check=True)
    forget = f"rm -rf {state}"
    ways = {
        "hfmint": ours,
        "libcurl alone (the floor)": str(floor),
        "`curl` and `jq`": str(HERE / "curl-and-jq.sh"),
        "libcurl opened as hfmint does, alone": str(opened),
    }
    client = Path(sys.executable).with_name("hf")
    if client.exists():
        # It may bring a store of its own, which does not know the stand-in Hub.
        ways["`hf auth token`"] = (
            f"env SSL_CERT_FILE={STORE}/ca-certificates.crt {client} auth token"
        )
    times = hyperfine(folder, env, runs, list(ways.values()), forget)
    start_up = hyperfine(folder, env, runs * 5, [f"{binary} --version"], "true")[0]
    resident = peak(folder, env, ours)
    helpers = git_helpers(folder, env, runs, binary, front)
    fifty, requests = parallel(folder, env, world, binary)
    print_tables(ways, times)
    print_helpers(helpers)
    oauth = helpers["`git-credential-oauth get`"]
    cached = next(iter(helpers.values()))
    verification = audit.measure(binary, folder)
    bars = [
        Bar("exchange, of the floor", times[0] / times[1], 1.0, TIMES),
        Bar("exchange, of `curl` and `jq`", times[0] / times[2], 0.5, TIMES),
        *(
            Bar("exchange, of `hf auth token`", times[0] / time_of_hf, 0.05, TIMES)
            for time_of_hf in times[4:]
        ),
        Bar("cached answer to git", cached * 1e3, 5, "ms"),
        Bar("cached answer, of `git-credential-oauth`", cached / oauth, 1.2, TIMES),
        Bar("start-up (`hfmint --version`)", start_up * 1e3, 5, "ms"),
        Bar("memory, at its peak", resident / MIB, 20, "MiB"),
        Bar("`audit verify`, 200,000 records", 2e8 / verification.records_per_second, 1000, "ms"),
        Bar("`audit verify`, memory for a million", verification.resident_long / MIB, 20, "MiB"),
        Bar("size of the binary", binary.stat().st_size / MIB, 16, "MiB"),
        *(Bar(row.what, row.value, row.limit, row.unit) for row in policy.measure(binary, 11)),
    ]
    print(table(("", MEASURED, "bar", "reached"), [bar.row for bar in bars]))
    if len(times) > 4:
        print(
            "To open libcurl, shake hands and send two requests takes a C program"
            f" {times[3] / times[4]:.3f}{TIMES} of `hf auth token`: that is the least.\n"
        )
    word = "request" if requests == 1 else "requests"
    print(f"Fifty calls at once: {fifty * 1e3:.0f} ms, {requests} {word} to the Hub.")
    print(f"Measured on {machine()}; medians; nginx speaks TLS with a P-256 certificate.")
    load = os.getloadavg()[0]
    if load > 1.5:
        print(f"The machine was busy with other things (load {load:.1f}).", file=sys.stderr)
    if not client.exists():
        print("`hf` is not installed beside this Python, so it was not measured.", file=sys.stderr)
    return 0 if all(bar.is_reached for bar in bars) and requests == 1 else 1


def git_helpers(
    folder: Path, env: dict[str, str], runs: int, binary: Path, front: Front
) -> dict[str, float]:
    """The medians of what git's credential helpers take to answer from what they have."""
    subprocess.run(
        [binary, "exchange", "acme/model", "--quiet", "--state-dir", folder / "state"],
        env=env,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    store = folder / "git-credentials"
    store.write_text("https://someone:something@example.org\n")
    store.chmod(0o600)
    host = front.origin.partition("://")[2]
    helpers = {
        "`hfmint git-credential get`": (
            f"{binary} git-credential get --state-dir {folder / 'state'}",
            f"host={host}\npath=acme/model",
        ),
        "`git credential-store get`": (
            f"git credential-store --file={store} get",
            "host=example.org",
        ),
        # It keeps nothing itself: this is how long it takes to leave a host to the other helpers.
        "`git-credential-oauth get`": ("git-credential-oauth get", "host=example.org"),
        "`gh auth git-credential get`": ("gh auth git-credential get", "host=github.com"),
    }
    own = env | {"GH_TOKEN": "gho_something", "GH_CONFIG_DIR": str(folder / "gh")}
    medians: dict[str, list[float]] = {name: [] for name in helpers}
    for name, (command, question) in helpers.items():
        done = subprocess.run(
            shlex.split(command),
            env=own,
            input=f"protocol=https\n{question}\n\n".encode(),
            capture_output=True,
            check=False,
        )
        if b"password=" not in done.stdout and "oauth" not in name:
            sys.exit(f"{name} answered nothing: {done.stderr.decode()}")
    for _ in range(runs):
        for name, (command, question) in helpers.items():
            asked = folder / "question"
            asked.write_text(f"protocol=https\n{question}\n\n")
            medians[name].append(timed(shlex.split(command), own, asked))
    return {name: statistics.median(found) for name, found in medians.items()}


def timed(words: list[str], env: dict[str, str], asked: Path) -> float:
    """How long one call takes whose standard input is a file, in seconds; hyperfine gives none."""
    streams = [
        (os.POSIX_SPAWN_OPEN, 0, str(asked), os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
    ]
    begun = time.perf_counter()
    child = os.posix_spawnp(words[0], words, env, file_actions=streams)
    os.waitpid(child, 0)
    return time.perf_counter() - begun


def hyperfine(
    folder: Path, env: dict[str, str], runs: int, commands: list[str], prepare: str
) -> list[float]:
    """The medians, in seconds; the commands take turns, so that a busy moment meets all of them."""
    result = folder / "hyperfine.json"
    options = ["-N", "--warmup", "1", "--runs", str(RUNS_A_TURN), "--prepare", prepare]
    command = ["hyperfine", *options, "--export-json", str(result), *commands]
    seen: list[list[float]] = [[] for _ in commands]
    for _ in range(max(1, runs // RUNS_A_TURN)):
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr)
        for times, run in zip(seen, json.loads(result.read_text())["results"], strict=True):
            times += run["times"]
    return [statistics.median(times) for times in seen]


def peak(folder: Path, env: dict[str, str], command: str) -> int:
    """The resident memory at its most, in bytes; measured by a parent that is small itself."""
    shutil.rmtree(folder / "state", ignore_errors=True)
    report = folder / "peak"
    words = ["/usr/bin/time", "-q", "-f", "%M", "-o", str(report), *shlex.split(command)]
    subprocess.run(words, env=env, check=True, stdout=subprocess.DEVNULL)
    return int(report.read_text()) * 1024


def parallel(folder: Path, env: dict[str, str], world: World, binary: Path) -> tuple[float, int]:
    """Fifty calls of one job at once: how long until the last is done, and how many requests."""
    shutil.rmtree(folder / "state", ignore_errors=True)
    before = len(world.requests("hub"))
    words = [str(binary), "exchange", "acme/model", "--quiet", "--deliver", "token-file"]
    words += ["--state-dir", str(folder / "state")]
    begun = time.monotonic()
    with contextlib.ExitStack() as stack:
        calls = [
            stack.enter_context(subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL))
            for _ in range(50)
        ]
    if any(call.returncode for call in calls):
        sys.exit("one of fifty calls failed")
    return time.monotonic() - begun, len(world.requests("hub")) - before


if __name__ == "__main__":
    sys.exit(main())
