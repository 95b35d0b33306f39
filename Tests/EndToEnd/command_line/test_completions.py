"""Completions in the real shells, for whatever commands and options are declared."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import product
import shells
from declaration import Command, Option, commands, groups

pytestmark = pytest.mark.skipif(not product.binary(), reason="the product is not built")
SHELLS = ("bash", "zsh", "fish")


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str], Path]:
    """`script("zsh")`: what `hfmint completions zsh` prints, as a file beside others."""
    (tmp_path / "probe").mkdir()
    (tmp_path / "probe/p-folder").mkdir()
    (tmp_path / "probe/p-file").touch()

    def make(shell: str) -> Path:
        program = product.binary()
        assert program
        path = tmp_path / ("_hfmint" if shell == "zsh" else f"hfmint.{shell}")
        done = subprocess.run(
            [program, "completions", shell], env={}, capture_output=True, check=True
        )
        assert done.stderr == b""
        path.write_bytes(done.stdout)
        return path

    return make


def lines_of(command: Command) -> dict[str, set[str]]:
    """Lines that use this command, and what each may be completed to."""
    start = f"hfmint {command.name}".rstrip()
    options = {f"--{option.name}" for option in command.options}
    if not command.name:
        return {f"{start} --": options | {"--version"}}
    lines = {f"{start} --": options}
    for option in command.options:
        if option.value:
            lines |= lines_of_value(start, option)
    if command.choices:
        lines[f"{start} "] = set(command.choices)
        lines[f"{start} {command.choices[0][:2]}"] = {command.choices[0]}
    if not command.runs_another:
        lines[f"{start} -- "] = set()
    return lines


def lines_of_value(start: str, option: Option) -> dict[str, set[str]]:
    """The same for one option's value."""
    line = f"{start} --{option.name} "
    if option.choices:
        word = option.choices[0]
        same = {each for each in option.choices if each.startswith(word)}
        return {line: set(option.choices), f"{line}{word}": same}
    paths = {"PATH": {"p-file", "p-folder"}, "FILE": {"p-file", "p-folder"}, "DIR": {"p-folder"}}
    return {f"{line}probe/p-": paths.get(option.value, set())}


@pytest.mark.parametrize("shell", SHELLS)
def test_everything_that_is_declared_is_completed(
    script: Callable[[str], Path], shell: str
) -> None:
    """Commands of one word and of two, options, their values, operands, paths; no more."""
    words = groups()
    lines = {"hfmint ": set(words), "hfmint help ": set(words)}
    for first, operations in words.items():
        if operations:
            lines[f"hfmint {first} "] = lines[f"hfmint help {first} "] = set(operations)
    for command in commands():
        lines |= lines_of(command)
    found = shells.candidates(shell, script(shell), list(lines))
    different = {
        line: (found[line], wanted) for line, wanted in lines.items() if found[line] != wanted
    }
    assert not different


@pytest.mark.parametrize("shell", SHELLS)
def test_behind_two_dashes_stands_another_program(
    script: Callable[[str], Path], tmp_path: Path, shell: str
) -> None:
    """Its name, after whatever stood before."""
    program = tmp_path / "bin/zzz-only-here"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    lines = {
        f"hfmint {command.name} {before}-- zzz-only-": {program.name}
        for command in commands()
        if command.runs_another
        for before in ("", "acme/model ", "--export acme/model ")
    }
    assert lines
    assert shells.candidates(shell, script(shell), list(lines), [program.parent]) == lines


@pytest.mark.parametrize("shell", SHELLS)
def test_a_value_behind_an_equals_sign_is_completed(
    script: Callable[[str], Path], shell: str
) -> None:
    """As one word, which bash makes three of when someone types."""
    line = "hfmint exchange --provider=github-a"
    found = shells.candidates(shell, script(shell), [line])[line]
    assert {word.removeprefix("--provider=") for word in found} == {"github-actions"}


@pytest.mark.parametrize("shell", ["bash", "zsh"])
@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("hfmint exch\t", "hfmint exchange "),
        ("hfmint exchange --deliver std\t", "hfmint exchange --deliver stdout "),
        ("hfmint exchange --deliver=std\t", "hfmint exchange --deliver=stdout "),
        ("hfmint rotate sched\t--fo\t", "hfmint rotate schedule --for "),
        ("hfmint forget --state-dir probe/p-fo\t", "hfmint forget --state-dir probe/p-folder/"),
    ],
)
def test_the_tabulator_key_completes(
    script: Callable[[str], Path], shell: str, keys: str, line: str
) -> None:
    """In a terminal, as a person presses it."""
    found = shells.typed(shell, script(shell), keys)
    # zsh puts the sign that may stand before a value, until something else is typed.
    assert found.replace("--for=", "--for ") == line


def test_the_script_for_bash_is_well_written(script: Callable[[str], Path]) -> None:
    """As shellcheck sees it."""
    done = subprocess.run(
        ["shellcheck", "-s", "bash", script("bash")], capture_output=True, text=True, check=False
    )
    assert done.stdout == ""


def test_a_shell_that_is_not_known_is_refused() -> None:
    """With those that are."""
    program = product.binary()
    assert program
    for words, message in (([], "no shell was named"), (["tcsh"], "no completions for 'tcsh'")):
        done = subprocess.run(
            [program, "completions", *words], env={}, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == (
            f"hfmint: error: {message} [usage]\n"
            "hfmint: hint: hfmint completions bash | zsh | fish\n"
        )
