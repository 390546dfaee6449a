"""Domain facts become events. Each function returns how to say a fact, once the state it led to has a version."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from services.enterprise.domain.announcements import Lapse, RungStep
from services.enterprise.domain.enterprise import Block, Enterprise, Recognition, ScaleMark, YearFigures
from services.enterprise.domain.rungs import RungHeld, rung_held_on
from shared.events import enterprise as events
from shared.events.enterprise import EnterpriseEvent, EnterpriseState

Announcement = Callable[[EnterpriseState], EnterpriseEvent]


def state_of(enterprise: Enterprise, timeline: Sequence[RungHeld], *, version: int, today: date) -> EnterpriseState:
    """Return the whole public state of an enterprise at `version`."""
    return EnterpriseState(
        uscc=enterprise.uscc,
        version=version,
        name=enterprise.name,
        entity_kind=enterprise.entity_kind,
        is_candidate=enterprise.is_candidate,
        region_code=enterprise.region_code,
        park_code=enterprise.park_code,
        registered_on=enterprise.registered_on,
        registered_capital_fen=enterprise.registered_capital_fen,
        industry_code=enterprise.industry_code,
        rung=rung_held_on(timeline, today).rung,
        rungs=tuple(
            events.RungInterval(rung=held.rung, from_on=held.from_on, until_on=held.until_on) for held in timeline
        ),
        recognitions=tuple(_recognition_state(recognition) for recognition in enterprise.recognitions),
        figures=tuple(_figures_state(figures) for figures in enterprise.figures),
        scale=tuple(_scale_interval(mark) for mark in enterprise.scale),
        blocks=tuple(_block_state(block) for block in enterprise.blocks),
    )


def registered() -> Announcement:
    """Say that the enterprise entered the registry."""
    return lambda state: events.EnterpriseRegistered(version=state.version, enterprise=state)


def updated(changed: Sequence[str]) -> Announcement:
    """Say which master data changed."""
    return lambda state: events.EnterpriseUpdated(version=state.version, enterprise=state, changed=tuple(changed))


def moved(before: Enterprise, moved_on: date) -> Announcement:
    """Say that the enterprise moved, and from where."""
    return lambda state: events.EnterpriseMoved(
        version=state.version,
        enterprise=state,
        moved_on=moved_on,
        from_region_code=before.region_code,
        from_park_code=before.park_code,
    )


def figures_reported(year: int) -> Announcement:
    """Say that figures of a year arrived or were corrected."""
    return lambda state: events.FiguresReported(version=state.version, enterprise=state, year=year)


def scale_changed(mark: ScaleMark) -> Announcement:
    """Say that the enterprise is on, or off, the list of those above designated size."""
    return lambda state: events.ScaleChanged(
        version=state.version, enterprise=state, above_scale=mark.above_scale, from_on=mark.from_on
    )


def recognition_granted(recognition: Recognition) -> Announcement:
    """Say that a recognition was recorded."""
    return lambda state: events.RecognitionGranted(
        version=state.version, enterprise=state, recognition=_recognition_state(recognition)
    )


def recognition_lapsed(lapse: Lapse) -> Announcement:
    """Say that a recognition ended without renewal."""
    return lambda state: events.RecognitionLapsed(
        version=state.version,
        enterprise=state,
        recognition=_recognition_state(lapse.recognition),
        lapsed_on=lapse.lapsed_on,
    )


def recognition_revoked(recognition: Recognition, *, revoked_on: date, reason: str) -> Announcement:
    """Say that an authority revoked a recognition."""
    return lambda state: events.RecognitionRevoked(
        version=state.version,
        enterprise=state,
        recognition=_recognition_state(recognition),
        revoked_on=revoked_on,
        reason=reason,
    )


def rung_changed(step: RungStep) -> Announcement:
    """Say that the rung is another one than was said last."""
    return lambda state: events.RungChanged(
        version=state.version,
        enterprise=state,
        from_rung=step.from_rung,
        to_rung=step.to_rung,
        changed_on=step.changed_on,
    )


def block_raised(block: Block) -> Announcement:
    """Say that an integrity block was recorded."""
    return lambda state: events.BlockRaised(version=state.version, enterprise=state, block=_block_state(block))


def block_released(block: Block, reason: str) -> Announcement:
    """Say that a person released a block, and why."""
    return lambda state: events.BlockReleased(
        version=state.version, enterprise=state, block=_block_state(block), reason=reason
    )


def contacts_changed(contacts: Sequence[events.ContactState]) -> Announcement:
    """Say who the contacts are now, sealed."""
    return lambda state: events.ContactsChanged(version=state.version, enterprise=state, contacts=tuple(contacts))


def _recognition_state(recognition: Recognition) -> events.RecognitionState:
    return events.RecognitionState(
        id=recognition.id,
        kind=recognition.kind,
        level=recognition.level,
        certificate_number=recognition.certificate_number,
        issuer=recognition.issuer,
        document=recognition.document,
        issued_on=recognition.issued_on,
        valid_until_on=recognition.valid_until_on,
        sequence=recognition.sequence,
        revoked_on=recognition.revoked_on,
    )


def _figures_state(figures: YearFigures) -> events.FiguresState:
    return events.FiguresState(year=figures.year, source=figures.source, **figures.items)


def _scale_interval(mark: ScaleMark) -> events.ScaleInterval:
    return events.ScaleInterval(above_scale=mark.above_scale, from_on=mark.from_on, source=mark.source)


def _block_state(block: Block) -> events.BlockState:
    return events.BlockState(
        id=block.id, kind=block.kind, source=block.source, from_on=block.from_on, released_on=block.released_on
    )
