"""What every evaluation needs at hand: the law as loaded, and what day it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from services.awards.domain.decisions import Decision, decide
from services.awards.domain.known_facts import KnownFacts
from services.awards.domain.occasions import Occasion, concerns
from services.awards.domain.once import once_key
from shared.kernel.clock import Clock
from shared.rules.grants import GrantRule
from shared.rules.packs import LoadedPack, PackLibrary, load_library


@dataclass(frozen=True)
class GrantDesk:
    """The packs of all jurisdictions and the clock."""

    library: PackLibrary
    clock: Clock
    _by_region: dict[str, tuple[LoadedPack, ...]] = field(default_factory=dict)

    def packs_of(self, region_code: str) -> tuple[LoadedPack, ...]:
        """Return the packs that hold in a division, found once and remembered."""
        if region_code not in self._by_region:
            self._by_region[region_code] = tuple(self.library.for_region(region_code))
        return self._by_region[region_code]

    def rules_for(self, occasion: Occasion) -> Iterator[tuple[LoadedPack, GrantRule]]:
        """Yield the rules of the occasion's region that speak of it."""
        for loaded in self.packs_of(occasion.region_code):
            for rule in loaded.pack.grants:
                if concerns(rule, occasion):
                    yield loaded, rule

    def decide(
        self, loaded: LoadedPack, rule: GrantRule, occasion: Occasion, *, on: date, given: Mapping[str, str]
    ) -> Decision:
        """Decide one rule for the occasion; `given` tells which occasion used up each once-key that is taken."""
        user = given.get(once_key(rule, occasion))
        facts = KnownFacts(occasion, on, already_given=user not in (None, occasion.id))
        return decide(loaded, rule, occasion, facts, self.library.catalogue, evaluated_on=on)


def open_desk(jurisdictions: Path, clock: Clock) -> GrantDesk:
    """Load the packs and return the desk; raises PackError where a file is wrong."""
    return GrantDesk(load_library(jurisdictions), clock)
