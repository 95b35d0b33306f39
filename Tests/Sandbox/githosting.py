"""Git repositories on the stand-in Hub: real `git http-backend`, and Git LFS beside it.

A token opens the repository that it was given for and no other, as the password of any user name
(https://huggingface.co/docs/hub/security-git-https) or as a bearer token. The objects of LFS go to
addresses that are signed and need no token, as on the Hub.

https://git-scm.com/docs/git-http-backend · https://git-scm.com/docs/http-protocol ·
https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md
"""

from __future__ import annotations

import base64
from binascii import Error
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from . import resources
from .gitprogram import git, http_backend
from .hub import Hub
from .hubapi import may_read, may_write
from .hublfs import LargeFiles, lfs
from .hubstate import HubToken, Repo, Visibility
from .wire import Request, Response

REPOSITORY = r"/((?:datasets/|spaces/|kernels/)?[^/]+/[^/]+?)(?:\.git)?"


@dataclass
class Seen:
    """One request for a repository: how it was authorized, and what came of it."""

    resource: str
    service: str
    scheme: str
    user: str
    token: str
    status: int


@dataclass
class GitHosting:
    """The Hub's repositories, bare, below `root`; each has one commit to begin with.

    Settings a test may change at any time: `challenges` (what a 401 offers), `pause` (called with
    the number of the LFS batch before it is answered).
    """

    hub: Hub
    root: Path
    challenges: list[str] = field(default_factory=lambda: ['Basic realm="Authentication required"'])
    pause: Callable[[int], None] = lambda _: None
    seen: list[Seen] = field(default_factory=list)
    batches: int = 0

    def __post_init__(self) -> None:
        self.lfs = LargeFiles(self.hub.origin, self.hub.storage)
        service = "(git-upload-pack|git-receive-pack)"
        large = f"{REPOSITORY}/info/lfs"
        self.hub.route("GET", f"{REPOSITORY}/info/refs", self._refs)
        self.hub.route("POST", f"{REPOSITORY}/{service}", self._service)
        self.hub.route("POST", f"{large}/objects/batch", self._batch)
        self.hub.route("POST", f"{large}/objects/verify", self._verify)
        self.hub.route("POST", f"{large}/locks/verify", self._locks)
        self.hub.route("POST", "/api/complete_multipart", self.lfs.complete)

    @property
    def objects(self) -> dict[str, bytes]:
        """The large files, by their SHA-256."""
        return self.hub.storage.objects

    def create(self, resource: str, visibility: Visibility = "private") -> str:
        """Make the repository with a `README.md` on `main`; its URL."""
        known = self._repo(resource)
        if not known or known.visibility != visibility:
            self.hub.add_repo(resource, visibility)
        folder = self.folder(resource)
        git("init", "--quiet", "--bare", "--initial-branch=main", str(folder))
        for setting in (
            "http.receivepack",
            "uploadpack.allowFilter",
            "uploadpack.allowAnySHA1InWant",
        ):
            git("config", setting, "true", cwd=folder)
        blob = git("hash-object", "-w", "--stdin", cwd=folder, data=f"# {resource}\n".encode())
        tree = git("mktree", cwd=folder, data=f"100644 blob {blob}\tREADME.md\n".encode())
        commit = git("commit-tree", "-m", "begin", tree, cwd=folder)
        git("update-ref", "refs/heads/main", commit, cwd=folder)
        return self.url(resource)

    def url(self, resource: str) -> str:
        """Where git finds it."""
        return f"{self.hub.origin}/{resource}"

    def folder(self, resource: str) -> Path:
        """The bare repository itself."""
        return self.root / f"{resource}.git"

    def head(self, resource: str, branch: str = "main") -> str:
        """The commit that the branch is at."""
        return git("rev-parse", f"refs/heads/{branch}", cwd=self.folder(resource))

    def tokens(self, resource: str | None = None) -> list[str]:
        """The distinct tokens that were shown for a repository, in order."""
        shown = [s.token for s in self.seen if s.token and resource in (None, s.resource)]
        return list(dict.fromkeys(shown))

    def _repo(self, resource: str) -> Repo | None:
        try:
            parsed = resources.parse(resource)
        except ValueError:
            return None
        return self.hub.repo(parsed.kind, f"{parsed.namespace}/{parsed.name}")

    def _refs(self, request: Request, resource: str) -> Response:
        service = request.query.partition("service=")[2].partition("&")[0]
        writes = service == "git-receive-pack"
        return self._guarded(request, resource, service, writes, partial(self._backend, request))

    def _service(self, request: Request, resource: str, service: str) -> Response:
        writes = service == "git-receive-pack"
        return self._guarded(request, resource, service, writes, partial(self._backend, request))

    def _guarded(
        self,
        request: Request,
        resource: str,
        service: str,
        writes: bool,
        perform: Callable[[str], Response],
    ) -> Response:
        """Let `perform` answer if the request's token may do this to this repository."""
        scheme, user, password = credentials(request)
        token, repo = self.hub.token(password), self._repo(resource)
        response = self._refusal(repo, token, password, writes) or perform(resource)
        self.seen.append(Seen(resource, service, scheme, user, password, response.status))
        return response

    def _refusal(
        self, repo: Repo | None, token: HubToken | None, password: str, writes: bool
    ) -> Response | None:
        public = repo is not None and repo.visibility == "public" and not writes
        if public and not password:
            return None
        if not token:
            headers = tuple(("WWW-Authenticate", value) for value in self.challenges)
            return Response(401, b"Invalid username or password.", (*headers, _TEXT))
        if not repo or not self.folder(str(repo.resource)).exists():
            return Response(404, b"Repository not found", (_TEXT,))
        if public or (may_write(token, repo) if writes else may_read(token, repo)):
            return None
        return Response(403, b"You are not authorized to access this repository.", (_TEXT,))

    def _backend(self, request: Request, resource: str) -> Response:
        return http_backend(request, self.root, resource)

    def _batch(self, request: Request, resource: str) -> Response:
        body = request.json()
        assert isinstance(body, dict)
        self.batches += 1
        self.pause(self.batches)
        answer = partial(self.lfs.batch, body, request.header("Authorization") or "")
        return self._guarded(request, resource, "lfs-batch", body["operation"] == "upload", answer)

    def _verify(self, request: Request, resource: str) -> Response:
        body = request.json()
        assert isinstance(body, dict)
        answer = self.lfs.verify(body)
        return self._guarded(request, resource, "lfs-verify", True, lambda _: answer)

    def _locks(self, request: Request, resource: str) -> Response:
        answer = lfs(404, {"message": "Not Found"})
        return self._guarded(request, resource, "lfs-locks", True, lambda _: answer)


_TEXT = ("Content-Type", "text/plain; charset=utf-8")


def credentials(request: Request) -> tuple[str, str, str]:
    """Scheme, user name and password (or token) of a request; empty where there are none."""
    scheme, _, value = (request.header("Authorization") or "").partition(" ")
    if scheme.lower() == "bearer":
        return "bearer", "", value
    if scheme.lower() != "basic":
        return "", "", ""
    try:
        user, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (Error, UnicodeDecodeError):
        return "basic", "", ""
    return "basic", user, password
