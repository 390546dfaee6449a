"""Roles and databases of the services: created once, and again harmlessly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import psycopg
from psycopg import sql

GROUPS = ("tidu_app", "tidu_worker")
KINDS = ("owner", "app", "worker")
_GROUP_OF = {"app": "tidu_app", "worker": "tidu_worker"}


def role_names(service: str) -> tuple[str, ...]:
    """Return the login roles of a service; none is superuser, none bypasses row-level security."""
    return tuple(f"{service}_{kind}" for kind in KINDS)


def provision(admin_url: str, services: Iterable[str], passwords: Mapping[str, str], *, prefix: str = "tidu_") -> None:
    """Create group roles, login roles with `passwords` (by role name) and one database a service.

    Databases use the builtin C.UTF-8 locale: trigram search of Chinese yields nothing in plain C.
    """
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for group in GROUPS:
            _ensure_role(connection, group, None)
        for service in services:
            for kind, role in zip(KINDS, role_names(service), strict=True):
                _ensure_role(connection, role, passwords[role])
                if kind in _GROUP_OF:
                    connection.execute(
                        sql.SQL("GRANT {} TO {}").format(sql.Identifier(_GROUP_OF[kind]), sql.Identifier(role))
                    )
            _ensure_database(connection, service, f"{prefix}{service}")
    for service in services:
        _enable_extensions(admin_url, f"{prefix}{service}")


def _ensure_role(connection: psycopg.Connection, role: str, password: str | None) -> None:
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
    verb = sql.SQL("ALTER ROLE {}") if exists else sql.SQL("CREATE ROLE {}")
    login = sql.SQL(" NOLOGIN") if password is None else sql.SQL(" LOGIN PASSWORD {}").format(sql.Literal(password))
    connection.execute(verb.format(sql.Identifier(role)) + login)


def _ensure_database(connection: psycopg.Connection, service: str, database: str) -> None:
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone():
        return
    connection.execute(
        sql.SQL(
            "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'"
            " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
        ).format(sql.Identifier(database), sql.Identifier(f"{service}_owner"))
    )
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
    for kind in ("app", "worker"):
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                sql.Identifier(database), sql.Identifier(f"{service}_{kind}")
            )
        )


def _enable_extensions(admin_url: str, database: str) -> None:
    parameters = psycopg.conninfo.conninfo_to_dict(admin_url) | {"dbname": database}
    with psycopg.connect(**parameters, autocommit=True) as connection:  # type: ignore[arg-type]
        for extension in ("pg_trgm", "btree_gist"):
            connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
        connection.execute("GRANT USAGE ON SCHEMA public TO tidu_app, tidu_worker")
