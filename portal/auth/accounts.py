"""The account of whoever logged in: one for each (issuer, subject), never moved to another personal ID by itself.

Whoever filed at a counter before has an account that waits; the first login with the same three factors claims it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.oidc import Identity, LoginFailed
from portal.blind_index import personal_id_hash
from portal.crypto import sha256
from portal.models import Account, DataKey, SpentToken
from portal.services.dossiers.owners import lock_person, unclaimed_account
from portal.services.registries.exchange import Subject


def account_of(session: Session, identity: Identity) -> Account:
    """The person's account, made at the first login and brought up to date at each.

    Raises:
        LoginFailed: the provider now names another personal ID for this subject, which a human must look into; or the
            account is locked.
    """
    subject_hash = personal_id_hash(identity.personal_id)
    account = _known(session, identity) or _first_login(session, identity, subject_hash)
    if account.subject_hash != subject_hash:
        raise LoginFailed("identity_changed", "the personal ID of this subject changed")
    if account.locked_at is not None:
        raise LoginFailed("locked")
    account.profile = {**account.profile, **_particulars(identity)}
    account.last_login_at = clock.now()
    return account


def _known(session: Session, identity: Identity) -> Account | None:
    query = select(Account).where(Account.issuer == identity.issuer, Account.subject == identity.subject)
    return session.scalars(query.with_for_update(of=Account)).first()


def _first_login(session: Session, identity: Identity, subject_hash: bytes) -> Account:
    """The account that waited for this person, or a new one; of two first logins at once, one goes first."""
    lock_person(session, identity.personal_id)
    subject = Subject(identity.personal_id, identity.full_name, identity.date_of_birth)
    waiting = _known(session, identity) or unclaimed_account(session, subject)
    if waiting is None:
        return _new_account(session, identity, subject_hash)
    if waiting.claim_hash is not None:
        waiting.issuer, waiting.subject = identity.issuer, identity.subject
        waiting.claim_hash, waiting.last_login_at = None, clock.now()
    return waiting


def _new_account(session: Session, identity: Identity, subject_hash: bytes) -> Account:
    now = clock.now()
    account = Account(
        data_key=DataKey.fresh(),
        issuer=identity.issuer,
        subject=identity.subject,
        subject_hash=subject_hash,
        profile=_particulars(identity),
        created_at=now,
        last_login_at=now,
    )
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError:
        other = _known(session, identity)  # the same person's first login in a second browser was faster
        if other is None:
            raise
        return other
    return account


def _particulars(identity: Identity) -> dict[str, Any]:
    return {
        "personal_id": identity.personal_id,
        "full_name": identity.full_name,
        "date_of_birth": identity.date_of_birth,
    }


def spend(session: Session, token_id: str, lives_until: datetime) -> bool:
    """Mark a one-time token as used; False where it was used before."""
    row = {"token_hash": sha256(token_id.encode()), "expires_at": lives_until}
    added = insert(SpentToken).values(row).on_conflict_do_nothing().returning(SpentToken.token_hash)
    return session.execute(added).first() is not None
