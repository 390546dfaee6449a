"""A caseworker's day at the terminal, before the real applications."""

from __future__ import annotations

import csv
import io
import stat
from pathlib import Path

import httpx
import pytest
from python_calamine import CalamineWorkbook

from deploy.tidu.calling import Caller, Gateway
from shared.testing.codes import make_uscc
from tests.contracts.applications import TODAY
from tests.enterprise.files import csv_bytes, row
from tests.tidu.conftest import Stand
from tests.tidu.news import tell

USER = "caseworker-530900"


@pytest.fixture
def caseworker(stand: Stand) -> Stand:
    stand.login(USER)
    return stand


def enterprise(stand: Stand, serial: int, name: str | None = None) -> str:
    """Register an enterprise by the client."""
    uscc = make_uscc(serial)
    stand.done("register", uscc, "--name", name or f"示例{serial}号有限公司", "--region", "530921")
    return uscc


def test_a_sign_in_is_kept_for_its_owner_only_and_never_shown(stand: Stand) -> None:
    said = stand.run("login", typed=f"{USER}\ndemo\n").output + stand.done("whoami")
    file = stand.folder / "session.json"
    token = file.read_text().split('"token": "')[1].split('"')[0]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(stand.folder.stat().st_mode) == 0o700
    assert token.count(".") == 2
    assert token not in said
    assert "科技局经办人" in said
    assert "临沧市 530900" in said
    assert "demo" not in said
    stand.done("logout")
    assert not file.exists()


def test_a_wrong_password_ends_with_one_and_keeps_nothing(stand: Stand) -> None:
    result = stand.run("login", "-u", USER, "--password-stdin", typed="wrong\n")
    assert result.exit_code == 1
    assert "401" in result.stderr
    assert not (stand.folder / "session.json").exists()


def test_without_a_sign_in_a_command_says_what_to_do(stand: Stand) -> None:
    result = stand.run("list")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "tidu login" in result.stderr


def test_register_then_recognise_tells_sequence_and_rung(caseworker: Stand) -> None:
    uscc = enterprise(caseworker, 101)
    said = caseworker.done("recognise", uscc, "--kind", "hnte", "--issued-on", "2025-12-03", "--certificate", "GR1")
    assert "高新技术企业，首次认定" in said
    assert "有效期至 2028-12-02（还有 742 天）" in said
    assert "层级：小微及传统企业 → 高新技术企业" in said
    again = caseworker.done(
        "recognise", uscc, "--kind", "tech_sme", "--issued-on", "2026-05-06", "--certificate", "2026530921A1"
    )
    assert "层级不变：高新技术企业" in again


def test_a_refusal_is_told_with_title_detail_and_fields(caseworker: Stand) -> None:
    uscc = make_uscc(102, office="530921")
    result = caseworker.run("register", uscc, "--name", "示例", "--region", "999999")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "422" in result.stderr
    assert "· /region_code" in result.stderr or "· region_code" in result.stderr
    elsewhere = caseworker.run("register", uscc, "--name", "示例", "--region", "530402")
    assert (elsewhere.exit_code, "403" in elsewhere.stderr) == (1, True)


def test_what_is_typed_wrongly_ends_with_two_and_nothing_is_sent(
    caseworker: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caseworker.transports["enterprise"], "before", lambda _: pytest.fail("sent"))
    assert caseworker.run("show", "91530921219520246D").exit_code == 2
    assert caseworker.run("list", "--as-of", "昨天").exit_code == 2
    assert caseworker.run("list", "--json", "--csv").exit_code == 2
    assert caseworker.run("import", "没有.xlsx").exit_code == 2
    assert caseworker.run("--address", "nowhere=http://x", "list").exit_code == 2


def test_a_post_whose_answer_was_lost_takes_effect_once(caseworker: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    transport = caseworker.transports["enterprise"]
    uscc = enterprise(caseworker, 103)
    lost: list[str] = []

    def lose_the_first(request: httpx.Request) -> httpx.Response | None:
        if request.method == "POST" and not lost:
            lost.append(request.headers["idempotency-key"])
            caseworker.portal.call(transport._ask, request)
            return httpx.Response(503, headers={"Retry-After": "2"})
        return None

    monkeypatch.setattr(transport, "before", lose_the_first)
    caseworker.done("recognise", uscc, "--kind", "hnte", "--issued-on", "2025-12-03", "--certificate", "GR1")
    assert len(lost) == 1
    assert len(caseworker.json("show", uscc)["enterprise"]["recognitions"]) == 1


def test_a_post_given_up_can_be_typed_again_with_its_key(caseworker: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    transport = caseworker.transports["enterprise"]
    uscc = make_uscc(104, office="530921")
    command = ("register", uscc, "--name", "示例104号有限公司", "--region", "530921")

    def lose(request: httpx.Request) -> httpx.Response:
        caseworker.portal.call(transport._ask, request)
        return httpx.Response(503)

    monkeypatch.setattr(transport, "before", lose)
    result = caseworker.run(*command)
    key = result.stderr.split("--key ")[1].split()[0]
    assert result.exit_code == 1
    monkeypatch.setattr(transport, "before", lambda _: None)
    assert "已登记" in caseworker.done(*command, "--key", key)
    assert caseworker.run(*command).exit_code == 1


def test_a_list_follows_its_pages_and_its_filters(caseworker: Stand) -> None:
    usccs = {enterprise(caseworker, serial, name=f"清单示例{serial}有限公司") for serial in range(200, 204)}
    found = caseworker.json("list", "--q", "清单示例")
    assert {item["uscc"] for item in found} == usccs
    assert len(caseworker.json("list", "--q", "清单示例", "--limit", "3")) == 3
    assert caseworker.json("list", "--q", "清单示例", "--rung", "hnte") == []
    table = caseworker.run("list", "--q", "清单示例", "--limit", "2")
    assert "只列出前 2 条" in table.stderr
    assert "凤庆县 530921" in table.stdout


def test_a_csv_for_excel_runs_no_formula(caseworker: Stand) -> None:
    enterprise(caseworker, 210, name="=HYPERLINK(公式示例)")
    caseworker.done("list", "--q", "公式示例", "--output", "名单.csv")
    content = Path("名单.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [item["企业名称"] for item in rows] == ["'=HYPERLINK(公式示例)"]
    assert rows[0]["统一社会信用代码"] == make_uscc(210)


def test_an_import_shows_bad_lines_and_saves_them_to_be_mended(with_worker: Stand) -> None:
    with_worker.login(USER)
    rows = [row(make_uscc(serial, office="530922")) for serial in (301, 302)]
    Path("名单.csv").write_bytes(csv_bytes([*rows, row("91530921219520246D")], encoding="gbk"))
    tried = with_worker.run("import", "名单.csv", "--region", "530900", "--dry-run", "--errors", "试算.xlsx")
    assert (tried.exit_code, "没有写入任何数据" in tried.stdout) == (1, True)
    assert with_worker.json("list", "--q", rows[0][0]) == []
    applied = with_worker.run("import", "名单.csv", "--region", "530900")
    assert applied.exit_code == 1
    assert "统一社会信用代码：" in applied.stdout
    assert len(with_worker.json("list", "--q", rows[0][0])) == 1
    refused = CalamineWorkbook.from_path("名单-错误行.xlsx").get_sheet_by_index(0).to_python()
    assert "91530921219520246D" in str(refused)
    with_worker.run("import", "名单.csv", "--region", "530900")
    assert Path("名单-错误行-2.xlsx").exists()


def test_a_list_can_be_fed_back_as_it_is(with_worker: Stand) -> None:
    with_worker.login(USER)
    extra = ("--capital", "1234.5万元", "--registered-on", "2019-04-01", "--industry", "I65", "--park", "P1")
    command = ("register", make_uscc(320), "--name", "往返示例有限公司", "--region", "530921")
    with_worker.done(*command, *extra)
    with_worker.done("list", "--q", "往返示例", "-o", "往返.csv")
    said = with_worker.done("import", "往返.csv").splitlines()
    headings, counts = (line.split() for line in said if line.strip().startswith(("共", "1 ")))
    assert counts[headings.index("未变")] == "1"


def test_a_clean_import_ends_with_zero_and_is_uploaded_once_though_the_answer_was_lost(
    with_worker: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_worker.login(USER)
    transport = with_worker.transports["enterprise"]
    work_off = transport.before
    lost: list[str] = []

    def lose_the_first(request: httpx.Request) -> httpx.Response | None:
        if request.method == "POST" and not lost:
            lost.append(with_worker.portal.call(transport._ask, request).json()["id"])
            return httpx.Response(503)
        return work_off(request)

    monkeypatch.setattr(transport, "before", lose_the_first)
    Path("好.csv").write_bytes(csv_bytes([row(make_uscc(310, office="530922"))]))
    with_worker.done("import", "好.csv")
    assert len(lost) == 1
    assert len(with_worker.json("list", "--q", make_uscc(310, office="530922"))) == 1


@pytest.fixture
def known_everywhere(caseworker: Stand) -> str:
    """An enterprise whose news has reached all services, with a specialist."""
    uscc = enterprise(caseworker, 401)
    caseworker.done("recognise", uscc, "--kind", "hnte", "--issued-on", "2025-12-03", "--certificate", "GR1")
    tell(caseworker, uscc)
    token = caseworker.folder.joinpath("session.json").read_text().split('"token": "')[1].split('"')[0]
    around = caseworker.surroundings()
    caller = Caller(Gateway(lambda part: f"http://{part}.test", client=around.client(), patience_seconds=5), token)
    specialist = {"name": "示例专员", "home_unit": "示例研究所", "region_code": "530921"}
    made = caller.post("pipeline", "/v1/specialists", specialist)
    caller.post("pipeline", "/v1/assignments", {"uscc": uscc, "specialist_id": made["id"]})
    return uscc


def test_show_gathers_what_four_services_know(caseworker: Stand, known_everywhere: str) -> None:
    said = caseworker.done("show", known_everywhere)
    for expected in (
        "示例401号有限公司",
        "高新技术企业",
        "（至 2028-12-02）",
        "742 天",
        "示例专员",
        "已提出",
        "未办事项",
    ):
        assert expected in said
    told = caseworker.json("show", known_everywhere)
    assert all(told[name] for name in ("assignments", "awards", "duties"))
    assert told["left_out"] == {}
    awards = caseworker.json("awards", "--state", "proposed", "--region", "530900")
    assert {award["uscc"] for award in awards} == {known_everywhere}
    assert "凤庆县 530921" in caseworker.done("board", "--region", "530900")
    assert caseworker.json("board")["as_of"] == TODAY.isoformat()


def test_sections_that_cannot_be_read_are_left_out_and_said_so(
    caseworker: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    uscc = enterprise(caseworker, 402)
    refusal = httpx.Response(403, json={"title": "没有权限", "code": "forbidden"})
    monkeypatch.setattr(caseworker.transports["awards"], "before", lambda _: refusal)
    monkeypatch.setattr(caseworker.transports["notifications"], "before", lambda _: httpx.Response(503))
    partly = caseworker.run("show", uscc)
    assert partly.exit_code == 0
    assert "略去“奖补”：您的角色看不到" in partly.stderr
    assert "略去“事项”：http://notifications.test 暂时不可用" in partly.stderr
    assert "条款" not in partly.stdout
    assert set(caseworker.json("show", uscc)["left_out"]) == {"awards", "duties"}


def test_a_state_that_does_not_exist_is_the_service_s_to_refuse(caseworker: Stand) -> None:
    assert caseworker.run("awards", "--state", "没有").exit_code == 1


def test_a_specialist_has_no_board(stand: Stand) -> None:
    stand.login("specialist-530900")
    result = stand.run("board")
    assert (result.exit_code, "403" in result.stderr) == (1, True)
