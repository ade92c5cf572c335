"""Looking a dossier up without login: its code and its tracking secret give the status, and nothing about anybody."""

from __future__ import annotations

import re
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.public import blueprint
from portal.services.dossiers.track import status_by_code
from portal.services.dossiers.vocabulary import STATUS_CODES, State
from portal.services.errors import NotFound
from portal.web.access import public
from portal.web.database import db
from portal.web.limits import guesses
from portal.web.words import state_name

NOT_FOUND = 404
CODE = re.compile(r"[0-9A-Z]+(\.[0-9A-Z]+)*-(\d{6}|\d{8})-\d{4,7}")


@blueprint.get("/track")
@public
def track() -> ResponseReturnValue:
    return render_template("public/track.html", code="", errors=[], field_errors={})


@blueprint.post("/track")
@public
@guesses
def look_up() -> ResponseReturnValue:
    code = re.sub(r"\s", "", request.form.get("code", ""))[:60].upper()
    secret = re.sub(r"\s", "", request.form.get("secret", ""))[:20].upper()
    problems = _problems(code, secret)
    if problems:
        return _again(code, problems), 422
    try:
        found = status_by_code(db(), code, secret)
    except NotFound:
        unknown = _("Không có hồ sơ nào với mã hồ sơ và mã tra cứu này. Xem lại cả hai mã trên giấy hẹn.")
        return _again(code, {"code": unknown}), NOT_FOUND
    state = State(found.state)
    return render_template(
        "public/track_result.html",
        code=code,
        status_code=STATUS_CODES[state],
        status=state_name(state),
        submitted_at=found.submitted_at,
        promised_at=found.promised_at,
    )


def _problems(code: str, secret: str) -> dict[str, str]:
    problems = {}
    if not CODE.fullmatch(code):
        problems["code"] = _("Mã hồ sơ có dạng H26.31-20261125-0000001.")
    if not secret:
        problems["secret"] = _("Hãy ghi mã tra cứu trên trang xác nhận hoặc giấy hẹn.")
    return problems


def _again(code: str, problems: dict[str, str]) -> str:
    errors: list[dict[str, Any]] = [{"name": name, "text": text} for name, text in problems.items()]
    return render_template("public/track.html", code=code, errors=errors, field_errors={k: [v] for k, v in problems.items()})
