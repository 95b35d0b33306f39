"""A real nginx as a front door that leaks on purpose, with a decider and a Hub of Python.

The decider speaks HTTP, not FastCGI: what is tested is what the web server does with its answers.
https://nginx.org/en/docs/http/ngx_http_auth_request_module.html
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from tls import NGINX, Behind

READ = "/api/models/acme/model"
OPEN = "/api/models/acme/open"
LENGTH = "Content-Length"

CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    map $http_x_hfmint_authorization $believed {{
        "" $authorization;
        default $http_x_hfmint_authorization;
    }}
    map $code $shown {{ "" $authorization; }}
    server {{
        listen 127.0.0.1:{port};
        {server}
        location / {{
            {guard}
            proxy_pass {hub};
            proxy_set_header Authorization {sent};
            {location}
        }}
        location = /decide {{
            internal;
            proxy_pass {decider};
            proxy_pass_request_body off;
            proxy_set_header Content-Length "";
            proxy_set_header X-Target $request_uri;
            proxy_set_header X-Method {method};
        }}
    }}
}}
"""
GUARD = """
            auth_request /decide;
            auth_request_set $authorization $upstream_http_x_hfmint_authorization;
            auth_request_set $code $upstream_http_x_error_code;
            add_header X-Error-Code $code always;
"""

Decide = Callable[[str, str, str | None], int]


class Serving:
    """A server on loopback that answers every method by one function."""

    def __init__(self, answer: Callable[[BaseHTTPRequestHandler], None]) -> None:
        class Handler(BaseHTTPRequestHandler):
            def __getattr__(self, name: str) -> Any:
                if name.startswith("do_"):
                    return self.answer
                raise AttributeError(name)

            def answer(self) -> None:
                self.rfile.read(int(self.headers.get(LENGTH) or 0))
                answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def reply(handler: BaseHTTPRequestHandler, status: int, **headers: str) -> None:
    """Answer with these headers, whose underscores are hyphens, and a short body."""
    body = b"{}"
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header(LENGTH, str(len(body)))
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(body)


def hub(token: str) -> Serving:
    """The Hub: `acme/model` for its token, `acme/open` for all who show none that is wrong."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        shown = handler.headers.get("Authorization")
        known = {"X_Powered_By": "huggingface-moon"}
        missing = {**known, "X_Error_Code": "RepoNotFound"}
        if shown not in (None, f"Bearer {token}"):
            reply(handler, 401, **known)
        elif handler.path == OPEN or (handler.path == READ and shown):
            reply(handler, 200, **known, X_Repo_Commit="0" * 40)
        else:
            reply(handler, 404 if shown else 401, **missing)

    return Serving(answer)


def strict(ticket: str) -> Decide:
    """Allow these bytes alone."""

    def decide(method: str, target: str, shown: str | None) -> int:
        if method != "GET" or target not in (READ, OPEN):
            return 401 if shown is None else 403
        if target == OPEN:
            return 200
        return 200 if shown == f"Bearer {ticket}" else 401

    return decide


def lax(ticket: str) -> Decide:
    """Allow whatever begins as the right path does."""
    exact = strict(ticket)

    def decide(method: str, target: str, shown: str | None) -> int:
        return exact(method, READ if target.startswith(READ) else target, shown)

    return decide


def decider(decide: Decide, token: str) -> Serving:
    """What `hfmint serve run` is to nginx."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        target = handler.headers.get("X-Target", "")
        shown = handler.headers.get("Authorization")
        status = decide(handler.headers.get("X-Method", ""), target, shown)
        if status != 200:
            code = "identity-needed" if status == 401 else "not-granted"
            reply(handler, status, X_Error_Code=code)
        elif target == OPEN:
            reply(handler, status)
        else:
            reply(handler, status, X_Hfmint_Authorization=f"Bearer {token}")

    return Serving(answer)


class Nginx(Behind):
    """The front door: it holds with a strict decider, unless it is told otherwise."""

    def __init__(
        self,
        folder: Path,
        hub: str,
        decider: str,
        *,
        server: str = "",
        location: str = "",
        guard: str = GUARD,
        sent: str = "$authorization",
        method: str = "$request_method",
        path: str = "",
    ) -> None:
        assert NGINX, "nginx is not installed"
        super().__init__(folder, host="127.0.0.1")
        (folder / "nginx.conf").write_text(
            CONFIGURATION.format(
                folder=folder,
                port=self.port,
                hub=f"{hub}{path}",
                decider=decider,
                server=server.replace("HUB", hub),
                location=location,
                guard=guard,
                sent=sent,
                method=method,
            )
        )

    @property
    def origin(self) -> str:
        """Without TLS, on this machine."""
        return f"http://127.0.0.1:{self.port}"

    def command(self, number: int) -> tuple[list[str], dict[str, str]]:
        """It inherits the socket by a variable."""
        files = ["-e", str(self.folder / "error.log"), "-c", str(self.folder / "nginx.conf")]
        return [str(NGINX), *files], {"NGINX": f"{number};"}
