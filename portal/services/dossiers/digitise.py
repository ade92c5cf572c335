"""Digitising at the counter: scanned pages put in order, turned and joined; the key data of a paper; how each paper stands."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Attachment, Dossier
from portal.services.catalogue.composites import Unreadable
from portal.services.catalogue.elements import Element, Text2
from portal.services.catalogue.handling import Component
from portal.services.catalogue.reading import read
from portal.services.dossiers.at_counter import ORIGINALS
from portal.services.dossiers.attach import attach, editable
from portal.services.dossiers.attachments import attachment_of, attachments_of, open_attachment
from portal.services.errors import GuardRefused, InvalidInput, NotFound
from portal.services.vault.scanner import ScanState
from portal.services.vault.uploads import Upload

MOST_PAGES = 60


class Digitised(IntEnum):
    """How a component is digitised, in the numbers of the synchronisation with the national portal."""

    NOT = 0
    DIGITISED = 1
    REUSED = 2
    REUSED_RESULT = 3


def digitised_state(component: Component, attached: Iterable[Attachment]) -> Digitised:
    """How one component of a dossier stands.

    Source: the synchronisation's states of a component: 0 chưa số hóa, 1 được số hóa, 2 tái sử dụng, 3 tái sử dụng từ
    kết quả hồ sơ khác.
    """
    own = list(attached)
    if any(one.reused_document_id is not None for one in own):
        return Digitised.REUSED_RESULT
    if component.satisfied_by == "registry":
        return Digitised.REUSED
    return Digitised.DIGITISED if own or component.satisfied_by == "declaration" else Digitised.NOT


@dataclass(frozen=True)
class PageWanted:
    """One page for the joined file: of which attachment, which of its pages (from 1), turned clockwise by how many degrees."""

    attachment_id: str
    number: int
    turn: int


def scans_of(
    session: Session, actor: Actor, draft_id: uuid.UUID, component_id: str
) -> tuple[Dossier, Component, list[Attachment]]:
    """The clerk's draft, one of its components, and the files for it whose pages may be put in order.

    A file with a digital seal is left as it is: joined, its seal would be lost.

    Raises:
        NotFound: not the actor's draft at the counter, or no such component.
        IllegalMove: it was filed meanwhile.
    """
    draft, component, reopened = editable(session, actor, draft_id, component_id)
    if draft.filed_by is None or reopened is not None:
        raise NotFound
    scans = [one for one in attachments_of(session, draft) if one.component_id == component_id and one.file_id is not None]
    return draft, component, [one for one in scans if one.seal_verdict is None]


def contents_for(scans: Sequence[Attachment], wanted: Sequence[PageWanted]) -> tuple[list[bytes], list[tuple[int, int, int]]]:
    """The files that the wanted pages are taken from, and each page by the place of its file.

    Raises:
        GuardRefused: no page is wanted, or more than one file may hold.
        NotFound: a page is of none of these files, or they may not be opened yet.
    """
    if not 0 < len(wanted) <= MOST_PAGES:
        raise GuardRefused("Hãy giữ lại ít nhất một trang, nhiều nhất 60 trang.")
    by_id = {str(one.id): one for one in scans}
    used = list(dict.fromkeys(one.attachment_id for one in wanted))
    if any(one.attachment_id not in by_id or not 1 <= one.number <= by_id[one.attachment_id].pages for one in wanted):
        raise NotFound
    places = {attachment_id: place for place, attachment_id in enumerate(used)}
    return [open_attachment(by_id[one]) for one in used], [(places[one.attachment_id], one.number, one.turn) for one in wanted]


def keep_joined(
    session: Session,
    actor: Actor,
    draft_id: uuid.UUID,
    component_id: str,
    joined: Upload,
    scan_state: ScanState,
) -> Attachment:
    """Put the joined file in the place of every scan that it was made from or that was left out of it.

    It counts as compared where every one of them was, and its original as kept where one of them was.

    Raises:
        NotFound, IllegalMove: as `scans_of`.
        UnfitFile: as `attach`.
    """
    draft, _component, scans = scans_of(session, actor, draft_id, component_id)
    noted = draft.draft.get(ORIGINALS) or {}
    before = [noted.get(str(one.id), {"compared": False, "kept": False}) for one in scans]
    for one in scans:
        one.removed_at = clock.now()
    session.flush()
    kept = attach(session, actor, draft_id, component_id, joined, scan_state)
    if before and all(one["compared"] for one in before):
        said = {"compared": True, "kept": any(one["kept"] for one in before)}
        draft.draft = {**draft.draft, ORIGINALS: {**noted, str(kept.id): said}}
    return kept


def _element(name: str, kind: str, vi: str, en: str, **more: int | bool) -> Element:
    return Element(key=f"extract.{name}", kind=kind, label=Text2(vi=vi, en=en), **more)


EXTRACT: tuple[Element, ...] = (
    _element("number", "text", "Số, ký hiệu", "Number", max_length=60),
    _element("issued_on", "date", "Ngày cấp", "Issued on", is_past=True),
    _element("issued_by", "text", "Nơi cấp", "Issued by", max_length=200),
    _element("holder", "name", "Họ tên ghi trên giấy", "Name on the paper", max_length=200),
)


def note_extract(
    session: Session, actor: Actor, draft_id: uuid.UUID, component_id: str, attachment_id: uuid.UUID, form: Mapping[str, str]
) -> None:
    """Keep the key data that the clerk read off a paper of the draft; a field left empty keeps nothing.

    Raises:
        NotFound, IllegalMove: as `scans_of`; or no such attachment of the component.
        InvalidInput: with messages for each field.
    """
    draft, _component, reopened = editable(session, actor, draft_id, component_id)
    found = attachment_of(session, draft, attachment_id)
    if draft.filed_by is None or reopened is not None or found.component_id != component_id or found.file_id is None:
        raise NotFound
    said, errors = {}, {}
    for element in EXTRACT:
        try:
            value = read(element, form)
        except Unreadable as wrong:
            errors[element.key] = [str(wrong)]
        else:
            if value is not None:
                said[element.key] = value
    if errors:
        raise InvalidInput(errors)
    found.extract = said or None
    draft.updated_at = clock.now()
