"""Fields that nobody was asked for: whatever stands in a form, only the questions of its page are taken."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st
from sqlalchemy import select

from portal import db
from portal.models import AnswersDocument, Dossier
from portal.services.catalogue.versions import current
from tests.desks.cast import Cast, Filed, actor_of
from tests.filings import CODE
from tests.visitors import HA

APPLY = f"/procedures/{CODE}/apply"
COLUMNS = [column.name for column in Dossier.__table__.columns]
ROLES = ["role", "roles", "actor", "actor_id", "account_id", "level", "subject_hash", "duties", "is_system", "permission"]
MONEY = ["fee", "fee_vnd", "amount", "amount_vnd", "total_vnd", "copies"]
LOCKED = [
    "subject.full_name", "subject.personal_id", "subject.date_of_birth", "subject.date_of_birth.year", "subject.sex",
    "subject.ethnicity", "subject.nationality", "subject.identity_card", "subject.permanent_residence", "subject.household",
    "subject.marital_status", "subject.marriages",
]  # fmt: skip
NESTED = [
    "answers",
    "answers[subject.full_name]",
    "draft",
    "draft.answers",
    "replies",
    "consent",
    "source",
    "value",
    "__class__",
    "_",
]
NAMES = st.sampled_from([*COLUMNS, *ROLES, *MONEY, *LOCKED, *NESTED])
VALUES = st.one_of(
    st.sampled_from(["returned", "0", "-1", "1e9", "true", "H26.32", "population", "Kẻ Mạo Danh", "001199900009", "{}", "[]"]),
    st.text(max_size=30),
)
EXTRA = st.dictionaries(NAMES, VALUES, min_size=1, max_size=12)
OWN_ANSWERS = {"certificate.purpose": "property", "certificate.copies": "2"}


def draft_of_ha() -> tuple[dict[str, Any], dict[str, Any]]:
    """What the draft keeps, and what may be seen from outside it."""
    with db.transaction() as session:
        owner = actor_of(session, HA)
        draft = session.scalars(select(Dossier).where(Dossier.state == "draft", Dossier.owner_id == owner.account_id)).one()
        free = {"updated_at", "sealed_draft", "office_code"}
        return dict(draft.draft), {name: getattr(draft, name) for name in COLUMNS if name not in free}


@pytest.fixture(scope="module")
def begun(cast: Cast) -> Cast:
    """Citizen A agreed to the look-ups and confirmed the facts."""
    browser = cast["citizen A"]
    assert browser.post(APPLY, {"continue": "1"}).status_code == 302
    assert browser.post(f"{APPLY}/facts", {"continue": "1"}).headers["Location"] == f"{APPLY}/purpose"
    return cast


@tried(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(extra=EXTRA)
def test_registry_facts_and_columns_are_never_the_browsers_to_set(begun: Cast, extra: dict[str, str]) -> None:
    browser = begun["citizen A"]
    token = browser.token()
    before, row = draft_of_ha()
    settled = {key: answer for key, answer in before["answers"].items() if answer["source"] != "citizen"}
    assert settled["subject.full_name"]["value"] == "Nguyễn Thu Hà"
    for path, own in ((f"{APPLY}/facts", {}), (f"{APPLY}/purpose", OWN_ANSWERS)):
        assert browser.post(path, {**extra, **own}, token=token).status_code in (302, 422)
    after, row_after = draft_of_ha()
    assert {key: after["answers"].get(key) for key in settled} == settled
    assert row_after == row
    assert after["consent"] == before["consent"]
    assert after["replies"] == before["replies"]
    assert after["office_code"] == before["office_code"] == "H26.31"
    assert set(after["answers"]) - set(settled) <= set(OWN_ANSWERS)


def test_dossier_is_filed_as_the_portal_says_whatever_the_form_says(begun: Cast) -> None:
    browser = begun["citizen A"]
    extra = {
        "state": "returned", "owner_id": str(begun.account_of("citizen B")), "fee_vnd": "0", "office_code": "H26.32",
        "code": "H26.32-1", "received_by": str(begun.account_of("clerk")), "promised_at": "2020-01-01",
        "subject.full_name": "Kẻ Mạo Danh",
    }  # fmt: skip
    browser.post(f"{APPLY}/purpose", {**OWN_ANSWERS, **extra})
    for page, own in {
        "period": {"certificate.period": "until_now"},
        "delivery": {"delivery.method": "electronic", "contact.email": "ha@cong-dan.example", "contact.phone": "0900000001"},
    }.items():
        browser.post(f"{APPLY}/{page}", {**own, **extra})
    review = browser.get(f"{APPLY}/review")
    assert review.status_code == 200, review.headers.get("Location")
    assert "Kẻ Mạo Danh" not in review.text
    draft_id = review.text.split('name="draft_id" value="')[1].split('"')[0]
    sent = browser.post(f"{APPLY}/review", {**extra, "draft_id": draft_id, "declare": "yes"})
    code = sent.headers["Location"].split("/")[3]
    with db.transaction() as session:
        dossier = session.scalars(select(Dossier).where(Dossier.code == code)).one()
        assert (dossier.state, dossier.office_code) == ("submitted", "H26.31")
        assert dossier.owner_id == begun.account_of("citizen A")
        assert (dossier.received_by, dossier.promised_at) == (None, None)
        filed = session.scalars(select(AnswersDocument).where(AnswersDocument.dossier_id == dossier.id)).one().content
        assert filed["subject.full_name"]["value"] == "Nguyễn Thu Hà"
        assert filed["subject.full_name"]["source"] == "population"
        assert set(filed) <= set(current(session, CODE).elements)


def test_nobody_files_the_draft_of_another(begun: Cast) -> None:
    browser = begun["citizen A"]
    browser.post(APPLY, {"decline": "1"})
    with db.transaction() as session:
        draft = session.scalars(select(Dossier).where(Dossier.state == "draft")).one()
    for name in ("citizen B", "clerk", "leader"):
        assert begun[name].post(f"{APPLY}/review", {"draft_id": str(draft.id), "declare": "yes"}).status_code == 404
    for bad in ("", "x", "00000000-0000-0000-0000-000000000000", "' OR 1=1 --"):
        assert browser.post(f"{APPLY}/review", {"draft_id": bad, "declare": "yes"}).status_code in (302, 404)
    with db.transaction() as session:
        assert session.get_one(Dossier, draft.id).state == "draft"


ACT_EXTRA = {
    "promised_at": "2020-01-01T00:00", "received_at": "2020-01-01", "register_number": "999", "register_year": "1999",
    "received_by": "00000000-0000-0000-0000-000000000000", "office_code": "H26.32", "state": "returned", "stage": "issuing",
    "owner_id": "00000000-0000-0000-0000-000000000000", "act": "approve", "actor": "system", "expected_version": "1", "code": "x",
}  # fmt: skip


def test_clerk_cannot_give_a_dossier_another_promise_number_or_owner(cast: Cast) -> None:
    filed: Filed = cast.file("submitted")
    assert cast["clerk"].post(f"/counter/dossiers/{filed.code}/receive", {**ACT_EXTRA, "version": "1"}).status_code == 302
    with db.transaction() as session:
        dossier = session.scalars(select(Dossier).where(Dossier.code == filed.code)).one()
        assert (dossier.state, dossier.office_code, dossier.version) == ("received", "H26.31", 2)
        assert dossier.received_by == cast.account_of("clerk")
        assert dossier.owner_id == cast.account_of("citizen A")
        assert dossier.promised_at.year > 2025
        assert dossier.register_number < 999


@pytest.mark.parametrize("version", ["", "0", "-1", "2", "99999999999", "1e0", "１", "²", "1 ", "x", "1.0", "0x1"])
def test_act_on_another_version_than_the_one_seen_is_refused(cast: Cast, version: str) -> None:
    filed = cast.file("submitted")
    answer = cast["clerk"].post(f"/counter/dossiers/{filed.code}/receive", {"version": version})
    assert answer.status_code == 409
    assert cast.place_of(filed) == ("submitted", None, 1)


@pytest.mark.parametrize(
    ("act", "name", "answer"),
    [
        ("receive", "officer", 403), ("receive", "leader", 403), ("refuse", "officer", 403), ("approve", "clerk", 403),
        ("propose", "clerk", 403), ("assign", "clerk", 403), ("send-back", "officer", 403), ("return-result", "leader", 403),
        ("forward", "clerk", 409), ("return-result", "clerk", 409), ("approve", "leader", 409), ("assign", "officer", 409),
    ],
)  # fmt: skip
def test_act_of_another_role_or_of_another_moment_is_refused(cast: Cast, act: str, name: str, answer: int) -> None:
    filed = cast.file("submitted")
    form = {"version": "1", "reason": "Một lý do đủ dài để ghi.", "ground": "x", "decision": "grant"}
    assert cast[name].post(f"/counter/dossiers/{filed.code}/{act}", form).status_code == answer
    assert cast.place_of(filed) == ("submitted", None, 1)


@pytest.mark.parametrize("act", ["submit", "issue", "withdraw", "Receive", "return_result", "x", "..", "%2e%2e", "receive%00"])
def test_word_that_is_no_act_of_the_desk_is_no_page(cast: Cast, act: str) -> None:
    filed = cast.file("submitted")
    for name in ("clerk", "leader"):
        page = f"/counter/dossiers/{filed.code}/{act}"
        assert cast[name].get(page).status_code == 404
        assert cast[name].post(page, {"version": "1"}).status_code in (404, 405)
    assert cast.place_of(filed) == ("submitted", None, 1)


def test_clerk_does_not_decide_on_their_own_dossier(cast: Cast) -> None:
    own = cast.file("submitted", owner="other clerk")
    answer = cast["other clerk"].post(f"/counter/dossiers/{own.code}/receive", {"version": "1"})
    assert answer.status_code == 409
    assert "của chính mình" in answer.text
    assert cast.place_of(own) == ("submitted", None, 1)
