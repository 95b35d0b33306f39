"""The Actions runner's own reading of files and logs."""

from __future__ import annotations

import base64

import pytest

from Sandbox.githubrunner import GitHubRunner
from Sandbox.runnerfiles import read_env, read_output, read_path
from Sandbox.runnerlog import JobLog, parse_command
from Sandbox.world import World


@pytest.mark.parametrize(
    ("data", "values"),
    [
        (b"A=1\nB=2\n", {"A": "1", "B": "2"}),
        (b"A=1", {"A": "1"}),
        (b"\n\nA=1\n\n\nB=2", {"A": "1", "B": "2"}),
        (b"A=1=2", {"A": "1=2"}),
        (b"A=1<<E\nB=2", {"A": "1<<E", "B": "2"}),
        (b"A<<E=\nx\nE=\n", {"A": "x"}),
        (b"A<<E\nx\ny\nE\nB=1", {"A": "x\ny", "B": "1"}),
        (b"A<<E\nE\n", {"A": ""}),
        (b"A<<E\nE", {"A": ""}),
        (b"A<<E\n\nE\n", {"A": ""}),
        (b"A<<E\n\n\nE\n", {"A": "\n"}),
        (b"A<<E\nx E\n E\nE\n", {"A": "x E\n E"}),
        (b"A<<E\nB=1\nE\n", {"A": "B=1"}),
        (b"A=1\nA=2", {"A": "2"}),
        (b" A =1", {" A ": "1"}),
        (b"=1", {"": "1"}),
        (b"A=x\r\nB=y\r\n", {"A": "x\r", "B": "y\r"}),
        (b"\xef\xbb\xbfA=1", {"A": "1"}),
        ("A=é".encode("utf-16"), {"A": "é"}),
        (b"A=\xff", {"A": "\ufffd"}),
        (b"node_options=x\nA=1", {"A": "1"}),
    ],
)
def test_pairs_are_read_as_the_runner_reads_them(data: bytes, values: dict[str, str]) -> None:
    """LF alone ends a line here; what comes first on it decides."""
    assert read_env(data).values == values


@pytest.mark.parametrize(
    ("data", "values", "error"),
    [
        (b"A=1\nB\nC=2", {"A": "1"}, "Invalid format 'B'"),
        (b"A=1\n\r\n", {"A": "1"}, "Invalid format '\r'"),
        (b"<<E\nx\nE", {}, "Name must not be empty"),
        (b"A<<\nx\n", {}, "delimiter must not be empty"),
        (b"A<<E\nx\n", {}, "Matching delimiter not found 'E'"),
        (b"A<<E\nx", {}, "EOF marker missing new line"),
        (b"A<<E\r\nx\r\nE\n", {}, "Matching delimiter not found 'E\r'"),
        (b"NODE_OPTIONS=x\nA=1", {"A": "1"}, "Can't store NODE_OPTIONS"),
    ],
)
def test_a_bad_line_fails_the_step(data: bytes, values: dict[str, str], error: str) -> None:
    """What came before it stands."""
    reading = read_env(data)
    assert reading.values == values
    assert len(reading.errors) == 1
    assert error in reading.errors[0]


def test_windows_ends_lines_with_crlf() -> None:
    """And with LF."""
    data = b"A=x\r\nB<<E\r\n1\r\n2\nE\r\n"
    assert read_env(data, windows=True).values == {"A": "x", "B": "1\r\n2"}


def test_an_output_needs_a_name_and_may_have_any_other() -> None:
    """Unlike a variable."""
    assert read_output(b"NODE_OPTIONS=x").values == {"NODE_OPTIONS": "x"}
    assert read_output(b"A=1\n=2\nB=3").values == {"A": "1"}


def test_the_last_folder_comes_first() -> None:
    """And each once."""
    assert read_path(b"/a\r\n/b\n\n/a\n") == ["/a", "/b"]


@pytest.mark.parametrize(
    ("line", "data"),
    [
        ("::add-mask::x", "x"),
        ("  ::ADD-MASK::x", "x"),
        ("::add-mask a=b::x::y", "x::y"),
        ("::add-mask::a%25b%0D%0Ac%2C", "a%b\r\nc%2C"),
        ("::add-mask::%250A", "%0A"),
        ("##[add-mask]x", "x"),
        ("text before ##[add-mask]a%5D%3B", "a];"),
        ("text before ::add-mask::x", None),
        ("::unknown::x", None),
        ("::add-mask:x", None),
    ],
)
def test_a_command_is_found(line: str, data: str | None) -> None:
    """At the start of a line, or in the old form anywhere."""
    command = parse_command(line, ["add-mask"])
    assert (command.data if command else None) == data


def test_a_mask_hides_from_then_on_and_in_other_forms() -> None:
    """Not before; and in base64 wherever a header puts it."""
    secret = "hf_jwt_" + "aZ9_-." * 20 + "xyz"
    log = JobLog()
    basic = base64.b64encode(f"hf_user:{secret}".encode()).decode()
    for line in (secret, f"::add-mask::{secret}", f"a {secret}{secret} b", basic):
        log.feed(line)
    assert log.lines[:2] == [secret, "a *** b"]
    assert log.lines[2].endswith("***")
    assert secret not in "".join(log.lines[1:])


def test_a_mask_of_lines_hides_each() -> None:
    """Since a log is made of lines."""
    log = JobLog()
    for line in ("::add-mask::one%0A two ", "one", "two", "::add-mask::  "):
        log.feed(line)
    assert log.lines[:2] == ["***", "***"]
    assert log.lines[2].startswith("##[warning]")


def test_a_mask_command_leaks_while_commands_are_stopped() -> None:
    """The trap that nothing inside the step can see."""
    log = JobLog()
    for line in ("::stop-commands::resume-1", "::add-mask::x-secret", "::resume-1::", "::debug::d"):
        log.feed(line)
    assert log.lines == ["::stop-commands::***", "::add-mask::x-secret", "::***::"]
    log.feed("::stop-commands::add-mask")
    assert log.lines[-1].startswith("##[error]")


def test_steps_hand_on_what_they_wrote(world: World) -> None:
    """A variable, a folder, an output; and the log shows a variable at the head of each step."""
    runner = GitHubRunner(world)
    first = runner.run(
        'echo "::add-mask::s3cret-value" >&2\n'
        'echo "TOKEN=s3cret-value" >> "$GITHUB_ENV"\n'
        'echo "x=1" >> "$GITHUB_OUTPUT"\n'
        'echo /opt/new >> "$GITHUB_PATH"\n'
    )
    second = runner.run('echo "$TOKEN $PLAIN ${PATH%%:*}"', env={"PLAIN": "p"})
    assert first.succeeded
    assert first.outputs == {"x": "1"}
    assert second.log.splitlines()[-2:] == ["##[endgroup]", "*** p /opt/new"]
    assert "  TOKEN: ***" in second.log.splitlines()


def test_a_step_fails_with_its_command_or_its_file(world: World) -> None:
    """`bash -e`, and a file that is not understood."""
    runner = GitHubRunner(world)
    assert runner.run("exit 3").status == 3
    step = runner.run('echo nonsense >> "$GITHUB_ENV"')
    assert (step.status, step.succeeded, step.errors) == (0, False, ["Invalid format 'nonsense'"])


def test_the_runners_token_is_masked_from_the_start(world: World) -> None:
    """As the runner does."""
    step = GitHubRunner(world).run('echo "$ACTIONS_ID_TOKEN_REQUEST_TOKEN"')
    assert world.github.runner_token not in step.log
