"""Whose dossier it is that a clerk files: the person's own account, or one that waits to be claimed at their first login.

An account is found by all three factors of a person together: one number mistyped at a counter never leads to somebody
else's account, and nobody is handed a dossier that was filed under their number with another's name.
"""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal import clock
from portal.blind_index import claim_hash, personal_id_hash
from portal.models import Account, DataKey
from portal.services.registries.exchange import Subject
from portal.text import match_key

PERSON_LOCK = 0x6F776E72


def owner_at_counter(session: Session, subject: Subject) -> Account:
    """The account that a dossier filed for this person belongs to, made if there is none.

    An account that is locked stays the person's own: whoever may not log in may still file at the counter.
    """
    lock_person(session, subject.personal_id)
    hashed = personal_id_hash(subject.personal_id)
    query = select(Account).where(Account.subject_hash == hashed, Account.claim_hash.is_(None))
    for account in session.scalars(query.order_by(Account.last_login_at.desc(), Account.id)):
        if is_the_same(account, subject):
            return account
    return unclaimed_account(session, subject) or _new_account(session, subject, hashed)


def unclaimed_account(session: Session, subject: Subject) -> Account | None:
    """The account that waits for this person's first login, locked for whoever claims it."""
    wanted = claim_hash(subject.personal_id, subject.full_name, subject.date_of_birth)
    return session.scalars(select(Account).where(Account.claim_hash == wanted).with_for_update(of=Account)).first()


def lock_person(session: Session, personal_id: str) -> None:
    """Let the counter and the person's first login follow each other until the caller's commit."""
    key = int.from_bytes(personal_id_hash(personal_id)[:4], "big", signed=True)
    session.execute(text("SELECT pg_advisory_xact_lock(:room, :person)"), {"room": PERSON_LOCK, "person": key})


def is_the_same(account: Account, subject: Subject) -> bool:
    """Whether an account's name and date of birth are this person's too."""
    known = account.profile
    return match_key(known["full_name"]) == match_key(subject.full_name) and known["date_of_birth"] == subject.date_of_birth


def _new_account(session: Session, subject: Subject, hashed: bytes) -> Account:
    account = Account(
        data_key=DataKey.fresh(),
        subject_hash=hashed,
        claim_hash=claim_hash(subject.personal_id, subject.full_name, subject.date_of_birth),
        profile={
            "personal_id": subject.personal_id,
            "full_name": subject.full_name,
            "date_of_birth": subject.date_of_birth,
        },
        created_at=clock.now(),
    )
    session.add(account)
    session.flush()
    return account
