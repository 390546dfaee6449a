"""How every change of an enterprise is made: locked first, concluded with version, rung, audit and events together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise import says
from services.enterprise.db.enterprise_repository import find_enterprise, lock_enterprise, save_enterprise
from services.enterprise.domain.announcements import due_lapses, due_rung_step, next_due_on
from services.enterprise.domain.enterprise import Enterprise
from services.enterprise.domain.errors import EnterpriseNotFound
from services.enterprise.domain.ladders import Ladders
from services.enterprise.domain.rungs import RungHeld, rungs_of
from services.enterprise.says import Announcement
from shared.db.audit import record_change
from shared.outbox.append import append_all


@dataclass(frozen=True)
class Register:
    """What changing the registry needs besides the transaction: the ladders and the business date."""

    ladders: Ladders
    today: date


@dataclass(frozen=True)
class Entry:
    """The audit entry of a change: the action, what it changed, and why."""

    action: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    reason: str | None = None


async def open_enterprise(session: AsyncSession, uscc: str) -> Enterprise:
    """Lock the enterprise for a change and return it; raises EnterpriseNotFound outside the asker's scope."""
    found = await find_enterprise(session, uscc) if await lock_enterprise(session, uscc) else None
    if found is None:
        raise EnterpriseNotFound(f"没有统一社会信用代码为 {uscc} 的企业,或不在您的管辖范围内")
    return found


async def conclude(
    session: AsyncSession,
    register: Register,
    before: Enterprise,
    after: Enterprise,
    announcements: Sequence[Announcement],
    entry: Entry,
) -> Enterprise:
    """Save a change and say it: the facts given, then the lapses and the rung that follow from it today.

    Each event has a version of its own; the enterprise ends at the last one's.
    """
    timeline = rungs_of(after, register.ladders.for_region(after.region_code))
    after, following = _follow(after, timeline, register.today)
    announcements = [*announcements, *following]
    after = replace(after, version=before.version + len(announcements))
    await save_enterprise(
        session,
        before,
        after,
        timeline,
        due_on=next_due_on(after, timeline, register.today),
        rungs_changed=timeline != rungs_of(before, register.ladders.for_region(before.region_code)),
    )
    await _announce(session, register, before.version, after, timeline, announcements)
    await record_change(
        session,
        action=entry.action,
        aggregate="enterprise",
        aggregate_id=after.uscc,
        before=entry.before,
        after=entry.after,
        reason=entry.reason,
    )
    return after


def _follow(after: Enterprise, timeline: Sequence[RungHeld], today: date) -> tuple[Enterprise, list[Announcement]]:
    """Return what today's date makes known about the enterprise, and the enterprise with that marked as said."""
    said: list[Announcement] = []
    for lapse in due_lapses(after, today):
        told = replace(lapse.recognition, lapse_said=True)
        after = replace(after, recognitions=tuple(told if r.id == told.id else r for r in after.recognitions))
        said.append(says.recognition_lapsed(lapse))
    step = due_rung_step(after, timeline, today)
    if step is not None:
        after = replace(after, said_rung=step.to_rung)
        said.append(says.rung_changed(step))
    return after, said


async def _announce(
    session: AsyncSession,
    register: Register,
    version: int,
    after: Enterprise,
    timeline: Sequence[RungHeld],
    announcements: Sequence[Announcement],
) -> None:
    state = says.state_of(after, timeline, version=version, today=register.today)
    numbered = enumerate(announcements, start=version + 1)
    await append_all(session, [say(state.model_copy(update={"version": number})) for number, say in numbered])
