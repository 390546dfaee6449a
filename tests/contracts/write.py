"""Writes the reviewed texts again after an intended change: `python -m tests.contracts.write`."""

from __future__ import annotations

import csv
import json

from shared.db.engine import Database
from shared.kernel.clock import FixedClock
from shared.testing.tokens import TestIssuer
from shared.web.edge import Edge
from tests.contracts.applications import SERVICES, TODAY, build
from tests.contracts.test_access_matrix import TABLE, declared
from tests.contracts.test_openapi import FOLDER


def main() -> None:
    """Write access.csv and openapi/*.json from the applications as they are."""
    edge = Edge(
        database=Database("postgresql://nobody@127.0.0.1:1/none"),
        verifier=TestIssuer().verifier(),
        clock=FixedClock(TODAY),
    )
    FOLDER.mkdir(exist_ok=True)
    rows = []
    for service in SERVICES:
        app = build(service, edge)
        rows += declared(app, service)
        text = json.dumps(app.openapi(), ensure_ascii=False, indent=1, sort_keys=True)
        (FOLDER / f"{service}.json").write_text(text + "\n", encoding="utf-8")
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


if __name__ == "__main__":
    main()
