"""Which ladder holds where, and the one that holds where no jurisdiction brought its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from shared.rules.ladders import Ladder, LadderLibrary
from shared.rules.recognition_kinds import KindRegister


@dataclass(frozen=True)
class LadderRung:
    """One rung and the recognition kinds that carry it; the lowest is carried by none."""

    id: str
    label_zh: str
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True)
class LadderRungs:
    """The rungs of a ladder from the lowest up: all that deriving a rung needs."""

    id: str
    rungs: tuple[LadderRung, ...]
    carrying_kinds: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "carrying_kinds", frozenset().union(*(rung.kinds for rung in self.rungs)))

    @property
    def base(self) -> str:
        """The rung of an enterprise without any recognition."""
        return self.rungs[0].id

    def rung_for(self, valid_kinds: Collection[str]) -> str:
        """Return the highest rung that one of these recognition kinds carries."""
        held = [rung.id for rung in self.rungs[1:] if not rung.kinds.isdisjoint(valid_kinds)]
        return held[-1] if held else self.base


NATIONAL_LADDER = LadderRungs(
    id="national",
    rungs=(
        LadderRung("micro_small", "小微"),
        LadderRung("tech_sme", "科技型中小企业", frozenset({"tech_sme"})),
        LadderRung("hnte", "高新技术企业", frozenset({"hnte"})),
        LadderRung("leading", "科技领军企业", frozenset({"leading"})),
    ),
)
"""The recognitions that are national law or a named award; holds where no jurisdiction shipped a ladder."""


class Ladders:
    """The ladders of all jurisdictions and the kinds of recognition, ready for asking."""

    def __init__(self, library: LadderLibrary) -> None:
        self.packs: tuple[Ladder, ...] = library.ladders
        self.kinds: KindRegister = library.kinds
        self.labels: dict[str, str] = _labels_of(library)
        self._library = library
        self._views = {ladder.id: _view_of(ladder) for ladder in library.ladders}
        self.rungs: frozenset[str] = frozenset(
            rung.id for view in (NATIONAL_LADDER, *self._views.values()) for rung in view.rungs
        )
        self._by_region: dict[str, LadderRungs] = {}

    def for_region(self, region_code: str) -> LadderRungs:
        """Return the ladder of the narrowest jurisdiction that holds the division, else the national one."""
        known = self._by_region.get(region_code)
        if known is None:
            ladder = self._library.for_region(region_code)
            known = self._by_region[region_code] = self._views[ladder.id] if ladder else NATIONAL_LADDER
        return known


def _labels_of(library: LadderLibrary) -> dict[str, str]:
    """Return Chinese names of rungs and recognition kinds by id; where ladders differ, the kind's own name stands."""
    rungs = {rung.id: rung.label_zh for rung in NATIONAL_LADDER.rungs}
    for ladder in library.ladders:
        rungs = {**{rung.id: rung.label_zh for rung in ladder.rungs}, **rungs}
    return {**rungs, **{kind.id: kind.label_zh for kind in library.kinds.kinds}}


def _view_of(ladder: Ladder) -> LadderRungs:
    rungs = (LadderRung(rung.id, rung.label_zh, frozenset(rung.recognitions)) for rung in ladder.rungs)
    return LadderRungs(ladder.id, tuple(rungs))
