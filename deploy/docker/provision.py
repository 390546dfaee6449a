"""Compose's first job: roles and databases of all services, by the same code as on one machine."""

import json
import os

from shared.db.provision import provision

SERVICES = ("enterprise", "pipeline", "awards", "notifications")


def main() -> None:
    """Read the superuser's address and the roles' passwords from the environment; harmless when run again."""
    provision(os.environ["TIDU_ADMIN_DATABASE_URL"], SERVICES, json.loads(os.environ["TIDU_ROLE_PASSWORDS"]))


if __name__ == "__main__":
    main()
