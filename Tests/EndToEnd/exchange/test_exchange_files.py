"""What an exchange leaves on disk."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

import product
from Sandbox.world import World
from traces import Hfmint, changes, files_with, tokens, traces_of_nothing, tree

pytestmark = pytest.mark.skipif(not product.binary(), reason="the product is not built")

ANSWER = '"token_type":"bearer","expires_in":3600'


@pytest.mark.parametrize(
    "fault",
    [
        "status=403 body={}",
        'status=400 body={"error":"invalid_grant"}',
        "status=429 retry-after=3600",
        "redirect=307,http://127.0.0.1:1/",
        "body=<html>",
        'body={"access_token":"hf_jwt_abcdefgh"',
        f'body={{"access_token":"hf_jwt_abc\\\\ndefgh",{ANSWER}}}',
        "oversized=70000",
        "gzip-bomb",
        "truncate=50 times=forever",
        "drop=headers times=forever",
        "drop times=forever",
        "delay=5",
    ],
)
@pytest.mark.parametrize(
    "deliveries", [("auto",), ("output", "env-file", "env-file={}/x", "token-file={}/y")]
)
def test_nothing_is_written_when_the_exchange_fails(
    world: World, hfmint: Hfmint, tmp_path: Path, fault: str, deliveries: tuple[str, ...]
) -> None:
    """But the job's empty directory, and the lock in it."""
    environment = world.environment()
    words = [word for delivery in deliveries for word in ("--deliver", delivery.format(tmp_path))]
    before = tree(world.root, tmp_path / "work")
    world.fault("hub", fault)
    result = hfmint(
        "exchange", "acme/model", "--export", "--deadline", "1", *words, env=environment
    )
    assert result.status in (3, 4), result.stderr
    changed = changes(before, tree(world.root, tmp_path / "work"))
    assert traces_of_nothing(changed), changed
    assert files_with(world.secrets, world.root, tmp_path / "work") == set()
    assert not any(secret.encode() in result.stdout + result.stderr for secret in world.secrets)


@pytest.mark.parametrize("mask", ["000", "022", "077", "277", "777"])
def test_modes_do_not_depend_on_the_umask(world: World, tmp_path: Path, mask: str) -> None:
    """Files are 0600 and folders 0700."""
    world.publish("acme/model")
    environment = world.environment()
    folder = tmp_path / "own"
    folder.mkdir()
    before = tree(world.root, folder)
    words = ["--deliver", f"env-file={folder}/env", "--deliver", f"token-file={folder}/token"]
    script = f"umask {mask}; exec hfmint exchange acme/model --deliver auto {shlex.join(words)}"
    result = product.run(["sh", "-c", script], environment, tmp_path)
    assert result.status == 0, result.stderr
    after = tree(world.root, folder)
    new = {path: entry for path, entry in after.items() if path not in before}
    assert len(new) >= 8
    for path, entry in new.items():
        assert (entry.kind, oct(entry.mode)) in {("-", "0o600"), ("d", "0o700")}, path


@pytest.mark.parametrize("export", [(), ("--export",)])
def test_only_the_named_files_hold_the_token(
    world: World, hfmint: Hfmint, tmp_path: Path, export: tuple[str, ...]
) -> None:
    """The job's own, those that were asked for, and GITHUB_ENV when it was to be exported."""
    world.publish("acme/model")
    environment = world.environment()
    own = tmp_path / "own.env"
    words = ["--deliver", "auto", "--deliver", f"env-file={own}", *export]
    result = hfmint("exchange", "acme/model", *words, env=environment)
    assert result.status == 0, result.stderr
    found = files_with(tokens(world), world.root, tmp_path)
    job = Path(environment["RUNNER_TEMP"], "hfmint")
    assert {path for path in found if job in path.parents} == set(job.rglob("*-*")) - set(
        job.rglob("lock-*")
    ) - set(job.rglob("copy-*"))
    others = {path for path in found if job not in path.parents}
    assert others == {own, *([Path(environment["GITHUB_ENV"])] if export else [])}
    others_secrets = world.secrets - set(tokens(world))
    assert files_with(others_secrets, world.root, tmp_path) == set()


def test_stdout_alone_needs_no_file_of_its_own(world: World, hfmint: Hfmint) -> None:
    """The token is in the job's record, for its next call, and nowhere else."""
    world.publish("acme/model")
    environment = world.environment()
    assert hfmint("exchange", "acme/model", "--deliver", "stdout", env=environment).status == 0
    found = files_with(tokens(world), world.root)
    assert [path.name.partition("-")[0] for path in found] == ["record"]


def test_a_state_directory_of_someone_else_is_refused(
    world: World, hfmint: Hfmint, tmp_path: Path
) -> None:
    """Before anything is asked."""
    if os.geteuid() == 0:
        folder = tmp_path / "state"
        folder.mkdir(mode=0o700)
        os.chown(folder, 12345, 12345)
    else:
        folder = Path("/usr")
    result = hfmint("exchange", "acme/model", "--state-dir", str(folder), env=world.environment())
    assert result.status == 5
    assert b"it belongs to another user [state-unusable]" in result.stderr
    assert world.requests("github") == []


def test_a_target_of_someone_else_is_left_alone(
    world: World, hfmint: Hfmint, tmp_path: Path
) -> None:
    """As far as this user can make one."""
    world.publish("acme/model")
    target = tmp_path / "token"
    target.touch(mode=0o600)
    if os.geteuid() == 0:
        os.chown(target, 12345, 12345)
    else:
        target = Path("/etc/hostname")
    result = hfmint("exchange", "acme/model", "--deliver", f"token-file={target}")
    assert result.status == 5
    assert files_with(tokens(world), tmp_path) - files_with(tokens(world), world.root) == set()


def test_a_step_file_of_someone_else_is_taken(world: World, hfmint: Hfmint) -> None:
    """In a container we are root, and the runner's files are not root's."""
    world.publish("acme/model")
    environment = world.environment()
    path = Path(environment["GITHUB_ENV"])
    if os.geteuid() == 0:
        os.chown(path, 12345, 12345)
    assert hfmint("exchange", "acme/model", "--deliver", "env", env=environment).status == 0
    assert b"HF_TOKEN_PATH<<" in path.read_bytes()


def test_a_failed_delivery_leaves_what_was_there(
    world: World, hfmint: Hfmint, tmp_path: Path
) -> None:
    """Whole, and no draft beside it."""
    world.publish("acme/model")
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "hub.env").write_text("A=1\n")
    (folder / "hub.env").chmod(0o640)
    before = tree(folder)
    assert hfmint("exchange", "acme/model", "--deliver", f"env-file={folder}/hub.env").status == 5
    assert tree(folder) == before
