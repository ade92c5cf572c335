"""Opening a draft, or the one already under way: one open draft for each person and procedure."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Permission
from portal.models import DataKey, Dossier
from portal.services.catalogue.schema import Procedure
from portal.services.errors import Forbidden, NotFound


def open_draft(session: Session, actor: Actor, procedure: Procedure, *, language: str) -> Dossier:
    """The actor's draft of the procedure, made if there is none; an older one is carried over to today's version.

    Raises:
        Forbidden: the actor is not logged in.
        NotFound: the procedure is only described here, not filed.
    """
    if actor.account_id is None:
        raise Forbidden
    if not procedure.is_filed_online:
        raise NotFound
    draft = draft_of(session, actor, procedure.code)
    if draft is None:
        draft = _try_to_add(session, actor, procedure, language)
    if draft.version_hash != procedure.content_hash:
        draft.version_hash = procedure.content_hash
        draft.updated_at = clock.now()
    return draft


def draft_for(session: Session, actor: Actor, draft_id: uuid.UUID, *, lock: bool = False) -> Dossier:
    """A dossier by its draft's id, whatever has become of it: the actor's own, or one that they file at the counter.

    Raises:
        NotFound: no such draft, or somebody else's; or the actor does not serve at the counter of that draft any more.
    """
    query = select(Dossier).where(Dossier.id == draft_id, or_(_is_own(actor), Dossier.filed_by == actor.account_id))
    if lock:
        query = query.with_for_update(of=Dossier).execution_options(populate_existing=True)
    dossier = session.scalars(query).first() if actor.account_id else None  # nobody's account would match every empty column
    if dossier is None or not _still_serves(actor, dossier):
        raise NotFound
    return dossier


def _is_own(actor: Actor) -> ColumnElement[bool]:
    """What the actor files for themself; what a clerk files for them becomes theirs to see when it is filed."""
    return and_(Dossier.owner_id == actor.account_id, Dossier.filed_by.is_(None))


def _still_serves(actor: Actor, draft: Dossier) -> bool:
    if draft.filing_office_code is None:
        return True
    return actor.role_for(Permission.INTAKE, draft.filing_office_code, draft.procedure_code) is not None


def draft_of(session: Session, actor: Actor, code: str) -> Dossier | None:
    """The actor's open draft of a procedure, if there is one."""
    query = select(Dossier).where(_is_own(actor), Dossier.procedure_code == code, Dossier.state == "draft")
    return session.scalars(query).first()


def fresh_draft(procedure: Procedure, *, owner_id: uuid.UUID | None, subject_hash: bytes, language: str, **more: Any) -> Dossier:
    """An empty draft of the procedure, which is not in the session yet."""
    now = clock.now()
    return Dossier(
        data_key=DataKey.fresh(),
        procedure_code=procedure.code,
        version_hash=procedure.content_hash,
        state="draft",
        version=0,
        owner_id=owner_id,
        subject_hash=subject_hash,
        language=language,
        created_at=now,
        updated_at=now,
        draft={"answers": {}, "replies": {}, "consent": None, "office_code": None},
        **more,
    )


def _try_to_add(session: Session, actor: Actor, procedure: Procedure, language: str) -> Dossier:
    draft = fresh_draft(procedure, owner_id=actor.account_id, subject_hash=actor.subject_hash, language=language)
    try:
        with session.begin_nested():
            session.add(draft)
            session.flush()
    except IntegrityError:
        other = draft_of(session, actor, procedure.code)  # a second tab was faster
        if other is None:
            raise
        return other
    return draft
