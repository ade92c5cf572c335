"""Taking away everything that the portal holds on me: as a file for machines, or as a paper to read."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.auth.session import current_actor
from portal.citizen import blueprint
from portal.citizen.my_consents import consent_row
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.access_log import Whose, looks_at
from portal.services.dossiers.consents import consents_of
from portal.services.dossiers.own_data import own_data
from portal.services.dossiers.queries import latest_answers, owned_dossiers
from portal.services.notices.messages import headline
from portal.services.results.draw_apart import draw_apart
from portal.services.results.template import paper_html
from portal.web.access import logged_in
from portal.web.database import close_session, db
from portal.web.documents import pdf_response
from portal.web.filed import filed_words
from portal.web.filters import write_moment
from portal.web.language import current_language
from portal.web.limits import downloading
from portal.web.looks import look_row
from portal.web.words import state_name

CERTAIN = 2  # the level of assurance that it takes to carry everything away
PAPER = "paper"
MOST_ON_PAPER = 20


@blueprint.get("/my/data/download")
@logged_in(CERTAIN)
def download() -> ResponseReturnValue:
    return render_template("citizen/download.html", most=MOST_ON_PAPER)


@blueprint.post("/my/data/download")
@logged_in(CERTAIN)
@downloading
def take_away() -> ResponseReturnValue:
    day = clock.today().isoformat()
    if request.form.get("as") == PAPER:
        html = paper_html("my_data", _on_paper(), "")
        close_session()  # no connection is held while the paper is drawn
        return pdf_response(draw_apart(html, title="Dữ liệu của tôi"), f"my-data-{day}.pdf")
    content = json.dumps(own_data(db(), current_actor()), ensure_ascii=False, indent=1)
    response = Response(content, mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="my-data-{day}.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _on_paper() -> dict[str, Any]:
    """What the paper says: the newest of each kind in words; the file for machines has them all."""
    actor, language = current_actor(), current_language()
    content = own_data(db(), actor)
    return {
        "verification_code": "",
        "language": language,
        "made_at": write_moment(content["made_at"], language),
        "profile": content["profile"],
        "dossiers": [_dossier_words(one) for one in owned_dossiers(db(), actor)[:MOST_ON_PAPER]],
        "notices": [{**one, "words": headline(one["what"], language)} for one in content["notices"][-MOST_ON_PAPER:]],
        "looks": [look_row(one) for one in looks_at(db(), actor, Whose.ALL)[:MOST_ON_PAPER]],
        "consents": [consent_row(one) for one in consents_of(db(), actor)[:MOST_ON_PAPER]],
        "questions": content["questions"][:MOST_ON_PAPER],
        "write_moment": lambda value: write_moment(value, language),
    }


def _dossier_words(dossier: Any) -> dict[str, Any]:
    procedure: Procedure = by_hash(db(), dossier.version_hash)
    answers = dossier.draft["answers"] if dossier.draft is not None else latest_answers(db(), dossier).content
    said = filed_words(procedure, answers, current_language())
    return {
        "code": dossier.code or "",
        "procedure": procedure.say(procedure.definition.name, current_language()),
        "state": state_name(dossier.state),
        "submitted_at": dossier.submitted_at,
        "facts": said["facts"],
        "asked": [*said["unverified"], *said["asked"]],
    }
