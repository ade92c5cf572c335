"""Making the papers that acts ordered, and issuing the result: drawn and signed outside any lock, stored exactly once."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import SYSTEM
from portal.crypto import sha256
from portal.models import IssuedDocument
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.consequences import RELEASE_RESULT, carry
from portal.services.dossiers.queries import for_system
from portal.services.dossiers.vocabulary import Act, Document
from portal.services.dossiers.write_backs import promise_after_signing
from portal.services.notices.outbox import put
from portal.services.results.issue import make_signed_pdf
from portal.services.vault.store import store_file


@dataclass(frozen=True)
class Order:
    """A paper to be made, read in one short transaction so that drawing it holds no lock."""

    document_id: uuid.UUID
    kind: str
    facts: dict[str, Any]
    result_template: str


def order_of(session: Session, document_id: uuid.UUID) -> Order | None:
    """What is to be made, or None where it has been made already."""
    document = session.get_one(IssuedDocument, document_id)
    if document.issued_at is not None:
        return None
    procedure = by_hash(session, document.dossier.version_hash)
    return Order(document.id, document.kind, document.facts, procedure.definition.result.template)


def make(order: Order) -> bytes:
    """The signed PDF of the order; the same order makes the same paper, whoever tries again."""
    return make_signed_pdf(order.kind, order.facts, order.result_template)


def issue(session: Session, order: Order, pdf: bytes) -> None:
    """Store the paper and, for a result, finish the dossier; a paper that was stored meanwhile stays, and this one is dropped.

    State (result): in_processing, issuing -> finished.

    Effects: the file; event `issued`, notice, outbox `release_result` where delivery is electronic, and outbox `write_back`
        for what the result gives back.
    """
    query = select(IssuedDocument).where(IssuedDocument.id == order.document_id).with_for_update(of=IssuedDocument)
    document = session.scalars(query.execution_options(populate_existing=True)).one()
    if document.issued_at is not None:
        return
    document.file = store_file(session, document.data_key, pdf, "application/pdf")
    document.sha256 = sha256(pdf)
    document.issued_at = clock.now()
    session.flush()
    if document.kind == Document.RESULT:
        _finish(session, document)


def _finish(session: Session, document: IssuedDocument) -> None:
    dossier, move = for_system(session, SYSTEM, Act.ISSUE, document.dossier_id, result_is_signed=True)
    dossier.finished_at = document.issued_at
    carry(
        session, dossier, move, SYSTEM, by_hash(session, dossier.version_hash),
        happened_at=clock.now(),
        facts={"document_id": str(document.id), "sha256": (document.sha256 or b"").hex(), "number": document.number},
    )  # fmt: skip
    promise_after_signing(session, dossier, by_hash(session, dossier.version_hash), document)
    if dossier.delivery == "electronic":
        put(session, RELEASE_RESULT, str(dossier.id), dossier_id=dossier.id, payload={"dossier_id": str(dossier.id)})
