"""Which duties an enterprise has: derived from its recognitions, compared with the record. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.notifications.domain.duty_rules import AtExpiry, DutyRule, EachYear
from services.notifications.domain.rule_book import RegionRules


class DutyState(StrEnum):
    """Where a duty stands."""

    OPEN = "open"
    DONE = "done"
    WAIVED = "waived"
    OVERDUE = "overdue"
    WITHDRAWN = "withdrawn"


AWAITED = frozenset({DutyState.OPEN, DutyState.OVERDUE})
"""Duties that still have to be done."""


class ClosedBy(StrEnum):
    """What closed a duty: a person's word, or the recognitions themselves."""

    PERSON = "person"
    RECORDS = "records"


@dataclass(frozen=True)
class Recognition:
    """What of a recognition matters to duties."""

    id: UUID
    kind: str
    level: str | None
    certificate_number: str | None
    issued_on: date
    valid_until_on: date | None
    revoked_on: date | None = None


@dataclass(frozen=True)
class DerivedDuty:
    """A duty as the rules and the recognitions have it. `subject` tells it from others of its kind and enterprise."""

    rule: DutyRule
    subject: str
    due_on: date
    recognition_id: UUID
    fulfilled_on: date | None = None
    fulfilled_by: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What identifies the duty within its enterprise."""
        return self.rule.kind, self.subject


@dataclass(frozen=True)
class KnownDuty:
    """A duty as it is on record."""

    id: UUID
    version: int
    kind: str
    subject: str
    due_on: date
    state: DutyState
    closed_by: ClosedBy | None
    label: str
    provision_ids: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str]:
        """What identifies the duty within its enterprise."""
        return self.kind, self.subject


@dataclass(frozen=True)
class PlanDuty:
    """A duty nobody knew of: put it on record and tell it."""

    derived: DerivedDuty


@dataclass(frozen=True)
class ReviseDuty:
    """Its day moved, its words changed, or it is awaited again; what was planned for the old day is withdrawn."""

    known: KnownDuty
    derived: DerivedDuty
    state: DutyState


@dataclass(frozen=True)
class FulfilDuty:
    """A later recognition fulfilled it."""

    known: KnownDuty
    done_on: date
    proof: str | None


@dataclass(frozen=True)
class WithdrawDuty:
    """What it followed from is gone."""

    known: KnownDuty


DutyChange = PlanDuty | ReviseDuty | FulfilDuty | WithdrawDuty


def derive_duties(recognitions: Sequence[Recognition], rules: RegionRules) -> list[DerivedDuty]:
    """Return every duty that follows from the recognitions, past ones included, one per kind and subject."""
    derived: dict[tuple[str, str], DerivedDuty] = {}
    for recognition in sorted(recognitions, key=lambda item: (item.issued_on, str(item.id))):
        for rule in rules.rules_for(recognition.kind):
            for duty in _derive(rule, recognition, recognitions):
                if recognition.revoked_on is None or duty.due_on < recognition.revoked_on:
                    derived.setdefault(duty.key, duty)
    return list(derived.values())


def _derive(rule: DutyRule, recognition: Recognition, all_of_them: Sequence[Recognition]) -> Iterator[DerivedDuty]:
    if recognition.valid_until_on is None:
        return
    match rule.due:
        case EachYear() as yearly:
            for year in range(recognition.issued_on.year + 1, recognition.valid_until_on.year + 1):
                yield DerivedDuty(rule, str(year), yearly.in_year(year), recognition.id)
        case AtExpiry():
            successor = _find_successor(recognition, all_of_them)
            yield DerivedDuty(
                rule,
                str(recognition.id),
                recognition.valid_until_on,
                recognition.id,
                fulfilled_on=successor.issued_on if successor else None,
                fulfilled_by=successor.certificate_number if successor else None,
            )


def _find_successor(recognition: Recognition, all_of_them: Iterable[Recognition]) -> Recognition | None:
    """Return the first recognition of the same kind and level that reaches further, and was not revoked."""
    later = [
        other
        for other in all_of_them
        if (other.kind, other.level) == (recognition.kind, recognition.level)
        and other.revoked_on is None
        and _reach(other) > _reach(recognition)
    ]
    return min(later, key=lambda other: (other.issued_on, _reach(other)), default=None)


def _reach(recognition: Recognition) -> tuple[date, date, str]:
    return recognition.valid_until_on or date.max, recognition.issued_on, str(recognition.id)


def compare_duties(known: Iterable[KnownDuty], derived: Iterable[DerivedDuty], *, today: date) -> list[DutyChange]:
    """Return what has to change so that the record says what the rules say.

    A duty whose day passed before anybody knew of it is not put on record: whether it was done is unknown, and
    nothing could be told in time. What a person closed stays closed.
    """
    wanted = {duty.key: duty for duty in derived}
    on_record = {duty.key: duty for duty in known}
    changes: list[DutyChange] = [
        PlanDuty(duty)
        for key, duty in wanted.items()
        if key not in on_record and duty.fulfilled_on is None and duty.due_on >= today
    ]
    for key, duty in on_record.items():
        change = _compare(duty, wanted.get(key), today)
        if change is not None:
            changes.append(change)
    return changes


def _compare(known: KnownDuty, derived: DerivedDuty | None, today: date) -> DutyChange | None:
    if known.closed_by is ClosedBy.PERSON:
        return None
    is_awaited = known.state in AWAITED
    if derived is None:
        return WithdrawDuty(known) if is_awaited else None
    if derived.fulfilled_on is not None:
        return FulfilDuty(known, derived.fulfilled_on, derived.fulfilled_by) if is_awaited else None
    if not is_awaited:
        return ReviseDuty(known, derived, DutyState.OPEN) if derived.due_on >= today else None
    moved_ahead = derived.due_on != known.due_on and derived.due_on >= today
    state = DutyState.OPEN if moved_ahead else known.state
    return ReviseDuty(known, derived, state) if _differs(known, derived, state) else None


def _differs(known: KnownDuty, derived: DerivedDuty, state: DutyState) -> bool:
    before = (known.due_on, known.state, known.label, known.provision_ids)
    return before != (derived.due_on, state, derived.rule.label_zh, derived.rule.provision_ids)
