"""A dossier about somebody else: chosen among whom the registry names, looked up on the ground of the law, never by a guess."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import requests
from sqlalchemy import select

from portal import db
from portal.auth.permissions import SYSTEM
from portal.blind_index import personal_id_hash
from portal.models import AccessEntry, Consent, Dossier, Evidence
from portal.services.dossiers.consents import withdraw_consent
from portal.services.registries.exchange import Requester
from portal.services.registries.prefill import registries
from portal.web.filing import Filing
from portal.web.filing_pages import take_whom
from tests.visitors import QUAN, Visitor

GUARDIAN, WARD = "038170900022", "001215900023"  # Mai Thị Xuân, guardian of Mai Đức Duy
MOTHER = "001190900003"  # married to QUAN
DEATH, BIRTH, EXTRACT = (f"/procedures/{code}/apply" for code in ("1.000656", "1.001193", "2.000635"))


@pytest.fixture
def registry_faults(outside: str) -> Iterator[Callable[..., None]]:
    def switch(fault: str, **more: object) -> None:
        requests.post(f"{outside}/registries/faults", json={"fault": fault, **more}, timeout=5).raise_for_status()

    registries.cache_clear()
    yield switch
    requests.delete(f"{outside}/registries/faults", timeout=5)
    registries.cache_clear()


def somebody(visitor: Callable[..., Visitor], personal_id: str) -> Visitor:
    browser = visitor()
    browser.log_in(personal_id)
    return browser


def words(browser: Visitor, path: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", browser.get(path).text)).split())


def draft_of(personal_id: str, code: str) -> Dossier:
    with db.transaction() as session:
        query = select(Dossier).where(Dossier.subject_hash == personal_id_hash(personal_id), Dossier.procedure_code == code)
        draft = session.scalars(query.where(Dossier.state == "draft")).one()
        assert draft.draft is not None
        return draft


def looked_up(personal_id: str) -> list[AccessEntry]:
    with db.transaction() as session:
        query = select(AccessEntry).where(AccessEntry.subject_hash == personal_id_hash(personal_id))
        return list(session.scalars(query.order_by(AccessEntry.happened_at)))


def test_guardian_chooses_the_ward_and_types_nothing_of_them(visitor: Callable[..., Visitor]) -> None:
    guardian = somebody(visitor, GUARDIAN)
    assert guardian.post(DEATH, {"agree": "1"}).headers["Location"].endswith("/apply/whom")
    asked = words(guardian, f"{DEATH}/whom")
    assert "Mai Đức Duy Người được giám hộ, sinh năm 2015" in asked
    assert WARD not in asked
    assert guardian.post(f"{DEATH}/whom", {"whom": "1"}).headers["Location"].endswith("/apply/facts")
    facts = words(guardian, f"{DEATH}/facts")
    assert "Mai Đức Duy" in facts
    assert "Nơi thường trú cuối cùng của người đã mất" in facts
    assert guardian.post(f"{DEATH}/facts", {"office": "H26.32"}).status_code == 302
    person = guardian.get(f"{DEATH}/person").text
    assert 'name="deceased.requester_is"' in person
    assert 'name="deceased.full_name"' not in person
    guardian.post(f"{DEATH}/person", {"deceased.requester_is": "relative", "deceased.full_name": "Người Bị Bịa"})
    answers = draft_of(GUARDIAN, "1.000656").draft["answers"]
    assert answers["deceased.full_name"]["value"] == "Mai Đức Duy"
    assert answers["deceased.full_name"]["source"] == "population"
    (entry,) = (one for one in looked_up(WARD) if one.purpose == "KHAITU-NGUOIMAT")
    assert (entry.basis, entry.actor_role, entry.outcome) == ("law", "owner", "found")


def test_other_choice_forgets_whom_was_chosen_before_and_then_it_is_typed(visitor: Callable[..., Visitor]) -> None:
    guardian = somebody(visitor, GUARDIAN)
    guardian.post(DEATH, {"agree": "1"})
    guardian.post(f"{DEATH}/whom", {"whom": "1"})
    guardian.post(f"{DEATH}/whom", {"whom": "other"})
    assert "Nơi thường trú cuối cùng" not in words(guardian, f"{DEATH}/facts")
    guardian.post(f"{DEATH}/facts", {"office": "H26.32"})
    assert 'name="deceased.full_name"' in guardian.get(f"{DEATH}/person").text


@pytest.mark.parametrize("chosen", ["", "0", "2", "-1", "self", "x", WARD])
def test_nobody_else_can_be_chosen(visitor: Callable[..., Visitor], chosen: str) -> None:
    guardian = somebody(visitor, GUARDIAN)
    guardian.post(DEATH, {"agree": "1"})
    before = len(looked_up(WARD))
    refused = guardian.post(f"{DEATH}/whom", {"whom": chosen, "deceased.person.personal_id": QUAN})
    assert refused.status_code == 422
    assert "Hãy chọn một người." in html.unescape(refused.text)
    assert len(looked_up(WARD)) == before
    assert looked_up(QUAN) == []


def test_whom_the_dossier_is_about_is_said_before_anything_else_is_asked(visitor: Callable[..., Visitor]) -> None:
    guardian = somebody(visitor, GUARDIAN)
    guardian.post(f"{DEATH}?again=1", {"agree": "1"})
    assert guardian.get(f"{DEATH}/facts").headers["Location"].endswith("/apply/whom")


def test_consent_that_was_taken_back_in_another_tab_is_not_undone_by_a_choice(
    visitor: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    guardian = somebody(visitor, GUARDIAN)
    guardian.post(f"{DEATH}?again=1", {"agree": "1"})
    before = len(looked_up(WARD))

    def taken_back_meanwhile(filing: Filing, requester: Requester) -> object:
        with db.transaction() as session:
            newest = select(Consent).where(Consent.dossier_id == filing.draft.id).order_by(Consent.given_at.desc()).limit(1)
            consent = session.scalars(newest).one()
            withdraw_consent(session, replace(SYSTEM, account_id=consent.account_id), consent.id)
        return take_whom(filing, requester)

    monkeypatch.setattr("portal.citizen.apply.take_whom", taken_back_meanwhile)
    assert guardian.post(f"{DEATH}/whom", {"whom": "1"}).status_code == 409
    kept = draft_of(GUARDIAN, "1.000656").draft
    assert (kept["consent"], "deceased.person" in kept["answers"]) == (None, False)
    assert len(looked_up(WARD)) == before


def test_registry_that_keeps_silent_about_them_costs_some_typing_and_nothing_more(
    visitor: Callable[..., Visitor], registry_faults: Callable[..., None]
) -> None:
    guardian = somebody(visitor, GUARDIAN)
    guardian.post(DEATH, {"agree": "1"})
    registry_faults("down", registry="population")
    assert guardian.post(f"{DEATH}/whom", {"whom": "1"}).status_code == 302
    assert "chưa trả lời" in words(guardian, f"{DEATH}/facts")
    guardian.post(f"{DEATH}/facts", {"office": "H26.32"})
    assert 'name="deceased.full_name"' in guardian.get(f"{DEATH}/person").text
    assert [one.outcome for one in looked_up(WARD)][-1] == "unavailable"


def test_mother_sees_the_father_of_the_marriage_record_and_he_can_see_that_she_did(visitor: Callable[..., Visitor]) -> None:
    mother = somebody(visitor, MOTHER)
    assert mother.post(BIRTH, {"agree": "1"}).headers["Location"].endswith("/apply/facts")
    facts = words(mother, f"{BIRTH}/facts")
    assert "Dân tộc của vợ hoặc chồng Kinh" in facts
    assert "Số 27, phố Đèn Ông Sao" in facts
    (entry,) = looked_up(QUAN)
    assert (entry.purpose, entry.source, entry.basis, entry.procedure_code) == ("KHAISINH-CHAME", "population", "law", "1.001193")
    assert {"ethnicity", "nationality", "permanent_residence"} <= set(entry.fields)
    with db.transaction() as session:
        rows = session.scalars(select(Evidence).where(Evidence.dossier_id == draft_of(MOTHER, "1.001193").id)).all()
        assert {row.about for row in rows if row.source == "population"} == {"", "spouse.person"}


def test_value_of_another_is_not_the_filers_to_dispute(visitor: Callable[..., Visitor]) -> None:
    mother = somebody(visitor, MOTHER)
    mother.post(BIRTH, {"agree": "1"})
    assert mother.get(f"{BIRTH}/facts/subject.ethnicity").status_code == 200
    assert mother.get(f"{BIRTH}/facts/spouse.ethnicity").status_code == 404


def test_extract_of_ones_own_asks_about_nobody_and_of_a_child_finds_the_entry(visitor: Callable[..., Visitor]) -> None:
    mother = somebody(visitor, MOTHER)
    mother.post(EXTRACT, {"agree": "1"})
    mother.post(f"{EXTRACT}/whom", {"whom": "self"})
    assert "extract.person" not in draft_of(MOTHER, "2.000635").draft["answers"]
    mother.post(f"{EXTRACT}/whom", {"whom": "1"})
    facts = words(mother, f"{EXTRACT}/facts")
    assert "Trần Gia Hân" in facts
    assert "Số đăng ký khai sinh của người đó 4/2013" in facts
    answers = draft_of(MOTHER, "2.000635").draft["answers"]
    assert answers["extract.birth_number"]["source"] == "civil-status"
    assert answers["extract.whose"]["value"] == "other"
