"""A real Apache Kafka on loopback without Docker: its jars by Maven, one node that is broker and controller (KRaft)."""

import base64
import fcntl
import os
import shutil
import signal
import subprocess
import time
import uuid
from pathlib import Path

from deploy.local.broker import speaks_kafka
from deploy.local.children import BARE_ENVIRONMENT, Child, log_tail
from deploy.local.config import ROOT, StackConfig
from deploy.local.errors import LaunchError
from deploy.local.ports import LOOPBACK, free_port, holder_of, is_taken
from deploy.local.report import taken_port_line

POM = ROOT / "deploy" / "kafka" / "pom.xml"
DEFAULT_PORT = 9092
PORT_VARIABLE = "TIDU_APACHE_KAFKA_PORT"
OLDEST_JAVA = 17
READY_SECONDS = 90.0
STOP_SECONDS = 20.0
JVM_OPTIONS = ("-Xmx512m", "-Xms128m", "-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")

_PROPERTIES = """process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{port}
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
controller.quorum.voters=1@{host}:{controller_port}
log.dirs={log_dir}
auto.create.topics.enable=false
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
"""


def default_lib() -> Path:
    """Where the jars are kept, for all brokers of this clone."""
    return ROOT / ".data" / "kafka" / "lib"


def why_not(lib: Path | None = None) -> str | None:
    """Why Apache Kafka cannot run here, for a skipped test; None when it can."""
    if not shutil.which("java"):
        return "没有 Java (需要 17 或更新版本)"
    version = subprocess.run(["java", "-version"], capture_output=True, text=True).stderr
    number = version.split('"')[1].split(".")[0] if '"' in version else "0"
    if not number.isdigit() or int(number) < OLDEST_JAVA:
        return f"Java 太旧 ({version.splitlines()[0] if version else '未知'}), 需要 {OLDEST_JAVA} 或更新版本"
    if not is_fetched(lib or default_lib()) and not shutil.which("mvn"):
        return "没有 Maven, 无法取得 Apache Kafka"
    return None


def is_fetched(lib: Path) -> bool:
    """Whether the jars of the pinned version are there, all of them."""
    stamp = lib / ".fetched"
    return stamp.exists() and stamp.read_text() == POM.read_text("utf-8")


def fetch(lib: Path) -> None:
    """Let Maven copy the pinned jars into `lib`, once, whoever asks at the same time."""
    lib.parent.mkdir(parents=True, exist_ok=True)
    with (lib.parent / ".fetch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_fetched(lib):
            return
        shutil.rmtree(lib, ignore_errors=True)
        command = ["mvn", "-B", "-q", "-Dstyle.color=never", "-f", str(POM), "dependency:copy-dependencies"]
        result = subprocess.run([*command, f"-DoutputDirectory={lib}"], capture_output=True, text=True)
        if result.returncode != 0:
            raise LaunchError(f"Maven 没能取得 Apache Kafka:\n{result.stdout[-2000:]}{result.stderr[-500:]}")
        (lib / ".fetched").write_text(POM.read_text("utf-8"))


class ApacheKafka:
    """One Kafka node; the same shape as the embedded broker, but what it was told survives its restart."""

    def __init__(self, home: Path, port: int, *, lib: Path | None = None, log: Path | None = None) -> None:
        self.home = home.absolute()
        self.port = port
        self.log = log or self.home / "kafka.log"
        self._lib = lib or default_lib()
        self._child: Child | None = None

    @property
    def bootstrap(self) -> str:
        """The address clients start from."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int | None:
        """The Java process; None before the first start."""
        return self._child.pid if self._child else None

    @property
    def exit_code(self) -> int | None:
        """How its process ended; None while it runs."""
        return self._child.exit_code if self._child else None

    def start(self) -> None:
        """Fetch and format on first use, start, and return once the Kafka protocol answers."""
        fetch(self._lib)
        properties = self._write_properties()
        if not (self._data / "meta.properties").exists():
            self._format(properties)
        command = self._java("kafka.Kafka", str(properties))
        self._child = Child.spawn(command, log=self.log, environment=_environment())
        deadline = time.monotonic() + READY_SECONDS
        while not self.is_ready():
            if not self.is_alive() or time.monotonic() > deadline:
                self.kill()
                raise LaunchError(
                    f"Apache Kafka 没有启动 (端口 {self.port})。日志 {self.log} 的末尾:\n{log_tail(self.log)}"
                )
            time.sleep(0.1)

    def is_alive(self) -> bool:
        """Whether the process runs, ready or not."""
        return self._child is not None and self._child.exit_code is None

    def is_ready(self) -> bool:
        """Whether it answers a protocol request."""
        return self.is_alive() and speaks_kafka(self.port)

    def stop(self) -> None:
        """End it in order."""
        if self._child:
            self._child.stop(signal.SIGTERM, grace_seconds=STOP_SECONDS)

    def kill(self) -> None:
        """End it as a crash would."""
        if self._child:
            self._child.kill()

    def wipe(self) -> None:
        """Forget everything, cluster id included, as a lost disk would; the next start is a new cluster."""
        self.kill()
        shutil.rmtree(self._data, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self.home / "data"

    def _write_properties(self) -> Path:
        self.home.mkdir(parents=True, exist_ok=True)
        path = self.home / "server.properties"
        values = {"host": LOOPBACK, "port": self.port, "controller_port": free_port(), "log_dir": self._data}
        path.write_text(_PROPERTIES.format(**values), "utf-8")
        return path

    def _format(self, properties: Path) -> None:
        arguments = ("format", "-t", new_cluster_id(), "-c", str(properties))
        command = self._java("kafka.tools.StorageTool", *arguments)
        result = subprocess.run(command, capture_output=True, text=True, env=_environment())
        if result.returncode != 0:
            raise LaunchError(f"Kafka 存储没能格式化:\n{result.stdout[-1000:]}{result.stderr[-1000:]}")

    def _java(self, main_class: str, *arguments: str) -> list[str]:
        java = shutil.which("java") or "java"
        return [os.path.realpath(java), *JVM_OPTIONS, "-cp", f"{self._lib}/*", main_class, *arguments]


def new_cluster_id() -> str:
    """A random id as Kafka writes it; one that starts with a dash would be taken for an option."""
    while (text := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")).startswith("-"):
        pass
    return text


def _environment() -> dict[str, str]:
    java_home = os.environ.get("JAVA_HOME")
    return {**BARE_ENVIRONMENT, "JAVA_HOME": java_home} if java_home else dict(BARE_ENVIRONMENT)


def run_in_terminal(config: StackConfig) -> int:
    """Run one node until Ctrl-C."""
    port = int(os.environ.get(PORT_VARIABLE, DEFAULT_PORT))
    if reason := why_not():
        raise LaunchError(f"Apache Kafka 无法在这里运行: {reason}。")
    if is_taken(port):
        raise LaunchError(taken_port_line(port, PORT_VARIABLE, holder_of(port), command="make kafka"))
    server = ApacheKafka(config.data_dir / "kafka", port, log=config.log("kafka"))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print("正在取得并启动 Apache Kafka …", flush=True)
    try:
        server.start()
        print(f"Apache Kafka 已就绪: {server.bootstrap}")
        print(f"  让系统使用它: TIDU_KAFKA_BOOTSTRAP={server.bootstrap} make run")
        print(f"  数据在 {server.home}, 停止: Ctrl-C", flush=True)
        while server.is_alive():
            time.sleep(0.3)
    except KeyboardInterrupt:
        server.stop()
        return 0
    raise LaunchError(f"Apache Kafka 意外结束。日志 {server.log} 的末尾:\n{log_tail(server.log)}")
