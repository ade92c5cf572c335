from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.auth.permissions import Actor
from portal.models import Consent, Dossier
from portal.services.catalogue.versions import current
from portal.services.dossiers.consents import agree_to_lookups, consent_of, consents_of, require_standing, withdraw_consent
from portal.services.dossiers.dispute import dispute
from portal.services.dossiers.queries import evidence_of, latest_answers
from portal.services.dossiers.submit import submit
from portal.services.errors import GuardRefused, NotFound
from tests.filings import CODE, filled_draft
from tests.people import citizen


def agreed(session: Session, owner: Actor) -> tuple[Dossier, Consent]:
    draft = filled_draft(session, owner)
    return draft, agree_to_lookups(session, owner, draft, current(session, CODE), language="vi")


def test_consent_says_what_was_agreed_to_in_which_words(session: Session) -> None:
    owner = citizen(session)
    draft, consent = agreed(session, owner)
    assert [one.id for one in consents_of(session, owner)] == [consent.id]
    assert (consent.dossier_id, consent.version_hash, consent.language) == (draft.id, draft.version_hash, "vi")
    assert {one["registry"] for one in consent.lookups} == {"population", "civil-status"}
    for lookup in consent.lookups:
        assert lookup["purpose"]
        assert lookup["legal_ground"]
        assert lookup["elements"]


def test_draft_forgets_what_was_looked_up_and_keeps_what_was_typed(session: Session) -> None:
    owner = citizen(session)
    draft, consent = agreed(session, owner)
    assert draft.draft["answers"]["subject.full_name"]["source"] == "population"
    assert withdraw_consent(session, owner, consent.id).withdrawal is not None
    assert {answer["source"] for answer in draft.draft["answers"].values()} == {"citizen"}
    assert draft.draft["answers"]["certificate.purpose"]["value"] == "property"
    assert (draft.draft["consent"], draft.draft["replies"]) == (None, {})
    assert evidence_of(session, draft) == []
    asked = session.execute(text("SELECT count(*) FROM access_entries WHERE dossier_id = :id"), {"id": draft.id}).scalar_one()
    assert asked == 2  # that it was looked up stays on record


def test_what_the_person_said_is_right_stands_as_what_they_typed(session: Session) -> None:
    owner = citizen(session)
    draft, consent = agreed(session, owner)
    dispute(session, owner, draft.id, "subject.sex", {"subject.sex": "male", "reason": "Ghi nhầm"})
    withdraw_consent(session, owner, consent.id)
    assert draft.draft["answers"]["subject.sex"] == {"value": "male", "source": "citizen"}


def test_filed_dossier_goes_on_and_loses_nothing(session: Session) -> None:
    owner = citizen(session)
    draft, consent = agreed(session, owner)
    filed = submit(session, owner, draft.id, is_declared=True)
    before = latest_answers(session, filed).content
    withdraw_consent(session, owner, consent.id)
    assert latest_answers(session, filed).content == before
    assert len(evidence_of(session, filed)) == 2
    assert filed.state == "submitted"


def test_taking_it_back_twice_is_one_withdrawal(session: Session) -> None:
    owner = citizen(session)
    _draft, consent = agreed(session, owner)
    first = withdraw_consent(session, owner, consent.id).withdrawal
    assert first is not None
    again = withdraw_consent(session, owner, consent.id).withdrawal
    assert again is not None
    assert again.withdrawn_at == first.withdrawn_at


def test_answers_that_come_after_it_was_taken_back_are_not_kept(session: Session) -> None:
    owner = citizen(session)
    _draft, consent = agreed(session, owner)
    require_standing(session, consent)
    withdraw_consent(session, owner, consent.id)
    with pytest.raises(GuardRefused):
        require_standing(session, consent)


def test_nobody_elses_consent_is_seen_or_taken_back(session: Session) -> None:
    _draft, consent = agreed(session, citizen(session))
    for ask in (consent_of, withdraw_consent):
        with pytest.raises(NotFound):
            ask(session, citizen(session), consent.id)


def test_database_forgets_the_evidence_of_drafts_alone(session: Session) -> None:
    owner = citizen(session)
    draft, _consent = agreed(session, owner)
    submit(session, owner, draft.id, is_declared=True)
    with pytest.raises(DBAPIError, match="only a draft forgets"):
        session.execute(text("SELECT forget_evidence_of_draft(:id)"), {"id": draft.id})


@pytest.mark.parametrize("statement", ["UPDATE consents SET language = 'en'", "DELETE FROM consent_withdrawals"])
def test_consents_are_written_once(session: Session, statement: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text(statement))
