"""What the page of an act shows beside the dossier: choices, questions, the words that will be signed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from portal import clock
from portal.auth.session import current_actor
from portal.counter.assignment import officers_shown
from portal.counter.supplements import marking
from portal.models import Dossier
from portal.services.catalogue.answers import shown_questions
from portal.services.catalogue.fees import total_vnd
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.schema import Procedure
from portal.services.dossiers.approve import proposed_result
from portal.services.dossiers.ask_opinion import offices_to_ask
from portal.services.dossiers.calendar import working_calendar
from portal.services.dossiers.dues_to_pay import fee_lines
from portal.services.dossiers.give_opinion import open_question
from portal.services.dossiers.offices import offices_for
from portal.services.dossiers.proposals import prefilled_appraisal
from portal.services.dossiers.queries import latest_answers
from portal.services.dossiers.vocabulary import Act
from portal.services.results.template import draft_body
from portal.web.database import db
from portal.web.language import current_language
from portal.web.questions import drawn

Form = Mapping[str, str]
Errors = Mapping[str, list[str]]
Shows = Callable[[Dossier, Procedure, Form, Errors], dict[str, Any]]


def shown_beside(act: Act, dossier: Dossier, procedure: Procedure, form: Form, errors: Errors) -> dict[str, Any]:
    """What the act's page needs beyond the dossier itself."""
    shows = SHOWS.get(act)
    return shows(dossier, procedure, form, errors) if shows else {}


def _grounds(dossier: Dossier, procedure: Procedure, form: Form, errors: Errors) -> dict[str, Any]:
    return {"grounds": procedure.definition.refusal_grounds}


def _other_offices(dossier: Dossier, procedure: Procedure, form: Form, errors: Errors) -> dict[str, Any]:
    offices = [office for office in offices_for(db(), procedure) if office.code != dossier.office_code]
    return {"choices": _options((office.code, office.name, office.name_en) for office in offices)}


def _offices_to_ask(dossier: Dossier, procedure: Procedure, form: Form, errors: Errors) -> dict[str, Any]:
    return {"choices": _options((office.code, office.name, office.name_en) for office in offices_to_ask(db(), dossier))}


def _options(offices: Any) -> list[dict[str, str]]:
    is_english = current_language() == "en"
    return [{"value": code, "label": name_en if is_english else name} for code, name, name_en in offices]


def _fee(dossier: Dossier, procedure: Procedure, form: Form, errors: Errors) -> dict[str, Any]:
    lines = fee_lines(db(), dossier, procedure)
    said = [(procedure.say(line.rule.label, current_language()), line.amount_vnd) for line in lines]
    return {"fees": said, "fee_total_vnd": total_vnd(lines)}


def _question(dossier: Dossier, procedure: Procedure, form: Form, errors: Errors) -> dict[str, Any]:
    return {"opinion": open_question(db(), current_actor(), dossier)}


def _next_day(dossier: Dossier, procedure: Procedure, form: Form, errors: Errors) -> dict[str, Any]:
    """The day that is proposed: the third working day after the promise, or after today where it is late already."""
    calendar = working_calendar(db())
    day = max(clock.to_local(dossier.promised_at).date(), clock.today()) if dossier.promised_at else clock.today()
    for _number in range(3):
        day = calendar.next_working_day(day)
    return {"suggested_day": day.isoformat(), "earliest_day": (clock.today() + timedelta(days=1)).isoformat()}


def _appraisal(dossier: Dossier, procedure: Procedure, form: Form, errors: Errors) -> dict[str, Any]:
    answers: Answers = latest_answers(db(), dossier).content
    suggested = prefilled_appraisal(procedure, answers)
    typed = {key: {"value": value, "source": "citizen"} for key, value in form.items()}
    questions = shown_questions(procedure.definition.appraisal.questions, {**answers, **suggested, **typed})
    return {
        "questions": drawn(procedure, questions, suggested, current_language(), form=form or None, errors=dict(errors) or None)
    }


def _result(dossier: Dossier, procedure: Procedure, form: Form, errors: Errors) -> dict[str, Any]:
    facts = proposed_result(db(), dossier, procedure, current_actor().display_name)
    return {"result_html": draft_body(facts, procedure.definition.result.template)}


def _stop(dossier: Dossier, procedure: Procedure, form: Form, errors: Errors) -> dict[str, Any]:
    is_final = dossier.stage != "appraising"
    return {
        "what": _("Dừng hẳn: hồ sơ kết thúc, người nộp nhận thông báo có lý do.")
        if is_final
        else _("Dừng tạm: thời hạn ngừng tính đến khi xử lý tiếp. Người nộp nhận thông báo có lý do.")
    }


SHOWS: dict[Act, Shows] = {
    Act.REFUSE: _grounds,
    Act.TRANSFER: _other_offices,
    Act.ASSIGN: officers_shown,
    Act.REASSIGN: officers_shown,
    Act.PROPOSE_SUPPLEMENTS: marking,
    Act.REQUEST_SUPPLEMENTS: marking,
    Act.REQUEST_PAYMENT: _fee,
    Act.RECORD_PAYMENT: _fee,
    Act.ASK_OPINION: _offices_to_ask,
    Act.GIVE_OPINION: _question,
    Act.PROPOSE: _appraisal,
    Act.SEND_DRAFT: _appraisal,
    Act.APPROVE: _result,
    Act.EXTEND_DEADLINE: _next_day,
    Act.STOP: _stop,
}
