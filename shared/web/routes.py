"""All routes of an application, also those inside included routers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fastapi import FastAPI
from starlette.routing import BaseRoute, Route


def walk_routes(app: FastAPI) -> Iterator[Route]:
    """Yield every route with a path of its own; mounted applications are not entered."""
    yield from _walk(app.routes)


def _walk(routes: Iterable[BaseRoute]) -> Iterator[Route]:
    for route in routes:
        if isinstance(route, Route):
            yield route
        elif (included := getattr(route, "original_router", None)) is not None:
            yield from _walk(included.routes)
