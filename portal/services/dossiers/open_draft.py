"""Opening a draft, or the one already under way: one open draft for each person and procedure."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
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
    """The actor's own dossier by its draft's id, whatever has become of it.

    Raises:
        NotFound: no such draft, or somebody else's.
    """
    query = select(Dossier).where(Dossier.id == draft_id, Dossier.owner_id == actor.account_id)
    if lock:
        query = query.with_for_update(of=Dossier).execution_options(populate_existing=True)
    dossier = session.scalars(query).first()
    if dossier is None:
        raise NotFound
    return dossier


def draft_of(session: Session, actor: Actor, code: str) -> Dossier | None:
    """The actor's open draft of a procedure, if there is one."""
    query = select(Dossier).where(Dossier.owner_id == actor.account_id, Dossier.procedure_code == code, Dossier.state == "draft")
    return session.scalars(query).first()


def _try_to_add(session: Session, actor: Actor, procedure: Procedure, language: str) -> Dossier:
    now = clock.now()
    draft = Dossier(
        data_key=DataKey.fresh(),
        procedure_code=procedure.code,
        version_hash=procedure.content_hash,
        state="draft",
        version=0,
        owner_id=actor.account_id,
        subject_hash=actor.subject_hash,
        language=language,
        created_at=now,
        updated_at=now,
        draft={"answers": {}, "replies": {}, "consent": None, "office_code": None},
    )
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
