"""A dossier that came to the wrong office goes to the right one, with the reason for the citizen."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.offices import offices_for
from portal.services.dossiers.queries import for_act
from portal.services.dossiers.reasons import checked_reason
from portal.services.dossiers.vocabulary import Act
from portal.services.errors import InvalidInput


def transfer(session: Session, actor: Actor, code: str, *, expected_version: int, to_office: str, reason: str) -> Dossier:
    """Send a submitted dossier to the office that decides on it; its code stays. State: submitted, at another office.

    Raises:
        InvalidInput: no reason, or an office that does not decide on this procedure today, or the dossier's own.
        NotFound, Stale, Forbidden, IllegalMove, GuardRefused: as `queries.for_act`.

    Effects: event `transferred` at the office that sends it away, notice.
    Source: NĐ 118/2025/NĐ-CP (R28 of the one-stop rules: the right address, explained once and in full).
    """
    dossier, move = for_act(session, actor, Act.TRANSFER, code, expected_version=expected_version)
    procedure = by_hash(session, dossier.version_hash)
    reason = checked_reason(reason)
    office = next((one for one in offices_for(session, procedure) if one.code == to_office != dossier.office_code), None)
    if office is None:
        raise InvalidInput({"to_office": ["Hãy chọn cơ quan khác, có thẩm quyền giải quyết thủ tục này."]})
    carry(
        session, dossier, move, actor, procedure,
        happened_at=clock.now(),
        facts={"from_office": dossier.office_code, "to_office": office.code},
        details={"reason": reason},
    )  # fmt: skip
    dossier.office, dossier.office_code = office, office.code
    session.flush()
    return dossier
