"""Pages from templates: escaped, never cached, and with a policy that lets nothing run or load from elsewhere."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.console.api.parts import PageParts
from services.console.domain.labels import ROLE_NAMES
from shared.kernel.clock import SHANGHAI
from shared.kernel.roles import Role

_HERE = Path(__file__).resolve().parents[1]
STATIC_DIR = _HERE / "static"
_CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _CONTENT_POLICY,
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def _role_name(role: Role) -> str:
    return ROLE_NAMES[role]


def _shanghai_time(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).strftime("%Y年%-m月%-d日 %H:%M:%S")


def _make_environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"role_name": _role_name, "shanghai_time": _shanghai_time}
    return environment


_ENVIRONMENT = _make_environment()


def render(template: str, pages: PageParts, *, status: int = 200, **shown: Any) -> HTMLResponse:
    """Return a page."""
    text = _ENVIRONMENT.get_template(template).render(has_htmx=pages.has_htmx, **shown)
    return HTMLResponse(text, status, _HEADERS)
