"""`hfmint doctor --migrate` on the workflows in Tests/Migration.

They are such as public repositories of models have. Each stands in a folder of its CI system, its
diff in NAME.diff, and what is said on stderr in NAME.said. A first line `# --resource …` is an
option. With HFMINT_RECORD=1 both are written anew, and the tests that did so fail.
"""

from __future__ import annotations

import difflib
import json
import os
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

import product

FOLDER = product.CHECKOUT / "Tests/Migration"
PLACES = {
    "github": ".github/workflows/{}",
    "forgejo": ".forgejo/workflows/{}",
    "gitlab": ".gitlab-ci.yml",
    "circleci": ".circleci/config.yml",
    "buildkite": ".buildkite/{}",
}
HOSTS = {"gitlab": "gitlab.com", "forgejo": "codeberg.org"}
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}


NAMES = sorted(f"{path.parent.name}/{path.stem}" for path in FOLDER.glob("*/*.yml"))
# Those whose recorded diff is not empty.
CHANGED = [x for x in NAMES if (path := FOLDER / f"{x}.diff").exists() and path.read_bytes()]


def git(folder: Path, *words: str) -> None:
    """Run git where no configuration but the repository's counts."""
    subprocess.run(["git", *words], cwd=folder, env=ENVIRONMENT, check=True, capture_output=True)


class Repository:
    """A clone of acme/training with one workflow."""

    def __init__(self, name: str, root: Path) -> None:
        fixture = FOLDER / f"{name}.yml"
        self.expected = fixture
        self.root = root
        self.path = PLACES[fixture.parent.name].format(fixture.name)
        self.file = root / self.path
        self.before = fixture.read_bytes()
        first = self.before.decode().splitlines()[0]
        self.options = shlex.split(first[2:]) if first.startswith("# --") else []
        self.file.parent.mkdir(parents=True)
        self.file.write_bytes(self.before)
        git(root, "init", "-q", "-b", "main")
        host = HOSTS.get(fixture.parent.name, "github.com")
        git(root, "remote", "add", "origin", f"git@{host}:acme/training.git")

    def migrate(self, *words: str) -> product.Result:
        """Run doctor from elsewhere."""
        program = product.needed()
        call = [str(program), "doctor", "--migrate", str(self.root), *self.options, *words]
        return product.run(call, ENVIRONMENT, self.root.parent)


@pytest.fixture
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Repository:
    """With the workflow that the test is about."""
    return Repository(request.param, tmp_path / "clone")


def check(path: Path, found: bytes) -> bool:
    """Whether the file says what was found, once it has been recorded."""
    known = path.read_bytes() if path.exists() else b""
    if known == found:
        return True
    if os.environ.get("HFMINT_RECORD") == "1":
        path.write_bytes(found)
        return False
    lines = (part.decode().splitlines() for part in (known, found))
    pytest.fail("\n".join(difflib.unified_diff(*lines, path.name, "observed", lineterm="")))


@pytest.mark.parametrize("repository", NAMES, indirect=True)
def test_a_workflow_has_its_diff_or_its_reason(repository: Repository) -> None:
    """And nothing is written."""
    result = repository.migrate()
    said = result.stderr.replace(str(repository.root).encode(), b"{clone}")
    assert repository.file.read_bytes() == repository.before
    assert result.status == (6 if b"[migration-unsure]" in said else 0), said
    assert not (result.status == 6 and result.stdout), "what it is not sure of is left alone"
    diff, words = (repository.expected.with_suffix(x) for x in (".diff", ".said"))
    same = [check(diff, result.stdout), check(words, said)]
    assert all(same), "recorded anew"


@pytest.mark.parametrize("repository", CHANGED, indirect=True)
def test_git_and_patch_make_of_the_diff_what_hfmint_writes(repository: Repository) -> None:
    """Byte for byte; the mode stays, and a second run finds nothing to do."""
    diff = repository.migrate().stdout
    results = []
    for command in (["git", "apply"], ["patch", "-p1", "--binary", "--quiet"]):
        subprocess.run(command, cwd=repository.root, env=ENVIRONMENT, input=diff, check=True)
        results.append(repository.file.read_bytes())
        repository.file.write_bytes(repository.before)
    repository.file.chmod(0o640)
    written = repository.migrate("--write")
    assert written.status == 0, written
    assert written.stdout == f"changed  {repository.path}\n".encode()
    assert results == [repository.file.read_bytes()] * 2
    assert repository.file.stat().st_mode & 0o777 == 0o640
    assert {x.name for x in repository.file.parent.iterdir()} - {".git"} == {repository.file.name}
    again = repository.migrate()
    assert (again.status, again.stdout) == (0, b"")
    assert repository.migrate("--write").stdout == b""


@pytest.mark.parametrize("repository", CHANGED, indirect=True)
def test_what_comes_out_is_yaml_without_the_secret(repository: Repository) -> None:
    """As another reader sees it; what the diff does not name is the same."""
    printed = json.loads(repository.migrate("--json", "--write").stdout)
    [file] = printed["files"]
    assert file["status"] == "changed"
    assert printed["written"] == [repository.path]
    text = repository.file.read_text()
    before, after = yaml.safe_load(repository.before), yaml.safe_load(text)
    assert set(after) - set(before) <= {"enable-openid-connect"}
    assert set(before) - set(after) <= {"env"}
    assert "secrets.HF" not in text
    assert "hfmint exchange" in text or "hfmint setup-git" in text
    assert "hfmint forget" in text
    old = repository.before.decode().splitlines()
    kept = {line[1:].rstrip("\r") for line in file["diff"].splitlines()[2:] if line[:1] == "-"}
    assert set(old) - set(text.splitlines()) <= kept


def test_there_are_enough_of_them() -> None:
    """Of those that change, and of those that are left alone."""
    assert len(CHANGED) >= 10
    assert len(NAMES) - len(CHANGED) >= 10


def test_a_file_that_changes_meanwhile_is_left_alone(tmp_path: Path) -> None:
    """As are a link, and a file with a second name."""
    repository = Repository("github/publish", tmp_path / "clone")
    os.link(repository.file, tmp_path / "second")
    result = repository.migrate("--write")
    assert result.status == 5, result
    assert b"hard link" in result.stderr
    assert repository.file.read_bytes() == repository.before
    (tmp_path / "second").unlink()
    repository.file.rename(tmp_path / "elsewhere")
    repository.file.symlink_to(tmp_path / "elsewhere")
    result = repository.migrate("--write")
    assert result.status == 5, result
    assert b"symbolic link" in result.stderr
    assert (tmp_path / "elsewhere").read_bytes() == repository.before


def test_a_folder_that_is_a_link_is_left_alone(tmp_path: Path) -> None:
    """It may lead out of the repository; what is no business of hfmint is none there either."""
    repository = Repository("github/publish", tmp_path / "clone")
    outside = tmp_path / "outside"
    (repository.root / ".github").rename(outside)
    (repository.root / ".github").symlink_to(outside)
    result = repository.migrate("--write")
    assert (result.status, result.stdout) == (6, b"")
    assert b"'.github' is a symbolic link" in result.stderr
    assert repository.file.read_bytes() == repository.before
    repository.file.write_text("a: 1\n")
    assert repository.migrate("--write").status == 0


def test_one_bad_workflow_does_not_stop_the_others(tmp_path: Path) -> None:
    """What is sure is written; what is not is named."""
    repository = Repository("github/publish", tmp_path / "clone")
    other = repository.file.with_name("docker.yml")
    other.write_bytes((FOLDER / "github/docker.yml").read_bytes())
    result = repository.migrate("--write")
    assert result.status == 6
    assert result.stdout == b"changed  .github/workflows/publish.yml\n"
    assert b".github/workflows/docker.yml:" in result.stderr
