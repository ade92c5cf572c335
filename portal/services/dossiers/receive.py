"""Reception: the clerk takes the dossier in, and the legal clock starts."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.calendar import promise_for
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.lifecycle import Act
from portal.services.dossiers.numbering import next_register_number
from portal.services.dossiers.papers import receipt_facts
from portal.services.dossiers.queries import for_act, latest_answers


def receive(session: Session, actor: Actor, code: str, *, expected_version: int) -> Dossier:
    """Receive a submitted dossier: register line, promised moment and form 01.

    State: submitted -> received.

    Raises:
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`.

    Effects: event `received` (with the days that made the promise), form 01, notice.
    Source: NĐ 118/2025/NĐ-CP (R1 of the one-stop rules: code, moment, slip, promise, named receiver).
    """
    dossier, move = for_act(session, actor, Act.RECEIVE, code, expected_version=expected_version)
    procedure = by_hash(session, dossier.version_hash)
    now = clock.now()
    promised = promise_for(session, procedure, dossier.channel, now)  # type: ignore[arg-type]
    dossier.received_at = now
    dossier.promised_at = promised.promised_at
    dossier.received_by = actor.account_id
    dossier.register_year = clock.to_local(now).year
    dossier.register_number = next_register_number(session, str(dossier.office_code), dossier.register_year)
    answers = latest_answers(session, dossier).content
    carry(
        session, dossier, move, actor, procedure,
        happened_at=now,
        paper=receipt_facts(dossier, procedure, answers, actor.display_name),
        facts={
            "promised_at": promised.promised_at.isoformat(),
            "counted_from": promised.counted_from.isoformat(),
            "days": [[line.day.isoformat(), line.kind.value, line.number, line.name] for line in promised.days],
            "register": [dossier.register_year, dossier.register_number],
        },
    )  # fmt: skip
    return dossier
