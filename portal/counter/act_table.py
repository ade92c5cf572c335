"""Which service each act of the desks calls with what its page was answered, and what the desk is told afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from flask import Flask
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.routing import BaseConverter, ValidationError

from portal.auth.permissions import Actor
from portal.counter.supplements import items_in
from portal.models import Dossier
from portal.services.dossiers.accept_supplements import accept_supplements
from portal.services.dossiers.approve import approve
from portal.services.dossiers.ask_opinion import ask_opinion
from portal.services.dossiers.assign import assign
from portal.services.dossiers.confirm_withdrawal import confirm_withdrawal
from portal.services.dossiers.extend_deadline import extend_deadline
from portal.services.dossiers.forward import forward
from portal.services.dossiers.give_opinion import give_opinion
from portal.services.dossiers.propose import propose
from portal.services.dossiers.propose_supplements import propose_supplements
from portal.services.dossiers.reassign import reassign
from portal.services.dossiers.receive import receive
from portal.services.dossiers.record_payment import record_payment
from portal.services.dossiers.record_verification import record_verification
from portal.services.dossiers.refuse import refuse
from portal.services.dossiers.request_payment import request_payment
from portal.services.dossiers.request_supplements import request_supplements
from portal.services.dossiers.resume import resume
from portal.services.dossiers.return_result import return_result
from portal.services.dossiers.send_back import send_back
from portal.services.dossiers.send_draft import send_draft
from portal.services.dossiers.stop import stop
from portal.services.dossiers.supplements import OVERRIDE_FIELD
from portal.services.dossiers.transfer import transfer
from portal.services.dossiers.vocabulary import Act

Form = Mapping[str, str]
Does = Callable[[Session, Actor, str, int, Form], Dossier]


def _with(service: Callable[..., Dossier], *fields: str) -> Does:
    """The service called with these fields of the form, each under its own name."""

    def does(session: Session, actor: Actor, code: str, version: int, form: Form) -> Dossier:
        return service(session, actor, code, expected_version=version, **{name: form.get(name, "") for name in fields})

    return does


def _chosen(form: Form, name: str) -> frozenset[str]:
    """Every value of a field that may come several times."""
    return frozenset(form.getlist(name)) if isinstance(form, MultiDict) else frozenset()


def day_in(form: Form, name: str) -> str:
    """A day that was typed in three boxes, as `2026-11-25`; empty where the boxes hold no numbers."""
    parts = [form.get(f"{name}.{part}", "").strip() for part in ("year", "month", "day")]
    if not all(part.isascii() and part.isdigit() for part in parts):
        return ""
    year, month, day = parts
    return f"{year:0>4}-{month:0>2}-{day:0>2}"


def _extend(session: Session, actor: Actor, code: str, version: int, form: Form) -> Dossier:
    day, reason = day_in(form, "new_day"), form.get("reason", "")
    return extend_deadline(session, actor, code, expected_version=version, reason=reason, new_day=day)


def _record_verification(session: Session, actor: Actor, code: str, version: int, form: Form) -> Dossier:
    held_at = f"{day_in(form, 'held_on')}T{form.get('held_at', '').strip()}"
    said = {name: form.get(name, "") for name in ("place", "participants", "content")}
    return record_verification(session, actor, code, expected_version=version, held_at=held_at, **said)


def _request_supplements(session: Session, actor: Actor, code: str, version: int, form: Form) -> Dossier:
    items, override = items_in(form), form.get(OVERRIDE_FIELD, "")
    return request_supplements(session, actor, code, expected_version=version, items=items, override=override)


def _accept_supplements(session: Session, actor: Actor, code: str, version: int, form: Form) -> Dossier:
    return accept_supplements(session, actor, code, expected_version=version, compared=_chosen(form, "compared"))


DOES: dict[Act, Does] = {
    Act.RECEIVE: lambda s, a, code, v, f: receive(s, a, code, expected_version=v, compared=_chosen(f, "compared")),
    Act.REFUSE: _with(refuse, "reason", "ground"),
    Act.TRANSFER: _with(transfer, "to_office", "reason"),
    Act.FORWARD: _with(forward),
    Act.ASSIGN: _with(assign, "to"),
    Act.REASSIGN: _with(reassign, "to"),
    Act.PROPOSE_SUPPLEMENTS: lambda s, a, code, v, f: propose_supplements(s, a, code, expected_version=v, items=items_in(f)),
    Act.REQUEST_SUPPLEMENTS: _request_supplements,
    Act.ACCEPT_SUPPLEMENTS: lambda s, a, c, v, f: accept_supplements(
        s, a, c, expected_version=v, compared=_chosen(f, "compared")
    ),
    Act.REQUEST_PAYMENT: _with(request_payment),
    Act.RECORD_PAYMENT: _with(record_payment, "receipt"),
    Act.ASK_OPINION: _with(ask_opinion, "office_code", "question", "days"),
    Act.GIVE_OPINION: _with(give_opinion, "answer"),
    Act.RECORD_VERIFICATION: _record_verification,
    Act.PROPOSE: lambda s, a, code, v, f: propose(s, a, code, expected_version=v, form=f),
    Act.SEND_DRAFT: lambda s, a, code, v, f: send_draft(s, a, code, expected_version=v, form=f),
    Act.SEND_BACK: _with(send_back, "reason"),
    Act.APPROVE: _with(approve),
    Act.RETURN_RESULT: lambda s, a, code, v, f: return_result(s, a, code, expected_version=v, returned=_chosen(f, "returned")),
    Act.EXTEND_DEADLINE: _extend,
    Act.STOP: _with(stop, "reason"),
    Act.RESUME: _with(resume),
    Act.CONFIRM_WITHDRAWAL: _with(confirm_withdrawal),
}


def done_words(act: Act) -> str:
    """What the desk is told when an act is done."""
    return {
        Act.RECEIVE: _("Đã tiếp nhận. Giấy hẹn đang được ký số."),
        Act.REFUSE: _("Đã từ chối. Phiếu đang được ký số và gửi cho người nộp."),
        Act.TRANSFER: _("Đã chuyển hồ sơ sang cơ quan có thẩm quyền và báo người nộp."),
        Act.FORWARD: _("Đã chuyển xử lý."),
        Act.ASSIGN: _("Hồ sơ đã có người thụ lý."),
        Act.REASSIGN: _("Đã giao hồ sơ cho chuyên viên khác."),
        Act.PROPOSE_SUPPLEMENTS: _("Đã chuyển bộ phận một cửa gửi yêu cầu bổ sung."),
        Act.REQUEST_SUPPLEMENTS: _("Đã gửi yêu cầu. Phiếu đang được ký số; hồ sơ chờ người nộp."),
        Act.ACCEPT_SUPPLEMENTS: _("Đã nhận bổ sung. Giấy hẹn mới đang được ký số."),
        Act.REQUEST_PAYMENT: _("Đã gửi thông báo nộp phí, lệ phí. Hồ sơ chờ người nộp."),
        Act.RECORD_PAYMENT: _("Đã ghi nhận việc nộp phí, lệ phí."),
        Act.ASK_OPINION: _("Đã gửi câu hỏi sang cơ quan phối hợp."),
        Act.GIVE_OPINION: _("Đã gửi ý kiến cho chuyên viên thụ lý."),
        Act.RECORD_VERIFICATION: _("Đã ghi biên bản. Biên bản đang được ký số."),
        Act.PROPOSE: _("Đã trình ký."),
        Act.SEND_DRAFT: _("Đã gửi bản dự thảo cho người nộp xác nhận."),
        Act.SEND_BACK: _("Đã trả lại chuyên viên."),
        Act.APPROVE: _("Đã phê duyệt. Văn bản đang được ký số và vào sổ."),
        Act.RETURN_RESULT: _("Đã ghi nhận việc trả kết quả."),
        Act.EXTEND_DEADLINE: _("Đã hẹn lại. Phiếu xin lỗi đang được ký số và gửi cho người nộp."),
        Act.STOP: _("Đã dừng. Thông báo đang được ký số và gửi cho người nộp."),
        Act.RESUME: _("Hồ sơ được xử lý tiếp. Ngày hẹn đã tính lại."),
        Act.CONFIRM_WITHDRAWAL: _("Đã xác nhận rút. Biên bản đang được ký số."),
    }[act]


def version_in(form: Form) -> int:
    """The version that the desk saw when its page was drawn; -1 where it says none."""
    text = form.get("version", "")
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else -1


class ActConverter(BaseConverter):
    """A staff act in a URL (`send-back`); any other word is no page."""

    regex = "[a-z-]+"

    def to_python(self, value: str) -> Act:
        act = next((act for act in DOES if act.value.replace("_", "-") == value), None)
        if act is None:
            raise ValidationError
        return act

    def to_url(self, value: Act | str) -> str:
        return str(value).replace("_", "-")


def register_converter(app: Flask) -> None:
    """Make `<act:…>` known to the URL map."""
    app.url_map.converters["act"] = ActConverter
