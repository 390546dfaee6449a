"""The demonstration on the whole stack: to its end, and once more over the same data."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.config import ROOT
from tests.e2e.stack import Stack, running_stack

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("demo")
    for parent in (folder, *folder.parents):
        if parent.stat().st_mode & 0o777 == 0o700 and parent != Path("/"):
            parent.chmod(0o755)
    with running_stack(folder / "data") as stack:
        yield stack


def tell(stack: Stack, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deploy.demo", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=stack.environment, capture_output=True, text=True, check=False, timeout=300
    )


def test_the_story_comes_to_its_end_and_can_be_told_again(stack: Stack) -> None:
    first = tell(stack, "--rows", "60")
    assert first.returncode == 0, first.stdout[-3000:] + first.stderr[-2000:]
    for step in ("导入企业名单", "培育库自己跟上", "已批准", "每件事只说一次", "四个服务一致"):
        assert step in first.stdout
    again = tell(stack, "--rows", "60")
    assert again.returncode == 0, again.stdout[-3000:] + again.stderr[-2000:]
    assert "四个服务一致" in again.stdout


def test_a_place_without_fixed_sums_gets_its_amount_from_a_person(stack: Stack) -> None:
    told = tell(stack, "--rows", "40", "--region", "371300")
    assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-2000:]
    assert "核定金额" in told.stdout


def test_an_unknown_region_and_a_missing_file_are_refused_in_words(stack: Stack) -> None:
    assert "没有地区 999999" in tell(stack, "--region", "999999").stderr
    assert "没有文件" in tell(stack, "no-such-list.csv").stderr
