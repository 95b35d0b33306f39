"""`integrations/install.sh`: what it downloads, believes, keeps and leaves."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import product
from releases import (
    HOST,
    REPOSITORY,
    Downloads,
    Release,
    asked_of_gh,
    bare,
    pinned,
    reached,
    release,
    saying,
    with_gh,
)
from Sandbox.proxy import Proxy

VERSION = "9.8.7"
SHELLS = ("sh", "bash", "busybox", "mksh", "yash")


class Machine:
    """A machine on which the installer runs; `downloads` has its release."""

    def __init__(self, root: Path, downloads: Downloads, pin: bool = False) -> None:
        self.release = release(VERSION, saying(VERSION))
        downloads.publish(self.release)
        self.downloads = downloads
        self.root = root
        self.script = pinned(root / "checkout", self.release if pin else None)
        self.variables = bare(root, root / "bin") | reached(downloads, root / "curl")
        self.variables |= {"HFMINT_INSTALL_BASE_URL": f"{downloads.origin}/dl"}
        (root / "bin").mkdir()

    def install(self, shell: str = "sh", **variables: str) -> product.Result:
        """Run it; `version="1.2.3"` is HFMINT_INSTALL_VERSION."""
        own = {f"HFMINT_INSTALL_{name.upper()}": value for name, value in variables.items()}
        words = [shell, "sh"] if shell == "busybox" else [shell]
        script = str(self.script / "integrations/install.sh")
        return product.run([*words, script], self.variables | own, self.root)

    def put(self, name: str, program: str) -> None:
        """A program for the installer's PATH."""
        file = self.root / "bin" / name
        file.write_text(program)
        file.chmod(0o755)

    def gh(self, *attested: Release, ref: str | None = None) -> None:
        """A `gh` that has a token, and knows where these come from."""
        with_gh(self.root / "bin", *attested, ref=ref)
        self.variables |= {"GH_TOKEN": "ghs_x", "HFMINT_INSTALL_REPOSITORY": REPOSITORY}

    @property
    def cached(self) -> Path:
        """Where the release's tarball is kept."""
        folder = self.root / "home/.cache/hfmint" / VERSION
        return next(folder.glob("*")) / self.release.name

    def files(self) -> list[Path]:
        """All that was left, but for what a test put there."""
        found = [*(self.root / "home").rglob("*"), *(self.root / "tmp").rglob("*")]
        return [path for path in found if path.is_file()]


@pytest.fixture
def machine(tmp_path: Path, downloads: Downloads) -> Machine:
    """With an installer from before any release."""
    return Machine(tmp_path / "machine", downloads)


@pytest.fixture
def made_for(tmp_path: Path, downloads: Downloads) -> Machine:
    """With an installer that was made for the release."""
    return Machine(tmp_path / "machine", downloads, pin=True)


def refused(result: product.Result, status: int, text: str) -> None:
    """It failed like this, and printed no folder."""
    assert result.status == status, result.stderr.decode()
    assert text in result.stderr.decode()
    assert result.stdout == b""


@pytest.mark.parametrize("shell", SHELLS)
def test_it_installs_by_the_sum_that_it_was_made_with(made_for: Machine, shell: str) -> None:
    """In every shell; one file is asked for, and the printed folder holds the program alone."""
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    done = made_for.install(shell)
    assert done.status == 0, done.stderr.decode()
    folder = Path(done.stdout.decode().rstrip("\n"))
    assert [path.name for path in folder.iterdir()] == ["hfmint"]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert subprocess.check_output([folder / "hfmint"]) == f"hfmint {VERSION}\n".encode()
    assert made_for.downloads.asked == [f"/dl/v{VERSION}/{made_for.release.name}"]
    assert made_for.files() == [made_for.cached, folder / "hfmint"]


def test_github_is_where_it_looks(made_for: Machine) -> None:
    """Unless a mirror is named."""
    del made_for.variables["HFMINT_INSTALL_BASE_URL"]
    made_for.put("curl", '#!/bin/sh\necho "$@" >&2\nexit 7\n')
    refused(
        made_for.install(),
        4,
        f"https://github.com/{REPOSITORY}/releases/download/v{VERSION}/{made_for.release.name}",
    )


@pytest.mark.parametrize("how", ["made_for", "checksum", "sums"])
def test_a_wrong_sum_is_refused_and_leaves_nothing(
    request: pytest.FixtureRequest, how: str
) -> None:
    """Whoever said what the sum must be."""
    machine = request.getfixturevalue("made_for" if how == "made_for" else "machine")
    asked = {} if how == "made_for" else {"version": VERSION}
    if how == "checksum":
        asked["checksum"] = "a" * 64
    else:
        bad = release(VERSION, saying("6.6.6")).tarball
        machine.downloads.files[f"/dl/v{VERSION}/{machine.release.name}"] = bad
    refused(machine.install(**asked), 3, "is not used: its SHA-256 sum is")
    assert machine.files() == []


def test_a_release_that_is_another_is_refused(machine: Machine) -> None:
    """An old one under a new name, with a sum that fits."""
    other = release(VERSION, saying("1.0.0"))
    machine.downloads.publish(other)
    refused(machine.install(version=VERSION), 3, "holds hfmint 1.0.0")
    assert machine.files() == [machine.cached]


def test_a_release_without_the_program_is_refused(machine: Machine) -> None:
    """And no other file of it is unpacked."""
    name = machine.release.name
    other = release("1.0.0", saying(VERSION)).tarball
    machine.downloads.files[f"/dl/v{VERSION}/{name}"] = other
    asked = {"version": VERSION, "checksum": hashlib.sha256(other).hexdigest()}
    refused(machine.install(**asked), 3, "is no release of hfmint")


@pytest.mark.parametrize("made", [True, False])
def test_the_second_time_it_comes_from_the_cache(
    tmp_path: Path, downloads: Downloads, made: bool
) -> None:
    """The sum is asked for again where it is not known, the tarball is not."""
    machine = Machine(tmp_path / "machine", downloads, made)
    for _ in range(3):
        done = machine.install(version=VERSION)
        assert done.status == 0, done.stderr.decode()
    assert downloads.tarballs == 1
    assert downloads.asked.count(f"/dl/v{VERSION}/SHA256SUMS") == (0 if made else 3)
    assert b"from the cache" in done.stderr


def test_a_cache_that_was_tampered_with_is_not_believed(made_for: Machine) -> None:
    """It is replaced by what the server has."""
    assert made_for.install().status == 0
    made_for.cached.write_bytes(release(VERSION, b"#!/bin/sh\necho pwned\n").tarball)
    done = made_for.install()
    assert done.status == 0
    assert b"downloaded again" in done.stderr
    assert made_for.cached.read_bytes() == made_for.release.tarball
    assert made_for.downloads.tarballs == 2


def test_a_cache_that_cannot_be_written_is_no_failure(made_for: Machine) -> None:
    """The next job downloads again."""
    (made_for.root / "file").touch()
    done = made_for.install(cache=str(made_for.root / "file"))
    assert done.status == 0
    assert b"the next job downloads again" in done.stderr


def test_the_runners_tool_cache_is_the_first_choice(made_for: Machine) -> None:
    """By version and architecture, as the runner's own tools lie there."""
    tools = made_for.root / "tools"
    made_for.variables["RUNNER_TOOL_CACHE"] = str(tools)
    assert made_for.install().status == 0
    (kept,) = [path for path in tools.rglob("*") if path.is_file()]
    machine = made_for.release.name.split("-linux-")[1].removesuffix(".tar.gz")
    assert kept == tools / "hfmint" / VERSION / machine / made_for.release.name


def test_a_folder_that_others_made_is_not_used(made_for: Machine) -> None:
    """They could put another program there before it is started."""
    folder, link = made_for.root / "theirs", made_for.root / "link"
    folder.mkdir()
    link.symlink_to(folder)
    refused(made_for.install(folder=str(link)), 5, "is not this user's")
    if os.geteuid() == 0:
        os.chown(folder, 1001, 1001)
        refused(made_for.install(folder=str(folder)), 5, "is not this user's")
    assert list(folder.iterdir()) == []
    assert made_for.install(folder=str(made_for.root / "ours")).status == 0


def test_a_proxy_is_asked(made_for: Machine) -> None:
    """The one of HTTPS_PROXY."""
    (made_for.root / "curl/.curlrc").unlink()
    refused(made_for.install(), 4, "behind a proxy set HTTPS_PROXY")
    with Proxy({f"{HOST}:443": made_for.downloads.address}) as proxy:
        made_for.variables["HTTPS_PROXY"] = f"http://{proxy.address}"
        assert made_for.install().status == 0
        assert proxy.asked_for == [f"{HOST}:443"]


@pytest.mark.parametrize("kind", ["program", "tarball"])
def test_a_file_that_is_handed_in_needs_no_server(made_for: Machine, kind: str) -> None:
    """Its sum is that of the release, or the one that is given."""
    file, data = made_for.root / made_for.release.name, made_for.release.tarball
    if kind == "program":
        file, data = made_for.root / "program", saying(VERSION)
    file.write_bytes(data)
    made_for.put("curl", "#!/bin/sh\nexit 99\n")
    given = {"checksum": hashlib.sha256(data).hexdigest()} if kind == "program" else {}
    done = made_for.install(file=str(file), **given)
    assert done.status == 0, done.stderr.decode()
    assert b"whose sum is right" in done.stderr
    program = Path(done.stdout.decode().strip()) / "hfmint"
    assert program.read_bytes() == saying(VERSION)
    program.unlink()
    file.write_bytes(data + b"\n")
    refused(made_for.install(file=str(file), **given), 3, "is not used")
    assert made_for.files() == []


def test_a_file_without_a_sum_is_taken_as_it_is(machine: Machine) -> None:
    """Whoever put it on the machine vouches for it; another version too."""
    file = machine.root / "hfmint"
    file.write_bytes(saying("3.2.1"))
    done = machine.install(file=str(file))
    assert done.status == 0
    assert b"whose sum is right" not in done.stderr


def test_gh_is_asked_where_the_sum_is_the_servers_own_word(machine: Machine) -> None:
    """Each time, by a command line that gh has."""
    machine.gh(machine.release)
    for _ in range(2):
        done = machine.install(version=VERSION)
        assert done.status == 0, done.stderr.decode()
        assert b"own word" not in done.stderr
    calls = [words for words, _ in asked_of_gh(machine.root / "bin")]
    assert len([words for words in calls if "--repo" in words]) == 2


@pytest.mark.parametrize("wrong", ["not attested", "another tag"])
def test_what_gh_does_not_find_attested_is_refused(machine: Machine, wrong: str) -> None:
    """And leaves nothing."""
    if wrong == "not attested":
        machine.gh()
    else:
        machine.gh(machine.release, ref="refs/tags/v1.0.0")
    refused(machine.install(version=VERSION), 3, f"gh does not find that {REPOSITORY} released")
    assert machine.files() == []


def test_gh_is_not_asked_where_the_sum_is_known(made_for: Machine) -> None:
    """The commit that holds the sum is what the job has chosen to believe."""
    made_for.gh()
    assert made_for.install().status == 0
    assert asked_of_gh(made_for.root / "bin") == []


@pytest.mark.parametrize(
    ("why", "text"),
    [("none", "there is no gh"), ("old", "this gh is too old"), ("token", "gh has no token")],
)
def test_without_gh_it_says_what_the_sum_is_worth(machine: Machine, why: str, text: str) -> None:
    """An old one, such as Debian 12's, has no attestations."""
    machine.gh()
    if why == "none":
        (machine.root / "bin/gh").unlink()
        keep = [
            "awk",
            "basename",
            "cat",
            "chmod",
            "cp",
            "curl",
            "cut",
            "env",
            "grep",
            "gzip",
            "mkdir",
        ]
        for name in [*keep, "mktemp", "mv", "rm", "sh", "sha256sum", "tar", "uname"]:
            (machine.root / "bin" / name).symlink_to(str(shutil.which(name)))
        machine.variables["PATH"] = str(machine.root / "bin")
    elif why == "old":
        machine.put(
            "gh", '#!/bin/sh\necho \'unknown command "attestation" for "gh"\' >&2\nexit 1\n'
        )
    else:
        del machine.variables["GH_TOKEN"]
    done = machine.install(version=VERSION)
    assert done.status == 0, done.stderr.decode()
    assert text in done.stderr.decode()


@pytest.mark.parametrize(
    ("variables", "text"),
    [
        ({"version": "../1.0.0"}, "no version"),
        ({"version": "latest"}, "no version"),
        ({"base_url": "http://releases.test.example"}, "must begin with https://"),
        ({"base_url": ""}, "where are the releases?"),
        ({"file": "/no/such/file"}, "there is no file"),
    ],
)
def test_what_cannot_be_meant_is_said(
    machine: Machine, variables: dict[str, str], text: str
) -> None:
    """Before anything is asked for."""
    refused(machine.install(**variables), 2, text)
    assert machine.downloads.asked == []


def test_another_machine_is_told_so(machine: Machine) -> None:
    """By its architecture, and by a program that does not start."""
    machine.put("uname", '#!/bin/sh\n[ "$1" = -s ] && echo Linux || echo riscv64\n')
    refused(machine.install(version=VERSION), 5, "no release for riscv64")
    (machine.root / "bin/uname").unlink()
    machine.downloads.publish(release(VERSION, b"#!/bin/sh\nexit 1\n"))
    refused(machine.install(version=VERSION), 5, "hfmint does not start here")
