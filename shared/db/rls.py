"""Row-level security beneath the queries: the database refuses what a forgotten filter would show."""

from __future__ import annotations

# Comparisons of settings stand inside the sub-selects: the planner takes a bare boolean for one row in two, but an
# equation with an unknown for one in two hundred, and would then sort a whole county to show its first page.
SCOPE = """(
    (SELECT current_setting('app.all', true) = 'on')
    OR (region_code = ANY ((SELECT string_to_array(current_setting('app.regions', true), ','))::text[])
        AND ((SELECT coalesce(current_setting('app.park', true), '') = '')
            OR park_code = (SELECT current_setting('app.park', true))))
    OR uscc = ANY ((SELECT string_to_array(current_setting('app.usccs', true), ','))::text[])
)"""
"""True for rows inside the asker's scope; a transaction that set no scope sees none."""

_WRITES = "(SELECT current_setting('app.writes', true)) = 'on'"


def scoped_table_sql(table: str, *, scope: str = SCOPE) -> list[str]:
    """Return the statements that put `table` (columns region_code, park_code, uscc) under row-level security.

    The API role sees its scope and writes only in transactions that asked to; the worker sees all rows.
    """
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY app_reads ON {table} FOR SELECT TO tidu_app USING {scope}",
        f"CREATE POLICY app_inserts ON {table} FOR INSERT TO tidu_app WITH CHECK ({_WRITES} AND {scope})",
        f"CREATE POLICY app_updates ON {table} FOR UPDATE TO tidu_app USING ({_WRITES} AND {scope})"
        f" WITH CHECK ({_WRITES} AND {scope})",
        f"CREATE POLICY app_deletes ON {table} FOR DELETE TO tidu_app USING ({_WRITES} AND {scope})",
        f"CREATE POLICY worker_all ON {table} TO tidu_worker USING (true) WITH CHECK (true)",
        f"CREATE POLICY owner_all ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO tidu_app, tidu_worker",
    ]


def open_table_sql(table: str, *, app: str = "SELECT, INSERT, UPDATE, DELETE") -> list[str]:
    """Return the grants of a table that holds nothing about a single enterprise (calendars, counters, jobs)."""
    return [f"GRANT {app} ON {table} TO tidu_app", f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO tidu_worker"]
