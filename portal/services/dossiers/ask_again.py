"""Asking a registry again that kept silent while a dossier was filled in: on the ground of the law, in the portal's name."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.models import Dossier, UnansweredLookUp
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.own_look_ups import PORTAL, keep_own_look_up, note_own_look_up
from portal.services.dossiers.queries import latest_answers
from portal.services.dossiers.send_correction import subject_of
from portal.services.dossiers.silent_registries import (
    ANSWERED,
    GIVEN_UP,
    WAITING,
    is_under_way,
    living_rows,
    says_the_same,
)
from portal.services.registries.exchange import Ask, Outcome, Reply, Requester
from portal.services.registries.patience import SILENT, patience
from portal.services.registries.prefill import value_at

NO_ANSWER = (Outcome.UNAVAILABLE, Outcome.REFUSED)


@dataclass(frozen=True)
class SilentLookUp:
    """One registry that is to be asked again now."""

    row_id: uuid.UUID
    registry: str
    ask: Ask


def let_ended_go(session: Session) -> None:
    """Nothing more is asked for dossiers that have ended."""
    ended = select(Dossier.id).where(~is_under_way())
    rows = update(UnansweredLookUp).where(UnansweredLookUp.next_at <= clock.now(), UnansweredLookUp.dossier_id.in_(ended))
    session.execute(rows.values(state=GIVEN_UP, next_at=None))


def next_silent(session: Session, connected: Collection[str], but: Collection[str] = ()) -> SilentLookUp | None:
    """The look-up whose time has come first, counted and set aside until it would be tried again, so that two workers never
    ask at once; only of registries that are `connected`, but for those that have just kept silent.
    """
    due = living_rows().where(UnansweredLookUp.next_at <= clock.now(), is_under_way())
    due = due.where(UnansweredLookUp.source.in_(set(connected) - set(but))).order_by(UnansweredLookUp.next_at).limit(1)
    row: UnansweredLookUp | None = session.scalars(due.with_for_update(of=UnansweredLookUp, skip_locked=True)).first()
    if row is None:
        return None
    row.attempts += 1
    row.asked_at = clock.now()
    row.next_at = clock.now() + patience()[SILENT].wait_after(row.attempts + 1)
    procedure = by_hash(session, row.dossier.version_hash)
    return SilentLookUp(row.id, row.source, _ask(procedure, row, latest_answers(session, row.dossier).content))


def _ask(procedure: Procedure, row: UnansweredLookUp, answers: Answers) -> Ask:
    """Exactly the fields that were typed, for the purpose that the procedure states."""
    lookup = next(one for one in procedure.definition.lookups if one.name == row.source)
    sources = [procedure.elements[key].source for key in row.elements]
    return Ask(
        subject=subject_of(answers),
        requester=Requester("system", PORTAL, row.dossier.office_code),
        procedure_code=procedure.code,
        purpose=lookup.purpose,
        legal_ground=lookup.legal_ground,
        scope=tuple(dict.fromkeys(source.field for source in sources if source)),
        basis="law",
        basis_reference=lookup.legal_ground,
        dossier_code=row.dossier.code,
    )


def keep_answer(session: Session, row_id: uuid.UUID, ask: Ask, reply: Reply) -> None:
    """What the registry said this time: kept as evidence of the dossier, like every look-up.

    State: waiting -> answered; or, after the last attempt without an answer, given up.

    Effects: as `keep_lookups`.
    """
    query = select(UnansweredLookUp).where(UnansweredLookUp.id == row_id).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).one()
    if row.state != WAITING:
        note_own_look_up(session, ask, reply)
        return
    dossier = session.get_one(Dossier, row.dossier_id)
    evidence_id = keep_own_look_up(session, dossier.id, ask, reply)
    row.outcome = reply.outcome.value
    if reply.outcome not in NO_ANSWER:
        row.state, row.answered_by, row.next_at = ANSWERED, evidence_id, None
        row.differs = _differs(session, dossier, row, reply)
    elif row.attempts >= patience()[SILENT].attempts:
        row.state, row.next_at = GIVEN_UP, None


def _differs(session: Session, dossier: Dossier, row: UnansweredLookUp, reply: Reply) -> bool:
    """Whether it says something else than what was typed, or knows nobody."""
    if reply.outcome is not Outcome.FOUND:
        return True
    procedure, answers = by_hash(session, dossier.version_hash), latest_answers(session, dossier).content
    for key in row.elements:
        element, filed = procedure.elements[key], answers.get(key)
        now = value_at(reply.fields, element.source.path) if element.source else None
        if filed and now not in (None, "") and not says_the_same(element, filed["value"], now):
            return True
    return False
