"""The local issuer's endpoints: tokens, keys, discovery."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from fastapi import Form, Request, Response
from prometheus_client import Counter

from services.console.api.parts import LocalIssuer, address_of
from services.console.api.schemas import TokenRead
from services.console.domain.errors import TooManyAttempts, WrongCredentials
from services.console.usecases.describe_issuer import describe_issuer, publish_keys
from services.console.usecases.issue_client_token import issue_client_token
from services.console.usecases.issue_person_token import issue_person_token
from services.console.usecases.issuer import IssuedToken, Issuer
from shared.web.access import public
from shared.web.edge import EdgeRouter
from shared.web.problems import problem_response

router = EdgeRouter(tags=["sign-in"])
SIGN_INS = Counter("tidu_sign_ins_total", "Attempts to sign in by outcome", ("outcome",))
_TOO_MANY: dict[int | str, dict[str, Any]] = {429: {"description": "尝试次数过多 / too many attempts"}}
_NAME = Form(max_length=100)
_SECRET = Form(max_length=200)


class Grant(StrEnum):
    """How somebody proves who they are."""

    PASSWORD = "password"  # noqa: S105 - the name of a grant
    CLIENT_CREDENTIALS = "client_credentials"


@router.post(
    "/auth/token", response_model=TokenRead, responses={429: {"description": "尝试次数过多 / too many attempts"}}
)
@public
async def create_token(
    request: Request,
    response: Response,
    issuer: LocalIssuer,
    grant_type: Annotated[Grant, Form()] = Grant.PASSWORD,
    username: Annotated[str, _NAME] = "",
    password: Annotated[str, _SECRET] = "",
    client_id: Annotated[str, _NAME] = "",
    client_secret: Annotated[str, _SECRET] = "",
) -> TokenRead | Response:
    """用户名与密码(或服务密钥)换取访问令牌 / exchange name and password, or a client secret, for an access token."""
    try:
        if grant_type is Grant.PASSWORD:
            issued = await _issue_to_person(issuer, request, username, password)
        else:
            address = address_of(request)
            issued = issue_client_token(issuer, client_id=client_id, client_secret=client_secret, address=address)
    except TooManyAttempts as error:
        SIGN_INS.labels("refused").inc()
        return problem_response(request, error, {"Retry-After": str(error.wait_seconds)})
    except WrongCredentials:
        SIGN_INS.labels("failed").inc()
        raise
    SIGN_INS.labels("succeeded").inc()
    response.headers["Cache-Control"] = "no-store"
    return _read_token(issued)


async def _issue_to_person(issuer: Issuer, request: Request, username: str, password: str) -> IssuedToken:
    return await issue_person_token(issuer, username=username, password=password, address=address_of(request))


def _read_token(issued: IssuedToken) -> TokenRead:
    shown = {name: issued.claims[name] for name in TokenRead.model_fields if name in issued.claims}
    return TokenRead(
        access_token=issued.access_token,
        token_type="Bearer",  # noqa: S106 - the kind of token
        expires_in=issued.expires_in_seconds,
        **shown,
    )


@router.get("/auth/jwks.json")
@public
async def read_keys(response: Response, issuer: LocalIssuer) -> dict[str, object]:
    """签发令牌的公钥 / the public keys that tokens are signed with."""
    response.headers["Cache-Control"] = "public, max-age=60"
    return publish_keys(issuer)


@router.get("/.well-known/openid-configuration")
@public
async def read_configuration(issuer: LocalIssuer) -> dict[str, Any]:
    """登录服务的说明 / the issuer's discovery document."""
    return describe_issuer(issuer)
