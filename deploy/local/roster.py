"""The process table of the local stack. Adding a service is one line here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Service:
    """One service: `services.<name>.main` listens on `port`; `worker` and `database` say what else it has."""

    name: str
    title_zh: str
    port: int
    worker: bool = True
    database: bool = True


SERVICES = (
    Service("console", "控制台", 8000, worker=False, database=False),
    Service("enterprise", "企业", 8001),
    Service("pipeline", "培育", 8002),
    Service("awards", "奖补", 8003),
    Service("notifications", "通知", 8004),
)

SERVER_PORTS = {"smtp": 8025, "mail_page": 8026, "kafka": 8092, "postgres": 8432}

# Imported once before the first fork, so that every service process shares these pages and starts warm.
PRELOAD = (
    "alembic.command",
    "fastapi_offline",
    "jinja2",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
    "shared.db.migrate",
    "shared.events.registry",
    "shared.kernel.regions",
    "shared.messaging.runner",
    "shared.web.app",
    "shared.web.health",
    "shared.web.wiring",
)

DEMO_ROLES = ("caseworker", "science", "finance", "government", "committee", "specialist", "enterprise")
