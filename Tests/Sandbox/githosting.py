"""Git repositories on the stand-in Hub: real `git http-backend`, and Git LFS beside it.

A token opens the repository that it was given for and no other, as the password of any user name
(https://huggingface.co/docs/hub/security-git-https) or as a bearer token. The objects of LFS go to
addresses that are signed and need no token, as on the Hub.

https://git-scm.com/docs/git-http-backend · https://git-scm.com/docs/http-protocol ·
https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from binascii import Error
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from . import resources
from .gitprogram import git, http_backend
from .hub import Hub
from .hubstate import HubToken, Repo, Visibility
from .wire import Request, Response, json_response

REPOSITORY = r"/((?:datasets/|spaces/|kernels/)?[^/]+/[^/]+?)(?:\.git)?"
LFS_TYPE = "application/vnd.git-lfs+json"


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
    objects: dict[str, bytes] = field(default_factory=dict)
    batches: int = 0
    _key: bytes = field(default_factory=lambda: os.urandom(16))

    def __post_init__(self) -> None:
        service = "(git-upload-pack|git-receive-pack)"
        lfs = f"{REPOSITORY}/info/lfs"
        self.hub.route("GET", f"{REPOSITORY}/info/refs", self._refs)
        self.hub.route("POST", f"{REPOSITORY}/{service}", self._service)
        self.hub.route("POST", f"{lfs}/objects/batch", self._batch)
        self.hub.route("POST", f"{lfs}/objects/verify", self._verify)
        self.hub.route("POST", f"{lfs}/locks/verify", self._locks)
        self.hub.route("PUT", "/lfs-storage/([0-9a-f]{64})", self._put)
        self.hub.route("GET", "/lfs-storage/([0-9a-f]{64})", self._get)

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
        if public or (token.resource == repo.resource and (token.power == "write" or not writes)):
            return None
        return Response(403, b"You are not authorized to access this repository.", (_TEXT,))

    def _backend(self, request: Request, resource: str) -> Response:
        return http_backend(request, self.root, resource)

    def _batch(self, request: Request, resource: str) -> Response:
        body = request.json()
        assert isinstance(body, dict)
        writes = body["operation"] == "upload"
        self.batches += 1
        self.pause(self.batches)
        shown = request.header("Authorization") or ""
        answer = partial(self._batch_answer, body, writes, shown)
        return self._guarded(request, resource, "lfs-batch", writes, answer)

    def _batch_answer(
        self, body: Mapping[str, object], writes: bool, shown: str, resource: str
    ) -> Response:
        wanted = body["objects"]
        assert isinstance(wanted, list)
        objects = [self._actions(item, writes, shown, resource) for item in wanted]
        return _lfs(200, {"transfer": "basic", "objects": objects})

    def _actions(
        self, item: Mapping[str, object], writes: bool, shown: str, resource: str
    ) -> dict[str, object]:
        oid, size = str(item["oid"]), item["size"]
        answer: dict[str, object] = {"oid": oid, "size": size, "authenticated": True}
        if writes and oid in self.objects:
            return answer
        if not writes and oid not in self.objects:
            return answer | {"error": {"code": 404, "message": "Object does not exist"}}
        storage = {"href": f"{self.hub.origin}/lfs-storage/{oid}?signature={self._sign(oid)}"}
        if not writes:
            return answer | {"actions": {"download": storage}}
        # Git-lfs asks no helper for this one: it sends the headers that it is told to send.
        verify = {
            "href": f"{self.url(resource)}.git/info/lfs/objects/verify",
            "header": {"Authorization": shown},
        }
        return answer | {"actions": {"upload": storage, "verify": verify}}

    def _verify(self, request: Request, resource: str) -> Response:
        body = request.json()
        assert isinstance(body, dict)
        data = self.objects.get(str(body["oid"]))
        known = data is not None and len(data) == body["size"]
        answer = _lfs(200 if known else 404, {} if known else {"message": "not there"})
        return self._guarded(request, resource, "lfs-verify", True, lambda _: answer)

    def _locks(self, request: Request, resource: str) -> Response:
        answer = _lfs(404, {"message": "Not Found"})
        return self._guarded(request, resource, "lfs-locks", True, lambda _: answer)

    def _sign(self, oid: str) -> str:
        return hmac.new(self._key, oid.encode(), hashlib.sha256).hexdigest()

    def _may_store(self, request: Request, oid: str) -> bool:
        signed = hmac.compare_digest(request.query, f"signature={self._sign(oid)}")
        return signed and request.header("Authorization") is None

    def _put(self, request: Request, oid: str) -> Response:
        if not self._may_store(request, oid):
            return Response(403)
        if hashlib.sha256(request.body).hexdigest() != oid:
            return Response(400)
        self.objects[oid] = request.body
        return Response(200)

    def _get(self, request: Request, oid: str) -> Response:
        if not self._may_store(request, oid) or oid not in self.objects:
            return Response(403)
        return Response(200, self.objects[oid], (("Content-Type", "application/octet-stream"),))


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


def _lfs(status: int, value: object) -> Response:
    answer = json_response(status, value)
    return Response(status, answer.body, (("Content-Type", LFS_TYPE),))
