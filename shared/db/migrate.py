"""Alembic, driven by code: one linear history per service, its newest revision named in the file HEAD."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import psycopg
import sqlalchemy as sa
from alembic import command, context
from alembic.config import Config

from shared.db.engine import driver_url

_LOCK = 7_311_000
"""Advisory lock that lets one migration run at a time."""


def migrations_dir(service: str) -> Path:
    """Return the folder of a service's migrations."""
    package = import_module(f"services.{service}.db")
    return Path(str(package.__file__)).parent / "migrations"


def head(service: str) -> str:
    """Return the newest revision, as the file HEAD names it."""
    return (migrations_dir(service) / "HEAD").read_text().strip()


def is_current(service: str, url: str) -> bool:
    """Tell cheaply, without loading Alembic's history, whether the database stands at HEAD."""
    with psycopg.connect(url) as connection:
        if connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,):
            return False
        return connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(head(service),)]


def upgrade(service: str, owner_url: str, revision: str = "head") -> None:
    """Bring the service's database to `revision`."""
    command.upgrade(_config(service, owner_url), revision)


def downgrade(service: str, owner_url: str, revision: str) -> None:
    """Take the service's database back to `revision`."""
    command.downgrade(_config(service, owner_url), revision)


def _config(service: str, owner_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_dir(service)))
    config.attributes["url"] = owner_url
    return config


def run_env(*metadata: sa.MetaData) -> None:
    """Be the body of every service's migrations/env.py: one lock, one transaction per migration, short lock waits."""
    engine = sa.create_engine(driver_url(context.config.attributes["url"]), poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text("SET lock_timeout = '2s'"))
        connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        connection.commit()
        context.configure(connection=connection, target_metadata=list(metadata), transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
        connection.execute(sa.text("GRANT SELECT ON alembic_version TO tidu_app, tidu_worker"))
        connection.commit()
