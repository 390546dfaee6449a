"""The bare limit `b` of the HTTP works: Starlette and asyncpg, no token, no scope, no audit, no validation.

`python -m deploy.bench.bare PORT`; the database's address comes from BENCH_DATABASE_URL.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

POOL_SIZE = 8
DDL = """
CREATE TABLE bare_marks (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, uscc text NOT NULL REFERENCES enterprises,
    above_scale boolean NOT NULL, from_on date NOT NULL, source text NOT NULL);
CREATE TABLE bare_outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id uuid NOT NULL DEFAULT uuidv7(),
    topic text NOT NULL, key text NOT NULL, type text NOT NULL, payload json NOT NULL, sent_at timestamptz);
CREATE INDEX ON bare_outbox (id) WHERE sent_at IS NULL;
GRANT SELECT, INSERT ON bare_marks, bare_outbox TO tidu_worker;
"""
_COLUMNS = """e.uscc, e.version, e.name, e.entity_kind, e.is_candidate, e.registered_on::text, e.registered_capital_fen,
    e.industry_code, e.region_code, e.park_code, held.rung, held.until_on::text AS rung_until_on"""
_HELD = """JOIN rung_intervals AS held ON held.uscc = e.uscc AND held.from_on <= current_date
    AND (held.until_on IS NULL OR held.until_on > current_date)"""
_ONE = f"""SELECT {_COLUMNS}, e.former_names, e.address, e.business_scope FROM enterprises AS e {_HELD}
    WHERE e.uscc = $1"""  # noqa: S608
_LIST = f"""SELECT {_COLUMNS} FROM enterprises AS e {_HELD} WHERE e.region_code = $1 AND held.rung = $2 AND e.uscc > $3
    ORDER BY e.uscc LIMIT 51"""  # noqa: S608
_MARK = "INSERT INTO bare_marks (uscc, above_scale, from_on, source) VALUES ($1, $2, $3::text::date, $4)"
_EVENT = "INSERT INTO bare_outbox (topic, key, type, payload) VALUES ($1, $2, $3, $4)"


async def read_one(request: Request) -> JSONResponse:
    """Answer one enterprise by its key."""
    async with request.app.state.pool.acquire() as connection:
        row = await connection.fetchrow(_ONE, request.path_params["uscc"])
    return JSONResponse(dict(row))


async def read_list(request: Request) -> JSONResponse:
    """Answer fifty enterprises of a county and a rung."""
    asked = request.query_params
    async with request.app.state.pool.acquire() as connection:
        rows = await connection.fetch(_LIST, asked["region_code"], asked["rung"], asked["after"])
    following = rows[49]["uscc"] if len(rows) > 50 else None
    return JSONResponse({"items": [dict(row) for row in rows[:50]], "next_cursor": following})


async def change(request: Request) -> JSONResponse:
    """Insert a row and an event in one transaction."""
    uscc, body = request.path_params["uscc"], await request.json()
    event = json.dumps({"uscc": uscc, **body})
    async with request.app.state.pool.acquire() as connection, connection.transaction():
        await connection.execute(_MARK, uscc, body["above_scale"], body["from_on"], body["source"])
        await connection.execute(_EVENT, "bare", uscc, "bare.changed", event)
    return JSONResponse({"uscc": uscc, **body}, 201)


async def ready(_: Request) -> JSONResponse:
    """Answer that it is up."""
    return JSONResponse({})


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Hold the pool: as many connections as the services have."""
    async with asyncpg.create_pool(os.environ["BENCH_DATABASE_URL"], min_size=POOL_SIZE, max_size=POOL_SIZE) as pool:
        app.state.pool = pool
        yield


ROUTES = [
    Route("/one/{uscc}", read_one),
    Route("/list", read_list),
    Route("/change/{uscc}", change, methods=["POST"]),
    Route("/health/ready", ready),
]

if __name__ == "__main__":
    application = Starlette(routes=ROUTES, lifespan=lifespan)
    uvicorn.run(
        application, port=int(sys.argv[1]), loop="uvloop", http="httptools", access_log=False, log_level="warning"
    )
