"""Every `console` block of a document shows what happens when a reader types it.

With HFMINT_RECORD=1 the blocks are rewritten in place, and the tests that did so fail.
"""

from __future__ import annotations

import difflib
import fcntl
import os
import re
import subprocess
from pathlib import Path

import pytest

import product
from consoles import Console, Play, Reader, read
from fleetwords import kind_of_hub
from Sandbox.world import World

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def pages() -> list[Path]:
    """Every document that git knows."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "*.md"],
        cwd=product.CHECKOUT,
        capture_output=True,
        check=True,
        text=True,
    )
    return [product.CHECKOUT / name for name in listed.stdout.split("\0") if name]


def plays() -> list[object]:
    """One case a play, named after its place."""
    return [pytest.param(path, play, id=play.title) for path in pages() for play in read(path)]


@pytest.mark.parametrize(("path", "play"), plays())
def test_a_reader_sees_what_the_page_shows(path: Path, play: Play, tmp_path: Path) -> None:
    """Line by line."""
    program = product.needed()
    hub = kind_of_hub(play.directives)
    with World(root=tmp_path / "world", kind_of_hub=hub) as world:
        observed = Reader(play, world, program, tmp_path / "work").read()
    if observed == play.consoles:
        return
    if os.environ.get("HFMINT_RECORD") == "1":
        record(path, play, observed)
        pytest.fail(f"recorded anew: {play.title}", pytrace=False)
    before = "".join(console.text for console in play.consoles).splitlines()
    after = "".join(console.text for console in observed).splitlines()
    lines = difflib.unified_diff(before, after, "the page", "observed", lineterm="", n=100)
    pytest.fail("\n".join([play.title, *lines]), pytrace=False)


def record(path: Path, play: Play, observed: tuple[Console, ...]) -> None:
    """Put the blocks into the page. Tests run side by side, so it is locked and read anew."""
    with path.open("r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        text = file.read()
        for old, new in zip(play.consoles, observed, strict=True):
            text = text.replace(f"```console\n{old.text}```", f"```console\n{new.text}```")
        file.seek(0)
        file.truncate()
        file.write(text)


def test_a_newcomer_reads_the_readme_in_ten_minutes() -> None:
    """It names the two front doors before anything else, and has at most 8,000 bytes."""
    text = (product.CHECKOUT / "README.md").read_text(encoding="utf-8")
    assert len(text.encode()) <= 8000
    doors = text.partition("\n## ")[0]
    assert "Scripts/demo" in doors
    assert "Scripts/test" in doors


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.relative_to(product.CHECKOUT)))
def test_its_links_lead_somewhere(path: Path) -> None:
    """Files are there, and so are the headings in them."""
    for target in LINK.findall(path.read_text(encoding="utf-8")):
        if re.match(r"https?:|mailto:", target):
            continue
        name, _, heading = target.partition("#")
        file = path.parent / name if name else path
        assert file.exists(), f"{target}: there is no such file"
        if heading:
            assert heading in headings(file), f"{target}: there is no such heading"


def headings(file: Path) -> set[str]:
    """The names that its headings have in links."""
    found = re.findall(r"(?m)^#+ (.*)$", file.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in found}


def claims() -> list[str]:
    """The pages whose tables say what hfmint does."""
    reference = (product.CHECKOUT / "docs/reference").glob("*.md")
    return ["SECURITY.md", *sorted(str(page.relative_to(product.CHECKOUT)) for page in reference)]


@pytest.mark.parametrize("name", claims())
def test_what_a_table_says_leads_to_what_shows_it(name: str) -> None:
    """A link in the row, or in the table's head, to a test, a script or a measurement."""
    text = (product.CHECKOUT / name).read_text(encoding="utf-8")
    tables = re.findall(r"(?m)(?:^\|.*\n)+", text)
    assert tables or name == "docs/reference/commands.md"
    for table in tables:
        head, _, *rows = (re.split(r" *(?<!\\)\| *", line)[1:-1] for line in table.splitlines())
        for row in rows:
            assert any(map(shows, [*row, *head])), f"nothing shows: {row}"


def shows(cell: str) -> bool:
    """Whether it links to a place where something is tried."""
    return any(re.match(r"(\.\./)*(Tests|Scripts)/", target) for target in LINK.findall(cell))
