"""How many dossiers stand where at the actor's desks: at places exactly, from the tallies; in other lists up to a hundred.

A list is counted as it is met, without its order and without looking whose content is destroyed; that is the page's to see.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, literal_column, null, select, true, union, union_all
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from portal.auth.permissions import Actor
from portal.models import Dossier, DossierTally, ProcedureVersion
from portal.services.dossiers.lifecycle import RUNNING
from portal.services.dossiers.queries import in_reach_of
from portal.services.dossiers.queues import OPINIONS_AT, QueueFilter, asked_for_opinion, is_wanted, spans, whose_are
from portal.services.dossiers.vocabulary import APPRAISING, Place, Stage, State

MOST_COUNTED = 99
# One more, as a number that the planner does not know: else it hopes to meet so many soon by reading the whole table.
ONE_MORE: ColumnElement[int] = literal_column(f"(SELECT {MOST_COUNTED + 1})")


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


def queue_counts(session: Session, actor: Actor, *, now: datetime, soon: datetime) -> QueueCounts:
    """How many of the actor's dossiers stand where; `soon` is until when a promise counts as coming soon."""
    lists = {
        "overdue": _met(actor, QueueFilter(places=RUNNING, due_before=now)),
        "due_soon": _met(actor, QueueFilter(places=RUNNING, due_from=now, due_before=soon)),
        "mine": _met(actor, QueueFilter(places=RUNNING, mine_only=True)),
        "awaited": _met(actor, QueueFilter(places=OPINIONS_AT, opinions="awaited")),
        "asked_of_us": [select(Dossier.id).where(asked_for_opinion(actor)).limit(ONE_MORE)],
        "sent_back": _met(actor, QueueFilter(places=(APPRAISING,), sent_back=True)),
        "mine_due_soon": _mine_due_soon(actor, now, soon),
    }
    parts = [_at_places(actor), _of_procedures(actor), *(_how_many(name, walks) for name, walks in lists.items() if walks)]
    counted = session.execute(union_all(*parts)).all()
    places = {_place(name): int(how_many) for kind, name, how_many, _names in counted if kind == "place" and how_many}
    procedures = {code: (names[0], names[1]) for kind, code, how_many, names in counted if kind == "procedure" and how_many}
    some = {kind: int(how_many) for kind, _name, how_many, _names in counted if kind in lists}
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


def _met(actor: Actor, wanted: QueueFilter) -> list[Select[Any]]:
    """From each beginning of the index so many as are counted at most."""
    walks = []
    for span, condition in spans(actor, wanted):
        met = select(Dossier.id).where(condition, is_wanted(wanted)).limit(ONE_MORE).lateral("met")
        walks.append(select(met.c.id).select_from(span.join(met, true())))
    return walks


def _mine_due_soon(actor: Actor, now: datetime, soon: datetime) -> list[Select[Any]]:
    """What the actor holds whose term or whose step is due: two walks of two indexes, since none serves both."""
    terms = _met(actor, QueueFilter(places=RUNNING, mine_only=True, due_from=now, due_before=soon))
    steps = [_first_steps(actor, officer_id, now, soon) for officer_id in whose_are(actor)]
    return [select(union(*terms, *steps).subquery("due").c.id)]


def _first_steps(actor: Actor, officer_id: uuid.UUID, now: datetime, soon: datetime) -> Select[Any]:
    """In the order of its index, or the planner would read every step of the day, whoever's it is."""
    steps = select(Dossier.id).where(Dossier.assigned_to == officer_id, Dossier.stage == APPRAISING.stage, in_reach_of(actor))
    steps = steps.where(Dossier.step_due_at >= now, Dossier.step_due_at < soon)
    return select(steps.order_by(Dossier.step_due_at).limit(MOST_COUNTED + 1).subquery().c.id)


def _how_many(name: str, walks: list[Select[Any]]) -> Select[Any]:
    some = select(union_all(*walks).subquery(f"{name}_met").c.id).limit(ONE_MORE).subquery(name)
    return select(literal(name), literal(""), func.count(), null().cast(JSONB)).select_from(some)


def _place(text: str) -> Place:
    state, _, stage = text.partition("/")
    return Place(State(state), Stage(stage) if stage else None)
