import base64

import pytest

from services.console.domain.sessions import Session, SessionSealer

KEY = base64.b64encode(bytes(32)).decode()
SESSION = Session("token", "form", 1000)


def test_a_session_comes_back_from_its_cookie() -> None:
    sealer = SessionSealer(KEY, idle_seconds=60)
    value = sealer.seal(SESSION)
    assert sealer.unseal(value, 1060) == SESSION
    assert not set(value) & set('+/="; ')
    assert "token" not in value


def test_a_session_idle_for_too_long_does_not_come_back() -> None:
    sealer = SessionSealer(KEY, idle_seconds=60)
    assert sealer.unseal(sealer.seal(SESSION), 1061) is None
    assert sealer.unseal(sealer.seal(SESSION.seen(1061)), 1061) is not None


@pytest.mark.parametrize("value", ["", "x", "k1.", "k1.AAAA", "k1." + "A" * 400, "k2.AAAA"])
def test_a_cookie_that_is_not_ours_is_no_session(value: str) -> None:
    assert SessionSealer(KEY, idle_seconds=60).unseal(value, 1000) is None


def test_a_cookie_changed_in_one_character_is_no_session() -> None:
    sealer = SessionSealer(KEY, idle_seconds=60)
    value = sealer.seal(SESSION)
    changed = value[:20] + ("A" if value[20] != "A" else "B") + value[21:]
    assert sealer.unseal(changed, 1000) is None


def test_only_the_sessions_own_forms_are_accepted() -> None:
    assert SESSION.accepts_form("form")
    assert not SESSION.accepts_form("")
    assert not SESSION.accepts_form("另一个")
