"""docs/access.md: the files it shows are the files beside it, and its commands do what it says.

A block of `console` stands below the job that it runs in. With HFMINT_RECORD=1 both are written
anew, and the test that did so fails.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import cast

import pytest

import product
from normal import normalise
from Sandbox.githubjob import GitHubJob
from Sandbox.gitlab import GitLabJob
from Sandbox.options import describe
from Sandbox.world import Job, World

PAGE = product.CHECKOUT / "docs/access.md"
FILES = product.CHECKOUT / "docs/access"
FILE = re.compile(r"<!-- file (\S+) -->\n(?:```json5\n(.*?)```\n)?", re.DOTALL)
CONSOLE = re.compile(r"<!-- job (.*?) -->\n```console\n(.*?)```\n", re.DOTALL)
RECORDS = os.environ.get("HFMINT_RECORD") == "1"


@pytest.fixture
def acme(world: World) -> World:
    """A Hub that trusts what `manifest explain` says it must."""
    github = GitHubJob().issuer
    models = {"repository": "acme/models"}
    for name in ("acme/chat", "acme/vision"):
        world.hub.publish(name, github, models | {"environment": "production"}, "write")
    world.hub.publish("acme/chat-staging", github, models | {"environment": "staging"}, "write")
    scores = {"project_path": "acme/evaluation", "ref": "main"}
    world.hub.publish("datasets/acme/scores", GitLabJob().issuer, scores, "write")
    return world


def play(world: World, job: str, block: str, folder: Path) -> str:
    """The block as it is when it is run: each command, and what it says on both streams."""
    kind, *words = job.split()
    if kind == "github":
        world.github.job = describe(GitHubJob(), words)
    elif kind == "gitlab":
        world.gitlab.job = describe(GitLabJob(), words)
    environment = world.environment(cast(Job, kind))
    lines: list[str] = []
    for command in (line[2:] for line in block.splitlines() if line.startswith("$ ")):
        result = product.run(["sh", "-c", f"({command}) 2>&1"], environment, folder)
        text = result.stdout.decode().replace(world.hub.origin, "https://huggingface.co")
        lines += [f"$ {command}", *said(normalise(text, world.sentinels.kinds))]
        if result.status:
            lines.append(f"(exit status {result.status})")
    return "\n".join(lines) + "\n"


def said(text: str) -> list[str]:
    """What a reader needs: not the line that is for `eval`, and a lifetime as it usually is."""
    usual = text.replace("{lifetime}", "60 min")
    return [line for line in usual.splitlines() if not re.fullmatch(r"\(exit \d\)", line)]


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


def test_the_commands_do_what_it_says(acme: World, tmp_path: Path) -> None:
    """In their order, each block in a fresh copy of the files."""
    text = PAGE.read_text(encoding="utf-8")
    blocks = iter(range(100))

    def played(found: re.Match[str]) -> str:
        folder = tmp_path / str(next(blocks)) / "acme"
        shutil.copytree(FILES, folder)
        return f"<!-- job {found[1]} -->\n```console\n{play(acme, found[1], found[2], folder)}```\n"

    shown = CONSOLE.sub(played, text)
    if RECORDS and shown != text:
        PAGE.write_text(shown, encoding="utf-8")
        pytest.fail("recorded anew")
    assert shown == text
    assert len(CONSOLE.findall(text)) == 7


def test_the_page_says_what_it_is_not() -> None:
    """The one sentence that nobody may miss."""
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert "It is a seat belt and a record, not a wall." in text
