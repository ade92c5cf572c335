"""Signing in by pages, as people do, and by `auto`, as machines do."""

from __future__ import annotations

import re

import pytest
import requests

from ..process import Running
from .relying_party import LEVEL_1, LEVEL_2, Browser, RelyingParty

SINGLE, DIVORCED, LOCKED, DEAD, LEVEL_1_ONLY = (
    "001198900001", "034185900004", "001079900011", "001160900007", "019175900013",
)  # fmt: skip


def newest_otp(sandbox: Running) -> str:
    """The one-time password that was sent last."""
    message = requests.get(f"{sandbox.base}/messages.json", params={"limit": "1"}, timeout=5).json()[0]
    assert message["channel"] == "sms"
    found = re.search(r"\b\d{6}\b", message["text"])
    assert found, message
    return found.group()


def test_a_person_signs_in_by_pages_to_level_2_and_shares_what_they_agree_to(sandbox: Running, portal: RelyingParty) -> None:
    browser, asked = Browser(), portal.ask(acr_values=LEVEL_2)
    picker = browser.get(portal.meta["authorization_endpoint"], asked.params)
    assert "MÔ PHỎNG – không phải VNeID, dữ liệu giả lập" in picker.text
    assert "Nguyễn Thị Thanh Tâm" in picker.text
    otp_page = browser.submit(picker, "/eid/login", choose="1", personal_id=DIVORCED)
    consent = browser.submit(otp_page, "/eid/otp", otp=newest_otp(sandbox))
    assert "Phạm Thị Bích Ngọc" in consent.text
    assert "19850519" in consent.text
    answer = portal.answer(browser.submit(consent, "/eid/consent"))
    tokens = portal.exchange(asked, answer["code"]).json()
    claims = portal.claims(tokens["id_token"], asked)
    assert claims["acr"] == LEVEL_2
    assert claims["amr"] == ["pwd", "otp"]
    assert claims["SoDinhDanh"] == DIVORCED


def test_a_scope_that_is_not_ticked_is_not_shared(outside: RelyingParty) -> None:
    browser, asked = Browser(), outside.ask(prompt="consent")
    picker = browser.get(outside.meta["authorization_endpoint"], asked.params)
    consent = browser.submit(picker, "/eid/login", choose="1", personal_id=SINGLE)
    answer = outside.answer(browser.submit(consent, "/eid/consent", scope="profile"))
    tokens = outside.exchange(asked, answer["code"]).json()
    assert "SoDinhDanh" not in outside.claims(tokens["id_token"], asked)
    assert "SoDinhDanh" not in outside.userinfo(tokens["access_token"]).json()


def test_refusing_consent_is_told_to_the_client(outside: RelyingParty) -> None:
    browser, asked = Browser(), outside.ask(prompt="consent")
    picker = browser.get(outside.meta["authorization_endpoint"], asked.params)
    consent = browser.submit(picker, "/eid/login", choose="1", personal_id=SINGLE)
    answer = outside.answer(browser.submit(consent, "/eid/deny"))
    assert answer["error"] == "access_denied"
    assert answer["iss"] == outside.issuer


def test_the_plain_form_wants_the_right_password(outside: RelyingParty) -> None:
    browser, asked = Browser(), outside.ask(scope="openid", prompt="consent")
    picker = browser.get(outside.meta["authorization_endpoint"], asked.params)
    wrong = browser.submit(picker, "/eid/login", personal_id=SINGLE, password="khong-phai")
    assert wrong.status_code == 401
    assert "mật khẩu không đúng" in wrong.text
    consent = browser.submit(wrong, "/eid/login", personal_id=SINGLE, password="mo-phong")
    assert "code" in outside.answer(browser.submit(consent, "/eid/consent"))


def test_the_picker_finds_people_without_diacritics(outside: RelyingParty) -> None:
    browser = Browser()
    picker = browser.get(outside.meta["authorization_endpoint"], outside.ask().params)
    found = browser.session.get(picker.url + "&q=hoang+van+lam", timeout=5)
    assert "Hoàng Văn Lâm" in found.text
    assert "Nguyễn Thu Hà" not in found.text


def test_auto_completes_level_and_consent_without_pages(portal: RelyingParty) -> None:
    tokens, claims = portal.sign_in(SINGLE, acr_values=LEVEL_2)
    assert claims["acr"] == LEVEL_2
    assert claims["SoDinhDanh"] == SINGLE
    assert claims["HoVaTen"] == "Nguyễn Thu Hà"
    assert claims["NgayThangNamSinh"] == "19980314"
    assert portal.userinfo(tokens["access_token"]).json()["sub"] == claims["sub"]


def test_without_acr_values_level_1_is_given(portal: RelyingParty) -> None:
    _, claims = portal.sign_in(SINGLE)
    assert claims["acr"] == LEVEL_1
    assert claims["amr"] == ["pwd"]


def test_the_subject_is_another_at_each_client_and_the_same_every_time(portal: RelyingParty, outside: RelyingParty) -> None:
    at_portal = {portal.sign_in(SINGLE)[1]["sub"] for _ in range(2)}
    at_outside = outside.sign_in(SINGLE)[1]["sub"]
    assert len(at_portal) == 1
    assert at_outside not in at_portal
    assert SINGLE not in at_outside


@pytest.mark.parametrize(("personal_id", "reason"), [(LOCKED, "account_locked"), (DEAD, "account_closed")])
def test_locked_and_closed_accounts_are_refused_to_machines(portal: RelyingParty, personal_id: str, reason: str) -> None:
    answer = portal.authorize(portal.ask(), auto=personal_id)
    assert (answer["error"], answer["error_description"]) == ("access_denied", reason)


def test_a_locked_account_sees_a_clear_page_and_goes_back_with_access_denied(portal: RelyingParty) -> None:
    browser = Browser()
    picker = browser.get(portal.meta["authorization_endpoint"], portal.ask().params)
    page = browser.submit(picker, "/eid/login", choose="1", personal_id=LOCKED)
    assert page.status_code == 403
    assert "đang bị khóa" in page.text
    assert portal.answer(browser.submit(page, "/eid/deny"))["error"] == "access_denied"


def test_an_unknown_person_is_refused(portal: RelyingParty) -> None:
    assert portal.authorize(portal.ask(), auto="001198999999")["error"] == "access_denied"


def test_level_1_only_asked_for_level_2_gets_the_real_error_and_no_silent_downgrade(portal: RelyingParty) -> None:
    answer = portal.authorize(portal.ask(acr_values=LEVEL_2), auto=LEVEL_1_ONLY)
    assert answer["error"] == "unmet_authentication_requirements"
    browser = Browser()
    picker = browser.get(portal.meta["authorization_endpoint"], portal.ask(acr_values=LEVEL_2).params)
    page = browser.submit(picker, "/eid/login", choose="1", personal_id=LEVEL_1_ONLY)
    assert "mới ở mức 1" in page.text
    assert portal.answer(browser.submit(page, "/eid/deny"))["error"] == "unmet_authentication_requirements"


def test_a_client_that_accepts_level_1_too_gets_level_1_from_a_level_1_account(portal: RelyingParty) -> None:
    _, claims = portal.sign_in(LEVEL_1_ONLY, acr_values=f"{LEVEL_2} {LEVEL_1}")
    assert claims["acr"] == LEVEL_1


def test_an_attempt_begun_in_one_browser_cannot_be_finished_in_another(outside: RelyingParty) -> None:
    picker = Browser().get(outside.meta["authorization_endpoint"], outside.ask().params)
    stolen = Browser().session.get(picker.url, timeout=5)
    assert stolen.status_code == 400
