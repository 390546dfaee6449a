from typing import Any

import httpx
import pytest
from argon2 import extract_parameters
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import KeySet

from services.console.db.signing_keys import load_or_create_keys, rotate_key
from services.console.main import build_app, make_edge, make_issuer, make_pages
from services.console.settings import Settings
from services.console.usecases import issue_person_token
from shared.auth.verifier import TokenVerifier
from shared.kernel.roles import Role
from tests.console.conftest import ADDRESS

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def ask_token(client: httpx.AsyncClient, **form: str) -> httpx.Response:
    return await client.post("/auth/token", data=form)


async def sign_in(client: httpx.AsyncClient, username: str) -> dict[str, Any]:
    answer = await ask_token(client, username=username, password="demo")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def verify_as_a_service_would(client: httpx.AsyncClient, settings: Settings, token: str) -> Any:
    class PublishedKeys:
        async def get(self, key_id: str | None) -> KeySet:
            return KeySet.import_key_set((await client.get("/auth/jwks.json")).json())

    verifier = TokenVerifier(PublishedKeys(), issuer=ADDRESS, audience="tidu", max_age_seconds=43_200)
    return await verifier.verify(token)


async def test_a_demo_user_gets_a_token_that_every_service_accepts(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    answer = await sign_in(client, "caseworker-530900")
    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 43_200
    assert (answer["roles"], answer["regions"], answer["park_code"], answer["usccs"]) == (
        ["caseworker"],
        ["530900"],
        None,
        [],
    )
    principal = await verify_as_a_service_would(client, settings, answer["access_token"])
    assert principal.subject == "caseworker-530900"
    assert principal.roles == {Role.CASEWORKER}
    assert "530921" in principal.scope.regions


async def test_a_committees_token_carries_its_park_and_a_contacts_its_enterprise(client: httpx.AsyncClient) -> None:
    assert (await sign_in(client, "committee-620723"))["park_code"] == "620723-park-1"
    assert len((await sign_in(client, "enterprise-371300"))["usccs"]) == 1


async def test_the_token_has_the_form_of_rfc_9068(client: httpx.AsyncClient) -> None:
    token = (await sign_in(client, "admin"))["access_token"]
    keys = KeySet.import_key_set((await client.get("/auth/jwks.json")).json())
    decoded = jwt.decode(token, keys, algorithms=["RS256"])
    assert set(decoded.header) == {"alg", "kid", "typ"}
    assert decoded.header["typ"] == "at+jwt"
    assert {"iss", "aud", "sub", "client_id", "iat", "exp", "jti"} <= set(decoded.claims)


async def test_a_service_gets_a_token_of_its_own(client: httpx.AsyncClient, settings: Settings) -> None:
    secret = settings.clients["pipeline"].get_secret_value()
    answer = await ask_token(client, grant_type="client_credentials", client_id="pipeline", client_secret=secret)
    assert answer.status_code == 200
    principal = await verify_as_a_service_would(client, settings, answer.json()["access_token"])
    assert principal.roles == {Role.SERVICE}


@pytest.mark.parametrize(
    "form",
    [
        {"username": "admin", "password": "wrong"},
        {"username": "nobody", "password": "demo"},
        {"username": "admin", "password": ""},
        {"username": "", "password": ""},
        {"grant_type": "client_credentials", "client_id": "pipeline", "client_secret": "wrong"},
        {"grant_type": "client_credentials", "client_id": "nobody", "client_secret": ""},
        {"grant_type": "client_credentials"},
    ],
)
async def test_wrong_credentials_all_get_the_same_answer(client: httpx.AsyncClient, form: dict[str, str]) -> None:
    answer = await ask_token(client, **form)
    problem = answer.json()
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert (problem["code"], problem["title"]) == ("wrong_credentials", "用户名或密码不正确")
    assert "detail" not in problem


async def test_an_unknown_grant_is_an_invalid_input(client: httpx.AsyncClient) -> None:
    answer = await ask_token(client, grant_type="magic")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/grant_type"


async def test_guessing_is_refused_after_ten_failures_even_with_the_right_password(client: httpx.AsyncClient) -> None:
    for _ in range(10):
        assert (await ask_token(client, username="auditor", password="guess")).status_code == 401
    answer = await ask_token(client, username="auditor", password="demo")
    assert answer.status_code == 429
    assert answer.json()["code"] == "too_many_attempts"
    assert 0 < int(answer.headers["retry-after"]) <= 301
    assert (await ask_token(client, username="admin", password="demo")).status_code == 200


async def test_an_unknown_account_costs_the_same_check_as_a_known_one(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []

    def note(password_hash: str, password: str) -> bool:
        checked.append(password_hash)
        return False

    monkeypatch.setattr(issue_person_token, "_verify", note)
    for username in ("admin", "nobody"):
        await ask_token(client, username=username, password="guess")
    known, unknown = map(extract_parameters, checked)
    assert known == unknown


async def test_after_rotation_old_tokens_stay_valid_and_new_ones_carry_the_new_key(settings: Settings) -> None:
    assert settings.issuer_key_file is not None
    tokens = []
    for _ in range(2):
        issuer = make_issuer(settings)
        app = build_app(make_edge(settings, issuer), issuer, make_pages(settings, issuer))
        async with client_of(app) as client:
            tokens.append((await sign_in(client, "admin"))["access_token"])
            for token in tokens:
                assert (await client.get("/auth/me", headers={"Authorization": f"Bearer {token}"})).status_code == 200
        rotate_key(settings.issuer_key_file)
    keys = load_or_create_keys(settings.issuer_key_file)
    assert jwt.decode(tokens[1], await keys.get(None), algorithms=["RS256"]).header["kid"] != keys.current.kid


def client_of(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS)


async def test_me_tells_the_scope_that_the_services_apply(client: httpx.AsyncClient) -> None:
    token = (await sign_in(client, "committee-530900"))["access_token"]
    me = (await client.get("/auth/me", headers={"Authorization": f"Bearer {token}"})).json()
    assert me["subject"] == "committee-530900"
    assert me["park_code"] == "530900-park-1"
    assert not me["sees_everything"]
    assert (await client.get("/auth/me")).status_code == 401


async def test_the_discovery_document_leads_to_keys_and_tokens(client: httpx.AsyncClient) -> None:
    document = (await client.get("/.well-known/openid-configuration")).json()
    assert document["issuer"] == ADDRESS
    assert document["jwks_uri"] == f"{ADDRESS}/auth/jwks.json"
    assert document["token_endpoint"] == f"{ADDRESS}/auth/token"


async def test_a_token_answer_is_not_cached(client: httpx.AsyncClient) -> None:
    answer = await ask_token(client, username="admin", password="demo")
    assert answer.headers["cache-control"] == "no-store"


async def test_with_an_issuer_elsewhere_there_are_no_token_endpoints_here(settings: Settings) -> None:
    elsewhere = settings.model_copy(update={"issuer_key_file": None})
    app = build_app(make_edge(elsewhere, None), None, make_pages(elsewhere, None))
    async with client_of(app) as client:
        assert (await ask_token(client, username="admin", password="demo")).status_code == 404
        page = await client.get("/sign-in")
        assert "还没有设置登录方式" in page.text
