"""Reads and writes of the copy of enterprises."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.pipeline.db.board_repository import APPEND_CHANGES, columns_of
from services.pipeline.db.tables import Membership, enterprises, pool_packs
from services.pipeline.domain.board import Changes, Stay, Step, dump_stays, dump_steps, load_stays, load_steps
from services.pipeline.domain.enterprises import EnterpriseCopy, dump_places, load_places
from services.pipeline.domain.memberships import MembershipState
from shared.db.engine import fetch_all
from shared.events.enterprise import EnterpriseState
from shared.kernel.errors import NotFound

_memberships: sa.Table = Membership.__table__  # type: ignore[attr-defined]
_COPY = sa.select(
    sa.cast(enterprises.c.state, sa.Text).label("state"),
    *(enterprises.c[name] for name in ("first_known_on", "places", "stays", "steps")),
)

# One row, all that decides the board: after waiting for the lock PostgreSQL reads the row anew, but no other table.
_ONE_LOCKED = _COPY.where(enterprises.c.uscc == sa.bindparam("uscc")).with_for_update()
_SOME = _COPY.where(enterprises.c.uscc > sa.bindparam("after")).order_by(enterprises.c.uscc).limit(sa.bindparam("most"))

# Copy and board in one round trip: this runs for every event that the registry says.
_SAVE = sa.text(
    f"""WITH kept AS (
        INSERT INTO enterprises (uscc, version, name, is_candidate, region_code, park_code, rung, first_known_on,
            state, places, stays, steps, doors, review_on)
        VALUES (:uscc, :version, :name, :is_candidate, :region_code, :park_code, :rung, :first_known_on,
            CAST(:state AS jsonb), CAST(:places AS jsonb), CAST(:stays AS jsonb), CAST(:steps AS jsonb),
            CAST(:doors AS jsonb), :review_on)
        ON CONFLICT (uscc) DO UPDATE SET version = excluded.version, name = excluded.name,
            is_candidate = excluded.is_candidate, region_code = excluded.region_code, park_code = excluded.park_code,
            rung = excluded.rung, state = excluded.state, places = excluded.places, stays = excluded.stays,
            steps = excluded.steps, doors = excluded.doors, review_on = excluded.review_on)
    {APPEND_CHANGES.text}"""  # noqa: S608 - constants
)


def _copy_of(row: Any) -> EnterpriseCopy:
    return EnterpriseCopy(
        state=EnterpriseState.model_validate_json(row.state),
        first_known_on=row.first_known_on,
        places=load_places(row.places),
        stays=load_stays(row.stays),
        steps=load_steps(row.steps),
    )


async def find_locked(session: AsyncSession, uscc: str) -> EnterpriseCopy | None:
    """Return the copy and lock it until the transaction ends: whatever moves the board takes this lock first."""
    row = (await session.execute(_ONE_LOCKED, {"uscc": uscc})).first()
    return None if row is None else _copy_of(row)


async def get_locked(session: AsyncSession, uscc: str) -> EnterpriseCopy:
    """Return the copy, locked, or raise NotFound: unknown, out of scope, or not heard of yet."""
    return _known(uscc, await find_locked(session, uscc))


def _known(uscc: str, copy: EnterpriseCopy | None) -> EnterpriseCopy:
    if copy is None:
        raise NotFound(f"没有找到企业 {uscc};刚登记的企业要等几秒钟才会出现在这里")
    return copy


async def get_state(session: AsyncSession, uscc: str) -> EnterpriseState:
    """Return the newest state heard, or raise NotFound: unknown, out of scope, or not heard of yet."""
    row = (await session.execute(_COPY.where(enterprises.c.uscc == uscc))).first()
    return _known(uscc, None if row is None else _copy_of(row)).state


async def stream_copies(session: AsyncSession, *, batch: int = 1000) -> AsyncIterator[EnterpriseCopy]:
    """Yield every copy in the order of the USCC, reading one batch at a time."""
    after = ""
    while True:
        rows = (await session.execute(_SOME, {"after": after, "most": batch})).all()
        for row in rows:
            copy = _copy_of(row)
            yield copy
            after = copy.state.uscc
        if len(rows) < batch:
            return


async def save(
    session: AsyncSession,
    copy: EnterpriseCopy,
    *,
    doors: Sequence[dict[str, Any]],
    review_on: date | None,
    changes: Changes,
) -> None:
    """Write the copy, which the caller has locked if it was there, and add the changes to the board."""
    state = copy.state
    await session.execute(
        _SAVE,
        {
            "uscc": state.uscc,
            "version": state.version,
            "name": state.name,
            "is_candidate": state.is_candidate,
            "region_code": state.region_code,
            "park_code": state.park_code,
            "rung": state.rung,
            "first_known_on": copy.first_known_on,
            "state": state.model_dump_json(),
            "places": json.dumps(dump_places(copy.places)),
            "stays": json.dumps(dump_stays(copy.stays)),
            "steps": json.dumps(dump_steps(copy.steps)),
            "doors": json.dumps(doors, ensure_ascii=False),
            "review_on": review_on,
            **columns_of(changes),
        },
    )


async def save_course(session: AsyncSession, uscc: str, *, stays: Sequence[Stay], steps: Sequence[Step]) -> None:
    """Write the enterprise's stays, and what it adds to the board now."""
    values = {"stays": dump_stays(stays), "steps": dump_steps(steps)}
    await session.execute(enterprises.update().where(enterprises.c.uscc == uscc).values(**values))


async def request_reviews(session: AsyncSession, region_codes: Sequence[str] | None, today: date) -> None:
    """Have the enterprises of these divisions (None: all) looked at again today."""
    column = enterprises.c
    update = enterprises.update().values(review_on=today)
    await session.execute(update if region_codes is None else update.where(column.region_code.in_(region_codes)))


async def load_pack_hashes(session: AsyncSession) -> dict[str, str]:
    """Return by which content of each jurisdiction's pools the doors were last judged."""
    return {row.jurisdiction: row.content_hash for row in await session.execute(sa.select(pool_packs))}


async def save_pack_hash(session: AsyncSession, jurisdiction: str, content_hash: str) -> None:
    """Remember by which content the doors are judged from now on."""
    known = {"jurisdiction": jurisdiction, "content_hash": content_hash}
    statement = insert(pool_packs).values(known)
    await session.execute(statement.on_conflict_do_update(index_elements=["jurisdiction"], set_=known))


async def list_due_reviews(session: AsyncSession, today: date, *, most: int) -> list[str]:
    """Return enterprises whose facts have changed by the mere passing of days since they were last looked at."""
    column = enterprises.c
    due = sa.select(column.uscc).where(column.review_on <= today).order_by(column.review_on, column.uscc).limit(most)
    return list(await session.scalars(due))


async def list_candidates(
    session: AsyncSession,
    *,
    region_codes: Sequence[str] | None,
    park_code: str | None,
    pool: str | None,
    door: str | None,
    after: str | None,
    most: int,
) -> list[dict[str, Any]]:
    """Return enterprises to which a door stands open and that are in no pool, in the order of the USCC."""
    column = enterprises.c
    enrolled = sa.exists().where(_memberships.c.uscc == column.uscc, _memberships.c.state == MembershipState.ENROLLED)
    wanted = {key: value for key, value in (("pool", pool), ("door", door)) if value}
    statement = (
        sa.select(column.uscc, column.name, column.region_code, column.park_code, column.rung, column.doors)
        .where(column.doors != sa.text("'[]'::jsonb"), ~enrolled)
        .order_by(column.uscc)
        .limit(most)
    )
    if region_codes is not None:
        statement = statement.where(column.region_code.in_(region_codes))
    if park_code is not None:
        statement = statement.where(column.park_code == park_code)
    if wanted:
        statement = statement.where(column.doors.contains([wanted]))
    if after is not None:
        statement = statement.where(column.uscc > after)
    return await fetch_all(session, statement)
