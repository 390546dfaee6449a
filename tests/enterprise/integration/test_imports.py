"""Imports from upload to end: judged, applied once, resumed after any interruption, the refused rows given back."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import psycopg
import pytest
from python_calamine import CalamineWorkbook

from services.enterprise import worker as worker_module
from services.enterprise.usecases.take_import_rows import take_import_rows
from services.enterprise.worker import Planner
from shared.db.engine import Database
from shared.kernel.roles import Role
from tests.databases import ServiceDatabase
from tests.enterprise.application import TODAY
from tests.enterprise.conftest import Desk, Who, bureau, new_uscc, planner_on
from tests.enterprise.files import csv_bytes, hostile_workbooks, row, xlsx_bytes


@pytest.fixture
def planner() -> Planner:
    return planner_on(TODAY)


async def upload(desk: Desk, content: bytes, who: Who | None = None, **form: str) -> Any:
    files = {"file": ("名单.csv", content)}
    answer = await desk.ask("POST", "/v1/imports", files=files, data=form, who=who)
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/v1/imports/{answer.json()['id']}"
    return answer.json()


async def run(desk: Desk, planner: Planner, worker_db: Database, content: bytes, **form: str) -> Any:
    job = await upload(desk, content, None, **form)
    await planner.run_import(worker_db, job["id"])
    return await desk.get(f"/v1/imports/{job['id']}")


def counts(job: dict[str, Any]) -> tuple[int, ...]:
    names = ("total", "done", "created", "updated", "unchanged", "error", "marked")
    return tuple(job[f"{name}_count"] for name in names)


def count_said(database: ServiceDatabase, usccs: list[str]) -> int:
    with psycopg.connect(database.owner_url) as connection:
        found = connection.execute("SELECT count(*) FROM outbox WHERE agg_id = ANY(%s)", (usccs,)).fetchone()
    return int(found[0]) if found else 0


async def test_a_dry_run_tells_and_writes_nothing_then_the_same_file_is_applied_once(
    desk: Desk, planner: Planner, worker_db: Database, database: ServiceDatabase
) -> None:
    usccs = [new_uscc() for _ in range(4)]
    rows = [row(uscc) for uscc in usccs[:3]]
    content = csv_bytes([*rows, row(usccs[3], name="某某银行云县支行"), row("91530921219520246D")], encoding="gbk")
    tried = await run(desk, planner, worker_db, content, dry_run="true")
    assert (tried["state"], counts(tried)) == ("done", (5, 5, 4, 0, 0, 1, 1))
    assert count_said(database, usccs) == 0
    applied = await run(desk, planner, worker_db, content)
    assert counts(applied) == counts(tried)
    assert applied["columns"]["uscc"] == "统一社会信用代码"
    again = await run(desk, planner, worker_db, content)
    assert counts(again) == (5, 5, 0, 0, 4, 1, 1)
    assert count_said(database, usccs) == 4
    found = await desk.get(f"/v1/enterprises/{usccs[0]}")
    assert (found["region_code"], found["registered_capital_fen"], found["registered_on"]) == (
        "530922",
        500_000_000,
        "2019-04-01",
    )
    assert (await desk.get(f"/v1/enterprises/{usccs[3]}"))["is_candidate"] is False


async def test_what_differs_is_updated_and_empty_cells_clear_nothing(
    desk: Desk, planner: Planner, worker_db: Database, database: ServiceDatabase
) -> None:
    uscc = new_uscc()
    await run(desk, planner, worker_db, csv_bytes([row(uscc)]))
    changed = row(uscc, name="改名示例有限公司", registered_on="", scope="")
    job = await run(desk, planner, worker_db, xlsx_bytes([changed]))
    assert counts(job) == (1, 1, 0, 1, 0, 0, 0)
    found = await desk.get(f"/v1/enterprises/{uscc}")
    assert (found["name"], found["registered_on"], found["business_scope"]) == (
        "改名示例有限公司",
        "2019-04-01",
        "软件开发",
    )
    assert len(found["former_names"]) == 1
    with psycopg.connect(database.owner_url) as connection:
        statement = "SELECT type, payload->'changed' FROM outbox WHERE agg_id = %s ORDER BY id"
        assert connection.execute(statement, (uscc,)).fetchall()[1:] == [("enterprise.updated.v1", ["name"])]


async def test_refused_rows_come_back_as_a_workbook_that_can_be_mended_and_uploaded_again(
    desk: Desk, planner: Planner, worker_db: Database
) -> None:
    uscc = new_uscc()
    bad = row(uscc, name="=cmd|'/c calc'!A1", registered_on="不详")
    job = await run(desk, planner, worker_db, csv_bytes([row(new_uscc()), bad]))
    rows = await desk.get(f"/v1/imports/{job['id']}/rows?state=error")
    assert [(item["line"], item["errors"][0]["column"]) for item in rows["items"]] == [(3, "成立日期")]
    answer = await desk.ask("GET", f"/v1/imports/{job['id']}/errors.xlsx")
    sheet: Any = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert sheet[0][-2:] == ["原行号", "错误原因"]
    assert sheet[1][:3] == [uscc, "=cmd|'/c calc'!A1", "不详"]
    assert "不是日期" in sheet[1][-1]
    mended = [sheet[0], [*sheet[1][:1], "改好示例有限公司", "2020-01-02", *sheet[1][3:]]]
    again = await run(desk, planner, worker_db, xlsx_bytes(mended[1:], mended[0]))
    assert counts(again)[:3] == (1, 1, 1)


async def test_nobody_imports_outside_the_own_divisions(
    desk: Desk, planner: Planner, worker_db: Database, database: ServiceDatabase
) -> None:
    uscc, other = await desk.register(region_code="530921"), new_uscc()
    yunxian = bureau("530922")
    job = await upload(desk, csv_bytes([row(uscc, name="抢改有限公司"), row(other)]), who=yunxian)
    assert job["region_code"] == "530922"
    await planner.run_import(worker_db, job["id"])
    done = await desk.get(f"/v1/imports/{job['id']}", who=yunxian)
    assert counts(done) == (2, 2, 1, 0, 0, 1, 0)
    assert (await desk.get(f"/v1/enterprises/{uscc}"))["name"] != "抢改有限公司"
    with psycopg.connect(database.owner_url) as connection:
        statement = "SELECT subject FROM audit_entries WHERE aggregate_id = %s"
        assert connection.execute(statement, (other,)).fetchall() == [("caseworker-530922",)]
    refused = await desk.ask(
        "POST", "/v1/imports", files={"file": ("a.csv", csv_bytes([row(other)]))}, data={"region_code": "530400"}
    )
    assert refused.status_code == 403
    elsewhere = bureau("530402")
    assert (await desk.ask("GET", f"/v1/imports/{job['id']}", who=elsewhere)).status_code == 404
    assert (await desk.ask("GET", f"/v1/imports/{job['id']}/errors.xlsx", who=elsewhere)).status_code == 404
    listed = await desk.get("/v1/imports", who=elsewhere)
    assert listed["items"] == []


@pytest.mark.parametrize(
    ("name", "content"), list(hostile_workbooks()), ids=lambda value: value if isinstance(value, str) else ""
)
async def test_a_hostile_file_is_refused_at_the_door(desk: Desk, name: str, content: bytes) -> None:
    answer = await desk.ask("POST", "/v1/imports", files={"file": ("名单.xlsx", content)})
    assert (answer.status_code, answer.json()["code"]) == (422, "file_refused"), name


async def test_a_list_without_headings_fails_and_says_why(desk: Desk, planner: Planner, worker_db: Database) -> None:
    job = await run(desk, planner, worker_db, csv_bytes([["甲", "乙"]], ("编号", "单位")))
    assert job["state"] == "failed"
    assert "统一社会信用代码" in job["failure"]


async def test_an_interrupted_import_goes_on_where_it_was_and_doubles_nothing(
    desk: Desk, planner: Planner, worker_db: Database, database: ServiceDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "CHUNK_ROWS", 7)
    usccs = [new_uscc() for _ in range(40)]
    job = await upload(desk, csv_bytes([row(uscc) for uscc in usccs]))
    taken = take_import_rows
    rounds = 0

    async def die_now_and_then(*args: Any, **options: Any) -> bool:
        nonlocal rounds
        rounds += 1
        went = await taken(*args, **options)
        if rounds % 3 == 0:
            raise ConnectionError("as if the process were gone before the commit")
        return went

    monkeypatch.setattr(worker_module, "take_import_rows", die_now_and_then)
    for _ in range(20):
        try:
            await planner.run_import(worker_db, job["id"])
            break
        except ConnectionError:
            continue
    done = await desk.get(f"/v1/imports/{job['id']}")
    assert (done["state"], counts(done)) == ("done", (40, 40, 40, 0, 0, 0, 0))
    assert count_said(database, usccs) == 40


async def test_two_runs_of_one_import_share_its_rows(
    desk: Desk, worker_db: Database, database: ServiceDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "CHUNK_ROWS", 5)
    usccs = [new_uscc() for _ in range(30)]
    job = await upload(desk, csv_bytes([row(uscc) for uscc in usccs]))
    await asyncio.gather(*(planner_on(TODAY).run_import(worker_db, job["id"]) for _ in range(2)))
    done = await desk.get(f"/v1/imports/{job['id']}")
    assert counts(done)[:3] == (30, 30, 30)
    assert count_said(database, usccs) == 30


async def test_the_worker_takes_the_job_up_that_the_upload_left_in_its_transaction(
    desk: Desk, planner: Planner, worker_db: Database
) -> None:
    uscc = new_uscc()
    job = await upload(desk, csv_bytes([row(uscc)]))
    running = asyncio.create_task(planner.work_off_imports(worker_db))
    try:
        async with asyncio.timeout(60):
            while (await desk.get(f"/v1/imports/{job['id']}"))["state"] != "done":
                await asyncio.sleep(0.1)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert (await desk.get(f"/v1/enterprises/{uscc}"))["version"] == 1


async def test_an_upload_repeated_with_its_key_is_one_import(desk: Desk) -> None:
    uscc = new_uscc()
    content, headers = csv_bytes([row(uscc)]), {"Idempotency-Key": f"upload-{uscc}"}
    answers = [
        await desk.ask("POST", "/v1/imports", files={"file": ("a.csv", content)}, headers=headers) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json()["id"] == answers[1].json()["id"], "each attempt draws another boundary"
    other = {"file": ("a.csv", csv_bytes([row(new_uscc())]))}
    assert (await desk.ask("POST", "/v1/imports", files=other, headers=headers)).status_code == 422


async def test_committees_neither_import_nor_see_imports(desk: Desk) -> None:
    park = Who(Role.PARK_COMMITTEE, {"park_code": "530900-park-4"})
    assert (await desk.ask("GET", "/v1/imports", who=park)).status_code == 403
    files = {"file": ("a.csv", b"x")}
    assert (await desk.ask("POST", "/v1/imports", files=files, who=park)).status_code == 403


async def test_rows_on_a_business_day_are_judged_by_that_day(
    make_desk: Callable[[date], Desk], worker_db: Database
) -> None:
    desk = make_desk(date(2019, 1, 1))
    job = await run(desk, planner_on(date(2019, 1, 1)), worker_db, csv_bytes([row(new_uscc())]))
    assert counts(job) == (1, 1, 0, 0, 0, 1, 0)
