"""What can be known before a secret is made is known before: nothing is made, and it is said."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import cast

import pytest

import product
from mounts import mounting
from rotating import Json, Rotator


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


def listed(told: product.Result, words: str) -> None:
    """`init` or `plan` says it beforehand, and is not in error."""
    assert told.status == 0, told
    lines = [line for line in told.stdout.splitlines() if line.startswith(b"  not ready  ")]
    assert any(words.encode() in line for line in lines), told


def within(rotator: Rotator, script: str, *arguments: str) -> product.Result:
    """One command in a mount namespace of its own, after what the script does there."""
    command = [*mounting(script), str(rotator.program), "rotate", *arguments]
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
    listed(within(rotator, script, "init"), "it is a mount point")
    listed(within(rotator, script, "plan"), "it is a mount point")


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
    listed(within(rotator, script, "init"), "read-only file system")
    listed(within(rotator, script, "plan"), "read-only file system")


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
    listed(within(rotator, script, "init"), "its directory takes no new file")
    listed(within(rotator, script, "plan"), "its directory takes no new file")


def test_the_journal_s_own_disk_is_full(rotator: Rotator, tmp_path: Path) -> None:
    """Room for one record is there, and none for all of them."""
    secret_file(rotator)
    journal = rotator.rotations.journal
    image = tmp_path / "disk"
    image.write_bytes(bytes(600 << 10))
    subprocess.run(["mkfs.ext4", "-q", "-F", image], capture_output=True, check=True)
    script = f"""mount -o loop '{image}' '{journal}'; chmod 700 '{journal}'
dd if=/dev/zero of='{journal}/ballast' bs=1k count=400 2>/dev/null"""
    ended = within(rotator, script, "now", "chat")
    assert (ended.status, changed(rotator)) == (5, []), ended
    assert f"'{journal}': it takes no new file: ".encode() in ended.stderr
    listed(within(rotator, script, "plan"), f"the journal '{journal}': it takes no new file")
    listed(within(rotator, script, "init"), f"the journal '{journal}': it takes no new file")


def test_the_journal_s_own_disk_is_read_only(rotator: Rotator) -> None:
    """Whatever root may do."""
    secret_file(rotator)
    journal = rotator.rotations.journal
    script = f"mount --bind '{journal}' '{journal}'; mount -o remount,bind,ro '{journal}'"
    ended = within(rotator, script, "now", "chat")
    assert (ended.status, changed(rotator)) == (5, []), ended
    assert b"read-only file system" in ended.stderr
    listed(within(rotator, script, "plan"), f"the journal '{journal}")


@pytest.mark.parametrize("flag", ["i", "a"])
@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_may_not_be_changed(
    rotator: Rotator, flag: str, what: str, request: pytest.FixtureRequest
) -> None:
    """A file or a folder with `chattr`: a rename would be refused, after the secret was made."""
    path = secret_file(rotator)
    marked = path if what == "file" else path.parent
    if subprocess.run(["chattr", f"+{flag}", marked], capture_output=True, check=False).returncode:
        pytest.skip("no chattr here")
    mend = ["chattr", f"-{flag}", str(marked)]
    request.addfinalizer(lambda: subprocess.run(mend, check=True))
    refused(rotator, rotator("now", "chat"), "it may not be changed (chattr")
    listed(rotator("plan"), "it may not be changed (chattr")
    listed(rotator("init"), "it may not be changed (chattr")
    subprocess.run(mend, check=True)
    assert rotator("resume", "chat").status == 0


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
    listed(rotator("plan"), str(target))
    listed(rotator("init"), str(target))


@pytest.mark.parametrize("content", [None, "nothing of that kind", ""])
def test_an_authority_that_is_none(rotator: Rotator, content: str | None, tmp_path: Path) -> None:
    """Without it no answer of the cluster could be believed."""
    bundle = tmp_path / "ca.crt"
    if content is not None:
        bundle.write_text(content)
    entry = rotator.rotations.rotation("okta", ["file"], overlap="1s")
    cluster: Json = {"kind": "kubernetes", "url": "https://127.0.0.1:1", "ca": str(bundle)}
    cluster |= {"namespace": "acme", "name": "chat", "key": "k", "token": "env:OKTA_TOKEN"}
    entry["sinks"] = [*cast(list[Json], entry["sinks"]), cluster]
    rotator.write({"chat": entry})
    listed(
        rotator("plan"),
        f"'sinks[1].ca': {'there is no file ' if content is None else ''}'{bundle}'",
    )
    listed(rotator("init"), str(bundle))


def test_all_of_them_are_listed(rotator: Rotator, tmp_path: Path) -> None:
    """Not the first alone, and each once."""
    entry = rotator.rotations.rotation("okta", ["file"], overlap="1s")
    entry["sinks"] = [
        {"kind": "file", "path": str(tmp_path / "missing" / "secret"), "create": True},
        {"kind": "command", "command": [str(tmp_path / "program")]},
        {"kind": "github-actions", "repository": "acme/x", "name": "S", "token": "env:NOT_SET"},
    ]
    entry["verify"] = rotator.rotations.issuer("okta").verify | {"clientId": "env:TWO"}
    rotator.write({"chat": entry})
    env = rotator.environment | {"TWO": "a\nb"}
    for command in ("init", "plan"):
        told = rotator(command, env=env)
        for words in (str(tmp_path / "missing"), str(tmp_path / "program"), "NOT_SET", "TWO"):
            listed(told, words)
            lines = [line for line in told.stdout.splitlines() if b"not ready" in line]
            assert sum(words.encode() in line for line in lines) == 1, told


def test_an_issuer_without_room(rotator: Rotator) -> None:
    """Okta takes two."""
    secret_file(rotator)
    okta = rotator.rotations.issuer("okta")
    okta.server.store(okta.server.clients[okta.client])
    refused(rotator, rotator("now", "chat"), "takes 2 at the most")
    listed(rotator("plan"), "takes 2 at the most")
    listed(rotator("init"), "takes 2 at the most")


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
    listed(rotator("init"), str(program))
    listed(rotator("plan"), str(program))
    refused(rotator, rotator("now", "chat"), str(program))


@pytest.mark.parametrize("value", [None, "", "\n", "a\nb", " a"])
def test_the_id_of_a_log_in_that_is_none(rotator: Rotator, value: str | None) -> None:
    """The new secret would never have been accepted."""
    entry = rotator.rotations.rotation("okta", ["file"], overlap="1s")
    entry["verify"] = rotator.rotations.issuer("okta").verify | {"clientId": "env:CLIENT_ID"}
    rotator.write({"chat": entry})
    env = rotator.environment | ({} if value is None else {"CLIENT_ID": value})
    listed(rotator("init", env=env), "'verify.clientId': CLIENT_ID")
    listed(rotator("plan", env=env), "'verify.clientId': CLIENT_ID")
    refused(rotator, rotator("now", "chat", env=env), "CLIENT_ID")
