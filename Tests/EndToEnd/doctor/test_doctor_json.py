"""`hfmint doctor --json` has the shape that docs/ promises, and docs/ tells of every check."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import jsonschema
import pytest

import product
from Sandbox.githubjob import GitHubJob
from Sandbox.world import World

DOCS = product.CHECKOUT / "docs"
SCHEMA = json.loads((DOCS / "doctor.schema.json").read_text())
Doctor = Callable[..., product.Result]

JOBS = {
    "well": GitHubJob(),
    "without permission": GitHubJob(id_token=False),
    "fork": GitHubJob(event="pull_request", fork=True),
    "untrusted event": GitHubJob(event="issue_comment"),
    "tag": GitHubJob(ref="refs/tags/v1"),
    "reusable": GitHubJob(callee="acme/shared/.github/workflows/r.yml@refs/heads/main"),
    "immutable": GitHubJob(immutable=True),
    "odd claims": GitHubJob(
        claims={"ref": None, "workflow_ref": 7, "environment": ["a"], "repository": {"x": 1}}
    ),
    "bare": GitHubJob(claims=dict.fromkeys(GitHubJob().id_token_claims(None, 0)) | {"aud": "x"}),
}
ARGUMENTS = [
    [],
    ["acme/model"],
    ["acme/model", "--suggest"],
    ["acme/model", "--expect", "branch=main", "--expect", "absent=x", "--expect", "environment=a"],
    ["acme-bot", "--allow-untrusted-event"],
    ["buckets/acme/b"],
]


def checked(result: product.Result) -> dict[str, object]:
    """The report, after it was held against the schema and the exit status."""
    assert result.status in (0, 3), result.stderr
    report = json.loads(result.stdout)
    jsonschema.validate(report, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert (report["status"] == "fail") == (result.status == 3)
    return report


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=" ".join)
@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_every_report_fits_the_schema(
    world: World, hfmint: Doctor, job: GitHubJob, arguments: list[str]
) -> None:
    """Whatever is broken."""
    world.github.job = job
    world.publish("acme/model", claims={"repository": "acme/training"})
    world.publish("acme-bot", claims={"repository": "acme/training"}, power="read")
    checked(hfmint("doctor", *arguments, "--json"))


def test_every_report_has_every_check_once(world: World, hfmint: Doctor) -> None:
    """In the order of the documentation."""
    section = (DOCS / "doctor.md").read_text().partition("## The checks")[2].partition("\n## ")[0]
    rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| `")]
    documented = [(row[0].strip("| `"), row[1]) for row in rows]
    for environment in (None, world.environment("none")):
        report = checked(hfmint("doctor", "--json", env=environment))
        assert [(check["id"], check["title"]) for check in report["checks"]] == documented


def test_the_facts_are_documented(world: World, hfmint: Doctor) -> None:
    """And no others are printed."""
    world.publish("acme/model", claims={"repository": "acme/training"})
    world.github.job = GitHubJob(callee="acme/shared/.github/workflows/r.yml@refs/heads/main")
    report = checked(hfmint("doctor", "acme/model", "--expect", "branch=main", "--json"))
    section = (DOCS / "doctor.md").read_text().partition("## --json")[2]
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", section, re.MULTILINE))
    for check in report["checks"]:
        names = {name for finding in check["findings"] for name in finding["facts"]}
        if check["id"] == "claims":
            assert {"iss", "sub", "repository"} <= names
        else:
            words = set(re.findall(r"`([a-z_0-9]+)`", rows.get(check["id"], "")))
            assert names == words - {"true", "false", "null", "0"}, check["id"]


def test_the_suggestion_is_complete(world: World, hfmint: Doctor) -> None:
    """Issuer, claims, numbers, and the lines of the CI file."""
    report = checked(hfmint("doctor", "datasets/acme/data", "--suggest", "--json"))
    suggestion = report["suggestion"]
    assert suggestion["page"] == f"{world.hub.origin}/datasets/acme/data/settings"
    assert suggestion["issuer"] == world.github.job.issuer
    claims = {row["claim"]: row["value"] for row in suggestion["claims"]}
    assert claims == {
        "repository": "acme/training",
        "branch": "main",
        "workflow": "publish.yml",
    }
    assert {row["claim"] for row in suggestion["tighter"]} == {
        "repository_id",
        "repository_owner_id",
    }
    assert "  id-token: write" in suggestion["permission"]


def test_what_is_suggested_is_accepted(world: World, hfmint: Doctor) -> None:
    """Entered as it stands, the Hub trusts the job and doctor has nothing to say."""
    world.github.job = GitHubJob(environment="production")
    suggestion = checked(hfmint("doctor", "acme/model", "--suggest", "--json"))["suggestion"]
    rows = {row["claim"]: row["value"] for row in suggestion["claims"] + suggestion["tighter"]}
    world.hub.publish("acme/model", suggestion["issuer"], rows)
    expectations = [word for row in rows.items() for word in ("--expect", "=".join(row))]
    result = hfmint("doctor", "acme/model", "--quiet", *expectations)
    assert (result.status, result.stdout, result.stderr) == (0, b"", b"")
