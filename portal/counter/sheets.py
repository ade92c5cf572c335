"""What is read off the history and printed: a dossier's control sheet, an office's register of the year, a day's hand-overs."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.counter import blueprint
from portal.counter.act_table import day_in
from portal.counter.opened import opened
from portal.models import Dossier
from portal.services.dossiers.ask_opinion import opinions_of
from portal.services.dossiers.control_sheet import control_sheet
from portal.services.dossiers.handover import HandedOver, handed_over
from portal.services.dossiers.history import events_of
from portal.services.dossiers.papers import unsigned_facts
from portal.services.dossiers.register import LINES, Line, register_lines
from portal.services.organisation.offices import office_of
from portal.services.results.draw_apart import draw_apart
from portal.services.results.template import paper_html
from portal.web.access import staff
from portal.web.database import db
from portal.web.documents import pdf_response
from portal.web.filters import write_date, write_short_moment

OLDEST_BOOK = 2000
CONTROL_SHEET, REGISTER = "Phiếu kiểm soát quá trình giải quyết hồ sơ", "Sổ theo dõi hồ sơ"


@blueprint.get("/dossiers/<code>/control-sheet")
@staff(Permission.SEE_DOSSIER)
def control_sheet_paper(code: str) -> Response:
    found: Dossier = opened(code)
    asked = [opinion.office for opinion in opinions_of(db(), found)]
    said = control_sheet(db(), found, events_of(db(), found.id), asked)
    facts = unsigned_facts(db(), str(found.office_code), CONTROL_SHEET, dossier_code=found.code, **said)
    return pdf_response(draw_apart(paper_html("form_05", facts, ""), title=CONTROL_SHEET), f"{found.code}-form_05.pdf")


@blueprint.get("/register")
@staff(Permission.SEE_QUEUE)
def register() -> ResponseReturnValue:
    office_code, year, after = _asked_for()
    lines = register_lines(db(), current_actor(), office_code, year, after=after) if office_code else []
    onward = lines[-1].number if len(lines) == LINES else None
    return render_template(
        "counter/register.html",
        offices=[{"value": code, "label": office_of(db(), code).name} for code in _books()],
        office_code=office_code,
        year=year,
        lines=[_shown(line) for line in lines],
        print_href=url_for("counter.register_paper", office=office_code, year=year, after=after) if lines else None,
        next_href=url_for("counter.register", office=office_code, year=year, after=onward) if onward else None,
    )


@blueprint.get("/register.pdf")
@staff(Permission.SEE_QUEUE)
def register_paper() -> Response:
    office_code, year, after = _asked_for()
    lines = [_shown(line) for line in register_lines(db(), current_actor(), office_code, year, after=after)]
    facts = unsigned_facts(db(), office_code, REGISTER, dossier_code="", year=year, lines=lines)
    return pdf_response(draw_apart(paper_html("form_06", facts, ""), title=REGISTER), f"{office_code}-{year}-form_06.pdf")


@blueprint.get("/handover")
@staff(Permission.SEE_QUEUE)
def handover() -> ResponseReturnValue:
    books = _books()
    office_code, day = request.args.get("office", "") or (books[0] if books else ""), _day_asked_for()
    lines = handed_over(db(), current_actor(), office_code, day) if office_code else []
    return render_template(
        "counter/handover.html",
        offices=[{"value": code, "label": office_of(db(), code).name} for code in books],
        office_code=office_code,
        office_name=office_of(db(), office_code).name if office_code else "",
        day=day,
        lines=[_handed(number, line) for number, line in enumerate(lines, start=1)],
    )


def _day_asked_for() -> date:
    """The day whose hand-overs are asked for: today unless three boxes name another."""
    try:
        return date.fromisoformat(day_in(request.args, "day"))
    except ValueError:
        return clock.today()


def _handed(number: int, line: HandedOver) -> dict[str, Any]:
    return {
        **vars(line),
        "number": number,
        "href": url_for("counter.dossier", code=line.code),
        "handed": write_short_moment(line.handed_at),
        "promised": write_short_moment(line.promised_at) or "–",
    }


def _asked_for() -> tuple[str, int, int]:
    """Which book is asked for: the office (else the actor's first), the year (else this one), and after which line."""
    books = _books()
    office_code = request.args.get("office", "") or (books[0] if books else "")
    this_year = clock.today().year
    year = request.args.get("year", this_year, type=int)
    after = request.args.get("after", 0, type=int)
    return office_code, year if OLDEST_BOOK <= year <= this_year + 1 else this_year, max(0, min(after, 10**9))


def _books() -> list[str]:
    """The offices whose books lie on the actor's desk: those where the actor serves every procedure."""
    reach = current_actor().reach(Permission.SEE_QUEUE)
    return sorted(code for code, procedures in reach.items() if not procedures)


def _shown(line: Line) -> dict[str, Any]:
    moments = {"received_on": line.received_at, "promised_on": line.promised_at, "returned_on": line.returned_at}
    href = url_for("counter.dossier", code=line.code)
    return {**vars(line), "href": href, **{name: write_date(moment) if moment else "" for name, moment in moments.items()}}
