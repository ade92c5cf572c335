"""Where the law lets the citizen read the draft result: nothing is signed before, and a day's silence is consent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session

from portal.models import Dossier, ProcedurePublication
from portal.services.catalogue.loader import texts_for
from portal.services.catalogue.versions import store
from portal.services.dossiers.approve import approve
from portal.services.dossiers.confirm_draft import confirm_draft, take_silence_for_consent
from portal.services.dossiers.dispute_draft import dispute_draft
from portal.services.dossiers.propose import propose
from portal.services.dossiers.queries import buttons, silent_drafts
from portal.services.dossiers.send_draft import send_draft
from portal.services.dossiers.submit import submit
from portal.services.errors import GuardRefused, IllegalMove, InvalidInput, NotFound, Stale
from tests.completing import LONG_AGO
from tests.filings import GRANT, appraising, filled_draft
from tests.intakes import filled, taken_in, visit
from tests.people import citizen
from tests.procedures import edited
from tests.services.dossiers.doings import Hands, hands, last_event, place_of

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
DAY_OVER = datetime(2026, 11, 17, 2, 0, 1, tzinfo=UTC)
WRONG = "Tên mẹ ghi sai, đúng ra là Nguyễn Thị Lan."


@pytest.fixture(autouse=True)
def on_monday_morning():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def who(session: Session) -> Hands:
    return hands(session, citizen(session))


@pytest.fixture
def confirmable(session: Session, who: Hands) -> Dossier:
    dossier = appraising(session, who.owner, who.clerk, who.officer)
    dossier.confirms_draft = True
    session.flush()
    return dossier


@pytest.fixture
def sent(session: Session, who: Hands, confirmable: Dossier) -> Dossier:
    return send_draft(session, who.officer, str(confirmable.code), expected_version=confirmable.version, form=GRANT)


def test_nothing_is_sent_for_signature_before_the_citizen_read_it(session: Session, who: Hands, confirmable: Dossier) -> None:
    with pytest.raises(GuardRefused, match="bản dự thảo"):
        propose(session, who.officer, str(confirmable.code), expected_version=confirmable.version, form=GRANT)


def test_draft_is_sent_only_where_the_procedure_says_so(session: Session, who: Hands) -> None:
    dossier = appraising(session, who.owner, who.clerk, who.officer)
    with pytest.raises(GuardRefused, match="không gửi bản dự thảo"):
        send_draft(session, who.officer, str(dossier.code), expected_version=dossier.version, form=GRANT)


def test_draft_waits_one_working_day_and_cannot_be_signed_meanwhile(session: Session, who: Hands, sent: Dossier) -> None:
    assert (place_of(sent), sent.waits_until) == ("in_processing/awaiting_confirmation", datetime(2026, 11, 17, 2, 0, tzinfo=UTC))
    with pytest.raises(IllegalMove):
        approve(session, who.leader, str(sent.code), expected_version=sent.version)


def test_owner_who_finds_it_right_sends_it_to_be_signed(session: Session, who: Hands, sent: Dossier) -> None:
    confirm_draft(session, who.owner, str(sent.code), expected_version=sent.version)
    assert (place_of(sent), sent.waits_until) == ("in_processing/awaiting_signature", None)
    assert last_event(session, sent).facts["way"] == "said"
    approve(session, who.leader, str(sent.code), expected_version=sent.version)


def test_owner_who_finds_it_wrong_says_where_and_the_officer_reads_it(session: Session, who: Hands, sent: Dossier) -> None:
    dispute_draft(session, who.owner, str(sent.code), expected_version=sent.version, reason=WRONG)
    assert (place_of(sent), sent.waits_until) == ("in_processing/appraising", None)
    assert last_event(session, sent).details == {"reason": WRONG}
    assert {"send_draft", "record_verification"} <= {move.act.value for move in buttons(sent, who.officer)}


def test_objection_without_words_is_none(session: Session, who: Hands, sent: Dossier) -> None:
    with pytest.raises(InvalidInput):
        dispute_draft(session, who.owner, str(sent.code), expected_version=sent.version, reason="sai")


def test_silence_is_consent_only_when_the_day_is_over(
    session: Session, sent: Dossier, on_monday_morning: time_machine.Traveller
) -> None:
    assert silent_drafts(session) == []
    with pytest.raises(GuardRefused):
        take_silence_for_consent(session, sent.id)
    on_monday_morning.move_to(DAY_OVER)
    assert silent_drafts(session) == [sent.id]
    take_silence_for_consent(session, sent.id)
    assert (place_of(sent), last_event(session, sent).facts["way"]) == ("in_processing/awaiting_signature", "silence")
    with pytest.raises(IllegalMove):
        take_silence_for_consent(session, sent.id)


def test_nobody_else_answers_for_the_owner(session: Session, who: Hands, sent: Dossier) -> None:
    for stranger in (citizen(session), who.officer, who.leader):
        with pytest.raises(NotFound):
            confirm_draft(session, stranger, str(sent.code), expected_version=sent.version)
        with pytest.raises(NotFound):
            dispute_draft(session, stranger, str(sent.code), expected_version=sent.version, reason=WRONG)


def test_owner_who_saw_an_older_draft_is_told_so(session: Session, who: Hands, sent: Dossier) -> None:
    with pytest.raises(Stale):
        confirm_draft(session, who.owner, str(sent.code), expected_version=sent.version - 1)


def test_draft_goes_to_whoever_filed_online_and_not_to_who_stood_at_the_counter(session: Session, who: Hands) -> None:
    def change(data: dict[str, Any]) -> None:
        data["code"] = "1.999003"
        data["appraisal"]["draft_is_confirmed"] = True

    version = store(session, texts_for(edited(change)), state="shipped")
    known = {"code": "1.999003", "version_hash": version.content_hash}
    session.add(ProcedurePublication(**known, starts_at=LONG_AGO, published_at=LONG_AGO))
    session.flush()
    online = submit(session, who.owner, filled_draft(session, who.owner, code="1.999003").id, is_declared=True)
    at_counter = taken_in(session, who.clerk, filled(session, who.clerk, visit(session, code="1.999003")))
    assert (online.confirms_draft, at_counter.confirms_draft) == (True, False)
