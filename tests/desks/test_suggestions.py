"""The state comes to the person who agreed: rules over what registries hold, refusable, ended at any time, all of it logged."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier

import pytest
import requests
from pydantic import ValidationError
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from portal import clock, db, rounds
from portal.auth.permissions import SYSTEM
from portal.blind_index import personal_id_hash
from portal.models import AccessEntry, Account, DataKey, Suggestion, SuggestionAgreement
from portal.rounds import look_ahead
from portal.services.dossiers.suggestions import Rule, agree_to_suggestions, rules, working_rules
from portal.services.registries.exchange import Ask, Reply
from portal.services.registries.prefill import ask_all, registries
from tests.visitors import HA, QUAN, Visitor

HERE = "/my/suggestions"
MOTHER = "001190900003"  # a newborn whose birth nobody has registered


@pytest.fixture(autouse=True)
def nothing_agreed(app: object) -> Iterator[None]:
    yield
    with db.transaction() as session:
        session.execute(update(SuggestionAgreement).values(ended_at=clock.now()))
        session.execute(text("UPDATE suggestions SET state = 'gone', decided_at = now(), sealed_facts = NULL"))


@pytest.fixture
def account_gone(visitor: Callable[..., Visitor]) -> None:
    """Somebody who agreed, and whose key was destroyed since; longest waiting of all."""
    with db.transaction() as session:
        other = Account(
            data_key=DataKey.fresh(), issuer="https://tests.example", subject=uuid.uuid4().hex,
            subject_hash=personal_id_hash("001190900987"), created_at=clock.now(),
            last_login_at=clock.now(), profile={"full_name": "Người Đã Xóa"},
        )  # fmt: skip
        session.add(other)
        session.flush()
        row = SuggestionAgreement(account_id=other.id, rules=list(rules()), given_at=clock.now(), checked_at=None)
        session.add(row)
        session.flush()
        other.data_key.wrapped, other.data_key.destroyed_at = None, clock.now()


@pytest.fixture
def silent(outside: str) -> Iterator[None]:
    registries.cache_clear()
    requests.post(f"{outside}/registries/faults", json={"fault": "down"}, timeout=5).raise_for_status()
    yield
    requests.delete(f"{outside}/registries/faults", timeout=5)
    registries.cache_clear()


def somebody(visitor: Callable[..., Visitor], personal_id: str) -> Visitor:
    browser = visitor()
    browser.log_in(personal_id)
    return browser


def words(browser: Visitor) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", browser.get(HERE).text)).split())


def entries(personal_id: str) -> list[AccessEntry]:
    with db.transaction() as session:
        query = select(AccessEntry).where(AccessEntry.subject_hash == personal_id_hash(personal_id))
        return [one for one in session.scalars(query) if one.purpose.startswith("GOIY")]


def ids_on(browser: Visitor) -> list[str]:
    return re.findall(r'action="/my/suggestions/([0-9a-f-]+)"', browser.get(HERE).text)


def test_nothing_is_looked_at_before_the_person_agrees(visitor: Callable[..., Visitor]) -> None:
    mother = somebody(visitor, MOTHER)
    assert "Tôi đồng ý cho cổng xem trước" in words(mother)
    look_ahead()
    assert entries(MOTHER) == []


def test_whoever_agrees_is_told_and_opens_the_form_and_each_look_is_in_the_ledger(visitor: Callable[..., Visitor]) -> None:
    mother = somebody(visitor, MOTHER)
    mother.post(HERE, {})
    told = words(mother)
    assert "Con của ông/bà chưa được đăng ký khai sinh" in told
    assert "02/10/2026" in told
    looks = entries(MOTHER)
    assert {one.purpose for one in looks} == {"GOIY-GPLX", "GOIY-KHAISINH", "GOIY-MST"}
    assert {one.basis for one in looks} == {"consent"}
    assert {field for one in looks for field in one.fields} == {"birth_notice", "number", "valid_until", "registration"}
    (one,) = ids_on(mother)
    assert mother.post(f"{HERE}/{one}", {"continue": "1"}).headers["Location"] == "/procedures/1.001193/apply"
    assert ids_on(mother) == []


def test_what_was_refused_is_not_suggested_again_and_ended_is_forgotten(visitor: Callable[..., Visitor]) -> None:
    mother = somebody(visitor, MOTHER)
    mother.post(HERE, {})
    (one,) = ids_on(mother)
    mother.post(f"{HERE}/{one}", {"refuse": "1"})
    mother.post(HERE, {})
    assert ids_on(mother) == []
    mother.post(HERE, {"end": "1"})
    with db.transaction() as session:
        assert set(session.execute(select(Suggestion.state, Suggestion.sealed_facts))) == {("gone", None)}
    before = len(entries(MOTHER))
    look_ahead()
    assert len(entries(MOTHER)) == before


def test_suggestion_is_its_owners_alone_and_is_decided_once(visitor: Callable[..., Visitor]) -> None:
    mother, other = somebody(visitor, MOTHER), somebody(visitor, HA)
    mother.post(HERE, {})
    (one,) = ids_on(mother)
    assert other.post(f"{HERE}/{one}", {"refuse": "1"}).status_code == 404
    assert mother.post(f"{HERE}/{one}", {"refuse": "1"}).status_code == 302
    assert mother.post(f"{HERE}/{one}", {"continue": "1"}).status_code == 409


def test_old_tax_code_is_told_to_whoever_has_one_alone(visitor: Callable[..., Visitor]) -> None:
    with_one, without = somebody(visitor, QUAN), somebody(visitor, HA)
    for browser in (with_one, without):
        browser.post(HERE, {})
    assert "Ông/bà còn một mã số thuế cũ" in words(with_one)
    assert "Chưa có gì cần nhắc" in words(without)


def test_portal_looks_by_itself_once_a_day(visitor: Callable[..., Visitor]) -> None:
    somebody(visitor, MOTHER).post(HERE, {})
    before = len(entries(MOTHER))
    look_ahead()
    assert len(entries(MOTHER)) == before
    with clock.standing_at(clock.now() + timedelta(days=1, minutes=1)):
        look_ahead()
    assert len(entries(MOTHER)) > before
    assert {one.actor_role for one in entries(MOTHER)} == {"owner", "system"}


def test_key_that_was_destroyed_keeps_nobody_elses_suggestions_waiting(
    visitor: Callable[..., Visitor], account_gone: None
) -> None:
    somebody(visitor, MOTHER).post(HERE, {})
    before = len(entries(MOTHER))
    with clock.standing_at(clock.now() + timedelta(days=1, minutes=1)):
        look_ahead()
    assert len(entries(MOTHER)) > before


def test_fault_with_one_person_is_not_the_next_ones(visitor: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch) -> None:
    for personal_id in (MOTHER, HA):
        somebody(visitor, personal_id).post(HERE, {})
    before, calls = len(entries(HA)) + len(entries(MOTHER)), iter([ValueError("a fault of this person's alone")])

    def broken_once(asks: Mapping[str, Ask]) -> dict[str, Reply]:
        for fault in calls:
            raise fault
        return ask_all(asks)

    monkeypatch.setattr(rounds, "ask_all", broken_once)
    with clock.standing_at(clock.now() + timedelta(days=1, minutes=1)):
        look_ahead()
    assert len(entries(HA)) + len(entries(MOTHER)) > before


def test_whoever_ends_it_before_their_turn_in_the_round_is_not_looked_up_any_more(
    visitor: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    mother = somebody(visitor, MOTHER)
    mother.post(HERE, {})
    before, due = len(entries(MOTHER)), rounds.due_agreements

    def ended_meanwhile(session: Session, limit: int) -> list[uuid.UUID]:
        found = due(session, limit)
        session.execute(update(SuggestionAgreement).values(ended_at=clock.now()))
        return found

    monkeypatch.setattr(rounds, "due_agreements", ended_meanwhile)
    with clock.standing_at(clock.now() + timedelta(days=1, minutes=1)):
        look_ahead()
    assert len(entries(MOTHER)) == before


def test_two_tabs_that_agree_at_once_agree_once(visitor: Callable[..., Visitor]) -> None:
    somebody(visitor, MOTHER)
    with db.transaction() as session:
        account = session.scalars(select(Account).where(Account.subject_hash == personal_id_hash(MOTHER))).one()
    actor, start = replace(SYSTEM, account_id=account.id), Barrier(4)

    def agree() -> uuid.UUID:
        start.wait(10)
        with db.transaction() as session:
            made = agree_to_suggestions(session, actor)
            return made.id

    with ThreadPoolExecutor(4) as tabs:
        assert len({one.result() for one in [tabs.submit(agree) for _ in range(4)]}) == 1


@pytest.mark.usefixtures("silent")
def test_registry_that_keeps_silent_takes_nothing_back_and_is_asked_again(visitor: Callable[..., Visitor]) -> None:
    mother = somebody(visitor, MOTHER)
    assert mother.post(HERE, {}).status_code == 302
    assert "chưa trả lời" in words(mother)
    assert {one.outcome for one in entries(MOTHER)} >= {"unavailable"}


def test_licence_is_told_from_sixty_days_before_its_last_day_to_that_day() -> None:
    rule = rules()["licence-expires"]
    until = date(2026, 12, 10)
    told = {
        days: rule.holds_for({"licence.valid_until": until.isoformat()}, until - timedelta(days=days)) for days in (61, 60, 0, -1)
    }
    assert told == {61: False, 60: True, 0: True, -1: False}
    assert not any(rule.holds_for({"licence.valid_until": said}, until) for said in (None, "", "2026", "không thời hạn"))


def test_every_shipped_rule_looks_only_at_what_its_procedure_looks_up(visitor: Callable[..., Visitor]) -> None:
    with db.transaction() as session:
        assert [rule.id for rule, _procedure in working_rules(session)] == list(rules())


def test_rule_that_would_always_hold_is_refused() -> None:
    data = rules()["old-tax-code"].model_dump()
    with pytest.raises(ValidationError, match="always holds"):
        Rule.model_validate({**data, "when": {"always": True}})
