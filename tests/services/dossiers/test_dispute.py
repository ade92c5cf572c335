"""What a person says is not right stands beside the registry's value, and changes nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier
from portal.services.catalogue.answers import values_of
from portal.services.catalogue.provenance import DISPUTED
from portal.services.catalogue.versions import by_hash, current
from portal.services.dossiers.attachments import attachments_of, open_attachment, own_attachment, with_uncompared_files
from portal.services.dossiers.dispute import dispute, take_back
from portal.services.dossiers.fill_draft import answer_facts, answer_page, decline_lookups
from portal.services.dossiers.queries import latest_answers
from portal.services.dossiers.submit import submit
from portal.services.errors import IllegalMove, InvalidInput, NotFound
from portal.services.registries.exchange import Outcome, Reply
from portal.services.vault.scanner import ScanState
from portal.services.vault.uploads import check
from tests import intakes
from tests.filings import ANSWERS, filled_draft, population_fields, replies, taken
from tests.people import OTHER_OFFICE, citizen, clerk
from tests.services.vault import papers

NAME = "subject.full_name"
CLAIM = {NAME: "Nguyễn Thị Mẩu", "reason": "Giấy khai sinh ghi là Mẩu."}


def claim_of(draft: Dossier, key: str = NAME) -> dict[str, Any] | None:
    found: dict[str, Any] | None = draft.draft["answers"][key].get(DISPUTED)
    return found


def proof(name: str = "khai sinh.pdf", pages: int = 1) -> tuple[Any, ScanState]:
    return check(papers.pdf(pages), name), ScanState.CLEAN


def test_claim_stands_beside_the_registrys_value_which_stays_the_value(session: Session) -> None:
    owner = citizen(session)
    draft = filled_draft(session, owner)
    before = values_of(draft.draft["answers"])
    dispute(session, owner, draft.id, NAME, CLAIM)
    answer = draft.draft["answers"][NAME]
    assert (answer["value"], answer["source"], answer["record"]) == ("Nguyễn Thị Mẫu", "population", "response-population")
    assert answer[DISPUTED] | {"at": ""} == {
        "claimed": "Nguyễn Thị Mẩu", "reason": "Giấy khai sinh ghi là Mẩu.", "attachment": None, "at": "",
    }  # fmt: skip
    assert values_of(draft.draft["answers"]) == before, "conditions, fees and competence see what the registry said"


def test_claim_is_filed_with_its_value_and_its_paper(session: Session) -> None:
    owner = citizen(session)
    draft = filled_draft(session, owner)
    dispute(session, owner, draft.id, NAME, {NAME: "Nguyễn Thị Mẩu"}, proof())
    dossier = submit(session, owner, draft.id, is_declared=True)
    filed = latest_answers(session, dossier).content[NAME]
    (paper,) = attachments_of(session, dossier)
    assert (filed["value"], filed[DISPUTED]["claimed"]) == ("Nguyễn Thị Mẫu", "Nguyễn Thị Mẩu")
    assert filed[DISPUTED]["attachment"] == str(paper.id)
    assert open_attachment(own_attachment(session, owner, paper.id)).startswith(b"%PDF")
    assert with_uncompared_files(session, [dossier]) == set(), "the counter has no original of it to compare"


def test_claim_is_changed_and_taken_back_before_filing(session: Session) -> None:
    owner = citizen(session)
    draft = filled_draft(session, owner)
    dispute(session, owner, draft.id, NAME, CLAIM, proof())
    dispute(session, owner, draft.id, NAME, {NAME: "Nguyễn Thị Mậu", "reason": ""}, proof("khác.pdf", pages=2))
    claim = claim_of(draft)
    assert claim is not None
    assert (claim["claimed"], len(attachments_of(session, draft))) == ("Nguyễn Thị Mậu", 1)
    assert attachments_of(session, draft)[0].name == "khác.pdf"
    take_back(session, owner, draft.id, NAME)
    assert claim_of(draft) is None
    assert attachments_of(session, draft) == []


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({NAME: "", "reason": "Sai tên"}, NAME),
        ({NAME: "Nguyễn Thị Mẫu", "reason": "Sai tên"}, NAME),
        ({NAME: "Nguyễn 7", "reason": "Sai tên"}, NAME),
        ({NAME: "Nguyễn Thị Mẩu", "reason": "  "}, "reason"),
        ({NAME: "Nguyễn Thị Mẩu", "reason": "x" * 1001}, "reason"),
        ({NAME: "Nguyễn Thị Mẩu", "reason": "a\u202eb"}, "reason"),
    ],
)
def test_claim_is_read_like_any_answer_and_wants_a_ground(session: Session, form: dict[str, str], field: str) -> None:
    owner = citizen(session)
    draft = filled_draft(session, owner)
    with pytest.raises(InvalidInput) as wrong:
        dispute(session, owner, draft.id, NAME, form)
    assert list(wrong.value.errors) == [field]
    assert claim_of(draft) is None


def test_only_what_a_registry_gave_can_be_disputed(session: Session) -> None:
    owner = citizen(session)
    procedure = current(session, "1.004873")
    draft = filled_draft(session, owner)
    for key in ("certificate.purpose", "delivery.method", "no.such_element"):
        with pytest.raises(NotFound):
            dispute(session, owner, draft.id, key, {key: "property", "reason": "Không đúng"})
    silent = {"population": Reply("population", "r", Outcome.UNAVAILABLE, clock.now())}
    taken(session, owner, draft, procedure, silent, {"full_name": "Nguyễn Thị Mẫu"})
    with pytest.raises(NotFound):  # what came with the login no registry has to mend
        dispute(session, owner, draft.id, NAME, CLAIM)


def test_nobody_disputes_in_a_draft_that_is_not_theirs(session: Session) -> None:
    draft = filled_draft(session, citizen(session))
    for stranger in (citizen(session), clerk(session)):
        with pytest.raises(NotFound):
            dispute(session, stranger, draft.id, NAME, CLAIM)
        with pytest.raises(NotFound):
            take_back(session, stranger, draft.id, NAME)


def test_what_was_filed_in_another_tab_cannot_be_disputed_any_more(session: Session) -> None:
    owner = citizen(session)
    draft = filled_draft(session, owner)
    submit(session, owner, draft.id, is_declared=True)
    with pytest.raises(IllegalMove):
        dispute(session, owner, draft.id, NAME, CLAIM)
    with pytest.raises(IllegalMove):
        take_back(session, owner, draft.id, NAME)


def test_locked_value_from_the_browser_is_ignored_with_a_claim_or_without(session: Session) -> None:
    owner = citizen(session)
    draft = filled_draft(session, owner)
    procedure = by_hash(session, draft.version_hash)
    dispute(session, owner, draft.id, NAME, CLAIM)
    answer_facts(session, draft, procedure, {NAME: "Kẻ Gian", "subject.sex": "male"})
    answer_page(draft, procedure, procedure.definition.pages[0], {**ANSWERS, NAME: "Kẻ Gian"})
    answer = draft.draft["answers"][NAME]
    assert (answer["value"], answer[DISPUTED]["claimed"]) == ("Nguyễn Thị Mẫu", "Nguyễn Thị Mẩu")
    assert draft.draft["answers"]["subject.sex"]["value"] == "female"


def test_claim_outlives_another_look_up_until_the_registry_says_it_itself(session: Session) -> None:
    owner = citizen(session)
    draft = filled_draft(session, owner)
    procedure = by_hash(session, draft.version_hash)
    dispute(session, owner, draft.id, NAME, CLAIM)
    taken(session, owner, draft, procedure, replies())
    assert claim_of(draft) is not None
    taken(session, owner, draft, procedure, replies(population_fields(full_name="Nguyễn Thị Mẩu")))
    assert claim_of(draft) is None
    assert draft.draft["answers"][NAME]["value"] == "Nguyễn Thị Mẩu"


def test_claim_stands_as_typed_where_the_person_would_rather_type_everything(session: Session) -> None:
    owner = citizen(session)
    draft = filled_draft(session, owner)
    dispute(session, owner, draft.id, "subject.sex", {"subject.sex": "male", "reason": "Ghi nhầm"})
    decline_lookups(draft, by_hash(session, draft.version_hash), {})
    assert draft.draft["answers"]["subject.sex"] == {"value": "male", "source": "citizen"}


def test_clerk_at_the_counter_writes_the_claim_down_for_the_person(session: Session) -> None:
    helper = clerk(session)
    draft = intakes.filled(session, helper)
    dispute(session, helper, draft.id, NAME, CLAIM)
    assert claim_of(draft) is not None
    others: list[Actor] = [clerk(session), clerk(session, OTHER_OFFICE), citizen(session, personal_id=intakes.NUMBER)]
    for other in others:
        with pytest.raises(NotFound):
            dispute(session, other, draft.id, NAME, CLAIM)
