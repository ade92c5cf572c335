"""Filing, step by step: agree to the look-ups, see the facts, answer what nobody knows, review, declare, send."""

from __future__ import annotations

import time

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.auth.session import current_actor, current_profile
from portal.citizen import blueprint
from portal.citizen.filing import filing_of, procedure_level, to_consent
from portal.services.catalogue.form import Lookup
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import current
from portal.services.dossiers.consents import agree_to_lookups, reference_of, require_standing
from portal.services.dossiers.fill_draft import (
    answer_facts,
    decline_lookups,
    take_replies,
)
from portal.services.dossiers.lookups import asks_for
from portal.services.dossiers.open_draft import open_draft
from portal.services.errors import InvalidInput
from portal.services.registries.exchange import Requester, Subject
from portal.services.registries.prefill import connected
from portal.web.access import logged_in
from portal.web.database import db
from portal.web.filing_pages import facts_page, page_of, question_page, take_page, take_whom, whom_page
from portal.web.language import current_language
from portal.web.limits import asking_registries
from portal.web.lookups import asked, look_further
from portal.web.questions import registry_name

OK, UNPROCESSABLE = 200, 422


@blueprint.get("/procedures/<code>/apply")
@logged_in(procedure_level)
def consent(code: str) -> ResponseReturnValue:
    procedure = current(db(), code)
    filing = filing_of(code)
    if filing and filing.draft.draft["consent"] and "again" not in request.args:
        return redirect(filing.url(filing.next_open_step()))
    return _consent_page(procedure)


def _consent_page(procedure: Procedure) -> str:
    language = current_language()
    lookups = [
        {
            "registry": _asked_of(procedure, lookup, language),
            "why": procedure.say(lookup.why, language),
            "ground": lookup.legal_ground,
            "is_connected": lookup.registry in connected(),
            "elements": [getattr(procedure.elements[key].label, language) for key in lookup.elements],
        }
        for lookup in procedure.definition.lookups
    ]
    return render_template(
        "citizen/consent.html",
        procedure=procedure,
        procedure_name=procedure.say(procedure.definition.name, language),
        lookups=lookups,
        back_href=url_for("citizen.procedure", code=procedure.code),
        step_number=1,
        step_count=len(procedure.definition.pages) + 2,
    )


def _asked_of(procedure: Procedure, lookup: Lookup, language: str) -> str:
    """The registry, and about whom it is asked where that is somebody else."""
    name = registry_name(lookup.registry)
    return f"{name}: {getattr(procedure.elements[lookup.about].label, language)}" if lookup.about else name


@blueprint.post("/procedures/<code>/apply")
@logged_in(procedure_level)
@asking_registries
def give_consent(code: str) -> ResponseReturnValue:
    actor = current_actor()
    procedure = current(db(), code)
    if "decline" in request.form:
        draft = open_draft(db(), actor, procedure, language=current_language())
        decline_lookups(draft, procedure, current_profile(db()))
        db().commit()
        return redirect(url_for("citizen.facts", code=code))
    profile = current_profile(db())
    draft = open_draft(db(), actor, procedure, language=current_language())
    consent = agree_to_lookups(db(), actor, draft, procedure, language=current_language())
    db().commit()  # before anything is asked, so that what is asked can name it
    subject = Subject(profile["personal_id"], profile["full_name"], profile["date_of_birth"])
    requester, since = _requester(), time.monotonic()
    asks = asks_for(procedure, subject, requester, reference_of(consent))
    with asked(asks) as replies:
        require_standing(db(), consent)
        draft = open_draft(db(), actor, procedure, language=current_language())
        take_replies(db(), actor, draft, procedure, asks, replies, profile)
        draft_id = draft.id
        db().commit()
    look_further(draft_id, requester, since)
    filing = filing_of(code)
    return redirect(filing.url(filing.next_open_step())) if filing else to_consent(code)


def _requester() -> Requester:
    return Requester("citizen", current_actor().id, client_ip=request.remote_addr or "")


@blueprint.get("/procedures/<code>/apply/whom")
@logged_in(procedure_level)
def whom(code: str) -> ResponseReturnValue:
    filing = filing_of(code)
    if filing is None or filing.draft.draft["consent"] is None or not filing.relatives:
        return to_consent(code)
    return whom_page(filing)


@blueprint.post("/procedures/<code>/apply/whom")
@logged_in(procedure_level)
@asking_registries
def say_whom(code: str) -> ResponseReturnValue:
    filing = filing_of(code)
    if filing is None or filing.draft.draft["consent"] is None:
        return to_consent(code)
    return take_whom(filing, _requester())


@blueprint.get("/procedures/<code>/apply/facts")
@logged_in(procedure_level)
def facts(code: str) -> ResponseReturnValue:
    filing = filing_of(code)
    if filing is None or filing.draft.draft["consent"] is None:
        return to_consent(code)
    return redirect(filing.url("whom")) if filing.is_whom_open else facts_page(filing)


@blueprint.post("/procedures/<code>/apply/facts")
@logged_in(procedure_level)
def confirm_facts(code: str) -> ResponseReturnValue:
    filing = filing_of(code)
    if filing is None or filing.draft.draft["consent"] is None:
        return to_consent(code)
    try:
        answer_facts(db(), filing.draft, filing.procedure, request.form)
    except InvalidInput as wrong:
        return facts_page(filing, request.form, wrong.errors), UNPROCESSABLE
    db().commit()
    return redirect(filing.after("facts"))


@blueprint.get("/procedures/<code>/apply/<page_id>")
@logged_in(procedure_level)
def page(code: str, page_id: str) -> ResponseReturnValue:
    filing = filing_of(code)
    if filing is None or filing.draft.draft["office_code"] is None:
        return to_consent(code)
    return question_page(filing, page_of(filing, page_id))


@blueprint.post("/procedures/<code>/apply/<page_id>")
@logged_in(procedure_level)
def answer(code: str, page_id: str) -> ResponseReturnValue:
    filing = filing_of(code)
    if filing is None or filing.draft.draft["office_code"] is None:
        return to_consent(code)
    return take_page(filing, page_of(filing, page_id))
