"""The mail sink keeps what it is sent and shows it."""

import http.client
import json
import smtplib
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from deploy.local.mail_sink import Keeper, MailFolder, serve_page
from deploy.local.ports import LOOPBACK, free_port


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """A running sink: its SMTP port and its page's port."""
    mails, ports = MailFolder(tmp_path / "mail"), (free_port(), free_port())
    smtp = Controller(Keeper(mails), hostname=LOOPBACK, port=ports[0], enable_SMTPUTF8=True)
    smtp.start()
    page = serve_page(mails, ports[1])
    threading.Thread(target=page.serve_forever, daemon=True).start()
    yield ports
    page.shutdown()
    page.server_close()
    smtp.stop()


def get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(LOOPBACK, port)
    connection.request("GET", path)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def send(port: int, subject: str, text: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "tidu@localhost", "张三 <zhang@example.cn>", subject
    message["Message-ID"] = f"<{len(subject)}@tidu>"
    message.set_content(text)
    with smtplib.SMTP(LOOPBACK, port) as client:
        client.send_message(message)


def test_a_mail_is_kept_as_a_file_listed_and_shown(sink: tuple[int, int], tmp_path: Path) -> None:
    send(sink[0], "高新技术企业证书即将到期", "请于 2027-05-31 前报送年报。<script>alert(1)</script>")
    [item] = json.loads(get(sink[1], "/mails.json")[1])["items"]
    assert item["subject"] == "高新技术企业证书即将到期"
    assert "zhang@example.cn" in item["recipients"]
    assert (tmp_path / "mail" / f"{item['id']}.eml").is_file()
    assert "高新技术企业证书即将到期" in get(sink[1], "/")[1]
    page = get(sink[1], f"/mails/{item['id']}.html")[1]
    assert "2027-05-31" in page
    assert "<script>" not in page


def test_the_newest_mail_comes_first(sink: tuple[int, int]) -> None:
    send(sink[0], "第一封", "一")
    send(sink[0], "第二封信", "二")
    subjects = [item["subject"] for item in json.loads(get(sink[1], "/mails.json")[1])["items"]]
    assert subjects == ["第二封信", "第一封"]


def test_an_empty_sink_says_so_and_other_paths_are_not_found(sink: tuple[int, int]) -> None:
    assert "还没有邮件" in get(sink[1], "/")[1]
    assert get(sink[1], "/mails/../../etc/passwd")[0] == 404
    assert get(sink[1], "/mails/0-0.eml")[0] == 404
