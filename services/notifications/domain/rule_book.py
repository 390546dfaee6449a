"""The rules that hold in a division: the national ones, and what its jurisdictions add or replace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from services.notifications.domain.duty_rules import OTHERS, DutyRule, load_duty_rules
from services.notifications.domain.schedules import Schedule, load_schedules
from services.notifications.domain.workdays import last_published_year
from shared.kernel.regions import covers
from shared.rules.hashing import content_hash

NATIONAL = "national"


@dataclass(frozen=True)
class RegionRules:
    """What holds in one division. `fingerprint` changes with anything that could change a plan."""

    duties: tuple[DutyRule, ...]
    schedules: Mapping[str, Schedule]
    fingerprint: str

    def rules_for(self, recognition_kind: str) -> list[DutyRule]:
        """Return the rules a recognition of this kind falls under; `others` takes what no rule names."""
        named = [rule for rule in self.duties if recognition_kind in rule.recognitions]
        return named or [rule for rule in self.duties if OTHERS in rule.recognitions]

    def schedule_of(self, duty_kind: str) -> Schedule | None:
        """Return when duties of this kind are told; None where nothing says so."""
        return self.schedules.get(duty_kind) or self.schedules.get(OTHERS)

    def rule_of(self, duty_kind: str) -> DutyRule | None:
        """Return the rule of a duty kind, None where it was dropped since."""
        return next((rule for rule in self.duties if rule.kind == duty_kind), None)


@dataclass(frozen=True)
class _Layer:
    """The files of one jurisdiction."""

    code: str
    duties: tuple[DutyRule, ...]
    schedules: Mapping[str, Schedule]


@dataclass
class RuleBook:
    """The rules of all jurisdictions; those of a division are put together when first asked for."""

    layers: tuple[_Layer, ...]
    _known: dict[str, RegionRules] = field(default_factory=dict)

    def for_region(self, region_code: str) -> RegionRules:
        """Return the rules of a division: a narrower jurisdiction replaces a wider one's by kind."""
        if region_code not in self._known:
            self._known[region_code] = self._put_together(region_code)
        return self._known[region_code]

    @property
    def duty_kinds(self) -> list[str]:
        """Every kind of duty that some rule knows."""
        return sorted({rule.kind for layer in self.layers for rule in layer.duties})

    def _put_together(self, region_code: str) -> RegionRules:
        duties: dict[str, DutyRule] = {}
        schedules: dict[str, Schedule] = {}
        for layer in self.layers:
            if layer.code == NATIONAL or covers(layer.code, region_code):
                duties |= {rule.kind: rule for rule in layer.duties}
                schedules |= layer.schedules
        return RegionRules(tuple(duties.values()), schedules, _fingerprint(duties, schedules))


def _fingerprint(duties: Mapping[str, DutyRule], schedules: Mapping[str, Schedule]) -> str:
    content = {
        "duties": {kind: rule.model_dump(mode="json") for kind, rule in duties.items()},
        "schedules": {kind: schedule.model_dump(mode="json") for kind, schedule in schedules.items()},
        "holidays_known_until": last_published_year(),
    }
    return content_hash(content)


def load_rule_book(root: Path) -> RuleBook:
    """Read duties and offsets of all jurisdictions, widest first; raises PackError."""
    folders = [root / NATIONAL, *_jurisdiction_folders(root)]
    return RuleBook(tuple(_load_layer(folder) for folder in folders))


def _jurisdiction_folders(root: Path) -> list[Path]:
    coded = [folder for folder in root.iterdir() if folder.is_dir() and folder.name[:6].isdigit()]
    return sorted(coded, key=lambda folder: (len(folder.name[:6].rstrip("0")), folder.name))


def _load_layer(folder: Path) -> _Layer:
    duties, schedules = folder / "duties.yaml", folder / "offsets.yaml"
    is_national = folder.name == NATIONAL
    return _Layer(
        code=NATIONAL if is_national else folder.name[:6],
        duties=load_duty_rules(duties) if is_national or duties.is_file() else (),
        schedules=load_schedules(schedules) if is_national or schedules.is_file() else {},
    )
