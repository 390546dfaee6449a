"""What the launcher tells the person at the terminal."""

import os
import re
import time
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from deploy.local.children import log_tail
from deploy.local.config import ROOT, StackConfig
from deploy.local.ports import Holder
from deploy.local.roster import DEMO_ROLES
from deploy.local.state import State

_JURISDICTION = re.compile(r"(\d{6})-.+")


def say(text: str) -> None:
    """One dated line about something that happened."""
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)


def step(text: str) -> None:
    """One line about what happens now."""
    print(f"  {text} …", flush=True)


def width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def table(rows: Iterable[tuple[str, ...]]) -> str:
    """Rows with their columns under each other."""
    rows = list(rows)
    widths = [max(width(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)) for row in rows
    )
    return "\n".join("  " + line.rstrip() for line in lines)


def ready_text(config: StackConfig, seconds: float | None = None) -> str:
    """The one table: where everything is, who may sign in, how to stop."""
    took = f" (用时 {seconds:.1f} 秒)" if seconds is not None else ""
    rows = [("服务", "地址", "接口文档")]
    for service in config.services:
        address = config.address(service.name)
        rows.append((f"{service.title_zh} {service.name}", address, f"{address}/docs"))
    ports = config.ports
    rows.append(("邮件 (只收不寄)", config.address("mail_page"), f"SMTP 127.0.0.1:{ports['smtp']}"))
    rows.append(("数据库 PostgreSQL", f"127.0.0.1:{ports['postgres']}", f"密码在 {config.data_dir}/secrets.json"))
    broker_note = "外部" if config.external_kafka else "内置, 只在内存中"
    rows.append(("消息代理 (Kafka 协议)", config.kafka_bootstrap, broker_note))
    stop = "停止: Ctrl-C, 或在另一个终端运行 make down"
    return "\n".join(["", f"Tidu 已就绪{took}", "", table(rows), "", demo_users_text(), f"  {stop}", ""])


def demo_users_text() -> str:
    """The demo users; they exist in local mode only."""
    roles = " ".join(f"{role}-<区划>" for role in DEMO_ROLES)
    return f"  演示用户 (密码都是 demo): admin auditor\n    {roles}\n    区划代码: {' '.join(demo_codes())}"


def demo_codes() -> list[str]:
    """The jurisdictions that are installed, by their folders."""
    folder = ROOT / "jurisdictions"
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    return [match[1] for name in names if (match := _JURISDICTION.fullmatch(name))]


def already_running_text(config: StackConfig, pid: int | None) -> str:
    """A second start over the same data."""
    who = f"进程 {pid}" if pid else "另一个进程"
    return f"Tidu 已经在运行 ({who}), 数据目录 {config.data_dir}。停止它: make down"


def taken_port_line(port: int, variable: str, holder: Holder | None, *, command: str = "make run") -> str:
    """Which port, by whom, and what to do."""
    who = f"进程 {holder.pid} ({holder.command})" if holder else "另一个账户的进程"
    return f"端口 {port} 已被占用: {who}。可换一个端口, 例如 {variable}={port + 1000} {command}"


def failed_text(what: str, log: Path) -> str:
    """Something did not come up; its own last words."""
    return f"{what}没有成功。日志 {log} 的末尾:\n{log_tail(log)}"


def status_text(config: StackConfig, state: State) -> str:
    """The processes of a running stack."""
    rows = [("进程", "编号", "重启", "内存 (MB)")]
    for name, pid in state.processes.items():
        rows.append((name, str(pid), str(state.restarts.get(name, 0)), f"{memory_mb(pid):.0f}"))
    total = _pss_kb(state.pid) / 1024 + sum(memory_mb(pid) for pid in state.processes.values())
    rows.append(("合计 (含守护进程)", "", "", f"{total:.0f}"))
    return f"状态 {state.phase}, 守护进程 {state.pid}, 数据目录 {config.data_dir}\n{table(rows)}"


def memory_mb(pid: int | None) -> float:
    """Proportional memory of a process and its children: pages shared by several are divided among them."""
    if pid is None:
        return 0.0
    return sum(_pss_kb(member) for member in (pid, *_children_of(pid))) / 1024


def _children_of(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    own = os.getpid()
    return [int(child) for child in text.split() if int(child) != own]


def _pss_kb(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
