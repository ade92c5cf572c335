"""The office that was asked answers."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Permission
from portal.models import Dossier, Opinion
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.queries import for_act
from portal.services.dossiers.reasons import checked_reason
from portal.services.dossiers.vocabulary import Act
from portal.services.errors import NotFound


def give_opinion(session: Session, actor: Actor, code: str, *, expected_version: int, answer: str) -> Dossier:
    """Answer for the actor's office. State: as before.

    Raises:
        InvalidInput: no answer.
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`.

    Effects: the opinion is answered; event `opinion_given`, which says whether it came late.
    """
    dossier, move = for_act(session, actor, Act.GIVE_OPINION, code, expected_version=expected_version)
    answer = checked_reason(answer, "answer")
    opinion = open_question(session, actor, dossier)
    now = clock.now()
    opinion.answer, opinion.answered_at, opinion.answered_by = answer, now, actor.account_id
    carry(
        session, dossier, move, actor, by_hash(session, dossier.version_hash),
        happened_at=now,
        facts={"asked": opinion.office_code, "is_late": now > opinion.due_at},
        details={"answer": answer},
    )  # fmt: skip
    dossier.asked_offices = [office for office in dossier.asked_offices if office != opinion.office_code]
    session.flush()
    return dossier


def open_question(session: Session, actor: Actor, dossier: Dossier) -> Opinion:
    """What the dossier's officer asked an office of the actor's and still awaits, the oldest first.

    Raises:
        NotFound: nothing.
    """
    asked = dossier.asked_offices
    offices = [one for one in asked if actor.role_for(Permission.GIVE_OPINION, one, dossier.procedure_code)]
    query = select(Opinion).where(Opinion.dossier_id == dossier.id, Opinion.answered_at.is_(None))
    opinion = session.scalars(query.where(Opinion.office_code.in_(offices)).order_by(Opinion.asked_at)).first()
    if opinion is None:
        raise NotFound
    return opinion
