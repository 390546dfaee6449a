"""The command line for those who write packs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.awards.cli import app
from tests.jurisdictions.library import JURISDICTIONS

LINCANG = "530900-lincang/grants/innovation-action-plan-2023-2025"


def run(*arguments: str):
    return CliRunner().invoke(app, ["packs", *arguments])


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the packs that a test may damage."""
    return shutil.copytree(JURISDICTIONS, tmp_path / "jurisdictions")


def test_the_packs_of_the_project_are_right() -> None:
    done = run("check", "--jurisdictions", str(JURISDICTIONS))
    assert done.exit_code == 0, done.output
    assert "5 个政策包、16 条规则正确" in done.output


def test_a_broken_pack_is_told_with_file_and_line(copied: Path) -> None:
    file = copied / f"{LINCANG}.yaml"
    file.write_text(file.read_text("utf-8").replace("payer_zh", "payer", 1), "utf-8")
    done = run("check", "--jurisdictions", str(copied))
    assert done.exit_code == 1
    assert "不认识的键 payer,是否想写 payer_zh?" in done.output
    assert file.name in done.output


def test_a_quote_that_is_not_in_the_text_is_told(copied: Path, tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    done = run("check", "--jurisdictions", str(copied), "--sources", str(tmp_path / "texts"))
    assert done.exit_code == 1
    assert "lincang.hnte.first 的引文(LC-2.2-g)不见于原文" in done.output


def test_the_cases_are_run_and_a_wrong_one_is_named(copied: Path) -> None:
    assert run("test", "--jurisdictions", str(copied)).exit_code == 0
    file = copied / f"{LINCANG}.cases.yaml"
    file.write_text(file.read_text("utf-8").replace("amount: 20万元", "amount: 21万元", 1), "utf-8")
    done = run("test", "--jurisdictions", str(copied))
    assert done.exit_code == 1
    assert "「规上企业院士工作站,20万元」:金额应为 21000000 分,实际 20000000 分" in done.output


def test_the_schema_for_editors_is_json() -> None:
    assert json.loads(run("schema").output)["title"] == "GrantPack"
