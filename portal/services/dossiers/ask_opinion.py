"""The officer asks another office for its opinion, by a day."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier, Office, Opinion
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.calendar import working_calendar
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.deadlines import Term, Unit, promise
from portal.services.dossiers.queries import for_act
from portal.services.dossiers.reasons import checked_reason
from portal.services.dossiers.vocabulary import Act
from portal.services.errors import InvalidInput
from portal.services.organisation.offices import is_open

MOST_DAYS = 15


def ask_opinion(
    session: Session, actor: Actor, code: str, *, expected_version: int, office_code: str, question: str, days: str
) -> Dossier:
    """Ask one office; `days` is within how many working days it is to answer (1 to 15). State: appraising, as before.

    Raises:
        InvalidInput: with messages for each field.
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`.

    Effects: the opinion's row; event `opinion_asked`. The asked office sees the dossier until it has answered.
    Source: NĐ 118/2025/NĐ-CP (an opinion has its own time, a late answer is logged).
    """
    dossier, move = for_act(session, actor, Act.ASK_OPINION, code, expected_version=expected_version)
    errors = {}
    office = next((one for one in offices_to_ask(session, dossier) if one.code == office_code), None)
    if office is None:
        errors["office_code"] = ["Hãy chọn cơ quan cần hỏi; cơ quan đang được hỏi thì chờ trả lời."]
    if not (re.fullmatch(r"[0-9]{1,2}", days) and 1 <= int(days) <= MOST_DAYS):
        errors["days"] = ["Hãy ghi số ngày làm việc, từ 1 đến 15."]
    try:
        question = checked_reason(question, "question")
    except InvalidInput as wrong:
        errors |= wrong.errors
    if errors or office is None:
        raise InvalidInput(errors)
    now = clock.now()
    due_at = promise(clock.to_local(now), Term(int(days), Unit.WORKING_DAYS), working_calendar(session)).promised_at
    session.add(
        Opinion(
            data_key=dossier.data_key, dossier_id=dossier.id, office_code=office.code,
            asked_by=actor.account_id, asked_at=now, due_at=due_at, question=question,
        )
    )  # fmt: skip
    carry(
        session, dossier, move, actor, by_hash(session, dossier.version_hash),
        happened_at=now, facts={"asked": office.code, "due_at": due_at.isoformat()}, details={"question": question},
    )  # fmt: skip
    dossier.asked_offices = [*dossier.asked_offices, office.code]
    dossier.opinions_until = max(due_at, dossier.opinions_until or due_at)
    session.flush()
    return dossier


def offices_to_ask(session: Session, dossier: Dossier) -> list[Office]:
    """The offices of the dossier's province that are open today, without its own and those that are being asked, by name."""
    taken = [dossier.office_code, *dossier.asked_offices]
    province = dossier.office.province_code if dossier.office else ""
    query = select(Office).where(is_open(clock.today()), Office.code.not_in(taken), Office.province_code == province)
    return list(session.scalars(query.order_by(Office.name, Office.code)))


def opinions_of(session: Session, dossier: Dossier) -> list[Opinion]:
    """What other offices were asked about the dossier, oldest first."""
    query = select(Opinion).where(Opinion.dossier_id == dossier.id).order_by(Opinion.asked_at, Opinion.id)
    return list(session.scalars(query))
