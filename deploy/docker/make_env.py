"""Print a .env for docker compose with fresh random secrets: `python3 deploy/docker/make_env.py > .env`."""

import base64
import json
import secrets
import sys
import uuid
from collections.abc import Iterator

SERVICES = ("enterprise", "pipeline", "awards", "notifications")
KINDS = ("owner", "app", "worker")


def lines() -> Iterator[str]:
    """One setting a line; compose refuses to start without any of them."""
    passwords = {f"{service}_{kind}": secrets.token_hex(24) for service in SERVICES for kind in KINDS}
    clients = {service: secrets.token_hex(24) for service in SERVICES}
    yield f"POSTGRES_PASSWORD={secrets.token_hex(24)}"
    yield f"KAFKA_CLUSTER_ID={base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip('=').replace('-', 'A')}"
    yield f"TIDU_FIELD_KEY={base64.b64encode(secrets.token_bytes(32)).decode()}"
    yield f"TIDU_ROLE_PASSWORDS='{json.dumps(passwords)}'"
    yield f"TIDU_CLIENTS='{json.dumps(clients)}'"
    for role, password in passwords.items():
        yield f"{role.upper()}_PASSWORD={password}"
    for service, secret in clients.items():
        yield f"{service.upper()}_CLIENT_SECRET={secret}"


if __name__ == "__main__":
    sys.stdout.write("\n".join(lines()) + "\n")
