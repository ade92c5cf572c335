"""Helping a person who stands at the counter with a dossier of theirs: code and card, then the pages that they have at home."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import structlog
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.permissions import Actor, Permission, Role
from portal.auth.session import current_actor
from portal.counter import blueprint
from portal.counter.opened import note_opened
from portal.models import Dossier, Office
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.assist import CARD_FIELD, CODE_FIELD, HELPS_FOR, PRESENT_FIELD, assist, assisting
from portal.services.dossiers.owner_word import CONFIRM_FIELD
from portal.services.dossiers.queries import owned
from portal.services.dossiers.vocabulary import STATUS_CODES, Act, Place, Stage, State
from portal.services.errors import InvalidInput
from portal.services.registries.ledger import HELPING, Seat
from portal.web.access import staff
from portal.web.database import db
from portal.web.language import current_language
from portal.web.limits import asking_registries, helping, uploading
from portal.web.own_acts import answer_draft, draft_page, own_acts, take_back, withdrawal_page
from portal.web.owner_desk import OwnerDesk
from portal.web.questions import error_lines, plain_field
from portal.web.supplying import supplements_page, take_supplements
from portal.web.uploads import takes_files
from portal.web.words import place_name

log = structlog.get_logger()
UNPROCESSABLE = 422
SHAPE_OF_CODE = re.compile(r"[A-Z0-9.]{2,20}-[0-9]{8}-[0-9]{1,9}")
LONGEST_CARD, LONGEST_CODE = 600, 60
Errors = Mapping[str, list[str]]
VIEWS = {
    Act.SUPPLY_SUPPLEMENTS: "counter.assist_supplements",
    Act.CONFIRM_DRAFT: "counter.assist_draft",
    Act.WITHDRAW: "counter.assist_withdrawal",
}


@blueprint.get("/assist")
@staff(Permission.INTAKE)
def assist_someone() -> ResponseReturnValue:
    return _card_page({CODE_FIELD: request.args.get(CODE_FIELD, "")[:LONGEST_CODE]}, {})


@blueprint.post("/assist")
@staff(Permission.INTAKE)
@asking_registries
@helping
def open_with_owner() -> ResponseReturnValue:
    try:
        found = assist(db(), current_actor(), request.form)
    except InvalidInput as wrong:
        db().rollback()
        _note_refusal(wrong)
        return _card_page(request.form, wrong.errors), UNPROCESSABLE
    db().commit()
    return redirect(url_for("counter.assisted", code=found.code))


def _note_refusal(wrong: InvalidInput) -> None:
    """A card that does not belong to a code leaves a trace: whose try it was, and at which code; never what the card said."""
    if CODE_FIELD in wrong.errors:
        code = request.form.get(CODE_FIELD, "").strip().upper()
        log.warning("assist_refused", actor_id=current_actor().id, dossier=code if SHAPE_OF_CODE.fullmatch(code) else "")


def _card_page(form: Mapping[str, str], errors: Errors) -> str:
    presence = [{"value": "yes", "label": _("Có mặt tại quầy, đã xuất trình thẻ và nhờ giúp hồ sơ này")}]
    questions: list[dict[str, Any]] = [
        {**plain_field(CODE_FIELD, "text", _("Mã hồ sơ"), form.get(CODE_FIELD, "")), "max_length": LONGEST_CODE},
        {**plain_field(CARD_FIELD, "text", _("Số định danh, hoặc mã QR trên thẻ căn cước"), form.get(CARD_FIELD, "")),
         "max_length": LONGEST_CARD, "autocomplete": "off"},
        {"name": PRESENT_FIELD, "kind": "checkboxes", "label": _("Người nộp"),
         "value": ["yes"] if form.get(PRESENT_FIELD) == "yes" else [], "options": presence},
    ]  # fmt: skip
    for question in questions:
        question["errors"] = [_(message) for message in errors.get(question["name"], [])]
    minutes = int(HELPS_FOR.total_seconds() // 60)
    return render_template("counter/assist.html", questions=questions, minutes=minutes, errors=error_lines(errors, questions))


@blueprint.get("/assist/<code>")
@staff(Permission.INTAKE)
def assisted(code: str) -> ResponseReturnValue:
    desk = assisted_desk(code)
    found = owned(db(), desk.actor, code)
    place = Place(State(found.state), Stage(found.stage) if found.stage else None)
    may = own_acts(desk, found)
    return render_template(
        "counter/assisted.html",
        **desk.extra,
        dossier=found,
        procedure_name=_procedure_name(found),
        status_code=STATUS_CODES[place.state],
        place=place_name(place),
        acts=[{"label": _label(act), "href": url_for(view, code=code), "act": act} for act, view in VIEWS.items() if act in may],
    )


def _label(act: Act) -> str:
    return {
        Act.SUPPLY_SUPPLEMENTS: _("Bổ sung hồ sơ"),
        Act.CONFIRM_DRAFT: _("Trả lời bản dự thảo"),
        Act.WITHDRAW: _("Rút hồ sơ"),
    }[act]


def _procedure_name(dossier: Dossier) -> str:
    procedure = by_hash(db(), dossier.version_hash)
    return procedure.say(procedure.definition.name, current_language())


def assisted_desk(code: str) -> OwnerDesk:
    """The owner's pages at the counter, with the clerk at their side.

    Raises:
        NotFound: the clerk did not open the dossier with its owner, or the time is over.
    """
    actor = assisting(db(), current_actor(), code, confirmed=request.form.get(CONFIRM_FIELD, ""))
    note_opened(dossier := owned(db(), actor, code), purpose=HELPING, seat=_seat_of(actor))
    back_url, supplements_url = (url_for(f"counter.{view}", code=code) for view in ("assisted", "assist_supplements"))
    extra = {"assisted": _for_whom(actor, dossier)}
    return OwnerDesk(actor, code, back_url, supplements_url, extra=extra, asked_last=lambda errors: [confirm_question(errors)])


def _seat_of(actor: Actor) -> Seat:
    assert actor.assists is not None
    return Seat(Role.CLERK.value, actor.assists.office_code)


def _for_whom(actor: Actor, dossier: Dossier) -> dict[str, str]:
    assert actor.assists is not None
    centre = db().get_one(Office, actor.assists.office_code)
    centre_name = centre.name_en if current_language() == "en" else centre.name
    return {"name": dossier.parties["submitter"]["full_name"], "centre": centre_name}


def confirm_question(errors: Errors) -> dict[str, Any]:
    """How the person confirmed what the clerk wrote for them."""
    return {
        "name": CONFIRM_FIELD,
        "kind": "radios",
        "label": _("Người nộp đã xác nhận bằng cách nào?"),
        "help": _("Xoay màn hình cho người nộp xem, hoặc đọc lại từng dòng cho họ nghe, trước khi đánh dấu."),
        "value": request.form.get(CONFIRM_FIELD, ""),
        "options": [
            {"value": "read_back", "label": _("Đã xem hoặc nghe đọc lại và đồng ý")},
            {"value": "signed", "label": _("Đã ký vào tờ khai in ra")},
        ],
        "errors": [_(message) for message in errors.get(CONFIRM_FIELD, [])],
    }


@blueprint.get("/assist/<code>/supplements")
@staff(Permission.INTAKE)
def assist_supplements(code: str) -> ResponseReturnValue:
    return supplements_page(assisted_desk(code))


@blueprint.post("/assist/<code>/supplements")
@staff(Permission.INTAKE)
@uploading
@takes_files
def supply_for(code: str) -> ResponseReturnValue:
    return take_supplements(assisted_desk(code))


@blueprint.get("/assist/<code>/withdraw")
@staff(Permission.INTAKE)
def assist_withdrawal(code: str) -> ResponseReturnValue:
    return withdrawal_page(assisted_desk(code))


@blueprint.post("/assist/<code>/withdraw")
@staff(Permission.INTAKE)
def withdraw_for(code: str) -> ResponseReturnValue:
    return take_back(assisted_desk(code))


@blueprint.get("/assist/<code>/draft")
@staff(Permission.INTAKE)
def assist_draft(code: str) -> ResponseReturnValue:
    return draft_page(assisted_desk(code))


@blueprint.post("/assist/<code>/draft")
@staff(Permission.INTAKE)
def answer_for(code: str) -> ResponseReturnValue:
    return answer_draft(assisted_desk(code))
