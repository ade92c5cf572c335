"""Asking the registries again from the desk."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.auth.permissions import Permission
from portal.auth.session import current_actor
from portal.counter import blueprint
from portal.services.dossiers.recheck import keep_recheck, recheck_asks
from portal.services.registries.exchange import Outcome
from portal.web.access import staff
from portal.web.database import db
from portal.web.limits import asking_registries
from portal.web.lookups import asked


@blueprint.post("/dossiers/<code>/recheck")
@staff(Permission.RECHECK)
@asking_registries
def recheck(code: str) -> ResponseReturnValue:
    actor = current_actor()
    asks = recheck_asks(db(), actor, code, client_ip=request.remote_addr or "")
    with asked(asks) as replies:
        keep_recheck(db(), actor, code, asks, replies)
        db().commit()
    if all(reply.outcome is Outcome.FOUND for reply in replies.values()):
        flash(_("Đã tra cứu lại. Bảng so sánh ở đầu trang."), "saved")
    else:
        flash(_("Có cơ sở dữ liệu chưa trả lời hoặc không khớp. Kết quả từng lần tra cứu ở cuối trang."), "warning")
    return redirect(url_for("counter.dossier", code=code))
