"""What stands at a path that hfmint writes, or has git write: every writer, every kind of thing.

The rule: a regular file that has this name alone is written, or nothing at all. What is anything
else stays as it is, whoever named it. Git alone follows symbolic links, as its users expect.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

import product
from auditing import AuditedJob
from jobs import Ended, Job, is_root
from mounts import mounting
from rotating import Rotator
from Sandbox import circleci
from Sandbox.world import World
from strangefiles import KINDS, standing

Ending = tuple[int, str]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where something strange will stand."""
    folder = tmp_path / "strange"
    folder.mkdir(mode=0o700)
    return folder / "target"


def left_alone(path: Path, kind: str, write: Callable[[], Ending]) -> None:
    """Prepare it, let it be written, and see that it was refused, named and left as it was."""
    prepare, reason = KINDS[kind]
    prepare(path)
    before = standing(path)
    status, err = write()
    assert status == 5, err
    assert reason in err
    assert path.name in err
    assert standing(path) == before


DELIVERIES: dict[str, tuple[list[str], str]] = {
    "env-file": (["--deliver", "env-file={}"], ""),
    "token-file": (["--deliver", "token-file={}"], ""),
    "both": (["--deliver", "shell", "--deliver", "env-file={}"], ""),
    "GITHUB_ENV": (["--deliver", "env"], "GITHUB_ENV"),
    "GITHUB_OUTPUT": (["--deliver", "output"], "GITHUB_OUTPUT"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", DELIVERIES)
def test_deliveries_are_refused_before_a_token_exists(
    job: Job, path: Path, method: str, kind: str
) -> None:
    """Refused before a token exists."""
    words, variable = DELIVERIES[method]
    filled = [word.format(path) for word in words]
    more = {variable: str(path)} if variable else {}

    def write() -> Ending:
        ended = job.exchange(*filled, **more)
        return ended.status, ended.err

    left_alone(path, kind, write)
    assert job.world.hub.exchanges() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_the_first_step_makes(world: World, path: Path, kind: str) -> None:
    """CircleCI's BASH_ENV: also where a link leads to nothing."""
    program = product.needed()
    provider = circleci.CircleCI(world.sentinels, world.root / "provider")
    try:
        world.hub.trust(provider.issuer.url, provider.issuer.key.jwks)
        claims = {"sub": str(provider.issuer.claims["sub"])}
        world.hub.publish("acme/model", provider.issuer.url, claims, "write")
        env = world.environment("none") | provider.environment() | {"BASH_ENV": str(path)}

        def write() -> Ending:
            command = [str(program), "exchange", "acme/model", "--deliver", "env"]
            done = product.run(command, env, path.parent.parent)
            return done.status, done.stderr.decode()

        left_alone(path, kind, write)
        assert world.hub.exchanges() == 0
    finally:
        provider.stop()


@pytest.mark.parametrize("kind", KINDS)
def test_an_audit_log_is_left_alone(job: Job, path: Path, tmp_path: Path, kind: str) -> None:
    """Where it is required nothing goes out."""
    AuditedJob(job, tmp_path / "audited", file=str(path), required=True)

    def write() -> Ending:
        ended = job.exchange()
        return ended.status, ended.err

    left_alone(path, kind, write)


@pytest.mark.parametrize("kind", KINDS)
def test_metrics_leave_it_alone(rotator: Rotator, path: Path, kind: str) -> None:
    """The case of `--prometheus /dev/stdout`, for which there is `-`."""
    rotator.set_up("okta", ["file"])

    def write() -> Ending:
        done = rotator("status", "--prometheus", str(path))
        return done.status, done.stderr.decode()

    left_alone(path, kind, write)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sink_leaves_it_alone(rotator: Rotator, path: Path, kind: str) -> None:
    """Nothing is made at the issuer."""
    rotator.set_up("okta", ["file"])
    manifest = json.loads(rotator.rotations.manifest.read_text())
    manifest["rotations"]["chat"]["sinks"][0]["path"] = str(path)
    rotator.rotations.manifest.write_text(json.dumps(manifest))
    prepare, reason = KINDS[kind]
    prepare(path)
    before = standing(path)
    asked = len(rotator.world.servers["okta"].requests)
    done = rotator("now", "chat")
    assert done.status in (5, 6), done.stderr
    assert reason in done.stderr.decode()
    assert standing(path) == before
    made = rotator.world.servers["okta"].requests[asked:]
    assert {request.method for request in made} <= {"GET"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_journal_leaves_it_alone(rotator: Rotator, kind: str) -> None:
    """Nothing is remembered in what another program may own."""
    rotator.set_up("okta", ["file"])
    journal = rotator.rotations.journal / "chat.journal"
    journal.unlink(missing_ok=True)

    def write() -> Ending:
        done = rotator("now", "chat")
        return done.status, done.stderr.decode()

    left_alone(journal, kind, write)


@pytest.mark.parametrize("writer", ["env-file", "metrics", "git"])
def test_a_file_that_is_mounted_by_itself(rotator: Rotator, job: Job, writer: str) -> None:
    """No other file can take its place: said before anything is done."""
    path = job.work / "mounted"
    path.touch(0o600)
    mounted = mounting('mount --bind "$0" "$0"', path)
    if writer == "env-file":
        ended = job.exchange("--deliver", f"env-file={path}", through=mounted)
        assert job.world.hub.exchanges() == 0
    elif writer == "git":
        ended = job.run("setup-git", through=mounted, GIT_CONFIG_GLOBAL=str(path))
    else:
        rotator.set_up("okta", ["file"])
        words = [str(job.program), "rotate", "status", "--prometheus", str(path)]
        done = product.run([*mounted, *words], rotator.environment, job.work)
        ended = Ended(done.status, done.stdout.decode(), done.stderr.decode())
    assert (ended.status, ended.code) == (5, "state-unusable"), ended
    assert "it is a mount point, which cannot be replaced" in ended.err
    assert path.read_bytes() == b""


def test_what_is_appended_to_may_be_mounted(job: Job) -> None:
    """As a step's files are in a container."""
    path = Path(job.env["GITHUB_ENV"])
    mounted = mounting('mount --bind "$0" "$0"', path)
    job.delivered(job.exchange(through=mounted))
    assert "HF_TOKEN_PATH" in path.read_text()


def test_metrics_on_stdout_are_the_text_alone(rotator: Rotator, tmp_path: Path) -> None:
    """The text alone, and no file of that name."""
    rotator.set_up("okta", ["file"])
    target = tmp_path / "hfmint.prom"
    assert rotator("status", "--prometheus", str(target)).status == 0
    done = rotator("status", "--prometheus", "-")
    assert (done.status, done.stderr) == (0, b"")
    assert done.stdout == target.read_bytes()
    assert not list(tmp_path.rglob("-"))
    refused = rotator("status", "--prometheus", "-", "--json")
    assert refused.status == 2
    assert b"both want stdout" in refused.stderr


def test_metrics_in_place_of_metrics_alone(rotator: Rotator, tmp_path: Path) -> None:
    """A file that hfmint did not write stays; one of its own keeps owner and mode."""
    rotator.set_up("okta", ["file"])
    target = tmp_path / "hfmint.prom"
    for content in ("mine\n", "# HELP node_x X.\nhfmint_rotation_attempts 1\n", "\0"):
        target.write_text(content)
        done = rotator("status", "--prometheus", str(target))
        assert done.status == 5
        assert b"hfmint did not write what it holds" in done.stderr
        assert b"--prometheus -" in done.stderr
        assert target.read_text() == content
    target.write_text("")
    target.chmod(0o640)
    if is_root():
        os.chown(target, 65534, 65534)
    for _ in range(2):
        assert rotator("status", "--prometheus", str(target)).status == 0
    status = target.stat()
    assert stat.S_IMODE(status.st_mode) == 0o640
    assert status.st_uid == (65534 if is_root() else os.geteuid())
    assert "hfmint_rotation_" in target.read_text()
