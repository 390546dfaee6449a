"""The enterprise service's application for tests: the shipped ladders, and a sealing key of no worth."""

from __future__ import annotations

import base64
from datetime import date
from pathlib import Path

from fastapi import FastAPI

from services.enterprise.api.deps import Parts
from services.enterprise.domain.ladders import Ladders
from services.enterprise.main import build_app
from shared.kernel.sealing import Sealer
from shared.rules.ladders import load_ladders
from shared.web.edge import Edge

TODAY = date(2026, 11, 21)
LADDERS = Ladders(load_ladders(Path(__file__).resolve().parents[2] / "jurisdictions"))
SEALER = Sealer(base64.b64encode(bytes(32)).decode())


def build(edge: Edge) -> FastAPI:
    """Build the application around a test's edge."""
    return build_app(edge, Parts(LADDERS, SEALER))
