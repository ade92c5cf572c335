"""What each paper of a dossier says: facts gathered from the dossier, never typed; drawing them is not done here."""

from __future__ import annotations

import secrets
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import clock
from portal.models import Attachment, Dossier, IssuedDocument, Office
from portal.services.catalogue.answers import values_of
from portal.services.catalogue.conditions import holds
from portal.services.catalogue.fees import Channel, total_vnd
from portal.services.catalogue.provenance import Answer, Answers
from portal.services.catalogue.reckoning import case_of, fee_of, term_rule
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.showing import show
from portal.services.dossiers.numbering import next_document_number
from portal.services.dossiers.offices import handler_code, handling_office
from portal.services.dossiers.queries import filed_on
from portal.services.dossiers.vocabulary import Document

TITLES = {
    Document.ACKNOWLEDGEMENT: "Xác nhận đã nộp hồ sơ trực tuyến",
    Document.RECEIPT: "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    Document.SUPPLEMENT_REQUEST: "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
    Document.REFUSAL: "Phiếu từ chối tiếp nhận giải quyết hồ sơ",
    Document.APOLOGY: "Phiếu xin lỗi và hẹn lại ngày trả kết quả",
    Document.PAYMENT_NOTICE: "Thông báo nộp phí, lệ phí",
    Document.STOP_NOTICE: "Thông báo dừng giải quyết hồ sơ",
    Document.WITHDRAWAL_RECORD: "Biên bản trả lại hồ sơ theo đề nghị rút",
    Document.VERIFICATION_RECORD: "Biên bản xác minh",
}
FAMILIES = {
    "residence": {
        Document.RECEIPT: ("CT04", "Phiếu tiếp nhận hồ sơ và hẹn trả kết quả"),
        Document.SUPPLEMENT_REQUEST: ("CT05", "Phiếu hướng dẫn bổ sung, hoàn thiện hồ sơ"),
        Document.REFUSAL: ("CT06", "Phiếu từ chối tiếp nhận, giải quyết hồ sơ"),
    }
}  # the forms of a field that has its own in place of 01 to 03 (TT 53/2025/TT-BCA)
WRITTEN_OUT = {"NĐ": "Nghị định", "TT": "Thông tư", "QĐ": "Quyết định", "NQ": "Nghị quyết"}
TO_ATTACH = ("upload", "earlier_result")
NUMBERED_SLIPS = frozenset(TITLES) - {Document.ACKNOWLEDGEMENT}  # in one series of the office, under its symbol
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 16


def new_verification_code() -> str:
    """A code that cannot be guessed (78 bits) and is hard to misread: no 0/O, 1/I/L, U."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def order_paper(
    session: Session, dossier: Dossier, procedure: Procedure, document: Document, extra: dict[str, Any]
) -> IssuedDocument:
    """The row of a paper to be made: numbered, with everything it will say; the worker draws and signs it."""
    office = handling_office(session, dossier)
    now = clock.now()
    series = _series_of(document, procedure, office)
    year = clock.to_local(now).year
    number = next_document_number(session, office.code, series, year) if series else None
    code = new_verification_code()
    facts = {
        **_common_facts(dossier, procedure, office, now),
        **_where_filed(session, dossier),
        **_form_of_family(procedure, document, extra),
        "number": number,
        "symbol": series,
        "verification_code": code,
        **extra,
    }
    paper = IssuedDocument(
        data_key=dossier.data_key,
        dossier_id=dossier.id,
        kind=document.value,
        round=_round_of(session, dossier, document),
        title=facts["title"],
        office_code=office.code,
        series=series,
        year=year if series else None,
        number=number,
        symbol=series,
        verification_code=code,
        facts=facts,
        created_at=now,
        expires_on=_months_after(clock.to_local(now).date(), extra.get("valid_months")),
    )
    session.add(paper)
    session.flush()
    return paper


def _form_of_family(procedure: Procedure, document: Document, extra: dict[str, Any]) -> dict[str, Any]:
    """The paper's title, and the mark of its form where the procedure's field has forms of its own."""
    mark, title = FAMILIES.get(procedure.definition.forms_family, {}).get(document, ("", TITLES.get(document, "")))
    return {"title": extra.get("title") or title, "form_mark": f"Mẫu {mark}" if mark else ""}


def _round_of(session: Session, dossier: Dossier, document: Document) -> int:
    """Which paper of its kind it is: a receipt, or a request, may be made again."""
    query = select(func.count()).select_from(IssuedDocument)
    there = session.scalar(query.where(IssuedDocument.dossier_id == dossier.id, IssuedDocument.kind == document.value))
    return int(there or 0) + 1


def _series_of(document: Document, procedure: Procedure, office: Office) -> str | None:
    """The series in which the paper is numbered, which is also its printed symbol; None for a paper without a number."""
    if document is Document.RESULT:
        return procedure.definition.result.series
    return office.symbol if document in NUMBERED_SLIPS else None


def _months_after(day: date, months: int | None) -> date | None:
    """The same day some months later, or the last day of a shorter month; None where the paper does not expire."""
    if months is None:
        return None
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _common_facts(dossier: Dossier, procedure: Procedure, office: Office, now: datetime) -> dict[str, Any]:
    parties = dossier.parties
    return {
        "office": office_facts(office),
        "issued_at": now.isoformat(),
        "dossier_code": dossier.code,
        "procedure_code": procedure.code,
        "procedure_name": procedure.definition.name,
        "submitter": parties["submitter"],
        "subject": parties["subject"],
    }


def _where_filed(session: Session, dossier: Dossier) -> dict[str, Any]:
    """Whether a clerk filed the dossier for the person, and at which counter: it need not be the office that decides (R20)."""
    filed_at = session.get(Office, dossier.filing_office_code) if dossier.filing_office_code else None
    return {"is_assisted": filed_at is not None, "filed_at": filed_at.name if filed_at else ""}


def unsigned_facts(session: Session, office_code: str, title: str, **said: Any) -> dict[str, Any]:
    """What a sheet says that is printed from the history and signed by nobody."""
    office = session.get_one(Office, handler_code(session, office_code))
    head = {"office": office_facts(office), "issued_at": clock.now().isoformat(), "title": title, "number": None, "symbol": None}
    return {**head, "verification_code": "", "signed_by": {"name": "", "title": ""}, **said}


def office_facts(office: Office) -> dict[str, Any]:
    """The office as papers name it."""
    names = ("code", "name", "parent_name", "unit_name", "place_name", "signatory", "address", "phone")
    return {key: getattr(office, key) for key in names}


def acknowledgement_facts(dossier: Dossier) -> dict[str, Any]:
    """What the automatic acknowledgement adds: when it was sent; it is not the legal receipt."""
    submitted_at = dossier.submitted_at.isoformat() if dossier.submitted_at else None
    title = {"title": "Xác nhận đã nộp hồ sơ tại bộ phận một cửa"} if dossier.filed_by else {}
    return {**title, "submitted_at": submitted_at, "signed_by": {"name": "", "title": ""}}


def receipt_facts(
    dossier: Dossier, procedure: Procedure, answers: Answers, receiver: str, attached: Sequence[Attachment] = ()
) -> dict[str, Any]:
    """What form 01 adds: components, term, moments, delivery, fee, register line, receiver.

    Source: TT 01/2018/TT-VPCP, form 01; kept by NĐ 118/2025/NĐ-CP.
    """
    definition = procedure.definition
    channel: Channel = dossier.channel  # type: ignore[assignment]
    filed = filed_on(dossier)
    rule = term_rule(definition, channel, case_of(procedure, answers, filed))
    on = clock.to_local(dossier.received_at).date() if dossier.received_at else clock.today()
    province = dossier.office.province_code if dossier.office else ""
    lines = fee_of(procedure, answers, channel=channel, province_code=province, on=on, filed_on=filed)
    return {
        "components": _handed_in(procedure, answers, attached, filed),
        "sets": definition.reception.dossier_sets,
        "term": rule.term if rule else "",
        "received_at": dossier.received_at.isoformat() if dossier.received_at else None,
        "promised_at": dossier.promised_at.isoformat() if dossier.promised_at else None,
        "delivery": dossier.delivery,
        "fees": [{"label": line.rule.label, "amount_vnd": line.amount_vnd} for line in lines],
        "fee_total_vnd": total_vnd(lines),
        "register_year": dossier.register_year,
        "register_number": dossier.register_number,
        "signed_by": {"name": receiver, "title": "NGƯỜI TIẾP NHẬN HỒ SƠ"},
    }


def _handed_in(
    procedure: Procedure, answers: Answers, attached: Sequence[Attachment], filed: date | None
) -> list[dict[str, Any]]:
    """The table of components: what registries and the declaration gave, and of the papers those that really are there."""
    values, case = values_of(answers, filed), case_of(procedure, answers, filed)
    rows = []
    for component in procedure.definition.components:
        own = [one for one in attached if one.component_id == component.id]
        is_called_for = holds(component.when, values) and (not component.cases or case in component.cases)
        if component.satisfied_by in TO_ATTACH and not own or not is_called_for:
            continue
        form = _form_of(own) if own else "bản điện tử"
        rows.append({"name": component.name, "form": form, "count": component.count, "note": component.note})
    return rows


def _form_of(own: Sequence[Attachment]) -> str:
    """In which form a paper came: from the vault, or as how many files; and whether the clerk saw its original."""
    form = "kết quả điện tử có sẵn" if own[0].reused_document_id else "bản điện tử"
    if own[0].digitised_by == "clerk":
        form = "bản số hóa tại quầy"
    files = f" ({len(own)} tệp)" if len(own) > 1 else ""
    compared = ", đã đối chiếu bản chính" if all(one.checked_against_original_at for one in own) else ""
    kept = ", giữ bản chính" if any(one.original_kept_at and not one.original_returned_at for one in own) else ""
    return f"{form}{files}{compared}{kept}"


def refusal_facts(reason: str, ground: str, clerk: str) -> dict[str, Any]:
    """What form 03 adds: the reason and the article of law.

    Source: TT 01/2018/TT-VPCP, form 03; kept by NĐ 118/2025/NĐ-CP.
    """
    return {"reason": reason, "ground": ground, "signed_by": {"name": clerk, "title": "NGƯỜI TIẾP NHẬN HỒ SƠ"}}


def _basis(name: str, title: str) -> str:
    """A legal text as an official paper cites it: written out, its title told once."""
    short, _space, rest = name.partition(" ")
    name = f"{WRITTEN_OUT[short]} số {rest}" if short in WRITTEN_OUT else name
    return name if title in name else f"{name} {title[:1].lower()}{title[1:]}"


def field_said(procedure: Procedure, key: str, answer: Answer) -> dict[str, Any]:
    """One field of a result: value and words; of a repeating group its items, by the last part of their elements' names."""
    element = procedure.elements.get(key)
    if element is not None:
        return {"value": answer["value"], "text": show(element, answer["value"])}
    items = [
        {name.rpartition(".")[2]: field_said(procedure, name, said) for name, said in item["answers"].items()}
        for item in answer["value"]
    ]
    return {"items": items, "text": "; ".join(", ".join(field["text"] for field in item.values()) for item in items)}


def result_facts(procedure: Procedure, answers: Answers, decision: str, reason: str, signer: str) -> dict[str, Any]:
    """What the result says: each field of the template as value and words, or the reasoned refusal."""
    result = procedure.definition.result
    is_refusal = decision == "refuse"
    known = {name: element for name, element in result.fields.items() if element in answers}
    shown = {name: field_said(procedure, element, answers[element]) for name, element in known.items()}
    return {
        "title": "Thông báo từ chối giải quyết hồ sơ" if is_refusal else result.title,
        "is_refusal": is_refusal,
        "reason": reason,
        "fields": {} if is_refusal else shown,
        "valid_months": None if is_refusal else result.valid_months,
        "legal_bases": [_basis(text.name, text.title) for text in procedure.definition.legal_basis if text.is_cited],
        "signed_by": {"name": signer, "title": ""},
    }
