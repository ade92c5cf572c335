"""How a value of each kind is put into words, in both languages. Pure functions; `reading.py` reads what was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from portal.services.catalogue.composites import parts_of
from portal.services.catalogue.elements import Element


def show_date(value: str) -> str:
    """A whole or partial ISO date as it is read in Vietnam: 05/01/2026, 05/1965, 1965."""
    return "/".join(reversed(value.split("-")))


def show_address(value: Mapping[str, Any]) -> str:
    """An address in one line; what the registry could not place is shown as it was entered."""
    parts = [value.get("detail"), value.get("ward_name"), value.get("province_name")]
    return ", ".join(str(part) for part in parts if part) or str(value.get("as_entered_text") or "")


def _show_card(value: Mapping[str, Any], language: str) -> str:
    words = ("số", "cấp ngày", "tại") if language == "vi" else ("no.", "issued on", "by")
    parts = [f"{words[0]} {value.get('number', '')}"]
    if value.get("issued_on"):
        parts.append(f"{words[1]} {show_date(value['issued_on'])}")
    if value.get("issued_by"):
        parts.append(f"{words[2]} {value['issued_by']}")
    return ", ".join(parts)


_ENDINGS = {
    "vi": {"divorce": "đã ly hôn", "death": "vợ/chồng đã chết", "annulment": "đã hủy kết hôn"},
    "en": {"divorce": "divorced", "death": "spouse died", "annulment": "annulled"},
}


def _show_marriages(value: list[Mapping[str, Any]], language: str) -> str:
    none, spouse, on = ("Không có", "với", "ngày") if language == "vi" else ("None", "to", "on")
    lines = []
    for marriage in value:
        line = f"{spouse} {marriage['spouse'].get('full_name', '')}, {on} {show_date(marriage['registered_on'])}"
        if marriage.get("ended"):
            ended = marriage["ended"]
            line += f"; {_ENDINGS[language][ended['kind']]} {on} {show_date(ended['on'])}"
            line += f" ({ended['document']})" if ended.get("document") else ""
        lines.append(line)
    return ". ".join(lines) or none


def _show_household(value: Mapping[str, Any], language: str) -> str:
    head, people = str((value.get("head") or {}).get("full_name", "")), len(value.get("members", []))
    if language == "vi":
        return f"Chủ hộ {head}, {people} người"
    return f"Head {head}, {people} {'person' if people == 1 else 'people'}"


def show_money(amount_vnd: int) -> str:
    """`1.250.000 đồng`."""
    return f"{amount_vnd:,}".replace(",", ".") + " đồng"


_PERIOD = ("from", "to")


def _show_people(value: list[Mapping[str, Any]]) -> str:
    return ", ".join(str(person.get("full_name", "")) for person in value)


# What a bare number of a record means, for those that say nothing by themselves.
_MEANT: dict[str, dict[str, str]] = {
    "vi": {"sheet": "tờ bản đồ {}", "parcel": "thửa {}", "area_m2": "{} m²", "grade": "lớp {}", "year": "năm {}"},
    "en": {"sheet": "sheet {}", "parcel": "parcel {}", "area_m2": "{} m²", "grade": "grade {}", "year": "year {}"},
}


def _show_record(value: Any, language: str) -> str:
    if isinstance(value, Mapping):
        if "province_code" in value:
            return show_address(value)
        facts = [_show_fact(name, item, language) for name, item in value.items() if name not in _PERIOD]
        span = "–".join(_show_record(value.get(name), language) for name in _PERIOD)
        return ", ".join(filter(None, (*facts, "" if span == "–" else span)))
    if isinstance(value, list | tuple):
        return "; ".join(filter(None, (_show_record(item, language) for item in value)))
    return "" if value is None or isinstance(value, bool) else _maybe_date(str(value))


def _show_fact(name: str, item: Any, language: str) -> str:
    """One fact of a record; money and numbers that say nothing by themselves say what they are."""
    if isinstance(item, int | float) and not isinstance(item, bool):
        return show_money(int(item)) if name.endswith("_vnd") else _MEANT[language].get(name, "{}").format(item)
    return _show_record(item, language)


def _maybe_date(text: str) -> str:
    parts = text.split("-")
    is_date = [len(part) for part in parts] == [4, 2, 2] and all(part.isdigit() for part in parts)
    return show_date(text) if is_date else text


def _show_parts(element: Element, value: Mapping[str, Any], language: str) -> str:
    """The filled boxes of a composite value, each with its label but the first."""
    shown: list[str] = []
    for name, part, _is_required in parts_of(element):
        if value.get(name) not in (None, ""):
            words = show(part, value[name], language)
            shown.append(words if not shown else f"{getattr(part.label, language).lower()} {words}")
    return ", ".join(shown)


def _label_of(element: Element, value: Any, language: str) -> str:
    return next((getattr(option.label, language) for option in element.options if option.value == value), str(value))


def show(element: Element, value: Any, language: str = "vi") -> str:
    """The value in words, in the language; a value typed in place of a structured one is shown as typed."""
    if value is None:
        return ""
    plain = _PLAIN.get(element.kind)
    if plain is not None:
        return plain(element, value, language)
    if isinstance(value, str | int):
        return str(value)
    return _STRUCTURED[element.kind](element, value, language)


_Showing = Callable[[Element, Any, str], str]
_PLAIN: dict[str, _Showing] = {
    "choice": _label_of,
    "choices": lambda element, value, language: ", ".join(_label_of(element, one, language) for one in value),
    "declaration": lambda _element, _value, language: "Đã cam đoan" if language == "vi" else "Declared",
    "date": lambda _element, value, _language: show_date(str(value)),
    "partial_date": lambda _element, value, _language: show_date(str(value)),
    "phone": lambda _element, value, _language: str(value).replace("+84", "0", 1),
    "money": lambda _element, value, _language: show_money(int(value)),
}
_STRUCTURED: dict[str, _Showing] = {
    "address": lambda _element, value, _language: show_address(value),
    "typed_address": lambda _element, value, _language: show_address(value),
    "identity_card": lambda _element, value, language: _show_card(value, language),
    "coded": lambda _element, value, _language: str(value.get("name", "")),
    "nationalities": lambda _element, value, _language: ", ".join(str(item.get("name", "")) for item in value),
    "household": lambda _element, value, language: _show_household(value, language),
    "marriages": lambda _element, value, language: _show_marriages(value, language),
    "people": lambda _element, value, _language: _show_people(value),
    "record": lambda _element, value, language: _show_record(value, language) or ("Không có" if language == "vi" else "None"),
    "person": _show_parts,
    "bank_account": _show_parts,
    "period": _show_parts,
}
