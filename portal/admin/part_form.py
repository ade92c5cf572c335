"""The form of one part of a procedure, drawn from its shape; `part_reading.py` reads back what was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

from portal.admin.condition_rows import SPARE_ROWS, in_words, rows_of, typed_rows
from portal.admin.part_shapes import Field, Shape, shape_of
from portal.admin.part_words import field_words, value_words
from portal.services.catalogue.dictionary import dictionary
from portal.services.catalogue.elements import Element
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.texts import TRANSLATED
from portal.web.questions import registry_name
from portal.web.words import tell

Data = dict[str, Any]
Form = Mapping[str, str]
ENGLISH = "@en"
LONG = frozenset({"introduction", "outcome", "who", "declaration", "note", "partial_reason", "paper_rule", "why", "description"})
OF_ELEMENTS = frozenset(
    {"element", "by_address", "subject_element", "delivery_element", "copies_element", "counted_by", "earlier", "later"}
)
LANGUAGES = ("vi", "en")


def questions_of(
    shape: Shape,
    part: Data,
    procedure: Procedure,
    *,
    form: Form | None = None,
    errors: Mapping[str, list[str]] | None = None,
    prefix: str = "",
) -> list[Data]:
    """The questions of a part, with what it says now or what was just typed."""  # fmt: skip
    drawn: list[Data] = []
    for field in shape.fields:
        name = prefix + field.name
        if field.kind == "part" and field.model:
            inner = part.get(field.name) or {}
            drawn += questions_of(shape_of(field.model), inner, procedure, form=form, errors=errors, prefix=f"{name}.")
            continue
        told = [tell(message) for message in (errors or {}).get(name, [])]
        drawn.append({**_question(field, name, part, procedure, form), "errors": told})
        if is_translated(shape, field):
            drawn.append(_english_question(field, name, part, procedure, form))
    return drawn


def _question(field: Field, name: str, part: Data, procedure: Procedure, form: Form | None) -> Data:
    label, help_text = field_words().get(field.name, (field.name, ""))
    drawn = {"name": name, "label": label, "help": help_text, "optional": False, "options": [], "kind": _drawn_as(field)}
    if field.kind == "condition":
        return {**drawn, **_condition(name, part.get(field.name) or {"always": True}, procedure, form)}
    if field.kind == "choice":
        drawn["options"] = [{"value": value, "label": _value_name(value)} for value in field.values]
    elif field.kind == "several":
        drawn["options"] = _several_options(field, procedure, part)
    elif field.kind == "yes":
        drawn["options"] = [{"value": "yes", "label": label}]
    elif field.name in OF_ELEMENTS:
        drawn["suggestions"] = element_options(procedure)
    drawn["value"] = _typed(field, name, form) if form is not None else _kept(field, part.get(field.name))
    drawn["rows"] = 16 if field.name == "template" else 4
    return drawn


def _drawn_as(field: Field) -> str:
    if field.kind in ("lines", "pairs", "options", "text2") or field.name in LONG or field.name == "template":
        return "textarea"
    drawn = {"choice": "radios" if len(field.values) <= 4 else "select", "several": "checkboxes", "yes": "checkboxes"}
    return {**drawn, "number": "integer", "date": "date", "condition": "condition"}.get(field.kind, "text")


def _value_name(value: str) -> str:
    return value_words().get(value) or (_("Không") if not value else registry_name(value))


def _elements(procedure: Procedure) -> dict[str, Element]:
    """Every element that the procedure could name: the dictionary's and its own."""
    return {**dictionary(), **procedure.elements}


def element_options(procedure: Procedure) -> list[Data]:
    """Every element and group that a part may name, by its label."""
    from_groups = [(group.key, group.title) for page in procedure.definition.pages for group in page.groups]
    known = [(key, element.label.vi) for key, element in sorted(_elements(procedure).items())]
    return [{"value": key, "label": label} for key, label in (*from_groups, *known)]


def _several_options(field: Field, procedure: Procedure, part: Data) -> list[Data]:
    definition = procedure.definition
    if field.name == "cases":
        return [{"value": case.id, "label": case.name} for case in definition.cases]
    if field.name == "payer_classes":
        return [{"value": payer.id, "label": payer.name} for payer in definition.payer_classes]
    if field.name == "elements":
        chosen = set(part.get("elements") or [])
        offered = {key: one for key, one in sorted(_elements(procedure).items()) if key in chosen or _may_beticked(one, part)}
        return [{"value": key, "label": f"{element.label.vi} ({key})"} for key, element in offered.items()]
    return [{"value": value, "label": _value_name(value)} for value in field.values]


def _may_beticked(element: Element, part: Data) -> bool:
    return element.source is not None and part.get("registry") in (None, "", element.source.registry)


def _kept(field: Field, value: Any) -> Any:
    """What a part says, as the boxes of its field show it."""
    if value is None:
        return [] if field.kind in ("several", "yes") else ""
    shown: dict[str, Callable[[Any], Any]] = {
        "lines": "\n".join,
        "pairs": lambda pairs: "\n".join(f"{key}: {one}" for key, one in pairs.items()),
        "options": lambda options: "\n".join(map(_option_line, options)),
        "text2": lambda text: f"{text['vi']}\n{text['en']}",
        "several": lambda values: [str(one) for one in values],
        "yes": lambda said: ["yes"] if said else [],
    }
    return shown[field.kind](value) if field.kind in shown else str(value) if field.kind == "choice" else value


def _option_line(option: Data) -> str:
    return " | ".join([option["value"], option["label"]["vi"], option["label"]["en"]])


def _typed(field: Field, name: str, form: Form) -> Any:
    if field.kind == "date":
        return {box: form.get(f"{name}.{box}", "") for box in ("day", "month", "year")}
    if field.kind in ("several", "yes"):
        return ticked(form, name)
    return form.get(name, "")


def ticked(form: Form, name: str) -> list[str]:
    """The values of the boxes that are ticked."""
    listed = form.getlist(name) if hasattr(form, "getlist") else form.get(name, [])
    return [listed] if isinstance(listed, str) else list(listed)


def _condition(name: str, condition: Data, procedure: Procedure, form: Form | None) -> Data:
    shown = rows_of(condition)
    is_typed = form is not None and f"{name}.rows" in form
    rows = typed_rows(name, form) if is_typed and form else shown[1] if shown else []
    blank = {"element": "", "comparison": "equals", "value": ""}
    return {
        "joined": (form.get(f"{name}.joined", "all") if is_typed and form else shown[0] if shown else "all"),
        "conditions": None if shown is None else [*[row for row in rows if row["element"]], *[blank] * SPARE_ROWS],
        "in_words": in_words(condition, {one["value"]: one["label"] for one in element_options(procedure)}),
        "suggestions": element_options(procedure),
        "answers": [
            {"value": option.value, "label": f"{element.label.vi}: {option.label.vi}"}
            for element in procedure.elements.values() for option in element.options
        ],
    }  # fmt: skip


def is_translated(shape: Shape, field: Field) -> bool:
    """Whether a citizen reads the field, so that its English stands beside it."""
    return field.kind in ("text", "lines") and field.name in TRANSLATED.get(shape.model.__name__, ())


def _english_question(field: Field, name: str, part: Data, procedure: Procedure, form: Form | None) -> Data:
    value = part.get(field.name) or ""
    english = procedure.definition.english
    kept = "\n".join(english.get(line, "") for line in value) if isinstance(value, list) else english.get(value, "")
    label, _help = field_words().get(field.name, (field.name, ""))
    return {
        "name": name + ENGLISH,
        "label": _("%(label)s, bằng tiếng Anh", label=label),
        "kind": "textarea" if field.kind == "lines" or field.name in LONG else "text",
        "help": "", "options": [], "errors": [], "lang": "en",
        "value": form.get(name + ENGLISH, "") if form is not None else kept,
    }  # fmt: skip


def blank_part(shape: Shape) -> Data:
    """A new part before anything is typed: what the schema leaves to default."""
    return {
        name: info.get_default(call_default_factory=True)
        for name, info in shape.model.model_fields.items()
        if not info.is_required() and isinstance(info.get_default(call_default_factory=True), str | int | bool)
    }
