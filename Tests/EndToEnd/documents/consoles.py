"""Reads a document's `console` blocks, and plays them.

What a block needs around it is said in a comment that readers of the page do not see, in the words
of `scenario.py`. It begins a world, in which all blocks up to the next such comment are played:

    <!-- play
    job github
    publisher acme/model repository=acme/training
    -->

One line will do (`<!-- play job none -->`), and what all of a page's worlds have in common may
stand once in a comment `world`. Two words are a page's own: `folder PATH`, a folder beside the page
whose files are copied to where the commands run, and `wall`, after `job` and before all others:
a front door by the page's first manifest, at which its commands are then typed. With `wall
enforced`, `mode: "audit"` has been taken out of it.

A line that begins with `$ ` is typed, with the lines after it that begin with `> `; the others are
what it prints on both streams, and `(exit status N)` if that is not 0. What an `eval` sets, and
where a `cd` leads, is there for the lines after it. A page shows what its reader would see: the
stand-ins' addresses and folders have the names of real ones, and where a value differs from run to
run, any value of its kind will do. A line `…` stands for lines that are left out.
"""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import evidence
import product
from normal import normalise
from Sandbox.frontdoor import enforcing, manifest_of
from Sandbox.world import World
from scenario import Player
from transcript import Command, Directive, Scenario

PARTS = re.compile(
    r"^<!-- (?P<word>world|play)\s(?P<said>.*?)\s?-->\n|^```console\n(?P<console>.*?)^```\n",
    re.MULTILINE | re.DOTALL,
)
FOR_EVAL = re.compile(r"\(exit \d\)")
LEFT_OUT = "…"
# A place of the sandbox, and what it is called on a page.
SHOWN = {
    "hub": "https://huggingface.co",
    "hub-host": "huggingface.co",
    "github": "https://token.actions.githubusercontent.com",
    "gitlab": "https://gitlab.com",
    "runner-temp": "/home/runner/_work/_temp",
    "github-workspace": "/home/runner/_work/training/training",
    "ci-project-dir": "/builds/acme/training",
    "tmp": "/srv/training",
    "home": "/home/ada",
    "run": "/run/user/1000",
    "system-temp": "/tmp",
}


@dataclass(frozen=True)
class Console:
    """One block: where its text stands in the page, and what is typed."""

    start: int
    end: int
    commands: tuple[Command, ...]

    @property
    def text(self) -> str:
        """The block, without its fences."""
        lines = [line for x in self.commands for line in (*_typed(x.script), *x.expected)]
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True)
class Play:
    """Blocks that share a world, and what is in it before them."""

    page: Path
    title: str
    directives: tuple[Directive, ...]
    consoles: tuple[Console, ...]


def read(path: Path) -> Iterator[Play]:
    """The plays of a page; a block before the first `play` is an error."""
    text, play = path.read_text(encoding="utf-8"), None
    world: tuple[Directive, ...] = ()
    for found in PARTS.finditer(text):
        if found["word"]:
            said = [line.partition(" ")[::2] for line in found["said"].strip().splitlines()]
            directives = tuple(Directive(*pair) for pair in said)
            if found["word"] == "world":
                world = directives
                continue
            if play:
                yield play
            # The job comes first, because all that follows may be about it.
            title = f"{path.name}:{text.count(chr(10), 0, found.start()) + 1}"
            play = Play(path, title, (*directives, *world), ())
        elif not play:
            raise ValueError(f"{path}: nothing says how to play a `console` block")
        else:
            start, end = found.span("console")
            console = Console(start, end, tuple(_commands(found["console"])))
            play = replace(play, consoles=(*play.consoles, console))
    if play:
        yield play


def _commands(text: str) -> Iterator[Command]:
    command = None
    for line in text.splitlines():
        if line.startswith("$ "):
            if command:
                yield command
            command = Command(line[2:])
        elif not command:
            raise ValueError(f"a `console` block begins with a `$` line, not with: {line}")
        elif line.startswith("> ") and not command.expected:
            command = Command(f"{command.script}\n{line[2:]}")
        else:
            command = replace(command, expected=(*command.expected, line))
    if command:
        yield command


def _typed(script: str) -> list[str]:
    first, *more = script.split("\n")
    return [f"$ {first}", *(f"> {line}" for line in more)]


class Reader(Player):
    """Types what a page says."""

    def __init__(self, play: Play, world: World, program: Path, work: Path) -> None:
        super().__init__(Scenario(work, play.title), world, program, work)
        self._play = play
        self._state = world.root / "shell"
        evidence.put_there(self._state)

    def read(self) -> tuple[Console, ...]:
        """The blocks as they were observed."""
        for directive in self._play.directives:
            if directive.word == "folder":
                source = self._play.page.parent / directive.rest
                shutil.copytree(source, self._work, dirs_exist_ok=True)
            elif directive.word == "wall":
                self._open_door(manifest_of(self._play.page), directive.rest == "enforced")
            else:
                self._prepare(directive)
        return tuple(
            replace(console, commands=tuple(map(self._type, console.commands)))
            for console in self._play.consoles
        )

    def _open_door(self, manifest: str, enforced: bool) -> None:
        if enforced:
            manifest = enforcing(manifest)
        door = self._world.open_front_door(self._program, manifest, self._world.root / "machine")
        for file in door.secrets:
            evidence.put_there(file)
        # The programs that `Scripts/setup` installs beside Python, such as `hf`.
        path = [str(door.commands), self._environment["PATH"], str(Path(sys.executable).parent)]
        self._environment["PATH"] = ":".join(path)

    def _type(self, command: Command) -> Command:
        """Run it in a shell that knows what the earlier ones exported."""
        state, door = shlex.quote(str(self._state)), self._world.front_door
        typed = door.here(command.script) if door else command.script
        script = f"if [ -e {state} ]; then . {state}; fi\n{{ {typed}\n}} 2>&1\n"
        script += f"status=$?; {{ printf 'cd %q\\n' \"$PWD\"; export -p; }} > {state}; exit $status"
        result = product.run(["bash", "-c", script], self._environment, self._work)
        text = result.stdout.decode("utf-8", errors="backslashreplace")
        if door:
            text = door.on_the_page(text)
        for value, place in sorted(self._places().items(), key=lambda pair: -len(pair[0])):
            text = text.replace(value, SHOWN.get(place, place))
        text = text.replace("127.0.0.1", "huggingface.co")
        lines = [line for line in text.splitlines() if not FOR_EVAL.fullmatch(line)]
        if result.status:
            lines.append(f"(exit status {result.status})")
        return replace(command, expected=_merged(command.expected, tuple(lines)))


def _merged(expected: tuple[str, ...], observed: tuple[str, ...]) -> tuple[str, ...]:
    """What the page says where it is as good as what was observed, else that."""
    pattern = "\n".join(
        "(?:.*\n)*?.*" if line == LEFT_OUT else re.escape(normalise(line, {})) for line in expected
    )
    as_good = re.fullmatch(pattern, normalise("\n".join(observed), {}))
    return expected if as_good else observed
