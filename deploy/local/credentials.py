"""Passwords and keys of a local stack: random, made once, readable by nobody else."""

import base64
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.errors import LaunchError

ROLE_KINDS = ("owner", "app", "worker")


@dataclass(frozen=True)
class Credentials:
    """The superuser's and the roles' passwords, the services' client secrets, the key that seals personal data."""

    postgres: str
    field_key: str
    roles: dict[str, str]
    clients: dict[str, str]


def load_or_create(data_dir: Path, services: Iterable[str], databases: Iterable[str]) -> Credentials:
    """Read the stack's secrets; make those that are not there yet (all of them at first, a new service's later)."""
    path = data_dir / "secrets.json"
    known = _read(path)
    wanted_roles = [f"{service}_{kind}" for service in databases for kind in ROLE_KINDS]
    complete: dict[str, Any] = {
        "postgres": known.get("postgres") or secrets.token_urlsafe(24),
        "field_key": known.get("field_key") or base64.b64encode(secrets.token_bytes(32)).decode(),
        "roles": _complete(known.get("roles", {}), wanted_roles),
        "clients": _complete(known.get("clients", {}), services),
    }
    if complete != known:
        write_private(path, json.dumps(complete, indent=2))
    return Credentials(**complete)


def write_private(path: Path, text: str) -> None:
    """Write a file only its owner may read, whole or not at all."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise LaunchError(f"{path} 已损坏 ({error})。请恢复它; 若数据可以不要, 请删除整个 {path.parent}。") from error
    return content


def _complete(known: dict[str, str], names: Iterable[str]) -> dict[str, str]:
    return known | {name: secrets.token_urlsafe(24) for name in names if name not in known}
