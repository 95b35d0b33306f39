"""System calls that a kernel, a file system or a sandbox does not have: which of a run's can fail.

strace writes down the calls of a run; then each of them is answered with an error, in other runs.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import tracing

# What kernels, file systems and sandboxes say of a call that they do not have.
ERRORS = ("ENOSYS", "EPERM", "ENOLCK", "EOPNOTSUPP")
# The first thing that hfmint does: what comes before is the loader's and Swift's.
BEGINNING = r"prctl\(PR_SET_DUMPABLE"
# Without memory, threads, or an end there is no program.
ESSENTIAL = (
    *("brk", "mmap", "munmap", "mprotect", "madvise", "mremap", "futex", "execve"),
    *("exit", "exit_group", "rt_sigreturn", "restart_syscall", "set_robust_list", "rseq"),
    *("set_tid_address", "arch_prctl", "sigaltstack", "sched_getaffinity", "sched_yield"),
)
# What they are for happens whatever they answer, so that a failure would be strace's invention:
# https://man7.org/linux/man-pages/man2/close.2.html says it of close.
NEVER_FAILING = (
    *("close", "getpid", "getppid", "gettid", "getuid", "geteuid", "getgid", "getegid"),
    *("vfork", "clone", "fork"),
    # Signals are masked around the start of every thread and program, by the C library itself.
    "rt_sigprocmask",
)
# Libcurl's own. Where they fail the server is out of reach, which a rotation waits for by design.
NETWORK = (
    *("socket", "socketpair", "connect", "sendto", "recvfrom", "poll"),
    *("getsockopt", "setsockopt", "getsockname", "getpeername"),
)


@dataclass(frozen=True)
class Fault:
    """One call that fails: its Nth, or all from there on (`3+`)."""

    call: str
    error: str
    when: str

    def through(self, log: Path) -> list[str]:
        """The words that run a command with it."""
        words = tracing.injecting(log, self.call, f"error={self.error}", self.when)
        return tracing.alone(words)


def recording(log: Path) -> list[str]:
    """The words that run a command and write down all of its calls."""
    return tracing.alone(tracing.quiet(log))


def of(log: Path, without: Sequence[str] = ()) -> list[Fault]:
    """What can fail in such a run: every call of a name from the beginning on, and each alone."""
    text = log.read_text()
    begun = re.search(BEGINNING, text)
    assert begun, "hfmint does not begin as it did"
    before = text[: begun.start()]
    counts: dict[tuple[str, str], int] = {}
    most: dict[str, int] = {}
    for thread, call in re.findall(r"(?m)^(\d+) +(\w+)\(", text):
        number = counts[thread, call] = counts.get((thread, call), 0) + 1
        most[call] = max(most.get(call, 0), number)
    found = []
    for call in sorted(most.keys() - {*ESSENTIAL, *NEVER_FAILING, *without}):
        first = len(re.findall(rf"(?m)^\d+ +{call}\(", before)) + 1
        whens = [f"{first}+", *map(str, range(first, most[call] + 1))]
        found += [Fault(call, error, when) for when in whens for error in ERRORS]
    return found


def tried(name: str, found: Sequence[Fault], size: int, one: Callable[[int, Fault], str]) -> str:
    """Let `one` try a sample of the faults, and say what is wrong; half of them last.

    HFMINT_SEED repeats a sample; HFMINT_ALL=1 takes every fault.
    """
    seed = os.environ.get("HFMINT_SEED") or str(random.SystemRandom().randrange(10**6))
    chance = random.Random(f"{seed}{name}")
    lasting = [fault for fault in found if fault.when.endswith("+")]
    single = [fault for fault in found if not fault.when.endswith("+")]
    chosen = list(found)
    if os.environ.get("HFMINT_ALL") != "1":
        chosen = chance.sample(lasting, min(size, len(lasting)))
        chosen += chance.sample(single, min(size, len(single)))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        told = pool.map(lambda pair: (pair[1], one(*pair)), enumerate(chosen))
        wrong = [f"{fault}: {text}" for fault, text in told if text]
    assert not wrong, f"{len(wrong)} of {len(chosen)}, seed {seed}:\n" + "\n\n".join(wrong)
    return f"{len(chosen)} of {len(found)} faults, seed {seed}"
