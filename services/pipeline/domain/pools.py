"""The shape of pool.yaml: pools, their named doors, what opens each and what each leads to."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from services.pipeline.domain.pool_facts import PoolFact
from shared.kernel.errors import FieldError, Invalid
from shared.kernel.regions import covers
from shared.rules.conditions import Conditions, RuleModel
from shared.rules.facts import FactCatalogue
from shared.rules.grants import Provision
from shared.rules.readings import ChosenReading, Reading


class Door(RuleModel):
    """A way into a pool. A door without conditions is opened by decision alone and finds no candidates.

    `judged_zh` names what the text asks for without a measure: a person judges it. Reaching `graduates_when` ends
    the stay by itself.
    """

    id: str = Field(pattern="^[A-Za-z][A-Za-z0-9_]*$")
    label_zh: str
    provisions: tuple[Provision, ...] = ()
    conditions: Conditions | None = None
    judged_zh: tuple[str, ...] = ()
    graduates_when: Conditions
    note_zh: str | None = None


class Pool(RuleModel):
    """A cultivation pool (培育库) with its doors, the printed ones first."""

    id: str = Field(pattern="^[a-z][a-z0-9_]*$")
    label_zh: str
    provisions: tuple[Provision, ...] = ()
    doors: tuple[Door, ...] = ()
    note_zh: str | None = None

    def get_door(self, door: str) -> Door:
        """Return the door with this id, or raise UnknownDoor naming those there are."""
        found = next((item for item in self.doors if item.id == door), None)
        if found is None:
            raise UnknownDoor(door, [item.id for item in self.doors])
        return found


class PoolFile(RuleModel):
    """pool.yaml of a jurisdiction; the first pool is the one meant where none is named."""

    jurisdiction: str = Field(pattern="^[0-9]{6}$")
    document: str
    readings: tuple[Reading, ...] = ()
    pools: tuple[Pool, ...] = Field(min_length=1)


class NationalPoolFile(RuleModel):
    """national/pool.yaml: the facts doors ask for, doors every pool has, the pool of places without a policy."""

    facts: tuple[PoolFact, ...]
    common_doors: tuple[Door, ...]
    pools: tuple[Pool, ...] = Field(min_length=1)


class UnknownPool(Invalid):
    """The jurisdiction has no pool of this name."""

    code = "unknown_pool"
    title = "没有这个培育库"

    def __init__(self, pool: str, known: list[str]) -> None:
        detail = f"没有培育库 {pool},可用的有:{'、'.join(known)}"
        super().__init__(detail, errors=(FieldError("/pool", "unknown_pool", detail),))


class UnknownDoor(Invalid):
    """The pool has no door of this name."""

    code = "unknown_door"
    title = "没有这个入库通道"

    def __init__(self, door: str, known: list[str]) -> None:
        detail = f"没有入库通道 {door},可用的有:{'、'.join(known)}"
        super().__init__(detail, errors=(FieldError("/door", "unknown_door", detail),))


@dataclass(frozen=True)
class PoolPack:
    """The pools of one jurisdiction, ready for use; decisions store the content hash and the readings chosen."""

    jurisdiction: str
    content_hash: str
    readings: tuple[ChosenReading, ...]
    pools: tuple[Pool, ...]

    def get_pool(self, pool: str | None) -> Pool:
        """Return the pool with this id (the first where none is named), or raise UnknownPool."""
        if pool is None:
            return self.pools[0]
        found = next((item for item in self.pools if item.id == pool), None)
        if found is None:
            raise UnknownPool(pool, [item.id for item in self.pools])
        return found


@dataclass(frozen=True)
class PoolLibrary:
    """The pools of all jurisdictions, and the facts their doors ask for."""

    packs: tuple[PoolPack, ...]
    national: PoolPack
    facts: dict[str, PoolFact]
    catalogue: FactCatalogue

    def for_region(self, region_code: str) -> PoolPack:
        """Return the pools that hold in this division: those of the narrowest jurisdiction, else the national ones."""
        holding = [pack for pack in self.packs if covers(pack.jurisdiction, region_code)]
        return max(holding, key=lambda pack: len(pack.jurisdiction.rstrip("0")), default=self.national)

    def find_door(self, jurisdiction: str, pool: str, door: str) -> Door | None:
        """Return the door through which somebody was admitted, None where its pack has dropped it since."""
        packs = (pack for pack in (*self.packs, self.national) if pack.jurisdiction == jurisdiction)
        doors = (item for pack in packs for known in pack.pools if known.id == pool for item in known.doors)
        return next((item for item in doors if item.id == door), None)
