"""An import as it stands: what was asked, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.enterprise.domain.importing.uploads import FileFormat
from shared.kernel.roles import Principal


class ImportState(StrEnum):
    """Where an import stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


ENDED = frozenset({ImportState.DONE, ImportState.FAILED})
"""States in which nothing more will happen."""


class RowState(StrEnum):
    """What became of a row (in a dry run: what would)."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    ERROR = "error"


@dataclass(frozen=True)
class Import:
    """One uploaded list. `done_count` rows have been taken; a new run goes on from there."""

    id: UUID
    region_code: str | None
    file_name: str
    file_format: FileFormat
    mapping: Mapping[str, str]
    principal: Principal
    dry_run: bool
    state: ImportState
    headings: tuple[str, ...] | None
    columns: Mapping[str, int] | None
    total_count: int | None
    done_count: int
    created_count: int
    updated_count: int
    unchanged_count: int
    error_count: int
    marked_count: int
    failure: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
