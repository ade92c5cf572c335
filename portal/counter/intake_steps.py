"""Filling somebody's draft at the counter, step by step: the citizen's own pages, at the clerk's desk."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.counter import blueprint
from portal.counter.assist import confirm_question
from portal.counter.intake_filing import filing_for, requester_for
from portal.services.dossiers.carry_over import carry_over
from portal.services.dossiers.fill_draft import answer_facts
from portal.services.dossiers.newer_version import newer_version
from portal.services.dossiers.owner_word import CONFIRM_FIELD
from portal.services.dossiers.submit import DECLARE_FIELD
from portal.services.dossiers.take_in import take_in
from portal.services.errors import InvalidInput
from portal.web.access import staff
from portal.web.database import db
from portal.web.filing import Filing
from portal.web.filing_pages import facts_page, page_of, question_page, take_page, take_whom, whom_page
from portal.web.filing_review import attached_rows, review_page, said_words
from portal.web.language import current_language
from portal.web.limits import asking_registries

OK, UNPROCESSABLE = 200, 422


@blueprint.get("/intake/<uuid:draft_id>/whom")
@staff(Permission.INTAKE)
def intake_whom(draft_id: uuid.UUID) -> ResponseReturnValue:
    filing = filing_for(draft_id)
    if filing is None or filing.draft.draft["consent"] is None or not filing.relatives:
        return onward(draft_id, filing)
    return whom_page(filing)


@blueprint.post("/intake/<uuid:draft_id>/whom")
@staff(Permission.INTAKE)
@asking_registries
def say_intake_whom(draft_id: uuid.UUID) -> ResponseReturnValue:
    filing = filing_for(draft_id)
    if filing is None or filing.draft.draft["consent"] is None or is_outdated(filing):
        return onward(draft_id, filing)
    return take_whom(filing, requester_for(filing.draft.filing_office_code))


@blueprint.get("/intake/<uuid:draft_id>/facts")
@staff(Permission.INTAKE)
def intake_facts(draft_id: uuid.UUID) -> ResponseReturnValue:
    filing = filing_for(draft_id)
    if filing is None or filing.draft.draft["consent"] is None:
        return onward(draft_id, filing)
    return redirect(filing.url("whom")) if filing.is_whom_open else facts_page(filing)


@blueprint.post("/intake/<uuid:draft_id>/facts")
@staff(Permission.INTAKE)
def confirm_intake_facts(draft_id: uuid.UUID) -> ResponseReturnValue:
    filing = filing_for(draft_id)
    if filing is None or filing.draft.draft["consent"] is None or is_outdated(filing):
        return onward(draft_id, filing)
    try:
        answer_facts(db(), filing.draft, filing.procedure, request.form)
    except InvalidInput as wrong:
        return facts_page(filing, request.form, wrong.errors), UNPROCESSABLE
    db().commit()
    return redirect(filing.after("facts"))


@blueprint.get("/intake/<uuid:draft_id>/pages/<page_id>")
@staff(Permission.INTAKE)
def intake_page(draft_id: uuid.UUID, page_id: str) -> ResponseReturnValue:
    filing = filing_for(draft_id)
    if filing is None or filing.draft.draft["office_code"] is None:
        return onward(draft_id, filing)
    return question_page(filing, page_of(filing, page_id))


@blueprint.post("/intake/<uuid:draft_id>/pages/<page_id>")
@staff(Permission.INTAKE)
def answer_intake_page(draft_id: uuid.UUID, page_id: str) -> ResponseReturnValue:
    filing = filing_for(draft_id)
    if filing is None or filing.draft.draft["office_code"] is None or is_outdated(filing):
        return onward(draft_id, filing)
    return take_page(filing, page_of(filing, page_id))


@blueprint.get("/intake/<uuid:draft_id>/review")
@staff(Permission.INTAKE)
def intake_review(draft_id: uuid.UUID) -> ResponseReturnValue:
    filing = filing_for(draft_id)
    if filing is None or (step := filing.next_open_step()) != "review":
        return onward(draft_id, filing) if filing is None else redirect(filing.url(step))
    return _review(filing)


def _review(filing: Filing, errors: dict[str, list[str]] | None = None) -> str:
    return review_page(
        filing,
        errors,
        [confirm_question(errors or {})],
        is_declared=request.form.get(DECLARE_FIELD) == "yes",
        declaration_href=url_for("counter.intake_declaration", draft_id=filing.draft.id),
    )


@blueprint.get("/intake/<uuid:draft_id>/declaration")
@staff(Permission.INTAKE)
def intake_declaration(draft_id: uuid.UUID) -> ResponseReturnValue:
    filing = filing_for(draft_id)
    if filing is None or filing.next_open_step() != "review":
        return onward(draft_id, filing)
    procedure, language = filing.procedure, current_language()
    return render_template(
        "counter/intake_declaration.html",
        **filing.around("review"),
        **said_words(filing, language),
        attached=attached_rows(filing, language),
        declaration=procedure.say(procedure.definition.declaration, language),
        printed_at=clock.now(),
        draft_id=draft_id,
    )


@blueprint.post("/intake/<uuid:draft_id>/review")
@staff(Permission.INTAKE)
def take_in_intake(draft_id: uuid.UUID) -> ResponseReturnValue:
    filing = filing_for(draft_id)
    if filing is not None and is_outdated(filing):
        return onward(draft_id, filing)
    form = request.form
    try:
        take_in(
            db(), current_actor(), draft_id,
            is_declared=form.get(DECLARE_FIELD) == "yes", confirmed=form.get(CONFIRM_FIELD, ""),
        )  # fmt: skip
    except InvalidInput as wrong:
        filing = filing_for(draft_id)
        if filing is None:
            return to_done(draft_id)
        return _review(filing, wrong.errors), UNPROCESSABLE
    db().commit()
    return to_done(draft_id)


def is_outdated(filing: Filing) -> bool:
    """Whether the procedure has a new version since the draft was begun."""
    return newer_version(db(), filing.draft) is not None


def onward(draft_id: uuid.UUID, filing: Filing | None) -> ResponseReturnValue:
    """Where a step leads that cannot be taken: to what was filed, back to the card, or, carried over, to the facts."""
    if filing is None:
        return to_done(draft_id)
    if request.method == "POST" and is_outdated(filing):
        carry_over(db(), current_actor(), filing.draft)
        db().commit()
        flash(_("Thủ tục vừa có thay đổi. Những gì đã ghi vẫn còn; xin xem lại từng bước."), "warning")
    is_asked = filing.draft.draft["consent"] is not None
    return redirect(filing.url("facts") if is_asked else url_for("counter.intake", procedure=filing.procedure.code))


def to_done(draft_id: uuid.UUID) -> ResponseReturnValue:
    """To the page of what was filed."""
    return redirect(url_for("counter.intake_done", draft_id=draft_id))
