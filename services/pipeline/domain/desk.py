"""What cultivation needs at hand: the pools, the specialists' and the readiness rules as loaded, and what day it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from services.pipeline.domain.pool_library import load_pools
from services.pipeline.domain.pools import PoolLibrary
from services.pipeline.domain.readiness.library import ReadinessLibrary, load_readiness
from services.pipeline.domain.specialists import SpecialistRules, load_specialist_rules
from shared.kernel.clock import Clock


@dataclass(frozen=True)
class CultivationDesk:
    """The pools of all jurisdictions, the rules of the specialists' register, those of readiness, and the clock."""

    pools: PoolLibrary
    specialist_rules: SpecialistRules
    readiness: ReadinessLibrary
    clock: Clock


def open_desk(jurisdictions: Path, clock: Clock) -> CultivationDesk:
    """Load the files and return the desk; raises PackError where one is wrong."""
    pools, specialist_rules = load_pools(jurisdictions), load_specialist_rules(jurisdictions)
    return CultivationDesk(pools, specialist_rules, load_readiness(jurisdictions), clock)
