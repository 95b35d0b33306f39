"""The stand-in Hub keeps to the documents. https://huggingface.co/docs/hub/trusted-publishers"""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime

import pytest

from client import EXCHANGE, ask, exchange, post
from Sandbox.githubjob import ISSUER
from Sandbox.keys import SigningKey
from Sandbox.world import World

HUB = "https://huggingface.co"


def good_token(world: World) -> str:
    """An ID token of the world's job."""
    return world.github.id_token(HUB)


def test_a_repository_publisher_gives_a_long_jwt(world: World) -> None:
    """The answer has the documented fields, and no others."""
    world.publish("datasets/acme/corpus")
    answer = exchange(world.hub.origin, good_token(world), "datasets/acme/corpus")
    token = str(answer.json.pop("access_token"))
    assert answer.status == 200
    assert {**answer.json, "access_token": ""} == {
        "access_token": "",
        "token_type": "bearer",
        "expires_in": 3600,
        "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
    }
    assert re.fullmatch(r"hf_jwt_[\w-]+\.[\w-]+\.SENTINEL[\w-]+", token)
    assert len(token) > 600
    assert token in world.secrets


def test_a_user_publisher_gives_an_opaque_token(world: World) -> None:
    """Short enough to be reported."""
    world.publish("acme-bot")
    token = str(exchange(world.hub.origin, good_token(world), "acme-bot").json["access_token"])
    assert re.fullmatch(r"hf_oauth_SENTINEL\w{72}", token)
    who = ask(world.hub.origin, "/api/whoami-v2", token=token)
    assert (who.status, who.json["name"]) == (200, "acme-bot")


@pytest.mark.parametrize(
    ("claims", "accepted"),
    [
        ({"repository": "acme/training"}, True),
        ({"repository": "acme/training", "branch": "main"}, True),
        ({"ref": "refs/heads/main", "workflow": "publish.yml"}, True),
        ({"workflow_ref": "acme/training/.github/workflows/publish.yml@refs/heads/main"}, True),
        ({"repository": "acme/Training"}, False),
        ({"repository": "acme/*"}, False),
        ({"repository": "acme/training", "branch": "refs/heads/main"}, False),
        ({"workflow": "Publish"}, False),
        ({"environment": ""}, False),
        ({"nbf": "0"}, False),
    ],
)
def test_claims_match_exactly(world: World, claims: dict[str, str], accepted: bool) -> None:
    """Byte by byte, as strings, and every one of them."""
    world.publish("acme/model", claims=claims)
    assert exchange(world.hub.origin, good_token(world)).status == (200 if accepted else 400)


def test_a_tag_is_no_branch(world: World) -> None:
    """A release job does not match `branch`."""
    world.publish("acme/model", claims={"branch": "main"})
    world.github.job.ref = "refs/tags/main"
    assert exchange(world.hub.origin, good_token(world)).status == 400


def test_a_refusal_never_says_why(world: World) -> None:
    """One text for every reason; the sandbox's own log knows."""
    world.publish("acme/model", claims={"repository": "acme/other"})
    forged = SigningKey.stranger("github-actions").sign(world.github.job.id_token_claims(HUB, 0))
    for resource, token in [
        ("acme/model", good_token(world)),
        ("acme/absent", good_token(world)),
        ("acme/model", world.github.id_token("https://elsewhere")),
        ("acme/model", forged),
        ("acme/model", world.gitlab.id_token()),
        ("acme/model", "not-a-jwt"),
    ]:
        answer = exchange(world.hub.origin, token, resource)
        assert answer.status == 400
        assert answer.json == {
            "error": "invalid_grant",
            "error_description": "No trusted publisher of this resource accepts the ID token",
        }
    reasons = [attempt.reason for attempt in world.hub.attempts]
    assert len(set(reasons)) == 5
    assert world.hub.exchanges() == 0


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": None}, "invalid_request"),
        ({"subject_token_type": "urn:ietf:params:oauth:token-type:jwt"}, "invalid_request"),
        ({"subject_token": 7}, "invalid_request"),
        ({"audience": "x"}, "invalid_request"),
        ({"resource": "models/acme/model"}, "invalid_request"),
        ({"resource": "acme/"}, "invalid_request"),
        ({"resource": "https://huggingface.co/acme/model"}, "invalid_request"),
        ({"resource": "datasets/acme"}, "invalid_request"),
    ],
)
def test_the_request_must_be_the_documented_one(
    world: World, change: dict[str, object], error: str
) -> None:
    """Four fields, as JSON strings."""
    fields: dict[str, object] = {**EXCHANGE, "subject_token": "x", "resource": "acme/model"}
    fields = {k: v for k, v in (fields | change).items() if v is not None}
    answer = post(world.hub.origin, "/oauth/token", fields)
    assert (answer.status, answer.json["error"]) == (400, error)


def test_json_must_be_json(world: World) -> None:
    """Declared as such, well-formed, no repeated key."""
    fields = {**EXCHANGE, "subject_token": "x", "resource": "acme/model"}
    repeated = json.dumps(fields)[:-1] + ',"resource":"acme/other"}'
    assert post(world.hub.origin, "/oauth/token", fields, **{"Content-Type": "text/plain"}).json[
        "error"
    ] == ("invalid_request")
    for body in (repeated, "{", "[]"):
        answer = ask(
            world.hub.origin,
            "/oauth/token",
            method="POST",
            headers={"Content-Type": "application/json"},
            body=body.encode(),
        )
        assert answer.json["error"] == "invalid_request"


def test_an_account_may_be_locked(world: World) -> None:
    """Whatever the publisher says."""
    world.publish("acme/model")
    world.hub.locked.add("acme")
    assert exchange(world.hub.origin, good_token(world)).json["error"] == "invalid_grant"


def test_a_publisher_needs_a_claim(world: World) -> None:
    """As in the settings page."""
    with pytest.raises(ValueError, match="at least one"):
        world.hub.publish("acme/model", ISSUER, {})


@pytest.mark.parametrize(
    ("power", "name", "statuses"),
    [
        ("write", "acme/model", [200, 200]),
        ("read", "acme/model", [200, 403]),
        ("write", "acme/other", [403, 403]),
        ("write", "acme/absent", [404, 404]),
    ],
)
def test_auth_check_shows_the_power(
    world: World, power: str, name: str, statuses: list[int]
) -> None:
    """To read, to write, to neither."""
    world.publish("acme/model", power=power)  # type: ignore[arg-type]
    world.hub.add_repo("acme/other")
    token = str(exchange(world.hub.origin, good_token(world)).json["access_token"])
    checks = (f"/api/models/{name}/auth-check{suffix}" for suffix in ("", "/write"))
    assert [ask(world.hub.origin, check, token=token).status for check in checks] == statuses


def test_nobody_and_a_wrong_token_are_unauthorized(world: World) -> None:
    """With the Hub's own words; a wrong token even where nobody would pass."""
    world.hub.add_repo("acme/model", "public")
    check = "/api/models/acme/model/auth-check"
    assert ask(world.hub.origin, check).status == 200
    for target, token in ((check, "hf_wrong"), (f"{check}/write", None), ("/api/whoami-v2", None)):
        answer = ask(world.hub.origin, target, token=token)
        assert answer.status == 401
        assert answer.json == {"error": "Invalid username or password."}


def test_a_token_expires_by_the_hubs_clock(world: World) -> None:
    """Which is also in `Date`."""
    world.publish("acme/model")
    world.hub.expires_in = 60
    answer = exchange(world.hub.origin, good_token(world))
    token = str(answer.json["access_token"])
    world.hub.clock_offset = 61
    check = ask(world.hub.origin, "/api/models/acme/model/auth-check", token=token)
    assert (answer.json["expires_in"], check.status) == (60, 401)
    dates = [parsedate_to_datetime(a.headers["Date"]).timestamp() for a in (answer, check)]
    assert dates[1] - dates[0] >= 60


def test_a_report_is_always_accepted_and_may_kill(world: World) -> None:
    """202 for anything; the owner hears of it once; what is too long is refused."""
    world.publish("acme-bot")
    world.publish("acme/model")
    oauth, jwt = (
        str(exchange(world.hub.origin, good_token(world), resource).json["access_token"])
        for resource in ("acme-bot", "acme/model")
    )

    def report(*credentials: object) -> int:
        body = {"credentials": credentials}
        return post(world.hub.origin, "/api/credentials/revoke", body).status

    assert [report("hf_unknown"), report(oauth), report(oauth)] == [202, 202, 202]
    assert [report(jwt), report(""), report(7), report()] == [400] * 4
    assert world.hub.mails == ["acme-bot"]
    assert ask(world.hub.origin, "/api/whoami-v2", token=oauth).status == 401


def test_a_report_may_also_change_nothing(world: World) -> None:
    """The real answer is not documented, so both are here."""
    world.publish("acme-bot")
    world.hub.revoke_kills = False
    token = str(exchange(world.hub.origin, good_token(world), "acme-bot").json["access_token"])
    post(world.hub.origin, "/api/credentials/revoke", {"credentials": [token]})
    assert ask(world.hub.origin, "/api/whoami-v2", token=token).status == 200


def test_request_ids_count_up(world: World) -> None:
    """The same in each run."""
    ids = [ask(world.hub.origin, "/").headers["X-Request-Id"] for _ in range(2)]
    assert ids == [
        f"Root=1-0000000{n}-{n:024x};00000000-0000-4000-8000-00000000000{n}" for n in (1, 2)
    ]


def test_exchanges_are_counted_by_token_and_by_resource(world: World) -> None:
    """To show that one ID token was used once, or that a cache worked."""
    world.publish("acme/model")
    world.publish("acme/other")
    first, second = good_token(world), good_token(world)
    for token, resource in ((first, "acme/model"), (first, "acme/other"), (second, "acme/model")):
        exchange(world.hub.origin, token, resource)
    hub = world.hub
    counts = [hub.exchanges(), hub.exchanges("acme/model"), hub.exchanges(id_token=first)]
    assert [*counts, hub.exchanges("acme/other", second)] == [3, 2, 2, 0]


def test_fifty_at_once_are_fifty_answers(world: World) -> None:
    """Nothing is lost or counted twice."""
    world.publish("acme/model")
    tokens = [good_token(world) for _ in range(50)]
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda token: exchange(world.hub.origin, token), tokens))
    assert [answer.status for answer in answers] == [200] * 50
    assert len({answer.headers["X-Request-Id"] for answer in answers}) == 50
    assert world.hub.exchanges("acme/model") == 50
