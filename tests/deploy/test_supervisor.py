"""The supervisor with two stand-in services: starts, heals, explains, and leaves nothing behind."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from deploy.local.config import ROOT
from deploy.local.ports import LOOPBACK, free_port
from tests.deploy.processes import descendants, eventually, is_running

PARTS = ("alpha", "console", "postgres", "kafka", "smtp", "mail_page")
PROCESSES = {"邮件接收", "PostgreSQL", "消息代理", "alpha.main", "alpha.worker", "console.main"}


@dataclass
class Stack:
    """One data directory and the supervisors started over it."""

    home: Path
    ports: dict[str, int]
    started: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def launch(self) -> "subprocess.Popen[bytes]":
        environment = {**os.environ, "HOME": str(self.home), "STANDIN_DATA_DIR": str(self.home / "data")}
        environment |= {"STANDIN_PORTS": json.dumps(self.ports), "PYTHONIOENCODING": "utf-8"}
        environment.pop("MAKELEVEL", None)
        command = [sys.executable, "-m", "tests.deploy.standins.launch"]
        with self.output_file.open("ab") as output:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
        self.started.append(process)
        return process

    def launch_until_ready(self) -> "subprocess.Popen[bytes]":
        process = self.launch()
        assert eventually(lambda: self.phase(process.pid) == "ready" or process.poll() is not None), self.output
        assert process.poll() is None, self.output
        return process

    @property
    def output_file(self) -> Path:
        return self.home / "output.txt"

    @property
    def output(self) -> str:
        return self.output_file.read_text("utf-8")

    def state(self) -> dict[str, object]:
        path = self.home / "data" / "state.json"
        content: dict[str, object] = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return content

    def phase(self, pid: int) -> object:
        state = self.state()
        return state.get("phase") if state.get("pid") == pid else None

    def pids(self) -> dict[str, int]:
        processes = self.state()["processes"]
        assert isinstance(processes, dict)
        return processes

    def answer(self, name: str) -> str | None:
        connection = http.client.HTTPConnection(LOOPBACK, self.ports[name], timeout=2)
        try:
            connection.request("GET", "/health/ready")
            return connection.getresponse().read().decode()
        except OSError:
            return None
        finally:
            connection.close()


@pytest.fixture
def stack(home: Path) -> Iterator[Stack]:
    stack = Stack(home, {name: free_port() for name in PARTS})
    yield stack
    for process in stack.started:
        if process.poll() is None:
            process.kill()
        process.wait()
    assert eventually(lambda: not any_of_ours(home))


def any_of_ours(home: Path) -> list[int]:
    """Processes that still have a file below the folder open or run from it: the orphans nobody should leave."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid() and is_running(int(process.name)):
            try:
                links = [os.readlink(entry) for entry in (process / "fd").iterdir()]
            except OSError:
                continue
            if any(link.startswith(str(home)) for link in links):
                found.append(int(process.name))
    return found


def test_everything_starts_and_one_table_says_where(stack: Stack) -> None:
    process = stack.launch_until_ready()
    assert set(stack.pids()) == PROCESSES
    assert all(is_running(pid) for pid in stack.pids().values())
    assert stack.answer("alpha") == str(stack.pids()["alpha.main"])
    assert eventually(lambda: "Tidu 已就绪" in stack.output)
    for name in ("alpha", "console", "mail_page"):
        assert f"http://127.0.0.1:{stack.ports[name]}" in stack.output
    titles = Path(f"/proc/{stack.pids()['alpha.worker']}/cmdline").read_text()
    assert titles.rstrip("\0") == "tests.deploy.standins.alpha.worker"
    assert is_running(process.pid)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_stop_it_ends_in_order_and_leaves_no_process(stack: Stack, how: signal.Signals) -> None:
    process = stack.launch_until_ready()
    family = descendants(process.pid)
    assert len(family) > len(PROCESSES)
    process.send_signal(how)
    assert process.wait(30) == 0
    assert eventually(lambda: not any(is_running(pid) for pid in family))
    assert "已全部停止" in stack.output
    assert "database system is shut down" in (stack.home / "data/logs/postgres.log").read_text()


def test_killed_outright_it_leaves_no_process_and_the_next_start_recovers(stack: Stack) -> None:
    process = stack.launch_until_ready()
    family = descendants(process.pid)
    process.kill()
    process.wait()
    again = stack.launch_until_ready()
    assert not any(is_running(pid) for pid in family)
    again.send_signal(signal.SIGINT)
    assert again.wait(30) == 0


def test_whatever_dies_is_started_again_and_said_so(stack: Stack) -> None:
    stack.launch_until_ready()
    before = stack.pids()
    for victim in sorted(PROCESSES):
        os.kill(before[victim], signal.SIGKILL)
        assert eventually(lambda name=victim: stack.pids()[name] != before[name]), stack.output
        assert f"{victim} (进程 {before[victim]}) 意外结束 (信号 SIGKILL)" in stack.output
        assert f"{victim} 已重新启动" in stack.output
    assert stack.state()["restarts"] == dict.fromkeys(PROCESSES, 1)


def test_a_service_that_cannot_start_ends_the_start_with_its_last_words(stack: Stack) -> None:
    (stack.home / "be-broken").touch()
    process = stack.launch()
    assert process.wait(60) == 1
    assert "alpha.worker 反复启动失败" in stack.output
    assert "TIDU_FIELD_KEY 缺失" in stack.output
    assert not any_of_ours(stack.home)


def test_a_second_start_over_the_same_data_says_who_is_there(stack: Stack) -> None:
    first = stack.launch_until_ready()
    second = stack.launch()
    assert second.wait(30) == 1
    assert f"Tidu 已经在运行 (进程 {first.pid})" in stack.output
    assert stack.answer("alpha") is not None


def test_a_taken_port_is_named_with_its_holder_and_the_variable_to_set(stack: Stack) -> None:
    with socket.create_server((LOOPBACK, stack.ports["console"])):
        process = stack.launch()
        assert process.wait(30) == 1
    assert f"端口 {stack.ports['console']} 已被占用: 进程 {os.getpid()} (" in stack.output
    assert "TIDU_CONSOLE_PORT=" in stack.output
    assert not (stack.home / "data/postgres").exists()


def test_a_process_that_ignores_the_request_to_end_is_ended(stack: Stack) -> None:
    (stack.home / "be-stubborn").touch()
    process = stack.launch_until_ready()
    worker = stack.pids()["alpha.worker"]
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert not is_running(worker)
    assert "alpha.worker 没有按时结束" in stack.output


def test_a_service_gets_its_settings_and_not_the_supervisors(stack: Stack) -> None:
    stack.launch_until_ready()
    said = (stack.home / "data/logs/console-main.log").read_text()
    assert "TIDU_PORT" in said
    assert "DATABASE" not in said


def test_a_stop_during_the_start_is_obeyed(stack: Stack) -> None:
    process = stack.launch()
    assert eventually(lambda: stack.phase(process.pid) == "starting")
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert "已全部停止" in stack.output
