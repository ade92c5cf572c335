"""From what a request re-opened to what the page that completes it draws: each with the reason given for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from portal.models import Attachment
from portal.services.catalogue.answers import shown_groups, shown_questions
from portal.services.catalogue.conditions import ALWAYS
from portal.services.catalogue.handling import Component
from portal.services.catalogue.provenance import Answers
from portal.services.dossiers.attachments import reusable_results
from portal.services.dossiers.reopened import Reopened, chosen_for, read_reply
from portal.services.dossiers.supplements import is_end_of_day
from portal.services.vault import uploads
from portal.web.database import db
from portal.web.filing_papers import FILE_FIELD, REUSE_FIELD
from portal.web.filters import write_date, write_moment
from portal.web.groups import drawn_groups
from portal.web.language import current_language
from portal.web.owner_desk import Errors, OwnerDesk
from portal.web.questions import drawn
from portal.web.uploads import attachment_row, component_words


def until_words(until: datetime) -> str:
    """A last moment in words: the day alone where it is the end of that day."""
    return write_date(until) if is_end_of_day(until) else write_moment(until, current_language())


def _answers(open_now: Reopened, form: Any) -> Answers:
    return open_now.answers if form is None else read_reply(open_now, form)[0]


def questions_drawn(open_now: Reopened, form: Any, errors: Errors) -> list[dict[str, Any]]:
    """The fields of the questions that are open now; of those pointed at, the office's reason stands in place of ours."""
    answers = _answers(open_now, form)
    shown = shown_questions(open_now.page.questions, answers, open_now.on)
    fields = drawn(open_now.procedure, shown, answers, current_language(), form=form, errors=errors)
    for field in fields:
        reason = open_now.reason_for(field["name"])
        field.update({"why": reason, "why_label": _("Cơ quan ghi:")} if reason else {})
    return fields


def groups_drawn(open_now: Reopened, form: Any, errors: Errors) -> list[dict[str, Any]]:
    """The repeating groups that are open now, as their macro draws them."""
    answers = _answers(open_now, form)
    shown = tuple(group.model_copy(update={"when": ALWAYS}) for group in shown_groups(open_now.page, answers, open_now.on))
    page = open_now.page.model_copy(update={"groups": shown})
    groups = drawn_groups(open_now.procedure, page, answers, current_language(), form=form, errors=errors)
    for group in groups:
        group["why"] = open_now.reason_for(group["key"]) or group["why"]
    return groups


def components_drawn(desk: OwnerDesk, open_now: Reopened, form: Any, errors: Errors) -> list[dict[str, Any]]:
    """Each paper that is open now: what is to be replaced and why, what was chosen so far, and the field for files."""
    return [
        _component(desk, open_now, component, list(errors.get(f"{FILE_FIELD}{component.id}", [])))
        for component in open_now.components(_answers(open_now, form))
    ]


def _component(desk: OwnerDesk, open_now: Reopened, component: Component, errors: list[str]) -> dict[str, Any]:
    name = open_now.procedure.say(component.name, current_language())
    chosen = chosen_for(db(), open_now, component)
    reused = next((one.reused_document_id for one in chosen if one.reused_document_id), None)
    old = [one for one in open_now.pointed_at if one.component_id == component.id]
    return {
        "id": component.id,
        "name": name,
        "words": component_words(component, is_required=component.is_required),
        "reasons": [_reason(item, old) for item in open_now.items_for(component)],
        "old": [_row(desk, one) for one in old],
        "attached": [_row(desk, one) for one in chosen],
        "is_taken_by_itself": False,
        "reuse_field": f"{REUSE_FIELD}{component.id}",
        "reusable": [
            {
                "value": str(document.id),
                "label": f"{document.title}, {write_date(document.issued_at)}",
                "is_chosen": document.id == reused,
            }
            for document in ([] if desk.actor.assists else reusable_results(db(), open_now.dossier, component))
        ],
        "field": {
            "name": f"{FILE_FIELD}{component.id}",
            "kind": "file",
            "label": _("Tải lên: %(name)s", name=name),
            "accept": uploads.ACCEPTED,
            "multiple": True,
            "errors": [_(message) for message in errors],
        },
    }


def _reason(item: Mapping[str, str], old: list[Attachment]) -> dict[str, str]:
    file = next((one.name for one in old if str(one.id) == item["of"]), "")
    return {"reason": item["reason"], "pages": item["pages"], "file": file}


def _row(desk: OwnerDesk, one: Attachment) -> dict[str, Any]:
    if not desk.attachment_view:
        return {**attachment_row(one), "may_be_opened": False}
    return {
        **attachment_row(one),
        "href": url_for(desk.attachment_view, attachment_id=one.id),
        "preview_href": url_for(f"{desk.attachment_view}_preview", attachment_id=one.id),
    }
