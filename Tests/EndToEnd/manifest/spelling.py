"""Spells a value in the many ways that JSON5 has for it: https://spec.json5.org."""

from __future__ import annotations

import random
import re

LINE_ENDS = ["\n", "\r", "\r\n", "\u2028", "\u2029"]
SPACE = [*LINE_ENDS, " ", " ", "\t", "\v", "\f", "\u00a0", "\ufeff", "\u2003", "\u3000"]
LETTERS = [
    "a",
    "Z",
    "_",
    "0",
    " ",
    "é",
    "“",
    "🤗",
    "\u2028",
    "\n",
    "\t",
    "\0",
    "'",
    '"',
    "\\",
    "/",
    "*",
    "//",
    "$",
]
ESCAPES = {"\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t", "\v": "v"}
PUNCTUATION = "{}[],:'\"\\/*+-.0x1eEaubN_$ \n\r\u2028\u00a0\u200b\ufeffé#"


class Speller:
    """Draws each spelling from `rng`."""

    def __init__(self, rng: random.Random, *, escapes_in_names: bool = True) -> None:
        """Draw from `rng`, which a test has seeded."""
        self.rng = rng
        self.escapes = 0.1 if escapes_in_names else 0.0

    def any_text(self) -> str:
        """Some text that is not empty, and neither an issuer nor ends or begins with a blank."""
        return "c" + "".join(self.rng.choices(LETTERS, k=self.rng.randint(0, 6)))

    def space(self) -> str:
        """White space, comments, or nothing."""
        rng = self.rng
        if rng.random() < 0.6:
            return ""
        inside = "".join(rng.choices([*LETTERS[:7], *SPACE[5:], "*", "'"], k=rng.randint(0, 4)))
        return rng.choice(
            [
                "".join(rng.choices(SPACE, k=rng.randint(1, 3))),
                f"/*{inside.replace('*/', '')}{rng.choice(['', *LINE_ENDS])}*/",
                f"//{inside}{rng.choice(LINE_ENDS)}",
            ]
        )

    def value(self, value: object) -> str:
        """Any value, with space around it."""
        return self.space() + self.bare(value) + self.space()

    def bare(self, value: object) -> str:
        """Any value."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, int):
            return self.rng.choice(
                [f"{value}", f"{value}", f"+{value}", f"0x{value:x}", f"+0X{value:02X}"]
            )
        if isinstance(value, list):
            return self.joined("[", [self.value(item) for item in value], "]")
        assert isinstance(value, dict)
        members = [
            f"{self.space()}{self.name(n)}{self.space()}:{self.value(v)}" for n, v in value.items()
        ]
        return self.joined("{", members, "}")

    def joined(self, opening: str, items: list[str], closing: str) -> str:
        """With a comma at the end, or without."""
        comma = "," + self.space() if items and self.rng.random() < 0.5 else ""
        return opening + (",".join(items) or self.space()) + comma + closing

    def name(self, name: str) -> str:
        """Without quotes where it can be."""
        if not re.fullmatch(r"[^\W\d][\w$]*", name) or self.rng.random() < 0.3:
            return self.text(name)
        return "".join(f"\\u{ord(c):04x}" if self.rng.random() < self.escapes else c for c in name)

    def text(self, text: str) -> str:
        """Between either quotes, each character raw or as one of its escapes."""
        quote = self.rng.choice("'\"")
        return quote + "".join(self.character(c, quote) for c in text) + quote

    def character(self, character: str, quote: str) -> str:
        """One, perhaps with a line continuation before it."""
        rng = self.rng
        before = "\\" + rng.choice(LINE_ENDS) if rng.random() < 0.05 else ""
        units = character.encode("utf-16-be").hex()
        ways = ["".join("\\u" + units[i : i + 4] for i in range(0, len(units), 4))]
        if ord(character) < 0x100:
            ways.append(f"\\x{ord(character):02X}")
        if character in ESCAPES:
            ways.append("\\" + ESCAPES[character])
        elif character == "\0":
            ways.append("\\x00")
        elif character not in "\u2028\u2029":
            if character in "'\"\\/*é“🤗 $":
                ways.append("\\" + character)
            if character not in (quote, "\\"):
                ways += [character] * 6
        return before + rng.choice(ways)

    def damaged(self, text: bytes) -> bytes:
        """With one character more, less, or another."""
        characters = list(text.decode())
        place = self.rng.randrange(len(characters))
        other = self.rng.choice(PUNCTUATION)
        characters[place : place + self.rng.randint(0, 1)] = self.rng.choice(
            [[], [other], [other, other]]
        )
        return "".join(characters).encode()
