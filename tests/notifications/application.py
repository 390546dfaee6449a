"""The notifications application as tests build it: real rules and templates, any edge."""

from __future__ import annotations

import base64
from functools import cache

from fastapi import FastAPI

from services.notifications.domain.desk import NoticeDesk
from services.notifications.domain.handbook import Handbook, load_handbook
from services.notifications.main import build_app
from shared.kernel.clock import Clock
from shared.kernel.sealing import Sealer
from shared.web.edge import Edge
from tests.jurisdictions.library import JURISDICTIONS

FIELD_KEY = base64.b64encode(bytes(range(32))).decode()


@cache
def handbook() -> Handbook:
    """The rules and templates as they are shipped."""
    return load_handbook(JURISDICTIONS)


def desk(clock: Clock, *, allows_future_runs: bool = True, rules: Handbook | None = None) -> NoticeDesk:
    """A desk as main wires it."""
    return NoticeDesk(rules or handbook(), clock, Sealer(FIELD_KEY), allows_future_runs)


def build(edge: Edge) -> FastAPI:
    """Build the application around the edge."""
    return build_app(edge, desk(edge.clock))
