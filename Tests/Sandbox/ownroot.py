"""A root directory of one's own: files and sockets at absolute paths, and no trace of them outside.

Needs mount namespaces: as root, or where users may make them.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

# What a provider mounts is bound over an empty /run and a new root; all else is as it was.
SCRIPT = """
set -e
root=$1 count=$2
shift 2
mount --make-rprivate /
mount -t tmpfs tmpfs "$root"
for entry in /*; do
  if [ -L "$entry" ]; then cp -P "$entry" "$root/"; continue; fi
  [ -d "$entry" ] || continue
  mkdir "$root$entry"
  [ "$entry" = /run ] || mount --rbind "$entry" "$root$entry"
done
while [ "$count" -gt 0 ]; do
  target=$2
  [ "${target#/var/run/}" = "$target" ] || target=/run/${target#/var/run/}
  mkdir -p "$root$target"
  mount --bind "$1" "$root$target"
  shift 2
  count=$((count - 1))
done
exec chroot "$root" "$@"
"""


def command(folders: Mapping[str, Path], root: Path, command: list[str]) -> list[str]:
    """`command` where each of `folders` is found at its absolute path."""
    root.mkdir(parents=True, exist_ok=True)
    pairs = [str(word) for target, source in folders.items() for word in (source, target)]
    start = ["sh", "-c", SCRIPT, "own-root", str(root), str(len(folders)), *pairs]
    return [*_unshare(), *start, *command]


def _unshare() -> list[str]:
    return ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]


@cache
def is_possible() -> bool:
    """Whether this machine lets us."""
    try:
        probe = [*_unshare(), "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
        return subprocess.run(probe, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
