"""Digitising a paper of a draft at the counter: its pages put in order, turned, joined; and its key data, the register beside."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.counter import blueprint
from portal.counter.intake_filing import filing_for
from portal.counter.intake_steps import onward
from portal.models import Attachment
from portal.services.catalogue.answers import looked_up_elements
from portal.services.catalogue.handling import Component
from portal.services.dossiers.attachments import attachment_of
from portal.services.dossiers.digitise import (
    EXTRACT,
    MOST_PAGES,
    PageWanted,
    contents_for,
    keep_joined,
    note_extract,
    scans_of,
)
from portal.services.errors import GuardRefused, InvalidInput
from portal.services.vault import scanner, uploads
from portal.services.vault.uploads import UnfitFile
from portal.web.access import staff
from portal.web.database import close_session, db
from portal.web.filing import Filing
from portal.web.language import current_language
from portal.web.limits import uploading
from portal.web.questions import error_lines, fact_rows, plain_field
from portal.web.uploads import sentence

UNPROCESSABLE = 422
PAGE, ORDER, TURN, LEFT_OUT = "page", "order", "turn", "left_out"
TURNS = ("0", "90", "180", "270")


@blueprint.get("/intake/<uuid:draft_id>/digitise/<component_id>")
@staff(Permission.INTAKE)
def digitise_pages(draft_id: uuid.UUID, component_id: str) -> ResponseReturnValue:
    filing = _begun(draft_id)
    if filing is None:
        return onward(draft_id, filing_for(draft_id))
    return _pages_page(filing, component_id)


def _begun(draft_id: uuid.UUID) -> Filing | None:
    """The draft, if it has come as far as its papers."""
    filing = filing_for(draft_id)
    return filing if filing is not None and filing.draft.draft["office_code"] is not None else None


def _pages_page(filing: Filing, component_id: str, problem: str = "") -> str:
    _draft, component, scans = scans_of(db(), current_actor(), filing.draft.id, component_id)
    pages = [(one, number) for one in scans for number in range(1, one.pages + 1)]
    return render_template(
        "counter/digitise.html",
        **_around(filing, component),
        pages=[_page_row(filing, place, one, number) for place, (one, number) in enumerate(pages[:MOST_PAGES])],
        left_behind=max(0, len(pages) - MOST_PAGES),
        errors=[{"name": "", "text": problem}] if problem else [],
    )


def _around(filing: Filing, component: Component) -> dict[str, Any]:
    return {
        **filing.around("attachments"),
        "component_name": filing.procedure.say(component.name, current_language()),
        "attachments_href": filing.url("attachments"),
    }


def _page_row(filing: Filing, place: int, one: Attachment, number: int) -> dict[str, Any]:
    turns = [("0", _("Để nguyên")), ("90", _("Sang phải 90°")), ("180", _("Lộn ngược")), ("270", _("Sang trái 90°"))]
    typed = request.form
    return {
        "title": _("%(name)s, trang %(number)s", name=one.name, number=number) if one.pages > 1 else one.name,
        "picture_href": filing.desk.attachment_url(str(one.id))[1] if one.media_type.startswith("image/") else None,
        "hidden": {"name": f"{PAGE}.{place}", "value": f"{one.id}:{number}"},
        "order": plain_field(f"{ORDER}.{place}", "integer", _("Thứ tự"), typed.get(f"{ORDER}.{place}", str(place + 1))),
        "turn": plain_field(f"{TURN}.{place}", "select", _("Xoay"), typed.get(f"{TURN}.{place}", "0"), turns),
        "left_out": plain_field(f"{LEFT_OUT}.{place}", "checkboxes", _("Bỏ trang"),
                                typed.getlist(f"{LEFT_OUT}.{place}"), [("yes", _("Không dùng trang này"))]),
    }  # fmt: skip


@blueprint.post("/intake/<uuid:draft_id>/digitise/<component_id>")
@staff(Permission.INTAKE)
@uploading
def join_pages(draft_id: uuid.UUID, component_id: str) -> ResponseReturnValue:
    filing = _begun(draft_id)
    if filing is None:
        return onward(draft_id, filing_for(draft_id))
    actor = current_actor()
    _draft, component, scans = scans_of(db(), actor, draft_id, component_id)
    name, back = f"{component.name}.pdf", filing.url("attachments")
    try:
        parts, pages = contents_for(scans, _wanted(request.form))
        close_session()  # no connection is held while pages are drawn
        joined = uploads.join(parts, pages, name)
        keep_joined(db(), actor, draft_id, component_id, joined, scanner.scan_or_wait(joined.content))
    except (UnfitFile, GuardRefused) as unfit:
        db().rollback()
        said = sentence(unfit.reason) if isinstance(unfit, UnfitFile) else _(unfit.message)
        again = _begun(draft_id)
        return (_pages_page(again, component_id, said), UNPROCESSABLE) if again else onward(draft_id, filing_for(draft_id))
    db().commit()
    flash(_("Đã ghép thành một tệp."), "saved")
    return redirect(back)


def _wanted(form: Mapping[str, str]) -> list[PageWanted]:
    """The pages that are kept, in the order that was typed; one of no order comes where it stood."""
    found = []
    for place in range(MOST_PAGES):
        attachment_id, _colon, number = form.get(f"{PAGE}.{place}", "").partition(":")
        order, turn = form.get(f"{ORDER}.{place}", "").strip(), form.get(f"{TURN}.{place}", "0")
        if number.isascii() and number.isdigit() and len(number) < 5 and form.get(f"{LEFT_OUT}.{place}") != "yes":
            rank = int(order) if order.isascii() and order.isdigit() and len(order) < 5 else place + 1
            found.append((rank, place, PageWanted(attachment_id, int(number), int(turn) if turn in TURNS else 0)))
    return [wanted for _rank, _place, wanted in sorted(found, key=lambda one: one[:2])]


@blueprint.get("/intake/<uuid:draft_id>/digitise/<component_id>/<uuid:attachment_id>")
@staff(Permission.INTAKE)
def extract(draft_id: uuid.UUID, component_id: str, attachment_id: uuid.UUID) -> ResponseReturnValue:
    filing = _begun(draft_id)
    if filing is None:
        return onward(draft_id, filing_for(draft_id))
    return _extract_page(filing, component_id, attachment_id)


def _extract_page(
    filing: Filing, component_id: str, attachment_id: uuid.UUID, errors: Mapping[str, Sequence[str]] | None = None
) -> str:
    _draft, component, _scans = scans_of(db(), current_actor(), filing.draft.id, component_id)
    paper = attachment_of(db(), filing.draft, attachment_id)
    language, known = current_language(), paper.extract or {}
    looked_up = [element.key for element in looked_up_elements(filing.procedure)]
    fields = [_extract_field(element, known, (errors or {}).get(element.key, [])) for element in EXTRACT]
    return render_template(
        "counter/extract.html",
        **_around(filing, component),
        paper_name=paper.name,
        picture_href=filing.desk.attachment_url(str(paper.id))[1] if paper.media_type.startswith("image/") else None,
        paper_href=filing.desk.attachment_url(str(paper.id))[0],
        fields=fields,
        rows=fact_rows(filing.procedure, filing.answers, language, looked_up),
        errors=error_lines({key: list(said) for key, said in (errors or {}).items()}, fields),
    )


def _extract_field(element: Any, known: Mapping[str, str], errors: Sequence[str]) -> dict[str, Any]:
    kind = "date" if element.kind == "date" else "text"
    value: Any = known.get(element.key, "")
    if request.method == "POST":
        parts = {part: request.form.get(f"{element.key}.{part}", "") for part in ("day", "month", "year")}
        value = parts if kind == "date" else request.form.get(element.key, "")
    return {
        **plain_field(element.key, kind, getattr(element.label, current_language()), value),
        "max_length": element.max_length if kind == "text" else None,
        "optional": True,
        "errors": [_(message) for message in errors],
    }


@blueprint.post("/intake/<uuid:draft_id>/digitise/<component_id>/<uuid:attachment_id>")
@staff(Permission.INTAKE)
def keep_extract(draft_id: uuid.UUID, component_id: str, attachment_id: uuid.UUID) -> ResponseReturnValue:
    filing = _begun(draft_id)
    if filing is None:
        return onward(draft_id, filing_for(draft_id))
    try:
        note_extract(db(), current_actor(), draft_id, component_id, attachment_id, request.form)
    except InvalidInput as wrong:
        return _extract_page(filing, component_id, attachment_id, wrong.errors), UNPROCESSABLE
    db().commit()
    flash(_("Đã ghi thông tin chính của giấy tờ."), "saved")
    return redirect(filing.url("attachments"))
