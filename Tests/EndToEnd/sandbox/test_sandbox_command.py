"""`Scripts/sandbox`: a command, run as a CI job's step."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

import evidence
import product
from client import EXCHANGE

SANDBOX = str(product.CHECKOUT / "Scripts/sandbox")
ASK = 'curl -sS -H "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN"'


def sandbox(*arguments: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Run it as a person would."""
    return subprocess.run(
        [SANDBOX, *arguments],
        env=os.environ | variables,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_commands_status_and_output_are_its_own() -> None:
    """Nothing is added to either stream."""
    done = sandbox("--", "sh", "-c", "echo out; echo err >&2; exit 7")
    assert (done.returncode, done.stdout, done.stderr) == (7, "out\n", "err\n")


def test_a_command_may_have_dashes_of_its_own() -> None:
    """Only the first `--` is the sandbox's."""
    done = sandbox("--", "sh", "-c", 'echo "$@"', "--", "--serve", "--", "--help")
    assert (done.returncode, done.stdout) == (0, "--serve -- --help\n")


def test_a_command_that_is_not_there_is_127() -> None:
    """As in a shell."""
    assert sandbox("--", "no-such-command").returncode == 127


def test_the_environment_is_a_github_jobs() -> None:
    """Described by options, and free of what the caller had."""
    done = sandbox("--event", "pull_request_target", "--job", "ref=refs/heads/x", "--", "env")
    lines = done.stdout.splitlines()
    assert "GITHUB_EVENT_NAME=pull_request_target" in lines
    assert "GITHUB_REF=refs/heads/x" in lines
    assert not any(line.startswith("PYTHONPATH=") for line in lines)


def test_the_permission_may_be_missing() -> None:
    """On GitHub and on GitLab."""
    for options in ([], ["--gitlab"]):
        assert "ID_TOKEN" not in sandbox(*options, "--no-id-token", "--", "env").stdout


def test_a_gitlab_job_has_its_token() -> None:
    """In the variable of the Hub's documents."""
    assert "\nHF_ID_TOKEN=ey" in sandbox("--gitlab", "--", "env").stdout


def test_a_job_behind_a_wall_has_no_other_way(tmp_path: Path) -> None:
    """Its endpoint is the front door, and nothing leads to the machine behind it."""
    folder = tmp_path / "wall"
    ask = (
        f'{ASK} "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=$HF_ENDPOINT" | jq -r .value | tr -d "\\n"'
    )
    trade = " ".join(f"-d {name}={value}" for name, value in EXCHANGE.items())
    script = f"""set -e
        curl -sf "$HF_ENDPOINT/readyz"
        {ask} >id-token
        curl -sf "$HF_ENDPOINT/oauth/token" {trade} --data-urlencode subject_token@id-token |
            jq -r .access_token | cut -c -10
        curl -s -o refused -w '%{{http_code}}\\n' "$HF_ENDPOINT/api/models/acme/model"
        env | grep {folder} || echo none"""
    done = sandbox(
        *("--wall", str(folder), "--", "sh", "-c", f'cd "$RUNNER_TEMP"; {script}'),
        HFMINT_BINARY=str(product.needed()),
    )
    for path in (folder / "run/credentials").iterdir():
        evidence.put_there(path)
    assert done.stdout.splitlines() == ["ready", "hf_ticket_", "401", "none"], done.stderr
    names = sorted(path.name for path in (folder / "run/credentials").iterdir())
    assert names == ["read", "tickets", "write"]


def test_the_log_names_requests_and_no_secret(tmp_path: Path) -> None:
    """A fault that was used is in it."""
    log = tmp_path / "log"
    done = sandbox(
        *("--fault", "github:status=503", "--log", str(log)),
        *("--", "sh", "-c", f'for _ in 1 2; do {ASK} "$ACTIONS_ID_TOKEN_REQUEST_URL"; done'),
    )
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(entry["status"], entry["fault"]) for entry in entries] == [
        (503, "status=503"),
        (200, None),
    ]
    assert ["Authorization", "Bearer sha256:"] in [
        [name, value[:14]] for name, value in entries[0]["headers"]
    ]
    assert '"value":"ey' in done.stdout
    assert "SENTINEL" not in log.read_text()


def test_a_publisher_may_be_given() -> None:
    """For any resource, with any claims."""
    body = json.dumps({**EXCHANGE, "resource": "datasets/a/b"})[:-1]
    script = f"""
        url="$ACTIONS_ID_TOKEN_REQUEST_URL&audience=https://huggingface.co"
        token=$({ASK} "$url" | cut -d'"' -f6)
        curl -sS -H 'Content-Type: application/json' "$HF_ENDPOINT/oauth/token" \
            -d '{body},"subject_token":"'$token'"}}'
    """
    publisher = "datasets/a/b=repository:acme/training,branch:main"
    done = sandbox("--publisher", publisher, "--", "sh", "-c", script)
    assert '"access_token":"hf_jwt_' in done.stdout


def test_serving_lasts_until_the_input_ends() -> None:
    """The environment is printed first."""
    with subprocess.Popen(
        [SANDBOX, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        lines = iter(process.stdout.readline, "")
        endpoint = next(line for line in lines if line.startswith("HF_ENDPOINT=")).strip()
        url = endpoint.partition("=")[2]
        curl = ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", url]
        assert subprocess.run(curl, capture_output=True, text=True, check=True).stdout == "200"
        process.stdin.close()
        assert process.wait(timeout=20) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--serve", "--", "true"],
        ["--fault", "hub:nonsense", "--", "true"],
        ["--fault", "moon:drop", "--", "true"],
        ["--publisher", "acme/model", "--", "true"],
        ["--job", "colour=red", "--", "true"],
        ["--job", "fork=maybe", "--", "true"],
    ],
)
def test_what_is_not_understood_is_exit_2(arguments: list[str]) -> None:
    """With a line that says what it was."""
    done = sandbox(*arguments)
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_help_has_examples() -> None:
    """The first thing to read."""
    assert "Scripts/sandbox -- hfmint exchange acme/model" in sandbox("--help").stdout


def test_a_fleet_has_a_machine(tmp_path: Path) -> None:
    """With the manifests and what they name; beside it, a job's environment."""
    folder = tmp_path / "fleet"
    script = (
        "import os, urllib.request as u; names = ('READ', 'APPLY');"
        " heads = [{'Authorization': 'Bearer ' + os.environ[f'HUB_{name}']} for name in names];"
        " url = os.environ['HF_ENDPOINT'] + '/api/spaces/acme/chat/secrets';"
        " print([u.urlopen(u.Request(url, headers=head)).status for head in heads]);"
        " print('apps/front.json5' in open(os.environ['HFMINT_MANIFEST']).read())"
    )
    done = sandbox("--fleet", str(folder), "--", "python3", "-c", script)
    for name in ("fleet.key", "job"):
        evidence.put_there(folder / name)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[200, 200]\nTrue\n", "")
    job = dict(line.split("=", 1) for line in (folder / "job").read_text().splitlines())
    assert (job["GITHUB_ACTOR"], job["HFMINT_MANIFEST"]) == ("bob", str(folder / "hfmint.json5"))
    assert not [name for name in job if name.startswith(("HUB_", "FRONT_", "SPACE_", "OKTA_"))]
    assert sandbox("--fleet", str(folder), "--rotations", "--", "true").returncode == 2


@pytest.mark.parametrize(("option", "count"), [("--rotations", 8), ("--rotations=demo", 1)])
def test_issuers_and_sinks_are_there_when_asked_for(option: str, count: int) -> None:
    """With a manifest, whose references are set; and no CI job."""
    script = (
        "import json, os; m = json.load(open(os.environ['HFMINT_MANIFEST']));"
        " print(len(m['rotations']), 'OKTA_TOKEN' in os.environ, 'GITHUB_ACTIONS' in os.environ)"
    )
    done = sandbox(option, "--", "python3", "-c", script)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{count} True False\n", "")
    assert sandbox("--", "sh", "-c", 'test -z "${HFMINT_MANIFEST-}"').returncode == 0
