"""The issuer's keys: fetched once, refreshed seldom, kept while the issuer is away."""

from __future__ import annotations

import httpx
import pytest
import respx
from joserfc.jwk import RSAKey

from shared.auth import keys as keys_module
from shared.auth.keys import IssuerKeys
from shared.kernel.errors import Unavailable

URL = "http://issuer.test/keys"


def _key_set(*names: str) -> dict[str, object]:
    return {"keys": [RSAKey.generate_key(2048, parameters={"kid": name}).as_dict(private=False) for name in names]}


@respx.mock
async def test_known_keys_are_fetched_once() -> None:
    route = respx.get(URL).mock(httpx.Response(200, json=_key_set("a")))
    keys = IssuerKeys(URL)
    for _ in range(5):
        assert [key.kid for key in (await keys.get("a")).keys] == ["a"]
    assert route.call_count == 1


@respx.mock
async def test_a_flood_of_unknown_keys_fetches_once() -> None:
    route = respx.get(URL).mock(httpx.Response(200, json=_key_set("a")))
    keys = IssuerKeys(URL)
    for number in range(50):
        await keys.get(f"unknown-{number}")
    assert route.call_count == 1


@respx.mock
async def test_a_rotated_key_is_found_after_the_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    respx.get(URL).mock(side_effect=[httpx.Response(200, json=_key_set("a")), httpx.Response(200, json=_key_set("b"))])
    keys = IssuerKeys(URL)
    await keys.get("a")
    monkeypatch.setattr(keys_module, "_REFRESH_SECONDS", 0)
    assert [key.kid for key in (await keys.get("b")).keys] == ["b"]


@respx.mock
async def test_the_last_keys_serve_while_the_issuer_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    respx.get(URL).mock(side_effect=[httpx.Response(200, json=_key_set("a")), httpx.ConnectError("away")])
    keys = IssuerKeys(URL)
    await keys.get("a")
    monkeypatch.setattr(keys_module, "_REFRESH_SECONDS", 0)
    assert [key.kid for key in (await keys.get("b")).keys] == ["a"]


@respx.mock
@pytest.mark.parametrize("answer", [httpx.Response(500), httpx.Response(200, text="no"), httpx.Response(302)])
async def test_without_any_key_nobody_can_be_verified(answer: httpx.Response) -> None:
    respx.get(URL).mock(answer)
    with pytest.raises(Unavailable):
        await IssuerKeys(URL).get("a")
