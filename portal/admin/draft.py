"""The draft of a procedure as the editor opens it: its parts with what the check finds in each, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.admin import blueprint
from portal.admin.part_words import section_names
from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.models import ProcedureDraft
from portal.services.catalogue.compare import Change, changes_between
from portal.services.catalogue.finding import Finding
from portal.services.catalogue.lint import counts
from portal.services.catalogue.loader import procedure_of
from portal.services.catalogue.places import whole
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import by_hash
from portal.services.errors import NotFound
from portal.services.publishing.approval import CheckFailed, hand_in
from portal.services.publishing.check import check_procedure
from portal.services.publishing.drafts import definition_in, draft_of, drop
from portal.web.access import staff
from portal.web.database import db
from portal.web.filters import write_short_moment
from portal.web.limits import rehearsing

SECTION_OF: dict[str, str] = {  # of a finding -> where it is mended
    "identity": "@identity", "form": "pages", "reception": "reception", "cases": "cases", "lookups": "lookups",
    "components": "components", "fees": "fees", "terms": "terms", "process": "process", "appraisal": "appraisal",
    "result": "result", "rehearsals": "rehearsals", "english": "english",
}  # fmt: skip
FINER: dict[str, str] = {  # some findings of the identity and the form are mended elsewhere
    "outcome": "@page", "who": "@page", "steps_in_words": "@page", "refusal_grounds": "@refusal", "legal_basis": "legal_basis",
    "competence": "competence",
}  # fmt: skip


@dataclass(frozen=True)
class Opened:
    """A draft with what it says."""

    row: ProcedureDraft
    procedure: Procedure

    @property
    def code(self) -> str:
        return self.row.code

    @property
    def data(self) -> dict[str, Any]:
        """The definition as plain data."""
        return whole(self.procedure.definition)


def opened(code: str) -> Opened:
    """The draft under way of a procedure.

    Raises:
        NotFound: there is none.
    """
    row = draft_of(db(), code)
    if row is None:
        raise NotFound
    return Opened(row, procedure_of(definition_in(row)))


def in_words(finding: Finding | Change) -> str:
    """A finding or a change in the page's language."""
    return _(finding.what) % dict(finding.facts) if finding.facts else _(finding.what)


def section_of(finding: Finding) -> str:
    """The part in which a finding is mended."""
    return FINER.get(finding.where, SECTION_OF[finding.section])


@blueprint.get("/procedures/<code>/draft")
@staff(Permission.EDIT_CATALOGUE)
def draft(code: str) -> ResponseReturnValue:
    return _draft_page(opened(code))


def _draft_page(draft: Opened, *, has_failed: bool = False) -> str:
    found = check_procedure(db(), draft.procedure)
    base = by_hash(db(), draft.row.base_hash) if draft.row.base_hash else None
    return render_template(
        "admin/draft.html",
        code=draft.code,
        name=draft.procedure.definition.name,
        is_waiting=draft.row.waiting_hash is not None,
        saved_at=write_short_moment(draft.row.updated_at),
        sections=[_section_row(draft, place, name, found) for place, name in section_names().items()],
        findings=[{"where": one.where, "text": in_words(one), "place": section_of(one)} for one in found],
        counts=counts(draft.procedure),
        changes=[in_words(change) for change in changes_between(base, draft.procedure)] if base else None,
        has_failed=has_failed,
    )


def _section_row(draft: Opened, place: str, name: str, found: tuple[Finding, ...]) -> dict[str, Any]:
    listed = draft.data.get(place)
    is_list = isinstance(listed, list) or place == "elements"
    return {
        "name": name,
        "href": place_url(draft.code, place),
        "count": len(listed or ()) if is_list else None,
        "findings": sum(section_of(one) == place for one in found),
    }


def place_url(code: str, place: str) -> str:
    """Where a part of the draft is edited; English has a page of its own."""
    if place == "english":
        return url_for("admin.english", code=code)
    return url_for("admin.part", code=code, place=place)


@blueprint.post("/procedures/<code>/draft/hand-in")
@staff(Permission.EDIT_CATALOGUE)
@rehearsing
def hand_in_draft(code: str) -> ResponseReturnValue:
    try:
        hand_in(db(), current_actor(), code)
    except CheckFailed:
        db().rollback()
        return _draft_page(opened(code), has_failed=True), 409
    db().commit()
    flash(_("Đã trình. Một quản trị viên khác sẽ duyệt."), "saved")
    return redirect(url_for("admin.procedure", code=code))


@blueprint.post("/procedures/<code>/draft/drop")
@staff(Permission.EDIT_CATALOGUE)
def drop_draft(code: str) -> ResponseReturnValue:
    drop(db(), current_actor(), code)
    db().commit()
    flash(_("Đã bỏ bản nháp. Nội dung của nó còn trong nhật ký thay đổi."), "saved")
    return redirect(url_for("admin.procedures"))


@blueprint.get("/procedures/<code>/draft/file")
@staff(Permission.EDIT_CATALOGUE)
def draft_file(code: str) -> Response:
    return yaml_file(opened(code).row.text, code)


def yaml_file(text: str, code: str) -> Response:
    """A procedure's file, to be kept."""
    headers = {"Content-Disposition": f'attachment; filename="{code}.yaml"'}
    return Response(text, mimetype="application/yaml", headers=headers)


def only_if(value: str, known: tuple[str, ...]) -> str:
    """A word of the address, if it is one of those known; else the first."""
    return value if value in known else known[0]


def asked_width() -> str:
    """For which width a preview is wanted."""
    return only_if(request.args.get("width", ""), ("phone", "desk"))
