"""The real git, run for the sandbox itself and as a server.

https://git-scm.com/docs/git-http-backend
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from .wire import Request, Response

TIMEOUT = 60
IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@acme.example",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@acme.example",
}


def git(*arguments: str, cwd: Path | None = None, data: bytes = b"") -> str:
    """Run git for the sandbox itself, apart from anyone's configuration; what it prints."""
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        **IDENTITY,
    }
    done = subprocess.run(
        ["git", *arguments],
        env=environment,
        cwd=cwd,
        input=data,
        capture_output=True,
        timeout=TIMEOUT,
        check=True,
    )
    return done.stdout.decode().strip()


def http_backend(request: Request, root: Path, resource: str) -> Response:
    """What git's own server answers to a request for one of the repositories below `root`."""
    path = request.path.partition(resource)[2].removeprefix(".git")
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "GIT_PROJECT_ROOT": str(root),
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "REQUEST_METHOD": request.method,
        "QUERY_STRING": request.query,
        "PATH_INFO": f"/{resource}.git{path}",
        "CONTENT_TYPE": request.header("Content-Type") or "",
        "CONTENT_LENGTH": str(len(request.body)),
        "REMOTE_USER": "hf_user",
        "REMOTE_ADDR": "127.0.0.1",
    }
    for name in ("Content-Encoding", "Git-Protocol"):
        if value := request.header(name):
            key = name.upper().replace("-", "_")
            environment[f"HTTP_{key}"] = value
            environment[key] = value
    done = subprocess.run(
        ["git", "http-backend"],
        env=environment,
        input=request.body,
        capture_output=True,
        timeout=TIMEOUT,
        check=True,
    )
    return _cgi(done.stdout)


def _cgi(output: bytes) -> Response:
    """What a CGI program printed, as an answer. https://www.rfc-editor.org/rfc/rfc3875#section-6"""
    head, _, body = output.partition(b"\r\n\r\n")
    status, headers = 200, []
    for line in head.decode("latin-1").split("\r\n"):
        name, _, value = line.partition(": ")
        if name.lower() == "status":
            status = int(value.split(" ")[0])
        else:
            headers.append((name, value))
    return Response(status, body, tuple(headers))
