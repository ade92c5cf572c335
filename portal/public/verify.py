"""Is this paper genuine? By its code, its QR, or the PDF itself; without login, telling no more than the paper shows."""

from __future__ import annotations

import re
from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.public import blueprint
from portal.services.results.verify import PaperVerdict, verify_by_code, verify_pdf
from portal.web.access import public
from portal.web.database import db
from portal.web.limits import heavy, looks

LARGEST_PDF_BYTES = 10 * 1024 * 1024
UNPROCESSABLE = 422


def _normalised(code: str) -> str:
    return re.sub(r"[\s\-]", "", code).upper()[:40]


@blueprint.get("/verify")
@public
def verify() -> ResponseReturnValue:
    code = request.args.get("code", "")
    if code:
        return redirect(url_for("public.verify_code", code=_normalised(code) or "-"))
    return render_template("public/verify.html", errors=[], field_errors={})


@blueprint.get("/verify/<code>")
@public
@looks
def verify_code(code: str) -> ResponseReturnValue:
    return _verdict_page(verify_by_code(db(), _normalised(code)))


@blueprint.post("/verify")
@public
@heavy
def verify_file() -> ResponseReturnValue:
    upload = request.files.get("file")
    pdf = upload.read(LARGEST_PDF_BYTES + 1) if upload else b""
    problem = ""
    if not pdf:
        problem = _("Hãy chọn tệp PDF kết quả.")
    elif len(pdf) > LARGEST_PDF_BYTES:
        problem = _("Tệp lớn quá 10 MB. Kết quả của cổng nhỏ hơn nhiều.")
    elif not pdf.startswith(b"%PDF-"):
        problem = _("Đây không phải tệp PDF. Hãy chọn đúng tệp đã tải từ cổng.")
    if problem:
        page = render_template("public/verify.html", errors=[{"name": "file", "text": problem}], field_errors={"file": [problem]})
        return page, UNPROCESSABLE
    return _verdict_page(verify_pdf(db(), pdf))


@blueprint.get("/verify.json")
@public
@looks
def verify_json() -> ResponseReturnValue:
    verdict = verify_by_code(db(), _normalised(request.args.get("code", "")))
    return jsonify(verdict.to_json()), 200 if verdict.is_known else 404


def _verdict_page(verdict: PaperVerdict) -> tuple[str, int]:
    context: dict[str, Any] = {"verdict": verdict}
    return render_template("public/verdict.html", **context), 200 if verdict.is_known else 404
