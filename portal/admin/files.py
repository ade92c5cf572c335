"""Procedures in as files: what an import would change is shown before anything is changed."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.admin import blueprint
from portal.admin.draft import in_words
from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.services.catalogue.faults import BadProcedure
from portal.services.catalogue.file_format import LONGEST_FILE
from portal.services.errors import GuardRefused
from portal.services.publishing.importing import import_file, look_into
from portal.web.access import staff
from portal.web.database import db
from portal.web.words import tell

UNPROCESSABLE = 422


@blueprint.get("/procedures/import")
@staff(Permission.EDIT_CATALOGUE)
def choose_file() -> ResponseReturnValue:
    return _import_page()


def _import_page(text: str = "", errors: list[str] | None = None, **around: Any) -> str:
    lines = [{"name": "", "text": line} for line in errors or []]
    return render_template("admin/import.html", text=text, errors=lines, **around)


@blueprint.post("/procedures/import")
@staff(Permission.EDIT_CATALOGUE)
def import_procedure() -> ResponseReturnValue:
    text = _sent_text()
    try:
        if "import" not in request.form:
            seen = look_into(db(), text)
            return _import_page(text, seen=seen, changes=[in_words(one) for one in seen.changes])
        draft = import_file(db(), current_actor(), text)
    except BadProcedure as wrong:
        db().rollback()
        return _import_page(text, [str(fault) for fault in wrong.faults]), UNPROCESSABLE
    except GuardRefused as refused:
        db().rollback()
        return _import_page(text, [tell(refused.message)]), UNPROCESSABLE
    db().commit()
    flash(_("Đã nhập vào bản nháp. Hãy kiểm tra rồi trình duyệt."), "saved")
    return redirect(url_for("admin.draft", code=draft.code))


def _sent_text() -> str:
    """The file that was sent, or the text that stands in the form."""
    sent = request.files.get("file")
    content = sent.read(LONGEST_FILE * 4) if sent and sent.filename else b""
    return content.decode("utf-8", errors="replace") if content else request.form.get("text", "").replace("\r\n", "\n")
