"""What becomes of a version: approved or sent back by a second administrator, published, scheduled, retired; compared."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.admin import blueprint
from portal.admin.draft import in_words, yaml_file
from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.models import ProcedureVersion
from portal.services.catalogue.compare import changes_between
from portal.services.catalogue.file_format import write
from portal.services.catalogue.lint import counts
from portal.services.catalogue.versions import by_hash
from portal.services.errors import GuardRefused, NotFound
from portal.services.publishing.approval import approve, may_decide, send_back
from portal.services.publishing.check import check_procedure
from portal.services.publishing.publications import call_off, publish, retire, standing_at
from portal.web.access import staff
from portal.web.database import db


def _version(code: str, version_hash: str) -> ProcedureVersion:
    version = db().get(ProcedureVersion, version_hash)
    if version is None or version.code != code:
        raise NotFound
    return version


@blueprint.get("/procedures/<code>/versions/<version_hash>")
@staff(Permission.EDIT_CATALOGUE)
def version(code: str, version_hash: str) -> ResponseReturnValue:
    row = _version(code, version_hash)
    found = by_hash(db(), version_hash)
    standing = standing_at(db(), code, clock.now())
    against = request.args.get("against") or (standing.version_hash if standing else "")
    other = by_hash(db(), _version(code, against).content_hash) if against and against != version_hash else None
    return render_template(
        "admin/version.html",
        code=code,
        name=found.definition.name,
        row=row,
        short=version_hash[:12],
        against=against[:12],
        may_decide=row.state == "waiting" and may_decide(current_actor(), row),
        may_publish=row.state in ("approved", "shipped"),
        counts=counts(found),
        findings=[in_words(one) for one in check_procedure(db(), found)],
        changes=[in_words(one) for one in changes_between(other, found)] if other else None,
    )


@blueprint.get("/procedures/<code>/versions/<version_hash>/file")
@staff(Permission.EDIT_CATALOGUE)
def version_file(code: str, version_hash: str) -> ResponseReturnValue:
    _version(code, version_hash)
    return yaml_file(write(by_hash(db(), version_hash).definition), code)


@blueprint.post("/procedures/<code>/versions/<version_hash>/approve")
@staff(Permission.APPROVE_PROCEDURE)
def approve_version(code: str, version_hash: str) -> ResponseReturnValue:
    _version(code, version_hash)
    approve(db(), current_actor(), version_hash)
    db().commit()
    flash(_("Đã duyệt. Bản này có thể công bố."), "saved")
    return redirect(url_for("admin.procedure", code=code))


@blueprint.post("/procedures/<code>/versions/<version_hash>/send-back")
@staff(Permission.APPROVE_PROCEDURE)
def send_version_back(code: str, version_hash: str) -> ResponseReturnValue:
    _version(code, version_hash)
    send_back(db(), current_actor(), version_hash, request.form.get("note", ""))
    db().commit()
    flash(_("Đã trả lại để sửa."), "saved")
    return redirect(url_for("admin.procedure", code=code))


@blueprint.post("/procedures/<code>/versions/<version_hash>/publish")
@staff(Permission.PUBLISH_PROCEDURE)
def publish_version(code: str, version_hash: str) -> ResponseReturnValue:
    _version(code, version_hash)
    publish(db(), current_actor(), version_hash, starts_at=_typed_day("starts"), why=request.form.get("why", "").strip())
    db().commit()
    flash(_("Đã công bố."), "saved")
    return redirect(url_for("admin.procedure", code=code))


@blueprint.post("/procedures/<code>/publications/<uuid:publication_id>/call-off")
@staff(Permission.PUBLISH_PROCEDURE)
def call_off_publication(code: str, publication_id: uuid.UUID) -> ResponseReturnValue:
    if call_off(db(), current_actor(), publication_id).code != code:
        raise NotFound
    db().commit()
    flash(_("Đã hủy lịch công bố."), "saved")
    return redirect(url_for("admin.procedure", code=code))


@blueprint.post("/procedures/<code>/retire")
@staff(Permission.PUBLISH_PROCEDURE)
def retire_procedure(code: str) -> ResponseReturnValue:
    retire(db(), current_actor(), code, ends_at=_typed_day("ends"), why=request.form.get("why", ""))
    db().commit()
    flash(_("Đã bãi bỏ. Hồ sơ đang giải quyết vẫn làm tiếp theo bản lúc nộp."), "saved")
    return redirect(url_for("admin.procedure", code=code))


def _typed_day(name: str) -> datetime | None:
    """The beginning of the day that was typed in three boxes; None where all are empty or it is today, which is now.

    Raises:
        GuardRefused: there is no such day.
    """
    year, month, day = (request.form.get(f"{name}.{box}", "").strip() for box in ("year", "month", "day"))
    if not (year or month or day):
        return None
    try:
        chosen = date(int(year), int(month), int(day))
    except ValueError as wrong:
        raise GuardRefused("Không có ngày này trong lịch.") from wrong
    return None if chosen == clock.today() else datetime.combine(chosen, time.min, tzinfo=clock.LOCAL)
