"""A console with its local issuer, built as main builds it, and clients that ask it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from services.console.main import build_app, make_edge, make_issuer, make_pages
from services.console.settings import Settings

ADDRESS = "http://console.test"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a console on one machine."""
    return Settings(
        issuer_key_file=tmp_path / "issuer.pem",
        oidc_issuer=ADDRESS,
        clients=json.loads('{"pipeline": "a-long-secret-of-pipeline"}'),
        peer_urls={name: f"http://{name}.test" for name in ("enterprise", "pipeline", "awards", "notifications")},
        today=date(2026, 11, 21),
        assets_dir=tmp_path,
    )


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    """The console."""
    issuer = make_issuer(settings)
    return build_app(make_edge(settings, issuer), issuer, make_pages(settings, issuer))


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client that keeps cookies, as a browser does."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as client:
        yield client
