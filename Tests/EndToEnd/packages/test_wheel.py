"""`pip install hfmint`, `uv tool install hfmint` and `uvx hfmint`, from an index on loopback."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import product
from Sandbox.gitprogram import IDENTITY
from Sandbox.world import World
from wheels import TOOLS, Index, Release, contents, good, play


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The product, as a release has it."""
    return Release.of(product.needed(), tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="session")
def wheels(release: Release, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """This version's wheel, and that of the next."""
    folder = tmp_path_factory.mktemp("wheels")
    return release.wheel(folder), release.wheel(folder, release.next_version)


@pytest.fixture
def index(wheels: tuple[Path, Path], tmp_path: Path) -> Iterator[Index]:
    """An index that has this version."""
    with Index(tmp_path / "index") as index:
        index.publish(wheels[0])
        yield index


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home directory of nobody else."""
    (tmp_path / "user").mkdir()
    return tmp_path / "user"


def installer(index: Index, home: Path) -> dict[str, str]:
    """The environment of pip and uv: of this machine's settings and indexes they know nothing."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(home),
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_INDEX_URL": index.url,
        "PIP_NO_CACHE_DIR": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "UV_NO_CONFIG": "1",
        "UV_DEFAULT_INDEX": index.url,
        "UV_CACHE_DIR": str(home / "cache"),
        "UV_TOOL_DIR": str(home / "tools"),
        "UV_TOOL_BIN_DIR": str(home / "bin"),
        "UV_PYTHON": sys.executable,
        "UV_PYTHON_DOWNLOADS": "never",
    }


def does_its_job(world: World, scripts: Path, home: Path) -> None:
    """A job that finds hfmint in `scripts` exchanges, forgets, and clones and pushes with git."""
    world.publish("acme/model")
    world.git.create("acme/model")
    env = world.environment() | IDENTITY | {"GIT_CONFIG_NOSYSTEM": "1", "HOME": str(home)}
    env["PATH"] = f"{scripts}:{env['PATH']}"
    work = world.root / "work"
    work.mkdir()
    assert good(["sh", "-c", "command -v hfmint"], env, work) == str(scripts / "hfmint")
    exchange = 'set -eu; eval "$(hfmint exchange acme/model)"; echo "$HF_TOKEN_PATH"'
    token = Path(good(["sh", "-c", exchange], env, work))
    assert world.hub.token(token.read_text())
    good(["hfmint", "forget"], env, work)
    assert not token.exists()
    git = ["git", "-c", "credential.helper=hfmint", "-c", "credential.useHttpPath=true"]
    good([*git, "clone", "--quiet", world.git.url("acme/model"), "."], env, work)
    good([*git, "commit", "--quiet", "--allow-empty", "-m", "new"], env, work)
    good([*git, "push", "--quiet"], env, work)
    assert world.git.head("acme/model") == good(["git", "rev-parse", "HEAD"], env, work)


def test_it_is_the_same_each_time(
    release: Release, wheels: tuple[Path, Path], tmp_path: Path
) -> None:
    """Whoever makes it, and wherever."""
    again = release.wheel(tmp_path / "again", TZ="Asia/Kathmandu", PYTHONHASHSEED="7", LANG="C")
    assert again.name == wheels[0].name
    assert again.read_bytes() == wheels[0].read_bytes()


def test_what_is_in_it(release: Release, wheels: tuple[Path, Path]) -> None:
    """The binary as it is, with its SBOM and licence, and nothing that RECORD does not tell of."""
    with zipfile.ZipFile(wheels[0]) as archive:
        files = {entry.filename: archive.read(entry) for entry in archive.infolist()}
        modes = {e.filename: oct(e.external_attr >> 16 & 0o777) for e in archive.infolist()}
    info = f"hfmint-{release.version}.dist-info"
    record = f"{info}/RECORD"
    rows = {name: rest for name, *rest in csv.reader(io.StringIO(files[record].decode()))}
    assert rows.pop(record) == ["", ""]
    assert rows == {
        name: [f"sha256={digest(data)}", str(len(data))]
        for name, data in files.items()
        if name != record
    }
    scripts = f"hfmint-{release.version}.data/scripts"
    assert files[f"{scripts}/hfmint"] == release.binary.read_bytes()
    assert {name for name, mode in modes.items() if mode == "0o755"} == {
        f"{scripts}/hfmint",
        f"{scripts}/git-credential-hfmint",
    }
    sbom = json.loads(files[f"{info}/sboms/hfmint.spdx.json"])
    sums = [each["checksumValue"] for each in sbom["packages"][0]["checksums"]]
    assert sums == [hashlib.sha256(release.binary.read_bytes()).hexdigest()]
    assert files[f"{info}/licenses/LICENSE"] == (product.CHECKOUT / "LICENSE").read_bytes()
    metadata = files[f"{info}/METADATA"].decode()
    assert f"\nVersion: {release.version}\n" in metadata
    assert re.findall(r"\]\((?!https://)", metadata) == []


def digest(data: bytes) -> str:
    """SHA-256 in base64 for URLs, without padding."""
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")


def test_pip(
    world: World,
    release: Release,
    wheels: tuple[Path, Path],
    index: Index,
    home: Path,
) -> None:
    """Install, work, upgrade, uninstall."""
    env = installer(index, home)
    venv = home / "venv"
    python, scripts = venv / "bin/python", venv / "bin"
    good([sys.executable, "-m", "venv", "--without-pip", str(venv)], env, home)
    pip = [sys.executable, "-m", "pip", "--python", str(python)]
    before = contents(home)
    good([*pip, "install", "hfmint"], env, home)
    said = f"hfmint {release.version}"
    assert good([str(scripts / "hfmint"), "--version"], env, home) == said
    assert good([str(python), "-m", "hfmint", "--version"], env, home) == said
    does_its_job(world, scripts, home)

    index.publish(wheels[1])
    good([*pip, "install", "--upgrade", "hfmint"], env, home)
    assert f"Version: {release.next_version}" in good([*pip, "show", "hfmint"], env, home)
    assert good([str(python), "-m", "hfmint", "--version"], env, home) == said
    good([*pip, "uninstall", "--yes", "hfmint"], env, home)
    assert contents(home) == before


def test_python_m_hfmint(world: World, index: Index, home: Path, tmp_path: Path) -> None:
    """It is the program, with its arguments, status and signals, also in pip's `--target`."""
    env = installer(index, home)
    folder = tmp_path / "folder"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), "hfmint"]
    good(pip, env, home)
    env["PYTHONPATH"] = str(folder)
    python = ["/usr/bin/env", "python3", "-m", "hfmint"]
    assert good([*python, "--version"], env, home).startswith("hfmint ")
    wrong = play([*python, "exchange", "--what is this"], env, home)
    assert wrong.status == 2
    assert b"[usage]" in wrong.stderr
    world.publish("acme/model")
    ignored = ["sed", "-n", "s/^SigIgn:\\t//p", "/proc/self/status"]
    job = world.environment() | {"PYTHONPATH": str(folder)}
    ignores = good([*python, "run", "acme/model", "--", *ignored], job, home)
    assert int(ignores, 16) & 0x7FFFFFFF == 0  # the C library keeps signals 32 and 33 to itself
    (folder / "bin/hfmint").unlink()
    gone = play([*python, "--version"], env, home)
    assert (gone.status, gone.stdout) == (1, b"")
    assert gone.stderr.startswith(b"hfmint: error: the program is not where it was installed\n")


def test_uv_tool(
    world: World,
    release: Release,
    wheels: tuple[Path, Path],
    index: Index,
    home: Path,
) -> None:
    """Install, work, upgrade, uninstall; git's helper is linked too."""
    env = installer(index, home)
    uv = str(TOOLS / "uv")
    good([uv, "tool", "install", "hfmint"], env, home)
    assert f"hfmint v{release.version}" in good([uv, "tool", "list"], env, home)
    does_its_job(world, home / "bin", home)

    index.publish(wheels[1])
    good([uv, "tool", "upgrade", "hfmint"], env, home)
    assert f"hfmint v{release.next_version}" in good([uv, "tool", "list"], env, home)
    good([uv, "tool", "uninstall", "hfmint"], env, home)
    good([uv, "cache", "clean", "hfmint"], env, home)
    assert [path for path in contents(home) if "hfmint" in path.name] == []


def test_uvx_tells_a_newcomer_what_is_missing(world: World, index: Index, home: Path) -> None:
    """`uvx hfmint doctor`, typed where no CI system is."""
    env = installer(index, home) | world.environment("none") | {"HOME": str(home)}
    result = play([str(TOOLS / "uvx"), "hfmint", "doctor"], env, home)
    assert result.status == 3, result.stderr
    said = result.stdout.decode()
    assert "no CI system was recognised here, and no ID token was given" in said
    assert "next: run this in a CI job, or give --id-token-file" in said
    assert b"[checks-failed]" in result.stderr
