"""Putting a paper into a draft, or into the answer to a request: a checked upload, or an earlier result of the owner's."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.config import settings
from portal.crypto import sha256
from portal.models import Attachment, Dossier, IssuedDocument
from portal.services.catalogue.handling import Component
from portal.services.catalogue.reckoning import components_wanted
from portal.services.catalogue.schema import Procedure
from portal.services.catalogue.versions import by_hash
from portal.services.dossiers.attachments import Standing, attachments_for, attachments_of, keyed_hash, reusable_results
from portal.services.dossiers.claims import PROOF, disputing, proofs_of
from portal.services.dossiers.open_draft import draft_for
from portal.services.dossiers.reopened import Reopened, awaiting
from portal.services.dossiers.vocabulary import State
from portal.services.errors import IllegalMove, NotFound
from portal.services.results.verify import verify_pdf
from portal.services.vault.scanner import ScanState
from portal.services.vault.store import store_file
from portal.services.vault.uploads import Reason, UnfitFile, Upload

QUOTA_LOCK = 0x75706C64
CLERKS_SHARE = 20  # a clerk sends in a day what so many citizens may


def attach(
    session: Session, actor: Actor, draft_id: uuid.UUID, component_id: str, upload: Upload, scan_state: ScanState
) -> Attachment:
    """Put a checked file into the actor's draft, or into their dossier for a component that a request asks for; the same
    file for the same component is the one that is there already. A paper that proves a claim about a registry's value stands
    for that claim (`claims.proof_of`) as others for a component.

    Raises:
        NotFound: not the actor's draft, or no component that its answers call for.
        IllegalMove: it was filed meanwhile, and nothing is asked for.
        GuardRefused: the time to answer the request is over.
        UnfitFile: the scanner found something in it, or the draft or the day holds no more.
        OSError: the disk refused; nothing is changed.
    """
    if scan_state is ScanState.INFECTED:
        raise UnfitFile(Reason.INFECTED)
    draft, open_now = _place(session, actor, draft_id, component_id)
    content_hash = keyed_hash(draft, sha256(upload.content))
    there = attachments_of(session, draft) + (attachments_for(session, open_now.request) if open_now else [])
    for one in there:
        if one.component_id == component_id and one.content_hash == content_hash:
            if open_now is not None and one.request_id != open_now.request.id:
                raise UnfitFile(Reason.SENT_BEFORE)
            return one
    by_clerk = actor.assists is not None or (draft.filed_by is not None and open_now is None)
    _check_room(session, actor, there, len(upload.content), CLERKS_SHARE if by_clerk else 1)
    verdict = verify_pdf(session, upload.content).state if upload.is_signed else None
    now = clock.now()
    attachment = Attachment(
        data_key=draft.data_key,
        dossier_id=draft.id,
        component_id=component_id,
        file=store_file(session, draft.data_key, upload.content, upload.media_type),
        name=upload.name,
        media_type=upload.media_type,
        size_bytes=len(upload.content),
        pages=upload.pages,
        content_hash=content_hash,
        digitised_by="clerk" if by_clerk else "citizen",
        request_id=open_now.request.id if open_now else None,
        added_at=now,
        added_by=actor.account_id,
        scan_state=scan_state.value,
        scanned_at=now if scan_state is ScanState.CLEAN else None,
        seal_verdict=verdict,
    )
    session.add(attachment)
    draft.updated_at = now
    session.flush()
    return attachment


def reuse(session: Session, actor: Actor, draft_id: uuid.UUID, component_id: str, document_id: uuid.UUID) -> Attachment:
    """Let an earlier result of the actor's stand for the component, in place of another one that did.

    Raises:
        NotFound: not the actor's draft, no such component, or no valid result of theirs that satisfies it; a clerk who
            assists at the counter sees none.
        IllegalMove: the draft was filed meanwhile, and nothing is asked for.
        GuardRefused: the time to answer the request is over.
    """
    if actor.assists:
        raise NotFound
    draft, component, open_now = editable(session, actor, draft_id, component_id)
    document = next((one for one in reusable_results(session, draft, component) if one.id == document_id), None)
    if document is None:
        raise NotFound
    own = attachments_for(session, open_now.request) if open_now else attachments_of(session, draft)
    for one in own:
        if one.component_id == component.id and one.reused_document_id == document.id:
            return one
        if one.component_id == component.id and one.reused_document_id is not None:
            one.removed_at = clock.now()
    session.flush()
    return _take(session, actor, draft, component, document, open_now)


def settle(session: Session, actor: Actor, draft: Dossier, standing: tuple[Standing, ...]) -> list[Attachment]:
    """At filing: attach the earlier results that stand for components to which nothing is attached, let go what the final
    answers no longer call for, and give what the dossier carries from now on.
    """
    wanted = {one.component.id for one in standing} | proofs_of(draft.draft["answers"])
    for attachment in attachments_of(session, draft):
        if attachment.component_id not in wanted:
            attachment.removed_at = clock.now()
    for one in standing:
        if one.taken_by_itself is not None:
            _take(session, actor, draft, one.component, one.taken_by_itself)
    session.flush()
    return attachments_of(session, draft)


def _take(
    session: Session,
    actor: Actor,
    draft: Dossier,
    component: Component,
    document: IssuedDocument,
    open_now: Reopened | None = None,
) -> Attachment:
    assert document.file is not None  # an issued document has a file and its hash, says the table
    attachment = Attachment(
        data_key=draft.data_key,
        dossier_id=draft.id,
        component_id=component.id,
        reused_document=document,
        name=document.title,
        media_type=document.file.media_type,
        size_bytes=document.file.size_bytes,
        pages=1,
        content_hash=keyed_hash(draft, document.sha256 or b""),
        digitised_by="portal",
        request_id=open_now.request.id if open_now else None,
        added_at=clock.now(),
        added_by=actor.account_id,
        scan_state=ScanState.CLEAN.value,
    )
    session.add(attachment)
    session.flush()
    return attachment


def editable(
    session: Session, actor: Actor, draft_id: uuid.UUID, component_id: str
) -> tuple[Dossier, Component, Reopened | None]:
    """The actor's draft, locked so that two tabs follow each other, and one of the components that its answers call for; or
    their dossier that awaits them, and one of the components that its request re-opened.

    Raises:
        NotFound: not the actor's draft, or no such component.
        IllegalMove: it was filed meanwhile, and nothing is asked for.
        GuardRefused: the time to answer the request is over.
    """
    open_now = awaiting(session, actor, draft_id)
    if open_now is not None:
        for component in open_now.components(open_now.answers):
            if component.id == component_id:
                return open_now.dossier, component, open_now
        raise NotFound
    draft = draft_for(session, actor, draft_id, lock=True)
    if draft.state != State.DRAFT:
        raise IllegalMove("attachments stay as they were filed")
    procedure: Procedure = by_hash(session, draft.version_hash)
    for component in components_wanted(procedure, draft.draft["answers"]):
        if component.id == component_id:
            return draft, component, None
    raise NotFound


def _place(session: Session, actor: Actor, draft_id: uuid.UUID, component_id: str) -> tuple[Dossier, Reopened | None]:
    """Where a file for the component, or for a claim, goes."""
    if component_id.startswith(PROOF):
        return disputing(session, actor, draft_id, component_id.removeprefix(PROOF))[0], None
    draft, _component, open_now = editable(session, actor, draft_id, component_id)
    return draft, open_now


def _check_room(session: Session, actor: Actor, there: list[Attachment], size_bytes: int, share: int) -> None:
    limits = settings()
    if len(there) >= limits.upload_dossier_files:
        raise UnfitFile(Reason.TOO_MANY)
    if sum(one.size_bytes for one in there) + size_bytes > limits.upload_dossier_bytes:
        raise UnfitFile(Reason.DOSSIER_FULL)
    lock = {"room": QUOTA_LOCK, "person": int.from_bytes((actor.account_id or uuid.UUID(int=0)).bytes[-4:], "big", signed=True)}
    session.execute(text("SELECT pg_advisory_xact_lock(:room, :person)"), lock)  # drafts of one person count together
    files, total = _since_midnight(session, actor)
    most_files, most_bytes = limits.upload_person_files_a_day * share, limits.upload_person_bytes_a_day * share
    if files >= most_files or total + size_bytes > most_bytes:
        raise UnfitFile(Reason.DAY_FULL)


def _since_midnight(session: Session, actor: Actor) -> tuple[int, int]:
    """How much the person has sent today, what they took away again included: it was stored all the same."""
    midnight = _midnight(clock.now())
    query = select(func.count(), func.coalesce(func.sum(Attachment.size_bytes), 0)).where(
        Attachment.added_by == actor.account_id, Attachment.added_at >= midnight, Attachment.file_id.is_not(None)
    )
    files, total = session.execute(query).one()
    return int(files), int(total)


def _midnight(now: datetime) -> datetime:
    local = clock.to_local(now)
    return local - timedelta(hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
