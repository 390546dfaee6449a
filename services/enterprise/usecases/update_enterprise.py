"""Change an enterprise's master data, its county or its park."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise import says
from services.enterprise.db.fact_repository import insert_move
from services.enterprise.domain.enterprise import Enterprise
from services.enterprise.domain.entity_kinds import classify_entity, is_candidate
from services.enterprise.domain.errors import wrong_field
from services.enterprise.says import Announcement
from services.enterprise.usecases.changing import Entry, Register, conclude

PLACE_FIELDS = frozenset({"region_code", "park_code"})


async def update_enterprise(
    session: AsyncSession,
    register: Register,
    before: Enterprise,
    changes: Mapping[str, Any],
    *,
    moved_on: date | None = None,
    reason: str | None = None,
) -> Enterprise:
    """Apply `changes` (field → value) to a locked enterprise; what is equal already changes nothing.

    A rename keeps the former name; another county or park is a move, by default of today.
    """
    changed = {name: value for name, value in changes.items() if getattr(before, name) != value}
    if not changed:
        return before
    _check(changed, moved_on, register.today)
    after = _apply(before, changed)
    announcements: list[Announcement] = []
    if master := sorted(set(changed) - PLACE_FIELDS):
        announcements.append(says.updated(master))
    if not PLACE_FIELDS.isdisjoint(changed):
        day = moved_on or register.today
        await insert_move(session, before, moved_on=day)
        announcements.append(says.moved(before, day))
    entry = Entry("enterprise.update", {name: getattr(before, name) for name in changed}, changed, reason)
    return await conclude(session, register, before, after, announcements, entry)


def _check(changed: Mapping[str, Any], moved_on: date | None, today: date) -> None:
    registered_on = changed.get("registered_on")
    if registered_on is not None and registered_on > today:
        raise wrong_field("/registered_on", "in_future", "成立日期不能晚于今天")
    if moved_on is not None and moved_on > today:
        raise wrong_field("/moved_on", "in_future", "迁移日期不能晚于今天")


def _apply(before: Enterprise, changed: Mapping[str, Any]) -> Enterprise:
    after = replace(before, **changed)
    if "name" not in changed:
        return after
    kind = classify_entity(after.uscc, after.name)
    former = tuple(name for name in before.former_names if name not in (before.name, after.name))
    return replace(after, former_names=(*former, before.name), entity_kind=kind, is_candidate=is_candidate(kind))
