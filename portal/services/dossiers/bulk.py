"""Which acts may be done on many dossiers at once, and which of the chosen dossiers they fit, before anything is done.

An act that needs somebody's answer about one dossier is never answered for them: such a dossier stands apart.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.auth.permissions import Actor, Permission
from portal.models import Dossier, Event
from portal.services.dossiers.approve import approve
from portal.services.dossiers.assign import assign
from portal.services.dossiers.at_counter import keeping_originals
from portal.services.dossiers.attachments import with_uncompared_files
from portal.services.dossiers.forward import forward
from portal.services.dossiers.lifecycle import TABLE, move_for
from portal.services.dossiers.officers import candidates_for
from portal.services.dossiers.queries import at_counter, facts_of, several_at_counter
from portal.services.dossiers.queues import QueueFilter, queue
from portal.services.dossiers.receive import receive
from portal.services.dossiers.return_result import return_result
from portal.services.dossiers.suggested_officer import Candidate, suggested
from portal.services.dossiers.vocabulary import EVENT_NAMES, Act
from portal.services.errors import GuardRefused, IllegalMove, InvalidInput, NotFound, PortalError, Said
from portal.text import given_name_sort_key

MOST = 500
LONGEST_CODE = 60
CHOSEN_FIELD = "code"
BY_SUGGESTION = "suggested"
DONE, ALREADY, REFUSED, SEPARATE, WAITING = "done", "already", "refused", "separate", "waiting"
Apart = Callable[[Session, Sequence[Dossier]], set[uuid.UUID]]


@dataclass(frozen=True)
class BulkAct:
    """One act that may be done on many: its service, which dossiers need an answer of their own for it, and which answer."""

    do: Callable[..., Dossier]
    needs_an_answer: Apart = lambda session, dossiers: set()
    why: str = ""


def assign_one(session: Session, actor: Actor, code: str, *, expected_version: int, to: str = "") -> Dossier:
    """Take one of many dossiers, or give it: to an officer, or (`BY_SUGGESTION`) to whom the rule names at this moment.

    Raises:
        GuardRefused: the rule names nobody.
        As `assign`.
    """
    if to == BY_SUGGESTION:
        named = suggested(candidates_for(session, at_counter(session, actor, code)))
        if named is None:
            raise GuardRefused("Không có chuyên viên nào phù hợp đang làm việc.")
        to = str(named.officer.account_id)
    return assign(session, actor, code, expected_version=expected_version, to=to)


BULK: dict[Act, BulkAct] = {
    Act.RECEIVE: BulkAct(receive, with_uncompared_files, "Có giấy tờ chưa ai đối chiếu với bản chính."),
    Act.FORWARD: BulkAct(forward),
    Act.ASSIGN: BulkAct(assign_one),
    Act.APPROVE: BulkAct(approve),
    Act.RETURN_RESULT: BulkAct(return_result, keeping_originals, "Quầy đang giữ bản chính phải trả cùng kết quả."),
}


@dataclass(frozen=True)
class Verdict:
    """What may become of one chosen dossier: `outcome` as in `models.BulkItem`, `reason` in the words of the refusal.

    `done_at`: when the act was done before.
    """

    code: str
    outcome: str
    dossier: Dossier | None = None
    reason: str | None = None
    done_at: datetime | None = None


def permission_for(act: Act) -> Permission:
    """The permission that the rows of the act ask for.

    Raises:
        NotFound: no act that is done on many.
    """
    if act not in BULK:
        raise NotFound
    return next(move.permission for move in TABLE if move.act is act)


def codes_chosen(codes: Sequence[str]) -> list[str]:
    """The codes as they were ticked, each once and in this order.

    Raises:
        InvalidInput: none was ticked, or more than are done at once.
    """
    chosen = list(dict.fromkeys(code.strip()[:LONGEST_CODE] for code in codes if code.strip()))
    if not chosen:
        raise InvalidInput({CHOSEN_FIELD: ["Hãy chọn ít nhất một hồ sơ."]})
    if len(chosen) > MOST:
        said = Said("Mỗi lần làm nhiều nhất %(most)s hồ sơ; đang chọn %(chosen)s.", most=MOST, chosen=len(chosen))
        raise InvalidInput({CHOSEN_FIELD: [said]})
    return chosen


def codes_of_list(session: Session, actor: Actor, wanted: QueueFilter) -> list[str]:
    """The codes of a list of the desk from its beginning, in its order, as many as are done at once."""
    found: dict[str, None] = {}
    page = queue(session, actor, replace(wanted, after="", before=""))
    while page and len(found) < MOST:
        before = len(found)
        found |= dict.fromkeys(str(dossier.code) for dossier in page)
        page = queue(session, actor, replace(wanted, after=str(page[-1].code), before="")) if len(found) > before else []
    return list(found)[:MOST]


def assess(session: Session, actor: Actor, act: Act, codes: Sequence[str]) -> list[Verdict]:
    """What the act would do to each of these now, in their order; nothing is changed.

    A code of another office is told like one that does not exist.
    """
    found = several_at_counter(session, actor, codes)
    apart = BULK[act].needs_an_answer(session, list(found.values()))
    verdicts = [_verdict(found.get(code), code, actor, act, apart) for code in codes]
    moved_on = [one.dossier.id for one in verdicts if one.dossier and one.reason == IllegalMove.message]
    before = done_before(session, act, moved_on)
    return [
        replace(one, outcome=ALREADY, reason=None, done_at=before[one.dossier.id])
        if one.dossier and one.dossier.id in before
        else one
        for one in verdicts
    ]


def _verdict(dossier: Dossier | None, code: str, actor: Actor, act: Act, apart: Collection[uuid.UUID]) -> Verdict:
    if dossier is None:
        return Verdict(code, REFUSED, reason=NotFound.message)
    try:
        move_for(act, facts_of(dossier), actor)
    except PortalError as refusal:
        return Verdict(code, REFUSED, dossier, refusal.message)
    if dossier.id in apart:
        return Verdict(code, SEPARATE, dossier, BULK[act].why)
    return Verdict(code, WAITING, dossier)


def officers_to_choose(session: Session, dossiers: Collection[Dossier]) -> list[Candidate]:
    """The officers of whom each fits at least one of these dossiers and is there today, by name."""
    kinds = {(dossier.office_code, dossier.procedure_code): dossier for dossier in dossiers}
    found = {one.account_id: one for dossier in kinds.values() for one in candidates_for(session, dossier) if not one.is_absent}
    return sorted(found.values(), key=lambda one: (given_name_sort_key(one.name), one.account_id))


def done_before(session: Session, act: Act, dossier_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """When the act was done on those of the dossiers on which it was; each of these acts is done once in a life."""
    if not dossier_ids:
        return {}
    query = select(Event.dossier_id, Event.happened_at).where(Event.dossier_id.in_(dossier_ids))
    events = session.execute(query.where(Event.name == EVENT_NAMES[act]).order_by(Event.number)).all()
    return {event.dossier_id: event.happened_at for event in events}
