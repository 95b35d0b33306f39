"""The examples: valid where a schema knows them, tidy, and each ends with `hfmint forget`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import product
from checkers import module
from pipelines import PROVIDERS

FOLDER = product.CHECKOUT / "ci-examples"
EXAMPLES = sorted(
    str(path.relative_to(FOLDER)) for name in PROVIDERS for path in (FOLDER / name).glob("*.yml")
)
JOBS = ("publish", "download", "push", "rotate")
# Cloud Build has no disk that outlives a build; a rotation in Kubernetes is `rotate schedule`'s.
WITHOUT_ROTATION = {"google-cloud-build", "kubernetes"}
# Forgejo's own key for ID tokens is unknown to GitHub's schema; what is left is GitHub's.
SCHEMAS = {
    "github-actions": "vendor.github-workflows",
    "gitlab-ci": "vendor.gitlab-ci",
    "circleci": "vendor.circle-ci",
    "buildkite": "vendor.buildkite",
    "google-cloud-build": "vendor.cloudbuild",
}
RULES = """
extends: default
rules:
  document-start: disable
  line-length: {max: 120}
  truthy: {check-keys: false}
  comments: {min-spaces-from-content: 1}
"""


def of(*providers: str) -> list[str]:
    """Their examples."""
    return [name for name in EXAMPLES if name.partition("/")[0] in providers]


def code(name: str) -> str:
    """An example without its comments."""
    lines = (FOLDER / name).read_text().splitlines()
    return "\n".join(re.sub(r"(^|\s)#.*", "", line) for line in lines)


@pytest.mark.parametrize("provider", sorted(PROVIDERS))
def test_each_provider_has_the_jobs_that_people_have(provider: str) -> None:
    """And no other."""
    expected = {f"{provider}/{job}.yml" for job in JOBS}
    if provider in WITHOUT_ROTATION:
        expected.remove(f"{provider}/rotate.yml")
    assert set(of(provider)) == expected


@pytest.mark.parametrize("name", of(*SCHEMAS))
def test_the_providers_schema_accepts_it(name: str) -> None:
    """The one that check-jsonschema brings along."""
    schema = ("--builtin-schema", SCHEMAS[name.partition("/")[0]])
    # GitLab's `!reference` and the like need the tool's own reader.
    transform = ("--data-transform", "gitlab-ci") if "gitlab" in name else ()
    done = module("check_jsonschema", *schema, *transform, str(FOLDER / name))
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", of("forgejo-actions"))
def test_forgejos_is_githubs_but_for_its_permission(name: str) -> None:
    """GitHub's schema objects to that one key where it is, and to nothing else."""
    path = str(FOLDER / name)
    done = module("check_jsonschema", "--builtin-schema", "vendor.github-workflows", path)
    asks = ["enable-openid-connect"] if "enable-openid-connect" in code(name) else []
    assert re.findall(r"'([^']+)' was unexpected", done.stdout) == asks
    assert done.stdout.count(f"{path}::") == len(asks)
    assert done.returncode == len(asks)


@pytest.mark.parametrize("name", of("bitbucket-pipelines"))
def test_bitbuckets_is_what_the_schema_knows_but_for_its_audience(
    name: str, tmp_path: Path
) -> None:
    """The bundled schema has `oidc: true` alone, which is older than `oidc: audiences:`."""
    plain = re.sub(r"oidc:\n +audiences:\s*\n +- https://huggingface.co", "oidc: true", code(name))
    assert ("audiences" in code(name)) == ("oidc: true" in plain)
    copy = tmp_path / "bitbucket-pipelines.yml"
    copy.write_text(plain)
    done = module("check_jsonschema", "--builtin-schema", "vendor.bitbucket-pipelines", str(copy))
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_is_tidy(name: str) -> None:
    """As yamllint sees it."""
    done = module("yamllint", "--strict", "-d", RULES, str(FOLDER / name))
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", [name for name in EXAMPLES if "rotate" not in name])
def test_it_stores_no_secret_and_forgets(name: str) -> None:
    """No stored secret, no printed token, and an end that comes whatever happened before."""
    text = code(name)
    assert "hfmint forget" in text
    assert not re.search(r"secrets\.|HF_TOKEN=|--export|--deliver stdout", text)
    assert re.search(r"if: always\(\)|when: always|after_script|after-script|trap .* EXIT", text)


@pytest.mark.parametrize("name", [name for name in EXAMPLES if "rotate" in name])
def test_a_rotation_has_a_journal_that_outlives_the_job(name: str) -> None:
    """On a runner of one's own, one at a time."""
    assert "/var/lib/hfmint/rotations" in code(name)
    assert re.search(r"self-?\.?hosted|tags:|queue:|resource_class:|runs-on: rotation", code(name))
