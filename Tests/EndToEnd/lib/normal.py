"""Makes what a run printed the same each time: what varies gets a name in braces."""

from __future__ import annotations

import re
from collections.abc import Mapping

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
PATTERNS = (
    (rf"Root=1-[0-9a-f]{{8}}-[0-9a-f]{{24}};{UUID}", "{request-id}"),
    (rf"ghadelimiter_(?:{UUID}|[0-9a-f]{{32}})", "{delimiter}"),
    (UUID, "{uuid}"),
    (r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", "{time}"),
    (r"(hfmint(?:-\d+)?)/[0-9a-f]{8,}\b", r"\1/{job}"),
    (r"(?<=/)((?:[a-z]+-)?)[0-9a-f]{32,40}\b", r"\1{key}"),
    (r"\b[0-9a-f]{32}:(\d+):[0-9a-f]{64}\b", r"{log}:\1:{sha256}"),
    (r"\b[0-9a-f]{64}\b", "{sha256}"),
    (r"\btoken [0-9a-f]{12}…", "token {sha256}…"),
    (r"\blog [0-9a-f]{32}\b", "log {log}"),
    (r"(\"log\":)\"[0-9a-f]{32}\"", r'\1"{log}"'),
    (r"\bticket=[0-9a-f]{32}\b", "ticket={ticket}"),
    (r"\bpolicy [0-9a-f]{32}\b", "policy {digest}"),
    (r"\bRequest ID: [0-9a-f]{32}\b", "Request ID: {request-id}"),
    (r"\bus=\d+\b", "us={microseconds}"),
    (r"\b[0-9a-f]{7}\.\.[0-9a-f]{7}\b", "{commit}..{commit}"),
    (r"\b1[789]\d{8}\b", "{epoch}"),
    (r"\b\d+ bytes from\b", "{size} bytes from"),
    (r"\bwaiting \d+ ms\b", "waiting {wait}"),
    (r": healthy \(\d+ s\)", ": healthy ({seconds} s)"),
    (r"(: waits, \w+) \(\d+ s\)", r"\1 ({seconds} s)"),
    (r"\bgood for \d+ (?:s|min|h)\b", "good for {lifetime}"),
)


def normalise(text: str, names: Mapping[str, str]) -> str:
    """The text with each value in `names` as `{name}`, then with each pattern's name."""
    for value in sorted(filter(None, names), key=len, reverse=True):
        text = text.replace(value, f"{{{names[value]}}}")
    for pattern, name in PATTERNS:
        text = re.sub(pattern, name, text)
    return text
