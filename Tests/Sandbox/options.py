"""Short texts that describe a job or a publisher; `Scripts/sandbox` and transcripts share them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TypeVar

from .githubjob import GitHubJob
from .gitlab import GitLabJob

JobT = TypeVar("JobT", GitHubJob, GitLabJob)


def pair(text: str, separator: str = "=") -> tuple[str, str]:
    """`NAME=VALUE`, both halves present."""
    name, found, value = text.partition(separator)
    if not found or not name:
        raise ValueError(f"NAME{separator}VALUE is wanted, not {text!r}")
    return name, value


def switch(text: str) -> bool:
    """`yes` or `no`."""
    if text not in ("yes", "no"):
        raise ValueError(f"yes or no is wanted, not {text!r}")
    return text == "yes"


def describe(job: JobT, words: Iterable[str]) -> JobT:
    """The job with `key=value` words laid over it.

    A key is a field's name with hyphens, or `claim.NAME` for a claim as it is in the ID token.
    GitLab's ID tokens are named `id-token.NAME=AUDIENCE`; `id-token=no` leaves a job without one.
    """
    changes: dict[str, object] = {}
    claims, id_tokens = dict(job.claims), dict[str, str]()
    for key, value in map(pair, words):
        if key.startswith("claim."):
            claims[key.removeprefix("claim.")] = value
        elif key.startswith("id-token.") and isinstance(job, GitLabJob):
            id_tokens[key.removeprefix("id-token.")] = value
        elif key == "id-token" and isinstance(job, GitLabJob):
            changes |= {} if switch(value) else {"id_tokens": {}}
        else:
            name = key.replace("-", "_")
            changes[name] = _value(job, name, value)
    if id_tokens:
        changes["id_tokens"] = id_tokens
    return dataclasses.replace(job, claims=claims, **changes)  # type: ignore[arg-type]


def _value(job: GitHubJob | GitLabJob, name: str, text: str) -> object:
    kinds = {field.name: field.type for field in dataclasses.fields(job)}
    match kinds.get(name):
        case "bool" | "bool | None":
            return switch(text)
        case "int":
            return int(text)
        case "str":
            return text
    known = ", ".join(kind.replace("_", "-") for kind in kinds)
    raise ValueError(f"a job has no {name!r}; it has {known}")
