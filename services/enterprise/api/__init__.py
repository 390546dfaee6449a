"""The HTTP edge of the enterprise service; main mounts all ROUTERS."""

from __future__ import annotations

from fastapi import APIRouter

from services.enterprise.api import (
    block_routes,
    contact_routes,
    enterprise_routes,
    fact_routes,
    import_routes,
    ladder_routes,
    recognition_routes,
    timeline_routes,
)

ROUTERS: list[APIRouter] = [
    enterprise_routes.router,
    fact_routes.router,
    recognition_routes.router,
    timeline_routes.router,
    block_routes.router,
    contact_routes.router,
    import_routes.router,
    ladder_routes.router,
]
