"""Everything that the portal holds on a person, gathered for them to take away: one JSON document, documented in docs/my-data.md.

Their own rows alone: what a dossier of theirs holds of a household member stands there as far as the dossier does.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import (
    Account,
    AnswersDocument,
    Attachment,
    Consent,
    CorrectionCase,
    Dossier,
    Event,
    IssuedDocument,
    Notice,
    Suggestion,
)
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.access_log import PAGE_SIZE, Look, Whose, accounts_of, looks_at
from portal.services.dossiers.ask_about_look import questions_by
from portal.services.dossiers.consents import consents_of
from portal.services.dossiers.corrections import corrections_of
from portal.services.dossiers.queries import owned_dossiers
from portal.services.dossiers.silent_registries import unanswered_of
from portal.services.dossiers.suggestions import suggestions_to

FORMAT = "mot-cua/my-data/1"
MOST_LOOK_PAGES = 200


def own_data(session: Session, actor: Actor) -> dict[str, Any]:
    """The document: `format`, `made_at`, `profile`, `dossiers`, `notices`, `looks`, `consents`, `questions`, `suggestions`.

    Moments are ISO 8601 in UTC; each answer carries its value and where it came from, as it was filed.
    """
    return {
        "format": FORMAT,
        "made_at": _moment(clock.now()),
        "profile": session.get_one(Account, actor.account_id).profile,
        "dossiers": [_dossier(session, one) for one in owned_dossiers(session, actor)],
        "notices": _notices(session, actor),
        "looks": [_look(one) for one in _every_look(session, actor)],
        "consents": [_consent(one) for one in consents_of(session, actor)],
        "questions": [
            {
                "look": str(one.entry_id),
                "asked_at": _moment(one.asked_at),
                "question": one.question,
                "answered_at": _moment(one.answered_at),
                "answer": one.answer,
            }
            for one in questions_by(session, actor)
        ],
        "suggestions": [_suggestion(one) for one in suggestions_to(session, actor)],
    }


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _dossier(session: Session, dossier: Dossier) -> dict[str, Any]:
    procedure = by_hash(session, dossier.version_hash)
    return {
        "code": dossier.code,
        "procedure": {"code": procedure.code, "name": procedure.definition.name, "version": dossier.version_hash},
        "state": dossier.state,
        "stage": dossier.stage,
        "office": {"code": dossier.office.code, "name": dossier.office.name} if dossier.office else None,
        "language": dossier.language,
        "channel": dossier.channel,
        "was_filed_by_a_clerk": dossier.filed_by is not None,
        **{
            name: _moment(getattr(dossier, name))
            for name in ("created_at", "submitted_at", "received_at", "promised_at", "finished_at", "returned_at")
        },
        "parties": dossier.parties,
        "rounds": _rounds(session, dossier),
        "papers": _papers(session, dossier),
        "attachments": _attachments(session, dossier),
        "corrections": [_correction(case) for case in corrections_of(session, dossier)],
        "asked_again": [
            {"registry": row.source, "elements": row.elements, "state": row.state, "attempts": row.attempts}
            for row in unanswered_of(session, dossier)
        ],
        "history": _history(session, dossier),
    }


def _rounds(session: Session, dossier: Dossier) -> list[dict[str, Any]]:
    """The answers of each filing round; a draft's stand as round 0."""
    if dossier.draft is not None:
        return [{"round": 0, "at": _moment(dossier.updated_at), "answers": dossier.draft["answers"]}]
    query = select(AnswersDocument).where(AnswersDocument.dossier_id == dossier.id).order_by(AnswersDocument.round)
    return [{"round": one.round, "at": _moment(one.created_at), "answers": one.content} for one in session.scalars(query)]


def _papers(session: Session, dossier: Dossier) -> list[dict[str, Any]]:
    query = select(IssuedDocument).where(IssuedDocument.dossier_id == dossier.id, IssuedDocument.issued_at.is_not(None))
    return [
        {
            "kind": one.kind,
            "title": one.title,
            "number": f"{one.number:02d}/{one.symbol}" if one.number else None,
            "issued_at": _moment(one.issued_at),
            "verification_code": one.verification_code,
        }
        for one in session.scalars(query.order_by(IssuedDocument.created_at, IssuedDocument.id))
    ]


def _attachments(session: Session, dossier: Dossier) -> list[dict[str, Any]]:
    query = select(Attachment).where(Attachment.dossier_id == dossier.id, Attachment.removed_at.is_(None))
    return [
        {"name": one.name, "component": one.component_id, "size_bytes": one.size_bytes, "added_at": _moment(one.added_at)}
        for one in session.scalars(query.order_by(Attachment.added_at, Attachment.id))
    ]


def _correction(case: CorrectionCase) -> dict[str, Any]:
    """What the person said is not right, and what became of it."""
    moments = ("requested_at", "sent_at", "due_at", "answered_at")
    said = {name: case.content[name] for name in ("shown", "claimed", "reason", "more")}
    told = {"element": case.element, "registry": case.source, "state": case.state, "words": case.words or ""}
    return {**told, **said, **{name: _moment(getattr(case, name)) for name in moments}}


def _history(session: Session, dossier: Dossier) -> list[dict[str, Any]]:
    """What happened and in which capacity; staff stand in it without their names."""
    query = select(Event).where(Event.dossier_id == dossier.id).order_by(Event.number)
    return [
        {"at": _moment(one.happened_at), "what": one.name, "by": one.actor_role, "office": one.office_code}
        for one in session.scalars(query)
    ]


def _notices(session: Session, actor: Actor) -> list[dict[str, Any]]:
    query = select(Notice, Dossier.code).join(Dossier, Dossier.id == Notice.dossier_id)
    query = query.where(Notice.account_id.in_(accounts_of(actor))).order_by(Notice.created_at, Notice.id)
    return [
        {"dossier": code, "what": one.kind, "at": _moment(one.created_at), "read_at": _moment(one.read_at)}
        for one, code in session.execute(query)
    ]


def _every_look(session: Session, actor: Actor) -> list[Look]:
    found: list[Look] = []
    for page in range(1, MOST_LOOK_PAGES + 1):
        rows = looks_at(session, actor, Whose.ALL, page)
        found += rows[:-1] if len(rows) > PAGE_SIZE else rows
        if len(rows) <= PAGE_SIZE:
            break
    return found


def _look(look: Look) -> dict[str, Any]:
    """One entry: who by office and role, never by name; the names of fields, never values."""
    entry = look.entry
    return {
        "id": str(entry.id),
        "at": _moment(entry.happened_at),
        "kind": entry.kind,
        "by": "self" if look.is_own else entry.actor_role,
        "office": entry.office_code or None,
        "purpose": entry.purpose,
        "legal_ground": entry.legal_ground,
        "basis": entry.basis,
        "registry": entry.source or None,
        "fields": list(entry.fields),
        "outcome": entry.outcome or None,
        "dossier": look.dossier_code or None,
        "reason": look.reason or None,
    }


def _suggestion(found: Suggestion) -> dict[str, Any]:
    return {
        "rule": found.rule,
        "state": found.state,
        "found_at": _moment(found.found_at),
        "decided_at": _moment(found.decided_at),
        "facts": found.facts,
    }


def _consent(consent: Consent) -> dict[str, Any]:
    return {
        "id": str(consent.id),
        "procedure": consent.procedure_code,
        "version": consent.version_hash,
        "language": consent.language,
        "lookups": consent.lookups,
        "given_at": _moment(consent.given_at),
        "withdrawn_at": _moment(consent.withdrawal.withdrawn_at) if consent.withdrawal else None,
    }
