"""The queues of the desks: what must be answered first stands first, page by page, and how many stand where.

Every list follows an index from its beginning (`ix_dossiers_queue…`): one short walk for each office and place, merged.
Nothing here counts or sorts all that is open, so a page costs the same among a thousand dossiers and a million.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    Select,
    Subquery,
    Text,
    and_,
    column,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    tuple_,
    union,
    union_all,
    values,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
from sqlalchemy.orm import Session, aliased, contains_eager

from portal.auth.permissions import Actor, Permission
from portal.blind_index import name_tokens, personal_id_hash
from portal.models import DataKey, Dossier, DossierTally, ProcedureVersion
from portal.services.dossiers.lifecycle import PLACES, RUNNING
from portal.services.dossiers.queries import asked_of, in_reach_of
from portal.services.dossiers.vocabulary import APPRAISING, CONFIRMATION, DRAFT, SIGNATURE, Place, Stage, State

PAGE_SIZE = 50
MOST_FOUND = 200
MOST_COUNTED = 99
MINE_DUE_SOON = "mine_due_soon"
OPINIONS_AT = (APPRAISING, CONFIRMATION, SIGNATURE)
CODE = re.compile(r".+-[0-9]{8}-[0-9]{7}")
Opinions = Literal["", "awaited", "asked_of_us"]


@dataclass(frozen=True)
class QueueFilter:
    """Which dossiers of the actor's offices are wanted.

    `search`: a code, a personal ID, or a name without diacritics; with it every place counts. `due_from`, `due_before`:
    the promised moment lies between them.
    `opinions`: another office's is awaited, or one is asked of the actor's. `sent_back`: proposed once, and with its officer
    again, because the leader or the citizen wanted something mended.
    `newest_first`: the list read from its end. `after`, `before`: the code of the dossier where a page begins or ends.
    """

    places: tuple[Place, ...] = ()
    search: str = ""
    procedure_code: str = ""
    mine_only: bool = False
    due_from: datetime | None = None
    due_before: datetime | None = None
    opinions: Opinions = ""
    sent_back: bool = False
    newest_first: bool = False
    after: str = ""
    before: str = ""


@dataclass(frozen=True)
class QueueCounts:
    """How many stand at each place, exactly; the others up to `MOST_COUNTED` and one more, which says `or more`.

    `procedures`: of which there are dossiers, with their names (Vietnamese, English), by code.
    """

    places: dict[Place, int] = field(default_factory=dict)
    procedures: dict[str, tuple[str, str]] = field(default_factory=dict)
    overdue: int = 0
    due_soon: int = 0
    mine: int = 0
    mine_due_soon: int = 0
    awaited: int = 0
    asked_of_us: int = 0
    sent_back: int = 0


def place_of(dossier: type[Dossier]) -> ColumnElement[str]:
    """Where a dossier stands, as `str(Place)`, in the words of the index."""
    stage: ColumnElement[str] = func.coalesce(literal_column("'/'").op("||")(dossier.stage), literal_column("''"))
    return dossier.state.op("||")(stage)


def due_of(dossier: type[Dossier]) -> ColumnElement[Any]:
    """When a dossier is promised, or at the end of all time, in the words of the index."""
    return func.coalesce(dossier.promised_at, literal_column("'infinity'::timestamptz"))


def queue(session: Session, actor: Actor, wanted: QueueFilter) -> list[Dossier]:
    """One page of the actor's queue: what is promised first stands first, then what came first.

    One dossier more than a page, at the end to which the walk went (with `before` at the beginning), tells of another page.
    Of a search at most `MOST_FOUND` dossiers are looked at; a longer name finds fewer.
    """
    backwards = wanted.newest_first != bool(wanted.before)
    found = _found_ids(actor, wanted, backwards=backwards)
    page = select(found.c.id).order_by(*_ordered(found.c, backwards=backwards)).limit(PAGE_SIZE + 1).subquery("page")
    query = (
        select(Dossier)
        .join(page, page.c.id == Dossier.id)
        .join(Dossier.data_key)
        .options(contains_eager(Dossier.data_key))
        .order_by(*_direction((due_of(Dossier), Dossier.submitted_at, Dossier.id), backwards=backwards))
    )
    dossiers = list(session.scalars(query))
    return dossiers[::-1] if wanted.before else dossiers


def _found_ids(actor: Actor, wanted: QueueFilter, *, backwards: bool) -> Subquery:
    """The ids of at most a page from each walk, with what they are ordered by."""
    if wanted.search.strip():
        return _one_walk(_matching(actor, wanted), actor, wanted, backwards=backwards)
    if wanted.opinions == "asked_of_us":
        asked = select(Dossier).where(asked_of(actor), place_of(Dossier).in_([str(place) for place in OPINIONS_AT]))
        return _one_walk(asked, actor, wanted, backwards=backwards)
    walks = [_walk(span, condition, actor, wanted, backwards=backwards) for span, condition in _spans(actor, wanted)]
    return union_all(*walks).subquery("found") if walks else select(*_keys()).where(false()).subquery("found")


def _spans(actor: Actor, wanted: QueueFilter) -> Iterable[tuple[Any, ColumnElement[bool]]]:
    """The beginnings of the indexes to be walked: offices with places, offices and procedures with places, or one's own."""
    places = [str(place) for place in wanted.places or PLACES if place != DRAFT]
    if wanted.mine_only:
        whose = (column("officer_id", UUID(as_uuid=True)), column("place", Text))
        span = values(*whose, name="span").data([(officer_id, place) for officer_id in whose_are(actor) for place in places])
        yield span, and_(Dossier.assigned_to == span.c.officer_id, place_of(Dossier) == span.c.place, in_reach_of(actor))
        return
    reach = actor.reach(Permission.SEE_DOSSIER)
    if wanted.procedure_code:
        reach = {
            office: frozenset({wanted.procedure_code})
            for office, codes in reach.items()
            if not codes or wanted.procedure_code in codes
        }
    whole = [(office, place) for office, codes in sorted(reach.items()) if not codes for place in places]
    parts = [(office, code, place) for office, codes in sorted(reach.items()) for code in sorted(codes) for place in places]
    if whole:
        span = values(column("office_code", Text), column("place", Text), name="whole").data(whole)
        yield span, and_(Dossier.office_code == span.c.office_code, place_of(Dossier) == span.c.place)
    if parts:
        names = (column("office_code", Text), column("procedure_code", Text), column("place", Text))
        span = values(*names, name="part").data(parts)
        is_there = and_(Dossier.office_code == span.c.office_code, Dossier.procedure_code == span.c.procedure_code)
        yield span, and_(is_there, place_of(Dossier) == span.c.place)


def whose_are(actor: Actor) -> list[uuid.UUID]:
    """Whose dossiers are the actor's: their own, whichever of their accounts holds them, and those of the absent for whom they
    stand in.
    """
    own = actor.own_accounts | ({actor.account_id} if actor.account_id else set())
    return [*sorted(own), *sorted(actor.stands_in_for)]


def _walk(span: Any, condition: ColumnElement[bool], actor: Actor, wanted: QueueFilter, *, backwards: bool) -> Select[Any]:
    """From each beginning of the index so many rows as one page may need."""
    steps = _living(select(*_keys()), actor, wanted, backwards=backwards).where(condition)
    if wanted.mine_only and wanted.procedure_code:
        steps = steps.where(Dossier.procedure_code == wanted.procedure_code)
    order = _direction((due_of(Dossier), Dossier.submitted_at, Dossier.id), backwards=backwards)
    walked = steps.order_by(*order).limit(PAGE_SIZE + 1).lateral("walked")
    return select(walked.c.id, walked.c.due, walked.c.submitted_at).select_from(span.join(walked, true()))


def _one_walk(rows: Select[Any], actor: Actor, wanted: QueueFilter, *, backwards: bool) -> Subquery:
    """What a selective condition finds, as one list."""
    few = _living(rows.with_only_columns(*_keys()), actor, wanted, backwards=backwards)
    if wanted.procedure_code:
        few = few.where(Dossier.procedure_code == wanted.procedure_code)
    if wanted.mine_only:
        few = few.where(Dossier.assigned_to.in_(whose_are(actor)))
    # A number that the planner does not know: else it hopes to meet so many soon by reading the whole table.
    most: ColumnElement[int] = literal_column(f"(SELECT {MOST_FOUND})")
    return few.limit(most).subquery("found")


def _keys() -> tuple[ColumnElement[Any], ...]:
    return (Dossier.id, due_of(Dossier).label("due"), Dossier.submitted_at)  # type: ignore[return-value]


def _living(rows: Select[Any], actor: Actor, wanted: QueueFilter, *, backwards: bool) -> Select[Any]:
    """Only dossiers whose content is not destroyed, of the wanted time, and beyond where the page begins."""
    rows = rows.join(DataKey, DataKey.id == Dossier.data_key_id).where(DataKey.wrapped.is_not(None))
    if wanted.due_from or wanted.due_before:
        rows = rows.where(_is_due(wanted))
    if wanted.opinions == "awaited":
        rows = rows.where(Dossier.asked_offices.op("<>")(literal_column("'{}'")))
    if wanted.sent_back:
        rows = rows.where(Dossier.stage == literal_column("'appraising'"), Dossier.proposed_by.is_not(None))
    if mark := wanted.after or wanted.before:
        other = aliased(Dossier, name="mark")
        begins = select(due_of(other).label("due"), other.submitted_at, other.id).where(
            other.code == mark, in_reach_of(actor, other)
        )
        there = begins.cte("mark_keys")
        keys = tuple_(*(select(key).scalar_subquery() for key in there.c))
        here = tuple_(due_of(Dossier), Dossier.submitted_at, Dossier.id)
        rows = rows.where(here < keys if backwards else here > keys)
    return rows


def _is_due(wanted: QueueFilter) -> ColumnElement[bool]:
    return and_(true(), *_between(due_of(Dossier), wanted))


def _between(moment: Any, wanted: QueueFilter) -> Iterable[ColumnElement[bool]]:
    if wanted.due_from:
        yield moment >= wanted.due_from
    if wanted.due_before:
        yield moment < wanted.due_before


def _ordered(keys: Any, *, backwards: bool) -> list[ColumnElement[Any]]:
    return _direction((keys.due, keys.submitted_at, keys.id), backwards=backwards)


def _direction(keys: Sequence[Any], *, backwards: bool) -> list[ColumnElement[Any]]:
    return [key.desc() if backwards else key.asc() for key in keys]


def _matching(actor: Actor, wanted: QueueFilter) -> Select[Any]:
    """What a search means: a personal ID, else a code, else every word of a name."""
    text = wanted.search.strip()
    rows = select(Dossier).where(in_reach_of(actor, by_index=False), Dossier.state != State.DRAFT.value)
    if text.isdigit() and len(text) == 12:
        return rows.where(Dossier.subject_hash == personal_id_hash(text))
    tokens = name_tokens(text)
    if CODE.fullmatch(text.upper()) or not tokens:  # a name has hyphens too (Ê-ban), but no serial
        return rows.where(Dossier.code == text.upper())
    offices = sorted(actor.reach(Permission.SEE_DOSSIER))
    return rows.where(or_(false(), *(_is_named(office, tokens) for office in offices)))


def _is_named(office: str, tokens: Sequence[bytes]) -> ColumnElement[bool]:
    """Every word in the name, at the office, in the words of the index."""
    names = func.names_at_office(Dossier.office_code, Dossier.name_tokens, type_=ARRAY(LargeBinary))
    return names.contains([office.encode() + token for token in tokens])


def queue_counts(session: Session, actor: Actor, *, now: datetime, soon: datetime) -> QueueCounts:
    """How many of the actor's dossiers stand where; `soon` is until when a promise counts as coming soon."""
    lists = {
        "overdue": QueueFilter(places=RUNNING, due_before=now),
        "due_soon": QueueFilter(places=RUNNING, due_from=now, due_before=soon),
        "mine": QueueFilter(places=RUNNING, mine_only=True),
        "awaited": QueueFilter(places=OPINIONS_AT, opinions="awaited"),
        "asked_of_us": QueueFilter(opinions="asked_of_us"),
        "sent_back": QueueFilter(places=(APPRAISING,), sent_back=True),
    }
    parts = [_at_places(actor), _of_procedures(actor), *(_up_to_most(actor, name, wanted) for name, wanted in lists.items())]
    parts.append(_mine_due_soon(actor, now, soon))
    counted = session.execute(union_all(*parts)).all()
    places = {_place(name): int(how_many) for kind, name, how_many, _names in counted if kind == "place" and how_many}
    procedures = {code: (names[0], names[1]) for kind, code, how_many, names in counted if kind == "procedure" and how_many}
    some = {kind: int(how_many) for kind, _name, how_many, _names in counted if kind in (*lists, MINE_DUE_SOON)}
    return QueueCounts(places, procedures, **some)


def _at_places(actor: Actor) -> Select[Any]:
    how_many = func.sum(DossierTally.how_many)
    rows = select(literal("place"), DossierTally.place, how_many, null().cast(JSONB)).where(in_reach_of(actor, DossierTally))
    return rows.group_by(DossierTally.place)


def _of_procedures(actor: Actor) -> Select[Any]:
    """The procedures with their newest names."""
    code, how_many = DossierTally.procedure_code, func.sum(DossierTally.how_many)
    tallies = select(code, how_many.label("how_many")).where(in_reach_of(actor, DossierTally)).group_by(code).subquery("tallied")
    newest = select(ProcedureVersion.summary["name"]).where(ProcedureVersion.code == tallies.c.procedure_code)
    newest = newest.where(ProcedureVersion.state.in_(("shipped", "approved")))
    name = newest.order_by(ProcedureVersion.created_at.desc()).limit(1).scalar_subquery()
    return select(literal("procedure"), tallies.c.procedure_code, tallies.c.how_many, name)


def _mine_due_soon(actor: Actor, now: datetime, soon: datetime) -> Select[Any]:
    """What the actor holds whose term or whose step is due: two walks of two indexes, since none serves both."""
    terms = _found_ids(actor, QueueFilter(places=RUNNING, mine_only=True, due_from=now, due_before=soon), backwards=False)
    steps = select(Dossier.id).where(Dossier.assigned_to.in_(whose_are(actor)), place_of(Dossier) == str(APPRAISING))
    steps = steps.where(Dossier.step_due_at >= now, Dossier.step_due_at < soon, in_reach_of(actor, by_index=False))
    both = union(select(terms.c.id), steps.limit(MOST_COUNTED + 1)).subquery(MINE_DUE_SOON)
    some = select(both.c.id).limit(MOST_COUNTED + 1).subquery()
    return select(literal(MINE_DUE_SOON), literal(""), func.count(), null().cast(JSONB)).select_from(some)


def _up_to_most(actor: Actor, name: str, wanted: QueueFilter) -> Select[Any]:
    ids = _found_ids(actor, wanted, backwards=False)
    some = select(ids.c.id).limit(MOST_COUNTED + 1).subquery(name)
    return select(literal(name), literal(""), func.count(), null().cast(JSONB)).select_from(some)


def _place(text: str) -> Place:
    state, _, stage = text.partition("/")
    return Place(State(state), Stage(stage) if stage else None)
