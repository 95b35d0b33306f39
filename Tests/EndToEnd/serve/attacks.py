"""Requests that must not pass, by number and words, and what became of one.

A target is what a client would send, and what FastCGI would be told, byte for byte. Whoever sends
one has a ticket for everything that acme has: a reader that takes it for a request of another
repository, or that is led out of acme's, would let it through.
"""

from __future__ import annotations

import contextlib
import socket
from dataclasses import dataclass, field

from fastcgiclient import Closed, FastCGIClient, decide
from wall import Wall

COMMIT = "0123456789abcdef0123456789abcdef01234567"
# By hfmint or by the web server: both say no, and the second may do so before the first is asked.
REFUSED = (400, 401, 403)
REFUSED_BY_SERVER = (404, 405, 408, 411, 413, 414, 421, 431, 501, 505)
SECONDS = 10


@dataclass(frozen=True)
class Attack:
    """A request; `headers` are whole lines."""

    number: int
    words: str
    target: str | bytes
    method: str = "GET"
    headers: tuple[str, ...] = ()
    body: bytes = b""

    @property
    def name(self) -> str:
        """For the test's own name."""
        shown = self.target if isinstance(self.target, str) else self.target.decode("latin-1")
        shown = shown if len(shown) < 64 else f"{shown[:61]}..."
        return f"{self.number} {self.words}: {self.method} {ascii(shown)[1:-1]}"


def _targets(number: int, words: str, *targets: str | bytes, method: str = "GET") -> list[Attack]:
    return [Attack(number, words, target, method) for target in targets]


SECRET = "/other/secret/resolve/main/config.json"
PATHS = [
    *_targets(1, "%2f in the name", "/api/models/acme%2Fmodel", "/acme%2fmodel/resolve/main/x"),
    *_targets(1, "%2f in the name", "/acme/model%2F..%2F..%2Fother%2Fsecret/resolve/main/x"),
    *_targets(2, "%252f", "/api/models/acme%252Fmodel", "/acme/model/resolve/main/a%252e%252e/x"),
    *_targets(3, "//", "//api/models/other/secret", "/api//models/acme/model", f"/{SECRET}"),
    *_targets(3, "//", "/acme/model/resolve/main//config.json", "/api/models/acme/model/"),
    *_targets(4, "dot segments", f"/acme/model/../..{SECRET}", "/./api/models/acme/model"),
    *_targets(4, "dot segments", "/acme/./model/resolve/main/config.json", "/acme/model/.."),
    *_targets(5, "encoded dots", f"/acme/model/%2e%2e/%2e%2e{SECRET}", "/acme/%2E/model/raw/a/b"),
    *_targets(5, "encoded dots", f"/acme/model/.%2e/%2E.{SECRET}"),
    *_targets(6, "backslash", f"/acme/model/..\\..{SECRET}", "/api/models/acme\\model"),
    *_targets(6, "backslash", f"/acme/model/..%5C..{SECRET}", "/acme%5cmodel/resolve/main/x"),
    *_targets(7, "parameter", f"/acme/model/..;/..;{SECRET}", "/api/models/acme/model;x=1"),
    *_targets(8, "%00", "/api/models/acme/model%00", f"/acme/model/resolve/main/%00{SECRET}"),
    *_targets(9, "%0d%0a", "/acme/model/resolve/main/x%0d%0aX-Evil:%201", "/api/models/a%0Ab/c"),
    *_targets(10, "UTF-8", b"/api/models/acme/mod\xc3\xa9l", b"/acme/model/\xc0\xae\xc0\xae/x"),
    *_targets(10, "UTF-8", "/acme/model/%C0%AE%C0%AE/x", "/acme/model/resolve/main/%FF"),
    *_targets(11, "absolute", f"http://127.0.0.1{SECRET}", f"http://huggingface.co{SECRET}"),
    *_targets(11, "absolute", f"https://acme@127.0.0.1{SECRET}", "*", f"acme{SECRET}"),
    *_targets(12, "broken encoding", "/acme/model/resolve/main/%zz", "/api/models/acme/model%"),
    *_targets(12, "broken encoding", "/acme/model/resolve/main/%2"),
    *_targets(
        13,
        "service",
        "/acme/model/info/refs?service=git-upload-pack&service=git-receive-pack",
        "/acme/model/info/refs?service=Git-receive-pack",
        "/acme/model/info/refs?service=git%2Dreceive-pack",
        "/acme/model/info/refs",
    ),
    *_targets(14, "ending", "/acme/model.git.git/info/refs?service=git-upload-pack"),
    *_targets(14, "ending", "/acme/model./resolve/main/x", "/api/models/acme/model.git"),
    *_targets(15, "case", "/API/models/acme/model", "/acme/model/Resolve/main/config.json"),
    *_targets(15, "case", "/api/Models/acme/model", "/ACME/model/resolve/main/config.json"),
    *_targets(16, "cache of another", f"/api/resolve-cache/models/other/secret/{COMMIT}/x"),
    *_targets(16, "cache of another", f"/api/resolve-cache/models/acme/../other/{COMMIT}/x"),
    *_targets(19, "method", "/api/models/acme/model", method="get"),
    *_targets(19, "method", "/api/models/acme/model", method="PROPFIND"),
    *_targets(19, "method", "/api/models/acme/model", method="TRACE"),
    *_targets(19, "method", "/api/models/acme/model", method="DELETEX"),
    *_targets(54, "secrets", "/api/models/acme/model/jwt", "/api/spaces/acme/app/jwt?write=true"),
    *_targets(54, "secrets", "/api/settings/webhooks", "/api/settings/webhooks/1"),
    *_targets(55, "in the body", "/api/repos/move", "/api/repos/create", method="POST"),
    *_targets(55, "in the body", "/api/repos/delete", method="DELETE"),
    *_targets(0, "nobody's", SECRET, "/api/models/other/secret", "/api/whoami-v2", "/", "/acme"),
]
# By somebody who may read and no more.
WRITES = [
    Attack(52, "commit that deletes", "/api/models/acme/model/commit/main", "POST"),
    Attack(54, "xet to write", "/api/models/acme/model/xet-write-token/main"),
    Attack(54, "auth check", "/api/models/acme/model/auth-check/write"),
    Attack(13, "push", "/acme/model/info/refs?service=git-receive-pack"),
    Attack(13, "push", "/acme/model.git/git-receive-pack", "POST"),
]

READ = "/api/models/acme/model"
SMUGGLED = b"0\r\n\r\nGET /acme/smuggled/resolve/main/x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
# These may pass, if upstream sees neither the header nor what it asks for.
HEADERS = [
    Attack(18, "override", READ, headers=("X-HTTP-Method-Override: DELETE",)),
    Attack(18, "override", READ, headers=("X-HTTP-Method: PUT", "X-Method-Override: PUT")),
    Attack(20, "another target", SECRET, headers=(f"X-Forwarded-Uri: {READ}",)),
    Attack(20, "another target", SECRET, headers=(f"X_Forwarded_Uri: {READ}",)),
    Attack(20, "another target", SECRET, headers=(f"Hfmint_Uri: {READ}", f"Hfmint-Uri: {READ}")),
    Attack(20, "another target", SECRET, headers=(f"X-Original-URL: {READ}", "X-Rewrite-URL: /")),
    Attack(20, "another route", SECRET, headers=("Hfmint_Route: health", "HFMINT_ROUTE: health")),
    Attack(20, "a credential", SECRET, headers=("X-Hfmint-Authorization: Bearer hf_evil",)),
    Attack(20, "a credential", READ, headers=("X-Hfmint-Authorization: Bearer hf_evil",)),
    Attack(20, "a credential", READ, headers=("X_Hfmint_Authorization: Bearer hf_evil",)),
    Attack(21, "two credentials", READ, headers=("Authorization: Bearer hf_evil",)),
    Attack(21, "two credentials", READ, headers=("Authorization: Basic eDpoZl9ldmls",)),
    Attack(22, "hop by hop", READ, headers=("Connection: Authorization, X-Hfmint-Authorization",)),
    Attack(22, "hop by hop", SECRET, headers=("Connection: close, Authorization",)),
    Attack(23, "who pays", READ, headers=("X-HF-Bill-To: other", "Cookie: token=x")),
    Attack(24, "60 KiB", READ, headers=(f"X-Long: {'x' * 61_440}",)),
    Attack(
        25,
        "two lengths",
        f"{READ}/paths-info/main",
        "POST",
        (f"Content-Length: {len(SMUGGLED)}", "Transfer-Encoding: chunked"),
        SMUGGLED,
    ),
    Attack(
        25,
        "two lengths",
        f"{READ}/paths-info/main",
        "POST",
        ("Content-Length: 0", f"Content-Length: {len(SMUGGLED)}"),
        SMUGGLED,
    ),
    Attack(
        25,
        "an odd coding",
        f"{READ}/paths-info/main",
        "POST",
        ("Transfer-Encoding: xchunked", "Content-Length: 5"),
        SMUGGLED,
    ),
]
UNSEEN = (
    *("hf_evil", "x-hf-bill-to", "cookie", "x-http-method", "x-method-override", "smuggled"),
    *("x-forwarded-uri", "hfmint", "x-original-url", "x-rewrite-url", "other/secret"),
)


@dataclass
class Outcome:
    """The status of the first answer, or None for a connection that was closed without one."""

    status: int | None
    raw: bytes = field(repr=False)

    @property
    def is_refused(self) -> bool:
        """Whether the answer is a no."""
        return self.status in (None, *REFUSED, *REFUSED_BY_SERVER)


def attempt(wall: Wall, attack: Attack, ticket: str | None) -> Outcome:
    """Send it through the web server, or to the socket if there is none, and keep what came."""
    found = through_server(wall, attack, ticket) if wall.server else at_socket(wall, attack, ticket)
    wall.seen_by_clients += found.raw if wall.server else b""
    return found


def through_server(wall: Wall, attack: Attack, ticket: str | None) -> Outcome:
    """Send the very bytes, and read until the server closes."""
    lines = [f"Host: 127.0.0.1:{wall.port}", *attack.headers]
    lines += [f"Authorization: Bearer {ticket}"] if ticket else []
    lines += [] if any(line.startswith("Connection:") for line in lines) else ["Connection: close"]
    # A POST without a length is refused by some before anybody is asked, which proves nothing.
    has_body = bool(attack.body) or attack.method == "POST"
    if has_body and not any("Length" in line or "Encoding" in line for line in lines):
        lines.append(f"Content-Length: {len(attack.body)}")
    target = attack.target.encode() if isinstance(attack.target, str) else attack.target
    head = attack.method.encode() + b" " + target + b" HTTP/1.1\r\n"
    data = head + "\r\n".join([*lines, "", ""]).encode("latin-1") + attack.body
    return Outcome(*exchange(wall.port, data))


def exchange(port: int, data: bytes) -> tuple[int | None, bytes]:
    """Send bytes on a connection of their own; the first status, and all that came back."""
    raw = b""
    with socket.create_connection(("127.0.0.1", port), SECONDS) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(data)
        with contextlib.suppress(ConnectionError, TimeoutError):
            while piece := connection.recv(65_536):
                raw += piece
                if _is_whole(raw):
                    break
    return (int(raw[9:12]) if raw.startswith(b"HTTP/1.") else None), raw


def _is_whole(raw: bytes) -> bool:
    """Whether an answer of known length is there, after which a server may keep the connection."""
    head, found, body = raw.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return bool(found) and len(body) >= int(line.partition(b":")[2])
    return head.lower().find(b"transfer-encoding: chunked") > 0 and raw.endswith(b"\r\n0\r\n\r\n")


def at_socket(wall: Wall, attack: Attack, ticket: str | None) -> Outcome:
    """Ask for a decision, as a web server would that forwards the target as it is."""
    with FastCGIClient(wall.socket) as client:
        try:
            answer = client.ask(decide(attack.target, ticket, method=attack.method))
        except Closed:
            return Outcome(None, b"")
    assert answer.token is None or answer.status == 200
    return Outcome(answer.status, answer.raw)
