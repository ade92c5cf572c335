"""Which papers a dossier carries, and which it still lacks: reading only; adding and taking away are acts of their own.

A component is met by what is attached to it, else by an earlier result of the owner's, which is attached by itself at filing.
"""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Attachment, Dossier, IssuedDocument, SupplementRequest
from portal.services.catalogue.handling import Component
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.reckoning import components_wanted
from portal.services.catalogue.schema import Procedure
from portal.services.dossiers.claims import PROOF
from portal.services.dossiers.vocabulary import Document, State
from portal.services.errors import NotFound
from portal.services.vault.scanner import ScanState
from portal.services.vault.store import read_file

MAY_BE_OPENED = frozenset({ScanState.CLEAN, ScanState.NOT_SCANNED})


@dataclass(frozen=True)
class Standing:
    """How one component stands: what is attached, and which of the owner's earlier results could take its place."""

    component: Component
    attached: tuple[Attachment, ...]
    reusable: tuple[IssuedDocument, ...]
    is_at_counter: bool = False

    @property
    def taken_by_itself(self) -> IssuedDocument | None:
        """The earlier result that is attached at filing, because nothing else is."""
        return self.reusable[0] if self.reusable and not self.attached else None

    @property
    def is_required_now(self) -> bool:
        """Whether the dossier cannot be filed without it: what is only shown is not, what the counter scans only there."""
        is_theirs = self.is_at_counter or self.component.digitised_by == "citizen"
        return self.component.is_required and is_theirs and not self.component.must_present

    @property
    def is_met(self) -> bool:
        """Whether nothing more is wanted."""
        return bool(self.attached or self.reusable) or not self.is_required_now


def attachments_of(session: Session, dossier: Dossier) -> list[Attachment]:
    """What the dossier carries, in the order in which it came."""
    query = select(Attachment).where(Attachment.dossier_id == dossier.id, sent(), Attachment.replaced_at.is_(None))
    return list(session.scalars(query.order_by(Attachment.added_at, Attachment.id)))


def replaced_attachments(session: Session, dossier: Dossier) -> list[Attachment]:
    """What the dossier carried until something else took its place, in the order in which it came."""
    query = select(Attachment).where(Attachment.dossier_id == dossier.id, sent(), Attachment.replaced_at.is_not(None))
    return list(session.scalars(query.order_by(Attachment.added_at, Attachment.id)))


def with_uncompared_files(session: Session, dossiers: Sequence[Dossier]) -> set[uuid.UUID]:
    """Those of the dossiers that carry a file of their own which nobody compared with its original yet; what only proves a
    claim about a registry's value is the registry's to weigh.
    """
    query = select(Attachment.dossier_id).where(Attachment.dossier_id.in_([dossier.id for dossier in dossiers]))
    query = query.where(sent(), Attachment.replaced_at.is_(None), Attachment.reused_document_id.is_(None))
    query = query.where(Attachment.component_id.not_like(f"{PROOF}%"))
    return set(session.scalars(query.where(Attachment.checked_against_original_at.is_(None))))


def attachments_for(session: Session, request: SupplementRequest) -> list[Attachment]:
    """What was chosen, or has been sent, in answer to a request, in the order in which it came."""
    query = select(Attachment).where(Attachment.request_id == request.id, Attachment.removed_at.is_(None))
    return list(session.scalars(query.order_by(Attachment.added_at, Attachment.id)))


def sent() -> ColumnElement[bool]:
    """Not taken away, and not still waiting for its sender to send it in answer to a request."""
    answered = exists().where(SupplementRequest.id == Attachment.request_id, SupplementRequest.supplied_at.is_not(None))
    return Attachment.removed_at.is_(None) & or_(Attachment.request_id.is_(None), answered)


def attachment_of(session: Session, dossier: Dossier, attachment_id: uuid.UUID) -> Attachment:
    """One of the dossier's attachments, replaced ones among them.

    Raises:
        NotFound: the dossier carries no such attachment.
    """
    query = select(Attachment).where(Attachment.id == attachment_id, Attachment.dossier_id == dossier.id)
    found = session.scalars(query.where(sent())).first()
    if found is None:
        raise NotFound
    return found


def own_attachment(session: Session, actor: Actor, attachment_id: uuid.UUID) -> Attachment:
    """An attachment of a draft or dossier of the actor's own.

    Raises:
        NotFound: no such attachment, or somebody else's.
    """
    query = select(Attachment).join(Attachment.dossier).where(Attachment.id == attachment_id, Attachment.removed_at.is_(None))
    found = session.scalars(query.where(Dossier.owner_id == actor.account_id)).first()
    if found is None:
        raise NotFound
    return found


def open_attachment(attachment: Attachment) -> bytes:
    """The bytes as they were attached.

    Raises:
        NotFound: it waits for the scanner, or the scanner found something in it.
        SealError, OSError: as `vault.store.read_file`.
    """
    file = attachment.reused_document.file if attachment.reused_document else attachment.file
    if file is None or attachment.scan_state not in MAY_BE_OPENED:
        raise NotFound
    return read_file(file)


def standings(session: Session, dossier: Dossier, procedure: Procedure, answers: Answers) -> tuple[Standing, ...]:
    """Every component that the answers call for and the citizen may attach, in the procedure's order."""
    wanted = components_wanted(procedure, answers)
    if not wanted:
        return ()
    attached = attachments_of(session, dossier)
    return tuple(
        Standing(
            component,
            tuple(one for one in attached if one.component_id == component.id),
            tuple(reusable_results(session, dossier, component)),
            is_at_counter=dossier.filed_by is not None,
        )
        for component in wanted
    )


def missing(standing: Iterable[Standing]) -> tuple[Component, ...]:
    """The components that still want a paper."""
    return tuple(one.component for one in standing if not one.is_met)


def reusable_results(session: Session, dossier: Dossier, component: Component) -> list[IssuedDocument]:
    """The owner's own valid results that satisfy the component, newest first; at the counter only once they agreed."""
    if not component.result_of or not may_reuse(dossier):
        return []
    query = (
        select(IssuedDocument)
        .join(IssuedDocument.dossier)
        .where(Dossier.owner_id == dossier.owner_id, Dossier.procedure_code.in_(component.result_of))
        .where(Dossier.subject_hash == dossier.subject_hash)
        .where(IssuedDocument.kind == Document.RESULT, IssuedDocument.issued_at.is_not(None))
        .where(IssuedDocument.revoked_at.is_(None), IssuedDocument.replaced_by_id.is_(None))
        .where(or_(IssuedDocument.expires_on.is_(None), IssuedDocument.expires_on >= clock.today()))
        .order_by(IssuedDocument.issued_at.desc(), IssuedDocument.id)
    )
    return [result for result in session.scalars(query) if not result.facts.get("is_refusal")]


def may_reuse(draft: Dossier) -> bool:
    """Whether the owner's earlier results may be looked at for the draft: they file it, or told the clerk to look; what was
    filed only its owner completes.
    """
    if draft.filed_by is None or draft.state != State.DRAFT:
        return True
    return bool(((draft.draft or {}).get("at_counter") or {}).get("reuse_agreed_at"))


def keyed_hash(dossier: Dossier, content_sha256: bytes) -> bytes:
    """The hash of a content under the dossier's own key: it finds the same file in this dossier, and nowhere else."""
    return hmac.digest(dossier.open_data_key(), b"attachments\x00" + content_sha256, "sha256")


def filed_facts(attached: Iterable[Attachment]) -> list[dict[str, Any]]:
    """What the history keeps of the attachments: each component and keyed hash, so that none can be changed unseen."""
    return [
        {"id": str(one.id), "component": one.component_id, "sha256": one.content_hash.hex(), "reused": one.file_id is None}
        for one in attached
    ]
