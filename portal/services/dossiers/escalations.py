"""Telling the office that something of a result does not reach a register by itself: one mail to whoever holds the dossier."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from portal.config import settings
from portal.models import Account, Dossier, WriteBack
from portal.services.notices.messages import Letter, compose_escalation
from portal.services.notices.outbox import put

TELL_ESCALATION = "tell_escalation"
LETTERS = uuid.UUID("6d6f7463-7561-4000-8000-000000000002")  # the name space of the ids of these letters


def escalate(session: Session, row: WriteBack) -> None:
    """Tell the officer who holds the dossier and the leader who signed.

    Effects: outbox `tell_escalation`, one for each of them.
    """
    dossier = session.get_one(Dossier, row.dossier_id)
    for account_id in dict.fromkeys((dossier.assigned_to, dossier.approved_by)):
        if account_id is None:
            continue
        payload = {"write_back_id": str(row.id), "account_id": str(account_id)}
        put(session, TELL_ESCALATION, f"{row.id}:{row.request_id}:{row.looks}:{account_id}", dossier_id=None, payload=payload)


def escalation_letter(session: Session, write_back_id: uuid.UUID, account_id: uuid.UUID) -> Letter | None:
    """The mail; None where they left no address."""
    to = session.get_one(Account, account_id).profile.get("email")
    if not to:
        return None
    dossier = session.get_one(Dossier, session.get_one(WriteBack, write_back_id).dossier_id)
    url = f"{settings().base_url}/counter/dossiers/{dossier.code}"
    return compose_escalation(uuid.uuid5(LETTERS, f"{write_back_id}:{account_id}"), to, code=str(dossier.code), url=url)
