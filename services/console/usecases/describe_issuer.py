"""What other programs need to know of the issuer: its metadata and its public keys."""

from __future__ import annotations

from typing import Any

from services.console.usecases.issuer import Issuer


def describe_issuer(issuer: Issuer) -> dict[str, Any]:
    """Return the discovery document (OpenID Connect Discovery 1.0, RFC 8414)."""
    address = issuer.address
    return {
        "issuer": address,
        "jwks_uri": f"{address}/auth/jwks.json",
        "token_endpoint": f"{address}/auth/token",
        "userinfo_endpoint": f"{address}/auth/me",
        "grant_types_supported": ["password", "client_credentials"],
        "response_types_supported": ["token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "none"],
        "claims_supported": ["sub", "person_id", "name", "roles", "regions", "park_code", "usccs"],
    }


def publish_keys(issuer: Issuer) -> dict[str, object]:
    """Return the public keys as a JWK set."""
    return issuer.keys.public_set()
