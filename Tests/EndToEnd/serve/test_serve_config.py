"""What every web server does with the configuration that `serve config` prints for it.

The decision and the Hub are stubs, so that each byte between the client, hfmint and the Hub is
seen. What only one server does is in a test of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from frontdoors import SERVERS, FrontDoorServer
from Sandbox.fastcgiresponder import AUTHORIZER, Answer
from Sandbox.recordingupstream import Reply
from stubbedwall import StubbedWall
from tls import Authority

FILE = "/acme/model/resolve/main/config.json"
REFUSALS = (400, 401, 403, 404, 405, 0)


@pytest.fixture(params=SERVERS, ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> type[FrontDoorServer]:
    """Each web server."""
    found: type[FrontDoorServer] = request.param
    return found


@pytest.fixture
def wall(kind: type[FrontDoorServer], tmp_path: Path) -> Iterator[StubbedWall]:
    """One running server with its two stubs."""
    with StubbedWall(kind, tmp_path / "wall") as wall:
        yield wall


def test_what_is_allowed_goes_to_the_hub_with_its_credential(wall: StubbedWall) -> None:
    """And the client gets what the Hub answers, which nothing of hfmint's is in."""
    wall.upstream.reply = lambda _: Reply(200, [("ETag", '"1"'), ("X-Repo-Commit", "abc")])
    got = wall.ask(FILE, headers=["User-Agent: hf/1", "Accept-Encoding: identity"])
    assert (got.status, got.body, got["ETag"], got["X-Repo-Commit"]) == (
        (200, b"from upstream", '"1"', "abc")
    )
    assert not [name for name in got.headers if name.lower().startswith("x-hfmint")]
    (sent,) = wall.upstream.received
    assert (sent.method, sent.target) == ("GET", FILE.encode())
    assert sent.header("Authorization") == f"Bearer {wall.hub_token}"
    assert sent.header("Host") == wall.upstream.origin.removeprefix("http://")
    assert (sent.header("User-Agent"), sent.header("Accept-Encoding")) == ("hf/1", "identity")
    (asked,) = wall.decisions
    assert {name: value for name, value in asked.pairs if name.startswith("HFMINT_")} == {
        "HFMINT_ROUTE": "decide",
        "HFMINT_URI": FILE,
        "HFMINT_METHOD": "GET",
        "HFMINT_HOST": "127.0.0.1",
        "HFMINT_REQUEST_ID": asked["HFMINT_REQUEST_ID"],
        "HFMINT_PEER": "127.0.0.1",
    }
    assert len(asked["HFMINT_REQUEST_ID"]) >= 16
    assert asked.get("CONTENT_LENGTH") in ("", "0")


def test_what_anybody_may_read_goes_to_the_hub_without_a_credential(wall: StubbedWall) -> None:
    """Not with an empty one either."""
    assert wall.ask("/acme/open/resolve/main/x", ticket=False).status == 200
    (sent,) = wall.upstream.received
    assert sent.all("Authorization") == []


def test_what_is_refused_is_told_to_the_client_and_to_nobody_else(wall: StubbedWall) -> None:
    """With the challenge that makes git ask its helper."""
    unknown = wall.ask(FILE, ticket=False)
    assert (unknown.status, unknown["X-Error-Code"]) == (401, "identity-needed")
    assert unknown["WWW-Authenticate"] == 'Basic realm="hfmint"'
    known = wall.ask(FILE, headers=["Authorization: Bearer other"], ticket=False)
    assert (known.status, known["X-Error-Code"]) == (403, "not-granted")
    for got in (unknown, known):
        assert got["X-Error-Message"] == "the request is refused: 1"
        assert got.headers.get_all("Status") is None
    assert known["X-Request-Id"] == wall.decisions[1]["HFMINT_REQUEST_ID"]
    assert wall.upstream.received == []


@pytest.mark.parametrize("status", [204, 302, 400, 404, 429, 500, 503])
def test_only_200_lets_a_request_pass(wall: StubbedWall, status: int) -> None:
    """Whatever else is answered, nothing reaches the Hub, and the client gets no credential."""
    yes = [("X-Hfmint-Authorization", f"Bearer {wall.hub_token}")]
    location = [("Location", "/acme/open")] if status == 302 else []
    wall.responder.answer = lambda _: Answer(status, [*yes, *location])
    got = wall.ask(FILE)
    assert wall.upstream.received == [] or (status == 204 and wall.server.takes_any_2xx)
    assert wall.hub_token not in str(got.headers.items())


def test_without_hfmint_nothing_passes(wall: StubbedWall) -> None:
    """And as soon as it is back, all does."""
    wall.responder.stop()
    got = wall.ask(FILE)
    assert got.status in (500, 502, 503), got
    anonymous = wall.ask("/acme/open/resolve/main/x", ticket=False)
    assert anonymous.status in (500, 502, 503)
    token = wall.ask(
        "/oauth/token", "POST", ["Content-Type: application/json"], b"{}", ticket=False
    )
    assert token.status in (500, 502, 503)
    assert wall.upstream.received == []
    wall.responder.start()
    assert wall.ask(FILE).status == 200


def test_hfmint_that_breaks_off_lets_nothing_pass(wall: StubbedWall) -> None:
    """In the middle of an answer, and with one that is none."""
    for answer in (ValueError("breaks off"), Answer(200, [("X\r\n\r\nX", "1")])):

        def broken(_: object, answer: Answer | ValueError = answer) -> Answer:
            if isinstance(answer, ValueError):
                raise ConnectionError
            return answer

        wall.responder.answer = broken
        got = wall.ask(FILE)
        if isinstance(answer, ValueError):
            assert got.status in (500, 502, 503)
            assert wall.upstream.received == []


def test_without_the_hub_the_client_is_told(wall: StubbedWall) -> None:
    """By a status of the server's own, and without the credential."""
    wall.upstream.stop()
    got = wall.ask(FILE)
    assert got.status in (502, 503, 504)
    assert wall.hub_token not in str(got.headers.items()) + got.body.decode()


def test_a_hub_that_cannot_prove_its_name_is_sent_nothing(
    kind: type[FrontDoorServer], tmp_path: Path
) -> None:
    """Of the right authority and another name, of another authority; with both right it is."""
    ours, others = Authority(tmp_path / "ours"), Authority(tmp_path / "others")
    for number, (certificate, passes) in enumerate(
        [
            (ours.issue("localhost"), True),
            (ours.issue("hub.test.example"), False),
            (others.issue("localhost"), False),
        ]
    ):
        with StubbedWall(kind, tmp_path / f"wall-{number}", (certificate, ours)) as wall:
            got = wall.ask(FILE)
            assert (got.status == 200, len(wall.upstream.received)) == (passes, int(passes))
            assert got.status in (200, 500, 502, 503)


def test_each_name_has_its_own_host(wall: StubbedWall) -> None:
    """By the client's Host; a name that the manifest does not have is refused unasked."""
    assert (
        wall.ask("/v1/chat/completions", "POST", (), b"{}", host="router.test.example").status
        == 200
    )
    assert wall.decisions[0]["HFMINT_HOST"] == "router.test.example"
    assert wall.ask("/x", host="127.0.0.1").status == 200
    for host in ("huggingface.co", "router.test.example.evil.example", "x", "127.0.0.2"):
        assert wall.ask(FILE, host=host).status in REFUSALS
    assert len(wall.responder.asked) == 2
    elsewhere = wall.ask("/oauth/token", "POST", (), b"x", host="router.test.example")
    assert elsewhere.status == 200
    assert wall.responder.asked[-1]["HFMINT_ROUTE"] == "decide"


def test_the_broker_gets_its_body(wall: StubbedWall) -> None:
    """Whole, at one path, by one method; a large one is refused."""
    form = b"grant_type=x&subject_token=" + b"y" * 5000
    headers = ["Content-Type: application/x-www-form-urlencoded"]
    got = wall.ask("/oauth/token", "POST", headers, form, ticket=False)
    assert (got.status, got.body) == (200, b"token " + form)
    (asked,) = wall.responder.asked
    assert asked["CONTENT_TYPE"] == "application/x-www-form-urlencoded"
    assert (asked["CONTENT_LENGTH"], asked["HFMINT_HOST"]) == (str(len(form)), "127.0.0.1")
    assert asked.role != AUTHORIZER
    assert wall.ask("/oauth/token", "POST", headers, b"y" * 70_000, ticket=False).status == 413
    wall.responder.answer = lambda _: Answer(403)
    assert wall.ask("/oauth/token", ticket=False).status in REFUSALS
    assert wall.upstream.received == []


def test_operators_ask_hfmint_itself(wall: StubbedWall) -> None:
    """Whether it lives, whether it is ready, and how much it does."""
    for path, route in (("/healthz", b"health"), ("/readyz", b"ready"), ("/metrics", b"metrics")):
        got = wall.ask(path, ticket=False)
        assert (got.status, got.body) == (200, route + b" ")
        assert wall.responder.asked[-1]["HFMINT_URI"] == path
    wall.responder.answer = lambda _: Answer(503, [("Content-Type", "text/plain")], b"policy\n")
    got = wall.ask("/readyz", ticket=False)
    assert (got.status, got.body) == (503, b"policy\n")


def test_a_large_credential_fits(wall: StubbedWall) -> None:
    """Of the client (a ticket with many claims), and of hfmint."""
    large = f"Bearer {wall.hub_token}{'z' * 3900}"
    told = [("X-Hfmint-Authorization", large), ("X-Hfmint-Actor", "a" * 4000)]
    wall.responder.answer = lambda _: Answer(200, [*told, ("X-Hfmint-Role", "r" * 4000)])
    assert (
        wall.ask(FILE, headers=[f"Authorization: Bearer {'t' * 7000}"], ticket=False).status == 200
    )
    assert wall.upstream.received[0].header("Authorization") == large
    assert wall.decisions[0]["HTTP_AUTHORIZATION"] == f"Bearer {'t' * 7000}"


def test_logs_name_the_request_and_hold_no_secret(wall: StubbedWall) -> None:
    """Neither the query; the credentials are searched for at the end of every test."""
    wall.ask(f"{FILE}?signature=quite-secret")
    wall.server.stop()
    logs = wall.server.logs
    assert FILE in logs
    assert wall.decisions[0]["HFMINT_REQUEST_ID"] in logs
    assert "quite-secret" not in logs
