"""Every file, socket and program that an exchange touches, against the list in touched.txt.

What is not on the list fails the test: a new one must be looked at, and written down.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

import tracing
from jobs import Job, is_root

LIST = Path(__file__).with_name("touched.txt")
CALLS = ("%file", "%network", "%process", "?io_uring_setup", "?memfd_create", "?ptrace", "?bpf")
# Asked for by every program that the dynamic loader starts, wherever its libraries may lie.
LIBRARY = re.compile(r"(/[\w.+-]+)*/(lib[\w.+-]*|ld-[\w.-]+)\.so(\.\d+)*")
WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND")
QUIET = {"close", "fstat", "exit_group", "getsockname", "getpeername", "getsockopt", "setsockopt"}
MOVING = {"sendto", "recvfrom", "sendmsg", "recvmsg", "shutdown", "wait4"}


def touched(log: Path, names: dict[str, str]) -> set[str]:
    """What the log tells of, a line each: a verb, and a path or an address with its names."""
    found: set[str] = set()
    for line in log.read_text().splitlines():
        if call := re.match(r"\d+ +(\w+)\((.*)", line):
            found |= {normal(text, names) for text in described(call[1], call[2])}
    return found - {""}


def described(call: str, rest: str) -> list[str]:
    """One call in the words of the list; none for those that only move bytes."""
    if call in QUIET | MOVING:
        return []
    if call in ("open", "openat", "openat2", "creat"):
        verb = "write" if WRITES.search(rest) or call == "creat" else "read"
        return [f"{verb} {path}" for path in paths(rest)]
    if call in ("socket", "socketpair"):
        return [f"{call} {rest.split(',')[0]}"]
    if call in ("connect", "bind", "listen"):
        return [f"{call} {address(rest)}"]
    if "stat" in call or call in ("access", "faccessat", "faccessat2", "readlink", "readlinkat"):
        return [f"look {path}" for path in paths(rest)]
    if call == "getcwd":
        return ["look {work}"]
    if call in ("mkdirat", "unlinkat", "renameat", "renameat2"):
        return [f"{call.removesuffix('2').removesuffix('at')} {path}" for path in paths(rest)]
    return [f"{call} {' '.join(paths(rest))}".strip()]


def paths(rest: str) -> list[str]:
    """The paths in a call's arguments, each below the directory that stands before it."""
    found = []
    for base, name in re.findall(r'(?:\w+<([^>]*)>, )?"([^"]*)"', rest):
        if name or not base:
            found.append(name if name.startswith("/") or not base else f"{base}/{name}")
    return [path for path in found if path]


def address(rest: str) -> str:
    """`inet 127.0.0.1:80`, or `unix /path`."""
    if port := re.search(r"sin6?_port=htons\((\d+)\)", rest):
        host = re.search(r'(?:inet_addr\("|inet_pton\(AF_INET6, ")([^"]*)"', rest)
        return f"inet {host[1] if host else '?'}:{port[1]}"
    path = re.search(r'sun_path=@?"([^"]*)"', rest)
    return f"unix {path[1]}" if path else rest


def normal(text: str, names: dict[str, str]) -> str:
    """The line with what differs between machines and runs given a name."""
    for value in sorted(names, key=len, reverse=True):
        text = text.replace(value, names[value])
    verb, _, what = text.partition(" ")
    if verb in ("read", "look"):
        if LIBRARY.fullmatch(what):
            return "read {library}"
        if "{program}" in what or "glibc-hwcaps" in what:
            return "look beside {program}"
    text = re.sub(r"^look /proc/\d+", "look /proc/{pid}", text)
    text = re.sub(r"\b[0-9a-f]{32}\b", "{hash}", text)
    text = re.sub(r"\.[0-9a-z]+\.(draft|swap)\b", r".{random}.\1", text)
    return re.sub(r"_[0-9a-f]{8}-[0-9a-f-]{27}\b", "", text)


def _above(line: str, above: set[str], beside: set[str]) -> str:
    """Questions about the folders around the job's, or around the program, are all alike."""
    verb, _, path = line.partition(" ")
    folder = path.removesuffix("/.git").rstrip("/")
    if verb == "look" and path.endswith("/.git") and folder in above:
        return "look {above work}/.git"
    if verb == "look" and path in above:
        return "look {above work}"
    # Swift's runtime also looks for its own helper, one folder up.
    near = path in beside or re.search(r"/(swift-backtrace$|libexec/)", path)
    return "look beside {program}" if verb == "look" and near else line


def allowed() -> set[str]:
    """The list without its comments."""
    lines = (line.partition("#")[0].rstrip() for line in LIST.read_text().splitlines())
    return {line for line in lines if line}


@pytest.mark.parametrize("command", ["exchange", "copy", "forget"])
def test_nothing_else_is_touched(job: Job, tmp_path: Path, command: str) -> None:
    """By an exchange, with a copy for the user, and by forgetting."""
    tracing.require()
    if not is_root():
        pytest.skip("only root can follow a process that lets nobody look into it")
    arguments = {
        "exchange": ["exchange", "acme/model"],
        "copy": ["exchange", "acme/model", "--deliver", f"token-file={job.work}/token"],
        "forget": ["forget"],
    }[command]
    if command == "forget":
        job.exchange("--deliver", f"token-file={job.work}/token")
    log = tmp_path / "calls"
    through = ["strace", "-f", "-y", "-qq", "-s", "0", "-o", str(log)]
    ended = job.run(*arguments, through=[*through, "-e", f"trace={','.join(CALLS)}"])
    assert ended.status == 0, ended
    program = job.program.resolve()
    names = {
        str(job.temp): "{runner-temp}",
        str(job.work): "{work}",
        job.env["XDG_RUNTIME_DIR"]: "{run}",
        job.env["TMPDIR"]: "{tmp}",
        f"/hfmint-{os.geteuid()}": "/hfmint-{uid}",
        str(program): "{program}",
        f"{program.parent}/": "{program}/../",
        job.world.hub.origin.removeprefix("http://"): "{hub}",
        job.world.github.origin.removeprefix("http://"): "{github}",
    }
    above = {str(path).rstrip("/") for path in job.work.parents}
    beside = {str(path) for path in program.parents}
    found = {_above(line, above, beside) for line in touched(log, names)}
    new = found - allowed()
    assert not new, "not in touched.txt:\n" + "\n".join(sorted(new))
