"""Refusal of reception: in writing, with the reason and the article of law."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.papers import refusal_facts
from portal.services.dossiers.queries import for_act
from portal.services.dossiers.reasons import checked_reason
from portal.services.dossiers.supplements import close_open_request
from portal.services.dossiers.vocabulary import Act
from portal.services.errors import InvalidInput


def refuse(session: Session, actor: Actor, code: str, *, expected_version: int, reason: str, ground: str) -> Dossier:
    """Refuse to receive a submitted dossier, or one that was not completed within the time given.

    `ground` is one of the procedure's grounds of refusal. State: submitted, supplement requested before receipt ->
    not_received.

    Raises:
        InvalidInput: no reason, or a ground that the procedure does not name.
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`.

    Effects: event `refused`, form 03, notice.
    Source: NĐ 118/2025/NĐ-CP (every refusal is a written, reasoned, signed document).
    """
    dossier, move = for_act(session, actor, Act.REFUSE, code, expected_version=expected_version)
    procedure = by_hash(session, dossier.version_hash)
    reason = _checked(reason, ground, procedure)
    now = clock.now()
    close_open_request(session, dossier, now)
    carry(
        session, dossier, move, actor, procedure,
        happened_at=now,
        paper=lambda: refusal_facts(reason, ground, actor.display_name),
        details={"reason": reason, "ground": ground},
    )  # fmt: skip
    return dossier


def _checked(reason: str, ground: str, procedure: Procedure) -> str:
    """The reason in clean text; what is wrong with ground and reason is told at once, in the order of the form."""
    problems = {}
    if ground not in procedure.definition.refusal_grounds:
        problems["ground"] = ["Hãy chọn căn cứ pháp lý của việc từ chối."]
    try:
        reason = checked_reason(reason)
    except InvalidInput as wrong:
        problems |= wrong.errors
    if problems:
        raise InvalidInput(problems)
    return reason
