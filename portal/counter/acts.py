"""The acts of the desks: one page asks, one post does; which act is possible is the lifecycle's to say."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.routing import BaseConverter, ValidationError

from portal.auth.permissions import Actor, Permission
from portal.auth.session import current_actor
from portal.counter import blueprint
from portal.counter.dossier import dossier_page
from portal.models import Dossier
from portal.services.catalogue.answers import shown_questions
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.approve import approve, proposed_result
from portal.services.dossiers.assign import assign
from portal.services.dossiers.forward import forward
from portal.services.dossiers.proposals import prefilled_appraisal
from portal.services.dossiers.propose import propose
from portal.services.dossiers.queries import at_counter, buttons, latest_answers
from portal.services.dossiers.receive import receive
from portal.services.dossiers.refuse import refuse
from portal.services.dossiers.return_result import return_result
from portal.services.dossiers.send_back import send_back
from portal.services.dossiers.vocabulary import Act
from portal.services.errors import InvalidInput
from portal.services.results.template import draft_body
from portal.web.access import staff
from portal.web.database import db
from portal.web.language import current_language
from portal.web.questions import drawn, error_lines
from portal.web.words import act_name

Form = Mapping[str, str]
UNPROCESSABLE = 422


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


def _version(form: Form) -> int:
    text = form.get("version", "")
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else -1


def _chosen(form: Form, name: str) -> frozenset[str]:
    """Every value of a field that may come several times."""
    return frozenset(form.getlist(name)) if isinstance(form, MultiDict) else frozenset()


DOES: dict[Act, Callable[[Session, Actor, str, Form], Dossier]] = {
    Act.RECEIVE: lambda s, a, code, f: receive(s, a, code, expected_version=_version(f), compared=_chosen(f, "compared")),
    Act.REFUSE: lambda s, a, code, f: refuse(
        s, a, code, expected_version=_version(f), reason=f.get("reason", ""), ground=f.get("ground", "")
    ),
    Act.FORWARD: lambda s, a, code, f: forward(s, a, code, expected_version=_version(f)),
    Act.ASSIGN: lambda s, a, code, f: assign(s, a, code, expected_version=_version(f)),
    Act.PROPOSE: lambda s, a, code, f: propose(s, a, code, expected_version=_version(f), form=f),
    Act.SEND_BACK: lambda s, a, code, f: send_back(s, a, code, expected_version=_version(f), reason=f.get("reason", "")),
    Act.APPROVE: lambda s, a, code, f: approve(s, a, code, expected_version=_version(f)),
    Act.RETURN_RESULT: lambda s, a, code, f: return_result(s, a, code, expected_version=_version(f)),
}


def done_words() -> dict[Act, str]:
    """What the desk is told when an act is done."""
    return {
        Act.RECEIVE: _("Đã tiếp nhận. Giấy hẹn đang được ký số."),
        Act.REFUSE: _("Đã từ chối. Phiếu đang được ký số và gửi cho người nộp."),
        Act.FORWARD: _("Đã chuyển xử lý."),
        Act.ASSIGN: _("Ông/bà đã nhận thụ lý hồ sơ này."),
        Act.PROPOSE: _("Đã trình ký."),
        Act.SEND_BACK: _("Đã trả lại chuyên viên."),
        Act.APPROVE: _("Đã phê duyệt. Văn bản đang được ký số và vào sổ."),
        Act.RETURN_RESULT: _("Đã ghi nhận việc trả kết quả."),
    }


@blueprint.get("/dossiers/<code>/<act:act>")
@staff(Permission.SEE_DOSSIER)
def act(code: str, act: Act) -> ResponseReturnValue:
    found = at_counter(db(), current_actor(), code)
    if act not in {move.act for move in buttons(found, current_actor())}:
        return redirect(url_for("counter.dossier", code=code))
    return _act_page(found, act)


@blueprint.post("/dossiers/<code>/<act:act>")
@staff(Permission.SEE_DOSSIER)
def do(code: str, act: Act) -> ResponseReturnValue:
    actor = current_actor()
    try:
        DOES[act](db(), actor, code, request.form)
    except InvalidInput as wrong:
        db().rollback()
        return _act_page(at_counter(db(), actor, code), act, request.form, wrong.errors), UNPROCESSABLE
    db().commit()
    flash(done_words()[act], "saved")
    return redirect(url_for("counter.dossier", code=code))


def _act_page(dossier: Dossier, act: Act, form: Form | None = None, errors: dict[str, list[str]] | None = None) -> str:
    procedure = by_hash(db(), dossier.version_hash)
    language = current_language()
    extra: dict[str, Any] = {}
    if act is Act.PROPOSE:
        answers: Answers = latest_answers(db(), dossier).content
        suggested = prefilled_appraisal(procedure, answers)
        typed = {key: {"value": value, "source": "citizen"} for key, value in (form or {}).items()}
        questions = shown_questions(procedure.definition.appraisal.questions, {**answers, **suggested, **typed})
        extra["questions"] = drawn(procedure, questions, suggested, language, form=form, errors=errors)
    if act is Act.APPROVE:
        facts = proposed_result(db(), dossier, procedure, current_actor().display_name)
        extra["result_html"] = draft_body(facts, procedure.definition.result.template)
    return render_template(
        f"counter/{act.value}.html",
        **dossier_page(dossier),
        act=act,
        act_label=act_name(act),
        version=dossier.version,
        grounds=procedure.definition.refusal_grounds,
        form=form or {},
        field_errors=errors or {},
        errors=error_lines(errors or {}, extra.get("questions", [])),
        **extra,
    )


def register_converter(app: Flask) -> None:
    """Make `<act:…>` known to the URL map."""
    app.url_map.converters["act"] = ActConverter
