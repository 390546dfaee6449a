"""Tokens: only what our issuer signed for us, now, in the strict form, is believed."""

from __future__ import annotations

import base64
import hmac
import json
import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from shared.auth.verifier import TokenVerifier
from shared.kernel.errors import Unauthenticated
from shared.kernel.roles import Role
from shared.testing.tokens import AUDIENCE, ISSUER, TestIssuer

CLAIMS = {"sub": "u", "roles": ["caseworker"], "regions": ["530900"]}


@pytest.fixture
def verifier(issuer: TestIssuer) -> TokenVerifier:
    return issuer.verifier()


def _encode(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _damage(token: str, part: int, text: str) -> str:
    parts = token.split(".")
    parts[part] = text
    return ".".join(parts)


async def test_a_good_token_becomes_its_principal(issuer: TestIssuer, verifier: TokenVerifier) -> None:
    principal = await verifier.verify(issuer.token(Role.CASEWORKER, subject="甲", person_id="P-1"))
    assert (principal.subject, principal.person_id, principal.roles) == ("甲", "P-1", {Role.CASEWORKER})
    assert "530921" in principal.scope.regions


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "http://elsewhere.test"},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": None},
        {"exp": int(time.time()) - 1},
        {"exp": None},
        {"exp": "9999999999"},
        {"exp": time.time() + 60.5},
        {"exp": int(time.time()) + 10**6},
        {"iat": int(time.time()) + 120},
        {"iat": None},
        {"nbf": int(time.time()) + 120},
        {"nbf": True},
        {"sub": None},
        {"sub": 7},
    ],
    ids=[
        "another issuer",
        "another audience",
        "other audiences",
        "no audience",
        "expired",
        "never expires",
        "expiry as text",
        "expiry as fraction",
        "lives too long",
        "issued in the future",
        "no time of issue",
        "not yet valid",
        "validity is no number",
        "no subject",
        "subject is no text",
    ],
)
async def test_wrong_claims_are_refused(issuer: TestIssuer, verifier: TokenVerifier, change: dict[str, Any]) -> None:
    token = issuer.sign({**CLAIMS, **change})
    with pytest.raises(Unauthenticated):
        await verifier.verify(token)


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "JWT"},
        {"typ": None},
        {"kid": None},
        {"kid": "another"},
        {"jku": "http://evil.test/keys"},
        {"x5u": "http://evil.test/cert"},
        {"jwk": {"kty": "oct", "k": "AAAA"}},
        {"crit": ["exp"], "exp": 1},
    ],
    ids=repr,
)
async def test_a_header_beyond_the_allowed_is_refused(
    issuer: TestIssuer, verifier: TokenVerifier, header: dict[str, Any]
) -> None:
    good = issuer.token(Role.ADMINISTRATOR)
    shown = json.loads(base64.urlsafe_b64decode(good.split(".")[0] + "=="))
    with pytest.raises(Unauthenticated):
        await verifier.verify(_damage(good, 0, _encode({**shown, **header})))


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS1", "rs256", "", None])
async def test_another_algorithm_is_refused(issuer: TestIssuer, verifier: TokenVerifier, algorithm: str | None) -> None:
    good = issuer.token(Role.ADMINISTRATOR)
    header = _encode({"alg": algorithm, "typ": "at+jwt", "kid": "test"})
    for token in (_damage(good, 0, header), f"{header}.{good.split('.')[1]}."):
        with pytest.raises(Unauthenticated):
            await verifier.verify(token)


async def test_the_public_key_as_a_secret_signs_nothing(issuer: TestIssuer, verifier: TokenVerifier) -> None:
    public = (await issuer.get("test")).keys[0].as_pem(private=False)  # type: ignore[union-attr]
    now = int(time.time())
    claims = {**CLAIMS, "iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + 60}
    signed = f"{_encode({'alg': 'HS256', 'typ': 'at+jwt', 'kid': 'test'})}.{_encode(claims)}"
    forged = f"{signed}.{_encode(hmac.digest(public, signed.encode(), 'sha256'))}"
    with pytest.raises(Unauthenticated):
        await verifier.verify(forged)


async def test_a_foreign_key_of_the_same_name_is_refused(verifier: TokenVerifier) -> None:
    foreign = TestIssuer()
    with pytest.raises(Unauthenticated):
        await verifier.verify(foreign.token(Role.ADMINISTRATOR))


async def test_an_elliptic_key_may_sign_and_must_fit_its_algorithm() -> None:
    key = ECKey.generate_key("P-256", parameters={"kid": "test"})
    rsa = RSAKey.generate_key(2048, parameters={"kid": "rsa"})

    class Keys:
        async def get(self, key_id: str | None) -> KeySet:
            return KeySet([key, rsa])

    verifier = TokenVerifier(Keys(), issuer=ISSUER, audience=AUDIENCE, max_age_seconds=600)
    claims = {**CLAIMS, "iss": ISSUER, "aud": AUDIENCE, "iat": int(time.time()), "exp": int(time.time()) + 60}
    token = jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": "test"}, claims, key)
    assert (await verifier.verify(token)).subject == "u"
    swapped = _damage(token, 0, _encode({"alg": "ES256", "typ": "at+jwt", "kid": "rsa"}))
    with pytest.raises(Unauthenticated):
        await verifier.verify(swapped)


@pytest.mark.parametrize(
    "token", ["", "a", "a.b", "a.b.c", "....", "a.b.c.d", "!.!.!", "é.b.c", "x" * 9000, "e30.e30.e30", "bnVsbA.e30.AA"]
)
async def test_rubbish_is_refused(verifier: TokenVerifier, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await verifier.verify(token)


async def test_any_changed_character_breaks_the_token(issuer: TestIssuer, verifier: TokenVerifier) -> None:
    good = issuer.token(Role.CASEWORKER, subject="变")
    for position in range(0, len(good), 17):
        damaged = good[:position] + ("A" if good[position] != "A" else "B") + good[position + 1 :]
        with pytest.raises(Unauthenticated):
            await verifier.verify(damaged)


async def test_padding_and_unused_bits_do_not_make_a_second_token(issuer: TestIssuer, verifier: TokenVerifier) -> None:
    good = issuer.token(Role.CASEWORKER, subject="尾")
    for twin in (good + "=", good + "==", good + "A", good + "\n", " " + good):
        with pytest.raises(Unauthenticated):
            await verifier.verify(twin)


async def test_a_remembered_token_expires_all_the_same(
    issuer: TestIssuer, verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = issuer.sign({**CLAIMS, "exp": int(time.time()) + 60})
    await verifier.verify(token)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 61)
    with pytest.raises(Unauthenticated):
        await verifier.verify(token)
