"""The running system as its users reach it: the demo users, signed in, at the addresses of this machine."""

from typing import Any

import httpx

from deploy.local.config import StackConfig
from deploy.tidu.calling import SERVICES, Busy, Gateway, Refused, make_client, sign_in
from deploy.tidu.calling import Caller as SignedIn

__all__ = ["SERVICES", "Busy", "Caller", "Refused", "Stack"]
_PATIENCE_SECONDS = 90
_PASSWORD = "demo"  # noqa: S105 - the demo users' password, printed at every start


class Caller(SignedIn):
    """One signed-in demo user."""

    def __init__(self, stack: "Stack", login: str, claims: dict[str, Any]) -> None:
        super().__init__(stack.gateway, claims["access_token"])
        self.login = login
        self.name = str(claims["name"])
        self.usccs = list(claims["usccs"])
        self.park_code = claims["park_code"]


class Stack:
    """The addresses of one running system."""

    def __init__(self, config: StackConfig) -> None:
        self._config = config
        self.gateway = Gateway(config.address, client=make_client(), patience_seconds=_PATIENCE_SECONDS)

    def sign_in(self, login: str) -> Caller:
        """Sign in as a demo user."""
        return Caller(self, login, sign_in(self.gateway, login, _PASSWORD))

    def health(self, service: str) -> dict[str, str]:
        """Return what a service says of itself, once it is ready."""
        return dict(self.ask("GET", service, "/health/ready").json())

    def mails(self) -> list[dict[str, str]]:
        """Return the newest mails in the local sink."""
        return list(self.ask("GET", "mail_page", "/mails.json").json()["items"])

    def address(self, name: str) -> str:
        """Return where a part is."""
        return self._config.address(name)

    def ask(self, method: str, service: str, path: str, **request: Any) -> httpx.Response:
        """Send a request, again while the other side is being restarted; raises Refused on a clear no."""
        return self.gateway.ask(method, service, path, **request)
