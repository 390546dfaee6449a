"""Alembic environment of the notifications service."""

from services.notifications.db.tables import metadata
from shared.db.base import backbone_metadata
from shared.db.migrate import run_env

run_env(metadata, backbone_metadata)
