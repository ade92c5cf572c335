"""What the owner decides about a dossier that was sent: take it back, confirm the draft result or say what is wrong in it."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.session import current_actor
from portal.citizen import blueprint
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
from portal.web.access import logged_in
from portal.web.database import db
from portal.web.language import current_language
from portal.web.questions import error_lines

UNPROCESSABLE = 422


def own_acts(dossier: Dossier) -> set[Act]:
    """What the owner may do with the dossier now."""
    return {move.act for move in buttons(dossier, current_actor())}


@blueprint.get("/my/dossiers/<code>/withdraw")
@logged_in()
def withdrawal(code: str) -> ResponseReturnValue:
    found = owned(db(), current_actor(), code)
    if Act.WITHDRAW not in own_acts(found):
        return redirect(url_for("citizen.dossier", code=code))
    return render_template("citizen/withdraw.html", dossier=found, procedure_name=_name(found))


@blueprint.post("/my/dossiers/<code>/withdraw")
@logged_in()
def do_withdraw(code: str) -> ResponseReturnValue:
    withdraw(db(), current_actor(), code, expected_version=_version())
    db().commit()
    flash(_("Đã ghi nhận việc rút hồ sơ."), "saved")
    return redirect(url_for("citizen.dossier", code=code))


@blueprint.get("/my/dossiers/<code>/draft")
@logged_in()
def draft(code: str) -> ResponseReturnValue:
    found = owned(db(), current_actor(), code)
    if Act.CONFIRM_DRAFT not in own_acts(found):
        return redirect(url_for("citizen.dossier", code=code))
    return _draft_page(found)


@blueprint.post("/my/dossiers/<code>/draft")
@logged_in()
def answer_draft(code: str) -> ResponseReturnValue:
    actor = current_actor()
    try:
        if request.form.get("answer") == "dispute":
            dispute_draft(db(), actor, code, expected_version=_version(), reason=request.form.get("reason", ""))
        else:
            confirm_draft(db(), actor, code, expected_version=_version())
    except InvalidInput as wrong:
        db().rollback()
        return _draft_page(owned(db(), actor, code), wrong.errors), UNPROCESSABLE
    db().commit()
    flash(_("Đã gửi trả lời của ông/bà."), "saved")
    return redirect(url_for("citizen.dossier", code=code))


def _draft_page(dossier: Dossier, errors: dict[str, list[str]] | None = None) -> str:
    procedure = by_hash(db(), dossier.version_hash)
    facts = proposed_result(db(), dossier, procedure, "")
    return render_template(
        "citizen/draft.html",
        dossier=dossier,
        procedure_name=_name(dossier),
        result_html=draft_body(facts, procedure.definition.result.template),
        reason=request.form.get("reason", ""),
        field_errors=errors or {},
        errors=error_lines(errors or {}, []),
    )


def _name(dossier: Dossier) -> str:
    procedure = by_hash(db(), dossier.version_hash)
    return procedure.say(procedure.definition.name, current_language())


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
