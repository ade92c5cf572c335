from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.services.catalogue.versions import current
from portal.services.dossiers.at_counter import give_back, kept_at, note_originals
from portal.services.dossiers.detach import detach
from portal.services.dossiers.history import events_of
from portal.services.dossiers.issue import issue, order_of
from portal.services.dossiers.queries import documents_of
from portal.services.dossiers.return_result import return_result
from portal.services.dossiers.submit import submit
from portal.services.dossiers.take_in import take_in
from portal.services.errors import GuardRefused, InvalidInput, NotFound
from tests.carrying import with_papers
from tests.filings import CODE
from tests.intakes import NAME, NUMBER, begun, filled, taken_in, visit
from tests.people import OFFICE, OTHER_OFFICE, citizen, clerk, officer
from tests.services.dossiers.doings import DOINGS, hands, result_of

PDF = b"%PDF-1.7 paper"


def test_filed_and_taken_in_at_once_where_the_clerk_may(session: Session) -> None:
    at = clerk(session)
    dossier = taken_in(session, at, filled(session, at))
    assert (dossier.state, dossier.received_by, dossier.filed_by) == ("received", at.account_id, at.account_id)
    first, second = events_of(session, dossier.id)
    assert (first.name, first.actor_id, first.actor_role) == ("submitted", at.id, "clerk")
    assert first.facts["assisted"] is True
    assert (first.facts["confirmed"], first.facts["filing_office"]) == ("read_back", OFFICE)
    assert second.name == "received"
    assert [paper.facts["is_assisted"] for paper in documents_of(session, dossier)] == [True, True]
    assert taken_in(session, at, dossier).code == dossier.code, "pressed twice, filed once"
    assert len(events_of(session, dossier.id)) == 2


def test_filed_elsewhere_waits_at_the_office_that_decides_with_the_counter_named(session: Session) -> None:
    at = clerk(session, OTHER_OFFICE)
    dossier = taken_in(session, at, filled(session, at, visit(session, office=OTHER_OFFICE)))
    assert (dossier.state, dossier.office_code, dossier.filing_office_code) == ("submitted", OFFICE, OTHER_OFFICE)
    (event,) = events_of(session, dossier.id)
    assert (event.office_code, event.facts["filing_office"], event.actor_role) == (OFFICE, OTHER_OFFICE, "clerk")


def test_taker_cannot_sign_later(session: Session) -> None:
    at = clerk(session)
    dossier = taken_in(session, at, filled(session, at))
    assert dossier.received_by == at.account_id  # the guard of four eyes looks at this


@pytest.mark.parametrize(
    ("declared", "confirmed", "field"), [(False, "signed", "declare"), (True, "", "confirmed"), (True, "so", "confirmed")]
)
def test_nothing_is_filed_that_the_person_has_not_declared_and_confirmed(
    session: Session, declared: bool, confirmed: str, field: str
) -> None:
    at = clerk(session)
    draft = filled(session, at)
    with pytest.raises(InvalidInput) as refused:
        take_in(session, at, draft.id, is_declared=declared, confirmed=confirmed)
    assert set(refused.value.errors) == {field}
    assert draft.state == "draft"


def test_citizen_cannot_file_what_the_clerk_is_filling(session: Session) -> None:
    at, mau = clerk(session), citizen(session, NAME, personal_id=NUMBER)
    draft = filled(session, at)
    with pytest.raises(NotFound):
        submit(session, mau, draft.id, is_declared=True)


def test_fee_and_channel_follow_the_rule_on_paper(session: Session) -> None:
    at = clerk(session)
    procedure = current(session, CODE)
    expected = "counter" if procedure.definition.reception.is_paper_allowed else "online"
    assert begun(session, at).channel == expected


def test_papers_scanned_here_are_the_clerks_compared_and_kept_and_given_back(session: Session) -> None:
    at = clerk(session)
    draft, (paper, earlier) = with_papers(session, at)
    assert {paper.digitised_by, earlier.digitised_by} == {"clerk"}
    note_originals(session, at, draft.id, compared=[str(paper.id), "x"], kept=[str(earlier.id)])
    dossier = taken_in(session, at, draft)
    assert paper.checked_against_original_by == earlier.checked_against_original_by == at.account_id
    assert (paper.original_kept_at, earlier.original_kept_by) == (None, at.account_id)
    (filed, _received) = events_of(session, dossier.id)
    assert filed.facts["originals_kept"] == [str(earlier.id)]
    said = next(one.facts["components"] for one in documents_of(session, dossier) if one.kind == "form_01")
    assert any("giữ bản chính" in row["form"] for row in said)
    assert kept_at(session, at) == [earlier]
    assert kept_at(session, clerk(session, OTHER_OFFICE)) == []
    for stranger in (clerk(session, OTHER_OFFICE), officer(session)):
        with pytest.raises(NotFound):
            give_back(session, stranger, earlier.id)
    with pytest.raises(NotFound):
        give_back(session, at, paper.id)
    other = clerk(session)
    first = give_back(session, other, earlier.id).original_returned_at
    assert give_back(session, at, earlier.id).original_returned_at == first
    assert earlier.original_returned_by == other.account_id
    assert kept_at(session, at) == []


def test_paper_that_the_counter_scans_is_wanted_at_the_counter_and_can_be_taken_out_again(session: Session) -> None:
    at = clerk(session)
    draft, (paper, _earlier) = with_papers(session, at)
    note_originals(session, at, draft.id, compared=[str(paper.id)], kept=[])
    detach(session, at, draft.id, paper.id)
    with pytest.raises(GuardRefused, match="thiếu giấy tờ"):
        taken_in(session, at, draft)


def test_result_goes_over_the_counter_only_with_the_originals_that_it_keeps(session: Session) -> None:
    who = hands(session, citizen(session))
    draft, (_paper, earlier) = with_papers(session, who.clerk, **{"delivery.method": "counter"})
    note_originals(session, who.clerk, draft.id, compared=[], kept=[str(earlier.id)])
    dossier = taken_in(session, who.clerk, draft)
    for verb in ("forward", "assign", "propose", "approve"):
        DOINGS[verb].do(session, who.of(DOINGS[verb].role), str(dossier.code), dossier.version)
    order = order_of(session, result_of(session, dossier).id)
    assert order is not None
    issue(session, order, PDF)
    with pytest.raises(InvalidInput) as kept:
        return_result(session, who.clerk, str(dossier.code), expected_version=dossier.version, returned=["x"])
    assert set(kept.value.errors) == {"returned"}
    assert dossier.state == "finished"
    return_result(session, who.clerk, str(dossier.code), expected_version=dossier.version, returned=[str(earlier.id)])
    assert (dossier.state, earlier.original_returned_by) == ("returned", who.clerk.account_id)
    assert kept_at(session, who.clerk) == []
