"""What a Hub token is for. https://huggingface.co/docs/hub/trusted-publishers"""

from __future__ import annotations

import re
from dataclasses import dataclass

KINDS = ("models", "datasets", "spaces", "kernels", "buckets")
_PART = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?")
_USER = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?")


@dataclass(frozen=True)
class Resource:
    """A repository (`kind` is one of `KINDS`) or a user (`kind` is `user`, no namespace)."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        if self.kind == "user":
            return self.name
        prefix = "" if self.kind == "models" else f"{self.kind}/"
        return f"{prefix}{self.namespace}/{self.name}"

    @property
    def is_user(self) -> bool:
        """Whether this is a bare user name."""
        return self.kind == "user"


def parse(text: str) -> Resource:
    """Read `ns/name`, `datasets/ns/name` and its like, or a bare user name."""
    parts = text.split("/")
    if len(parts) == 1 and _is_user_name(text):
        return Resource("user", "", text)
    if len(parts) == 2 and parts[0] not in KINDS and all(map(_is_repo_part, parts)):
        return Resource("models", *parts)
    if len(parts) == 3 and parts[0] in KINDS[1:] and all(map(_is_repo_part, parts[1:])):
        return Resource(*parts)
    raise ValueError(f"not a resource: {text}")


def _is_user_name(text: str) -> bool:
    return bool(_USER.fullmatch(text)) and "--" not in text and len(text) <= 42


def _is_repo_part(text: str) -> bool:
    refused = "--" in text or ".." in text or text.endswith(".git") or len(text) > 96
    return bool(_PART.fullmatch(text)) and not refused
