from __future__ import annotations

import uuid

import pytest
from sqlalchemy.orm import Session

from portal.auth.permissions import Actor
from portal.models import Attachment, Dossier
from portal.services.catalogue.handling import Component
from portal.services.dossiers.at_counter import ORIGINALS, note_originals
from portal.services.dossiers.attach import attach
from portal.services.dossiers.attachments import attachments_of
from portal.services.dossiers.digitise import (
    MOST_PAGES,
    Digitised,
    PageWanted,
    contents_for,
    digitised_state,
    keep_joined,
    note_extract,
    scans_of,
)
from portal.services.errors import GuardRefused, InvalidInput, NotFound
from portal.services.vault.scanner import ScanState
from portal.services.vault.uploads import UnfitFile
from tests import carrying
from tests.carrying import PAPER, PHOTOS
from tests.intakes import filled, taken_in, visit
from tests.people import citizen, clerk, officer
from tests.services.vault import papers


@pytest.fixture
def at(session: Session) -> Actor:
    """The clerk at the counter."""
    carrying.publish_carrying(session)
    return clerk(session)


@pytest.fixture
def draft(session: Session, at: Actor) -> Dossier:
    """Their draft with two scans of one paper, of two pages and of one, and another paper."""
    made = filled(session, at, visit(session, code=carrying.CARRYING))
    for component, pages in ((PAPER, 2), (PAPER, 1), (PHOTOS, 1)):
        attach(session, at, made.id, component, carrying.upload("a.pdf", papers.pdf(pages)), ScanState.NOT_SCANNED)
    return made


def scans(session: Session, at: Actor, draft: Dossier) -> list[Attachment]:
    return scans_of(session, at, draft.id, PAPER)[2]


def join_all(session: Session, at: Actor, draft: Dossier) -> Attachment:
    joined = carrying.upload("ghép.pdf", papers.pdf(3))
    return keep_joined(session, at, draft.id, PAPER, joined, ScanState.NOT_SCANNED)


def test_joined_file_takes_the_place_of_its_scans_and_of_nothing_else(session: Session, at: Actor, draft: Dossier) -> None:
    kept = join_all(session, at, draft)
    assert (kept.digitised_by, kept.pages) == ("clerk", 3)
    assert [one.component_id for one in attachments_of(session, draft)] == [PHOTOS, PAPER]
    assert scans(session, at, draft) == [kept]


@pytest.mark.parametrize(
    ("compared", "kept", "expected"), [((0, 1), (1,), (True, True)), ((0, 1), (), (True, False)), ((0,), (), None)]
)
def test_what_was_compared_stays_compared_only_if_all_of_it_was(
    session: Session,
    at: Actor,
    draft: Dossier,
    compared: tuple[int, ...],
    kept: tuple[int, ...],
    expected: tuple[bool, bool] | None,
) -> None:
    ids = [str(one.id) for one in scans(session, at, draft)]
    note_originals(session, at, draft.id, compared=[ids[place] for place in compared], kept=[ids[place] for place in kept])
    joined = join_all(session, at, draft)
    said = draft.draft[ORIGINALS].get(str(joined.id))
    assert (said and (said["compared"], said["kept"])) == expected


def test_pages_are_taken_in_the_order_wanted_from_each_file_once(session: Session, at: Actor, draft: Dossier) -> None:
    first, second = scans(session, at, draft)
    wanted = [PageWanted(str(second.id), 1, 90), PageWanted(str(first.id), 2, 0), PageWanted(str(first.id), 1, 0)]
    parts, pages = contents_for([first, second], wanted)
    assert len(parts) == 2
    assert pages == [(0, 1, 90), (1, 2, 0), (1, 1, 0)]


def test_no_page_of_another_paper_or_beyond_the_file_is_taken(session: Session, at: Actor, draft: Dossier) -> None:
    own = scans(session, at, draft)
    other = next(one for one in attachments_of(session, draft) if one.component_id == PHOTOS)
    for wanted in (PageWanted(str(other.id), 1, 0), PageWanted(str(own[0].id), 3, 0), PageWanted("x", 1, 0)):
        with pytest.raises(NotFound):
            contents_for(own, [wanted])
    for count in (0, MOST_PAGES + 1):
        with pytest.raises(GuardRefused):
            contents_for(own, [PageWanted(str(own[0].id), 1, 0)] * count)


def test_infected_join_leaves_the_scans(session: Session, at: Actor, draft: Dossier) -> None:
    with pytest.raises(UnfitFile), session.begin_nested():
        keep_joined(session, at, draft.id, PAPER, carrying.upload(), ScanState.INFECTED)
    assert len(scans(session, at, draft)) == 2


def test_only_the_clerk_at_the_counter_digitises_and_only_a_draft(session: Session, at: Actor, draft: Dossier) -> None:
    for stranger in (clerk(session), officer(session), citizen(session)):
        with pytest.raises(NotFound):
            scans_of(session, stranger, draft.id, PAPER)
    mine = citizen(session)
    own = carrying.draft(session, mine)
    with pytest.raises(NotFound):
        scans_of(session, mine, own.id, PAPER)


def test_key_data_are_read_strictly_and_kept_sealed(session: Session, at: Actor, draft: Dossier) -> None:
    paper = scans(session, at, draft)[0]
    form = {
        "extract.number": " 12/2026 ",
        "extract.issued_on.day": "1",
        "extract.issued_on.month": "2",
        "extract.issued_on.year": "2026",
    }
    note_extract(session, at, draft.id, PAPER, paper.id, {**form, "extract.holder": "Nguyễn Thị Mẫu", "extract.other": "x"})
    assert paper.extract == {"extract.number": "12/2026", "extract.issued_on": "2026-02-01", "extract.holder": "Nguyễn Thị Mẫu"}
    assert "Mẫu".encode() not in paper.sealed_extract
    with pytest.raises(InvalidInput) as wrong:
        note_extract(session, at, draft.id, PAPER, paper.id, {**form, "extract.issued_on.year": "2999", "extract.holder": "<b>"})
    assert set(wrong.value.errors) == {"extract.issued_on", "extract.holder"}
    assert paper.extract["extract.number"] == "12/2026"
    with pytest.raises(NotFound):
        note_extract(session, at, draft.id, PHOTOS, paper.id, form)
    note_extract(session, at, draft.id, PAPER, paper.id, {})
    assert paper.extract is None


def test_state_of_a_component_in_the_numbers_of_the_synchronisation(session: Session, at: Actor, draft: Dossier) -> None:
    component = Component(**carrying.COMPONENTS[0])
    paper = scans(session, at, draft)
    assert digitised_state(component, []) is Digitised.NOT
    assert digitised_state(component, paper) is Digitised.DIGITISED
    assert digitised_state(component.model_copy(update={"satisfied_by": "registry"}), []) is Digitised.REUSED
    assert digitised_state(component.model_copy(update={"satisfied_by": "declaration"}), []) is Digitised.DIGITISED
    paper[0].reused_document_id = uuid.uuid4()
    assert digitised_state(component, paper) is Digitised.REUSED_RESULT
    session.expire(paper[0])


def test_what_was_joined_is_what_is_filed(session: Session, at: Actor, draft: Dossier) -> None:
    joined = join_all(session, at, draft)
    attach(session, at, draft.id, carrying.EARLIER, carrying.upload("b.pdf", papers.pdf(5)), ScanState.NOT_SCANNED)
    dossier = taken_in(session, at, draft)
    assert joined in attachments_of(session, dossier)
    with pytest.raises(Exception, match="stay as they were filed"):
        join_all(session, at, dossier)
