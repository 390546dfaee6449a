"""The twelve fixed sums of the five policies, and nothing guessed where a policy names none."""

from __future__ import annotations

from shared.rules.documents import jurisdiction_folders, load_sources
from shared.rules.grants import FixedAmount, ToBeDecidedAmount
from shared.rules.packs import check_every_reading, pack_files
from tests.jurisdictions.library import JURISDICTIONS, library

TWELVE = sorted(
    [
        ("LC-2.2-g", 10_000_000, "enterprise"),
        ("LC-2.2-h", 5_000_000, "enterprise"),
        ("LC-2.3-d", 10_000_000, "enterprise"),
        ("LC-2.4-b", 100_000_000, "platform_host"),
        ("LC-2.4-c", 20_000_000, "enterprise"),
        ("LC-2.4-c", 10_000_000, "enterprise"),
        ("LZ-3-f", 5_000_000, "enterprise"),
        ("LZ-17-d", 300_000, "specialist"),
        ("LZ-17-d", 100_000, "specialist"),
        ("LZ-17-f", 2_000_000, "base"),
        ("LZ-18-a", 2_000_000, "platform_host"),
        ("LZ-21-c", 2_000_000, "base"),
    ]
)


def test_the_twelve_fixed_sums_are_all_there_and_no_other() -> None:
    fixed = [
        (rule.provision_ids[0], rule.amount.value, rule.beneficiary.value)
        for _, rule in library().rules()
        if isinstance(rule.amount, FixedAmount)
    ]
    assert sorted(fixed) == TWELVE


def test_yuxi_linyi_and_dehong_promise_no_number() -> None:
    for region in ("530400", "371300", "533100"):
        rules = [rule for loaded in library().for_region(region) for rule in loaded.pack.grants]
        assert rules
        assert all(isinstance(rule.amount, ToBeDecidedAmount) for rule in rules)


def test_each_option_of_each_reading_gives_a_valid_pack() -> None:
    for folder in jurisdiction_folders(JURISDICTIONS):
        sources = load_sources(folder / "sources.yaml")
        for file in pack_files(folder):
            assert check_every_reading(file, sources, library().catalogue, library().kinds) >= 2


def test_a_region_finds_the_packs_of_its_own_jurisdiction_only() -> None:
    found = {code: [loaded.pack.id for loaded in library().for_region(code)] for code in ("530921", "620723", "620724")}
    assert found == {
        "530921": ["lincang-innovation-action-plan-2023-2025"],
        "620723": ["linze-strong-science-plan-2022-2025"],
        "620724": [],
    }


def test_each_rule_records_the_readings_it_rests_on() -> None:
    readings = {rule.id: {reading.id for reading in rule.readings} for _, rule in library().rules()}
    assert readings["lincang.hnte.renewed"] == {"event_window", "above_scale_on", "gap_counts_as_renewal"}
    assert readings["linze.hnte.recognised"] == {"event_window", "lump_sum", "gap_counts_as_renewal"}
