"""From a question of a procedure to what the field macro draws, in the page's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from portal.services.catalogue.composites import is_composite, parts_of
from portal.services.catalogue.elements import Element
from portal.services.catalogue.form import Question
from portal.services.catalogue.provenance import CITIZEN, DISPUTED, Answer, Answers
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.showing import show
from portal.services.dossiers.claims import is_disputable
from portal.web.words import tell

RADIOS_UP_TO = 8
RECORDS = frozenset({"identity_card", "marriages", "household"})
WITH_LENGTH = frozenset({"text", "name", "long_text", "address", "marriages", "record", "people"})
YES = "yes"
DRAWN_AS = {
    "choices": "checkboxes",
    "declaration": "checkboxes",
    "money": "money",
    "year": "integer",
    "record": "textarea",
    "people": "textarea",
    "text": "text",
    "name": "text",
    "long_text": "textarea",
    "count": "integer",
    "date": "date",
    "partial_date": "partial_date",
    "email": "email",
    "phone": "phone",
    "personal_id": "personal_id",
    "address": "textarea",
    "marriages": "textarea",
}


def drawn(
    procedure: Procedure,
    questions: Iterable[Question],
    answers: Answers,
    language: str,
    *,
    form: Mapping[str, Any] | None = None,
    errors: Mapping[str, list[str]] | None = None,
) -> list[dict[str, Any]]:
    """The fields of a page: with what was just typed where there is a form, else with the answers so far."""
    return [
        {
            **_field(procedure.elements[question.element], language),
            "label": procedure.say(question.label, language) or _label(procedure.elements[question.element], language),
            "why": procedure.say(question.why, language),
            "optional": not question.is_required,
            "value": _value(procedure.elements[question.element], answers, form, question.usual),
            "parts": _parts(procedure.elements[question.element], language, answers, form),
            "errors": [_(message) for message in (errors or {}).get(question.element, [])],
        }
        for question in questions
    ]


def error_lines(errors: Mapping[str, list[str]], questions: Iterable[Mapping[str, Any] | None]) -> list[dict[str, str]]:
    """The errors for the summary, each leading to its field; the question comes first, so that no two read the same."""
    labels = {question["name"]: question["label"] for question in questions if question}
    return [
        {"name": name, "text": _after_label(labels.get(name, ""), tell(message))}
        for name, messages in errors.items()
        for message in messages
    ]


def _after_label(label: str, message: str) -> str:
    if not label:
        return message
    return f"{label} {message}" if label.endswith("?") else f"{label}: {message}"


def _label(element: Element, language: str) -> str:
    return str(getattr(element.label, language))


def _field(element: Element, language: str) -> dict[str, Any]:
    kind = "composite" if is_composite(element) else DRAWN_AS.get(element.kind, "text")
    if element.kind == "choice":
        kind = "radios" if len(element.options) <= RADIOS_UP_TO else "select"
    return {
        "name": element.key,
        "kind": kind,
        "help": getattr(element.help, language) if element.help else "",
        "max_length": element.max_length if element.kind in WITH_LENGTH else None,
        "autocomplete": element.autocomplete,
        "options": _options(element, language),
    }


def _options(element: Element, language: str) -> list[dict[str, str]]:
    if element.kind == "declaration":
        return [{"value": YES, "label": _label(element, language), "hint": ""}]
    return [
        {
            "value": option.value,
            "label": getattr(option.label, language),
            "hint": getattr(option.hint, language) if option.hint else "",
        }
        for option in element.options
    ]


def _parts(element: Element, language: str, answers: Answers, form: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The boxes of a composite element, each a field of its own."""
    if not is_composite(element):
        return []
    whole = answers.get(element.key, {}).get("value")
    known: Answers = {}
    if isinstance(whole, Mapping):
        known = {part.key: {"value": whole[name], "source": CITIZEN} for name, part, _must in parts_of(element) if name in whole}
    return [
        {
            **_field(part, language),
            "label": _label(part, language),
            "optional": not is_required,
            "value": _value(part, known, form),
            "errors": [],
        }
        for _name, part, is_required in parts_of(element)
    ]


def _value(element: Element, answers: Answers, form: Mapping[str, Any] | None, usual: str = "") -> Any:
    if element.kind in ("date", "partial_date") and form is not None:
        return {part: form.get(f"{element.key}.{part}", "") for part in ("day", "month", "year")}
    if form is not None:
        return _ticked(form, element.key) if element.kind in ("choices", "declaration") else form.get(element.key, "")
    value = answers.get(element.key, {}).get("value")
    if element.kind == "declaration":
        return [YES] if value else []
    if element.kind == "money" and value is not None:
        return show(element, value).removesuffix(" đồng")
    if element.kind == "phone" and value:
        return show(element, value)
    return usual if value is None else value


def _ticked(form: Mapping[str, Any], name: str) -> list[str]:
    values = form.getlist(name) if hasattr(form, "getlist") else form.get(name, [])
    return [values] if isinstance(values, str) else list(values)


def registry_name(registry: str) -> str:
    """A registry's name in the page's language."""
    names = {
        "population": _("Cơ sở dữ liệu quốc gia về dân cư"),
        "eid": _("Định danh điện tử"),
        "card": _("Thẻ xuất trình tại quầy, chờ xác minh"),
        "civil-status": _("Cơ sở dữ liệu hộ tịch điện tử"),
        "residence": _("Cơ sở dữ liệu về cư trú"),
        "social-insurance": _("Cơ sở dữ liệu bảo hiểm"),
        "tax": _("Cơ sở dữ liệu thuế"),
        "driving-licences": _("Cơ sở dữ liệu giấy phép lái xe"),
        "vehicles": _("Cơ sở dữ liệu đăng ký xe"),
        "education": _("Cơ sở dữ liệu giáo dục"),
        "land": _("Cơ sở dữ liệu đất đai"),
        "business": _("Cơ sở dữ liệu đăng ký kinh doanh"),
        "criminal-record": _("Cơ sở dữ liệu lý lịch tư pháp"),
        "social-support": _("Cơ sở dữ liệu trợ giúp xã hội"),
        "health": _("Cơ sở dữ liệu y tế"),
        "vault": _("Kho quản lý dữ liệu điện tử của tổ chức, cá nhân"),
    }
    return names.get(registry, registry)


def fact_rows(
    procedure: Procedure,
    answers: Answers,
    language: str,
    keys: Iterable[str],
    dispute_url: Callable[[str], str] | None = None,
) -> list[dict[str, Any]]:
    """The registry's facts among the elements, in words: with their source, record and moments, what the person claims
    instead, and with `dispute_url` the way to say that one is not right.
    """
    return [
        {
            "label": _label(element, language),
            "value": _as_sentence(element, show(element, answer["value"], language)),
            "source": answer["source"],
            "source_label": registry_name(answer["source"]),
            "as_of": answer.get("as_of"),
            "record": answer.get("record"),
            "fetched_at": answer.get("fetched_at"),
            "element": key,
            **_claim_row(element, answer, language),
            **_dispute_link(procedure, element, answer, dispute_url),
        }
        for key in keys
        for element, answer in [(procedure.elements[key], answers.get(key))]
        if answer and answer["source"] != CITIZEN
    ]


def _claim_row(element: Element, answer: Answer, language: str) -> dict[str, Any]:
    """What the person claims in place of the registry's value; nothing where they do not."""
    claim = answer.get(DISPUTED)
    if not claim:
        return {}
    return {
        "disputed": show(element, claim["claimed"], language),
        "disputed_reason": claim["reason"],
        "disputed_proof": bool(claim["attachment"]),
    }


def _dispute_link(
    procedure: Procedure, element: Element, answer: Answer, dispute_url: Callable[[str], str] | None
) -> dict[str, Any]:
    if dispute_url is None or not is_disputable(procedure, element, answer):
        return {}
    label = _("Sửa điều đã báo") if DISPUTED in answer else _("Dữ liệu chưa đúng")
    return {"change_href": dispute_url(element.key), "change_label": label, "is_dispute": True}


def _as_sentence(element: Element, text: str) -> str:
    """The words of a record begin as a sentence does; what somebody is called, or where they are reached, stays as it is."""
    return text[:1].upper() + text[1:] if element.kind in RECORDS else text


def said_rows(
    procedure: Procedure, answers: Answers, language: str, keys: Iterable[str], change_href: str | None = None
) -> list[dict[str, Any]]:
    """What the person said among the elements, in words, with the way to change it."""
    return [
        {
            "label": _label(element, language),
            "value": show(element, answer["value"], language),
            "element": key,
            "change_href": change_href,
            "source_label": registry_name(element.source.registry) if element.source else "",
        }
        for key in keys
        for element, answer in [(procedure.elements[key], answers.get(key))]
        if answer and answer["source"] == "citizen"
    ]


def plain_field(
    name: str, kind: str, label: str, value: Any, options: Iterable[tuple[str, str]] = (), **more: Any
) -> dict[str, Any]:
    """A field that no procedure asks for: a desk's own question."""
    listed = [{"value": key, "label": words} for key, words in options]
    return {"name": name, "kind": kind, "label": label, "value": value, "options": listed, "errors": [], **more}
