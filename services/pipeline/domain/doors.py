"""Which doors stand open to an enterprise on a day, and when the aim of a stay was reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.pipeline.domain.enterprises import fact_days
from services.pipeline.domain.memberships import DoorShut
from services.pipeline.domain.pool_facts import EnterpriseOnDay
from services.pipeline.domain.pools import Door, Pool, PoolLibrary
from shared.events.enterprise import EnterpriseState
from shared.rules.conditions import Tree
from shared.rules.evaluation import Evaluator
from shared.rules.explanation import Node, conditions_of
from shared.rules.rendering import lines_of, sentence_of
from shared.rules.verdicts import Verdict


@dataclass(frozen=True)
class Fit:
    """How an enterprise stands before one door; `node` holds every condition with its fact."""

    pool: Pool
    door: Door
    node: Node | None

    @property
    def is_open(self) -> bool:
        """Whether the door's conditions are all met; a door without conditions is never open by itself."""
        return self.node is not None and self.node.result is Verdict.MET

    @property
    def is_shut(self) -> bool:
        """Whether a condition is known not to be met."""
        return self.node is not None and self.node.result is Verdict.NOT_MET

    def reasons(self) -> list[str]:
        """Return the conditions as Chinese sentences, and what a person has to judge."""
        found = conditions_of(self.node) if self.node else ()
        lines = [line for condition in found for line in lines_of(condition)] or ["由科技局决定推荐入库"]
        return [*lines, *(f"? 须由人判断:{text}" for text in self.door.judged_zh)]

    def unmet(self) -> list[str]:
        """Return the conditions that are not met as Chinese sentences."""
        found = conditions_of(self.node) if self.node else ()
        return [sentence_of(condition) for condition in found if condition.result is Verdict.NOT_MET]

    def to_json(self) -> dict[str, Any]:
        """Return the fit as it is stored with a candidate and with a decision."""
        first = self.door.provisions[0] if self.door.provisions else None
        return {
            "pool": self.pool.id,
            "pool_label_zh": self.pool.label_zh,
            "door": self.door.id,
            "door_label_zh": self.door.label_zh,
            "provision_ids": [provision.id for provision in self.door.provisions],
            "clause": first.clause if first else None,
            "why": self.reasons(),
            "conditions": self.node.to_json() if self.node else None,
        }


def fit_to(library: PoolLibrary, pool: Pool, door: Door, state: EnterpriseState, day: date) -> Fit:
    """Return how the enterprise stands before a door on a day."""
    node = _evaluate(library, door.conditions, state, day) if door.conditions else None
    return Fit(pool, door, node)


def open_doors(library: PoolLibrary, state: EnterpriseState, day: date) -> Iterator[Fit]:
    """Yield the doors of the enterprise's jurisdiction that stand open to it; none does to a non-candidate."""
    if not state.is_candidate:
        return
    for pool in library.for_region(state.region_code).pools:
        for door in pool.doors:
            fit = fit_to(library, pool, door, state, day)
            if fit.is_open:
                yield fit


def choose_door(library: PoolLibrary, pool: Pool, named: str | None, state: EnterpriseState, day: date) -> Fit:
    """Return the named door if it is not shut; without a name the first open one, else the one opened by decision."""
    if named is not None:
        fit = fit_to(library, pool, pool.get_door(named), state, day)
        if fit.is_shut:
            raise DoorShut(f"{state.name} 不符合通道“{fit.door.label_zh}”的条件", fit.unmet())
        return fit
    fits = [fit_to(library, pool, door, state, day) for door in pool.doors]
    ranked = [fit for fit in fits if fit.is_open] or [fit for fit in fits if fit.node is None]
    if not ranked:
        raise DoorShut(f"{state.name} 不符合“{pool.label_zh}”任何通道的条件", [fit.door.label_zh for fit in fits])
    return ranked[0]


def has_reached_aim(library: PoolLibrary, door: Door, state: EnterpriseState, day: date) -> bool:
    """Tell whether what the door leads to holds on a day."""
    return _evaluate(library, door.graduates_when, state, day).result is Verdict.MET


def find_aim_day(library: PoolLibrary, door: Door, state: EnterpriseState, *, since: date, today: date) -> date | None:
    """Return the first day from `since` to today on which the aim was reached, None where it has not been.

    It only changes on days on which a fact begins or ends. Having been reached once is enough: a system that was
    stopped meanwhile must come to the same end.
    """
    days = [since, *(day for day in fact_days(state) if since < day <= today)]
    return next((day for day in days if has_reached_aim(library, door, state, day)), None)


def _evaluate(library: PoolLibrary, tree: Tree, state: EnterpriseState, day: date) -> Node:
    return Evaluator(EnterpriseOnDay(state, day, library.facts), library.catalogue).evaluate(tree)
