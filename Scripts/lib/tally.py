"""Counts JUnit files' tests: passed, failed, skipped, a line each, then a line for each skip."""

import sys
from xml.etree import ElementTree


def main(paths: list[str]) -> None:
    """A test that failed in several ways failed once."""
    passed = failed = 0
    skips: list[str] = []
    for case in (case for path in paths for case in ElementTree.parse(path).iter("testcase")):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif (skip := case.find("skipped")) is not None:
            reason = skip.get("message") or skip.text or "no reason given"
            skips.append(f"{case.get('name')}: {' '.join(reason.split())}")
        else:
            passed += 1
    print(passed, failed, len(skips), *skips, sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
