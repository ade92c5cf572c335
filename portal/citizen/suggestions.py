"""What the state suggests of itself: agreed to once, taken up or refused one by one, ended at any time."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.session import current_actor
from portal.citizen import blueprint
from portal.models import Suggestion
from portal.services.catalogue.dictionary import dictionary
from portal.services.catalogue.showing import show
from portal.services.dossiers.suggestions import (
    agree_to_suggestions,
    agreement_of,
    decide_suggestion,
    end_suggestions,
    keep_suggestions,
    open_suggestions,
    rules,
    suggestion_asks,
    working_rules,
)
from portal.services.registries.exchange import Outcome, Requester
from portal.web.access import logged_in
from portal.web.database import db
from portal.web.language import current_language
from portal.web.limits import asking_registries
from portal.web.lookups import asked
from portal.web.questions import registry_name

LEVEL = 2


@blueprint.get("/my/suggestions")
@logged_in(LEVEL)
def suggestions() -> ResponseReturnValue:
    actor, language = current_actor(), current_language()
    agreement = agreement_of(db(), actor)
    return render_template(
        "citizen/suggestions.html",
        agreed=agreement,
        rows=[_row(one) for one in open_suggestions(db(), actor)] if agreement else [],
        looked_at=[
            {
                "title": getattr(rule.title, language),
                "registries": sorted({registry_name(str(one.registry)) for one in _sources(rule.elements)}),
                "elements": [getattr(dictionary()[key].label, language) for key in rule.elements],
                "ground": rule.legal_ground,
            }
            for rule, _procedure in working_rules(db())
        ],
    )


def _sources(elements: tuple[str, ...]) -> list[Any]:
    return [source for key in elements if (source := dictionary()[key].source)]


def _row(found: Suggestion) -> dict[str, Any]:
    rule, language = rules()[found.rule], current_language()
    return {
        "id": found.id,
        "title": getattr(rule.title, language),
        "text": getattr(rule.text, language),
        "facts": [
            {"label": getattr(dictionary()[key].label, language), "value": show(dictionary()[key], found.facts[key], language)}
            for key in rule.shows
            if key in found.facts
        ],
        "sources": sorted({registry_name(str(one.registry)) for one in _sources(rule.elements)}),
        "found_at": found.found_at,
    }


@blueprint.post("/my/suggestions")
@logged_in(LEVEL)
@asking_registries
def look_ahead() -> ResponseReturnValue:
    """Agree, if that was not done before, and ask the registries now."""
    if "end" in request.form:
        return _end()
    actor = current_actor()
    agreement = agree_to_suggestions(db(), actor)
    agreement_id = agreement.id
    asks = suggestion_asks(db(), agreement, Requester("citizen", actor.id, client_ip=request.remote_addr or ""))
    db().commit()  # before anything is asked, so that what is asked can name it
    with asked(asks) as replies:
        keep_suggestions(db(), actor, agreement_id, asks, replies)
        db().commit()
    silent = {registry_name(one.registry) for one in replies.values() if one.outcome is Outcome.UNAVAILABLE}
    if silent:
        flash(_("%(names)s chưa trả lời. Cổng sẽ tự hỏi lại.", names=", ".join(sorted(silent))), "warning")
    return redirect(url_for("citizen.suggestions"))


def _end() -> ResponseReturnValue:
    end_suggestions(db(), current_actor())
    db().commit()
    flash(_("Cổng không xem trước giúp ông/bà nữa. Các gợi ý đã được xóa."), "saved")
    return redirect(url_for("citizen.suggestions"))


@blueprint.post("/my/suggestions/<uuid:suggestion_id>")
@logged_in(LEVEL)
def decide(suggestion_id: uuid.UUID) -> ResponseReturnValue:
    is_taken = "refuse" not in request.form
    rule = decide_suggestion(db(), current_actor(), suggestion_id, is_taken=is_taken)
    db().commit()
    if is_taken:
        return redirect(url_for("citizen.consent", code=rule.procedure))
    flash(_("Cổng không nhắc việc này nữa, trừ khi dữ liệu thay đổi."), "saved")
    return redirect(url_for("citizen.suggestions"))
