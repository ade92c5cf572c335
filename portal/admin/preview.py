"""A draft as a citizen and as a clerk would see it, with nothing that can be sent."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from jinja2 import TemplateError

from portal.admin import blueprint
from portal.admin.draft import asked_width, only_if, opened
from portal.auth.permissions import Permission
from portal.services.catalogue.conditions import ALWAYS
from portal.services.catalogue.form import Page
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.schema import Procedure
from portal.services.publishing.sample import sample_body
from portal.web.access import staff
from portal.web.groups import drawn_groups
from portal.web.language import current_language
from portal.web.questions import drawn, registry_name

SEATS = ("citizen", "clerk", "result")


def preview_of(procedure: Procedure, place: str) -> dict[str, Any] | None:
    """What stands beside the editor of a place: the page under the pen, or the result; nothing for other parts."""
    steps = place.split("/")
    if steps[0] == "pages" and len(steps) > 1:
        page = next((one for one in procedure.definition.pages if one.id == steps[1]), None)
        return {"pages": [_page(procedure, page)], "seat": "citizen"} if page else None
    return {"result": _result(procedure), "seat": "result"} if steps[0] == "result" else None


def _page(procedure: Procedure, page: Page) -> dict[str, Any]:
    """A page with everything that it may ask, whatever the conditions say."""
    language = current_language()
    nothing: Answers = {}
    always = page.model_copy(update={"groups": tuple(group.model_copy(update={"when": ALWAYS}) for group in page.groups)})
    return {
        "title": procedure.say(page.title, language),
        "introduction": procedure.say(page.introduction, language),
        "questions": drawn(procedure, page.questions, nothing, language),
        "groups": drawn_groups(procedure, always, nothing, language),
    }


def _result(procedure: Procedure) -> dict[str, str]:
    """The result's words with each field's label in its place, or why the template cannot be used."""
    try:
        return {"html": sample_body(procedure), "fault": ""}
    except TemplateError as wrong:
        return {"html": "", "fault": str(wrong)}


@blueprint.get("/procedures/<code>/draft/preview")
@staff(Permission.EDIT_CATALOGUE)
def preview(code: str) -> ResponseReturnValue:
    procedure = opened(code).procedure
    seat = only_if(request.args.get("as", ""), SEATS)
    language = current_language()
    return render_template(
        "admin/preview.html",
        code=code,
        name=procedure.say(procedure.definition.name, language),
        seat=seat,
        width=asked_width(),
        pages=[_page(procedure, page) for page in procedure.definition.pages],
        facts=[
            {
                "registry": registry_name(lookup.registry),
                "labels": [getattr(procedure.elements[key].label, language) for key in lookup.elements],
            }
            for lookup in procedure.definition.lookups
        ],
        appraisal=drawn(procedure, procedure.definition.appraisal.questions, {}, language),
        components=[procedure.say(component.name, language) for component in procedure.definition.components],
        process=procedure.definition.process,
        result=_result(procedure),
    )
