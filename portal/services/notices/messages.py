"""The words of each notice in both languages, and sending them: mail over SMTP, SMS over HTTP.

No word of a message names the person, the ID or what the dossier is about: only its code and what happened.
"""

from __future__ import annotations

import re
import smtplib
import uuid
from dataclasses import dataclass
from email.header import Header
from email.mime.text import MIMEText
from typing import Literal
from urllib.parse import urlsplit

import requests

from portal.config import settings
from portal.outbound import bounded

SEND_WITHIN_SECONDS = 5
LARGEST_ANSWER_BYTES = 100_000
ONE_ADDRESS = re.compile(r"[^\s\x00-\x1f\x7f,;:<>()@\"]+@[^\s\x00-\x1f\x7f,;:<>()@\"]+")
Channel = Literal["email", "phone"]


@dataclass(frozen=True)
class Letter:
    """One message to one address."""

    id: uuid.UUID
    channel: Channel
    to: str
    subject: str
    text: str


_SUBJECTS = {
    "vi": "Hồ sơ {code}: {what}",
    "en": "Dossier {code}: {what}",
}
_WHAT = {
    "submitted": ("đã nộp", "sent"),
    "received": ("đã được tiếp nhận", "received"),
    "refused": ("không được tiếp nhận", "not received"),
    "forwarded": ("đã chuyển xử lý", "forwarded for processing"),
    "transferred": ("đã chuyển đúng cơ quan", "sent to the right office"),
    "supplements_requested": ("cần bổ sung", "needs to be completed"),
    "supplements_supplied": ("đã gửi bổ sung", "your supplement was sent"),
    "supplements_accepted": ("đã nhận đủ bổ sung", "the supplement was accepted"),
    "payment_requested": ("cần nộp phí, lệ phí", "a fee is to be paid"),
    "payment_recorded": ("đã nộp phí, lệ phí", "the fee is paid"),
    "draft_sent": ("có bản dự thảo cần xem", "a draft is ready for you to read"),
    "deadline_extended": ("xin lỗi và hẹn lại", "our apology, and another day"),
    "deadline_recalculated": ("ngày hẹn được tính lại", "the promised day was reckoned again"),
    "stopped": ("dừng xử lý", "processing stopped"),
    "resumed": ("được xử lý tiếp", "processing goes on"),
    "withdrawal_requested": ("ông/bà đã rút", "you withdrew it"),
    "withdrawal_confirmed": ("đã xác nhận rút", "the withdrawal is confirmed"),
    "issued": ("đã có kết quả", "the result is signed"),
    "result_returned": ("đã trả kết quả", "the result is delivered"),
    "question_answered": ("có trả lời về việc xem dữ liệu", "your question about who looked is answered"),
    "helped_at_counter": ("được mở cùng ông/bà tại quầy", "opened with you at a counter"),
    "correction_accepted": ("dữ liệu ông/bà báo sai đã được sửa", "the data you reported is corrected"),
    "correction_rejected": ("cơ quan giữ dữ liệu không sửa", "the register was not changed"),
    "correction_more_asked": ("cơ quan giữ dữ liệu hỏi thêm", "the register asks you for more"),
    "correction_overdue": ("cơ quan giữ dữ liệu chưa trả lời", "the register has not answered in time"),
}
_MORE = {
    "submitted": (
        "Bộ phận một cửa sẽ kiểm tra và trả lời trong 8 giờ làm việc.",
        "The one-stop counter checks it and answers within 8 office hours.",
    ),
    "received": ("Hẹn trả kết quả: {promised}.", "The result is promised for {promised}."),
    "refused": ("Lý do và căn cứ có trong phiếu trên cổng.", "The reason and its ground are in the paper on the portal."),
    "forwarded": ("Cơ quan chuyên môn đang thẩm định.", "The professional unit is appraising it."),
    "transferred": (
        "Cơ quan có thẩm quyền sẽ trả lời; ông/bà không phải nộp lại.",
        "The competent office will answer; you need not file again.",
    ),
    "supplements_requested": (
        "Cổng ghi rõ cần bổ sung gì, vì sao.",
        "The portal says what is missing, and why.",
    ),
    "supplements_supplied": ("Bộ phận một cửa sẽ kiểm tra.", "The one-stop counter checks it."),
    "supplements_accepted": (
        "Thời hạn tính lại từ đầu. Hẹn trả kết quả: {promised}.",
        "The time limit begins anew. The result is promised for {promised}.",
    ),
    "payment_requested": (
        "Số tiền và căn cứ có trong thông báo trên cổng. Nộp tại bộ phận một cửa.",
        "The amount and its ground are in the notice on the portal. Pay at the one-stop counter.",
    ),
    "payment_recorded": ("Hồ sơ được giải quyết tiếp.", "Your dossier goes on."),
    "draft_sent": (
        "Ông/bà có một ngày làm việc để báo chỗ sai. Im lặng là đồng ý.",
        "You have one working day to say what is wrong. Silence is consent.",
    ),
    "deadline_extended": (
        "Hẹn trả kết quả: {promised}. Lý do có trong phiếu trên cổng.",
        "The result is promised for {promised}. The reason is in the paper on the portal.",
    ),
    "deadline_recalculated": (
        "Lịch làm việc đã đổi. Hẹn trả kết quả: {promised}.",
        "The working calendar changed. The result is promised for {promised}.",
    ),
    "stopped": ("Lý do có trong thông báo trên cổng.", "The reason is in the notice on the portal."),
    "resumed": ("Hẹn trả kết quả: {promised}.", "The result is promised for {promised}."),
    "withdrawal_requested": (
        "Trước khi tiếp nhận, hồ sơ kết thúc ngay; sau đó, bộ phận một cửa xác nhận.",
        "Before reception it ends at once; later the one-stop counter confirms it.",
    ),
    "withdrawal_confirmed": ("Biên bản trả hồ sơ có trên cổng.", "The record of what was given back is on the portal."),
    "issued": ("Văn bản đã được ký số.", "The document has been signed."),
    "question_answered": (
        "Câu trả lời có ở trang Dữ liệu của tôi trên cổng.",
        "The answer is on the portal, on the page of your data.",
    ),
    "helped_at_counter": (
        "Cán bộ ghi rằng ông/bà có mặt và nhờ giúp. Nếu không phải vậy, hãy báo ngay cho bộ phận một cửa.",
        "A clerk wrote that you were present and asked for help. If you were not, tell the one-stop counter at once.",
    ),
    "correction_accepted": ("Hồ sơ vẫn đi tiếp; cổng đã tra cứu lại.", "Your dossier goes on; the portal asked again."),
    "correction_rejected": ("Lý do có trên cổng. Hồ sơ vẫn đi tiếp.", "The reason is on the portal. Your dossier goes on."),
    "correction_more_asked": ("Cổng ghi rõ cần thêm điều gì.", "The portal says what is needed."),
    "correction_overdue": (
        "Cổng tiếp tục hỏi, và cơ quan giải quyết hồ sơ đã biết. Hồ sơ vẫn đi tiếp.",
        "The portal keeps asking, and the office knows. Your dossier goes on.",
    ),
    "result_returned": ("Ông/bà xem và tải kết quả trên cổng.", "You can read and download it on the portal."),
}
_UNTIL = {"vi": " Hạn bổ sung: hết ngày {until}.", "en": " The last day to complete it is {until}."}
_FOOT = {
    "vi": "Xem tại {url}\nCổng không bao giờ hỏi mật khẩu, mã OTP hay đòi tiền qua tin nhắn.",
    "en": "See {url}\nThe portal never asks for passwords, codes or money by message.",
}


def compose(
    notice_id: uuid.UUID,
    kind: str,
    channel: Channel,
    to: str,
    *,
    code: str,
    promised: str,
    url: str,
    language: str,
    until: str = "",
) -> Letter:
    """The letter of a notice; `kind` is the event's name, `until` the last day on which an answer is awaited."""
    index = 1 if language == "en" else 0
    subject = _SUBJECTS[language].format(code=code, what=_WHAT[kind][index])
    more = _MORE[kind][index].format(promised=promised)
    more += _UNTIL[language].format(until=until) if until else ""
    text = f"{subject}.\n{more}\n{_FOOT[language].format(url=url)}\n"
    return Letter(notice_id, channel, to, subject, text)


def compose_warning(letter_id: uuid.UUID, to: str, *, how_many: int, url: str) -> Letter:
    """The mail that warns an officer of what comes due within one working day; it names no dossier and nobody."""
    subject = f"{how_many} hồ sơ ông/bà thụ lý sắp đến hạn"
    text = f"{subject}: bước đang làm hoặc cả thời hạn còn không quá một ngày làm việc.\n{_FOOT['vi'].format(url=url)}\n"
    return Letter(letter_id, "email", to, subject, text)


def compose_escalation(letter_id: uuid.UUID, to: str, *, code: str, url: str) -> Letter:
    """The mail that tells an officer and a leader that a result's fact does not reach its register by itself."""
    subject = f"Hồ sơ {code}: kết quả chưa ghi được vào cơ sở dữ liệu gốc"
    more = "Cổng đã thử nhiều lần, hoặc bị từ chối. Lý do và nút thử lại ở trang hồ sơ."
    text = f"{subject}.\n{more}\n{_FOOT['vi'].format(url=url)}\n"
    return Letter(letter_id, "email", to, subject, text)


def headline(kind: str, language: str) -> str:
    """What happened, in the few words of a subject line."""
    return _WHAT[kind][1 if language == "en" else 0]


def send(letter: Letter) -> None:
    """Hand the letter over.

    Raises:
        OSError, smtplib.SMTPException, requests.RequestException: the other side did not take it; try again later.
        ValueError: the mail's address is not one address.
    """
    if letter.channel == "email":
        _send_mail(letter)
        return
    with bounded(requests.Session(), SEND_WITHIN_SECONDS, LARGEST_ANSWER_BYTES) as http:
        http.post(settings().sms_url, json={"to": letter.to, "text": letter.text}).raise_for_status()


def _send_mail(letter: Letter) -> None:
    if not ONE_ADDRESS.fullmatch(letter.to):  # a list, or a line that would become a header of its own
        raise ValueError("not one address")
    message = MIMEText(letter.text, "plain", "utf-8")
    message["From"] = settings().mail_from
    message["To"] = letter.to
    message["Subject"] = Header(letter.subject, "utf-8")  # type: ignore[assignment]
    message["Message-ID"] = f"<{letter.id}@{settings().mail_from.rsplit('@', 1)[-1]}>"
    address = urlsplit(settings().smtp_url)
    with smtplib.SMTP(address.hostname or "", address.port or 25, timeout=SEND_WITHIN_SECONDS) as server:
        if address.scheme == "smtps" or address.username:
            server.starttls()
        if address.username:
            server.login(address.username, address.password or "")
        server.send_message(message, to_addrs=[letter.to])
