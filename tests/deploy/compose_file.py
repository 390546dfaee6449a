"""Reads docker-compose.yml as Docker does: merges resolved, variables replaced or refused."""

import re
import shlex
from collections.abc import Mapping
from typing import Any

import yaml

from deploy.docker import make_env
from deploy.local.config import ROOT

_VARIABLE = re.compile(r"\$\$|\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\}")


class Missing(Exception):
    """A required variable is not set."""


def raw_file() -> dict[str, Any]:
    """The file with merges resolved and variables as they stand."""
    content: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return content


def fresh_env() -> dict[str, str]:
    """What make_env prints, read as an .env file."""
    return dict(shlex.split(line)[0].split("=", 1) for line in make_env.lines())


def resolve(value: Any, env: Mapping[str, str]) -> Any:
    """Replace ${NAME}, ${NAME:-default}, ${NAME:?why} and $$ everywhere in a value."""
    if isinstance(value, dict):
        return {key: resolve(item, env) for key, item in value.items()}
    if isinstance(value, list):
        return [resolve(item, env) for item in value]
    return _VARIABLE.sub(lambda match: _one(match, env), value) if isinstance(value, str) else value


def _one(match: re.Match[str], env: Mapping[str, str]) -> str:
    if match[0] == "$$":
        return "$"
    value = env.get(match["name"], "")
    if value:
        return value
    if match["kind"] == "-":
        return match["rest"]
    raise Missing(match["name"])
