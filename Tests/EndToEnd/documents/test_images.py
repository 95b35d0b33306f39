"""The page of images says `run` of what Scripts/check-images runs, and has hfmint's floors."""

from __future__ import annotations

import re
import subprocess

import product

PAGE = (product.CHECKOUT / "docs/reference/images.md").read_text()
README = (product.CHECKOUT / "README.md").read_text()
COLUMNS = 6
BUILD = (product.CHECKOUT / "Sources/HFMintSystem/Libraries/CurlBuild.swift").read_text()


def rows(head: str) -> list[list[str]]:
    """The cells of every row of the table whose head begins so."""
    table = PAGE[PAGE.index(f"\n| {head}") + 1 :].split("\n\n")[0]
    return [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]


def least(what: str) -> str:
    """The least version of this, as the page has it."""
    (version,) = [row[1] for row in rows("what ") if row[0].startswith(what)]
    return version


def numbered(text: str) -> str:
    """Such as 7.68 for 0x07_44_00."""
    major, minor, _ = (int(part, 16) for part in text.removeprefix("0x").split("_"))
    return f"{major}.{minor}"


def test_what_is_said_to_be_run_is_run() -> None:
    """And all that is run is in the page."""
    usage = subprocess.run(
        [product.CHECKOUT / "Scripts/check-images", "--help"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    run = [row[0] for row in rows("image ") if row[-1].startswith("run")]
    assert run
    assert [name.strip("`").replace(":", "-") for name in run] == re.findall(
        r"^  (\S+)", usage, re.MULTILINE
    )


def test_every_other_row_says_how_it_is_known() -> None:
    """Reasoned, or not supported and why, with an address; or that it is not known."""
    for row in rows("image "):
        assert len(row) == COLUMNS, row
        assert re.match(r"(run|reasoned|not supported)\b.*\]\(https://|not known: ", row[-1]), row


def test_the_floor_of_glibc_is_what_check_linkage_holds_the_binary_to() -> None:
    """Which reads it in README."""
    assert re.findall(r"glibc ([0-9.]*[0-9]) or newer", README) == [least("glibc")]


def test_the_floor_of_libcurl_is_the_one_that_hfmint_refuses_below() -> None:
    """For all, and for AWS."""
    floor, for_aws = (numbered(text) for text in re.findall(r"number < (0x\w+)", BUILD))
    assert floor == least("libcurl")
    for page in (README, (product.CHECKOUT / "docs/stability.md").read_text()):
        assert f"libcurl {floor} or newer" in page.replace("(", "")
    assert f"AWS needs libcurl {for_aws}" in " ".join(PAGE.split())
    assert f"AWS needs libcurl {for_aws}" in " ".join(README.split())
