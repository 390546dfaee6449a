"""Which units make up the stack: PostgreSQL, the broker, the mail sink, and an API and a worker for each service."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from deploy.local import mail_sink
from deploy.local.broker import EmbeddedBroker
from deploy.local.config import StackConfig
from deploy.local.credentials import Credentials
from deploy.local.environments import database_url, environment_for
from deploy.local.postgres import EmbeddedPostgres
from deploy.local.roster import Service
from deploy.local.units import ForkedProcess


@dataclass(frozen=True)
class Servers:
    """What the services lean on."""

    postgres: EmbeddedPostgres
    broker: EmbeddedBroker | None
    mail: ForkedProcess


def build_servers(config: StackConfig, credentials: Credentials) -> Servers:
    """The servers over the stack's data directory; nothing is started yet."""
    ports, data = config.ports, config.data_dir
    mail_environment = {
        "TIDU_MAIL_DIR": str(data / "mail"),
        "TIDU_SMTP_PORT": str(ports["smtp"]),
        "TIDU_MAIL_PAGE_PORT": str(ports["mail_page"]),
    }
    mail = ForkedProcess("tidu-mail", mail_sink.run, environment=mail_environment, log=config.log("mail"))
    return Servers(
        EmbeddedPostgres(data / "postgres", ports["postgres"], credentials.postgres, log=config.log("postgres")),
        None if config.external_kafka else EmbeddedBroker(data / "broker", ports["kafka"], log=config.log("broker")),
        mail,
    )


def build_processes(config: StackConfig, credentials: Credentials) -> dict[str, ForkedProcess]:
    """The services' processes by name, such as enterprise.main and enterprise.worker."""
    return {
        f"{service.name}.{part}": ForkedProcess(
            f"{config.package}.{service.name}.{part}",
            runner(f"{config.package}.{service.name}.{part}"),
            environment=environment_for(service, config, credentials),
            log=config.log(f"{service.name}-{part}"),
        )
        for service in config.services
        for part in parts_of(service)
    }


def parts_of(service: Service) -> tuple[str, ...]:
    """The API, and the worker where there is one."""
    return ("main", "worker") if service.worker else ("main",)


def runner(module: str) -> Callable[[], object]:
    """What a forked process does: import its composition root, already warm but for its own code, and run it."""

    def run() -> None:
        importlib.import_module(module).run()

    return run


def start_migration(config: StackConfig, credentials: Credentials, service: str) -> ForkedProcess:
    """Bring one service's database to its newest revision, in a process of its own: Alembic may start threads."""
    owner_url = database_url(config, credentials, service, "owner")
    return ForkedProcess(
        f"tidu-migrate-{service}",
        lambda: migrate(service, owner_url),
        environment={},
        log=config.log(f"migrate-{service}"),
    )


def migrate(service: str, owner_url: str) -> None:
    """Upgrade unless the cheap look says there is nothing to do."""
    from shared.db.migrate import is_current, upgrade

    if not is_current(service, owner_url):
        upgrade(service, owner_url)
