"""`manifest check` and `manifest schema` agree about what a manifest may say.

The schema is read by PyPI's `jsonschema`, which knows nothing of hfmint.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import cast

import pytest
from jsonschema import Draft202012Validator

import product
from rotating import Json, Rotator
from Sandbox.issuers.stands import ISSUERS
from Sandbox.sinks.places import SINKS

Change = Callable[[Json], object]


@pytest.fixture
def validator(rotator: Rotator) -> Draft202012Validator:
    """Of the schema that the product prints."""
    result = rotator("schema", group="manifest", env={"LANG": "C"})
    assert (result.status, result.stderr) == (0, b"")
    schema = json.loads(result.stdout)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def check(rotator: Rotator, manifest: object) -> product.Result:
    """What `manifest check` says of it."""
    rotator.rotations.folder.mkdir(parents=True, exist_ok=True)
    rotator.rotations.manifest.write_text(json.dumps(manifest, indent=1))
    return rotator("check", group="manifest")


def whole(rotator: Rotator) -> Json:
    """A manifest with every issuer and every sink, all formats of callbacks, and a schedule."""
    rotator.rotations.write_all()
    manifest = json.loads(rotator.rotations.manifest.read_text())
    receiver, rotations = rotator.rotations.receiver, manifest["rotations"]
    folder = rotator.rotations.folder
    styles = ("standard-webhooks", "HS256", "RS256", "ES256")
    callbacks = [receiver.callback(style, folder) for style in styles]
    callbacks[0] |= {"acknowledge": True, "deadline": "6h"}
    rotations["okta"]["callbacks"] = callbacks
    rotations["okta"]["schedule"] = {"cron": "0 3 * * 6", "window": "2h", "jitter": "30m"}
    rotations["okta"]["issuer"]["token"] = {"command": ["/usr/bin/printenv", "OKTA_TOKEN"]}
    return cast(Json, manifest)


def test_both_take_all_that_there_is(rotator: Rotator, validator: Draft202012Validator) -> None:
    """Every kind of issuer, sink, log-in and callback."""
    manifest = whole(rotator)
    assert not list(validator.iter_errors(manifest))
    result = check(rotator, manifest)
    assert (result.status, result.stderr) == (0, b"")
    rotations = cast(Json, manifest["rotations"])
    assert sorted(rotations) == sorted(ISSUERS)
    written = json.dumps([cast(Json, each)["sinks"] for each in rotations.values()])
    assert written.count('"kind"') == len(SINKS)


def test_both_take_the_least(rotator: Rotator, validator: Draft202012Validator) -> None:
    """A version."""
    assert validator.is_valid({"version": 1})
    assert check(rotator, {"version": 1}).status == 0


def okta(manifest: Json) -> Json:
    """Its first rotation."""
    return cast(Json, cast(Json, manifest["rotations"])["okta"])


def sink(manifest: Json) -> Json:
    """The first sink of that."""
    return cast(list[Json], okta(manifest)["sinks"])[0]


def callback(manifest: Json) -> Json:
    """The second callback of that."""
    return cast(list[Json], okta(manifest)["callbacks"])[1]


BOTH_REFUSE: dict[str, tuple[str, Change]] = {
    "version": ("version", lambda m: m.update(version=2)),
    "no version": ("version", lambda m: m.pop("version")),
    "unknown key": ("rotation", lambda m: m.update(rotation={})),
    "a list for an object": ("rotations", lambda m: m.update(rotations=[])),
    "a name with a slash": ("a/b", lambda m: m.update(rotations={"a/b": okta(m)})),
    "no issuer": ("issuer", lambda m: okta(m).pop("issuer")),
    "issuer of no kind": ("kind", lambda m: cast(Json, okta(m)["issuer"]).pop("kind")),
    "unknown issuer": (
        "did you mean 'okta'?",
        lambda m: cast(Json, okta(m)["issuer"]).update(kind="okto"),
    ),
    "issuer's unknown key": ("urls", lambda m: cast(Json, okta(m)["issuer"]).update(urls="x")),
    "literal secret": ("token", lambda m: cast(Json, okta(m)["issuer"]).update(token="00abc")),
    "no sinks": ("sinks", lambda m: okta(m).pop("sinks")),
    "empty sinks": ("sinks", lambda m: okta(m).update(sinks=[])),
    "unknown sink": ("kind", lambda m: sink(m).update(kind="floppy")),
    "sink without a path": ("path", lambda m: sink(m).pop("path")),
    "duration": ("overlap", lambda m: okta(m).update(overlap="1 day")),
    "a number for a duration": ("overlap", lambda m: okta(m).update(overlap=86400)),
    "proof": ("proof", lambda m: okta(m).update(proof="trust me")),
    "a text for a yes": ("allowCutover", lambda m: okta(m).update(allowCutover="yes")),
    "log-in": ("verify", lambda m: cast(Json, okta(m)["verify"]).update(kind="ping")),
    "too many log-ins": ("attempts", lambda m: cast(Json, okta(m)["verify"]).update(attempts=21)),
    "callback's format": ("format", lambda m: callback(m).update(format="xml")),
    "callback's algorithm": ("algorithm", lambda m: callback(m).update(algorithm="none")),
    "callback without a url": ("url", lambda m: callback(m).pop("url")),
}

# What a schema cannot say, or not in a way that anybody could read.
ONLY_CHECK_REFUSES: dict[str, tuple[str, Change]] = {
    "a schedule of no time": (
        "longer than nothing",
        lambda m: okta(m).update(schedule={"every": "0s"}),
    ),
    "a delay that never ends": (
        "less than the shortest time between two runs (60 min)",
        lambda m: okta(m).update(schedule={"every": "1h", "jitter": "1h"}),
    ),
    "a delay beyond the next day": (
        "less than the shortest time between two runs (24 h)",
        lambda m: okta(m).update(schedule={"cron": "0 3 * * *", "jitter": "2d"}),
    ),
    "cron": ("cron", lambda m: okta(m).update(schedule={"cron": "61 3 * * *"})),
    "never": ("cron", lambda m: okta(m).update(schedule={"cron": "0 0 31 2 *"})),
    "both days": ("cron", lambda m: okta(m).update(schedule={"cron": "0 3 13 * 5"})),
    "zone": ("UTC", lambda m: okta(m).update(schedule={"every": "1d", "zone": "CET"})),
    "two schedules": (
        "either",
        lambda m: okta(m).update(schedule={"every": "1d", "cron": "0 3 * * *"}),
    ),
    "http": ("https", lambda m: callback(m).update(url="http://ops.acme.example/")),
    "caep without an audience": ("audience", lambda m: callback(m).pop("audience")),
    "one place twice": (
        "both change",
        lambda m: cast(Json, cast(Json, m["rotations"])["entra"]).update(sinks=[sink(m)]),
    ),
}


@pytest.mark.parametrize("case", BOTH_REFUSE)
def test_both_refuse(rotator: Rotator, validator: Draft202012Validator, case: str) -> None:
    """The check names the place, and never a secret."""
    word, change = BOTH_REFUSE[case]
    manifest = copy.deepcopy(whole(rotator))
    change(manifest)
    assert not validator.is_valid(manifest)
    result = check(rotator, manifest)
    assert (result.status, result.stdout) == (2, b"")
    assert word.encode() in result.stderr
    assert b"line " in result.stderr
    assert b"00abc" not in result.stderr


@pytest.mark.parametrize("case", ONLY_CHECK_REFUSES)
def test_the_check_knows_more(rotator: Rotator, validator: Draft202012Validator, case: str) -> None:
    """Than a schema can say."""
    word, change = ONLY_CHECK_REFUSES[case]
    manifest = copy.deepcopy(whole(rotator))
    change(manifest)
    result = check(rotator, manifest)
    assert result.status == 2
    assert word.encode() in result.stderr, result.stderr


def test_all_mistakes_are_named_at_once(rotator: Rotator) -> None:
    """With path and line, and the nearest key."""
    manifest = whole(rotator)
    okta(manifest).update(overlp="24h", proof="x", sinks=[])
    result = check(rotator, manifest)
    assert result.status == 2
    text = result.stderr.decode()
    assert "has 3 mistakes" in text
    assert "did you mean 'overlap'?" in text
    for place in ("rotations.okta.overlp", "rotations.okta.proof", "rotations.okta.sinks"):
        assert place in text


def test_a_manifest_is_json5(rotator: Rotator) -> None:
    """Comments, trailing commas, unquoted keys; never a key twice."""
    rotator.rotations.folder.mkdir(parents=True)
    file = rotator.rotations.manifest
    file.write_text("// ours\n{ version: 1, organization: 'acme', rotations: {}, }\n")
    assert rotator("check", group="manifest").status == 0
    file.write_text("{ version: 1,\n version: 1 }")
    result = rotator("check", group="manifest")
    assert result.status == 2
    assert b"line 2" in result.stderr
