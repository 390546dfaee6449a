"""The pipeline's HTTP edge."""

from __future__ import annotations

from services.pipeline.api import (
    assignment_routes,
    board_routes,
    candidate_routes,
    membership_routes,
    readiness_routes,
    specialist_routes,
)

ROUTERS = [
    board_routes.router,
    candidate_routes.router,
    membership_routes.router,
    readiness_routes.router,
    specialist_routes.router,
    assignment_routes.router,
]
