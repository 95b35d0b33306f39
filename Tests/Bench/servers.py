"""Programs that run beside each other on loopback, and nginx among them."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from loads import HOST, TARGET, Failed

from Sandbox import waiting

BODY = "x" * 1024


@contextlib.contextmanager
def running(words: list[str | Path], log: Path, is_there: Callable[[], bool]) -> Iterator[int]:
    """A program that runs as long as the `with` does, and has begun when `is_there` says so."""
    with log.open("ab") as output, subprocess.Popen(words, stdout=output, stderr=output) as process:
        try:
            wait_for(is_there, f"{words[0]} does not begin", log, process)
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_for(
    is_true: Callable[[], bool],
    what: str,
    log: Path,
    process: subprocess.Popen[bytes] | None = None,
) -> None:
    """Look often, for ten seconds."""
    try:
        waiting.wait_for(what, is_true, 10, process)
    except AssertionError as failure:
        raise Failed(f"{failure}:\n{log.read_text(errors='replace')[-2000:]}") from None


def free_port() -> int:
    """A port at which nobody listens now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def listens(place: int | Path) -> bool:
    """Whether somebody accepts a connection there."""
    family = socket.AF_INET if isinstance(place, int) else socket.AF_UNIX
    with socket.socket(family) as asker, contextlib.suppress(OSError):
        asker.connect(("127.0.0.1", place) if isinstance(place, int) else str(place))
        return True
    return False


@contextlib.contextmanager
def nginx(text: str, folder: Path, port: int) -> Iterator[None]:
    """Run it with a whole configuration, in the foreground; as root, its workers are root's too."""
    folder.mkdir()
    path = folder / "nginx.conf"
    path.write_text(text)
    more = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
    words: list[str | Path] = ["nginx", "-e", "stderr", "-p", folder, "-c", path, "-g", more]
    with running(words, folder / "log", lambda: listens(port)):
        yield


def upstream(port: int, token: str, hub: str) -> str:
    """What stands behind: 1 KiB at once, for whoever brings the credential that is injected.

    Its token endpoint is that of the stand-in Hub.
    """
    return f"""
pid nginx.pid; error_log stderr; worker_processes auto;
events {{}}
http {{
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    keepalive_requests 100000000;
    map $http_authorization $is_right {{ "Bearer {token}" 1; default 0; }}
    server {{
        listen 127.0.0.1:{port};
        location = /oauth/token {{ proxy_pass {hub}; }}
        location / {{ if ($is_right = 0) {{ return 403; }} return 200 "{BODY}"; }}
    }}
}}
"""


def ask(
    port: int, method: str, target: str, headers: dict[str, str], body: str | None = None
) -> tuple[int, bytes]:
    """One request to the front door."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    with contextlib.closing(connection):
        connection.request(method, target, body, headers | {"Host": HOST})
        answer = connection.getresponse()
        return answer.status, answer.read()


def check(name: str, port: int, token: str, *, denies: bool = True) -> None:
    """What is measured must work: the Hub's credential takes the place of the client's."""
    found = ask(port, "GET", TARGET, {"Authorization": f"Bearer {token}"})
    if found != (200, BODY.encode()):
        raise Failed(f"{name} answers {found[0]} to whom it should let pass")
    status, _ = ask(port, "GET", TARGET, {"Authorization": "Bearer nothing.good.here"})
    if denies and status not in (401, 403):
        raise Failed(f"{name} answers {status} to a credential that is none")
