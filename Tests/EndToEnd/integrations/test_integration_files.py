"""The integrations' files: short, the same installer in each, and examples that are valid."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from jsonschema import Draft7Validator
from ruamel.yaml import YAML

import product
from checkers import module
from pipelines import load
from releases import pinned, release, saying

FOLDER = product.CHECKOUT / "integrations"
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SCHEMAS = {
    "circleci": "vendor.circle-ci",
    "gitlab": "vendor.gitlab-ci",
    "hfmint-buildkite-plugin": "vendor.buildkite",
}
SHARED = {"resource", "version", "checksum", "binary", "base-url", "repository"}
OWN = {
    "action": {"git", "github-token"},
    "orb": {"steps"},
    "component": {"job"},
    "plugin": set[str](),
}


def inputs(kind: str) -> set[str]:
    """The names of an integration's inputs."""
    if kind == "action":
        return set(load(product.CHECKOUT / "action.yml")[0]["inputs"])
    if kind == "orb":
        (orb,) = load(FOLDER / "circleci/orb.yml")
        return set(orb["commands"]["with-token"]["parameters"])
    if kind == "component":
        header, _ = load(FOLDER / "gitlab/templates/hfmint.yml")
        return set(header["spec"]["inputs"])
    (plugin,) = load(FOLDER / "hfmint-buildkite-plugin/plugin.yml")
    return set(plugin["configuration"]["properties"])


@pytest.mark.parametrize("kind", OWN)
def test_inputs_have_the_same_names(kind: str) -> None:
    """And the page of them has those."""
    assert inputs(kind) == SHARED | OWN[kind]
    page = (product.CHECKOUT / "docs/install.md").read_text()
    assert set(re.findall(r"(?m)^\| `([a-z-]+)` \|", page)) == SHARED


@pytest.mark.parametrize("folder", SCHEMAS)
def test_its_readmes_example_is_valid(folder: str, tmp_path: Path) -> None:
    """By the platform's schema."""
    (text,) = BLOCK.findall((FOLDER / folder / "README.md").read_text())
    file = tmp_path / "example.yml"
    file.write_text(text)
    done = module("check_jsonschema", "--builtin-schema", SCHEMAS[folder], str(file))
    assert done.returncode == 0, done.stdout


def test_the_orbs_example_is_valid(tmp_path: Path) -> None:
    """A configuration, and as the registry shows it."""
    (orb,) = load(FOLDER / "circleci/orb.yml")
    for number, example in enumerate(orb["examples"].values()):
        file = tmp_path / f"{number}.json"
        file.write_text(json.dumps(example["usage"]))
        done = module("check_jsonschema", "--builtin-schema", "vendor.circle-ci", str(file))
        assert done.returncode == 0, done.stdout


def test_the_plugins_settings_are_a_schema_that_its_example_meets() -> None:
    """And a word too many does not."""
    (plugin,) = load(FOLDER / "hfmint-buildkite-plugin/plugin.yml")
    Draft7Validator.check_schema(plugin["configuration"])
    validator = Draft7Validator(plugin["configuration"])
    text = (FOLDER / "hfmint-buildkite-plugin/README.md").read_text()
    (step,) = YAML(typ="safe", pure=True).load(BLOCK.findall(text)[0])["steps"]
    ((_, settings),) = step["plugins"][0].items()
    assert validator.is_valid(settings)
    assert validator.is_valid({"resource": ["acme/model", "DATA_TOKEN=datasets/acme/data"]})
    assert not validator.is_valid({"resource": "acme/model", "resources": "acme/model"})


def test_the_action_is_a_few_lines() -> None:
    """So that it can be read before it is trusted, and it needs no other package."""
    code = "".join(path.read_text() for path in (FOLDER / "github").glob("*.js"))
    assert 0 < len(code.splitlines()) < 90
    required = set(re.findall(r'require\("([^"]+)"\)', code))
    assert required == {"node:child_process", "node:fs", "node:path", "./run.js"}


def test_the_installer_has_nothing_that_a_platform_would_fill_in() -> None:
    """Not even in the copies."""
    text = (FOLDER / "install.sh").read_text()
    assert not re.search(r"<<|>>[^ ]|\$\{\{|\$\[\[|\{\{", text)


def test_a_copy_that_differs_is_found(tmp_path: Path) -> None:
    """Whichever it is."""
    checkout = pinned(tmp_path, None)
    program = [str(checkout / "Scripts/integrations"), "--check"]
    assert subprocess.run(program, check=False, capture_output=True).returncode == 0
    for name in (
        "circleci/orb.yml",
        "gitlab/templates/hfmint.yml",
        "hfmint-buildkite-plugin/lib/install.sh",
    ):
        file = checkout / "integrations" / name
        good = file.read_text()
        file.write_text(good.replace("umask 077", "umask 022"))
        done = subprocess.run(program, check=False, capture_output=True, text=True)
        assert done.returncode == 1
        assert name in done.stderr
        file.write_text(good)


def test_a_release_is_written_into_each(tmp_path: Path) -> None:
    """Its version is the default where caches go by it."""
    made = release("9.8.7", saying("9.8.7"))
    checkout = pinned(tmp_path, made)
    for name in ("install.sh", "circleci/orb.yml", "gitlab/templates/hfmint.yml"):
        text = (checkout / "integrations" / name).read_text()
        assert made.sum in text
        assert "version=9.8.7\n" in text
        assert name == "install.sh" or 'default: "9.8.7" # the release' in text
