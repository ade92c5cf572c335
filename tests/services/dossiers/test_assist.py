"""Help at the counter: a clerk carries out the owner's own acts, with code and card, at their side, and the history says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.auth.permissions import Actor, Duty, Role
from portal.models import Account, Dossier, Notice
from portal.services.dossiers.assign import assign
from portal.services.dossiers.assist import assist, assisting
from portal.services.dossiers.confirm_draft import confirm_draft
from portal.services.dossiers.dispute_draft import dispute_draft
from portal.services.dossiers.forward import forward
from portal.services.dossiers.open_elsewhere import open_elsewhere, opened_by, openings_of
from portal.services.dossiers.queries import buttons, owned
from portal.services.dossiers.send_draft import send_draft
from portal.services.dossiers.vocabulary import Act
from portal.services.dossiers.withdraw import withdraw
from portal.services.errors import GuardRefused, IllegalMove, InvalidInput, NotFound
from tests.filings import GRANT
from tests.intakes import NUMBER, QR, filled, taken_in, visit
from tests.people import OFFICE, OTHER_OFFICE, clerk, officer
from tests.services.dossiers.doings import last_event, place_of

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
SOMEBODY_ELSE = "001190000009"


@pytest.fixture(autouse=True)
def on_monday_morning():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def filed(session: Session) -> Dossier:
    """A dossier that a clerk filed for somebody who has no login."""
    who = clerk(session)
    return taken_in(session, who, filled(session, who))


def opened(session: Session, who: Actor, dossier: Dossier, **changes: str) -> Dossier:
    return assist(session, who, {"code": str(dossier.code), "card": QR, "is_present": "yes", **changes})


def test_card_and_code_of_one_person_open_the_dossier_at_any_counter_and_the_owner_sees_it(
    session: Session, filed: Dossier
) -> None:
    for office in (OFFICE, OTHER_OFFICE):
        there = clerk(session, office)
        assert opened(session, there, filed, code=str(filed.code).lower(), card=NUMBER).id == filed.id
        assert assisting(session, there, str(filed.code)).owner_id == filed.owner_id
    assert {(one.office_code, one.role, one.with_owner) for one in openings_of(session, filed)} == {
        (OFFICE, "clerk", True),
        (OTHER_OFFICE, "clerk", True),
    }


def test_wrong_code_and_wrong_card_read_alike_and_open_nothing(session: Session, filed: Dossier) -> None:
    there = clerk(session)
    said = []
    for changes in ({"code": "H26.31-20261116-9999999"}, {"card": SOMEBODY_ELSE}):
        with pytest.raises(InvalidInput) as told:
            opened(session, there, filed, **changes)
        said.append(told.value.errors)
    assert said[0] == said[1]
    for changes, field in (({"card": "không phải thẻ"}, "card"), ({"is_present": ""}, "is_present")):
        with pytest.raises(InvalidInput) as told:
            opened(session, there, filed, **changes)
        assert set(told.value.errors) == {field}
    assert openings_of(session, filed) == []
    with pytest.raises(NotFound):
        assisting(session, there, str(filed.code))


def test_only_who_serves_at_a_counter_helps(session: Session, filed: Dossier) -> None:
    with pytest.raises(NotFound):
        opened(session, officer(session), filed)


def test_nothing_is_done_that_the_person_has_not_confirmed(session: Session, filed: Dossier) -> None:
    there = clerk(session)
    opened(session, there, filed)
    for unsaid in ("", "maybe"):
        helper = assisting(session, there, str(filed.code), confirmed=unsaid)
        with pytest.raises(InvalidInput) as told:
            withdraw(session, helper, str(filed.code), expected_version=filed.version)
        assert set(told.value.errors) == {"confirmed"}


def test_history_names_the_clerk_the_counter_and_how_the_person_confirmed(session: Session, filed: Dossier) -> None:
    there = clerk(session, OTHER_OFFICE)
    opened(session, there, filed)
    helper = assisting(session, there, str(filed.code), confirmed="read_back")
    withdraw(session, helper, str(filed.code), expected_version=filed.version)
    event = last_event(session, filed)
    assert (event.name, event.actor_id, event.actor_role) == ("withdrawal_requested", str(there.account_id), "clerk")
    assert event.facts.items() >= {"assisted": True, "counter": OTHER_OFFICE, "confirmed": "read_back"}.items()


def test_draft_result_is_answered_at_the_counter_too(session: Session, filed: Dossier) -> None:
    there, appraiser = clerk(session), officer(session)
    filed.confirms_draft = True
    forward(session, there, str(filed.code), expected_version=filed.version)
    assign(session, appraiser, str(filed.code), expected_version=filed.version)
    send_draft(session, appraiser, str(filed.code), expected_version=filed.version, form=GRANT)
    opened(session, there, filed)
    helper = assisting(session, there, str(filed.code), confirmed="signed")
    confirm_draft(session, helper, str(filed.code), expected_version=filed.version)
    assert place_of(filed) == "in_processing/awaiting_signature"


def test_door_shuts_after_half_an_hour_and_was_never_open_to_colleagues(
    session: Session, filed: Dossier, on_monday_morning: time_machine.Traveller
) -> None:
    there = clerk(session)
    opened(session, there, filed)
    for stranger in (clerk(session), replace(there, duties=frozenset())):
        with pytest.raises(NotFound):
            assisting(session, stranger, str(filed.code))
    on_monday_morning.shift(timedelta(minutes=30))
    with pytest.raises(NotFound):
        assisting(session, there, str(filed.code))


def test_door_leads_to_this_dossier_alone(session: Session, filed: Dossier) -> None:
    there = clerk(session)
    other = taken_in(session, there, filled(session, there, visit(session)))
    assert other.owner_id == filed.owner_id
    opened(session, there, filed)
    helper = assisting(session, there, str(filed.code), confirmed="signed")
    assert owned(session, helper, str(filed.code)).id == filed.id
    with pytest.raises(NotFound):
        withdraw(session, helper, str(other.code), expected_version=other.version)


def test_reading_for_a_reason_lets_nobody_act_and_helping_lets_nobody_read(session: Session, filed: Dossier) -> None:
    reader, helper = clerk(session, OTHER_OFFICE), clerk(session, OTHER_OFFICE)
    open_elsewhere(session, reader, str(filed.code), "Người này hỏi về hồ sơ ở quầy chúng tôi.")
    with pytest.raises(NotFound):
        assisting(session, reader, str(filed.code))
    opened(session, helper, filed)
    with pytest.raises(NotFound):
        opened_by(session, helper, str(filed.code))


def test_table_decides_at_the_counter_what_it_decides_at_home(session: Session, filed: Dossier) -> None:
    there = clerk(session, OTHER_OFFICE)
    opened(session, there, filed)
    helper = assisting(session, there, str(filed.code), confirmed="signed")
    assert {move.act for move in buttons(filed, helper)} == {Act.WITHDRAW}
    withdraw(session, helper, str(filed.code), expected_version=filed.version)
    with pytest.raises(IllegalMove):
        withdraw(session, helper, str(filed.code), expected_version=filed.version)


def test_nobody_helps_themself_or_their_household(session: Session, filed: Dossier) -> None:
    owner = session.get_one(Account, filed.owner_id)
    of_household = clerk(session)
    filed.household_hashes = [of_household.subject_hash]
    oneself = Actor(owner.id, "", 2, owner.subject_hash, of_household.duties)
    for helper in (oneself, of_household):
        with pytest.raises(InvalidInput) as told:
            opened(session, helper, filed)
        assert set(told.value.errors) == {"code"}
    assert openings_of(session, filed) == []


def test_whoever_appraised_does_not_answer_the_draft_for_the_owner(session: Session, filed: Dossier) -> None:
    appraiser = replace(clerk(session), duties=frozenset({Duty(Role.CLERK, OFFICE), Duty(Role.OFFICER, OFFICE)}))
    filed.confirms_draft = True
    forward(session, appraiser, str(filed.code), expected_version=filed.version)
    assign(session, appraiser, str(filed.code), expected_version=filed.version)
    send_draft(session, appraiser, str(filed.code), expected_version=filed.version, form=GRANT)
    opened(session, appraiser, filed)
    helper = assisting(session, appraiser, str(filed.code), confirmed="signed")
    assert {move.act for move in buttons(filed, helper)} == {Act.WITHDRAW}
    with pytest.raises(GuardRefused, match="thay người nộp"):
        confirm_draft(session, helper, str(filed.code), expected_version=filed.version)
    with pytest.raises(GuardRefused, match="thay người nộp"):
        dispute_draft(session, helper, str(filed.code), expected_version=filed.version, reason="Bản dự thảo cần sửa lại.")


def test_owner_is_told_at_once_that_somebody_opened_it_in_their_name(session: Session, filed: Dossier) -> None:
    opened(session, clerk(session, OTHER_OFFICE), filed)
    told = select(Notice.account_id).where(Notice.dossier_id == filed.id, Notice.kind == "helped_at_counter")
    assert session.scalars(told).all() == [filed.owner_id]
    opened(session, clerk(session), filed)
    assert session.scalars(told).all() == [filed.owner_id]
    assert len(openings_of(session, filed)) == 2, "told once for this step, and listed each time"
