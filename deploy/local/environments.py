"""The environment each process of the stack gets: its own settings and nobody else's secrets."""

import json
import os

from deploy.local.config import StackConfig
from deploy.local.credentials import Credentials
from deploy.local.ports import LOOPBACK
from deploy.local.roster import Service

INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "VIRTUAL_ENV", "TIDU_TODAY", "TIDU_LOG_LEVEL")


def database_url(config: StackConfig, credentials: Credentials, service: str, kind: str) -> str:
    """The address of a service's database for one of its roles."""
    role = f"{service}_{kind}"
    return f"postgresql://{role}:{credentials.roles[role]}@{LOOPBACK}:{config.ports['postgres']}/tidu_{service}"


def environment_for(service: Service, config: StackConfig, credentials: Credentials) -> dict[str, str]:
    """The settings of a service's API and worker."""
    environment = _common(config) | {"TIDU_PORT": str(config.ports[service.name])}
    if service.database:
        environment |= _with_database(service, config, credentials)
    if service.name == "notifications":
        environment |= _with_mail(config)
    if service.name == "console":
        environment |= _as_issuer(config, credentials)
    return environment


def owner_environment_for(service: Service, config: StackConfig, credentials: Credentials) -> dict[str, str]:
    """What a service's command line gets besides: the owner's address, which running services never have."""
    owner = {"TIDU_OWNER_DATABASE_URL": database_url(config, credentials, service.name, "owner")}
    return environment_for(service, config, credentials) | owner


def _common(config: StackConfig) -> dict[str, str]:
    issuer = config.address("console")
    peers = {service.name: config.address(service.name) for service in config.services}
    return {name: os.environ[name] for name in INHERITED if name in os.environ} | {
        "TIDU_PROFILE": "local",
        "TIDU_HOST": LOOPBACK,
        "TIDU_OIDC_ISSUER": issuer,
        "TIDU_OIDC_AUDIENCE": "tidu",
        "TIDU_OIDC_JWKS_URL": f"{issuer}/auth/jwks.json",
        "TIDU_OIDC_TOKEN_URL": f"{issuer}/auth/token",
        "TIDU_PEER_URLS": json.dumps(peers),
    }


def _with_database(service: Service, config: StackConfig, credentials: Credentials) -> dict[str, str]:
    return {
        "TIDU_DATABASE_URL": database_url(config, credentials, service.name, "app"),
        "TIDU_WORKER_DATABASE_URL": database_url(config, credentials, service.name, "worker"),
        "TIDU_KAFKA_BOOTSTRAP": config.kafka_bootstrap,
        "TIDU_CLIENT_ID": service.name,
        "TIDU_CLIENT_SECRET": credentials.clients[service.name],
        "TIDU_FIELD_KEY": credentials.field_key,
    }


def _with_mail(config: StackConfig) -> dict[str, str]:
    smtp = {"TIDU_SMTP_HOST": LOOPBACK, "TIDU_SMTP_PORT": str(config.ports["smtp"])}
    return smtp | {"TIDU_SMTP_FROM": "tidu@localhost"}


def _as_issuer(config: StackConfig, credentials: Credentials) -> dict[str, str]:
    return {
        "TIDU_ISSUER_KEY_FILE": str(config.data_dir / "issuer-key.pem"),
        "TIDU_CLIENTS": json.dumps(credentials.clients),
        "TIDU_MAIL_URL": config.address("mail_page"),
    }
