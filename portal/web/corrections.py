"""Requests to correct a register, in words: what stood there, what is right, how far it is, and what the register says now."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from portal.models import CorrectionCase, Evidence
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.showing import show
from portal.services.catalogue.versions import current
from portal.services.dossiers.corrections import CaseState
from portal.services.dossiers.register_marks import CORRECTION, DIFFERS, OVERDUE, UNWRITTEN
from portal.services.errors import NotFound
from portal.services.registries.prefill import value_at
from portal.services.registries.sources import sources
from portal.web.database import db
from portal.web.questions import registry_name

COLOURS = {
    CaseState.ACCEPTED: "jade",
    CaseState.REJECTED: "plain",
    CaseState.MORE_ASKED: "amber",
    CaseState.OVERDUE: "red",
    CaseState.BY_PROCEDURE: "amber",
}


def state_words(state: str) -> str:
    """How far a case is."""
    return {
        CaseState.REQUESTED: _("Đang gửi đến cơ quan giữ dữ liệu"),
        CaseState.SENT: _("Đã gửi, chờ trả lời"),
        CaseState.MORE_ASKED: _("Cơ quan giữ dữ liệu hỏi thêm"),
        CaseState.OVERDUE: _("Quá hạn trả lời, cổng vẫn hỏi tiếp"),
        CaseState.ACCEPTED: _("Đã sửa"),
        CaseState.REJECTED: _("Không sửa"),
        CaseState.BY_PROCEDURE: _("Phải sửa bằng một thủ tục riêng"),
    }[CaseState(state)]


def mark_words(mark: str | None) -> tuple[str, str] | None:
    """What a list says of a dossier against which a register speaks, and in which colour; nothing of others."""
    words = {
        UNWRITTEN: (_("Kết quả chưa ghi được"), "red"),
        DIFFERS: (_("Khác với cơ sở dữ liệu"), "red"),
        OVERDUE: (_("Cơ quan giữ dữ liệu quá hạn trả lời"), "red"),
        CORRECTION: (_("Báo dữ liệu chưa đúng"), "amber"),
    }
    return words.get(mark or "")


def correction_row(
    case: CorrectionCase, procedure: Procedure, renewed: Mapping[uuid.UUID, Evidence], language: str
) -> dict[str, Any]:
    """One case in words; `renewed`: the look-ups after a register's yes, by id."""
    element, said = procedure.elements[case.element], case.content
    evidence = renewed.get(case.renewed_by) if case.renewed_by else None
    now = value_at(evidence.content, case.path) if evidence else None
    return {
        "element": case.element,
        "source": case.source,
        "source_label": registry_name(case.source),
        "label": getattr(element.label, language),
        "shown": show(element, said["shown"], language),
        "claimed": show(element, said["claimed"], language),
        "reason": said["reason"],
        "has_proof": bool(said["attachment"]),
        "state": case.state,
        "state_words": state_words(case.state),
        "colour": COLOURS.get(CaseState(case.state), "blue"),
        "words": case.words or "",
        "reference": case.reference,
        "requested_at": case.requested_at,
        "sent_at": case.sent_at,
        "due_at": case.due_at if case.is_open else None,
        "answered_at": case.answered_at,
        "now": show(element, now, language) if now is not None else "",
        "now_as_of": evidence.as_of if evidence else None,
        "now_record": evidence.response_id if evidence else "",
        "now_version": evidence.record_version if evidence else None,
        "mended_by": _mended_by(case, language),
    }


def _mended_by(case: CorrectionCase, language: str) -> dict[str, str] | None:
    """The procedure by which alone the register corrects the value."""
    if case.procedure_code is None:
        return None
    rules = sources()[case.source].corrections.by_procedure.values()
    name = next((getattr(one.name, language) for one in rules if one.code == case.procedure_code), case.procedure_code)
    return {"code": case.procedure_code, "name": str(name)}


def with_link(row: dict[str, Any]) -> dict[str, Any]:
    """The same with the way to the procedure that corrects the value, where this portal offers it."""
    mended = row["mended_by"]
    if mended is None:
        return row
    try:
        current(db(), mended["code"])
    except NotFound:
        return row
    return {**row, "mended_by": {**mended, "href": url_for("citizen.procedure", code=mended["code"])}}


def case_rows(
    cases: Iterable[CorrectionCase],
    procedure_of: Callable[[str], Procedure],
    renewed: Mapping[uuid.UUID, Evidence],
    language: str,
    address: Callable[[str], str],
) -> list[dict[str, Any]]:
    """Cases of several dossiers as a list shows them, each with its dossier; `address`: where a dossier stands."""
    return [
        {
            **correction_row(case, procedure_of(case.dossier.version_hash), renewed, language),
            "code": case.dossier.code,
            "href": address(str(case.dossier.code)),
        }
        for case in cases
    ]
