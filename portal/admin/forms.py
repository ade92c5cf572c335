"""What the desk's forms share: their questions, what was typed, and one way to try a change and to answer for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.services.errors import EditedMeanwhile, GuardRefused, InvalidInput
from portal.web.database import db
from portal.web.questions import error_lines
from portal.web.words import tell

CONFLICT, UNPROCESSABLE = 409, 422
Question = dict[str, Any]
Errors = Mapping[str, list[str]]


@dataclass(frozen=True)
class Trouble:
    """What stood against the last try: errors at fields, a refusal of the whole, or somebody quicker."""

    errors: Errors = field(default_factory=dict)
    refusal: str = ""
    is_stale: bool = False


NONE = Trouble()
DrawPage = Callable[[Trouble], str]


def version() -> int:
    """The version of the row that the page was drawn from; a form without one is as stale as can be."""
    text = request.form.get("version", "")
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else -1


def typed_day(name: str) -> str:
    """The three boxes of a date as ISO text; empty where all of them are."""
    year, month, day = (request.form.get(f"{name}.{part}", "").strip() for part in ("year", "month", "day"))
    return f"{year:0>4}-{month:0>2}-{day:0>2}" if year or month or day else ""


def typed(*days: str) -> dict[str, str]:
    """What was typed, each of the days as one ISO text beside its boxes."""
    return {**request.form.to_dict(), **{name: typed_day(name) for name in days}}


def attempt(act: Callable[[], object], draw: DrawPage, onward: Callable[[], str], done: Callable[[], str]) -> ResponseReturnValue:
    """Try a change: commit it and go on, or show the same form again with everything that was typed."""
    try:
        act()
    except InvalidInput as wrong:
        db().rollback()
        return draw(Trouble(errors=wrong.errors)), UNPROCESSABLE
    except GuardRefused as refused:
        db().rollback()
        return draw(Trouble(refusal=refused.message)), CONFLICT
    except EditedMeanwhile:
        db().rollback()
        return draw(Trouble(is_stale=True)), CONFLICT
    words, address = done(), onward()
    db().commit()
    flash(words, "saved")
    return redirect(address)


def question(name: str, kind: str, label: str, **more: Any) -> Question:
    """One question of a form."""
    return {"name": name, "kind": kind, "label": label, "value": "", "errors": [], **more}


def option(value: str, label: str) -> dict[str, str]:
    """One answer to choose."""
    return {"value": value, "label": label}


def form_page(
    template: str, questions: Iterable[Question], now: Mapping[str, str], form: Mapping[str, str], trouble: Trouble, **around: Any
) -> str:
    """A page with one form: `now` is what is kept, `form` what was typed; where both differ after a stale save, both show."""
    drawn = [_drawn(one, now, form, trouble) for one in questions]
    labels: list[Mapping[str, Any] | None] = [*drawn]
    lines = error_lines({name: [tell(one) for one in messages] for name, messages in trouble.errors.items()}, labels)
    known = {one["name"] for one in drawn}
    if trouble.refusal:
        lines.insert(0, {"name": "", "text": tell(trouble.refusal)})
    errors = [line if line["name"] in known else {**line, "name": ""} for line in lines]
    return render_template(template, questions=drawn, errors=errors, is_stale=trouble.is_stale, **around)


def _drawn(one: Question, now: Mapping[str, str], form: Mapping[str, str], trouble: Trouble) -> Question:
    name = one["name"]
    kept = now.get(name, "")
    value = _value(one, form) if form else kept
    drawn = {**one, "value": value, "errors": [tell(message) for message in trouble.errors.get(name, [])]}
    if trouble.is_stale and _as_text(value) != kept:
        drawn["why"] = _("Người khác vừa lưu: «%(value)s». Trong ô dưới là điều ông/bà ghi.", value=_shown(one, kept) or "–")
        drawn["why_label"] = _("Hai người cùng sửa:")
    return drawn


def _value(one: Question, form: Mapping[str, str]) -> Any:
    if one["kind"] != "date":
        return form.get(one["name"], "").replace("\r\n", "\n")
    return {part: form.get(f"{one['name']}.{part}", "") for part in ("day", "month", "year")}


def _as_text(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    return f"{value['year']:0>4}-{value['month']:0>2}-{value['day']:0>2}" if any(value.values()) else ""


def _shown(one: Question, kept: str) -> str:
    if one["kind"] == "date" and kept:
        return f"{date.fromisoformat(kept):%d/%m/%Y}"
    return next((choice["label"] for choice in one.get("options", []) if choice["value"] == kept), kept)
