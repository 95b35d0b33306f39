"""The transcript runner itself, with a shell script for a product."""

from __future__ import annotations

from pathlib import Path

import pytest

from normal import normalise
from test_transcripts import check
from transcript import Scenario, read

PRODUCT = r"""#!/bin/sh
case $1 in
echo) shift; printf '%s\n' "$*" ;;
warn) shift; printf '%s\n' "$*" >&2 ;;
get) curl -sS -o /dev/null -w '%{http_code}\n' "$HF_ENDPOINT$2" ;;
mint) curl -sS -H "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \
        "$ACTIONS_ID_TOKEN_REQUEST_URL" | cut -d'"' -f6 ;;
bare) printf 'no end' ;;
*) exit 64 ;;
esac
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Something to run in the product's place."""
    path = tmp_path / "product"
    path.write_text(PRODUCT)
    path.chmod(0o755)
    return path


def play(tmp_path: Path, program: Path, text: str) -> None:
    """Write one scenario to a file and check it."""
    path = tmp_path / "scenario.txt"
    path.write_text(text)
    (scenario,) = read(path)
    check(scenario, tmp_path / "run", program)


PASSING = [
    """
# streams and status are compared, one by one
$ hfmint echo a; hfmint warn b; hfmint echo c; exit 3
err b
out a
out c
exit 3
$ hfmint echo status 0 need not be said
out status 0 need not be said
""",
    """
# an open end leaves the rest of its line open
$ hfmint echo hello there
out hello …
""",
    """
# a job's values get names
job github ref=refs/tags/v1
$ hfmint mint; echo "$ACTIONS_ID_TOKEN_REQUEST_TOKEN"
out {id-token}
out {runner-token}
$ echo "$HF_ENDPOINT $PWD $HOME $RUNNER_TEMP $GITHUB_REF $GITHUB_RUN_ID"
out {hub} {tmp} {home} {runner-temp} refs/tags/v1 {run-id}
$ echo "${ACTIONS_ID_TOKEN_REQUEST_URL%%/2*} ${GITHUB_ENV##*/} ${HF_ENDPOINT#http://}"
out {github} set_env_{uuid} {hub-host}
""",
    """
# faults, publishers and settings reach the servers
hub expires-in=60
clock hub 30
repo acme/model public
repo acme/gated gated
app app-1 members=a@b.example scopes=openid,read-repos
publisher acme/model repository=acme/training issuer=https://x.example power=read
fault hub status=503
env SECRET={client-secret}
$ hfmint get /; hfmint get /; echo "$SECRET"
out 503
out 200
out {client-secret}
$ hfmint get /; hfmint get /api/models/acme/model; hfmint get /api/models/acme/absent
out 200
out 200
out 401
""",
    """
# files and variables are as written
# (a comment may follow the title)
write sub/a.txt 640 hub={hub}\\nend
env A={tmp}/x
env ID={id-token}
unset LANG
$ cat sub/a.txt; stat -c %a sub/a.txt; echo "$A ${LANG-none} $ID"
out hub={hub}
out end640
out {tmp}/x none {id-token}
""",
    """
# the next step sees what this one wrote
job github
$ echo A=1 >> "$GITHUB_ENV"; echo "${A-none}"
out none
next-step
$ echo "$A $(wc -c < "$GITHUB_ENV")"
out 1 0
""",
    """
# a gitlab job has its token and no mint
job gitlab ref=release id-token.X_TOKEN=https://x.example
$ echo "$X_TOKEN $CI_COMMIT_BRANCH $CI_JOB_ID ${HF_ID_TOKEN-none}"
out {id-token} release {job-id} none
""",
    """
# control characters and a missing end are visible
$ printf 'a\\033[1m\\r\\n'; hfmint bare
out a\\x1b[1m\\x0d
out no end
out \\ no newline at the end
""",
]


@pytest.mark.parametrize("text", PASSING, ids=lambda text: text.split("\n")[1][2:])
def test_a_true_transcript_passes(tmp_path: Path, program: Path, text: str) -> None:
    """Each directive once."""
    play(tmp_path, program, text)


def test_a_false_transcript_fails_with_a_diff(tmp_path: Path, program: Path) -> None:
    """In its own syntax."""
    text = "# a title\n$ hfmint echo seen\nout unseen\nexit 1\n"
    with pytest.raises(pytest.fail.Exception) as caught:
        play(tmp_path, program, text)
    lines = str(caught.value).splitlines()
    assert lines[-5:] == [" $ hfmint echo seen", "-out unseen", "-exit 1", "+out seen", "+exit 0"]


@pytest.mark.parametrize("expected", ["", "out a\nout …\n", "out a\nout\n"])
def test_a_missing_line_is_a_difference(tmp_path: Path, program: Path, expected: str) -> None:
    """As is one too many, even an empty one."""
    with pytest.raises(pytest.fail.Exception):
        play(tmp_path, program, f"# t\n$ hfmint echo a\n{expected}")


def test_recording_rewrites_one_scenario_and_fails(
    tmp_path: Path, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others, comments, and open ends that hold stay as they were."""
    monkeypatch.setenv("HFMINT_RECORD", "1")
    path = tmp_path / "scenario.txt"
    path.write_text(
        "# all about the file\n\n\n# first\n# why\nenv A=1\n$ hfmint echo a b; exit 2\nout a …\n"
        "$ hfmint echo c\nout d\nerr e\n\n# second\n$ hfmint echo x\nout y\n"
    )
    with pytest.raises(pytest.fail.Exception, match="recorded anew"):
        check(read(path)[0], tmp_path / "run", program)
    assert path.read_text() == (
        "# all about the file\n\n# first\n# why\nenv A=1\n$ hfmint echo a b; exit 2\nout a …\n"
        "exit 2\n$ hfmint echo c\nout c\nexit 0\n\n# second\n$ hfmint echo x\nout y\n"
    )
    monkeypatch.delenv("HFMINT_RECORD")
    check(read(path)[0], tmp_path / "again", program)


@pytest.mark.parametrize(
    "text",
    [
        "$ no title\n",
        "# t\nout before a command\n",
        "# t\nfrobnicate\n$ true\n",
        "# t\nenv A=1\njob github\n$ true\n",
        "# t\njob jenkins\n$ true\n",
        "# t\njob github colour=red\n$ true\n",
        "# t\nhub colour=red\n$ true\n",
        "# t\nenv =x\n$ true\n",
        "# t\n$ true\n\n# t\n$ true\n",
    ],
)
def test_what_is_not_understood_is_an_error(tmp_path: Path, program: Path, text: str) -> None:
    """Never skipped."""
    with pytest.raises(ValueError, match=r"."):
        play(tmp_path, program, text)


def test_what_varies_gets_a_name() -> None:
    """The longest value first, then the shapes."""
    uuid = "0f8fad5b-d9cb-469f-a165-70867728950e"
    text = (
        "/t/x/y hf_jwt_abc http://h:1/oauth 2026-11-21T02:03:04.5Z 2026-11-21T02:03:04+01:00 "
        f"{'a' * 64} hfmint/{'b' * 32}/{'c' * 40} hfmint-0/{'d' * 16} ghadelimiter_{uuid} {uuid} "
        f"Root=1-{'1' * 8}-{'2' * 24};{uuid} exp=1795230596"
    )
    names = {"/t": "root", "/t/x": "tmp", "hf_jwt_abc": "token", "http://h:1": "hub"}
    assert normalise(text, names) == (
        "{tmp}/y {token} {hub}/oauth {time} {time} {sha256} hfmint/{job}/{key} hfmint-0/{job} "
        "{delimiter} {uuid} {request-id} exp={epoch}"
    )


def test_a_scenario_reads_back_as_it_was_written(tmp_path: Path) -> None:
    """Line by line."""
    path = tmp_path / "a.txt"
    text = "# t\n# c\njob github\n$ true\nout a\nexit 0"
    path.write_text(text + "\n")
    (scenario,) = read(path)
    assert isinstance(scenario, Scenario)
    assert "\n".join(scenario.lines) == text
