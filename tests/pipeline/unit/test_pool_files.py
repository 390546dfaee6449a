"""The pool files: every quote is printed, every mistake is told with file and line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from services.pipeline.domain.pool_library import load_pools
from shared.rules.documents import jurisdiction_folders, load_sources
from shared.rules.grants import Provision
from shared.rules.quotes import stands_in
from shared.rules.reading import PackError
from tests.jurisdictions.library import JURISDICTIONS, source_texts
from tests.pipeline.application import pools


def provisions() -> list[tuple[str, Provision]]:
    found = []
    for pack in pools().packs:
        for pool in pack.pools:
            printed = [*pool.provisions, *(provision for door in pool.doors for provision in door.provisions)]
            found += [(pack.jurisdiction, provision) for provision in printed]
    return found


def test_every_quote_stands_in_the_text_of_its_document() -> None:
    texts = source_texts()
    for folder in jurisdiction_folders(JURISDICTIONS):
        sources = load_sources(folder / "sources.yaml")
        printed = [texts[document.text_sha256] for document in sources.documents if document.text_sha256 in texts]
        for jurisdiction, provision in provisions():
            if jurisdiction == sources.jurisdiction:
                assert any(stands_in(provision.quote, text) for text in printed), provision.id


def test_the_pool_provisions_of_the_policies_are_carried() -> None:
    carried = {provision.id for _, provision in provisions()}
    assert {"LC-2.2-b", "YX-2-b", "LY-4.3-b", "LZ-3-a"} <= carried


def test_every_pool_has_a_door_of_decision_and_a_local_door_replaces_the_common_one() -> None:
    library = pools()
    for pack in (*library.packs, library.national):
        assert all(pool.doors[-1].conditions is None for pool in pack.pools)
    yuxi = library.for_region("530402").get_pool("hnte").get_door("lapsed")
    assert [provision.id for provision in yuxi.provisions] == ["YX-2-b"]


def test_a_place_without_a_pool_policy_uses_the_national_one() -> None:
    assert pools().for_region("533102") is pools().national


def test_an_open_reading_is_named_with_its_choice() -> None:
    readings = pools().for_region("530902").readings
    assert [(reading.id, reading.option) for reading in readings] == [("scale_up_potential", "judged")]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    root = tmp_path / "jurisdictions"
    for folder in ("national", "530900-lincang"):
        (root / folder).mkdir(parents=True)
        for name in ("pool.yaml", "sources.yaml"):
            if (JURISDICTIONS / folder / name).is_file():
                shutil.copy(JURISDICTIONS / folder / name, root / folder / name)
    return root


def _replace(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_replace("fact: hnte_valid", "fact: hnte_vald"), "是否想写 hnte_valid"),
        (_replace("unit: flag, operator: equal, value: false", "unit: count, operator: equal, value: 1"), "请写 flag"),
        (_replace("      - id: B", "      - id: A"), "通道 A 重复"),
        (_replace('jurisdiction: "530900"', 'jurisdiction: "530400"'), "请写 '530900'"),
        (_replace("document: innovation-action-plan-2023-2025", "document: other"), "sources.yaml 中没有文件 other"),
        (_replace("graduates_when", "graduate_when"), "graduates_when"),
        (_replace("conditions: {reading: scale_up_potential}", "conditions: {reading: other}"), "读法 other 没有定义"),
    ],
)
def test_a_mistake_in_a_pool_file_is_told_with_file_and_line(
    copied: Path, change: Callable[[str], str], problem: str
) -> None:
    file = copied / "530900-lincang" / "pool.yaml"
    file.write_text(change(file.read_text("utf-8")), "utf-8")
    with pytest.raises(PackError, match=r"pool\.yaml 第\d+行") as refused:
        load_pools(copied)
    assert problem in str(refused.value)


def test_every_option_of_a_reading_makes_a_pool_that_loads(copied: Path) -> None:
    file = copied / "530900-lincang" / "pool.yaml"
    text = file.read_text("utf-8")
    assert "default: judged" in text
    file.write_text(text.replace("default: judged", "default: half_of_threshold"), "utf-8")
    door = load_pools(copied).for_region("530902").get_pool("hnte").get_door("A")
    assert door.conditions is not None
    assert "latest_revenue_fen" in str(door.conditions)
