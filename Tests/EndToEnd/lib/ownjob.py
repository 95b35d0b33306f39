"""What every job has that works in a folder of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from Sandbox.world import Job, World


@dataclass
class OwnJob:
    """One job with an environment of its own, and a folder in which its programs run."""

    world: World
    program: Path
    work: Path
    kind: Job = "github"
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.program = self.program.resolve()
        self.work.mkdir(parents=True, exist_ok=True)
        self.environment = {**self.world.environment(self.kind), **self.environment}
