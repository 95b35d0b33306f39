"""Stands in for `gh`: knows the command line of `gh attestation verify`, and what is attested.

https://cli.github.com/manual/gh_attestation_verify ·
https://cli.github.com/manual/gh_auth_token
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import NoReturn

# The options that take a value, as the manual lists them; those of one row exclude each other.
VALUES = (
    ("--bundle",),
    ("--cert-oidc-issuer",),
    ("--custom-trusted-root",),
    ("--digest-alg",),
    ("--format",),
    ("--hostname",),
    ("--jq",),
    ("--limit",),
    ("--owner", "--repo"),
    ("--predicate-type",),
    ("--cert-identity", "--cert-identity-regex", "--signer-repo", "--signer-workflow"),
    ("--signer-digest",),
    ("--source-digest",),
    ("--source-ref",),
    ("--template",),
)
SWITCHES = ("--bundle-from-oci", "--deny-self-hosted-runners", "--no-public-good")


def main() -> int:
    """Answer one call, and log it beside this program, with how its token begins."""
    place = Path(__file__).parent
    with (place / "calls").open("a") as log:
        log.write(json.dumps([sys.argv[1:], os.environ.get("GH_TOKEN", "")[:4]]) + "\n")
    match sys.argv[1:]:
        case ["auth", "token", "--hostname", "github.com"]:
            return 0 if os.environ.get("GH_TOKEN") else _no("no oauth token found for github.com")
        case ["attestation", "verify", *words]:
            return _verify(place, words)
    return _no(f"unknown command {sys.argv[1:]}")


def _verify(place: Path, words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="gh attestation verify", allow_abbrev=False)
    parser.add_argument("file")
    for names in VALUES:
        row = parser.add_mutually_exclusive_group(required="--repo" in names)
        for name in names:
            row.add_argument(name)
    for name in SWITCHES:
        parser.add_argument(name, action="store_true")
    given = parser.parse_args(words)
    attested = json.loads((place / "attested.json").read_text())
    seen = {
        "sum": hashlib.sha256(Path(given.file).read_bytes()).hexdigest(),
        "repo": given.repo,
        "workflow": given.signer_workflow,
        "ref": given.source_ref,
    }
    if given.hostname not in (None, "github.com") or not os.environ.get("GH_TOKEN"):
        return _no("not logged in")
    return 0 if seen in attested else _no(f"no attestations found for {seen}")


def _no(why: str) -> int:
    print(f"gh: {why}", file=sys.stderr)
    return 1


def run() -> NoReturn:
    """As a program."""
    sys.exit(main())


if __name__ == "__main__":
    run()
