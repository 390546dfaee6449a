"""Alembic environment of the pipeline service."""

from services.pipeline.db.tables import metadata
from shared.db.base import backbone_metadata
from shared.db.migrate import run_env

run_env(metadata, backbone_metadata)
