"""docs/access.md: the files it shows are the files beside it.

With HFMINT_RECORD=1 they are written anew, and the test that did so fails.
"""

from __future__ import annotations

import os
import re

import pytest

import product

PAGE = product.CHECKOUT / "docs/access.md"
FILES = product.CHECKOUT / "docs/access"
FILE = re.compile(r"<!-- file (\S+) -->\n(?:```json5\n(.*?)```\n)?", re.DOTALL)
RECORDS = os.environ.get("HFMINT_RECORD") == "1"


def test_the_files_shown_are_those_beside_it() -> None:
    """Byte by byte."""
    text = PAGE.read_text(encoding="utf-8")
    shown = FILE.sub(
        lambda found: f"<!-- file {found[1]} -->\n```json5\n{(FILES / found[1]).read_text()}```\n",
        text,
    )
    if RECORDS and shown != text:
        PAGE.write_text(shown, encoding="utf-8")
        pytest.fail("recorded anew")
    assert shown == text
    assert len(FILE.findall(text)) == 3


def test_the_page_says_what_it_is_not() -> None:
    """The one sentence that nobody may miss."""
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert "It is a seat belt and a record, not a wall." in text
