"""A real SMTP server that delivers everything into the inbox, or refuses when told to."""

from __future__ import annotations

import asyncio
import email
import email.policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from portal.sandbox.faults import Switchboard
from portal.sandbox.messages.inbox import Inbox

SMTP_FAULTS = {
    "smtp_refuses": "máy chủ thư trả lời 451",
    "smtp_down": "máy chủ thư ngắt kết nối",
    "sms_down": "cổng SMS trả lời 503",
}
MAX_MAIL_BYTES = 26 * 1024 * 1024


class Sink:
    """Receives mail."""

    def __init__(self, inbox: Inbox, faults: Switchboard) -> None:
        self.inbox = inbox
        self.faults = faults

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, mail_options: list[str]) -> str:
        if self.faults.take("smtp_refuses"):
            return "451 4.3.0 Simulated refusal, try again later"
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        raw = content if isinstance(content, bytes) else (content or "").encode("utf-8")
        parsed = email.message_from_bytes(raw, policy=email.policy.default)
        for recipient in envelope.rcpt_tos:
            self.inbox.add("mail", recipient, str(parsed.get("Subject", "")), _text_of(parsed), str(envelope.mail_from or ""))
        return "250 2.0.0 Kept by the simulation"


def _text_of(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    try:
        return str(body.get_content()).strip()
    except (LookupError, ValueError):
        payload = body.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


class _Breaking(SMTP):
    """Hangs up before a word is said while the fault is on."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        sink: Sink = self.event_handler
        if sink.faults.take("smtp_down") and isinstance(transport, asyncio.WriteTransport):
            transport.abort()


class _Server(Controller):
    def factory(self) -> SMTP:
        return _Breaking(self.handler, data_size_limit=MAX_MAIL_BYTES, enable_SMTPUTF8=True, hostname="thu.mo-phong.example")


def start_smtp(inbox: Inbox, faults: Switchboard, host: str, port: int) -> Controller:
    """The SMTP server, already listening, in a thread of its own."""
    server = _Server(Sink(inbox, faults), hostname=host, port=port)
    server.start()
    return server
