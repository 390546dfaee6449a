from collections.abc import AsyncIterator, Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import respx
from pydantic import SecretStr

from services.console.domain.provider_sign_in import SignInAttempt
from services.console.main import build_app, make_pages
from services.console.settings import Settings
from shared.kernel.clock import SystemClock
from shared.kernel.roles import Role
from shared.testing.tokens import ISSUER, TestIssuer
from shared.web.edge import Edge
from tests.console.conftest import ADDRESS

pytestmark = pytest.mark.asyncio(loop_scope="session")
CONFIGURATION = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
}


@pytest.fixture
async def client(settings: Settings, issuer: TestIssuer) -> AsyncIterator[httpx.AsyncClient]:
    """A console whose people sign in at a provider."""
    elsewhere = settings.model_copy(
        update={
            "issuer_key_file": None,
            "oidc_issuer": ISSUER,
            "oidc_client_id": "tidu-console",
            "oidc_client_secret": SecretStr("secret"),
            "public_url": ADDRESS,
        }
    )
    edge = Edge(None, issuer.verifier(), SystemClock())
    app = build_app(edge, None, make_pages(elsewhere, None))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as client:
        yield client


@pytest.fixture
def provider() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as router:
        router.get(f"{ISSUER}/.well-known/openid-configuration").respond(json=CONFIGURATION)
        yield router


async def go_to_provider(client: httpx.AsyncClient) -> dict[str, str]:
    answer = await client.get("/sign-in/provider")
    assert answer.status_code == 303
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


async def test_the_door_leads_to_the_provider_and_back_into_a_session(
    client: httpx.AsyncClient, provider: respx.MockRouter, issuer: TestIssuer
) -> None:
    assert 'href="/sign-in/provider"' in (await client.get("/sign-in")).text
    asked = await go_to_provider(client)
    assert asked["redirect_uri"] == f"{ADDRESS}/sign-in/callback"
    token = provider.post(f"{ISSUER}/token").respond(json={"access_token": issuer.token(Role.CASEWORKER)})
    answer = await client.get("/sign-in/callback", params={"code": "c", "state": asked["state"], "iss": ISSUER})
    assert answer.headers["location"] == "/status"
    redeemed = parse_qs(token.calls.last.request.content.decode())
    assert SignInAttempt("", redeemed["code_verifier"][0]).challenge == asked["code_challenge"]
    assert redeemed["client_secret"] == ["secret"]
    provider.get(path="/health/ready").respond(json={})
    assert "caseworker-530900" in (await client.get("/status")).text


@pytest.mark.parametrize(
    "answer",
    [
        {"code": "c", "state": "another"},
        {"state": "right"},
        {"code": "c", "state": "right", "iss": "http://elsewhere.test"},
        {"error": "access_denied", "state": "right"},
        {},
    ],
)
async def test_an_answer_that_does_not_belong_to_the_attempt_signs_nobody_in(
    client: httpx.AsyncClient, provider: respx.MockRouter, answer: dict[str, str]
) -> None:
    asked = await go_to_provider(client)
    given = {name: asked["state"] if text == "right" else text for name, text in answer.items()}
    refused = await client.get("/sign-in/callback", params=given)
    assert refused.status_code == 401
    assert "tidu-session" not in client.cookies


async def test_without_an_attempt_in_this_browser_no_answer_is_taken(
    client: httpx.AsyncClient, provider: respx.MockRouter
) -> None:
    assert (await client.get("/sign-in/callback", params={"code": "c", "state": "s"})).status_code == 401


async def test_a_token_that_services_would_refuse_opens_no_session(
    client: httpx.AsyncClient, provider: respx.MockRouter, issuer: TestIssuer
) -> None:
    asked = await go_to_provider(client)
    provider.post(f"{ISSUER}/token").respond(json={"access_token": issuer.sign({"sub": "x", "aud": "others"})})
    refused = await client.get("/sign-in/callback", params={"code": "c", "state": asked["state"]})
    assert refused.status_code == 401
    assert "tidu-session" not in client.cookies


@pytest.mark.parametrize(("status", "expected"), [(400, 401), (500, 503), (302, 503)])
async def test_a_provider_that_refuses_or_fails_is_said_so(
    client: httpx.AsyncClient, provider: respx.MockRouter, status: int, expected: int
) -> None:
    asked = await go_to_provider(client)
    provider.post(f"{ISSUER}/token").respond(status, json={"error": "invalid_grant"})
    answer = await client.get("/sign-in/callback", params={"code": "c", "state": asked["state"]})
    assert answer.status_code == expected


async def test_a_discovery_document_of_another_issuer_is_not_believed(client: httpx.AsyncClient) -> None:
    with respx.mock as router:
        wrong = {**CONFIGURATION, "issuer": "http://elsewhere.test"}
        router.get(f"{ISSUER}/.well-known/openid-configuration").respond(json=wrong)
        assert (await client.get("/sign-in/provider")).status_code == 503


async def test_where_no_provider_is_set_the_way_is_not_there(settings: Settings, issuer: TestIssuer) -> None:
    app = build_app(Edge(None, issuer.verifier(), SystemClock()), None, make_pages(settings, None))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as client:
        assert (await client.get("/sign-in/provider")).status_code == 404
