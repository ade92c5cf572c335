"""The cleansing board: how far each registry agrees with the population's, place by place, beside published figures."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.admin import blueprint
from portal.admin.forms import NONE, Question, Trouble, attempt, form_page, option, question, typed, version
from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.models import PublishedFigure
from portal.services.catalogue.composites import provinces
from portal.services.registries.prefill import connected
from portal.services.registries.quality import qualities_of
from portal.services.registries.quality_board import (
    LONGEST_TEXT,
    Cleanness,
    board,
    enter_figure,
    figure_of,
    figures,
    keep_report,
    places,
    take_figure_back,
)
from portal.services.registries.sources import sources
from portal.web.access import staff
from portal.web.database import close_session, db
from portal.web.filters import write_date, write_number, write_short_moment
from portal.web.language import current_language
from portal.web.questions import registry_name


def _kind_names() -> dict[str, str]:
    """The kinds of disagreement, as the plans for cleansing call them."""
    return {
        "name": _("Sai họ tên"),
        "date": _("Sai ngày sinh"),
        "number": _("Sai số định danh"),
        "no_number": _("Thiếu số định danh"),
        "duplicate": _("Trùng bản ghi"),
        "dead_but_active": _("Đã mất, chưa ghi nhận"),
    }


@blueprint.get("/data-quality", endpoint="data_quality")
@staff(Permission.SEE_DATA_QUALITY)
def board_page() -> ResponseReturnValue:
    published, counted = figures(db()), board(db())
    rows = [_row(name, clean) for name, clean in counted.items()]
    told = [row for row in rows if row["as_of"]]
    return render_template(
        "admin/data_quality.html",
        rows=told,
        columns=_columns(),
        as_of=_as_of(told),
        untold=[row for row in rows if not row["as_of"]],
        figures=[
            {**_figure_row(one), "counted": write_number(counted[name].verified, current_language())}
            for name in sources()
            for one in published.get(name, [])
        ],
        may_edit=current_actor().holds_anywhere(Permission.EDIT_FIGURES),
    )


def _row(name: str, clean: Cleanness) -> dict[str, Any]:
    return {
        "registry": registry_name(name),
        "href": url_for("admin.quality_places", registry=name) if clean.as_of else None,
        **_counts(clean),
    }


def _counts(clean: Cleanness) -> dict[str, Any]:
    """The numbers of a row, each kind of disagreement in a column of its own."""
    language = current_language()
    numbers = ("total", "verified", "corrected", "waiting")
    return {
        **{name: write_number(getattr(clean, name), language) for name in numbers},
        "percent": "–" if clean.percent is None else f"{write_number(clean.percent, language, 1)} %",
        "as_of": clean.as_of,
        **{kind: write_number(clean.disagreeing[kind], language) for kind in _kind_names()},
    }


def _columns() -> list[dict[str, Any]]:
    """What the board and the places of a registry count alike."""
    labels = {"total": _("Bản ghi"), "verified": _("Đã khớp"), "percent": _("Tỷ lệ"), **_kind_names()}
    labels |= {"corrected": _("Đã sửa"), "waiting": _("Chờ đối chiếu")}
    return [{"key": key, "label": label, "numeric": True, "wraps": True} for key, label in labels.items()]


def _as_of(rows: list[dict[str, Any]]) -> str:
    """The oldest moment among the rows, of which they all tell."""
    return write_short_moment(min((row["as_of"] for row in rows if row["as_of"]), default=None))


def _figure_row(figure: PublishedFigure) -> dict[str, Any]:
    return {
        "registry": registry_name(figure.registry_name),
        "about": figure.about_en if current_language() == "en" else figure.about,
        "value": write_number(figure.value, current_language()),
        "source": figure.source,
        "published_on": write_date(figure.published_on.isoformat()),
        "take_back": _("Gỡ"),
        "take_back_href": url_for("admin.take_figure_back", figure_id=figure.id),
    }


@blueprint.post("/data-quality/ask", endpoint="ask_quality")
@staff(Permission.SEE_DATA_QUALITY)
def ask_owners() -> ResponseReturnValue:
    """Ask every owner for their newest count; whoever keeps silent is named."""
    close_session()  # no connection is held while the owners are asked
    told = qualities_of(name for name in sources() if name in connected())
    for report in told.values():
        if report is not None:
            keep_report(db(), report)
    db().commit()
    silent = [registry_name(name) for name, report in told.items() if report is None]
    if silent:
        flash(_("Chưa lấy được số của: %(names)s.", names=", ".join(silent)), "warning")
    else:
        flash(_("Đã lấy số mới của mọi cơ sở dữ liệu."), "saved")
    return redirect(url_for("admin.data_quality"))


@blueprint.get("/data-quality/<registry>", endpoint="quality_places")
@staff(Permission.SEE_DATA_QUALITY)
def places_page(registry: str) -> ResponseReturnValue:
    found = places(db(), registry)
    names = provinces()
    rows = [{"place": names.get(code, code) or _("Không rõ nơi cư trú"), **_counts(clean)} for code, clean in found.items()]
    return render_template(
        "admin/quality_places.html", registry=registry_name(registry), rows=rows, columns=_columns(), as_of=_as_of(rows)
    )


@blueprint.get("/data-quality/figures/new")
@staff(Permission.EDIT_FIGURES)
def new_figure() -> ResponseReturnValue:
    return _form_page(NONE)


@blueprint.post("/data-quality/figures/new")
@staff(Permission.EDIT_FIGURES)
def save_new_figure() -> ResponseReturnValue:
    form = typed("published_on")
    return attempt(
        lambda: enter_figure(db(), current_actor(), form),
        lambda trouble: _form_page(trouble, form),
        lambda: url_for("admin.data_quality"),
        lambda: _("Đã ghi số liệu."),
    )


def _questions() -> list[Question]:
    text: dict[str, Any] = {"max_length": LONGEST_TEXT}
    return [
        question("registry", "select", _("Cơ sở dữ liệu"), options=[option(name, registry_name(name)) for name in sources()]),
        question("about", "text", _("Số liệu nói về"), help=_("Ví dụ: bản ghi đã xác thực với dân cư, cả nước."), **text),
        question("about_en", "text", _("Số liệu nói về (tiếng Anh)"), lang="en", **text),
        question("value", "text", _("Số liệu"), help=_("Số nguyên, ví dụ 34.900.000."), max_length=20),
        question("source", "text", _("Nguồn"), help=_("Cơ quan công bố, tên và số của văn bản hoặc báo cáo."), **text),
        question("published_on", "date", _("Ngày công bố")),
    ]


def _form_page(trouble: Trouble, form: Mapping[str, str] | None = None) -> str:
    return form_page(
        "admin/form.html", _questions(), {}, dict(form or {}), trouble, heading=_("Ghi số liệu đã công bố"),
        lead=_("Số liệu đứng cạnh số đếm được, kèm nguồn và ngày; không thay số đếm được."), button=_("Ghi"), **_around(),
    )  # fmt: skip


def _around() -> dict[str, str]:
    return {"back_href": url_for("admin.data_quality"), "back_label": _("Làm sạch dữ liệu")}


@blueprint.get("/data-quality/figures/<uuid:figure_id>/take-back", endpoint="take_figure_back")
@staff(Permission.EDIT_FIGURES)
def take_back_page(figure_id: uuid.UUID) -> ResponseReturnValue:
    return _take_back_page(figure_id, NONE)


@blueprint.post("/data-quality/figures/<uuid:figure_id>/take-back")
@staff(Permission.EDIT_FIGURES)
def do_take_figure_back(figure_id: uuid.UUID) -> ResponseReturnValue:
    return attempt(
        lambda: take_figure_back(db(), current_actor(), figure_id, expected_version=version()),
        lambda trouble: _take_back_page(figure_id, trouble),
        lambda: url_for("admin.data_quality"),
        lambda: _("Đã gỡ số liệu."),
    )


def _take_back_page(figure_id: uuid.UUID, trouble: Trouble) -> str:
    figure = figure_of(db(), figure_id)
    told = _figure_row(figure)
    lead = f"{told['registry']}: {told['about']}, {told['value']} ({told['source']}, {told['published_on']})."
    return form_page(
        "admin/form.html", [], {}, {}, trouble, heading=_("Gỡ số liệu đã công bố"), lead=lead, button=_("Gỡ"),
        is_danger=True, version=figure.version, **_around(),
    )  # fmt: skip
