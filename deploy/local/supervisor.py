"""Starts the stack in order, keeps it alive, stops it in order. Single-threaded on purpose: it forks."""

import http.client
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.local import report
from deploy.local.config import StackConfig, port_variable, prepare_data_dir
from deploy.local.credentials import Credentials, load_or_create
from deploy.local.environments import database_url
from deploy.local.errors import LaunchError
from deploy.local.forks import preload, rotate
from deploy.local.ports import LOOPBACK, holder_of, is_taken
from deploy.local.relay_watch import RelayWatch
from deploy.local.stack import Servers, build_processes, build_servers, start_migration
from deploy.local.state import DataDirLock, State, read_state, running_supervisor
from deploy.local.units import ForkedProcess, Unit, Watched

READY_SECONDS = 120.0
LEAVING_SECONDS = 20.0
SERVICE_STOP_SECONDS = 8.0
TICK_SECONDS = 0.1
HOPELESS_RESTARTS = 5


class AskedToStop(Exception):
    """Somebody pressed Ctrl-C or sent a signal while the stack was starting."""


class Supervisor:
    """One run of the stack."""

    def __init__(self, config: StackConfig) -> None:
        self._config = config
        self._lock = DataDirLock(config.data_dir)
        self._state = State(pid=os.getpid())
        self._watched: list[Watched] = []
        self._relays: list[RelayWatch] = []
        self._processes: dict[str, ForkedProcess] = {}
        self._servers: Servers | None = None
        self._stop_signals = 0

    def run(self) -> None:
        """Start, report, watch until asked to stop; stops what it started whatever happens."""
        started = time.monotonic()
        prepare_data_dir(self._config)
        self._take_data_dir()
        with self._listening_for_signals():
            try:
                self._start()
                print(report.ready_text(self._config, time.monotonic() - started), flush=True)
                self._watch()
            except AskedToStop:
                pass
            finally:
                self._stop()

    def _take_data_dir(self) -> None:
        if not self._lock.acquire():
            raise LaunchError(report.already_running_text(self._config, running_supervisor(self._config.data_dir)))
        wait_for_free_ports(self._config)
        self._publish("starting")

    def _start(self) -> None:
        config = self._config
        credentials = load_or_create(config.data_dir, [service.name for service in config.services], config.databases)
        self._start_servers(credentials)
        report.step("载入程序")
        preload(config.preload)
        self._prepare_databases(credentials)
        report.step("启动服务")
        self._processes = build_processes(config, credentials)
        for name, process in self._processes.items():
            self._start_watched(name, process)
        self._watch_relays(credentials)
        self._wait_until_ready()
        self._publish("ready")

    def _start_servers(self, credentials: Credentials) -> None:
        servers = self._servers = build_servers(self._config, credentials)
        report.step("启动邮件接收")
        self._start_watched("邮件接收", servers.mail)
        first = not servers.postgres.requested_data_dir.exists()
        report.step("建立并启动 PostgreSQL" if first else "启动 PostgreSQL")
        rotate(servers.postgres.log)
        self._start_watched("PostgreSQL", servers.postgres)
        if servers.postgres.data_dir != servers.postgres.requested_data_dir:
            report.say(f"数据库账户进不了 {self._config.data_dir}, 数据库放在 {servers.postgres.data_dir}")
        if servers.broker:
            report.step("启动消息代理")
            rotate(servers.broker.log)
            self._start_watched("消息代理", servers.broker)

    def _start_watched(self, name: str, unit: Unit) -> None:
        watched = Watched(name, unit, report.say)
        self._watched.append(watched)
        watched.start()
        self._check_stop()

    def _watch_relays(self, credentials: Credentials) -> None:
        by_name = {watched.name: watched for watched in self._watched}
        for service in self._config.services:
            if service.worker and service.database:
                url = database_url(self._config, credentials, service.name, "worker")
                self._relays.append(RelayWatch(url, by_name[f"{service.name}.worker"], report.say))

    def _prepare_databases(self, credentials: Credentials) -> None:
        """Create roles and databases, then migrate them side by side."""
        if not self._config.databases or self._servers is None:
            return
        from shared.db.provision import provision

        report.step("准备数据库")
        provision(self._servers.postgres.url, self._config.databases, credentials.roles)
        migrations = {name: start_migration(self._config, credentials, name) for name in self._config.databases}
        for migration in migrations.values():
            migration.start()
        for name, migration in migrations.items():
            migration.wait(time.monotonic() + READY_SECONDS)
            if migration.exit_code != 0:
                raise LaunchError(report.failed_text(f"{name} 的数据库迁移", self._config.log(f"migrate-{name}")))
        self._check_stop()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        waiting = [service.name for service in self._config.services]
        while waiting or not all(watched.is_settled(time.monotonic()) for watched in self._watched):
            self._tend()
            self._give_up_on_the_hopeless()
            waiting = [name for name in waiting if not answers_ready(self._config.ports[name])]
            if waiting and time.monotonic() > deadline:
                name = waiting[0]
                raise LaunchError(report.failed_text(f"服务 {name} ", self._config.log(f"{name}-main")))

    def _give_up_on_the_hopeless(self) -> None:
        """What dies again and again before it was ever ready will not heal by another start."""
        for watched in self._watched:
            if watched.restarts >= HOPELESS_RESTARTS:
                log = self._config.log(watched.name.replace(".", "-"))
                raise LaunchError(report.failed_text(f"{watched.name} 反复启动失败, ", log))

    def _watch(self) -> None:
        while True:
            before = self._restarts()
            self._tend()
            if self._restarts() != before:
                self._publish("ready")

    def _tend(self) -> None:
        self._check_stop()
        for watched in self._watched:
            watched.tend(time.monotonic())
        for relay in self._relays:
            relay.tend(time.monotonic())
        time.sleep(TICK_SECONDS)

    def _restarts(self) -> dict[str, int]:
        return {watched.name: watched.restarts for watched in self._watched}

    def _publish(self, phase: str) -> None:
        self._state.phase = phase
        self._state.processes = {watched.name: watched.unit.pid for watched in self._watched}
        self._state.restarts = self._restarts()
        self._state.write(self._config.data_dir)

    def _check_stop(self) -> None:
        if self._stop_signals:
            raise AskedToStop

    @contextmanager
    def _listening_for_signals(self) -> Iterator[None]:
        """Signals only raise a flag: the loop decides where it is safe to turn round."""
        wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        earlier = {number: signal.signal(number, self._note_signal) for number in wanted}
        try:
            yield
        finally:
            for number, handler in earlier.items():
                signal.signal(number, handler)

    def _note_signal(self, _number: int, _frame: object) -> None:
        self._stop_signals += 1

    def _stop(self) -> None:
        """Services first and together, then mail, the broker and PostgreSQL: nobody loses what it leans on."""
        report.step("正在停止")
        self._publish("stopping")
        for process in self._processes.values():
            process.stop()
        deadline = time.monotonic() + SERVICE_STOP_SECONDS
        for name, process in self._processes.items():
            if not process.wait(deadline):
                report.say(f"{name} 没有按时结束, 强行结束")
                process.kill()
        if self._servers:
            self._servers.mail.kill()
            if self._servers.broker:
                self._servers.broker.stop()
            self._servers.postgres.stop()
        self._publish("stopped")
        self._lock.release()
        print("  已全部停止。", flush=True)


def wait_for_free_ports(config: StackConfig) -> None:
    """Give an earlier run's processes a moment to leave; refuse when somebody else listens."""
    earlier = read_state(config.data_dir)
    leaving = set(earlier.processes.values()) if earlier else set()
    deadline = time.monotonic() + LEAVING_SECONDS
    while taken := [name for name, port in config.ports.items() if is_taken(port)]:
        holders = {name: holder_of(config.ports[name]) for name in taken}
        ours = all(holder is not None and holder.pid in leaving for holder in holders.values())
        if not ours or time.monotonic() > deadline:
            lines = [report.taken_port_line(config.ports[name], port_variable(name), holders[name]) for name in taken]
            raise LaunchError("\n".join(lines))
        time.sleep(TICK_SECONDS)


def answers_ready(port: int) -> bool:
    """Whether /health/ready says 200."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=3)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
