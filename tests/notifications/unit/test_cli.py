"""The command line: checks rules and templates without any setting."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from services.notifications.cli import app


def test_the_shipped_rules_are_right() -> None:
    answer = CliRunner().invoke(app, ["check"])
    assert (answer.exit_code, answer.stdout) == (0, "4 种事项、5 个模板正确\n")


def test_a_wrong_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "national").mkdir()
    (tmp_path / "national" / "duties.yaml").write_text("duties: [{kind: X}]\n", encoding="utf-8")
    answer = CliRunner().invoke(app, ["check", "--jurisdictions", str(tmp_path)])
    assert answer.exit_code == 1
    assert "duties.yaml 第1行" in answer.output
