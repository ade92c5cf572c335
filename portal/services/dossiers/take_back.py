"""A register refused what had to be written before printing: nothing was signed, so the leader looks at it again."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import SYSTEM
from portal.models import Dossier, IssuedDocument
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import carry
from portal.services.dossiers.queries import for_system
from portal.services.dossiers.vocabulary import Act

GROUND = "Chưa phát hành: cơ sở dữ liệu gốc từ chối ghi trước khi in."


def take_back(session: Session, document: IssuedDocument, reason: str) -> Dossier:
    """Let the dossier await the signature again. State: in_processing, issuing -> awaiting signature.

    The result that was ordered is never made; its number stays used. Approved again, it is another result.

    Raises:
        Forbidden, IllegalMove: as `queries.for_system`.

    Effects: event `taken_back` with the register's words; the ordered result is void.
    """
    dossier, move = for_system(session, SYSTEM, Act.TAKE_BACK, document.dossier_id)
    now = clock.now()
    document.revoked_at, document.revocation_ground = now, GROUND
    procedure = by_hash(session, dossier.version_hash)
    carry(session, dossier, move, SYSTEM, procedure, happened_at=now, details={"reason": reason})
    dossier.approved_by = None
    return dossier
