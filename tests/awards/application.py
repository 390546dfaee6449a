"""The awards application as tests build it: real packs, any edge."""

from __future__ import annotations

from functools import cache

from fastapi import FastAPI

from services.awards.domain.desk import GrantDesk
from services.awards.main import build_app
from shared.rules.packs import PackLibrary, load_library
from shared.web.edge import Edge
from tests.jurisdictions.library import JURISDICTIONS


@cache
def _library() -> PackLibrary:
    return load_library(JURISDICTIONS)


def build(edge: Edge) -> FastAPI:
    """Build the application around the edge."""
    return build_app(edge, GrantDesk(_library(), edge.clock))
