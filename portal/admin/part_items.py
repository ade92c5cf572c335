"""Items of the lists in a draft: added, moved, taken out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.admin import blueprint
from portal.admin.condition_rows import comparison_words
from portal.admin.draft import Opened, opened, place_url
from portal.admin.part_form import blank_part, element_options, questions_of
from portal.admin.part_reading import read_part
from portal.admin.part_shapes import Holder, shape_at, shape_of
from portal.admin.part_words import list_names, section_names
from portal.admin.parts import CONFLICT, UNPROCESSABLE, as_input, heading_of, lines_of, one_step_up, part_of
from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.services.catalogue.faults import BadProcedure
from portal.services.catalogue.places import name_of, seen
from portal.services.errors import GuardRefused, InvalidInput, NotFound
from portal.services.publishing.drafts import add_item, move_item, remove_part, save_part
from portal.web.access import staff
from portal.web.database import db
from portal.web.words import tell

KEY_FIELD = "own_key"
Data = dict[str, Any]


@blueprint.get("/procedures/<code>/draft/add/<path:place>")
@staff(Permission.EDIT_CATALOGUE)
def new_item(code: str, place: str) -> ResponseReturnValue:
    return _new_item_page(opened(code), place)


def _new_item_page(draft: Opened, place: str, trouble: InvalidInput | GuardRefused | None = None) -> str:
    holder = shape_at(place)
    if not isinstance(holder, Holder):
        raise NotFound
    shape = shape_of(holder.model)
    form = request.form if request.method == "POST" else None
    errors = trouble.errors if isinstance(trouble, InvalidInput) else {}
    questions = questions_of(shape, blank_part(shape), draft.procedure, form=form, errors=errors)
    if holder.is_keyed:
        questions.insert(0, _key_question(errors))
    refusal = tell(trouble.message) if isinstance(trouble, GuardRefused) else ""
    name = place.rpartition("/")[2]
    return render_template(
        "admin/part.html",
        code=draft.code,
        name=draft.procedure.definition.name,
        heading=_("Thêm: %(name)s", name=list_names().get(name) or section_names().get(name, name)),
        back_href=place_url(draft.code, place.rpartition("/")[0] or place),
        place=place,
        questions=questions,
        lists=[],
        errors=[*([{"name": "", "text": refusal}] if refusal else []), *lines_of(errors, questions)],
        comparisons=[{"value": value, "label": label} for value, label in comparison_words().items()],
        suggestions=element_options(draft.procedure),
        is_new=True,
        findings=[],
    )


def _key_question(errors: Mapping[str, list[str]]) -> Data:
    return {
        "name": KEY_FIELD, "kind": "text", "label": _("Khóa"), "help": _("Chữ thường không dấu, có dấu chấm. Ví dụ quan.ten"),
        "value": request.form.get(KEY_FIELD, ""), "errors": [tell(one) for one in errors.get(KEY_FIELD, [])], "options": [],
    }  # fmt: skip


@blueprint.post("/procedures/<code>/draft/add/<path:place>")
@staff(Permission.EDIT_CATALOGUE)
def add(code: str, place: str) -> ResponseReturnValue:
    draft, holder = opened(code), shape_at(place)
    if not isinstance(holder, Holder):
        raise NotFound
    if "more" in request.form:
        return _new_item_page(draft, place)
    try:
        item, english = read_part(shape_of(holder.model), request.form, {})
        onward = _add(code, place, holder, item, english)
    except (InvalidInput, BadProcedure) as wrong:
        db().rollback()
        return _new_item_page(opened(code), place, as_input(wrong)), UNPROCESSABLE
    except GuardRefused as refused:
        db().rollback()
        return _new_item_page(opened(code), place, refused), CONFLICT
    db().commit()
    flash(_("Đã thêm vào bản nháp."), "saved")
    return redirect(onward)


def _add(code: str, place: str, holder: Holder, item: Data, english: dict[str, str]) -> str:
    """Add the item; gives where one goes on."""
    if holder.is_keyed:
        key = request.form.get(KEY_FIELD, "").strip()
        own = part_of(opened(code), place)
        if not key or key in own:
            raise InvalidInput({KEY_FIELD: ["Hãy ghi một khóa chưa dùng."]})
        save_part(db(), current_actor(), code, place, {**own, key: item}, mark=seen(own), english=english)
        return place_url(code, place)
    siblings = part_of(opened(code), place)
    if name_of(item, 0) in {name_of(one, number) for number, one in enumerate(siblings, 1)}:
        raise GuardRefused("Trong danh sách đã có mục mang mã này.")
    add_item(db(), current_actor(), code, place, item, english=english)
    return place_url(code, f"{place}/{name_of(item, len(siblings) + 1)}")


@blueprint.post("/procedures/<code>/draft/move/<path:place>")
@staff(Permission.EDIT_CATALOGUE)
def move(code: str, place: str) -> ResponseReturnValue:
    move_item(db(), current_actor(), code, place, -1 if request.form.get("by") == "up" else 1)
    db().commit()
    return redirect(one_step_up(code, place))


@blueprint.get("/procedures/<code>/draft/remove/<path:place>")
@staff(Permission.EDIT_CATALOGUE)
def confirm_removal(code: str, place: str) -> ResponseReturnValue:
    draft = opened(code)
    shown = part_of(draft, place)
    return render_template(
        "admin/remove_part.html", code=code, place=place, mark=seen(shown), heading=heading_of(draft, place, shown),
        back_href=place_url(code, place),
    )  # fmt: skip


@blueprint.post("/procedures/<code>/draft/remove/<path:place>")
@staff(Permission.EDIT_CATALOGUE)
def remove(code: str, place: str) -> ResponseReturnValue:
    try:
        remove_part(db(), current_actor(), code, place, mark=request.form.get("mark", ""))
    except BadProcedure as wrong:
        db().rollback()
        raise GuardRefused("Chưa bỏ được: chỗ khác của thủ tục còn nhắc tới mục này.") from wrong
    db().commit()
    flash(_("Đã bỏ khỏi bản nháp."), "saved")
    return redirect(one_step_up(code, place))
