"""What the counter adds to a dossier that a clerk files: the person's confirmation, and originals compared, kept, given back."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Permission
from portal.models import Attachment, Dossier
from portal.services.dossiers.attachments import attachments_of, filed_facts
from portal.services.dossiers.open_draft import draft_for
from portal.services.dossiers.vocabulary import State
from portal.services.errors import Forbidden, IllegalMove, NotFound

ORIGINALS = "originals"  # in the draft: attachment id -> {"compared", "kept"}


def note_originals(
    session: Session, actor: Actor, draft_id: uuid.UUID, *, compared: Collection[str], kept: Collection[str]
) -> None:
    """Keep in the clerk's draft which papers were compared with their originals, and which originals the counter keeps.

    What is kept was seen, so it counts as compared too.

    Raises:
        NotFound: not the actor's draft at the counter.
        IllegalMove: it was filed meanwhile.
    """
    draft = draft_for(session, actor, draft_id, lock=True)
    if draft.filed_by is None:
        raise NotFound
    if draft.state != State.DRAFT:
        raise IllegalMove("attachments stay as they were filed")
    ids = [str(one.id) for one in attachments_of(session, draft) if one.file_id is not None]
    noted = {one: {"compared": one in compared or one in kept, "kept": one in kept} for one in ids}
    draft.draft = {**draft.draft, ORIGINALS: {one: said for one, said in noted.items() if said["compared"]}}
    draft.updated_at = clock.now()


def take_originals(actor: Actor, draft: Dossier, papers: Sequence[Attachment], confirmed: str) -> dict[str, Any]:
    """At filing: write on each paper that the clerk compared it and whether its original is kept; gives the event's facts.

    Source: the one-stop rules (R14): who compares a copy with the original signs for it; (R29): what is kept is returned.
    """
    now, content = clock.now(), draft.draft
    noted = content.get(ORIGINALS) or {}
    compared = compare_with_originals(papers, noted, actor, now)
    kept = [one for one in compared if noted[str(one.id)]["kept"]]
    for one in kept:
        one.original_kept_at, one.original_kept_by = now, actor.account_id
    at_counter = content["at_counter"]
    return {
        "assisted": True,
        "filing_office": draft.filing_office_code,
        "confirmed": confirmed,
        "present_at": at_counter["present_at"],
        "identity_matched": at_counter["is_matched"],
        **({"reuse_agreed_at": at_counter["reuse_agreed_at"]} if at_counter.get("reuse_agreed_at") else {}),
        **({"compared_with_originals": filed_facts(compared)} if compared else {}),
        **({"originals_kept": [str(one.id) for one in kept]} if kept else {}),
    }


def compare_with_originals(
    attached: Iterable[Attachment], compared: Collection[str], actor: Actor, now: datetime
) -> list[Attachment]:
    """Write on each attachment of these ids that the clerk compared it with its original, and when; what was compared before
    stays as it was. Gives those that were compared now.

    Source: the one-stop rules (R14): who compares a copy with the original signs for it.
    """
    seen = [one for one in attached if str(one.id) in compared and one.checked_against_original_at is None]
    for one in seen:
        one.checked_against_original_at, one.checked_against_original_by = now, actor.account_id
    return seen


def in_custody(attached: Collection[Attachment]) -> list[Attachment]:
    """The attachments whose originals an office still keeps."""
    return [one for one in attached if one.original_kept_at is not None and one.original_returned_at is None]


def keeping_originals(session: Session, dossiers: Sequence[Dossier]) -> set[uuid.UUID]:
    """Those of the dossiers whose originals the very office that hands over the result still keeps."""
    here = [dossier.id for dossier in dossiers if dossier.filing_office_code == dossier.office_code]
    query = select(Attachment.dossier_id).where(Attachment.dossier_id.in_(here), Attachment.original_kept_at.is_not(None))
    return set(session.scalars(query.where(Attachment.original_returned_at.is_(None))))


def kept_at(session: Session, actor: Actor) -> list[Attachment]:
    """The papers whose originals the actor's counters keep, the longest kept first."""
    query = select(Attachment).join(Attachment.dossier)
    query = query.where(Dossier.filing_office_code.in_(sorted(actor.offices(Permission.INTAKE))))
    query = query.where(Attachment.original_kept_at.is_not(None), Attachment.original_returned_at.is_(None))
    return list(session.scalars(query.order_by(Attachment.original_kept_at, Attachment.id).limit(200)))


def give_back(session: Session, actor: Actor, attachment_id: uuid.UUID) -> Attachment:
    """Record that the original of a paper was handed back to the person; one that was handed back already stays so.

    Raises:
        NotFound: the counter of none of the actor's offices keeps this original.
        Forbidden: the actor's duty there is for other procedures.
    """
    query = select(Attachment).join(Attachment.dossier).where(Attachment.id == attachment_id)
    query = query.where(Dossier.filing_office_code.in_(sorted(actor.offices(Permission.INTAKE))))
    found = session.scalars(query.where(Attachment.original_kept_at.is_not(None)).with_for_update(of=Attachment)).first()
    if found is None:
        raise NotFound
    dossier = found.dossier
    if actor.role_for(Permission.INTAKE, dossier.filing_office_code or "", dossier.procedure_code) is None:
        raise Forbidden(Permission.INTAKE)
    if found.original_returned_at is None:
        found.original_returned_at, found.original_returned_by = clock.now(), actor.account_id
        session.flush()
    return found
