"""The real registries and the published recognitions: every row accounted for, every replay at the right state."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.enterprise.domain.enterprise import Recognition
from services.enterprise.domain.errors import ReapplicationBarred
from services.enterprise.domain.importing.reader import ImportReader, count_rows
from services.enterprise.domain.importing.uploads import check_upload
from services.enterprise.domain.recognitions import RecognitionStatus, check_grant, resequenced, status_on
from services.enterprise.domain.rungs import rung_held_on, rung_timeline
from shared.db.engine import Database
from shared.kernel.uscc import InvalidUscc, parse_uscc
from tests.enterprise.application import LADDERS, TODAY
from tests.enterprise.conftest import Desk, planner_on
from tests.real_data import real_data

LISTS = {
    "lincang": ("530900", 4036),
    "yuxi": ("530400", 5071),
    "dehong": ("533100", 2019),
    "linyi": ("371300", 13192),
    "zhangye": ("620700", 3845),
}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", LISTS)
def test_every_row_of_a_real_registry_is_understood(name: str) -> None:
    region_code, count = LISTS[name]
    content = (real_data("enterprises") / f"{name}.csv").read_bytes()
    reader = ImportReader(content, check_upload(content), mapping={}, region_code=region_code, today=TODAY)
    rows = reader.next_chunk(20_000)
    assert len(rows) == count == count_rows(content, check_upload(content), reader.columns)
    assert [row.errors for row in rows if row.errors] == []
    found = [row.data for row in rows if row.data]
    in_counties = sum(not data.region_code.endswith("00") for data in found)
    assert in_counties / count > 0.75, "most addresses name their county"
    assert any(data.entity_kind == "branch" and not data.is_candidate for data in found)
    foreign = [data for data in found if data.notes]
    assert all("币种" in note for data in foreign for note in data.notes)
    assert all(data.registered_capital_fen is None for data in foreign)


async def test_a_real_registry_is_tried_applied_and_found_known_the_second_time(
    desk: Desk, worker_db: Database
) -> None:
    content = (real_data("enterprises") / "lincang.csv").read_bytes()
    planner = planner_on(TODAY)

    async def run(dry_run: str) -> Any:
        files, form = {"file": ("lincang.csv", content)}, {"dry_run": dry_run, "region_code": "530900"}
        job = (await desk.ask("POST", "/v1/imports", files=files, data=form)).json()
        await planner.run_import(worker_db, job["id"])
        return await desk.get(f"/v1/imports/{job['id']}")

    names = ("total", "done", "created", "updated", "unchanged", "error", "marked")
    jobs = [await run(dry_run) for dry_run in ("true", "false", "false")]
    counts = [tuple(job[f"{name}_count"] for name in names) for job in jobs]
    marked = counts[0][-1]
    assert counts[:2] == [(4036, 4036, 4036, 0, 0, 0, marked)] * 2
    assert counts[2] == (4036, 4036, 0, 0, 4036, 0, marked)
    assert 900 < marked < 1100, "trade unions, branches, cooperatives and institutions"
    found = await desk.get("/v1/enterprises", params={"q": "习谦水泥", "region_code": "530921"})
    assert [item["uscc"] for item in found["items"]] == ["91530921219520246C"]
    assert found["items"][0]["registered_capital_fen"] == 26_167_400_000
    union = await desk.get("/v1/enterprises/81530900054669498U")
    assert (union["entity_kind"], union["is_candidate"]) == ("trade_union", False)


def test_every_published_code_is_judged_as_it_should_be() -> None:
    folder = real_data("testvectors")
    for row in rows_of(folder / "uscc_valid.csv"):
        assert parse_uscc(row["uscc"]) == row["uscc"]
    for row in rows_of(folder / "uscc_normalisable.csv"):
        assert parse_uscc(row["input"]) == row["normalised"]
    for row in rows_of(folder / "uscc_invalid.csv"):
        with pytest.raises(InvalidUscc) as refusal:
            parse_uscc(row["input"])
        assert "位" in refusal.value.detail


def test_published_certificates_hold_from_their_issue_to_their_printed_day() -> None:
    events = [row for row in rows_of(real_data("recognitions") / "hnte_events.csv") if row["issue_date"]]
    assert len(events) > 5
    ladder = LADDERS.for_region("530900")
    kind = LADDERS.kinds.find("hnte")
    assert kind is not None
    for event in events:
        issued_on = date.fromisoformat(event["issue_date"])
        printed = date.fromisoformat(event["valid_until"]) if event["valid_until"] else None
        until = kind.last_valid_day(issued_on, printed)
        assert until is not None
        held = Recognition(uuid4(), "hnte", issued_on, until, certificate_number=event["cert_no"])
        timeline = rung_timeline(ladder, [held], since=date(2000, 1, 1))
        states = [rung_held_on(timeline, day).rung for day in (issued_on, until)]
        after = date.fromordinal(until.toordinal() + 1)
        assert (states, rung_held_on(timeline, after).rung) == (["hnte", "hnte"], "micro_small")
        assert status_on(held, after) is RecognitionStatus.EXPIRED


def test_published_revocations_end_the_rung_on_their_day_and_bar_the_year() -> None:
    events = [row for row in rows_of(real_data("recognitions") / "hnte_events.csv") if row["issue_date"]]
    kinds = {"取消资格": "hnte", "撤销入库登记编号": "tech_sme"}
    revocations = [row for row in events if row["event"] in kinds]
    assert len(revocations) == 5
    for event in revocations:
        kind, revoked_on = kinds[event["event"]], date.fromisoformat(event["issue_date"])
        issued_on = date(revoked_on.year - 1, 6, 1)
        held = Recognition(uuid4(), kind, issued_on, date(revoked_on.year, 12, 31), revoked_on=revoked_on)
        timeline = rung_timeline(LADDERS.for_region("530900"), [held], since=date(2000, 1, 1))
        eve = date.fromordinal(revoked_on.toordinal() - 1)
        assert [rung_held_on(timeline, day).rung for day in (eve, revoked_on)] == [kind, "micro_small"]
        again = Recognition(uuid4(), kind, date(revoked_on.year, 12, 31), certificate_number="新编号")
        with pytest.raises(ReapplicationBarred):
            check_grant(again, [held], today=TODAY)


def test_a_published_re_recognition_three_years_after_the_certificate_before_is_a_renewal() -> None:
    events = rows_of(real_data("recognitions") / "hnte_events.csv")
    renewals = [row for row in events if row["event"].startswith("重新认定") and row["issue_date"]]
    assert renewals
    for event in renewals:
        issued_on = date.fromisoformat(event["issue_date"])
        before = issued_on.replace(year=issued_on.year - 3)
        earlier = Recognition(uuid4(), "hnte", before, date.fromordinal(issued_on.toordinal() - 1))
        later = Recognition(uuid4(), "hnte", issued_on, certificate_number=event["cert_no"])
        assert [r.sequence for r in resequenced([later, earlier])] == ["first", "renewed"]
