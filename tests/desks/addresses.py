"""Every address of the application, with something real in the place of each name; a new one must be named here."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select

from portal import clock, db
from portal.blind_index import personal_id_hash
from portal.models import (
    Absence,
    AccessQuestion,
    Announcement,
    BulkRun,
    Consent,
    Dossier,
    ProcedurePublication,
    PublishedFigure,
    StaffMember,
)
from portal.services.catalogue.versions import in_force
from tests.desks.cast import Filed
from tests.filings import CODE
from tests.people import OFFICE
from tests.visitors import AUDITOR, CLERK

OF_MY_DATA = ("uuid:entry_id", "uuid:consent_id", "uuid:question_id")
IGNORED = {"HEAD", "OPTIONS"}
VERIFICATION_CODE = "ABCDEFGHJKLMNPQR"
UNKNOWN = Filed("H26.31-20261125-9999999", "00000000-0000-7000-8000-000000000000")


@dataclass(frozen=True)
class Address:
    """One way into the application."""

    endpoint: str
    method: str
    path: str
    rule: str

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


def addresses(app: Flask, filed: Filed, act: str = "receive") -> list[Address]:
    """Every rule of the URL map under each of its methods, about this dossier."""
    found = []
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<([^>]+)>", lambda name, rule=rule: _value(rule.rule, name[1], filed, act), rule.rule)
        found += [Address(rule.endpoint, method, path, rule.rule) for method in sorted(rule.methods - IGNORED)]
    return sorted(found, key=str)


def _value(rule: str, name: str, filed: Filed, act: str) -> str:
    if name == "code":
        return (
            CODE
            if rule.startswith(("/procedures", "/admin/procedures"))
            else VERIFICATION_CODE
            if rule.startswith("/verify")
            else filed.code
        )
    values = {"page_id": "purpose", "uuid:document_id": filed.document_id, "act:act": act, "language": "vi"}
    values["uuid:attachment_id"] = UNKNOWN.document_id  # the shipped procedure's dossiers carry none
    values |= {
        "uuid:draft_id": filed.draft_id,
        "component_id": "paper",
        "element": "subject.full_name",
        "uuid:ticket_id": UNKNOWN.document_id,
        "uuid:write_back_id": UNKNOWN.document_id,
    }
    values |= {"path:place": "fees" if "/add/" in rule else "fees/1", "int:number": "1", "kind": "result"}
    values |= _published() if rule.startswith("/admin/procedures/") else {}
    values |= {"office_code": OFFICE, **(_auditors_duty() if rule.startswith("/admin/staff/") else {})}
    values |= _clerks_absence() if rule.startswith("/counter/absences/") else {}
    values |= {"uuid:run_id": _newest_run()} if name == "uuid:run_id" else {}
    values |= {"registry": "tax", "uuid:figure_id": _published_figure()} if rule.startswith("/admin/data-quality/") else {}
    values |= {"uuid:announcement_id": _drafted_announcement()} if rule.startswith("/admin/announcements/") else {}
    values |= {"uuid:suggestion_id": UNKNOWN.document_id}
    values |= _asked_and_agreed(filed) if name in OF_MY_DATA else {}
    assert name in values, f"{rule}: say what may stand for <{name}>"
    return values[name]


def _published() -> dict[str, str]:
    """A version of the shipped procedure and its publication, for the administrator's desk."""
    with db.transaction() as session:
        standing = session.scalars(in_force(clock.now()).where(ProcedurePublication.code == CODE)).one()
        return {"version_hash": standing.version_hash, "uuid:publication_id": str(standing.id)}


def _newest_run() -> str:
    """What somebody last chose for an act on many dossiers, where anybody did."""
    with db.transaction() as session:
        found = session.scalars(select(BulkRun.id).order_by(BulkRun.prepared_at.desc()).limit(1)).first()
        return str(found or UNKNOWN.document_id)


def _drafted_announcement() -> str:
    """What an administrator drafted, for the administrator's desk."""
    with db.transaction() as session:
        return str(session.scalars(select(Announcement.id)).first() or UNKNOWN.document_id)


def _published_figure() -> str:
    """What an administrator wrote down of a registry, for the administrator's desk."""
    with db.transaction() as session:
        return str(session.scalars(select(PublishedFigure.id)).first() or UNKNOWN.document_id)


def _asked_and_agreed(filed: Filed) -> dict[str, str]:
    """What the owner of the dossier asked about who looked, and what they agreed to."""
    if filed == UNKNOWN:
        return dict.fromkeys(OF_MY_DATA, UNKNOWN.document_id)
    with db.transaction() as session:
        dossier = session.scalars(select(Dossier).where(Dossier.code == filed.code)).one()
        consent_id = session.scalars(select(Consent.id).where(Consent.dossier_id == dossier.id)).first()
        asked = session.scalars(select(AccessQuestion).where(AccessQuestion.account_id == dossier.owner_id)).first()
        found = (asked and asked.entry_id, consent_id, asked and asked.id)
        return {name: str(one or UNKNOWN.document_id) for name, one in zip(OF_MY_DATA, found, strict=True)}


def _auditors_duty() -> dict[str, str]:
    """A member of staff and one of their duties, for the administrator's desk."""
    with db.transaction() as session:
        member = session.scalars(select(StaffMember).where(StaffMember.subject_hash == personal_id_hash(AUDITOR))).one()
        away = session.scalars(select(Absence.id).where(Absence.member_id == member.id)).first() or UNKNOWN.document_id
        return {"uuid:member_id": str(member.id), "uuid:duty_id": str(member.duties[0].id), "uuid:absence_id": str(away)}


def _clerks_absence() -> dict[str, str]:
    """A clerk, and an absence that nobody entered."""
    with db.transaction() as session:
        member_id = session.scalars(select(StaffMember.id).where(StaffMember.subject_hash == personal_id_hash(CLERK))).one()
    return {"uuid:member_id": str(member_id), "uuid:absence_id": UNKNOWN.document_id}


def is_about_a_dossier(rule: str) -> bool:
    """Whether the address names one dossier by its code or its draft, or a paper or entry that is about one."""
    names = ("<code>", "attachment_id", "draft_id", *OF_MY_DATA)
    return any(name in rule for name in names) and rule.startswith(("/my/", "/counter/"))


def without_names(text: str, *names: str) -> str:
    """A page without what differs from request to request: what was asked for, the nonce, the form's token."""
    for name in names:
        text = text.replace(name, "…").replace(name.replace("/", "%2F"), "…")
    text = re.sub(r'nonce="[^"]*"', "", text)
    return re.sub(r'name="csrf_token" value="[^"]*"', "", text)
