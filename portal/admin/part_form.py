"""The form of one part of a procedure: its questions drawn from the shape, and the part read back from what was typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

from portal.admin.condition_rows import SPARE_ROWS, condition_of, in_words, rows_of, typed_rows
from portal.admin.part_shapes import Field, Shape, shape_of
from portal.admin.part_words import field_words, value_words
from portal.services.catalogue.dictionary import dictionary
from portal.services.catalogue.elements import Element
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.texts import TRANSLATED
from portal.services.errors import InvalidInput
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
        if _is_translated(shape, field):
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
        offered = {key: one for key, one in sorted(_elements(procedure).items()) if key in chosen or _may_be_ticked(one, part)}
        return [{"value": key, "label": f"{element.label.vi} ({key})"} for key, element in offered.items()]
    return [{"value": value, "label": _value_name(value)} for value in field.values]


def _may_be_ticked(element: Element, part: Data) -> bool:
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
        return _ticked(form, name)
    return form.get(name, "")


def _ticked(form: Form, name: str) -> list[str]:
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


def _is_translated(shape: Shape, field: Field) -> bool:
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


def read_part(shape: Shape, form: Form, kept: Data, prefix: str = "") -> tuple[Data, dict[str, str]]:
    """The part as typed, over what is kept of it (its inner lists stay), and the English of its texts.

    Raises:
        InvalidInput: with messages by field; nothing is taken.
    """
    part: Data = dict(kept)
    english: dict[str, str] = {}
    errors: dict[str, list[str]] = {}
    for field in shape.fields:
        name = prefix + field.name
        try:
            if field.kind == "part" and field.model:
                part[field.name], inner_english = _read_inner(field, form, kept.get(field.name), name)
                english |= inner_english
            else:
                part[field.name] = _read(field, name, form, kept)
        except (ValueError, InvalidInput) as wrong:
            errors |= wrong.errors if isinstance(wrong, InvalidInput) else {name: [str(wrong)]}
            continue
        if _is_translated(shape, field):
            english |= _english_of(part[field.name], form.get(name + ENGLISH, ""))
    if errors:
        raise InvalidInput(errors)
    return part, english


def _read_inner(field: Field, form: Form, kept: Data | None, name: str) -> tuple[Data | None, dict[str, str]]:
    """A part inside a part; where all its boxes are empty there is none."""
    boxes = [value for key, value in form.items() if key.startswith(f"{name}.")]
    if field.model is None or not any(str(value).strip() for value in boxes):
        return None, {}
    return read_part(shape_of(field.model), form, kept or {}, prefix=f"{name}.")


def _read(field: Field, name: str, form: Form, kept: Data) -> Any:
    text = "\n".join(line.rstrip() for line in form.get(name, "").replace("\r\n", "\n").split("\n")).strip("\n")
    if field.kind == "condition":
        return condition_of(name, form, kept.get(field.name) or {"always": True})
    if field.kind in ("several", "yes"):
        ticked = _ticked(form, name)
        return "yes" in ticked if field.kind == "yes" else _in_kept_order(ticked, kept.get(field.name) or [])
    if field.kind == "date":
        return _date(name, form)
    return READERS.get(field.kind, _plain_text)(field, text)


def _in_kept_order(ticked: list[str], kept: list[Any]) -> list[str]:
    """What is ticked, in the order in which it stood before; what is new comes last."""
    order = [str(one) for one in kept]
    return sorted(ticked, key=lambda one: order.index(one) if one in order else len(order))


def _plain_text(field: Field, text: str) -> str | None:
    if field.name == "template":
        return f"{text}\n" if text else ""
    return text.strip() or (None if field.name == "province_code" else "")


def _lines(_field: Field, text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _text2(_field: Field, text: str) -> Data | None:
    vi, _newline, en = text.partition("\n")
    return {"vi": vi.strip(), "en": en.strip()} if vi.strip() else None


def _choice(field: Field, text: str) -> str | int:
    return int(text) if text.isdigit() and text in field.values else text


def _pairs(_field: Field, text: str) -> dict[str, str]:
    pairs = {}
    for line in filter(str.strip, text.split("\n")):
        key, colon, value = line.partition(":")
        if not colon or not key.strip():
            raise ValueError("Mỗi dòng ghi tên, dấu hai chấm, rồi giá trị.")
        pairs[key.strip()] = value.strip()
    return pairs


def _option(line: str) -> Data:
    value, *labels = (one.strip() for one in line.split("|"))
    if not value or not labels:
        raise ValueError("Mỗi dòng ghi giá trị, nhãn tiếng Việt và nhãn tiếng Anh, cách nhau bằng dấu |.")
    return {"value": value, "label": {"vi": labels[0], "en": labels[-1]}}


def _number(_field: Field, text: str) -> int | None:
    digits = re.sub(r"[.\s]", "", text)
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("Hãy ghi một số nguyên, chỉ gồm chữ số.")
    return int(digits)


def _options(_field: Field, text: str) -> list[Data]:
    return [_option(line) for line in text.split("\n") if line.strip()]


READERS: dict[str, Callable[[Field, str], Any]] = {
    "lines": _lines,
    "pairs": _pairs,
    "options": _options,
    "text2": _text2,
    "number": _number,
    "choice": _choice,
}


def _date(name: str, form: Form) -> str | None:
    year, month, day = (form.get(f"{name}.{box}", "").strip() for box in ("year", "month", "day"))
    return f"{year:0>4}-{month:0>2}-{day:0>2}" if year or month or day else None


def _english_of(value: Any, typed: str) -> dict[str, str]:
    if isinstance(value, list):
        lines = [line.strip() for line in typed.replace("\r\n", "\n").split("\n")]
        return {text: lines[index] if index < len(lines) else "" for index, text in enumerate(value)}
    return {value: typed.strip()} if value else {}


def blank_part(shape: Shape) -> Data:
    """A new part before anything is typed: what the schema leaves to default."""
    return {
        name: info.get_default(call_default_factory=True)
        for name, info in shape.model.model_fields.items()
        if not info.is_required() and isinstance(info.get_default(call_default_factory=True), str | int | bool)
    }
