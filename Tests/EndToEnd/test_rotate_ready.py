"""What can be known before a secret is made is known before: nothing is made, and it is said."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import product
from rotating import Rotator


def changed(rotator: Rotator) -> list[str]:
    """What has been done at the issuer; a log-in changes nothing."""
    return [
        request.path
        for request in rotator.world.servers["okta"].requests
        if request.method != "GET" and not request.path.endswith("/token")
    ]


def refused(rotator: Rotator, ended: product.Result, words: str) -> None:
    """A person is asked, and the issuer was left alone."""
    assert ended.status == 6, ended
    assert words.encode() in ended.stderr
    assert changed(rotator) == []


def within(rotator: Rotator, script: str, *arguments: str) -> product.Result:
    """One command in a mount namespace of its own, after what the script does there."""
    probe = ["unshare", "--mount", "true"]
    if os.geteuid() != 0 or subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("nothing may be mounted here")
    words = ["unshare", "--mount", "sh", "-euc", f'{script}\nexec "$@"', "sh"]
    command = [*words, str(rotator.program), "rotate", *arguments]
    return product.run(command, rotator.environment, rotator.rotations.folder, b"")


def secret_file(rotator: Rotator) -> Path:
    """That of the one sink, in a folder of its own."""
    rotator.set_up("okta", ["file"], overlap="1s")
    (path,) = rotator.rotations.files
    return path


def test_a_file_that_is_mounted_by_itself(rotator: Rotator) -> None:
    """A rename over it says EBUSY: a bind mount of a file, as containers have them."""
    path = secret_file(rotator)
    script = f"mount --bind '{path}' '{path}'"
    refused(rotator, within(rotator, script, "now", "chat"), "it is a mount point")
    told = within(rotator, script, "init")
    assert b"not ready" in told.stdout
    assert b"it is a mount point" in told.stdout


def test_a_folder_that_is_read_only(rotator: Rotator) -> None:
    """Also for root."""
    path = secret_file(rotator)
    script = (
        f"mount --bind '{path.parent}' '{path.parent}'; mount -o remount,bind,ro '{path.parent}'"
    )
    journal = rotator.rotations.journal
    script += (
        f"\nmount --bind '{journal}' '{journal}' || true; mount -o remount,bind,rw '{journal}'"
    )
    ended = within(rotator, script, "now", "chat")
    assert changed(rotator) == []
    assert ended.status in (5, 6)


def test_a_disk_that_is_full(rotator: Rotator, tmp_path: Path) -> None:
    """Before, and not when the old secret is about to be replaced."""
    path = secret_file(rotator)
    folder = tmp_path / "full"
    folder.mkdir(mode=0o700)
    entry = rotator.rotations.rotation("okta", ["file"], overlap="1s")
    entry["sinks"] = [{"kind": "file", "path": str(folder / "secret")}]
    rotator.write({"chat": entry})
    script = f"""mount -t tmpfs -o size=128k,mode=0700 tmpfs '{folder}'
cp '{path}' '{folder}/secret'; chmod 600 '{folder}/secret'
dd if=/dev/zero of='{folder}/ballast' bs=1k 2>/dev/null || true"""
    refused(rotator, within(rotator, script, "now", "chat"), "its directory takes no new file")


@pytest.mark.parametrize("what", ["a folder that is missing", "a directory"])
def test_a_target_that_is_none(rotator: Rotator, what: str, tmp_path: Path) -> None:
    """Neither is found out by the write."""
    secret_file(rotator)
    target = tmp_path / "missing" / "secret"
    if what == "a directory":
        target = tmp_path / "target"
        target.mkdir()
    entry = rotator.rotations.rotation("okta", ["file"], overlap="1s")
    entry["sinks"] = [{"kind": "file", "path": str(target), "create": True}]
    rotator.write({"chat": entry})
    refused(rotator, rotator("now", "chat"), str(target))


@pytest.mark.parametrize("where", ["sink", "verify", "callback"])
@pytest.mark.parametrize("fault", ["missing", "not executable"])
def test_a_program_that_cannot_be_run(
    rotator: Rotator, where: str, fault: str, tmp_path: Path
) -> None:
    """A sink's, a log-in's, and one that gives a secret."""
    program = tmp_path / "program"
    if fault == "not executable":
        program.write_text("#!/bin/sh\nexit 0\n")
        program.chmod(0o600)
    entry = rotator.rotations.rotation("okta", ["file"], overlap="1s")
    command = {"command": [str(program), "x"]}
    match where:
        case "sink":
            entry["sinks"] = [*entry["sinks"], {"kind": "command"} | command]
        case "verify":
            entry["verify"] = {"kind": "command"} | command
        case _:
            hook = rotator.rotations.receiver.callback() | {"secret": command}
            entry["callbacks"] = [hook]
    rotator.write({"chat": entry})
    told = rotator("init")
    assert (told.status, b"not ready" in told.stdout) == (0, True), told
    assert str(program).encode() in told.stdout
    refused(rotator, rotator("now", "chat"), str(program))


@pytest.mark.parametrize("value", [None, "", "\n", "a\nb", " a"])
def test_the_id_of_a_log_in_that_is_none(rotator: Rotator, value: str | None) -> None:
    """The new secret would never have been accepted."""
    entry = rotator.rotations.rotation("okta", ["file"], overlap="1s")
    entry["verify"] = rotator.rotations.issuer("okta").verify | {"clientId": "env:CLIENT_ID"}
    rotator.write({"chat": entry})
    env = rotator.environment | ({} if value is None else {"CLIENT_ID": value})
    told = rotator("init", env=env)
    assert b"not ready  'verify.clientId': CLIENT_ID" in told.stdout
    refused(rotator, rotator("now", "chat", env=env), "CLIENT_ID")
