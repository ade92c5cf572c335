"""The counter's first page: who stands there, what they want; and the drafts that the clerk has under way."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.permissions import Actor, Permission
from portal.auth.session import current_actor
from portal.counter import blueprint
from portal.counter.intake_filing import intake_of, requester_for
from portal.models import Dossier, Office
from portal.services.catalogue.versions import Entry, by_hash, current, entries
from portal.services.dossiers.citizen_card import read_card
from portal.services.dossiers.open_intake import (
    ACCEPT_FIELD,
    BIRTH_FIELD,
    CARD_FIELD,
    MISSING,
    NAME_FIELD,
    PRESENT_FIELD,
    Visit,
    intake_asks,
    open_intake,
    own_intakes,
    read_subject,
)
from portal.services.errors import InvalidInput
from portal.text import sort_key
from portal.web.access import staff
from portal.web.database import db
from portal.web.language import current_language
from portal.web.limits import asking_registries
from portal.web.lookups import asked, look_further
from portal.web.questions import error_lines, plain_field

UNPROCESSABLE = 422
PROCEDURE_FIELD, OFFICE_FIELD = "procedure", "office"
LONGEST_CARD = 600
Errors = Mapping[str, list[str]]


@blueprint.get("/intake")
@staff(Permission.INTAKE)
def intake() -> ResponseReturnValue:
    return _page({PROCEDURE_FIELD: request.args.get(PROCEDURE_FIELD, "")})


@blueprint.post("/intake")
@staff(Permission.INTAKE)
@asking_registries
def begin_intake() -> ResponseReturnValue:
    if "read" in request.form:
        return _read_back()
    actor, form = current_actor(), request.form.copy()
    try:
        visit = _visit(actor, form)
        asks, since = intake_asks(actor, visit, client_ip=request.remote_addr or ""), time.monotonic()
        with asked(asks) as replies:
            draft = open_intake(
                db(), actor, visit, asks, replies,
                is_present=form.get(PRESENT_FIELD) == "yes",
                accepts_unmatched=form.get(ACCEPT_FIELD) == "yes",
                language=current_language(),
            )  # fmt: skip
    except InvalidInput as wrong:
        db().rollback()
        return _page(_with_card(form), wrong.errors), UNPROCESSABLE
    draft_id = draft.id
    db().commit()
    look_further(draft_id, requester_for(visit.office_code), since)
    return redirect(url_for("counter.intake_facts", draft_id=draft_id))


def _read_back() -> ResponseReturnValue:
    """What a scanner typed, put into its fields; the end of line that it types after the text brings the form here."""
    form = request.form.copy()
    try:
        read_subject(form)
    except InvalidInput as wrong:
        unread = {CARD_FIELD: wrong.errors[CARD_FIELD]} if CARD_FIELD in wrong.errors else {}
        return _page(_with_card(form), unread), UNPROCESSABLE if unread else 200
    return _page(_with_card(form))


def _with_card(form: Mapping[str, str]) -> dict[str, str]:
    """The form with the card's text taken apart, so that the clerk sees and can mend what was read."""
    filled = dict(form)
    card = read_card(filled.get(CARD_FIELD, ""))
    if card is not None and card.full_name:
        parts = [*card.date_of_birth.split("-"), "", ""] if card.date_of_birth else ["", "", ""]
        filled |= {CARD_FIELD: card.personal_id, NAME_FIELD: card.full_name}
        filled |= {f"{BIRTH_FIELD}.{part}": value for part, value in zip(("year", "month", "day"), parts, strict=False)}
    return filled


def _visit(actor: Actor, form: Mapping[str, str]) -> Visit:
    """Who stands here and what they want.

    Raises:
        InvalidInput: with messages for each field.
    """
    errors: dict[str, list[str]] = {}
    try:
        subject = read_subject(form)
    except InvalidInput as wrong:
        errors |= wrong.errors
    offered = {entry.code for entry in _offered(actor)}
    if form.get(PROCEDURE_FIELD) not in offered:
        errors[PROCEDURE_FIELD] = [MISSING]
    centres = [office.code for office in centres_of(actor)]
    chosen = form.get(OFFICE_FIELD) or centres[0]
    if chosen not in centres:
        errors[OFFICE_FIELD] = [MISSING]
    if form.get(PRESENT_FIELD) != "yes":
        errors[PRESENT_FIELD] = ["Chỉ lập hồ sơ khi người nộp có mặt và xuất trình thẻ."]
    if errors:
        raise InvalidInput(errors)
    return Visit(subject, current(db(), form[PROCEDURE_FIELD]), chosen)


def _offered(actor: Actor) -> list[Entry]:
    """Whatever the clerk may file for people here: every procedure, wherever it is decided (R20)."""
    offices = actor.offices(Permission.INTAKE)
    found = [entry for entry in entries(db()) if entry.is_filed_online]
    return [entry for entry in found if any(actor.role_for(Permission.INTAKE, office, entry.code) for office in offices)]


def centres_of(actor: Actor) -> list[Office]:
    """The counters at which the clerk serves."""
    own = sorted({duty.handed_over_from or duty.office_code for duty in actor.duties} & actor.offices(Permission.INTAKE))
    return [db().get_one(Office, code) for code in own]


def _page(form: Mapping[str, str], errors: Errors | None = None) -> str:
    actor, said = current_actor(), errors or {}
    questions = [question for question in _questions(actor, form, said) if question]
    return render_template(
        "counter/intake.html",
        questions=questions,
        drafts=[_draft_row(draft) for draft in own_intakes(db(), actor)],
        errors=error_lines(said, questions),
    )


def _questions(actor: Actor, form: Mapping[str, str], errors: Errors) -> list[dict[str, Any]]:
    english = current_language() == "en"
    centres = centres_of(actor)
    offered = sorted(_offered(actor), key=lambda entry: sort_key(entry.name[english] or entry.name[0]))
    birth = {part: form.get(f"{BIRTH_FIELD}.{part}", "") for part in ("day", "month", "year")}
    fields = [
        _field(CARD_FIELD, "text", _("Số định danh, hoặc mã QR trên thẻ căn cước"), form.get(CARD_FIELD),
               help=_("Đặt con trỏ ở đây rồi quét thẻ: họ tên và ngày sinh tự điền."), max_length=LONGEST_CARD),
        _field(NAME_FIELD, "text", _("Họ, chữ đệm và tên"), form.get(NAME_FIELD), max_length=200),
        _field(BIRTH_FIELD, "partial_date", _("Ngày, tháng, năm sinh"), birth),
        _field(PROCEDURE_FIELD, "select", _("Thủ tục"), form.get(PROCEDURE_FIELD),
               options=[{"value": one.code, "label": one.name[english] or one.name[0]} for one in offered]),
        *([_field(OFFICE_FIELD, "radios", _("Nộp tại"), form.get(OFFICE_FIELD) or centres[0].code,
                  options=[{"value": one.code, "label": one.name_en if english else one.name} for one in centres])]
          if len(centres) > 1 else []),
        _tick(PRESENT_FIELD, _("Người nộp"), _("Có mặt tại quầy, đã xuất trình thẻ và nhờ lập hồ sơ này"), form),
        *([_tick(ACCEPT_FIELD, _("Không khớp cơ sở dữ liệu dân cư"),
                 _("Tôi đã so lại với thẻ; lập hồ sơ theo thẻ, ghi rõ là chưa khớp"), form)]
          if ACCEPT_FIELD in errors or form.get(ACCEPT_FIELD) else []),
    ]  # fmt: skip
    return [{**field, "errors": [_(message) for message in errors.get(field["name"], [])]} for field in fields]


def _field(name: str, kind: str, label: str, value: Any, **more: Any) -> dict[str, Any]:
    return {**plain_field(name, kind, label, "" if value is None else value), "autocomplete": "off", **more}


def _tick(name: str, legend: str, label: str, form: Mapping[str, str]) -> dict[str, Any]:
    value = ["yes"] if form.get(name) == "yes" else []
    return {"name": name, "kind": "checkboxes", "label": legend, "value": value, "options": [{"value": "yes", "label": label}]}


def _draft_row(draft: Dossier) -> dict[str, Any]:
    procedure = by_hash(db(), draft.version_hash)
    filing = intake_of(draft, procedure)
    return {
        "name": draft.draft["at_counter"]["full_name"],
        "procedure": procedure.say(procedure.definition.name, current_language()),
        "when": draft.updated_at,
        "href": filing.url(filing.next_open_step()),
    }
