"""Values that no registry gave: noted at filing, asked for again by the portal itself, and what came of it.

The person typed them because a registry was silent, refused, or is not connected; the service never waits for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.models import DataKey, Dossier, Evidence, UnansweredLookUp
from portal.services.catalogue.elements import Element
from portal.services.catalogue.provenance import CITIZEN, Answers
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.showing import show
from portal.services.dossiers.fill_draft import CARD, NOT_CONNECTED
from portal.services.dossiers.vocabulary import State
from portal.services.registries.exchange import Outcome
from portal.services.registries.patience import SILENT, patience
from portal.services.registries.prefill import value_at
from portal.text import match_key

ASKED_AGAIN = frozenset({Outcome.UNAVAILABLE.value, Outcome.REFUSED.value, NOT_CONNECTED})
WAITING, ANSWERED, GIVEN_UP = "waiting", "answered", "given_up"
UNDER_WAY = (State.SUBMITTED, State.RECEIVED, State.SUPPLEMENT_REQUESTED, State.PAYMENT_REQUESTED, State.IN_PROCESSING)
Finding = Literal["confirmed", "differs", "not_there", "not_matched", "waiting", "given_up"]


def note_silent(
    session: Session, dossier: Dossier, procedure: Procedure, filed: Answers, outcomes: Mapping[str, str]
) -> list[UnansweredLookUp]:
    """At filing: which registries gave nothing, and what was typed in their place; `outcomes`: how each asking ended.

    Effects: one row for each, to be asked again after a while.
    """
    now = clock.now()
    rows = [
        UnansweredLookUp(
            dossier_id=dossier.id,
            source=lookup.registry,
            elements=typed,
            reason=outcomes[lookup.registry],
            state=WAITING,
            attempts=0,
            filed_at=now,
            next_at=now + patience()[SILENT].wait_after(1),
        )
        for lookup in procedure.definition.lookups
        if not lookup.about and outcomes.get(lookup.name) in ASKED_AGAIN
        for typed in [[key for key in lookup.elements if _is_typed(procedure.elements[key], filed)]]
        if typed
    ]
    session.add_all(rows)
    session.flush()
    return rows


def _is_typed(element: Element, filed: Answers) -> bool:
    """Whether a person's word stands where only a registry's should."""
    answer = filed.get(element.key)
    return element.is_locked and answer is not None and answer["source"] in (CITIZEN, CARD)


def is_under_way() -> ColumnElement[bool]:
    """Dossiers that are still being handled; of the others nobody is asked any more."""
    is_stopped = and_(Dossier.state == State.STOPPED, Dossier.stage.is_not(None))
    return or_(Dossier.state.in_([state.value for state in UNDER_WAY]), is_stopped)


def unanswered_of(session: Session, dossier: Dossier) -> list[UnansweredLookUp]:
    """The registries that gave the dossier nothing when it was filled in."""
    query = select(UnansweredLookUp).where(UnansweredLookUp.dossier_id == dossier.id)
    return list(session.scalars(query.order_by(UnansweredLookUp.source)))


@dataclass(frozen=True)
class Check:
    """What came of asking again for one typed value; `now` is what the registry says where it differs."""

    finding: Finding
    now: Any
    attempts: int
    row: UnansweredLookUp


def checks(
    rows: Iterable[UnansweredLookUp], evidence: Iterable[Evidence], procedure: Procedure, answers: Answers
) -> dict[str, Check]:
    """What came of asking again, by element; `evidence`: the dossier's look-ups."""
    by_id = {one.id: one for one in evidence}
    return {
        key: Check(*_finding(row, by_id.get(row.answered_by), procedure.elements[key], answers), row.attempts, row)  # type: ignore[arg-type]
        for row in rows
        for key in row.elements
        if key in procedure.elements
    }


def _finding(row: UnansweredLookUp, said: Evidence | None, element: Element, answers: Answers) -> tuple[Finding, Any]:
    if row.state != ANSWERED or said is None:
        return ("given_up" if row.state == GIVEN_UP else "waiting"), None
    if said.outcome != Outcome.FOUND:
        return "not_matched", None
    now = value_at(said.content, element.source.path) if element.source else None
    if now in (None, ""):
        return "not_there", None
    filed = answers.get(element.key)
    return ("confirmed" if filed and says_the_same(element, filed["value"], now) else "differs"), now


def says_the_same(element: Element, typed: Any, now: Any) -> bool:
    """Whether a typed value and a registry's are the same in words: a record is typed as text."""
    return bool(typed == now or match_key(show(element, typed)) == match_key(show(element, now)))


def living_rows() -> Any:
    """Rows of dossiers whose content has not been destroyed, with those."""
    query = select(UnansweredLookUp).join(UnansweredLookUp.dossier).join(DataKey, DataKey.id == Dossier.data_key_id)
    return query.where(DataKey.wrapped.is_not(None))
