"""Scripts/check-layers finds an upward use wherever it is planted, and none where there is none."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import product

CHECK = product.CHECKOUT / "Scripts/check-layers"
TABLE = """\
<!-- layers -->
| layer | folders | what stands there |
| --- | --- | --- |
| roof | `Roof/` | what is above |
| rooms | `Left/` `Right/` `Third/` | what is in between |
| ground | `Ground/` | what is below |
<!-- /layers -->
"""
HOUSE = {
    "Ground/Ground.swift": "struct Ground { var stone = 1 }\n",
    "Left/Left.swift": "struct Left { let ground = Ground() }\n",
    "Right/Right.swift": "struct Right { let left = Left() }\n",
    "Third/Third.swift": "struct Third { let right = Right() }\n",
    "Roof/Roof.swift": (
        "struct Roof { let third = Third() }\n"
        "extension Ground { var chimney: Int { stone } }\n"
        "func thatch() {}\n"
    ),
}
UPWARD = {
    "a type": ("Ground", "func plant(_ roof: Roof) {}", "Roof"),
    "a member of an extension": ("Ground", "func plant() -> Int { Ground().chimney }", "chimney"),
    "a function": ("Left", "func plant() { thatch() }", "thatch()"),
    "what is used where no type is written": ("Third", "let planted = [Roof.init].count", "Roof"),
}


def check(folder: Path, sources: dict[str, str], table: str = TABLE) -> tuple[int, list[str]]:
    """The check's status and lines, for these sources and this table."""
    for name, text in sources.items():
        (folder / "house" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "house" / name).write_text(text)
    paths = sorted((folder / "house").rglob("*.swift"))
    kind = ("-parse-as-library", "-emit-object", "-module-name", "House")
    index = ("-index-store-path", str(folder / "index"))
    subprocess.run(["swiftc", *kind, *index, *map(str, paths)], check=True, cwd=folder)
    return again(folder, table)


def again(folder: Path, table: str = TABLE) -> tuple[int, list[str]]:
    """The same without a new compilation."""
    (folder / "table.md").write_text(table)
    paths = ("--sources", "house", "--table", "table.md", "--index", "index")
    ended = subprocess.run([CHECK, *paths], capture_output=True, text=True, cwd=folder)
    return ended.returncode, (ended.stdout + ended.stderr).splitlines()


def test_uses_of_what_is_below_pass(tmp_path: Path) -> None:
    """Each room knows the one beside it, and no way leads back."""
    assert check(tmp_path, HOUSE) == (0, ["3 layers, and no use goes up"])


@pytest.mark.parametrize(("folder", "text", "name"), UPWARD.values(), ids=list(UPWARD))
def test_an_upward_use_fails(tmp_path: Path, folder: str, text: str, name: str) -> None:
    """With its place, its name and both layers."""
    planted = f"{folder}/Planted.swift"
    status, lines = check(tmp_path, HOUSE | {planted: f"// A line above.\n{text}\n"})
    layer = "ground" if folder == "Ground" else "rooms"
    start = f"{tmp_path}/house/{planted}:2: {folder} ({layer}) uses {name} of Roof (roof), "
    assert status == 1
    assert [line for line in lines if line.startswith(start)] == lines[:1]


def test_folders_of_one_layer_that_use_each_other_fail(tmp_path: Path) -> None:
    """Also by way of a third, which is told step by step, and once."""
    status, lines = check(tmp_path, HOUSE | {"Left/Back.swift": "func back(_ third: Third) {}\n"})
    house = tmp_path / "house"
    assert status == 1
    assert lines == [
        "rooms: folders that use each other",
        f"  {house}/Left/Back.swift:1: Left uses Third of Third",
        f"  {house}/Third/Third.swift:1: Third uses Right of Right",
        f"  {house}/Right/Right.swift:1: Right uses Left of Left",
    ]


def test_the_table_and_the_folders_are_the_same(tmp_path: Path) -> None:
    """None is left out, made up, or named twice."""
    wrong = TABLE.replace("`Third/`", "`Fourth/` `Left/`")
    assert check(tmp_path, HOUSE, wrong) == (
        1,
        [
            "Third: in no layer of the table",
            "Fourth: in the table, and no folder",
            "Left: twice in the table",
        ],
    )
    assert again(tmp_path, "no table\n")[0] == 1


def test_an_index_of_other_sources_is_no_answer(tmp_path: Path) -> None:
    """What was changed or added since the build could go up unseen."""
    check(tmp_path, HOUSE)
    added = tmp_path / "house/Ground/Added.swift"
    added.write_text("let added = Roof()\n")
    said = f"{added} has changed since the last debug build: build first"
    assert again(tmp_path) == (1, [said])
