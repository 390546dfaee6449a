"""Fresh databases for tests: one migrated template a service, copied for each test module."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from shared.db.migrate import is_current, upgrade
from shared.db.provision import KINDS, provision, role_names

PASSWORD = "test"
_TEMPLATE_LOCK = 7_312_000


@dataclass(frozen=True)
class ServiceDatabase:
    """A service's database as its three roles reach it."""

    name: str
    owner_url: str
    app_url: str
    worker_url: str
    admin_url: str


def address(admin_url: str, database: str, role: str | None = None) -> str:
    """Return the address of a database for a role (the superuser by default)."""
    parts = conninfo_to_dict(admin_url)
    user, password = (role, PASSWORD) if role else (parts["user"], parts["password"])
    return f"postgresql://{user}:{password}@{parts['host']}:{parts['port']}/{database}"


def ensure_template(admin_url: str, service: str) -> str:
    """Make (once a session, whoever comes first) the migrated template database of a service."""
    name = f"template_{service}"
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_TEMPLATE_LOCK,))
        passwords = dict.fromkeys(role_names(service), PASSWORD)
        provision(admin_url, [service], passwords, prefix="template_")
        owner_url = address(admin_url, name, f"{service}_owner")
        if not is_current(service, owner_url):
            upgrade(service, owner_url)
    return name


@contextmanager
def fresh_database(admin_url: str, service: str) -> Iterator[ServiceDatabase]:
    """Give a database of its own, with the service's schema and no rows."""
    template = ensure_template(admin_url, service)
    name = f"test_{service}_{secrets.token_hex(4)}"
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_TEMPLATE_LOCK,))
        statement = "CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY"
        identifiers = (name, template, f"{service}_owner")
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, identifiers)))
    urls = {f"{kind}_url": address(admin_url, name, f"{service}_{kind}") for kind in KINDS}
    try:
        yield ServiceDatabase(name=name, admin_url=address(admin_url, name), **urls)
    finally:
        with psycopg.connect(admin_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
