"""Reception: the clerk takes the dossier in, and the legal clock starts."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.at_counter import compare_with_originals
from portal.services.dossiers.attachments import attachments_of, filed_facts
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.numbering import next_register_number
from portal.services.dossiers.papers import receipt_facts
from portal.services.dossiers.queries import for_act, latest_answers
from portal.services.dossiers.vocabulary import Act


def receive(
    session: Session, actor: Actor, code: str, *, expected_version: int, compared: Collection[str] = frozenset()
) -> Dossier:
    """Receive a submitted dossier: register line, promised moment and form 01.

    State: submitted -> received. `compared`: ids of the attachments whose originals the clerk saw and compared.

    Raises:
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`.

    Effects: event `received` (with the days that made the promise, and the attachments compared), form 01, notice.
    Source: NĐ 118/2025/NĐ-CP (R1 of the one-stop rules: code, moment, slip, promise, named receiver).
    """
    dossier, move = for_act(session, actor, Act.RECEIVE, code, expected_version=expected_version)
    procedure = by_hash(session, dossier.version_hash)
    now = clock.now()
    answers = latest_answers(session, dossier).content
    dossier.received_at = now
    dossier.received_by = actor.account_id
    dossier.register_year = clock.to_local(now).year
    dossier.register_number = next_register_number(session, str(dossier.office_code), dossier.register_year)
    attached = attachments_of(session, dossier)
    seen = compare_with_originals(attached, compared, actor, now)
    carry(
        session, dossier, move, actor, procedure,
        happened_at=now,
        paper=lambda: receipt_facts(dossier, procedure, answers, actor.display_name, attached),
        facts={
            "register": [dossier.register_year, dossier.register_number],
            **({"compared_with_originals": filed_facts(seen)} if seen else {}),
        },
    )  # fmt: skip
    return dossier
