"""A GitHub job with a manifest that grants it one role and has an audit log."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from jobs import Job
from Sandbox.collector import Collector

Record = dict[str, Any]


class AuditedJob:
    """`job` with HFMINT_MANIFEST set; `settings` is what its manifest says under `audit`."""

    def __init__(self, job: Job, folder: Path, **settings: object) -> None:
        self.job = job
        self.folder = folder
        self.log = folder / "audit.jsonl"
        folder.mkdir(mode=0o700, exist_ok=True)
        self.configure(**(settings or {"file": str(self.log)}))

    def configure(self, **settings: object) -> None:
        """Write the manifest anew."""
        github = self.job.world.github
        manifest = {
            "version": 1,
            "roles": {"publisher": {"access": "write", "resources": ["acme/*"]}},
            "grants": [
                {
                    "role": "publisher",
                    "identity": {
                        "issuer": github.job.issuer,
                        "claims": {"repository": github.job.repository},
                    },
                }
            ],
            "audit": settings,
        }
        path = self.folder / "hfmint.json5"
        path.write_text(json.dumps(manifest))
        path.chmod(0o600)
        self.job.env["HFMINT_MANIFEST"] = str(path)

    @property
    def records(self) -> list[Record]:
        """What the log holds, read by another reader."""
        return [json.loads(line) for line in self.log.read_bytes().splitlines()]

    @property
    def events(self) -> list[str]:
        """Their names."""
        return [record["event"] for record in self.records]


def is_chained(log: Path) -> bool:
    """Whether each line names the one before, and the numbers have no gap."""
    lines = log.read_bytes().splitlines()
    records = [json.loads(line) for line in lines]
    previous = [None, *(hashlib.sha256(line).hexdigest() for line in lines[:-1])]
    return [record["previous"] for record in records] == previous and [
        record["seq"] for record in records
    ] == list(range(1, len(lines) + 1))


def required(audited: AuditedJob, collector: Collector, *, with_file: bool = True) -> None:
    """Nothing may happen that cannot be recorded."""
    file = {"file": str(audited.log)} if with_file else {}
    audited.configure(**file, url=collector.origin, required=True)
