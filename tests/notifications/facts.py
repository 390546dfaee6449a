"""Enterprises, recognitions, contacts and awards as the other services announce them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import uuid4

from shared.events.awards import AwardApproved, AwardProposed, AwardRejected, AwardState
from shared.events.base import Event, EventMeta
from shared.events.enterprise import (
    ContactsChanged,
    ContactState,
    EnterpriseMoved,
    EnterpriseRegistered,
    EnterpriseState,
    EnterpriseUpdated,
    RecognitionGranted,
    RecognitionRevoked,
    RecognitionState,
)
from shared.kernel.dates import last_valid_day
from shared.kernel.sealing import Sealer
from shared.testing.codes import make_uscc
from tests.notifications.application import FIELD_KEY

TODAY = date(2026, 11, 21)
_serials = count(1)


def hnte(issued_on: date, **fields: Any) -> RecognitionState:
    """A certificate as hnte, valid for three years."""
    return recognition("hnte", issued_on, valid_until_on=last_valid_day(issued_on, 3), **fields)


def recognition(kind: str, issued_on: date, **fields: Any) -> RecognitionState:
    """A recognition, the first of its kind."""
    known = {"id": uuid4(), "sequence": "first", "certificate_number": f"GR{issued_on:%Y%m%d}"}
    return RecognitionState(kind=kind, issued_on=issued_on, **{**known, **fields})


class Firm:
    """An enterprise under test: changes it and gives the event that announces the change."""

    def __init__(self, region_code: str = "530902", **fields: Any) -> None:
        serial = next(_serials)
        self.state = EnterpriseState(
            uscc=make_uscc(serial, office=region_code),
            version=1,
            name=f"示例企业{serial}号",
            entity_kind="enterprise",
            is_candidate=True,
            region_code=region_code,
            rung="micro_small",
            **fields,
        )

    @property
    def uscc(self) -> str:
        """Its code."""
        return self.state.uscc

    def _become(self, **fields: Any) -> EnterpriseState:
        self.state = self.state.model_copy(update={**fields, "version": self.state.version + 1})
        return self.state

    def registered(self) -> Event:
        """It entered the registry."""
        return EnterpriseRegistered(version=self.state.version, enterprise=self.state)

    def updated(self, **fields: Any) -> Event:
        """Its master data changed."""
        state = self._become(**fields)
        return EnterpriseUpdated(version=state.version, enterprise=state, changed=tuple(fields))

    def granted(self, granted: RecognitionState) -> Event:
        """A recognition was recorded."""
        state = self._become(recognitions=(*self.state.recognitions, granted))
        return RecognitionGranted(version=state.version, enterprise=state, recognition=granted)

    def corrected(self, corrected: RecognitionState) -> Event:
        """A recognition was recorded wrongly and is set right."""
        kept = tuple(corrected if item.id == corrected.id else item for item in self.state.recognitions)
        return self.updated(recognitions=kept)

    def revoked(self, revoked: RecognitionState, on: date) -> Event:
        """A recognition was revoked."""
        ended = revoked.model_copy(update={"revoked_on": on})
        kept = tuple(ended if item.id == revoked.id else item for item in self.state.recognitions)
        state = self._become(recognitions=kept)
        return RecognitionRevoked(
            version=state.version, enterprise=state, recognition=ended, revoked_on=on, reason="资格取消"
        )

    def moved(self, region_code: str, park_code: str | None = None) -> Event:
        """It moved."""
        before = self.state.region_code
        state = self._become(region_code=region_code, park_code=park_code)
        return EnterpriseMoved(version=state.version, enterprise=state, moved_on=TODAY, from_region_code=before)

    def contacts(self, *people: tuple[str, str], consent: bool = True) -> Event:
        """Its contacts changed: pairs of role and e-mail address."""
        state = self._become()
        contacts = tuple(_contact(role, email, consent=consent) for role, email in people)
        return ContactsChanged(version=state.version, enterprise=state, contacts=contacts)


def _contact(role: str, email: str, *, consent: bool) -> ContactState:
    contact_id = uuid4()
    fields = {"name": "张三", "phone": "13800000000", "email": email}
    sealed = Sealer(FIELD_KEY).seal(fields, place=f"contact|{contact_id}")
    return ContactState(id=contact_id, role=role, sealed=sealed, consent=consent)


def award(uscc: str | None, **fields: Any) -> AwardState:
    """An award of 100,000 yuan."""
    known = {
        "id": uuid4(),
        "version": 1,
        "uscc": uscc,
        "beneficiary_kind": "enterprise",
        "beneficiary_id": uscc or "someone",
        "beneficiary_name": "示例企业",
        "region_code": "530902",
        "grant_rule_id": "lincang.hnte_first",
        "grant_rule_label": "首次认定高新技术企业奖励",
        "provision_ids": ("LC-2.2-c",),
        "trigger_on": date(2026, 11, 1),
        "amount_fen": 10_000_000,
        "state": "proposed",
    }
    return AwardState(**{**known, **fields})


def proposed(state: AwardState) -> Event:
    """It was proposed."""
    return AwardProposed(version=state.version, award=state)


def approved(state: AwardState) -> Event:
    """It was decided."""
    decided = state.model_copy(update={"state": "approved", "version": state.version + 1})
    return AwardApproved(version=decided.version, award=decided)


def rejected(state: AwardState, reason: str) -> Event:
    """It was rejected."""
    refused = state.model_copy(update={"state": "rejected", "version": state.version + 1})
    return AwardRejected(version=refused.version, award=refused, reason=reason)


def meta_of(event: Event) -> EventMeta:
    """What the consumer would tell of the event."""
    return EventMeta(
        event_id=uuid4(),
        event_type=event.event_type,
        occurred_at=datetime(2026, 11, 21, tzinfo=UTC),
        topic=event.topic,
        part=0,
        epoch=0,
        pseq=1,
        agg_id=event.aggregate_id,
        agg_version=event.version,
    )
