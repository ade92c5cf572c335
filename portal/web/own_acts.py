"""What the owner decides about a dossier that was sent, the same at both desks: take it back, answer the draft result."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.approve import proposed_result
from portal.services.dossiers.confirm_draft import confirm_draft
from portal.services.dossiers.dispute_draft import dispute_draft
from portal.services.dossiers.queries import buttons, owned
from portal.services.dossiers.vocabulary import Act
from portal.services.dossiers.withdraw import withdraw
from portal.services.errors import InvalidInput
from portal.services.results.template import draft_body
from portal.web.database import db
from portal.web.language import current_language
from portal.web.owner_desk import OwnerDesk
from portal.web.questions import error_lines

OK, UNPROCESSABLE = 200, 422
Errors = dict[str, list[str]]


def own_acts(desk: OwnerDesk, dossier: Dossier) -> set[Act]:
    """What the owner may do with the dossier now."""
    return {move.act for move in buttons(dossier, desk.actor)}


def withdrawal_page(desk: OwnerDesk, errors: Errors | None = None) -> ResponseReturnValue:
    """What taking the dossier back means, and one button; where it cannot be taken back, the dossier."""
    found = owned(db(), desk.actor, desk.code)
    if Act.WITHDRAW not in own_acts(desk, found):
        return redirect(desk.back_url)
    return _page("citizen/withdraw.html", desk, found, errors)


def take_back(desk: OwnerDesk) -> ResponseReturnValue:
    """Withdraw, as the page was answered."""
    try:
        withdraw(db(), desk.actor, desk.code, expected_version=_version())
    except InvalidInput as wrong:
        db().rollback()
        return withdrawal_page(desk, wrong.errors)
    db().commit()
    flash(_("Đã ghi nhận việc rút hồ sơ."), "saved")
    return redirect(desk.back_url)


def draft_page(desk: OwnerDesk, errors: Errors | None = None) -> ResponseReturnValue:
    """The draft result to read, and the answers to it; where none is awaited, the dossier."""
    found = owned(db(), desk.actor, desk.code)
    if Act.CONFIRM_DRAFT not in own_acts(desk, found):
        return redirect(desk.back_url)
    procedure = by_hash(db(), found.version_hash)
    facts = proposed_result(db(), found, procedure, "")
    result = draft_body(facts, procedure.definition.result.template)
    return _page("citizen/draft.html", desk, found, errors, result_html=result, reason=request.form.get("reason", ""))


def answer_draft(desk: OwnerDesk) -> ResponseReturnValue:
    """Confirm or dispute the draft result, as the page was answered."""
    try:
        if request.form.get("answer") == "dispute":
            reason = request.form.get("reason", "")
            dispute_draft(db(), desk.actor, desk.code, expected_version=_version(), reason=reason)
        else:
            confirm_draft(db(), desk.actor, desk.code, expected_version=_version())
    except InvalidInput as wrong:
        db().rollback()
        return draft_page(desk, wrong.errors)
    db().commit()
    flash(_("Đã gửi trả lời về bản dự thảo."), "saved")
    return redirect(desk.back_url)


def _page(template: str, desk: OwnerDesk, dossier: Dossier, errors: Errors | None, **more: object) -> ResponseReturnValue:
    procedure = by_hash(db(), dossier.version_hash)
    page = render_template(
        template,
        dossier=dossier,
        procedure_name=procedure.say(procedure.definition.name, current_language()),
        back_url=desk.back_url,
        asked_last=(asked_last := desk.asked_last(errors or {})),
        field_errors=errors or {},
        errors=error_lines(errors or {}, asked_last),
        **desk.extra,
        **more,
    )
    return page, UNPROCESSABLE if errors else OK


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
