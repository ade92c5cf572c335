"""The queues of the desks: what must be answered first stands first, page by page.

Every list follows an index from its beginning (`ix_dossiers_queue…`): one short walk for each office and place, merged.
Nothing here sorts all that is open, so a page costs the same among a thousand dossiers and a million.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    Select,
    Subquery,
    TableValuedAlias,
    Text,
    Uuid,
    and_,
    cast,
    column,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased, contains_eager, with_expression

from portal.auth.permissions import Actor, Permission
from portal.blind_index import name_tokens, personal_id_hash
from portal.models import DataKey, Dossier
from portal.services.dossiers.lifecycle import PLACES
from portal.services.dossiers.queries import asked_of, in_reach_of
from portal.services.dossiers.register_marks import register_mark
from portal.services.dossiers.vocabulary import APPRAISING, CONFIRMATION, DRAFT, SIGNATURE, Place, State

PAGE_SIZE = 50
MOST_FOUND = 200
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
        .options(contains_eager(Dossier.data_key), with_expression(Dossier.register_mark, register_mark()))
        .order_by(*_direction((due_of(Dossier), Dossier.submitted_at, Dossier.id), backwards=backwards))
    )
    dossiers = list(session.scalars(query))
    return dossiers[::-1] if wanted.before else dossiers


def _found_ids(actor: Actor, wanted: QueueFilter, *, backwards: bool) -> Subquery:
    """The ids of at most a page from each walk, with what they are ordered by."""
    if wanted.search.strip():
        return _one_walk(_matching(actor, wanted), actor, wanted, backwards=backwards)
    if wanted.opinions == "asked_of_us":
        return _one_walk(select(Dossier).where(asked_for_opinion(actor)), actor, wanted, backwards=backwards)
    walks = [_walk(span, condition, actor, wanted, backwards=backwards) for span, condition in spans(actor, wanted)]
    return union_all(*walks).subquery("found") if walks else select(*_keys()).where(false()).subquery("found")


def spans(actor: Actor, wanted: QueueFilter) -> Iterable[tuple[Any, ColumnElement[bool]]]:
    """The beginnings of the indexes to be walked: offices with places, offices and procedures with places, or one's own."""
    places = [str(place) for place in wanted.places or PLACES if place != DRAFT]
    if wanted.mine_only:
        own = [(officer_id, place) for officer_id in whose_are(actor) for place in places]
        span = beginnings("own", own, officer_id=Uuid, place=Text)
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
        span = beginnings("whole", whole, office_code=Text, place=Text)
        yield span, and_(Dossier.office_code == span.c.office_code, place_of(Dossier) == span.c.place)
    if parts:
        span = beginnings("part", parts, office_code=Text, procedure_code=Text, place=Text)
        is_there = and_(Dossier.office_code == span.c.office_code, Dossier.procedure_code == span.c.procedure_code)
        yield span, and_(is_there, place_of(Dossier) == span.c.place)


def beginnings(name: str, rows: Sequence[tuple[Any, ...]], **columns: type[Any]) -> TableValuedAlias:
    """The rows as a table, each column one array: so the statement is the same for however many, and is compiled once."""
    arrays = [cast([row[place] for row in rows], ARRAY(kind)) for place, kind in enumerate(columns.values())]
    named = [column(key, kind) for key, kind in columns.items()]
    return func.unnest(*arrays).table_valued(*named, name=name).render_derived()


def asked_for_opinion(actor: Actor) -> ColumnElement[bool]:
    """Of another office that awaits the opinion of one of the actor's, where opinions are given."""
    return and_(asked_of(actor), place_of(Dossier).in_([str(place) for place in OPINIONS_AT]))


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
    """Only dossiers whose content is not destroyed, as wanted, and beyond where the page begins."""
    rows = rows.join(DataKey, DataKey.id == Dossier.data_key_id).where(DataKey.wrapped.is_not(None), is_wanted(wanted))
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


def is_wanted(wanted: QueueFilter) -> ColumnElement[bool]:
    """What the filter says beside whose the dossiers are and where they stand, in the words of the indexes."""
    kept: list[ColumnElement[bool]] = [true()]
    if wanted.due_from:
        kept.append(due_of(Dossier) >= wanted.due_from)
    if wanted.due_before:
        kept.append(due_of(Dossier) < wanted.due_before)
    if wanted.opinions == "awaited":
        kept.append(Dossier.asked_offices.op("<>")(literal_column("'{}'")))
    if wanted.sent_back:
        kept += [Dossier.stage == literal_column("'appraising'"), Dossier.proposed_by.is_not(None)]
    return and_(*kept)


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
