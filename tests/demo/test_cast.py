from typing import Any

from deploy.demo.cast import choose_cast


def enterprise(number: int, *, name: str = "有限公司", is_candidate: bool = True) -> dict[str, Any]:
    return {"uscc": f"code-{number:03}", "name": f"虚构{number}号{name}", "is_candidate": is_candidate}


def test_the_star_comes_first_and_nobody_plays_two_parts() -> None:
    cast = choose_cast(map(enterprise, range(50)), star="code-007")
    everyone = cast.everyone()
    assert cast.recognised[0] == "code-007"
    assert len(everyone) == len(set(everyone)) == 24


def test_the_same_list_gives_the_same_cast() -> None:
    enterprises = [enterprise(number) for number in range(50)]
    assert choose_cast(enterprises, star="x") == choose_cast(iter(enterprises), star="x")


def test_only_companies_that_may_climb_are_chosen() -> None:
    enterprises = [enterprise(1, is_candidate=False), enterprise(2, name="合作社"), enterprise(3)]
    assert choose_cast(enterprises, star="star").everyone() == ["star", "code-003"]


def test_a_short_list_gives_a_short_cast() -> None:
    assert choose_cast([], star="star").everyone() == ["star"]
