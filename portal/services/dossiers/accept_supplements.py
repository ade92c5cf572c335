"""The counter takes what the citizen supplied: the legal clock begins anew, with a new promise and a new slip."""

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
from portal.services.dossiers.papers import receipt_facts
from portal.services.dossiers.queries import for_act, latest_answers
from portal.services.dossiers.supplements import close_open_request, newest_request
from portal.services.dossiers.vocabulary import Act


def accept_supplements(
    session: Session, actor: Actor, code: str, *, expected_version: int, compared: Collection[str] = frozenset()
) -> Dossier:
    """Take what was supplied as complete. State: supplement requested, supplied -> in_processing, appraising.

    `compared`: ids of the attachments whose originals the clerk saw and compared.

    Raises:
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`; the procedure states no term for what
            the dossier now says.

    Effects: event `supplements_accepted` with the days of the new promise, form 01 anew, notice; the clock restarts from zero.
    Source: NĐ 118/2025/NĐ-CP, kept from NĐ 61/2018/NĐ-CP, Điều 19.4 (R4 of the one-stop rules).
    """
    dossier, move = for_act(session, actor, Act.ACCEPT_SUPPLEMENTS, code, expected_version=expected_version)
    procedure = by_hash(session, dossier.version_hash)
    now = clock.now()
    request = newest_request(session, dossier)
    close_open_request(session, dossier, now)
    answers = latest_answers(session, dossier).content
    attached = attachments_of(session, dossier)
    seen = compare_with_originals(attached, compared, actor, now)
    carry(
        session, dossier, move, actor, procedure,
        happened_at=now,
        paper=lambda: {
            **receipt_facts(dossier, procedure, answers, actor.display_name, attached), "completed_at": now.isoformat()
        },
        facts={
            "round": request.round if request else None,
            **({"compared_with_originals": filed_facts(seen)} if seen else {}),
        },
    )  # fmt: skip
    return dossier
