from services.console.domain.demo_accounts import JURISDICTIONS, PASSWORD, demo_accounts
from services.console.main import make_issuer
from services.console.settings import Settings
from services.console.usecases.list_demo_users import list_demo_users
from shared.kernel.roles import Role
from shared.kernel.uscc import find_uscc_fault

CODES = ("530900", "530400", "371300", "533100", "620723")


def test_every_role_has_a_demo_user_in_each_demo_jurisdiction() -> None:
    accounts = demo_accounts({})
    prefixes = ("caseworker", "science", "finance", "government", "committee", "specialist", "enterprise")
    expected = {"admin", "auditor", *(f"{prefix}-{code}" for prefix in prefixes for code in CODES)}
    assert set(accounts) == expected
    assert {account.role for account in accounts.values()} == set(Role) - {Role.SERVICE}


def test_every_demo_user_is_another_person() -> None:
    accounts = demo_accounts({})
    assert len({account.person_id for account in accounts.values()}) == len(accounts)


def test_a_committee_sees_one_park_and_an_enterprise_contact_one_enterprise() -> None:
    accounts = demo_accounts({"530900-park-1": "临沧高新区"})
    committee, contact = accounts["committee-530900"], accounts["enterprise-530900"]
    assert (committee.park_code, committee.regions) == ("530900-park-1", ("530900",))
    assert "临沧高新区" in committee.name
    assert len(contact.usccs) == 1


def test_the_demo_enterprises_have_valid_codes() -> None:
    assert [find_uscc_fault(j.enterprise_uscc) for j in JURISDICTIONS] == [None] * len(CODES)


def test_the_sign_in_page_groups_the_users_by_place(settings: Settings) -> None:
    issuer = make_issuer(settings)
    assert issuer is not None
    titles = [group.title for group in list_demo_users(issuer)]
    assert titles == ["全部地区", "临沧市 530900", "玉溪市 530400", "临沂市 371300", "德宏州 533100", "临泽县 620723"]


def test_the_demo_password_is_what_design_says() -> None:
    assert PASSWORD == "demo"
