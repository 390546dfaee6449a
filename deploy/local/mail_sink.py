"""Where the local stack's mail ends: every message is kept as a file and shown on a small page."""

import email
import html
import json
import os
import re
import time
from dataclasses import asdict, dataclass
from email import policy
from email.message import EmailMessage
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiosmtpd.controller import Controller

from deploy.local.ports import LOOPBACK

LISTED = 500
_NAME = re.compile(r"/mails/([0-9a-f-]+)\.(html|eml)")
_PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font-family: "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; margin: 2rem auto; max-width: 60rem }}
table {{ border-collapse: collapse; width: 100% }}
td, th {{ border-bottom: 1px solid #ccc; padding: .4rem; text-align: left }}
pre {{ white-space: pre-wrap; background: #f4f6f8; padding: 1rem }}
</style></head><body><h1>{title}</h1>{body}</body></html>"""


@dataclass(frozen=True)
class Mail:
    """One kept message, as the list shows it."""

    id: str
    received_at: str
    sender: str
    recipients: str
    subject: str
    message_id: str


class MailFolder:
    """Messages as .eml files named by time, so that their order is the order they came in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def keep(self, content: bytes) -> None:
        """Store one message, whole or not at all."""
        name = f"{time.time_ns():020x}-{uuid4().hex[:8]}"
        unfinished = self.folder / f".{name}"
        unfinished.write_bytes(content)
        unfinished.replace(self.folder / f"{name}.eml")

    def newest(self, limit: int = LISTED) -> list[Mail]:
        """The latest messages, newest first."""
        names = sorted((path.name for path in self.folder.glob("[0-9a-f]*.eml")), reverse=True)
        return [self._summary(name.removesuffix(".eml")) for name in names[:limit]]

    def find(self, mail_id: str) -> bytes | None:
        """One message as it came."""
        path = self.folder / f"{mail_id}.eml"
        return path.read_bytes() if path.is_file() else None

    def _summary(self, mail_id: str) -> Mail:
        message = parse((self.folder / f"{mail_id}.eml").read_bytes())
        received = time.gmtime(int(mail_id.split("-")[0], 16) / 1e9)
        head = {name: str(message.get(name, "")) for name in ("From", "To", "Subject", "Message-ID")}
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", received)
        return Mail(mail_id, stamp, head["From"], head["To"], head["Subject"], head["Message-ID"])


def parse(content: bytes) -> EmailMessage:
    """Read a message with its headers decoded."""
    return email.message_from_bytes(content, policy=policy.default)


class Keeper:
    """The SMTP side: every recipient is accepted, every message is kept before it is acknowledged."""

    def __init__(self, mails: MailFolder) -> None:
        self._mails = mails

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        """Answer 250 only once the file is there."""
        self._mails.keep(envelope.content)
        return "250 OK"


def list_page(mails: list[Mail]) -> str:
    """The list as a page."""
    head = "<tr><th>收到时间 (UTC)</th><th>收件人</th><th>主题</th><th></th></tr>"
    rows = "".join(
        f"<tr><td>{html.escape(mail.received_at)}</td><td>{html.escape(mail.recipients)}</td>"
        f'<td><a href="/mails/{mail.id}.html">{html.escape(mail.subject) or "(无主题)"}</a></td>'
        f'<td><a href="/mails/{mail.id}.eml">原文</a></td></tr>'
        for mail in mails
    )
    body = (
        f"<table>{head}{rows}</table>" if mails else "<p>还没有邮件。系统发出的邮件都会出现在这里, 不会真的寄出。</p>"
    )
    return _PAGE.format(title="本机邮件", body=body + '<p><a href="/mails.json">mails.json</a></p>')


def mail_page(content: bytes) -> str:
    """One message as a page: text only, whatever it contains."""
    message = parse(content)
    part = message.get_body(preferencelist=("plain", "html"))
    text = part.get_content() if part else ""
    heads = "".join(
        f"<p><strong>{label}</strong> {html.escape(str(message.get(name, '')))}</p>"
        for label, name in (("发件人", "From"), ("收件人", "To"), ("时间", "Date"))
    )
    body = f'{heads}<pre>{html.escape(str(text))}</pre><p><a href="/">返回列表</a></p>'
    return _PAGE.format(title=html.escape(str(message.get("Subject", "(无主题)"))), body=body)


class PageHandler(BaseHTTPRequestHandler):
    """The page side; `mails` is set by `serve_page`."""

    mails: MailFolder

    def do_GET(self) -> None:
        """Serve the list, its JSON, one message, or 404."""
        match = _NAME.fullmatch(self.path)
        content = self.mails.find(match[1]) if match else None
        if self.path == "/":
            self._answer("text/html", list_page(self.mails.newest()).encode())
        elif self.path == "/mails.json":
            items = [asdict(mail) for mail in self.mails.newest()]
            self._answer("application/json", json.dumps({"items": items}, ensure_ascii=False).encode())
        elif match and content is not None:
            is_page = match[2] == "html"
            self._answer("text/html" if is_page else "text/plain", mail_page(content).encode() if is_page else content)
        else:
            self._answer("text/plain", "没有这一页".encode(), HTTPStatus.NOT_FOUND)

    def _answer(self, kind: str, body: bytes, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's name)
        """Keep the log for errors: who looked at which mail is nobody's business."""


def serve_page(mails: MailFolder, port: int) -> ThreadingHTTPServer:
    """Listen for browsers on loopback."""
    handler = type("BoundPageHandler", (PageHandler,), {"mails": mails})
    return ThreadingHTTPServer((LOOPBACK, port), handler)


def run() -> None:
    """Receive and show mail until ended."""
    mails = MailFolder(Path(os.environ["TIDU_MAIL_DIR"]))
    page = serve_page(mails, int(os.environ["TIDU_MAIL_PAGE_PORT"]))
    smtp = Controller(Keeper(mails), hostname=LOOPBACK, port=int(os.environ["TIDU_SMTP_PORT"]), enable_SMTPUTF8=True)
    smtp.start()
    page.serve_forever()
