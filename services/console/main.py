"""The console's composition root."""

from __future__ import annotations

import base64
import hashlib
import secrets
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from services.console.api import ISSUER_ROUTERS, ROUTERS
from services.console.api.parts import PageParts, Parts
from services.console.api.rendering import STATIC_DIR
from services.console.api.sign_in_pages import lead_to_sign_in
from services.console.api.visitors import SignInNeeded
from services.console.clients.identity_provider import IdentityProvider
from services.console.db.park_files import read_park_names
from services.console.db.signing_keys import load_or_create_keys
from services.console.domain.accounts import Accounts
from services.console.domain.demo_accounts import demo_accounts
from services.console.domain.sessions import SessionSealer
from services.console.settings import Settings
from services.console.usecases.issuer import Issuer
from shared.auth.verifier import TokenVerifier
from shared.settings import Profile
from shared.telemetry.logs import configure_logs
from shared.web.app import create_app, serve
from shared.web.edge import Edge
from shared.web.wiring import make_verifier

_HTMX = Path("django_htmx") / "static" / "django_htmx"


def build_app(edge: Edge, issuer: Issuer | None, pages: PageParts, *, assets_dir: Path | None = None) -> FastAPI:
    """Build the console; without an issuer of its own, its token endpoints are not there."""
    routers = [*ROUTERS, *(ISSUER_ROUTERS if issuer else [])]
    app = create_app(title="梯度 控制台", edge=edge, routers=routers, ready=_ready)
    app.state.parts = Parts(issuer, pages)
    app.add_exception_handler(SignInNeeded, lead_to_sign_in)
    if pages.has_htmx and assets_dir:
        app.mount("/static/htmx", StaticFiles(directory=assets_dir / _HTMX))
    app.mount("/static", StaticFiles(directory=STATIC_DIR))
    return app


async def _ready() -> dict[str, str]:
    """The console keeps no data and waits for nobody."""
    return {}


def make_issuer(settings: Settings) -> Issuer | None:
    """Return the local issuer, or None where people sign in elsewhere."""
    if settings.issuer_key_file is None or settings.oidc_client_id:
        return None
    accounts: Accounts = {}
    if settings.has_demo_users():
        accounts = demo_accounts(read_park_names(settings.jurisdictions_dir))
    return Issuer(
        address=settings.oidc_issuer,
        audience=settings.oidc_audience,
        lifetime_seconds=settings.token_max_age_seconds,
        keys=load_or_create_keys(settings.issuer_key_file),
        accounts=accounts,
        clients={name: secret.get_secret_value() for name, secret in settings.clients.items()},
    )


def make_edge(settings: Settings, issuer: Issuer | None) -> Edge:
    """Return the console's edge: tokens of its own issuer are verified without asking itself over HTTP."""
    if issuer is None:
        return Edge(database=None, verifier=make_verifier(settings), clock=settings.clock())
    verifier = TokenVerifier(
        issuer.keys,
        issuer=issuer.address,
        audience=issuer.audience,
        max_age_seconds=issuer.lifetime_seconds,
    )
    return Edge(database=None, verifier=verifier, clock=settings.clock())


def make_pages(settings: Settings, issuer: Issuer | None) -> PageParts:
    """Return what the pages need."""
    return PageParts(
        sealer=SessionSealer(_session_key(settings, issuer), idle_seconds=settings.session_idle_seconds),
        secure_cookies=settings.profile is Profile.PRODUCTION,
        addresses=settings.peer_urls,
        public_addresses=settings.public_urls,
        mail_address=settings.mail_url if settings.profile is Profile.LOCAL else "",
        provider=_make_provider(settings) if settings.oidc_client_id else None,
        has_htmx=(settings.assets_dir / _HTMX / "htmx-2.min.js").is_file(),
    )


def _make_provider(settings: Settings) -> IdentityProvider:
    return IdentityProvider(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        redirect_uri=f"{settings.public_url.rstrip('/')}/sign-in/callback",
    )


def _session_key(settings: Settings, issuer: Issuer | None) -> str:
    """Several consoles behind one address need the same key: the set one, or one derived from the issuer's key."""
    if settings.session_key is not None:
        return settings.session_key.get_secret_value()
    material = issuer.keys.secret_material() if issuer else secrets.token_bytes(32)
    return base64.b64encode(hashlib.sha256(b"tidu console session\n" + material).digest()).decode()


def run() -> None:
    """Serve the console until the process is told to end."""
    settings = Settings()
    configure_logs("console", settings.log_level)
    issuer = make_issuer(settings)
    app = build_app(make_edge(settings, issuer), issuer, make_pages(settings, issuer), assets_dir=settings.assets_dir)
    serve(app, host=settings.host, port=settings.port)


if __name__ == "__main__":
    run()
