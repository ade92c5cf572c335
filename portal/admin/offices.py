"""Offices: the tree on a day, who serves a ward, and one office; the forms that change them are in `office_acts.py`."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from portal import clock
from portal.admin import blueprint
from portal.admin.office_questions import assignment_words, level_names, lines_of, now_of
from portal.auth.permissions import Permission
from portal.models import Office
from portal.services.organisation.close_office import open_dossiers
from portal.services.organisation.offices import (
    all_offices,
    as_tree,
    names_of,
    office_of,
    predecessors_of,
)
from portal.services.organisation.territory import territory_of, who_serves
from portal.web.access import staff
from portal.web.database import db
from portal.web.filters import write_date

DEEPEST = 4


def day_asked(name: str) -> date | None:
    """A day that the address asks for, as dd/mm/yyyy; None where it asks for none that there is."""
    try:
        return datetime.strptime(request.args.get(name, "").strip(), "%d/%m/%Y").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        return None


@blueprint.get("/offices")
@staff(Permission.MANAGE_OFFICES)
def offices() -> ResponseReturnValue:
    on = day_asked("on") or clock.today()
    ward = found[0] if (found := re.findall(r"\d{5}", request.args.get("ward", ""))) else ""
    every = all_offices(db())
    here = [office for office in every if office.valid_from <= on and (office.valid_to is None or office.valid_to >= on)]
    serving = who_serves(db(), ward, on) if ward else []
    return render_template(
        "admin/offices.html",
        on=write_date(on),
        ward=ward,
        serving=[
            {**_row(office), "since": write_date(row.valid_from), "until": write_date(row.valid_to) or "–"}
            for office, row in serving
        ],
        rows=[{**_row(office, depth), "wards": _wards(office, on) or "–"} for depth, office in as_tree(here)],
        ended=[_row(office) for office in every if office not in here],
    )


def _row(office: Office, depth: int = 0) -> dict[str, Any]:
    return {
        "name": office.name,
        "place": Markup('<span class="mc-admin-depth-{}"><a href="{}">{}</a></span>').format(
            min(depth, DEEPEST), url_for("admin.office", office_code=office.code), office.name
        ),
        "href": url_for("admin.office", office_code=office.code),
        "code": office.code,
        "level": level_names()[office.level],
        "since": write_date(office.valid_from),
        "until": write_date(office.valid_to) or "–",
        "successor": office.successor_code or "–",
    }


def _wards(office: Office, on: date) -> str:
    rows = territory_of(db(), office.code)
    return ", ".join(row.ward_code for row in rows if row.valid_from <= on and (row.valid_to is None or row.valid_to >= on))


@blueprint.get("/offices/<office_code>")
@staff(Permission.MANAGE_OFFICES)
def office(office_code: str) -> ResponseReturnValue:
    found = office_of(db(), office_code)
    said = {one["name"]: one["label"] for one in lines_of(found)}
    days = [(row.ward_code, row.valid_from, row.valid_to) for row in territory_of(db(), office_code)]
    return render_template(
        "admin/office.html",
        office=found,
        successor=office_of(db(), found.successor_code) if found.successor_code else None,
        predecessors=predecessors_of(db(), office_code),
        open_dossiers=open_dossiers(db(), office_code),
        particulars=[
            {"label": _("Cấp"), "value": level_names()[found.level]},
            {"label": _("Hoạt động từ ngày"), "value": write_date(found.valid_from)},
            {"label": _("Phân công hồ sơ"), "value": assignment_words(is_by_rule=found.assigns_automatically)},
            *({"label": label, "value": now_of(found)[name] or "–"} for name, label in said.items()),
        ],
        territory=[{"ward": ward, "since": write_date(since), "until": write_date(until) or "–"} for ward, since, until in days],
        names=[
            {"name": name.name, "since": write_date(name.valid_from), "until": write_date(name.valid_to) or "–"}
            for name in names_of(db(), office_code)
        ],
    )
