"""One world: a Hub, GitHub, and (when asked for) GitLab, issuers and sinks of client secrets."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

from .frontdoor import FrontDoor
from .githosting import GitHosting
from .github import GitHub
from .githubjob import GitHubJob
from .gitlab import GitLab
from .hub import CANONICAL, Hub
from .hubstate import Power
from .identityissuer import IdentityIssuer
from .rotations import Rotations
from .sentinel import Sentinels
from .server import Server
from .wire import Request

Job = Literal["github", "gitlab", "none"]


class World:
    """A Hub that trusts a GitHub job, in a folder of its own that is gone afterwards.

    `bin`, when set, is a folder that comes first on each job's PATH. Leaving the `with` block
    raises if a server met a bug of its own.
    """

    def __init__(
        self,
        job: GitHubJob | None = None,
        root: Path | None = None,
        kind_of_hub: type[Hub] = Hub,
    ) -> None:
        self._owns_root = root is None
        self.root = root or Path(tempfile.mkdtemp(prefix="hfmint-world-"))
        self.bin: Path | None = None
        self.front_door: FrontDoor | None = None
        self.sentinels = Sentinels()
        self.hub = kind_of_hub(self.sentinels)
        self.github = GitHub(self.sentinels, job)
        self.hub.trust(self.github.job.issuer, self.github.key.jwks)

    @cached_property
    def gitlab(self) -> GitLab:
        """The GitLab instance; it starts when it is first named."""
        gitlab = GitLab(self.sentinels)
        self.hub.trust(gitlab.job.issuer, gitlab.key.jwks)
        return gitlab.start()

    @cached_property
    def issuer(self) -> IdentityIssuer:
        """An issuer that hfmint itself must verify; it starts when it is first named."""
        return IdentityIssuer(self.sentinels).start()

    @cached_property
    def git(self) -> GitHosting:
        """The Hub's git repositories; the Hub serves them from when this is first named."""
        return GitHosting(self.hub, self.root / "git")

    @cached_property
    def rotations(self) -> Rotations:
        """Issuers and sinks of client secrets; each starts when it is first named."""
        return Rotations(self.sentinels, self.root / "rotations")

    def open_front_door(self, program: Path, manifest: str, folder: Path) -> FrontDoor:
        """Let jobs get to the Hub through hfmint and nginx alone, by the manifest of a page.

        hfmint verifies their ID tokens itself, so their issuer is the stand-in by its own name. On
        the Hub are acme/model and acme/other; the front door's machine is `folder`.
        """
        issuer = self.github.job.issuer = self.github.origin
        # huggingface_hub drops it.
        self.github.api_version_required = False
        for resource in ("acme/model", "acme/other"):
            self.git.create(resource)
        self.front_door = FrontDoor(program, self.hub, issuer, folder, manifest)
        self.front_door.open()
        return self.front_door

    @property
    def servers(self) -> dict[str, Server]:
        """Those that run, by name."""
        running: dict[str, Server] = {"hub": self.hub, **self.hub.others, "github": self.github}
        if "gitlab" in self.__dict__:
            running["gitlab"] = self.gitlab
        if "issuer" in self.__dict__:
            running["issuer"] = self.issuer
        return running | (self.rotations.servers if "rotations" in self.__dict__ else {})

    @property
    def secrets(self) -> set[str]:
        """Every secret that this world has issued."""
        return self.sentinels.values

    def __enter__(self) -> Self:
        self.hub.start()
        self.github.start()
        return self

    def __exit__(self, *_: object) -> None:
        servers = self.servers.values()
        if self.front_door:
            self.front_door.close()
        for server in servers:
            server.stop()
        if self._owns_root:
            shutil.rmtree(self.root, ignore_errors=True)
        errors = [error for server in servers for error in server.errors]
        if errors:
            raise RuntimeError("the sandbox has a bug:\n" + "\n".join(errors))

    def environment(self, job: Job = "github") -> dict[str, str]:
        """All of a job's environment: nothing is inherited but PATH.

        `XDG_RUNTIME_DIR` is a folder of this world, so that what falls back to it stays apart.
        """
        path = os.environ.get("PATH", os.defpath)
        base = {"PATH": f"{self.bin}:{path}" if self.bin else path, "LANG": "C.UTF-8"}
        for name, folder, mode in (
            ("HOME", "home", 0o755),
            ("TMPDIR", "tmp", 0o755),
            ("XDG_RUNTIME_DIR", "run", 0o700),
        ):
            (self.root / folder).mkdir(mode=mode, parents=True, exist_ok=True)
            base[name] = str(self.root / folder)
        base |= {"HF_ENDPOINT": self.hub.origin, "HFMINT_AUDIENCE": CANONICAL}
        if self.front_door:
            # The audience is that of the endpoint.
            base["HF_ENDPOINT"] = self.front_door.origin
            del base["HFMINT_AUDIENCE"]
        # What Google's libraries take for "not one of Google's machines", as a test may run on one.
        base["NO_GCE_CHECK"] = "true"
        if job == "github":
            self.hub.trust(self.github.job.issuer, self.github.key.jwks)
            base |= self.github.environment(self.root / "github")
        elif job == "gitlab":
            self.hub.trust(self.gitlab.job.issuer, self.gitlab.key.jwks)
            base |= self.gitlab.environment(self.root / "gitlab")
        if "rotations" in self.__dict__:
            base |= self.rotations.environment()
        return base

    def publish(
        self,
        resource: str,
        issuer: str | None = None,
        claims: Mapping[str, str] | None = None,
        power: Power = "write",
    ) -> None:
        """Add a trusted publisher; by default, for the GitHub job's repository."""
        issuer = issuer or self.github.job.issuer
        self.hub.publish(
            resource, issuer, claims or {"repository": self.github.job.repository}, power
        )

    def fault(self, server: str, text: str) -> None:
        """Arm a fault; the words are those of `Sandbox.faults`."""
        if server == "gitlab":
            self.gitlab.faults.add(text)
        else:
            self.servers[server].faults.add(text)

    def requests(self, server: str) -> list[Request]:
        """What a server was asked so far."""
        return self.servers[server].requests
