"""Finding a procedure and reading what it asks, gives, costs and promises."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.citizen import blueprint
from portal.services.catalogue.fees import total_vnd
from portal.services.catalogue.reckoning import fee_of_case
from portal.services.catalogue.search import search
from portal.services.catalogue.versions import Entry, current, entries
from portal.services.dossiers.calendar import promise_for
from portal.services.dossiers.offices import offices_for
from portal.web.access import public
from portal.web.database import db
from portal.web.language import current_language
from portal.web.questions import registry_name

LANGUAGES = ("vi", "en")  # the order of an entry's words


def _tile(entry: Entry) -> dict[str, str]:
    language = LANGUAGES.index(current_language())
    return {"label": entry.name[language], "text": entry.field[language], "href": f"/procedures/{entry.code}"}


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    return render_template("citizen/home.html", tiles=[_tile(entry) for entry in entries(db())])


@blueprint.get("/procedures")
@public
def procedures() -> ResponseReturnValue:
    wanted = request.args.get("q", "")[:200]
    found = search(entries(db()), wanted)
    return render_template("citizen/procedures.html", tiles=[_tile(entry) for entry in found], wanted=wanted)


@blueprint.get("/procedures/<code>")
@public
def procedure(code: str) -> ResponseReturnValue:
    found = current(db(), code)
    definition = found.definition
    language = current_language()
    offices = offices_for(db(), found)
    province = offices[0].province_code if offices else ""
    lines = fee_of_case(found, "", channel="online", province_code=province, on=clock.today())
    promise = promise_for(db(), found, "online", clock.now())
    return render_template(
        "citizen/procedure.html",
        procedure=found,
        definition=definition,
        say=lambda text: found.say(text, language),
        fee_lines=lines,
        fee_total_vnd=total_vnd(lines),
        term=definition.terms[0].term,
        promised_at=promise.promised_at,
        offices=[office.name_en if language == "en" else office.name for office in offices],
        registries=[registry_name(lookup.registry) for lookup in definition.lookups],
        pages=len(definition.pages),
    )
