"""Editing one part of a draft: its form, the lists inside it, adding, moving and taking out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.admin import blueprint
from portal.admin.condition_rows import comparison_words
from portal.admin.draft import Opened, in_words, opened, place_url, section_of
from portal.admin.part_form import element_options, questions_of
from portal.admin.part_reading import read_part
from portal.admin.part_shapes import Holder, Shape, shape_at
from portal.admin.part_words import list_names, section_names
from portal.admin.preview import preview_of
from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.services.catalogue.compare import label_of
from portal.services.catalogue.faults import BadProcedure
from portal.services.catalogue.places import TOGETHER, NoSuchPlace, name_of, part_at, seen
from portal.services.errors import GuardRefused, InvalidInput, NotFound
from portal.services.publishing.check import check_procedure
from portal.services.publishing.drafts import SomebodyElseChanged, save_part
from portal.web.access import staff
from portal.web.database import db
from portal.web.questions import error_lines
from portal.web.words import tell

UNPROCESSABLE, CONFLICT = 422, 409
Data = dict[str, Any]


def part_of(draft: Opened, place: str) -> Any:
    try:
        return part_at(draft.data, place)
    except NoSuchPlace as gone:
        raise NotFound from gone


@blueprint.get("/procedures/<code>/draft/part/<path:place>")
@staff(Permission.EDIT_CATALOGUE)
def part(code: str, place: str) -> ResponseReturnValue:
    draft = opened(code)
    shape, shown = shape_at(place), part_of(draft, place)
    if isinstance(shape, Holder):
        return _page(draft, place, None, {}, [_listed(draft, place, place, shown)])
    return _part_page(draft, place, shape, shown)


def _part_page(draft: Opened, place: str, shape: Shape, shown: Data, trouble: InvalidInput | GuardRefused | None = None) -> str:
    form = request.form if request.method == "POST" else None
    lists = [_listed(draft, f"{place}/{name}", name, shown[name]) for name in shape.lists if name in shown]
    return _page(draft, place, shape, shown, lists, form, trouble)


def _page(
    draft: Opened, place: str, shape: Shape | None, shown: Data, lists: list[Data], form: Mapping[str, str] | None = None,
    trouble: InvalidInput | GuardRefused | None = None,
) -> str:  # fmt: skip
    errors = trouble.errors if isinstance(trouble, InvalidInput) else {}
    questions = questions_of(shape, shown, draft.procedure, form=form, errors=errors) if shape else []
    section = place if place in TOGETHER else place.partition("/")[0]
    refusal = tell(trouble.message) if isinstance(trouble, GuardRefused) else ""
    return render_template(
        "admin/part.html",
        code=draft.code,
        name=draft.procedure.definition.name,
        heading=heading_of(draft, place, shown),
        back_href=one_step_up(draft.code, place),
        place=place,
        mark=seen(shown),
        questions=questions,
        lists=lists,
        errors=[*([{"name": "", "text": refusal}] if refusal else []), *lines_of(errors, questions)],
        is_stale=isinstance(trouble, SomebodyElseChanged),
        theirs=_their_words(draft, shape, trouble),
        comparisons=[{"value": value, "label": label} for value, label in comparison_words().items()],
        suggestions=element_options(draft.procedure),
        is_item="/" in place,
        is_waiting=draft.row.waiting_hash is not None,
        findings=[in_words(one) for one in check_procedure(db(), draft.procedure) if section_of(one) == section],
        preview=preview_of(draft.procedure, place),
    )


def lines_of(errors: Mapping[str, list[str]], questions: list[Data]) -> list[dict[str, str]]:
    known = {question["name"] for question in questions}
    lines = error_lines({name: [tell(one) for one in said] for name, said in errors.items()}, questions)
    return [line if line["name"] in known else {**line, "name": "", "text": f"{line['name']}: {line['text']}"} for line in lines]


def _their_words(draft: Opened, shape: Shape | None, trouble: Exception | None) -> list[Data]:
    """What the other administrator saved meanwhile, field by field."""
    if shape is None or not isinstance(trouble, SomebodyElseChanged) or trouble.theirs is None:
        return []
    return [
        {"label": question["label"], "value": question.get("in_words") or str(question.get("value") or "–")}
        for question in questions_of(shape, trouble.theirs, draft.procedure)
    ]


def heading_of(draft: Opened, place: str, shown: Any) -> str:
    first, _slash, rest = place.partition("/")
    section = section_names().get(first, first)
    if not rest:
        return section
    return f"{section}: {_words_of(draft, shown) or rest}"


def one_step_up(code: str, place: str) -> str:
    """One step up: from an item to the part that holds its list, from a part to the draft."""
    steps = place.split("/")
    if len(steps) == 1:
        return url_for("admin.draft", code=code)
    return place_url(code, "/".join(steps[:-1] if len(steps) == 2 else steps[:-2]))


def _listed(draft: Opened, place: str, name: str, items: Any) -> Data:
    pairs = list(items.items()) if isinstance(items, dict) else [(name_of(item, n), item) for n, item in enumerate(items, 1)]
    return {
        "name": list_names().get(name) or section_names().get(name, name),
        "place": place,
        "add_href": url_for("admin.new_item", code=draft.code, place=place),
        "is_ordered": isinstance(items, list),
        "rows": [
            {
                "name": _words_of(draft, item) or key,
                "key": key,
                "place": f"{place}/{key}",
                "href": place_url(draft.code, f"{place}/{key}"),
            }
            for key, item in pairs
        ],
    }


def _words_of(draft: Opened, item: Data) -> str:
    """How an item is called in a list of them."""
    if item.get("element"):
        return item.get("label") or label_of(draft.procedure, item["element"])
    for key in ("title", "name", "label", "purpose", "message", "term", "fact"):
        value = item.get(key)
        if value:
            return str(value["vi"] if isinstance(value, dict) else value)
    return ""


@blueprint.post("/procedures/<code>/draft/part/<path:place>")
@staff(Permission.EDIT_CATALOGUE)
def save(code: str, place: str) -> ResponseReturnValue:
    draft = opened(code)
    shape, shown = shape_at(place), part_of(draft, place)
    if isinstance(shape, Holder):
        raise NotFound
    if "more" in request.form:
        return _part_page(draft, place, shape, shown)
    try:
        typed, english = read_part(shape, request.form, shown)
        save_part(db(), current_actor(), code, place, typed, mark=request.form.get("mark", ""), english=english)
    except (InvalidInput, BadProcedure) as wrong:
        db().rollback()
        return _part_page(opened(code), place, shape, shown, as_input(wrong)), UNPROCESSABLE
    except GuardRefused as refused:
        db().rollback()
        return _part_page(opened(code), place, shape, _now(code, place, shown), refused), CONFLICT
    db().commit()
    flash(_("Đã lưu vào bản nháp."), "saved")
    return redirect(place_url(code, _renamed(place, typed)))


def _now(code: str, place: str, shown: Data) -> Data:
    try:
        now: Data = part_at(opened(code).data, place)
    except NoSuchPlace:
        return shown
    return now


def _renamed(place: str, part: Data) -> str:
    """Where the part stands after it was saved: an item is called by what it says now."""
    above, slash, last = place.rpartition("/")
    is_named = slash and not last.isdigit()
    return f"{above}/{name_of(part, 0)}" if is_named and not above.startswith("elements") and above != "elements" else place


def as_input(wrong: InvalidInput | BadProcedure) -> InvalidInput:
    """The faults of a whole file, each at the field of this part that it speaks of."""
    if isinstance(wrong, InvalidInput):
        return wrong
    errors: dict[str, list[str]] = {}
    for fault in wrong.faults:
        errors.setdefault(fault.where.rpartition(".")[2].partition("[")[0] or "file", []).append(fault.what)
    return InvalidInput(errors)
