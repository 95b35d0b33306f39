"""A manifest means what it means to another reader of JSON5, PyPI's `json5`.

The same text is read by both. Where both take it, every name, text and list is the same; where
hfmint takes less, it says so, and never that the text is no JSON5.
"""

from __future__ import annotations

import json
import os
import random
import re
from pathlib import Path

import json5
import pytest

import product
from spelling import Speller

CROWD = 6_000 if os.environ.get("HFMINT_ALL") == "1" else 600
GITHUB = "https://token.actions.githubusercontent.com"
GOOD = {
    "version": 1,
    "organization": "acme",
    "roles": {"p": {"access": "write", "resources": ["acme/m", "datasets/acme/d"]}},
    "grants": [{"role": "p", "identity": {"issuer": GITHUB, "claims": {"repository": "acme/t"}}}],
}

# The productions of https://spec.json5.org, with what it leaves out beside each.
VALUES = [
    *("null", "true", "false", "nul", "True", "undefined"),
    *('"a"', "'a'", "'\"'", '"\'"', "'\\''", "'a\\\nb'", "'a\\\r\nb'", "'a\\\rb'", "'a\\\u2028b'"),
    *("'\\x41'", "'\\x4'", "'\\xg0'", "'\\v\\0\\b\\f'", "'\\01'", "'\\1'", "'\\9'", "'\\a\\C\\é'"),
    *("'\\u0041'", "'\\u004'", "'\\U0041'", "'\\ud83e\\udd17'", "'\\ud83e'", "'\\udd17'"),
    *("'\u2028\u2029'", "'a\nb'", "'a\rb'", "'a\tb'", "'a\0b'", "'a\x7fb'", "'", "'a", "'a\\"),
    *("0", "-0", "+0", "1", "+1", "-1", "01", "-01", "+01", "0x1F", "0XaB", "-0x1", "+0x1", "0x"),
    *("0xg", ".5", "-.5", "5.", "+5.", "5.e3", ".", "-.", "+", "-", "--1", "+-1", "1.5", "1e3"),
    *("1E+3", "1e-3", "1e", "1e+", "1e1.5", "1.2.3", "1_000", "1n", "0b1", "0o7", "- 1", "1 2"),
    *(
        "Infinity",
        "-Infinity",
        "+Infinity",
        "NaN",
        "-NaN",
        "infinity",
        "nan",
        "Infinit",
        "Infinityx",
    ),
    *("[]", "[1]", "[1,]", "[,]", "[1,,]", "[,1]", "[1 2]", "[", "]", "[1", "[[],{}]", "(1)"),
    *("{}", "{a:1}", "{a:1,}", "{,}", "{,a:1}", "{a:1,,}", "{a:1 b:2}", "{a}", "{a:}", "{:1}", "{"),
    *("{null:1}", "{if:1}", "{Infinity:1}", "{$_a1:1}", "{1a:1}", "{a-b:1}", "{a b:1}", "{0:1}"),
    *(
        "{'a':1}",
        '{"a":1}',
        "{é:1}",
        "{ȧ:1}",
        "{a\u0307:1}",
        "{\u0307a:1}",
        "{a\u200cb:1}",
        "{٣:1}",
        "{a٣:1}",
    ),
    *("{\\u0061b:1}", "{\\x61b:1}", "{\\u0031:1}", "{a\\u0020:1}", "{🤗:1}", "{ⅷ:1}", "{a‿b:1}"),
    *("{a:1,a:2}", "{a:1,'\\u0061':2}", "{a:1,\\u0061:2}"),
    *(
        "/**/1",
        "1/**/",
        "/* a */1",
        "/*/1",
        "/*/**/1",
        "/* /* */1",
        "/* /* */ */1",
        "/***/1",
        "/* 1",
        "/1",
        "/",
    ),
    *(
        "//\n1",
        "//a\r1",
        "//a\u20281",
        "//a\u20291",
        "//a\x0b1",
        "//a\x851",
        "1//",
        "#\n1",
        "-/**/1",
    ),
    *(
        "\t1",
        "\x0b1",
        "\x0c1",
        "\xa01",
        "\ufeff1",
        "\u16801",
        "\u20001",
        "\u200a1",
        "\u202f1",
        "\u205f1",
    ),
    *("\u30001", "\u180e1", "\u200b1", "\u20601", "\x851", "\x001", "\x1b1", "\u20281", "\u20291"),
]


def explained(folder: Path, text: bytes) -> product.Result:
    """What hfmint reads in it."""
    path = folder / "m.json5"
    path.write_bytes(text)
    path.chmod(0o600)
    words = [str(product.needed()), "manifest", "explain", "--json", "--manifest", "m.json5"]
    return product.run(words, {"HOME": str(folder)}, folder)


def theirs(text: bytes) -> object:
    """What the other reader reads; a `ValueError` where it refuses."""
    # It has UTF-16's halves in its texts, as JavaScript does; Python's own reader joins them.
    return json.loads(json.dumps(json5.loads(text.decode())))


def is_refused_by_them(text: bytes) -> bool:
    """Whether it is no JSON5 to the other reader."""
    try:
        theirs(text)
    except ValueError:
        return True
    return False


# Escapes of what may not stand in a name, at which the other reader does not look: one "cannot be
# used to put a character into an Identifier that would otherwise be illegal" (ECMAScript 5.1, 7.6).
LOOSE = ["{\\u0031:1}", "{a\\u0020:1}"]


def embedded(value: str) -> bytes:
    """As the value of a key that no manifest has: whatever reads it says so."""
    return f"{{x: {value}\n, {json.dumps(GOOD)[1:]}".encode()


@pytest.mark.parametrize("value", VALUES)
def test_each_production_is_read_or_refused_alike(tmp_path: Path, value: str) -> None:
    """And what hfmint alone refuses is not called an error of the author's."""
    text = embedded(value)
    said = explained(tmp_path, text).stderr.decode()
    if "'x' is not a key here" in said:
        assert not is_refused_by_them(text), "hfmint takes what is no JSON5"
    elif "is not JSON5" in said:
        assert value in LOOSE or is_refused_by_them(text), f"hfmint calls it no JSON5: {said}"
    else:
        assert re.search(r"'m\.json5' cannot be used: line \d+, column \d+: ", said), said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '{\n  version: 1,\n  "version": 1 }',
            "cannot be used: line 3, column 3: the name 'version' occurs twice",
        ),
        ("{v: 1, 'v': 1}", "cannot be used: line 1, column 8: the name 'v' occurs twice"),
        ('{v: 1, "\\u0076": 1}', "cannot be used: line 1, column 8: the name 'v' occurs twice"),
        ("{v: 1, \\u0076: 1}", "cannot be used: line 1, column 8: the name 'v' occurs twice"),
        ("\ufeff{v: [}", "is not JSON5: line 1, column 6: unexpected '}'"),
        ("{é: '🤗', v: [}", "is not JSON5: line 1, column 14: unexpected '}'"),
        ("{v: 1,\r  w: [}", "is not JSON5: line 2, column 7: unexpected '}'"),
        ("{v: 1,\r\n  w: [}", "is not JSON5: line 2, column 7: unexpected '}'"),
        ("{v: 1,\u2028  w: [}", "is not JSON5: line 2, column 7: unexpected '}'"),
        (
            "{v: 1,\n\n // \u2029 w: [}",
            "is not JSON5: line 4, column 6: unexpected '}'",
        ),
        ("{v: \u200b1}", "is not JSON5: line 1, column 5: unexpected U+200B"),
        ("{v: “a”}", "is not JSON5: line 1, column 5: unexpected '“' (U+201C)"),
        ("{v: 1} {", "is not JSON5: line 1, column 8: unexpected '{'"),
        ("{v: 'a\n'}", "is not JSON5: line 1, column 7: a string that does not end in its line"),
        (
            "{v: 'a\t'}",
            "cannot be used: line 1, column 7: U+0009 in a string: write it as an escape",
        ),
        ("{v: '\\ud800'}", "cannot be used: line 1, column 12: half of a surrogate pair"),
        ("[" * 40, "cannot be used: line 1, column 34: more than 32 levels of nesting"),
        ("{v: /* 1}", "is not JSON5: line 1, column 5: a comment that does not end"),
        (
            "{ version: 1, role: {} }",
            "line 1, column 15: 'role' is not a key here; did you mean 'roles'?",
        ),
        (
            "{ version: 1.0 }",
            "line 1, column 12: 'version' must be a whole number from 1 to 1, without a point",
        ),
    ],
)
def test_a_mistake_has_a_line_a_column_and_a_name(tmp_path: Path, text: str, message: str) -> None:
    """Columns count characters; lines end where JSON5 ends them."""
    done = explained(tmp_path, text.encode())
    assert done.status == 2
    assert message in done.stderr.decode()


@pytest.mark.parametrize("bad", [b"\xff", b"\xc3", b"\xe2\x80", b"\xed\xa0\x80", b"\xc0\xaf"])
@pytest.mark.parametrize("place", [b"{%s}", b"{v: '%s'}", b"// %s\n{}", b"/* %s */{}", b"{v%s: 1}"])
def test_what_is_not_utf_8_is_refused_wherever_it_stands(
    tmp_path: Path, bad: bytes, place: bytes
) -> None:
    """Others would read another character there, or none."""
    done = explained(tmp_path, place % bad)
    assert done.status == 2
    assert b"not UTF-8" in done.stderr


def meant(value: object) -> list[dict[str, object]]:
    """What `manifest explain --json` must say, by the other reader's value."""
    assert isinstance(value, dict)
    return [
        {
            "issuer": grant["identity"]["issuer"],
            "claims": grant["identity"]["claims"],
            "role": grant["role"],
            "access": value["roles"][grant["role"]]["access"],
            "opens": opens,
        }
        for grant in value["grants"]
        for opens in value["roles"][grant["role"]]["resources"]
    ]


@pytest.mark.parametrize("seed", range(6))
def test_a_manifest_means_what_it_means_to_others(tmp_path: Path, seed: int) -> None:
    """In every spelling that JSON5 has, and with a character too many, too few or another."""
    rng = random.Random(seed)
    outcomes = dict.fromkeys(("same", "none", "mistake", "stricter"), 0)
    for _ in range(CROWD // 6):
        is_damaged = rng.random() < 0.5
        speller = Speller(rng, escapes_in_names=not is_damaged)
        claims = {speller.any_text(): speller.any_text() for _ in range(rng.randint(1, 4))}
        manifest = json.loads(json.dumps(GOOD))
        manifest["grants"][0]["identity"]["claims"] = claims
        text = speller.value(manifest).encode()
        if is_damaged:
            text = speller.damaged(text)
        done = explained(tmp_path, text)
        said = done.stderr.decode(errors="replace")
        try:
            value = theirs(text)
        except ValueError:
            outcome = "none"
            assert done.status == 2, text
            assert "is not JSON5" in said or "cannot be used" in said, (text, said)
        else:
            if done.status == 0:
                outcome = "same"
                access = json.loads(done.stdout)["access"]
                ours = [{key: row[key] for key in meant(value)[0]} for row in access]
                assert ours == meant(value), text
            else:
                outcome = "stricter" if "cannot be used" in said else "mistake"
                assert "is not JSON5" not in said, (text, said)
        outcomes[outcome] += 1
    assert outcomes["same"] > CROWD // 6 // 3, outcomes
    assert outcomes["none"] > 10, outcomes
