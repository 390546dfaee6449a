"""Routes of the console: the issuer's endpoints and the pages."""

from __future__ import annotations

from fastapi import APIRouter

from services.console.api import me_routes, provider_pages, sign_in_pages, status_pages, token_routes

ISSUER_ROUTERS: list[APIRouter] = [token_routes.router]
ROUTERS: list[APIRouter] = [me_routes.router, sign_in_pages.router, provider_pages.router, status_pages.router]
