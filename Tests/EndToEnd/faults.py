"""System calls that a kernel, a file system or a sandbox does not have: which of a run's can fail.

strace writes down the calls of a run; then each of them is answered with an error, in other runs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import tracing

# What kernels, file systems and sandboxes say of a call that they do not have.
ERRORS = ("ENOSYS", "EPERM", "ENOLCK", "EOPNOTSUPP")
# The statuses that are documented, but for 1, which is a bug.
STATUSES = (0, 2, 3, 4, 5, 6)
# The first thing that hfmint does: what comes before is the loader's and Swift's.
BEGINNING = r"prctl\(PR_SET_DUMPABLE"
# Without memory, threads, signals' returns or an end there is no program.
ESSENTIAL = (
    *("brk", "mmap", "munmap", "mprotect", "madvise", "mremap", "futex", "execve"),
    *("exit", "exit_group", "rt_sigreturn", "restart_syscall", "set_robust_list", "rseq"),
    *("set_tid_address", "arch_prctl", "sigaltstack", "sched_getaffinity", "sched_yield"),
)
# Those that do what they are for whatever they answer: a failure would be strace's alone.
# https://man7.org/linux/man-pages/man2/close.2.html says it of close.
NEVER_FAILING = (
    *("close", "getpid", "getppid", "gettid", "getuid", "geteuid", "getgid", "getegid"),
    *("vfork", "clone", "fork"),
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
    return tracing.alone(["strace", "-f", "-qq", "-s", "0", "-o", str(log)])


def of(log: Path) -> tuple[list[Fault], list[Fault]]:
    """What can fail in such a run: every call of a name from the beginning on, and each alone."""
    text = log.read_text()
    begun = re.search(BEGINNING, text)
    assert begun, "hfmint does not begin as it did"
    before, counts, most = text[: begun.start()], {}, {}
    for thread, call in re.findall(r"(?m)^(\d+) +(\w+)\(", text):
        counts[thread, call] = counts.get((thread, call), 0) + 1
        most[call] = max(most.get(call, 0), counts[thread, call])
    all_of, each = [], []
    for call, last in most.items():
        if call in ESSENTIAL or call in NEVER_FAILING:
            continue
        first = len(re.findall(rf"(?m)^\d+ +{call}\(", before)) + 1
        for error in ERRORS:
            all_of.append(Fault(call, error, f"{first}+"))
            each += [Fault(call, error, str(number)) for number in range(first, last + 1)]
    return all_of, each
