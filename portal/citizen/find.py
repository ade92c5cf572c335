"""Finding a procedure: the first page, the search with its filters, and what helps where nothing is found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.citizen import blueprint
from portal.services.catalogue.life_events import BY_SLUG, LIFE_EVENTS, LifeEvent
from portal.services.catalogue.search import Closeness, Hit, find, index_of, suggestions
from portal.services.catalogue.versions import Entry, entries
from portal.services.organisation.offices import all_offices
from portal.text import fold, sort_key
from portal.web.access import public
from portal.web.database import db
from portal.web.language import current_language

PER_PAGE = 20
SHOWN_AT_HOME = 6
PAGES_AROUND = 2
LONGEST_SEARCH = 200
LANGUAGES = ("vi", "en")  # the order of an entry's words


@dataclass(frozen=True)
class Wanted:
    """What the address of the list asks for; anything unknown asks for nothing."""

    words: str
    event: LifeEvent | None
    field: str
    is_online: bool
    page: int

    def fits(self, entry: Entry) -> bool:
        """Whether the filters let an entry through."""
        return (
            (self.event is None or self.event.vi in entry.life_events)
            and (not self.field or self.field == entry.field[0])
            and (not self.is_online or entry.is_filed_online)
        )

    def address(self, page: int = 1) -> str:
        """The list with the same filters, at a page."""
        parts: dict[str, Any] = {"q": self.words, "event": self.event.slug if self.event else "", "field": self.field,
                 "online": "1" if self.is_online else "", "page": str(page) if page > 1 else ""}  # fmt: skip
        return url_for("citizen.procedures", **{name: value for name, value in parts.items() if value})


def _wanted() -> Wanted:
    number = request.args.get("page", "1")
    return Wanted(
        words=request.args.get("q", "")[:LONGEST_SEARCH].strip(),
        event=BY_SLUG.get(request.args.get("event", "")),
        field=request.args.get("field", "")[:LONGEST_SEARCH],
        is_online=request.args.get("online") == "1",
        page=int(number) if number.isascii() and number.isdigit() and 0 < len(number) < 6 else 1,
    )


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    listed = entries(db())
    counted = Counter(event for entry in listed for event in entry.life_events)
    online = sorted((entry for entry in listed if entry.is_filed_online), key=lambda entry: _order_of(_in_language(entry.name)))
    return render_template(
        "citizen/home.html",
        events=[_event_tile(event, counted[event.vi]) for event in LIFE_EVENTS],
        online=[_tile(entry) for entry in online[:SHOWN_AT_HOME]],
        online_href=url_for("citizen.procedures", online="1") if len(online) > SHOWN_AT_HOME else "",
    )


def _event_tile(event: LifeEvent, count: int) -> dict[str, str]:
    text = _("%(count)s thủ tục", count=count) if count else _("chưa có thủ tục nào trên cổng")
    return {
        "label": event.name(current_language()),
        "text": text,
        "href": url_for("citizen.procedures", event=event.slug),
    }


@blueprint.get("/procedures")
@public
def procedures() -> ResponseReturnValue:
    wanted, listed = _wanted(), entries(db())
    hits = [hit for hit in _found(listed, wanted.words) if wanted.fits(hit.entry)]
    pages = max(1, -(-len(hits) // PER_PAGE))
    at = min(wanted.page, pages)
    shown = hits[(at - 1) * PER_PAGE : at * PER_PAGE]
    return render_template(
        "citizen/procedures.html",
        wanted=wanted,
        event_name=wanted.event.name(current_language()) if wanted.event else "",
        fields=_fields(listed),
        results=[{**_tile(hit.entry), "reason": _reason(hit), "entry": hit.entry} for hit in shown],
        total=len(hits),
        page=at,
        pages=pages,
        steps=_steps(wanted, at, pages),
        help=_help(listed, wanted) if not hits else {},
    )


def _found(listed: list[Entry], words: str) -> list[Hit]:
    if words:
        return find(index_of(listed), words)
    in_order = sorted(listed, key=lambda entry: (not entry.is_filed_online, _order_of(_in_language(entry.name)), entry.code))
    return [Hit(entry, Closeness.EXACT, "name", entry.name[0]) for entry in in_order]


_order_of = lru_cache(maxsize=20_000)(sort_key)  # each name's place in the alphabet, reckoned once


def _in_language(both: tuple[str, str]) -> str:
    return both[LANGUAGES.index(current_language())]


def _tile(entry: Entry) -> dict[str, str]:
    return {
        "label": _in_language(entry.name),
        "text": _in_language(entry.field),
        "href": url_for("citizen.procedure", code=entry.code),
    }


def _reason(hit: Hit) -> str:
    """Why a procedure was found, where its name does not show it."""
    shown = _in_language(hit.entry.name)
    if hit.closeness is Closeness.NEARLY:
        return _("gần giống: %(text)s", text=hit.text)
    if hit.closeness is Closeness.CODE:
        return "" if hit.source == "code" else _("mã gọi khác: %(text)s", text=hit.text)
    if hit.closeness is Closeness.ALL_WORDS or fold(hit.text) in fold(shown):
        return ""
    return {
        "keyword": _("từ thường gọi: %(text)s", text=hit.text),
        "name": _("tên tiếng Việt: %(text)s", text=hit.text),
        "english": _("tên tiếng Anh: %(text)s", text=hit.text),
        "life_event": _("việc trong đời: %(text)s", text=hit.text),
        "outcome": _("kết quả: %(text)s", text=hit.text),
    }.get(hit.source, "")


def _fields(listed: list[Entry]) -> list[dict[str, str]]:
    """The fields to choose from, in the order of the alphabet, each with how many procedures it has."""
    counted = Counter(entry.field for entry in listed if entry.field[0])
    in_order = sorted(counted, key=lambda both: _order_of(_in_language(both)))
    return [{"value": both[0], "label": f"{_in_language(both)} ({counted[both]})"} for both in in_order]


def _steps(wanted: Wanted, at: int, pages: int) -> dict[str, Any]:
    """The neighbours of a page: the first, those around, the last."""
    numbers = sorted({1, pages} | set(range(max(1, at - PAGES_AROUND), min(pages, at + PAGES_AROUND) + 1)))
    return {
        "previous_href": wanted.address(at - 1) if at > 1 else None,
        "next_href": wanted.address(at + 1) if at < pages else None,
        "pages": [{"number": number, "href": wanted.address(number), "current": number == at} for number in numbers],
    }


def _help(listed: list[Entry], wanted: Wanted) -> dict[str, Any]:
    """What helps where nothing is found: without the filters, what may be meant, life's events, and where to ask."""
    unfiltered = Wanted(wanted.words, None, "", is_online=False, page=1)
    is_filtered = bool(wanted.words) and wanted != unfiltered and bool(_found(listed, wanted.words))
    offices = [office for office in all_offices(db(), clock.today()) if office.level in ("province", "commune")]
    first = sorted(offices, key=lambda office: (office.level != "province", office.code))[:1]
    return {
        "unfiltered_href": unfiltered.address() if is_filtered else "",
        "suggested": [_tile(entry) for entry in suggestions(index_of(listed), wanted.words)] if fold(wanted.words) else [],
        "events": [{"label": one.name(current_language()), "href": url_for("citizen.procedures", event=one.slug)}
                   for one in LIFE_EVENTS],
        "offices": [
            {"name": office.name_en if current_language() == "en" else office.name, "address": office.address,
             "phone": office.phone}
            for office in first
        ],
    }  # fmt: skip
