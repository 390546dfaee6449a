"""What the client decides by itself: addresses, sessions, cells, days, retries."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from deploy.tidu.addresses import WrongAddress, find_addresses
from deploy.tidu.calling import Busy, Caller, Gateway, Refused, make_client
from deploy.tidu.listing import safe_cell
from deploy.tidu.sessions import NotSignedIn, Session, SessionFile, expiry_after
from deploy.tidu.terminal import plain
from deploy.tidu.whole_enterprise import days_left

HERE = "http://enterprise.test"
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


def caller(patience_seconds: float = 5) -> Caller:
    return Caller(Gateway(lambda _: HERE, client=make_client(), patience_seconds=patience_seconds), "secret")


def session(**fields: Any) -> Session:
    given = {"login": "a", "name": "甲", "expires_at": expiry_after(NOW, 60), "addresses": {}, "token": "secret"}
    return Session(**{**given, **fields})


def test_an_address_told_goes_before_the_environment_before_the_saved_before_this_machine() -> None:
    environment = {
        "TIDU_ADDRESS_PIPELINE": "http://e:2/",
        "TIDU_ADDRESS_AWARDS": "http://e:3",
        "TIDU_CONSOLE_PORT": "9",
    }
    saved = {"awards": "http://s:3", "notifications": "http://s:4", "other": "http://s:5"}
    found = find_addresses(["pipeline=https://t:2"], environment, saved)
    assert [found.of(part) for part in ("console", "enterprise", "pipeline", "awards", "notifications")] == [
        "http://127.0.0.1:9",
        "http://127.0.0.1:8001",
        "https://t:2",
        "http://e:3",
        "http://s:4",
    ]
    assert (found.is_in_clear("console"), found.is_in_clear("pipeline"), found.is_in_clear("awards")) == (
        False,
        False,
        True,
    )


def test_a_host_alone_means_the_usual_ports() -> None:
    found = find_addresses(["https://tidu.example"], {}, {})
    assert (found.of("console"), found.of("awards")) == ("https://tidu.example:8000", "https://tidu.example:8003")


@pytest.mark.parametrize(
    "told", ["x=http://h", "awards=h:1", "http://h:1", "awards=ftp://h", "awards=http://u:p@h", ""]
)
def test_an_address_that_cannot_be_used_is_refused(told: str) -> None:
    with pytest.raises(WrongAddress):
        find_addresses([told], {}, {})


def test_a_session_ends_at_its_hour_and_never_prints_its_token(tmp_path: Path) -> None:
    file = SessionFile(tmp_path / "new")
    with pytest.raises(NotSignedIn):
        file.get(NOW)
    file.save(session())
    assert file.get(NOW) == session()
    assert "secret" not in repr(session())
    file.save(session(expires_at=expiry_after(NOW, 0)))
    with pytest.raises(NotSignedIn, match="已过期"):
        file.get(NOW)
    assert [path.name for path in file.folder.iterdir()] == ["session.json"]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"token": 1}'])
def test_a_file_that_is_no_session_is_nobody(tmp_path: Path, content: str) -> None:
    (tmp_path / "session.json").write_text(content)
    assert SessionFile(tmp_path).find() is None


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1"])
def test_a_cell_that_a_spreadsheet_would_run_becomes_text(text: str) -> None:
    assert str(safe_cell(text)).startswith("'")


def test_other_cells_stay_as_they_are() -> None:
    assert [safe_cell(cell) for cell in ("云县 A-1", 5, None, "")] == ["云县 A-1", 5, None, ""]
    assert safe_cell("一\n二") == "一 二"


def test_a_name_moves_no_cursor() -> None:
    assert plain("甲\x1b[2J\n乙") == "甲 [2J 乙"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"valid_until_on": "2026-11-21"}, "0 天"),
        ({"valid_until_on": "2026-11-20"}, "已过期 1 天"),
        ({"valid_until_on": None}, "—"),
        ({"issued_on": "2026-11-22"}, "尚未生效"),
        ({"revoked_on": "2026-11-21"}, "2026-11-21 撤销"),
        ({"revoked_on": "2026-11-22"}, "41 天"),
    ],
)
def test_days_left_count_to_the_last_day(fields: dict[str, Any], expected: str) -> None:
    known = {"issued_on": "2026-01-01", "valid_until_on": "2027-01-01", "revoked_on": None}
    assert days_left({**known, **fields}, date(2026, 11, 21)) == expected


@respx.mock
def test_a_restart_is_waited_out_and_the_same_bytes_are_sent_again() -> None:
    busy = httpx.Response(503, headers={"Retry-After": "1"})
    route = respx.post(f"{HERE}/x").mock(side_effect=[httpx.ConnectError("down"), busy, httpx.Response(202, json={})])
    caller().post("enterprise", "/x", {"dry_run": "true"}, file=("a.csv", b"1,2"))
    requests = [call.request for call in route.calls]
    assert len({request.headers["idempotency-key"] for request in requests}) == 1
    assert len({request.read() for request in requests}) == 1
    assert b'filename="a.csv"' in requests[0].read()


@respx.mock
def test_patience_ends_in_a_sentence_that_holds_the_key_but_no_token() -> None:
    respx.post(f"{HERE}/x").respond(503)
    with pytest.raises(Busy, match="暂时不可用") as caught:
        caller().post("enterprise", "/x", key="mine")
    assert (caught.value.key, "secret" in str(caught.value)) == ("mine", False)


@respx.mock
def test_a_redirect_is_not_followed_with_a_token() -> None:
    respx.get(f"{HERE}/x").respond(302, headers={"location": "http://elsewhere.test/x"})
    with pytest.raises(Refused):
        caller().get("enterprise", "/x")


@respx.mock
def test_a_page_that_is_no_json_is_a_wrong_address() -> None:
    respx.get(f"{HERE}/x").respond(200, html="<html>")
    with pytest.raises(Refused, match="地址对吗"):
        caller().get("enterprise", "/x")


def test_a_saved_session_is_json_of_its_own(tmp_path: Path) -> None:
    SessionFile(tmp_path).save(session(name="甲"))
    assert set(json.loads((tmp_path / "session.json").read_text())) == {
        "login",
        "name",
        "expires_at",
        "addresses",
        "token",
    }
