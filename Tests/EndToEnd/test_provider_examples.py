"""The examples: valid where a schema knows them, tidy, and each ends with `hfmint forget`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import product

FOLDER = product.CHECKOUT / "ci-examples"
EXAMPLES = sorted(path.name for path in FOLDER.glob("*.yml"))
# Forgejo's own key for ID tokens is unknown to GitHub's schema; what is left is GitHub's.
SCHEMAS = {
    "github-actions.yml": "vendor.github-workflows",
    "gitlab-ci.yml": "vendor.gitlab-ci",
    "circleci.yml": "vendor.circle-ci",
    "buildkite.yml": "vendor.buildkite",
    "google-cloud-build.yml": "vendor.cloudbuild",
}
RULES = """
extends: default
rules:
  document-start: disable
  line-length: {max: 120}
  truthy: {check-keys: false}
  comments: {min-spaces-from-content: 1}
"""
FIRST_CLASS = {*SCHEMAS, "bitbucket-pipelines.yml", "forgejo-actions.yml", "kubernetes.yml"}


def module(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A checker, where it is installed."""
    pytest.importorskip(name)
    command = [sys.executable, "-m", name, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_each_first_class_provider_has_one() -> None:
    """And nothing else lies there."""
    assert set(EXAMPLES) == FIRST_CLASS


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_the_providers_schema_accepts_it(name: str) -> None:
    """The one that check-jsonschema brings along."""
    schema = ("--builtin-schema", SCHEMAS[name])
    # GitLab's `!reference` and the like need the tool's own reader.
    transform = ("--data-transform", "gitlab-ci") if "gitlab" in name else ()
    done = module("check_jsonschema", *schema, *transform, str(FOLDER / name))
    assert done.returncode == 0, done.stdout


def test_forgejos_is_githubs_but_for_its_permission() -> None:
    """GitHub's schema objects to that one key, and to nothing else."""
    path = str(FOLDER / "forgejo-actions.yml")
    done = module("check_jsonschema", "--builtin-schema", "vendor.github-workflows", path)
    assert done.returncode == 1
    assert re.findall(r"'([^']+)' was unexpected", done.stdout) == ["enable-openid-connect"]
    assert done.stdout.count("forgejo-actions.yml::") == 1


def test_bitbuckets_is_what_the_schema_knows_but_for_its_audience(tmp_path: Path) -> None:
    """The bundled schema has `oidc: true` alone, which is older than `oidc: audiences:`."""
    text = (FOLDER / "bitbucket-pipelines.yml").read_text()
    plain = re.sub(r"oidc:\n +audiences:[^\n]*\n +- https://huggingface.co", "oidc: true", text)
    assert plain != text
    copy = tmp_path / "bitbucket-pipelines.yml"
    copy.write_text(plain)
    done = module("check_jsonschema", "--builtin-schema", "vendor.bitbucket-pipelines", str(copy))
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_is_tidy(name: str) -> None:
    """As yamllint sees it."""
    done = module("yamllint", "--strict", "-d", RULES, str(FOLDER / name))
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_exchanges_and_forgets(name: str) -> None:
    """No stored secret, no printed token, and an end that comes whatever happened before."""
    text = (FOLDER / name).read_text()
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    assert any("hfmint exchange" in line for line in lines)
    assert any("hfmint forget" in line for line in lines)
    assert not re.search(r"secrets\.|HF_TOKEN|--export|--deliver stdout", "\n".join(lines))
    assert re.search(r"if: always\(\)|when: always|after_script|after-script|trap .* EXIT", text)
