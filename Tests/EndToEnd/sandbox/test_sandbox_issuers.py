"""The stand-ins for issuers are as strict as the real ones: log-ins, Okta, Entra."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from client import Answer, ask
from issuing import FORM, TOKEN_PATHS, call, log_in
from Sandbox.issuers import entra as entra_module
from Sandbox.issuers.entra import Entra
from Sandbox.issuers.hydra import Hydra
from Sandbox.issuers.okta import Okta
from Sandbox.issuers.person import HubApplication
from Sandbox.issuers.provider import Provider


@pytest.mark.parametrize("kind", TOKEN_PATHS)
def test_a_consumer_logs_in_with_a_live_secret_alone(
    start_issuer: Callable[..., Provider], kind: type[Provider]
) -> None:
    """In a header or in the body, and a code that nobody issued shows the same."""
    provider = start_issuer(kind)
    secret = provider.add_client()
    assert provider.live_secrets() == [secret]
    for basic in (True, False):
        good = log_in(provider, secret, basic=basic)
        assert (good.status, good.json["token_type"]) == (200, "Bearer")
        status, error, _ = kind.bad_client
        bad = log_in(provider, "wrong", basic=basic)
        assert (bad.status, bad.json["error"]) == (status, error)
        code = log_in(provider, secret, basic=basic, grant_type="authorization_code", code="x")
        assert (code.status, code.json["error"]) == (400, "invalid_grant")
        wrong = log_in(provider, "wrong", grant_type="authorization_code", code="x")
        assert (wrong.status, wrong.json["error"]) == (status, error)


@pytest.mark.parametrize("kind", TOKEN_PATHS)
def test_the_token_endpoint_is_strict(
    start_issuer: Callable[..., Provider], kind: type[Provider]
) -> None:
    """A form, each field once, one way to authenticate, a grant that is known."""
    provider = start_issuer(kind)
    secret = provider.add_client()
    path = TOKEN_PATHS[kind]
    for headers, body in (
        ({"Content-Type": "application/json"}, b"{}"),
        (FORM, b"grant_type=client_credentials&grant_type=x"),
        (FORM | {"Authorization": "Basic eA=="}, b"client_secret=x"),
    ):
        answer = ask(provider.origin, path, method="POST", headers=headers, body=body)
        assert (answer.status, answer.json["error"]) == (400, "invalid_request")
    assert log_in(provider, secret, grant_type="x").json["error"] == "unsupported_grant_type"
    stranger = urlencode({"grant_type": "x", "client_id": "x", "client_secret": secret}).encode()
    answer = ask(provider.origin, path, method="POST", headers=FORM, body=stranger)
    assert (answer.status, answer.json["error"]) == kind.bad_client[:2]
    assert ask(provider.origin, path).status == 405


def test_a_change_spreads_as_slowly_as_a_test_wants(
    start_issuer: Callable[..., HubApplication],
) -> None:
    """The new secret waits, and the old one lingers."""
    hub = start_issuer(HubApplication)
    old = hub.add_client()
    hub.propagation, hub.lingering = 2, 1
    new = hub.press_refresh()
    assert hub.live_secrets() == [new]
    assert [hub.log_in(new) for _ in range(4)] == [False, False, True, True]
    assert [hub.log_in(old) for _ in range(2)] == [True, False]
    assert (hub.clients["client"].log_ins, hub.clients["client"].refused) == (3, 3)


def test_a_secret_can_be_made_and_its_answer_lost(start_issuer: Callable[..., Hydra]) -> None:
    """Faults act first where they say so."""
    hydra = start_issuer(Hydra)
    hydra.add_client()
    hydra.faults.add("status=500 act method=POST path=/admin")
    assert call(hydra, "POST", "/admin/clients/client/secrets/rotate").status == 500
    assert len(hydra.live_secrets()) == 2


OKTA = "/api/v1/apps/client/credentials/secrets"


def okta_call(okta: Okta, method: str, path: str, body: object = None) -> Answer:
    """With the API token."""
    return call(okta, method, path, body, f"SSWS {okta.token}")


def test_okta_holds_two_secrets_that_are_deactivated_before_they_are_deleted(
    start_issuer: Callable[..., Okta],
) -> None:
    """The whole life of a secret."""
    okta = start_issuer(Okta)
    old = okta.add_client()
    assert ask(okta.origin, OKTA).status == 401
    assert call(okta, "GET", OKTA, authorization=f"Bearer {okta.token}").status == 401
    value = "SENTINEL" + "x" * 20
    made = okta_call(okta, "POST", OKTA, {"client_secret": value, "status": "ACTIVE"})
    assert (made.status, made.json["client_secret"]) == (201, value)
    assert okta.live_secrets() == [old, value]
    full = okta_call(okta, "POST", OKTA, {})
    assert (full.status, full.json["errorCode"]) == (400, "E0000001")
    causes = json.dumps(full.json["errorCauses"])
    assert "maximum number of client secrets per client" in causes
    listed = json.loads(okta_call(okta, "GET", OKTA).body)
    assert [each["client_secret"] for each in listed] == [old, value]
    first = f"{OKTA}/{listed[0]['id']}"
    assert okta_call(okta, "DELETE", first).status == 400
    assert okta_call(okta, "POST", f"{first}/lifecycle/deactivate").json["status"] == "INACTIVE"
    assert okta_call(okta, "POST", f"{first}/lifecycle/deactivate").status == 400
    assert okta.live_secrets() == [value]
    assert okta_call(okta, "POST", f"{first}/lifecycle/activate").status == 200
    assert okta_call(okta, "POST", f"{first}/lifecycle/deactivate").status == 200
    assert okta_call(okta, "DELETE", first).status == 204
    assert okta_call(okta, "GET", first).status == 404
    last = f"{OKTA}/{made.json['id']}"
    assert okta_call(okta, "POST", f"{last}/lifecycle/deactivate").status == 400


@pytest.mark.parametrize(
    "body", [{"client_secret": "short"}, {"client_secret": "x" * 101}, {"status": "x"}, {"x": 1}]
)
def test_okta_refuses_what_is_malformed(start_issuer: Callable[..., Okta], body: object) -> None:
    """Without a word of its own for each."""
    okta = start_issuer(Okta)
    okta.add_client()
    assert okta_call(okta, "POST", OKTA, body).status == 400
    assert okta_call(okta, "GET", "/api/v1/apps/other/credentials/secrets").status == 404


def test_okta_can_hide_its_values(start_issuer: Callable[..., Okta]) -> None:
    """Only the answer to a creation shows one then."""
    okta = start_issuer(Okta)
    okta.shows_values = False
    secret = okta.add_client()
    assert secret not in okta_call(okta, "GET", OKTA).body.decode()
    made = okta_call(okta, "POST", OKTA, {})
    assert made.json["client_secret"] in okta.live_secrets()


APP = "11111111-2222-3333-4444-555555555555"
GRAPH = f"/v1.0/applications(appId='{APP}')"
LIST = f"{GRAPH}?$select=passwordCredentials"


def test_entra_shows_a_value_once_and_removes_by_id(start_issuer: Callable[..., Entra]) -> None:
    """The whole life of a secret."""
    entra = start_issuer(Entra)
    old = entra.add_client(APP)
    assert ask(entra.origin, LIST).status == 401
    wanted = {"displayName": "hfmint:demo:1", "endDateTime": "2100-01-01T00:00:00Z"}
    made = call(entra, "POST", f"{GRAPH}/addPassword", {"passwordCredential": wanted})
    assert entra.live_secrets(APP) == [old, made.json["secretText"]]
    listed = call(entra, "GET", LIST).json["passwordCredentials"]
    assert isinstance(listed, list)
    assert [each["displayName"] for each in listed] == [None, "hfmint:demo:1"]
    assert [each["secretText"] for each in listed] == [None, None]
    key = {"keyId": made.json["keyId"]}
    assert call(entra, "POST", f"{GRAPH}/removePassword", key).status == 204
    assert call(entra, "POST", f"{GRAPH}/removePassword", key).status == 400
    assert entra.live_secrets(APP) == [old]


def test_entra_has_limits_and_a_listing_that_lags(start_issuer: Callable[..., Entra]) -> None:
    """Those of personal accounts, and of a tenant's policy."""
    entra = start_issuer(Entra)
    entra.add_client(APP)
    entra.listing_lag, entra.limit, entra.longest = 1, 2, 86400
    add, empty = f"{GRAPH}/addPassword", {"passwordCredential": {}}
    assert call(entra, "POST", add, empty).status == 400
    entra.longest = None
    assert call(entra, "POST", add, empty).status == 200
    assert call(entra, "POST", add, empty).status == 400
    sizes = [len(call(entra, "GET", LIST).json["passwordCredentials"]) for _ in range(2)]  # type: ignore[arg-type]
    assert sizes == [1, 2]
    assert call(entra, "POST", add, {"passwordCredential": {"secretText": "x"}}).status == 400
    assert call(entra, "GET", GRAPH).status == 400
    assert call(entra, "PATCH", GRAPH, {}).status == 405
    assert call(entra, "GET", LIST.replace(APP, entra_module.app_id())).status == 404


def test_entra_ends_a_secret_with_its_lifetime(start_issuer: Callable[..., Entra]) -> None:
    """By the server's clock."""
    entra = start_issuer(Entra)
    entra.add_client(APP)
    wanted = {"passwordCredential": {"endDateTime": "2100-01-01T00:00:00Z"}}
    call(entra, "POST", f"{GRAPH}/addPassword", wanted)
    entra.clock_offset = 100 * 365.25 * 86400
    assert len(entra.live_secrets(APP)) == 1
