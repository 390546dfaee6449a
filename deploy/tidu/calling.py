"""Asking the services over HTTP: a restart over there is waited out, a repeated POST takes effect once."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any
from uuid import uuid4

import httpx
import stamina

SERVICES = ("enterprise", "pipeline", "awards", "notifications")
_PAGE = 200
_NOT_NOW = (502, 503, 504)


class Busy(Exception):
    """The other side is not there for the moment; asking again with the same Idempotency-Key is safe."""

    def __init__(self, text: str, *, wait_seconds: float | None = None) -> None:
        super().__init__(text)
        self.wait_seconds = wait_seconds
        self.key: str | None = None
        """The Idempotency-Key of a POST of which nobody knows whether it took effect."""


class Refused(Exception):
    """The service said no, and why."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("code", ""))
        self.title = str(problem.get("title", ""))
        self.detail = str(problem.get("detail") or "")
        self.trace_id = str(problem.get("trace_id") or "")
        self.fields = [f"{item.get('pointer')}: {item.get('detail')}" for item in problem.get("errors") or []]
        said = [text for text in (f"{status} {self.title}", self.detail, *self.fields) if text]
        super().__init__("；".join(said))


class Gateway:
    """Sends requests to the services, again while one of them is being restarted."""

    def __init__(
        self,
        address: Callable[[str], str],
        *,
        client: httpx.Client,
        patience_seconds: float,
        on_retry: Callable[[Busy], None] = lambda _: None,
    ) -> None:
        self.address = address
        self._client = client
        self._patience_seconds = patience_seconds
        self._on_retry = on_retry

    def ask(self, method: str, service: str, path: str, **parts: Any) -> httpx.Response:
        """Send a request until it is answered or patience ends in Busy; raises Refused on a clear no."""
        request = self._client.build_request(method, f"{self.address(service)}{path}", **parts)
        attempts = None if self._patience_seconds else 1
        timeout = self._patience_seconds or None
        for attempt in stamina.retry_context(on=_wait, attempts=attempts, timeout=timeout, wait_max=3.0):
            with attempt:
                return self._ask_once(request)
        raise AssertionError("unreachable")

    def _ask_once(self, request: httpx.Request) -> httpx.Response:
        try:
            answer = self._client.send(request)
        except httpx.TransportError as error:
            raise self._noted(Busy(f"{_origin(request)} 没有应答（{type(error).__name__}）")) from error
        if answer.status_code in _NOT_NOW:
            raise self._noted(Busy(f"{_origin(request)} 暂时不可用", wait_seconds=self._retry_after(answer)))
        if not answer.is_success:
            raise Refused(answer.status_code, _problem_in(answer))
        return answer

    def _retry_after(self, answer: httpx.Response) -> float | None:
        """Return how long the service asks to wait, but never longer than patience lasts."""
        text = answer.headers.get("retry-after", "")
        return min(float(text), self._patience_seconds) if text.isascii() and text.isdigit() else None

    def _noted(self, busy: Busy) -> Busy:
        self._on_retry(busy)
        return busy


class Caller:
    """One signed-in person asking the services."""

    def __init__(self, gateway: Gateway, token: str) -> None:
        self._gateway = gateway
        self._headers = {"Authorization": f"Bearer {token}"}

    def address(self, service: str) -> str:
        """Return where a service is."""
        return self._gateway.address(service)

    def get(self, service: str, path: str, **query: Any) -> Any:
        """Return the answer's JSON; raises Refused."""
        return _json_of(self.read(service, path, **query))

    def read(self, service: str, path: str, **query: Any) -> httpx.Response:
        """Return the whole answer: its ETag, or a file."""
        given = {name: value for name, value in query.items() if value is not None}
        return self._gateway.ask("GET", service, path, headers=self._headers, params=given)

    def list_all(self, service: str, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Yield every item of a list, page by page."""
        cursor: str | None = None
        while True:
            page = self.get(service, path, limit=_PAGE, cursor=cursor, **query)
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def post(self, service: str, path: str, body: Any = None, *, key: str | None = None, **files: Any) -> Any:
        """Post JSON, or a form with files; the key makes a repetition after a broken connection harmless."""
        key = key or uuid4().hex
        headers = {**self._headers, "Idempotency-Key": key}
        content: dict[str, Any] = {"json": body or {}}
        if files:
            # The service compares repeated requests byte by byte, so the boundary may not be another each time.
            boundary = hashlib.sha256(key.encode()).hexdigest()[:32]
            headers["Content-Type"] = f"multipart/form-data; boundary={boundary}"
            content = {"data": body, "files": files}
        try:
            answer = self._gateway.ask("POST", service, path, headers=headers, **content)
        except Busy as busy:
            busy.key = key
            raise
        return _json_of(answer) if answer.content else None

    def put(self, service: str, path: str, body: Any) -> Any:
        """Put JSON."""
        return self._gateway.ask("PUT", service, path, headers=self._headers, json=body).json()

    def change(self, service: str, path: str, body: Any, *, method: str = "PATCH") -> Any:
        """Change a record for the version it has now; somebody else's change in between is no reason to give up."""
        for is_last in (False, False, True):
            headers = {**self._headers, "If-Match": self.read(service, path).headers["etag"]}
            try:
                return self._gateway.ask(method, service, path, headers=headers, json=body).json()
            except Refused as refusal:
                if is_last or refusal.status != httpx.codes.PRECONDITION_FAILED:
                    raise
        raise AssertionError("unreachable")


def sign_in(gateway: Gateway, login: str, password: str) -> dict[str, Any]:
    """Exchange a name and a password for an access token and what it says; raises Refused."""
    form = {"username": login, "password": password}
    claims: dict[str, Any] = _json_of(gateway.ask("POST", "console", "/auth/token", data=form))
    return claims


def make_client(mounts: Mapping[str, httpx.BaseTransport] | None = None) -> httpx.Client:
    """Return an HTTP client that trusts this machine's authorities and follows no redirect with a token."""
    return httpx.Client(timeout=60, trust_env=False, verify=_tls(), mounts=mounts)


@cache
def _tls() -> ssl.SSLContext:
    """Reading the authorities' certificates takes longer than a question."""
    return ssl.create_default_context()


def _wait(error: Exception) -> bool | float:
    """Tell stamina whether to ask again, and after how long where the service said so."""
    if not isinstance(error, Busy):
        return False
    return True if error.wait_seconds is None else error.wait_seconds


def _origin(request: httpx.Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc.decode()}"


def _json_of(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError as error:
        raise Refused(answer.status_code, {"title": f"{_origin(answer.request)} 的应答不是 JSON，地址对吗"}) from error


def _problem_in(answer: httpx.Response) -> dict[str, Any]:
    try:
        problem = answer.json()
    except ValueError:
        problem = None
    return problem if isinstance(problem, dict) else {"title": answer.text[:200]}
