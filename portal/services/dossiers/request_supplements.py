"""The counter asks the citizen to complete the dossier: once, everything at once, with the reason for each thing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier, SupplementRequest
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.queries import for_act
from portal.services.dossiers.reasons import checked_reason
from portal.services.dossiers.supplements import (
    OVERRIDE_FIELD,
    Item,
    beyond_limits,
    checked_items,
    draw_up,
    is_end_of_day,
    open_request,
    reworded,
    targets,
    window_end,
)
from portal.services.dossiers.vocabulary import Act
from portal.services.errors import InvalidInput


def request_supplements(
    session: Session, actor: Actor, code: str, *, expected_version: int, items: Sequence[dict[str, str]], override: str = ""
) -> Dossier:
    """Send the citizen one letter with everything that the dossier lacks.

    State: submitted -> supplement requested, before receipt; awaiting the request -> supplement requested, after receipt.
    `items`: "kind", "of", "pages", "reason" of each thing that was marked; of what an officer drew up only the words
    count. `override`: why one more than the law allows, or one later, is asked; such a request counts as late.

    Raises:
        InvalidInput: nothing marked, a thing without a reason, or a limit exceeded without an override.
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`.

    Effects: event `supplements_requested` (what was asked is sealed), form 02, notice; after receipt the clock pauses.
    Source: NĐ 118/2025/NĐ-CP (R2, R3 and R5 of the one-stop rules).
    """
    dossier, move = for_act(session, actor, Act.REQUEST_SUPPLEMENTS, code, expected_version=expected_version)
    procedure = by_hash(session, dossier.version_hash)
    now = clock.now()
    drawn_up = open_request(session, dossier)
    asked, why = _checked(session, dossier, procedure, drawn_up, items, override, now)
    request = drawn_up or draw_up(session, dossier, actor, asked, now)
    _send(request, actor, asked, why, window_end(session, procedure, now), now)
    dossier.supplement_requests += 1
    dossier.waits_until = request.window_ends_at
    carry(
        session, dossier, move, actor, procedure,
        happened_at=now,
        paper=lambda: _letter(request, actor),
        facts={
            "round": request.round, "asked": len(asked), "counts_as_late": request.counts_as_late,
            "window_ends_at": request.window_ends_at.isoformat() if request.window_ends_at else None,
        },
        details={"items": asked, "override": why},
    )  # fmt: skip
    return dossier


def _checked(
    session: Session,
    dossier: Dossier,
    procedure: Procedure,
    drawn_up: SupplementRequest | None,
    items: Sequence[dict[str, str]],
    override: str,
    now: datetime,
) -> tuple[list[Item], str]:
    """What is asked and, where a limit is exceeded, why all the same; everything that is wrong is told at once."""
    errors: dict[str, list[str]] = {}
    asked: list[Item] = []
    why = ""
    try:
        asked = reworded(drawn_up.items, items) if drawn_up else checked_items(targets(session, dossier, procedure), items)
    except InvalidInput as wrong:
        errors.update(wrong.errors)
    if beyond_limits(session, dossier, procedure, now):
        try:
            why = checked_reason(override, OVERRIDE_FIELD)
        except InvalidInput as wrong:
            errors.update(wrong.errors)
    if errors:
        raise InvalidInput(errors)
    return asked, why


def _send(request: SupplementRequest, actor: Actor, asked: list[Item], why: str, until: datetime | None, now: datetime) -> None:
    request.items = asked
    request.requested_by, request.requested_at = actor.account_id, now
    request.window_ends_at = until
    request.counts_as_late = bool(why)
    request.override = why or None


def _letter(request: SupplementRequest, actor: Actor) -> dict[str, Any]:
    """What form 02 adds: each thing with its reason, until when, and who guides.

    Source: TT 01/2018/TT-VPCP, form 02; kept by NĐ 118/2025/NĐ-CP.
    """
    return {
        "items": [{"name": item["name"], "pages": item["pages"], "reason": item["reason"]} for item in request.items],
        "until": request.window_ends_at.isoformat() if request.window_ends_at else None,
        "is_until_midnight": request.window_ends_at is not None and is_end_of_day(request.window_ends_at),
        "override": request.override or "",
        "signed_by": {"name": actor.display_name, "title": "NGƯỜI HƯỚNG DẪN"},
    }
