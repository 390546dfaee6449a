"""The pipeline application as tests build it: real rules, any edge."""

from __future__ import annotations

from functools import cache

from fastapi import FastAPI

from services.pipeline.domain.desk import CultivationDesk
from services.pipeline.domain.pool_library import load_pools
from services.pipeline.domain.pools import PoolLibrary
from services.pipeline.domain.readiness.library import ReadinessLibrary, load_readiness
from services.pipeline.domain.specialists import SpecialistRules, load_specialist_rules
from services.pipeline.main import build_app
from shared.kernel.clock import Clock
from shared.web.edge import Edge
from tests.jurisdictions.library import JURISDICTIONS


@cache
def pools() -> PoolLibrary:
    """The pools of all jurisdictions."""
    return load_pools(JURISDICTIONS)


@cache
def specialist_rules() -> SpecialistRules:
    """The rules of the register."""
    return load_specialist_rules(JURISDICTIONS)


@cache
def readiness() -> ReadinessLibrary:
    """The rules of readiness."""
    return load_readiness(JURISDICTIONS)


def desk_at(clock: Clock) -> CultivationDesk:
    """The desk on the clock's day."""
    return CultivationDesk(pools(), specialist_rules(), readiness(), clock)


def build(edge: Edge) -> FastAPI:
    """Build the application around the edge."""
    return build_app(edge, desk_at(edge.clock))
