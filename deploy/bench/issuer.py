"""An issuer for the benchmarks: signs tokens, and publishes its key where the services look for it."""

from __future__ import annotations

import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from shared.kernel.roles import Role
from shared.testing.tokens import AUDIENCE, ISSUER, TestIssuer

REGION = "530900"


class BenchIssuer:
    """Tokens of any role for 临沧, and the address of the key set."""

    def __init__(self) -> None:
        self._issuer = TestIssuer()
        keys = asyncio.run(self._issuer.get(None)).as_dict(private=False)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _answering(json.dumps(keys).encode()))
        threading.Thread(target=self._server.serve_forever, name="jwks", daemon=True).start()

    def environment(self) -> dict[str, str]:
        """Return the settings that make a service trust this issuer."""
        address = f"http://127.0.0.1:{self._server.server_port}/jwks.json"
        return {"TIDU_OIDC_ISSUER": ISSUER, "TIDU_OIDC_AUDIENCE": AUDIENCE, "TIDU_OIDC_JWKS_URL": address}

    def headers(self, role: Role) -> dict[str, str]:
        """Return the Authorization header of a token made now: it lives for ten minutes."""
        return {"authorization": f"Bearer {self._issuer.token(role, regions=(REGION,))}"}

    def close(self) -> None:
        """Stop publishing."""
        self._server.shutdown()
        self._server.server_close()


def _answering(body: bytes) -> type[BaseHTTPRequestHandler]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name http.server calls
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name http.server gives
            """Stay silent."""

    return Answer
