"""The citizen is asked to pay what the fee rules say; until then the dossier waits."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.fees import total_vnd
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.dues_to_pay import fee_lines
from portal.services.dossiers.queries import for_act
from portal.services.dossiers.vocabulary import Act
from portal.services.errors import GuardRefused


def request_payment(session: Session, actor: Actor, code: str, *, expected_version: int) -> Dossier:
    """Ask for the fee of the dossier, line by line as the procedure's rules make it.

    State: submitted or appraising -> payment requested. Raises:
        GuardRefused: nothing is to be paid.
        NotFound, Stale, Forbidden, IllegalMove: as `queries.for_act`.

    Effects: event `payment_requested`, the notice to pay, a notice; after receipt the clock pauses.
    """
    dossier, move = for_act(session, actor, Act.REQUEST_PAYMENT, code, expected_version=expected_version)
    procedure = by_hash(session, dossier.version_hash)
    lines = fee_lines(session, dossier, procedure)
    total = total_vnd(lines)
    if not total:
        raise GuardRefused("Hồ sơ này không có khoản phí, lệ phí nào phải nộp.")
    paper = {
        "fees": [{"label": line.rule.label, "amount_vnd": line.amount_vnd} for line in lines],
        "fee_total_vnd": total,
        "signed_by": {"name": actor.display_name, "title": "NGƯỜI LẬP THÔNG BÁO"},
    }
    carry(
        session, dossier, move, actor, procedure,
        happened_at=clock.now(), paper=lambda: paper, facts={"amount_vnd": total},
    )  # fmt: skip
    return dossier
