"""The parts every service's main wires together from its settings."""

from __future__ import annotations

from shared.auth.keys import IssuerKeys
from shared.auth.verifier import TokenVerifier
from shared.db.engine import Database
from shared.outbox.bell import Bell
from shared.settings import DataServiceSettings, ServiceSettings
from shared.web.edge import Edge


def make_verifier(settings: ServiceSettings) -> TokenVerifier:
    """Return the verifier of the issuer that the settings name."""
    return TokenVerifier(
        IssuerKeys(settings.oidc_jwks_url),
        issuer=settings.oidc_issuer,
        audience=settings.oidc_audience,
        max_age_seconds=settings.token_max_age_seconds,
    )


def make_edge(settings: DataServiceSettings, service: str) -> Edge:
    """Return the edge of a service with a database; nothing connects before the first request."""
    url = settings.secret_url("app")
    database = Database(url, pool_size=settings.pool_size, application_name=f"{service}-api")
    database.after_announcement.append(Bell(url).ring)
    return Edge(database=database, verifier=make_verifier(settings), clock=settings.clock())
