"""Take a chunk of an import's rows: all their effects, their results and the checkpoint in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.enterprise.db.bulk_repository import lock_enterprises
from services.enterprise.db.enterprise_repository import find_enterprises
from services.enterprise.db.import_repository import advance_import, find_import
from services.enterprise.db.import_row_repository import TakenRow, insert_taken_rows
from services.enterprise.domain.enterprise import Enterprise
from services.enterprise.domain.importing.merging import Outcome, Refused, ToRegister, ToUpdate, Unchanged, merge
from services.enterprise.domain.importing.progress import ENDED, Import, RowState
from services.enterprise.domain.importing.rows import JudgedRow, RowData
from services.enterprise.usecases.changing import Register
from services.enterprise.usecases.register_many import register_many
from services.enterprise.usecases.update_enterprise import update_enterprise


async def take_import_rows(
    session: AsyncSession, register: Register, import_id: UUID, rows: Sequence[JudgedRow], *, at: int
) -> bool:
    """Apply rows that stand at position `at` of the file (in a dry run: only judge them).

    False, with no effect, where another run has taken them meanwhile: the caller looks where the checkpoint is.
    """
    job = await find_import(session, import_id, lock=True)
    if job is None or job.state in ENDED or job.done_count != at:
        return False
    usccs = [row.data.uscc for row in rows if row.data]
    if not job.dry_run:
        await lock_enterprises(session, usccs)
    known = await find_enterprises(session, usccs)
    outcomes = {row.line: _outcome(row, known, job) for row in rows}
    if not job.dry_run:
        await _apply(session, register, job, known, list(outcomes.values()))
    taken = [_taken(row, outcomes[row.line]) for row in rows]
    await insert_taken_rows(session, import_id, taken)
    counts = Counter(row.state.value for row in taken) + Counter(marked=sum(row.is_marked for row in taken))
    await advance_import(session, import_id, counts)
    return True


def _outcome(row: JudgedRow, known: Mapping[str, Enterprise], job: Import) -> Outcome:
    if row.data is None:
        return Refused(row.errors)
    outcome = merge(row.data, known.get(row.data.uscc), job.principal.scope)
    return outcome if row.repeats_line is None or isinstance(outcome, Refused) else Unchanged(row.data)


async def _apply(
    session: AsyncSession,
    register: Register,
    job: Import,
    known: Mapping[str, Enterprise],
    outcomes: Sequence[Outcome],
) -> None:
    reason = f"导入 {job.file_name}({job.id})"
    new = [outcome.data for outcome in outcomes if isinstance(outcome, ToRegister)]
    if new:
        await register_many(session, register, new, reason=reason)
    for outcome in outcomes:
        if isinstance(outcome, ToUpdate):
            await update_enterprise(session, register, known[outcome.data.uscc], outcome.changes, reason=reason)


def _taken(row: JudgedRow, outcome: Outcome) -> TakenRow:
    match outcome:
        case Refused(errors):
            cells = tuple(None if cell is None else str(cell) for cell in row.cells)
            uscc = row.data.uscc if row.data else None
            return TakenRow(row.line, RowState.ERROR, uscc, is_marked=False, errors=errors, notes=(), cells=cells)
        case ToRegister(data):
            return _accepted(row.line, RowState.CREATED, data)
        case ToUpdate(data, _):
            return _accepted(row.line, RowState.UPDATED, data)
        case Unchanged(data):
            return _accepted(row.line, RowState.UNCHANGED, data)


def _accepted(line: int, state: RowState, data: RowData) -> TakenRow:
    marked = not data.is_candidate
    return TakenRow(line, state, data.uscc, is_marked=marked, errors=(), notes=data.notes, cells=None)
