"""Sinks for tests of whole rotations: each with its words in the manifest."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from Sandbox.sentinel import Sentinels
from Sandbox.server import Server
from Sandbox.sinks import githubsecrets, gitlabvariables, spacesecrets, vault

OWNER = "projects/acme/training"
SCOPE = "/repos/acme/training/actions"


class Place:
    """A sink as a manifest names it, and as a consumer finds it."""

    kind: str
    is_readable = True
    server: Server | None = None
    env: dict[str, str]
    node: dict[str, object]

    def __init__(self, secrets: Sentinels, root: Path) -> None:
        self.secrets = secrets
        self.root = root
        self.env = {}

    @property
    def files(self) -> list[Path]:
        """Those that may hold the value."""
        return []

    def start(self, servers: ExitStack) -> None:
        """Let it run."""
        if self.server:
            servers.enter_context(self.server)

    def put(self, value: str) -> None:
        """Have this value there."""
        raise NotImplementedError

    def value(self) -> str | None:
        """What a consumer finds."""
        raise NotImplementedError

    def owns(self, path: Path) -> bool:
        """Whether a file is the target, or its draft."""
        return any(
            path == file or (path.parent == file.parent and path.name.endswith(".draft"))
            for file in self.files
        )


class File(Place):
    """A file."""

    kind = "file"

    def __init__(self, secrets: Sentinels, root: Path) -> None:
        super().__init__(secrets, root)
        self._path = root / "sink" / "client-secret"
        self.node = {"kind": "file", "path": str(self._path)}

    @property
    def files(self) -> list[Path]:
        """The target."""
        return [self._path]

    def put(self, value: str) -> None:
        """As an administrator would."""
        self._path.parent.mkdir(exist_ok=True)
        self._path.touch(0o600)
        self._path.write_text(value)

    def value(self) -> str | None:
        """What a reader sees at this instant."""
        return self._path.read_text()


class GitLab(Place):
    """A variable of GitLab, which shows its value."""

    kind = "gitlab"
    server: gitlabvariables.GitLabVariables

    def __init__(self, secrets: Sentinels, root: Path) -> None:
        super().__init__(secrets, root)
        self.server = gitlabvariables.GitLabVariables(secrets)
        self.env = {"GITLAB": self.server.token}
        self.node = {"kind": "gitlab", "url": self.server.url, "project": "acme/training"}
        self.node |= {"key": "CLIENT_SECRET", "token": "env:GITLAB"}

    def put(self, value: str) -> None:
        """Someone wrote it by hand."""
        self.server.put(OWNER, gitlabvariables.Variable("CLIENT_SECRET", value))

    def value(self) -> str | None:
        """What a job finds."""
        return self.server.value(OWNER, "CLIENT_SECRET")


class GitHub(Place):
    """A secret of GitHub Actions, which never shows its value."""

    kind = "github-actions"
    is_readable = False
    server: githubsecrets.GitHubSecrets

    def __init__(self, secrets: Sentinels, root: Path) -> None:
        super().__init__(secrets, root)
        self.server = githubsecrets.GitHubSecrets(secrets)
        self.env = {"GITHUB": self.server.token}
        self.node = {"kind": "github-actions", "url": self.server.origin, "token": "env:GITHUB"}
        self.node |= {"repository": "acme/training", "name": "CLIENT_SECRET"}

    def put(self, value: str) -> None:
        """Someone wrote it by hand."""
        self.server.put(SCOPE, "CLIENT_SECRET", value)

    def value(self) -> str | None:
        """What a job finds."""
        return self.server.value(SCOPE, "CLIENT_SECRET")


class Vault(Place):
    """A field of a secret in Vault, which shows its value."""

    kind = "vault"
    server: vault.Vault

    def __init__(self, secrets: Sentinels, root: Path) -> None:
        super().__init__(secrets, root)
        self.server = vault.Vault(secrets)
        self.env = {"VAULT": self.server.token}
        self.node = {"kind": "vault", "url": self.server.origin, "token": "env:VAULT"}
        self.node |= {"path": "app", "field": "client_secret"}

    def put(self, value: str) -> None:
        """Beside another field, which must stay."""
        self.server.put("app", {"client_secret": value, "other": "stays"})

    def value(self) -> str | None:
        """What a consumer reads."""
        assert self.server.value("app", "other") == "stays"
        return str(self.server.value("app", "client_secret"))


class Space(Place):
    """A secret of a Space, which never shows its value."""

    kind = "hub-space"
    is_readable = False
    server: spacesecrets.SpaceSecrets

    def __init__(self, secrets: Sentinels, root: Path) -> None:
        super().__init__(secrets, root)
        self.server = spacesecrets.SpaceSecrets(secrets)
        self.env = {"SPACE": self.server.token}
        self.node = {"kind": "hub-space", "url": self.server.origin, "token": "env:SPACE"}
        self.node |= {"space": "acme/chat", "name": "CLIENT_SECRET"}

    def put(self, value: str) -> None:
        """Someone wrote it by hand."""
        self.server.put("acme/chat", "CLIENT_SECRET", value)

    def value(self) -> str | None:
        """What the Space's program finds."""
        return self.server.value("acme/chat", "CLIENT_SECRET")
