"""The words of each notice, and handing them over: to one address, in one language, with nothing smuggled in."""

from __future__ import annotations

import json
import smtplib
import socket
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests

from portal.config import settings
from portal.services.dossiers.assist import HELPED
from portal.services.dossiers.follow_corrections import NOTICES
from portal.services.dossiers.lifecycle import TABLE
from portal.services.dossiers.vocabulary import EVENT_NAMES
from portal.services.notices.messages import Letter, compose, headline, send

TOLD = sorted({EVENT_NAMES[move.act] for move in TABLE if move.is_notified} | {HELPED, *NOTICES.values()})
CODE = "H26.31-20261125-0000001"
URL = f"https://motcua.example/my/dossiers/{CODE}"


def written(kind: str, language: str, channel: str = "email") -> Letter:
    return compose(
        uuid.uuid4(), kind, channel, "mau@thu.example", code=CODE, promised="09:00 30/11/2026", url=URL, language=language
    )  # fmt: skip


@pytest.mark.parametrize("kind", TOLD)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_whatever_the_table_of_moves_tells_has_words_in_both_languages(kind: str, language: str) -> None:
    letter = written(kind, language)
    assert CODE in letter.subject
    assert letter.text.startswith(f"{letter.subject}.\n")
    assert URL in letter.text
    assert "{" not in letter.text
    assert headline(kind, language) in letter.subject


@pytest.mark.parametrize("kind", TOLD)
def test_no_letter_mixes_the_two_languages(kind: str) -> None:
    vietnamese, english = written(kind, "vi"), written(kind, "en")
    assert "Hồ sơ" in vietnamese.text
    assert "Dossier" not in vietnamese.text
    assert english.text.isascii()
    assert vietnamese.text != english.text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_letter_warns_that_nobody_asks_for_codes_or_money(language: str) -> None:
    warning = {"vi": "không bao giờ hỏi mật khẩu, mã OTP", "en": "never asks for passwords, codes or money"}[language]
    assert all(warning in written(kind, language).text for kind in TOLD)


PROMISING = {"received", "supplements_accepted", "deadline_extended", "deadline_recalculated", "resumed"}


def test_promise_is_told_where_there_is_one_and_nowhere_else() -> None:
    assert "09:00 30/11/2026" in written("received", "vi").text
    assert all("30/11/2026" not in written(kind, "vi").text for kind in TOLD if kind not in PROMISING)


def test_kind_or_language_that_nobody_wrote_words_for_is_an_error_and_not_an_empty_letter() -> None:
    with pytest.raises(KeyError):
        written("assigned", "vi")
    with pytest.raises(KeyError):
        written("received", "fr")


@dataclass
class Post:
    """A mail server of the tests' own: what it took, and how it will answer each command."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)

    def letter(self) -> Message:
        (mail,) = self.mails
        return message_from_bytes(mail)


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    office = Post()

    def serve(connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 post\r\n")
            while line := lines.readline().decode("utf-8", "replace").strip():
                verb = line.split(":")[0].split(" ")[0].upper()
                office.commands.append(line)
                answer = office.answers.get(verb, {"DATA": "354 go on", "QUIT": "221 bye"}.get(verb, "250 ok"))
                connection.sendall(f"{answer}\r\n".encode())
                if verb == "DATA" and answer.startswith("354"):
                    office.mails.append(_data(lines))
                    connection.sendall(f"{office.answers.get('.', '250 taken')}\r\n".encode())
                if verb == "QUIT":
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        office.port = server.getsockname()[1]
        monkeypatch.setattr(settings(), "smtp_url", f"smtp://127.0.0.1:{office.port}")

        def accept() -> None:
            while True:
                try:
                    connection, _address = server.accept()
                except OSError:
                    return
                serve(connection)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield office
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def _data(lines: object) -> bytes:
    mail = b""
    while (line := lines.readline()) not in (b".\r\n", b""):  # type: ignore[attr-defined]
        mail += line
    return mail


def letter_to(address: str, subject: str = "Hồ sơ H26.31: đã nộp", channel: str = "email") -> Letter:
    return Letter(uuid.UUID(int=7), channel, address, subject, "Chào ông/bà.\n.\nMột dấu chấm đứng riêng.\n")


def test_mail_reaches_one_address_with_words_whole_and_an_id_by_which_a_second_copy_is_known(post: Post) -> None:
    send(letter_to("mau@thu.example"))
    mail = post.letter()
    assert str(make_header(decode_header(mail["Subject"]))) == "Hồ sơ H26.31: đã nộp"
    assert mail["To"] == "mau@thu.example"
    assert mail["Message-ID"].startswith(f"<{uuid.UUID(int=7)}@")
    assert mail.get_payload(decode=True).decode() == letter_to("x").text  # type: ignore[union-attr]
    assert [line for line in post.commands if line.lower().startswith("rcpt")] == ["rcpt TO:<mau@thu.example>"]


INJECTED = (
    "mau@thu.example\r\nBcc: ke-gian@example.com",
    "mau@thu.example\nBcc: ke-gian@example.com",
    "mau@thu.example\rBcc: ke-gian@example.com",
    "mau@thu.example\r\n\r\nThư giả",
    "mau@thu.example>\r\nRCPT TO:<ke-gian@example.com",
    "mau@thu.example, ke-gian@example.com",
    "mau@thu.example;ke-gian@example.com",
    "Mẫu <mau@thu.example>",
    "mau@thu.example\x00",
    "mau",
    "",
)


@pytest.mark.parametrize("address", INJECTED)
def test_address_that_is_more_than_one_address_is_not_written_to_at_all(post: Post, address: str) -> None:
    with pytest.raises(ValueError, match="not one address"):
        send(letter_to(address))
    assert (post.mails, [line for line in post.commands if line.lower().startswith("rcpt")]) == ([], [])


@pytest.mark.parametrize("address", ["a@b.example", "o'brien+thu@thu-dien.example", "Nguyen.Van_A@x.gov.vn"])
def test_address_of_any_usual_shape_is_written_to(post: Post, address: str) -> None:
    send(letter_to(address))
    assert [line for line in post.commands if line.lower().startswith("rcpt")] == [f"rcpt TO:<{address}>"]


def test_subject_with_a_line_of_its_own_adds_no_header(post: Post) -> None:
    send(letter_to("mau@thu.example", "Hồ sơ\r\nBcc: ke-gian@example.com"))
    assert post.letter()["Bcc"] is None


@pytest.mark.parametrize(
    ("verb", "answer"),
    [
        ("RCPT", "450 try later"),
        ("RCPT", "550 nobody here"),
        ("DATA", "451 busy"),
        (".", "452 no room"),
        ("MAIL", "421 going away"),
    ],
)
def test_mail_that_is_not_taken_is_told_to_whoever_retries(post: Post, verb: str, answer: str) -> None:
    post.answers[verb] = answer
    with pytest.raises(smtplib.SMTPException):
        send(letter_to("mau@thu.example"))


def test_mail_server_that_is_not_there_is_told_to_whoever_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr(settings(), "smtp_url", f"smtp://127.0.0.1:{taken.getsockname()[1]}")
    with pytest.raises(OSError):  # noqa: PT011 (refused or reset, as the system has it)
        send(letter_to("mau@thu.example"))


class Gateway(BaseHTTPRequestHandler):
    """An SMS gateway that answers one status and counts."""

    status, more = 200, b""
    taken: list[bytes] = []

    def do_POST(self) -> None:
        self.taken.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.more)))
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(self.more)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Gateway]]:
    Gateway.status, Gateway.more, Gateway.taken = 200, b"", []
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    monkeypatch.setattr(settings(), "sms_url", f"http://127.0.0.1:{server.server_port}/sms")
    yield Gateway
    server.shutdown()
    thread.join(5)
    server.server_close()


def test_sms_is_sent_whole_to_the_number(gateway: type[Gateway]) -> None:
    send(letter_to("+84900000012", channel="phone"))
    (sent,) = (json.loads(raw) for raw in gateway.taken)
    assert sent == {"to": "+84900000012", "text": letter_to("x").text}


@pytest.mark.parametrize("status", [307, 400, 429, 500, 503])
def test_sms_that_is_not_taken_is_told_to_whoever_retries(gateway: type[Gateway], status: int) -> None:
    gateway.status = status
    with pytest.raises(requests.RequestException):
        send(letter_to("+84900000012", channel="phone"))
    assert len(gateway.taken) == 1


def test_gateway_that_answers_without_end_is_not_listened_to(gateway: type[Gateway]) -> None:
    gateway.more = b" " * 1_000_000
    with pytest.raises(requests.RequestException):
        send(letter_to("+84900000012", channel="phone"))
