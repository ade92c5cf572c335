"""The catalogue: its procedures, drafts under way, what waits for a second pair of eyes; and one procedure through time."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.admin import blueprint
from portal.admin.forms import NONE, Trouble, attempt, form_page, question
from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.models import ProcedurePublication, ProcedureVersion
from portal.services.catalogue.faults import BadProcedure
from portal.services.catalogue.file_format import definition_of
from portal.services.catalogue.search import search
from portal.services.catalogue.versions import Entry, entries, entry_from
from portal.services.errors import InvalidInput, NotFound
from portal.services.publishing.approval import may_decide
from portal.services.publishing.drafts import draft_of, drafts_under_way, start, start_new
from portal.services.publishing.publications import publications_of, standing_at, versions_of
from portal.web.access import staff
from portal.web.database import db
from portal.web.filters import write_short_moment

PER_PAGE = 50


@blueprint.get("/procedures")
@staff(Permission.EDIT_CATALOGUE)
def procedures() -> ResponseReturnValue:
    wanted = request.args.get("q", "")[:200]
    found = search(entries(db()), wanted)
    page = max(request.args.get("page", 1, type=int), 1)
    return render_template(
        "admin/procedures.html",
        wanted=wanted,
        rows=[_row(entry) for entry in found[(page - 1) * PER_PAGE : page * PER_PAGE]],
        total=len(found),
        page=page,
        pages=-(-len(found) // PER_PAGE),
        drafts=[
            {"code": draft.code, "when": write_short_moment(draft.updated_at), "is_waiting": draft.waiting_hash is not None}
            for draft in drafts_under_way(db())
        ],
    )


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "code": entry.code,
        "name": entry.name[0],
        "href": url_for("admin.procedure", code=entry.code),
        "field": entry.field[0],
        "typed": entry.typed if entry.is_filed_online else "–",
        "prefilled": entry.prefilled if entry.is_filed_online else "–",
        "removed": entry.removed + entry.reused,
    }


@blueprint.get("/procedures/new")
@staff(Permission.EDIT_CATALOGUE)
def new_procedure() -> ResponseReturnValue:
    return _new_page(NONE)


def _new_page(trouble: Trouble) -> str:
    questions = (
        question("code", "text", _("Mã thủ tục"), help=_("Một chữ số, dấu chấm, sáu chữ số. Ví dụ 1.004873.")),
        question("name", "text", _("Tên thủ tục")),
    )
    return form_page(
        "admin/form.html", questions, {}, request.form, trouble,
        heading=_("Lập thủ tục mới"), caption=_("Thủ tục"), lead=_("Mã không đổi được về sau."), button=_("Lập bản nháp"),
        back_href=url_for("admin.procedures"), back_label=_("Thủ tục"), is_danger=False,
    )  # fmt: skip


@blueprint.post("/procedures/new")
@staff(Permission.EDIT_CATALOGUE)
def add_procedure() -> ResponseReturnValue:
    code = request.form.get("code", "").strip()
    return attempt(
        lambda: _add(code, request.form.get("name", "").strip()),
        _new_page,
        lambda: url_for("admin.draft", code=code),
        lambda: _("Đã lập bản nháp."),
    )


def _add(code: str, name: str) -> None:
    if not name:
        raise InvalidInput({"name": ["Hãy ghi tên thủ tục."]})
    try:
        definition = definition_of({"code": code, "name": name, "valid_from": clock.today()})
    except BadProcedure as wrong:
        raise InvalidInput({fault.where: [fault.what] for fault in wrong.faults}) from wrong
    start_new(db(), current_actor(), definition)


@blueprint.get("/procedures/<code>")
@staff(Permission.EDIT_CATALOGUE)
def procedure(code: str) -> ResponseReturnValue:
    versions, draft = versions_of(db(), code), draft_of(db(), code)
    if not versions and draft is None:
        raise NotFound
    standing = standing_at(db(), code, clock.now())
    return render_template(
        "admin/procedure.html",
        code=code,
        name=entry_from(versions[0].summary).name[0] if versions and versions[0].summary else code,
        draft=draft,
        standing=standing,
        versions=[_version_row(version, standing) for version in versions],
        publications=[_publication_row(one) for one in publications_of(db(), code)],
    )


def _version_row(version: ProcedureVersion, standing: ProcedurePublication | None) -> dict[str, Any]:
    return {
        "hash": version.content_hash,
        "short": version.content_hash[:12],
        "when": write_short_moment(version.created_at),
        "state": version.state,
        "note": version.decision_note,
        "is_standing": standing is not None and standing.version_hash == version.content_hash,
        "may_decide": version.state == "waiting" and may_decide(current_actor(), version),
        "may_publish": version.state in ("approved", "shipped"),
    }


def _publication_row(publication: ProcedurePublication) -> dict[str, Any]:
    return {
        "short": publication.version_hash[:12],
        "starts": write_short_moment(publication.starts_at),
        "ends": write_short_moment(publication.ends_at) if publication.ends_at else "–",
        "why": publication.why,
        "id": publication.id,
        "is_to_come": publication.starts_at > clock.now() and publication.ends_at is None,
    }


@blueprint.post("/procedures/<code>/draft")
@staff(Permission.EDIT_CATALOGUE)
def start_draft(code: str) -> ResponseReturnValue:
    start(db(), current_actor(), code, from_hash=request.form.get("from") or None)
    db().commit()
    return redirect(url_for("admin.draft", code=code))
