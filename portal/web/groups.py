"""From the repeating groups of a page to what their macro draws: item by item, facts and questions apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from portal.services.catalogue.answers import shown_groups, values_of
from portal.services.catalogue.conditions import elements_of
from portal.services.catalogue.form import Group, Page
from portal.services.catalogue.groups import (
    COUNT,
    INCLUDED,
    INDEX,
    box_name,
    form_with_one_more,
    form_without,
    is_settled_in,
    item_element,
    item_questions,
    items_so_far,
    posted_count,
)
from portal.services.catalogue.provenance import Answers, Item
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.showing import show
from portal.web.questions import drawn, fact_rows

ADD, REMOVE, SHOW = "add", "remove", "show"
Form = Mapping[str, Any]
Errors = Mapping[str, list[str]]


def drawn_groups(
    procedure: Procedure, page: Page, answers: Answers, language: str, *, form: Form | None = None, errors: Errors | None = None
) -> list[dict[str, Any]]:
    """The groups of a page, each with its items as they stand or were just typed."""
    return [_group(procedure, group, answers, language, form, errors or {}) for group in shown_groups(page, answers)]


def _group(
    procedure: Procedure, group: Group, answers: Answers, language: str, form: Form | None, errors: Errors
) -> dict[str, Any]:
    items = items_so_far(group, answers)
    least = max(group.minimum, 1) if not any(item["is_seeded"] for item in items) else 0
    count = posted_count(group, form, len(items)) if form is not None else max(len(items), least)
    blank: Item = {"answers": {}, "is_seeded": False, "is_included": True}
    shown = [items[index] if index < len(items) else blank for index in range(count)]
    return {
        "key": group.key,
        "title": procedure.say(group.title, language),
        "why": procedure.say(group.why, language),
        "errors": [_(message) for message in errors.get(group.key, [])],
        "count_name": f"{group.key}.{COUNT}",
        "count": count,
        "can_add": count < group.maximum,
        "entries": [_item(procedure, group, index, item, answers, language, form, errors) for index, item in enumerate(shown)],
    }


def _item(
    procedure: Procedure, group: Group, index: int, item: Item, answers: Answers, language: str, form: Form | None, errors: Errors
) -> dict[str, Any]:
    included_name = box_name(group, index, INCLUDED)
    settled = [key for key in item["answers"] if is_settled_in(item, key)]
    asked = [one for one in item_questions(group, item, values_of(answers)) if one.element not in settled]
    boxes = {one.element: item_element(group, index, procedure.elements[one.element]) for one in asked}
    renamed = procedure.model_copy(update={"elements": {box.key: box for box in boxes.values()}})
    questions = [one.model_copy(update={"element": boxes[one.element].key}) for one in asked]
    typed = {boxes[key].key: answer for key, answer in item["answers"].items() if key in boxes}
    return {
        "title": f"{procedure.say(group.item_title, language)} {index + 1}",
        "is_seeded": item["is_seeded"],
        "included_name": included_name,
        "is_included": form.get(included_name) == "yes" if form is not None else item["is_included"],
        "facts": fact_rows(procedure, item["answers"], language, settled),
        "questions": drawn(renamed, questions, typed, language, form=form, errors=errors),
        "remove_value": f"{group.key}/{index}",
    }


def shown_by(page: Page) -> list[str]:
    """The questions of the page whose answers decide which others are asked on it."""
    inside = [question for group in page.groups for question in group.questions]
    conditions = [one.when for one in (*page.questions, *inside)] + [group.when for group in page.groups]
    named = {element for condition in conditions for element in elements_of(condition)}
    return [question.element for question in page.questions if question.element in named]


def pressed(page: Page, answers: Answers, form: Form) -> Form | None:
    """The form after "one more" or "take out" was pressed, or as it stands where the browser asks what it calls for; None
    where it was none of them.
    """
    if SHOW in form:
        return form
    for group in page.groups:
        count = posted_count(group, form, len(items_so_far(group, answers)))
        if form.get(ADD) == group.key:
            return form_with_one_more(group, form, count)
        key, _slash, index = str(form.get(REMOVE, "")).partition("/")
        if key == group.key and INDEX.fullmatch(index) and int(index) < count:
            return form_without(group, form, count, int(index))
    return None


def group_rows(
    procedure: Procedure, groups: Iterable[Group], answers: Answers, language: str, change_href: str | None = None
) -> list[dict[str, Any]]:
    """What the groups say, one row an included item, in words."""
    return [
        {
            "label": f"{procedure.say(group.item_title, language)} {number}",
            "value": _in_words(procedure, item, language),
            "element": group.key,
            "change_href": change_href,
        }
        for group in groups
        for number, item in enumerate(_included(answers, group), 1)
    ]


def _in_words(procedure: Procedure, item: Item, language: str) -> str:
    return ", ".join(show(procedure.elements[key], answer["value"], language) for key, answer in item["answers"].items())


def _included(answers: Answers, group: Group) -> list[Item]:
    return [item for item in answers.get(group.key, {}).get("value") or [] if item["is_included"]]
