"""What may stand where a regular file should, and how to see that it still does."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs import is_root


def _link(path: Path) -> None:
    path.with_name("other").write_text("")
    path.with_name("other").chmod(0o600)
    path.symlink_to("other")


def _hard_link(path: Path) -> None:
    path.write_text("")
    path.chmod(0o600)
    path.with_name("other").hardlink_to(path)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        # A path in a socket's address is short.
        before = Path.cwd()
        os.chdir(path.parent)
        try:
            server.bind(path.name)
        finally:
            os.chdir(before)


def _device(path: Path) -> None:
    if not is_root():
        pytest.skip("only root makes devices")
    os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 3))


KINDS: dict[str, tuple[Callable[[Path], None], str]] = {
    "link": (_link, "it is a symbolic link"),
    "link to a device": (lambda path: path.symlink_to("/dev/null"), "it is a symbolic link"),
    "dangling link": (lambda path: path.symlink_to("nowhere"), "it is a symbolic link"),
    "link to itself": (lambda path: path.symlink_to(path.name), "it is a symbolic link"),
    "hard link": (_hard_link, "it has a second name (a hard link)"),
    "FIFO": (os.mkfifo, "it is not a regular file but a FIFO"),
    "directory": (lambda path: path.mkdir(mode=0o700), "it is not a regular file but a directory"),
    "socket": (_socket, "it is not a regular file but a socket"),
    "device": (_device, "it is not a regular file but a device"),
}


def standing(path: Path) -> object:
    """What stands there, by the folder that holds it."""
    return sorted(
        (
            other.name,
            other.lstat().st_ino,
            other.lstat().st_mode,
            other.lstat().st_rdev,
            other.read_bytes() if other.is_file() and not other.is_symlink() else b"",
        )
        for other in path.parent.iterdir()
    )
