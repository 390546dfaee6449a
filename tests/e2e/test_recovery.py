"""kill -9 of every part during an import: afterwards nothing is lost and nothing doubled."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from shared.testing.codes import make_uscc
from tests.e2e.invariants import check_streams, is_quiet
from tests.e2e.stack import Stack, running_stack, wait_until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(1200)]

ROWS = 3000
VICTIMS = [
    "enterprise.worker",
    "pipeline.worker",
    "awards.worker",
    "notifications.worker",
    "enterprise.main",
    "pipeline.main",
    "awards.main",
    "notifications.main",
    "消息代理",
    "PostgreSQL",
]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("recovery")
    for parent in (folder, *folder.parents):
        if parent.stat().st_mode & 0o777 == 0o700 and parent != Path("/"):
            parent.chmod(0o755)
    with running_stack(folder / "data") as stack:
        yield stack


def _list_of_enterprises() -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["统一社会信用代码", "企业名称", "成立日期", "注册资本(万元)", "地址"])
    for serial in range(ROWS):
        writer.writerow(
            [make_uscc(50_000 + serial), f"示例{serial}号科技有限公司", "2019-05-06", "100", "凤庆县示例路1号"]
        )
    return text.getvalue().encode()


def _state_of(client: httpx.Client, path: str) -> str:
    return str(client.get(path).raise_for_status().json()["state"])


def test_nothing_is_lost_or_doubled_when_every_part_is_killed_during_an_import(stack: Stack) -> None:
    with stack.client("enterprise", "caseworker-530900") as enterprise:
        files = {"file": ("名单.csv", _list_of_enterprises(), "text/csv")}
        form = {"dry_run": "false", "region_code": "530900"}
        headers = {"Idempotency-Key": "recovery-import"}
        started = enterprise.post("/v1/imports", files=files, data=form, headers=headers)
        assert started.status_code in (201, 202), started.text
        path = f"/v1/imports/{started.json()['id']}"
        for victim in VICTIMS:
            stack.kill(victim)
        wait_until(
            lambda: enterprise.get(path).raise_for_status().json()["state"] == "done", "import done", seconds=420
        )
        assert enterprise.get(path).json()["created_count"] == ROWS
    wait_until(lambda: is_quiet(stack), "all events heard", seconds=300)
    check_streams(stack)
    assert stack.query("enterprise", "SELECT count(*) FROM enterprises") == [(ROWS,)]
    registered = "SELECT count(*), count(DISTINCT agg_id) FROM outbox WHERE type = 'enterprise.registered.v1'"
    assert stack.query("enterprise", registered) == [(ROWS, ROWS)]
    with stack.client("pipeline", "caseworker-530900") as pipeline:
        board = pipeline.get("/v1/boards", params={"region_code": "530900"}).raise_for_status().json()
    assert sum(cell["count"] for cell in board["cells"]) == ROWS
