"""What one local stack is made of, and the environment variables that change it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import LaunchError
from deploy.local.ports import LOOPBACK
from deploy.local.roster import PRELOAD, SERVER_PORTS, SERVICES, Service

ROOT = Path(__file__).resolve().parents[2]


def port_variable(name: str) -> str:
    """The environment variable that chooses the port of a part."""
    return f"TIDU_{name.upper()}_PORT"


@dataclass(frozen=True)
class StackConfig:
    """Where the data is, which ports are used, which processes belong to it."""

    data_dir: Path
    ports: Mapping[str, int]
    services: tuple[Service, ...] = SERVICES
    package: str = "services"
    preload: tuple[str, ...] = PRELOAD
    external_kafka: str | None = None

    def address(self, name: str) -> str:
        """The HTTP address of a part."""
        return f"http://{LOOPBACK}:{self.ports[name]}"

    @property
    def kafka_bootstrap(self) -> str:
        """The broker of the services: the embedded one unless another was named."""
        return self.external_kafka or f"{LOOPBACK}:{self.ports['kafka']}"

    def log(self, name: str) -> Path:
        """Where a process writes."""
        return self.data_dir / "logs" / f"{name}.log"

    @property
    def databases(self) -> tuple[str, ...]:
        """The services that keep a database."""
        return tuple(service.name for service in self.services if service.database)


def read_config(environment: Mapping[str, str] = os.environ) -> StackConfig:
    """The stack as the environment asks for it."""
    data_dir = Path(environment.get("TIDU_DATA_DIR") or ROOT / ".data").expanduser().absolute()
    defaults = {service.name: service.port for service in SERVICES} | SERVER_PORTS
    external_kafka = environment.get("TIDU_KAFKA_BOOTSTRAP") or None
    if external_kafka:
        del defaults["kafka"]
    ports = {name: _port(environment, name, default) for name, default in defaults.items()}
    if len(set(ports.values())) < len(ports):
        raise LaunchError(f"两个部分用了同一个端口: {ports}")
    return StackConfig(data_dir=data_dir, ports=ports, external_kafka=external_kafka)


def prepare_data_dir(config: StackConfig) -> None:
    """The folder itself may be entered (the database's account has to pass), what is in it may not be read."""
    try:
        config.data_dir.mkdir(mode=0o755, parents=True, exist_ok=True)
        (config.data_dir / "logs").mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise LaunchError(
            f"不能使用数据目录 {config.data_dir}: {error.strerror}。可用 TIDU_DATA_DIR 另选一个。"
        ) from error


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(port_variable(name), "") or str(default)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise LaunchError(f"{port_variable(name)} 应是 1 到 65535 的端口号, 现在是 {text!r}。")
    return int(text)
