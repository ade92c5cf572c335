"""Reading dossiers, always on behalf of an actor: what the actor may not see is not found."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from portal import clock
from portal.auth.permissions import Actor, Permission
from portal.blind_index import name_tokens, personal_id_hash
from portal.models import AnswersDocument, DataKey, Dossier, Event, Evidence, IssuedDocument, StoredFile
from portal.services.dossiers.lifecycle import Move, allowed, move_for
from portal.services.dossiers.vocabulary import CONFIRMATION, Act, Facts, Place, Stage, State
from portal.services.errors import Forbidden, NotFound, Stale

PAGE_SIZE = 50


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
    )


def _living() -> Select[Dossier]:
    """Dossiers whose content has not been destroyed; of the others only the history remains."""
    living = select(Dossier).join(Dossier.data_key).options(contains_eager(Dossier.data_key))
    return living.where(DataKey.wrapped.is_not(None))


def _visible_to(actor: Actor) -> Select[Dossier]:
    return _living().where(or_(_in_reach_of(actor), _asked_of(actor)), Dossier.state != State.DRAFT)


def _in_reach_of(actor: Actor) -> ColumnElement[bool]:
    """At an office of the actor, and there of a procedure that the actor's duty covers."""
    reach = actor.reach(Permission.SEE_DOSSIER)
    whole = sorted(office for office, procedures in reach.items() if not procedures)
    parts = [
        and_(Dossier.office_code == office, Dossier.procedure_code.in_(sorted(procedures)))
        for office, procedures in sorted(reach.items())
        if procedures
    ]
    return or_(Dossier.office_code.in_(whole), *parts)


def _asked_of(actor: Actor) -> ColumnElement[bool]:
    """Of another office that asked one of the actor's for its opinion, and still awaits it."""
    asked = sorted(office for office, procedures in actor.reach(Permission.GIVE_OPINION).items() if not procedures)
    return and_(Dossier.asked_offices != [], Dossier.asked_offices.overlap(asked)) if asked else false()


def owned(session: Session, actor: Actor, code: str, *, lock: bool = False) -> Dossier:
    """The actor's own dossier of this code; locked, it is read anew.

    Raises:
        NotFound: no such dossier, or somebody else's.
    """
    query = _living().where(Dossier.code == code, Dossier.owner_id == actor.account_id)
    if lock:
        query = query.with_for_update(of=Dossier).execution_options(populate_existing=True)
    return _found(session.scalars(query).first())


def owned_dossiers(session: Session, actor: Actor) -> list[Dossier]:
    """The actor's own dossiers and drafts, newest first."""
    is_filed_or_own = or_(Dossier.filed_by.is_(None), Dossier.state != State.DRAFT)
    query = _living().where(Dossier.owner_id == actor.account_id, is_filed_or_own)
    return list(session.scalars(query.order_by(Dossier.updated_at.desc(), Dossier.id)))


def at_counter(session: Session, actor: Actor, code: str) -> Dossier:
    """A dossier of one of the actor's offices.

    Raises:
        NotFound: no such dossier, or another office's.
    """
    return _found(session.scalars(_visible_to(actor).where(Dossier.code == code)).first())


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
    """
    dossier = owned(session, actor, code, lock=True)
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
    query = select(Dossier.id).where(_stands_at(CONFIRMATION), Dossier.waits_until < clock.now())
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


@dataclass(frozen=True)
class QueueFilter:
    """Which dossiers of the actor's offices are wanted; `search` is a code, a personal ID, or a name without diacritics."""

    places: tuple[Place, ...] = ()
    search: str = ""
    mine_only: bool = False
    due_before: datetime | None = None
    page: int = 1


def queue(session: Session, actor: Actor, wanted: QueueFilter) -> list[Dossier]:
    """One page of the actor's queue: what is promised first stands first, then what came first; one row more than a page."""
    query = _living().where(_in_reach_of(actor), Dossier.state != State.DRAFT)
    if wanted.places:
        query = query.where(or_(*(_stands_at(place) for place in wanted.places)))
    if wanted.search.strip():
        query = query.where(_matches(wanted.search))
    if wanted.mine_only:
        query = query.where(Dossier.assigned_to == actor.account_id)
    if wanted.due_before:
        query = query.where(Dossier.promised_at < wanted.due_before)
    order = (Dossier.promised_at.asc().nulls_last(), Dossier.submitted_at.asc(), Dossier.id)
    offset = (max(wanted.page, 1) - 1) * PAGE_SIZE
    return list(session.scalars(query.order_by(*order).offset(offset).limit(PAGE_SIZE + 1)))


def _stands_at(place: Place):  # type: ignore[no-untyped-def]  # SQLAlchemy's clause types are not worth naming
    if place.stage is None:
        return (Dossier.state == place.state.value) & Dossier.stage.is_(None)
    return (Dossier.state == place.state.value) & (Dossier.stage == place.stage.value)


def _matches(search: str):  # type: ignore[no-untyped-def]
    wanted = search.strip()
    if wanted.isdigit() and len(wanted) == 12:
        return Dossier.subject_hash == personal_id_hash(wanted)
    is_code = Dossier.code == wanted.upper()
    tokens = name_tokens(wanted)
    return or_(is_code, Dossier.name_tokens.contains(tokens)) if tokens else is_code  # a name has hyphens too: Ê-ban


def queue_counts(session: Session, actor: Actor) -> dict[Place, int]:
    """How many dossiers of the actor's offices stand at each open place."""
    query = (
        select(Dossier.state, Dossier.stage, func.count())
        .where(_in_reach_of(actor))
        .where(Dossier.state.not_in([State.DRAFT, State.NOT_RECEIVED, State.WITHDRAWN, State.RETURNED]))
        .group_by(Dossier.state, Dossier.stage)
    )
    return {Place(State(state), Stage(stage) if stage else None): count for state, stage, count in session.execute(query)}


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
    """The dossier's papers, oldest first."""
    query = select(IssuedDocument).where(IssuedDocument.dossier_id == dossier.id)
    return list(session.scalars(query.order_by(IssuedDocument.created_at, IssuedDocument.id)))
