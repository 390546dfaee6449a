"""The services as the status page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.console.clients.service_health import ServiceHealth, ServiceState, ask_services
from services.console.domain.labels import SERVICE_NAMES

_SHOWN_APART = {"status", "service", "schema", "outbox_waiting", "inbox_lag", "parked"}


@dataclass(frozen=True)
class ServiceRow:
    """One line of the status table; `address` is where a browser finds the service."""

    name: str
    title: str
    purpose: str
    address: str
    health: ServiceHealth

    @property
    def is_ready(self) -> bool:
        """Whether the service can work."""
        return self.health.state is ServiceState.READY

    def told(self, key: str) -> str:
        """Return what the service says of itself under a key, a dash where it says nothing."""
        return self.health.told.get(key, "—")

    def details(self) -> dict[str, str]:
        """Return what it says besides the columns of the table."""
        return {key: text for key, text in self.health.told.items() if key not in _SHOWN_APART}


async def list_services(addresses: Mapping[str, str], public_addresses: Mapping[str, str]) -> list[ServiceRow]:
    """Ask the four services and return one row each, in the order in which an enterprise's story passes them."""
    asked = {name: addresses[name] for name in SERVICE_NAMES if name in addresses}
    rows = []
    for health in await ask_services(asked):
        title, purpose = SERVICE_NAMES[health.name]
        address = public_addresses.get(health.name, asked[health.name])
        rows.append(ServiceRow(health.name, title, purpose, address, health))
    return rows
