"""Jobs (procrastinate) on this service's own database: deferred in the transaction that asks for them."""

from __future__ import annotations

from uuid import UUID

from procrastinate import App, PsycopgConnector
from sqlalchemy.ext.asyncio import AsyncSession

IMPORT_QUEUE = "imports"
RUN_IMPORT = "enterprise.run_import"

# Never opened: jobs are deferred on the caller's own connection only.
_app = App(connector=PsycopgConnector())


async def defer_import(session: AsyncSession, import_id: UUID) -> None:
    """Have the worker run an import; if the transaction is undone, the job never was."""
    connection = await session.connection()
    driver = (await connection.get_raw_connection()).driver_connection
    task = _app.configure_task(RUN_IMPORT, queue=IMPORT_QUEUE, queueing_lock=str(import_id), connection=driver)
    await task.defer_async(import_id=str(import_id))
