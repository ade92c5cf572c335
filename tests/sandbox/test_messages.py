"""Mail comes in over real SMTP, SMS over HTTP; both are kept, shown, and refused when told to."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
import requests

from .process import Running

pytestmark = pytest.mark.usefixtures("no_faults")


@pytest.fixture
def smtp(sandbox: Running) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=5) as client:
        yield client


def mail(to: str, text: str = "Kính gửi ông/bà,\n\nHồ sơ đã được tiếp nhận.") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "mot-cua@portal.example"
    message["To"] = to
    message["Subject"] = "Đã tiếp nhận hồ sơ H26.31-20261125-0000001"
    message.set_content(text)
    return message


def kept(sandbox: Running, to: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = requests.get(f"{sandbox.base}/messages.json", params={"to": to}, timeout=5).json()
    return found


def switch(sandbox: Running, fault: str) -> None:
    requests.post(f"{sandbox.base}/messages/faults", json={"fault": fault, "count": 1}, timeout=5).raise_for_status()


def test_a_mail_is_kept_with_its_vietnamese_subject_and_text(sandbox: Running, smtp: smtplib.SMTP) -> None:
    smtp.send_message(mail("thu.ha@cong-dan.example"))
    (message,) = kept(sandbox, "thu.ha@cong-dan.example")
    assert {"channel", "to", "subject", "text", "received_at"} <= set(message)
    assert message["channel"] == "mail"
    assert message["subject"] == "Đã tiếp nhận hồ sơ H26.31-20261125-0000001"
    assert message["text"].startswith("Kính gửi ông/bà")


def test_a_mail_with_an_html_part_and_an_attachment_shows_its_plain_text(sandbox: Running, smtp: smtplib.SMTP) -> None:
    message = mail("html@cong-dan.example")
    message.add_alternative("<p>Bản HTML</p>", subtype="html")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="phieu.pdf")
    smtp.send_message(message)
    assert "Hồ sơ đã được tiếp nhận" in kept(sandbox, "html@cong-dan.example")[0]["text"]


def test_an_sms_is_kept_and_the_newest_comes_first(sandbox: Running) -> None:
    for text in ("Tin thứ nhất", "Tin thứ hai"):
        sent = requests.post(f"{sandbox.base}/messages/sms", json={"to": "0900000901", "text": text}, timeout=5)
        assert sent.status_code == 202
    assert [one["text"] for one in kept(sandbox, "0900000901")] == ["Tin thứ hai", "Tin thứ nhất"]
    page = requests.get(f"{sandbox.base}/messages", params={"to": "0900000901"}, timeout=5).text
    assert page.index("Tin thứ hai") < page.index("Tin thứ nhất")


@pytest.mark.parametrize("body", [{}, {"to": "0900000901"}, {"to": "0900000901", "text": ""}, {"to": 5, "text": "x"}, []])
def test_an_sms_without_recipient_or_text_is_refused(sandbox: Running, body: object) -> None:
    assert requests.post(f"{sandbox.base}/messages/sms", json=body, timeout=5).status_code == 400


def test_smtp_can_refuse_for_a_while_and_the_next_try_arrives(sandbox: Running, smtp: smtplib.SMTP) -> None:
    switch(sandbox, "smtp_refuses")
    with pytest.raises(smtplib.SMTPSenderRefused) as refused:
        smtp.send_message(mail("lan-hai@cong-dan.example"))
    assert refused.value.smtp_code == 451
    assert kept(sandbox, "lan-hai@cong-dan.example") == []
    smtp.send_message(mail("lan-hai@cong-dan.example"))
    assert len(kept(sandbox, "lan-hai@cong-dan.example")) == 1


def test_smtp_can_be_down(sandbox: Running) -> None:
    switch(sandbox, "smtp_down")
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=5)
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=5) as again:
        assert again.noop()[0] == 250


def test_the_sms_gate_can_be_down(sandbox: Running) -> None:
    switch(sandbox, "sms_down")
    body = {"to": "0900000902", "text": "x"}
    assert requests.post(f"{sandbox.base}/messages/sms", json=body, timeout=5).status_code == 503
    assert requests.post(f"{sandbox.base}/messages/sms", json=body, timeout=5).status_code == 202


def test_a_message_is_shown_as_text(sandbox: Running) -> None:
    requests.post(f"{sandbox.base}/messages/sms", json={"to": "0900000903", "text": "<script>alert(1)</script>"}, timeout=5)
    assert "<script" not in requests.get(f"{sandbox.base}/messages?to=0900000903", timeout=5).text
