"""Reading dossiers, always on behalf of an actor: what the actor may not see is not found."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, false, func, literal_column, or_, select
from sqlalchemy.orm import Session, contains_eager

from portal import clock
from portal.auth.permissions import Actor, Permission
from portal.models import AnswersDocument, DataKey, Dossier, DossierTally, Event, Evidence, IssuedDocument, StoredFile
from portal.services.dossiers.lifecycle import Move, allowed, move_for
from portal.services.dossiers.owner_word import require_word
from portal.services.dossiers.vocabulary import CONFIRMATION, Act, Facts, Place, Stage, State
from portal.services.errors import Forbidden, NotFound, Stale


def facts_of(dossier: Dossier, *, result_is_signed: bool = False) -> Facts:
    """What the table of moves needs to know of the dossier."""
    now = clock.now()
    return Facts(
        place=Place(State(dossier.state), Stage(dossier.stage) if dossier.stage else None),
        office_code=dossier.office_code or "",
        owner_id=dossier.owner_id,
        subject_hash=dossier.subject_hash,
        household_hashes=frozenset(dossier.household_hashes),
        received_by=dossier.received_by,
        assigned_to=dossier.assigned_to,
        proposed_by=dossier.proposed_by,
        result_is_signed=result_is_signed,
        procedure_code=dossier.procedure_code,
        is_delivered_electronically=dossier.delivery == "electronic",
        is_paid=dossier.paid_vnd is not None,
        was_extended=dossier.extended_at is not None,
        confirms_draft=dossier.confirms_draft,
        opinion_is_awaited=bool(dossier.asked_offices) and dossier.opinions_until is not None and now <= dossier.opinions_until,
        asked_offices=frozenset(dossier.asked_offices),
        waits_until=dossier.waits_until,
        now=now,
        filed_by=dossier.filed_by,
        appraised_by=frozenset(dossier.appraised_by),
    )


def _living() -> Select[Dossier]:
    """Dossiers whose content has not been destroyed; of the others only the history remains."""
    living = select(Dossier).join(Dossier.data_key).options(contains_eager(Dossier.data_key))
    return living.where(DataKey.wrapped.is_not(None))


def _visible_to(actor: Actor) -> Select[Dossier]:
    return _living().where(or_(in_reach_of(actor), asked_of(actor)), Dossier.state != State.DRAFT)


def in_reach_of(
    actor: Actor, rows: type[Dossier] | type[DossierTally] = Dossier, *, by_index: bool = True
) -> ColumnElement[bool]:
    """At an office of the actor, and there of a procedure that the actor's duty covers.

    Without `by_index` the rows are found by something else, and no index of offices is read through for them.
    """
    reach = actor.reach(Permission.SEE_DOSSIER)
    office_code = rows.office_code if by_index else func.coalesce(rows.office_code, "")
    whole = sorted(office for office, procedures in reach.items() if not procedures)
    parts = [
        and_(office_code == office, rows.procedure_code.in_(sorted(procedures)))
        for office, procedures in sorted(reach.items())
        if procedures
    ]
    return or_(office_code.in_(whole), *parts)


def asked_of(actor: Actor) -> ColumnElement[bool]:
    """Of another office that asked one of the actor's for its opinion, and still awaits it."""
    asked = sorted(office for office, procedures in actor.reach(Permission.GIVE_OPINION).items() if not procedures)
    is_asking = Dossier.asked_offices.op("<>")(literal_column("'{}'"))  # in the very words of the index, or it is not used
    return and_(is_asking, Dossier.asked_offices.overlap(asked)) if asked else false()


def owned(session: Session, actor: Actor, code: str, *, lock: bool = False) -> Dossier:
    """The dossier of this code, the actor's own or the one of the person whom they assist; locked, it is read anew.

    Raises:
        NotFound: no such dossier, or somebody else's.
    """
    query = _living().where(Dossier.code == code, Dossier.owner_id == actor.owner_id)
    if actor.assists:
        query = query.where(Dossier.id == actor.assists.dossier_id)
    if lock:
        query = query.with_for_update(of=Dossier).execution_options(populate_existing=True)
    return _found(session.scalars(query).first())


def owned_dossiers(session: Session, actor: Actor) -> list[Dossier]:
    """The actor's own dossiers and drafts, newest first."""
    is_filed_or_own = or_(Dossier.filed_by.is_(None), Dossier.state != State.DRAFT)
    query = _living().where(Dossier.owner_id == actor.account_id, is_filed_or_own)
    return list(session.scalars(query.order_by(Dossier.updated_at.desc(), Dossier.id)))


def of_any_office(session: Session, code: str) -> Dossier:
    """A dossier of whichever office, for whoever has given a reason to read it (`open_elsewhere`).

    Raises:
        NotFound: no such dossier, or a draft.
    """
    return _found(session.scalars(_living().where(Dossier.code == code, Dossier.state != State.DRAFT)).first())


def at_counter(session: Session, actor: Actor, code: str) -> Dossier:
    """A dossier of one of the actor's offices.

    Raises:
        NotFound: no such dossier, or another office's.
    """
    return _found(session.scalars(_visible_to(actor).where(Dossier.code == code)).first())


def several_at_counter(session: Session, actor: Actor, codes: Collection[str]) -> dict[str, Dossier]:
    """Of these codes, the dossiers of the actor's offices; the others are left out, whoever's they are."""
    found = session.scalars(_visible_to(actor).where(Dossier.code.in_(codes)).order_by(Dossier.id))
    return {str(dossier.code): dossier for dossier in found}


def for_act(session: Session, actor: Actor, act: Act, code: str, *, expected_version: int) -> tuple[Dossier, Move]:
    """The dossier locked for one act of a staff member, and the row of the table that allows it.

    Raises:
        NotFound: not a dossier of the actor's offices.
        Stale: somebody acted since the actor's page was drawn.
        Forbidden, IllegalMove, GuardRefused: as the table says.
    """
    query = _visible_to(actor).where(Dossier.code == code).with_for_update(of=Dossier)
    dossier = _found(session.scalars(query.execution_options(populate_existing=True)).first())
    if dossier.version != expected_version:
        raise _stale(session, dossier)
    return dossier, move_for(act, facts_of(dossier), actor)


def for_owner_act(session: Session, actor: Actor, act: Act, code: str, *, expected_version: int) -> tuple[Dossier, Move]:
    """The owner's dossier locked for one act of theirs, and the row of the table that allows it.

    Raises:
        NotFound: no such dossier, or somebody else's.
        Stale: somebody acted since the owner's page was drawn.
        IllegalMove, GuardRefused: as the table says.
        InvalidInput: at the counter, they have not confirmed it.
    """
    dossier = owned(session, actor, code, lock=True)
    require_word(actor)
    if dossier.version != expected_version:
        raise _stale(session, dossier)
    return dossier, move_for(act, facts_of(dossier), actor)


def for_system(
    session: Session, actor: Actor, act: Act, dossier_id: uuid.UUID, *, result_is_signed: bool = False
) -> tuple[Dossier, Move]:
    """The dossier locked for one act of the portal itself.

    Raises:
        Forbidden, IllegalMove, GuardRefused: as the table says.
    """
    if not actor.is_system:
        raise Forbidden(act)
    dossier = session.get_one(Dossier, dossier_id, with_for_update={"of": Dossier}, populate_existing=True)
    return dossier, move_for(act, facts_of(dossier, result_is_signed=result_is_signed), actor)


def silent_drafts(session: Session) -> list[uuid.UUID]:
    """The dossiers whose draft result the citizen might have disputed until a moment that is past, oldest first."""
    query = select(Dossier.id).where(
        Dossier.state == CONFIRMATION.state.value, Dossier.stage == CONFIRMATION.stage, Dossier.waits_until < clock.now()
    )
    return list(session.scalars(query.order_by(Dossier.waits_until, Dossier.id)))


def _stale(session: Session, dossier: Dossier) -> Stale:
    last = session.scalars(select(Event).where(Event.dossier_id == dossier.id).order_by(Event.number.desc()).limit(1)).first()
    return Stale(last.actor_role if last else "", last.happened_at if last else None)


def _found(dossier: Dossier | None) -> Dossier:
    if dossier is None:
        raise NotFound
    return dossier


def buttons(dossier: Dossier, actor: Actor) -> tuple[Move, ...]:
    """The acts that the actor may do on the dossier now."""
    return allowed(facts_of(dossier), actor)


def filed_on(dossier: Dossier) -> date | None:
    """The day on which the dossier was filed; nothing of a draft."""
    return clock.to_local(dossier.submitted_at).date() if dossier.submitted_at else None


def latest_answers(session: Session, dossier: Dossier) -> AnswersDocument:
    """The answers of the dossier's newest filing round."""
    query = select(AnswersDocument).where(AnswersDocument.dossier_id == dossier.id).order_by(AnswersDocument.round.desc())
    return session.scalars(query.limit(1)).one()


def evidence_of(session: Session, dossier: Dossier) -> list[Evidence]:
    """What the registries answered for the dossier, oldest first."""
    query = select(Evidence).where(Evidence.dossier_id == dossier.id).order_by(Evidence.fetched_at, Evidence.id)
    return list(session.scalars(query))


def paper_of(session: Session, dossier: Dossier, document_id: uuid.UUID) -> tuple[IssuedDocument, StoredFile]:
    """One paper of the dossier, with its file.

    Raises:
        NotFound: the dossier has no such paper, or it is not made yet.
    """
    document = next((paper for paper in documents_of(session, dossier) if paper.id == document_id), None)
    if document is None or document.file is None:
        raise NotFound
    return document, document.file


def documents_of(session: Session, dossier: Dossier) -> list[IssuedDocument]:
    """The dossier's papers, oldest first; none that was taken back before it was made."""
    query = select(IssuedDocument).where(IssuedDocument.dossier_id == dossier.id, ~never_made())
    return list(session.scalars(query.order_by(IssuedDocument.created_at, IssuedDocument.id)))


def never_made() -> ColumnElement[bool]:
    """Of a paper that was ordered, and taken back before it was drawn."""
    return and_(IssuedDocument.issued_at.is_(None), IssuedDocument.revoked_at.is_not(None))
