"""The manual pages, for whatever commands are declared, as mandoc and groff read them."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

import product
from declaration import commands, groups

pytestmark = [
    pytest.mark.skipif(not product.binary(), reason="the product is not built"),
    pytest.mark.skipif(not shutil.which("mandoc"), reason="mandoc is not installed"),
]
PAGES = ("", *groups())


def source(page: str) -> bytes:
    """The page in mdoc."""
    program = product.binary()
    assert program
    words = [program, "help", *page.split(), "--man"]
    done = subprocess.run(words, env={}, capture_output=True, check=True)
    assert done.stderr == b""
    return done.stdout


def rendered(page: str) -> str:
    """As a reader sees it, in one long line."""
    done = subprocess.run(
        ["mandoc", "-Tutf8", "-Owidth=200"], input=source(page), capture_output=True, check=True
    )
    text = re.sub(".\b", "", done.stdout.decode())
    return " ".join(text.split())


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_well_written(page: str) -> None:
    """No warning of mandoc's, nor of groff's."""
    text = source(page)
    for words in (
        ["mandoc", "-Tlint", "-Wwarning"],
        ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", "-"],
    ):
        if not shutil.which(words[0]):
            continue
        done = subprocess.run(words, input=text, capture_output=True, check=False)
        said = done.stderr if words[0] == "man" else done.stdout + done.stderr
        assert (done.returncode, said) == (0, b"")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_holds_what_the_help_says(page: str) -> None:
    """Every option and every example of its commands, as they are typed."""
    text = rendered(page)
    for command in commands():
        if page != (command.name.partition(" ")[0]):
            continue
        assert f"hfmint {command.name}".rstrip() in text
        for option in command.options:
            assert f"--{option.name} {option.value}".rstrip() in text
        for example in command.examples:
            assert " ".join(example.split()) in text


def test_the_first_page_names_every_exit_status_variable_and_file() -> None:
    """And the pages of all commands."""
    text = rendered("")
    for word in ("EXIT STATUS", "ENVIRONMENT", "FILES", "HFMINT_RESOURCE", "a person is needed"):
        assert word in text
    for name in groups():
        assert f"hfmint-{name}(1)" in text
