"""Step-up, single sign-on, `prompt`, `max_age` and the one-time password's limits."""

from __future__ import annotations

import pytest
import requests

from ..process import Running
from .relying_party import LEVEL_2, Browser, RelyingParty
from .test_sign_in import newest_otp

PERSON, OTHER, FORGETFUL, SLOW = "001088900002", "001190900003", "045090900021", "046193900016"


def test_a_signed_in_browser_comes_back_without_pages_and_keeps_its_sid(portal: RelyingParty) -> None:
    browser = Browser()
    _, first = portal.sign_in(PERSON, browser)
    _, consented = portal.sign_in(PERSON, browser, prompt="consent")
    asked = portal.ask()
    page = browser.get(portal.meta["authorization_endpoint"], asked.params)
    if page.is_redirect:
        code = portal.answer(page)["code"]
    else:
        code = portal.answer(browser.submit(page, "/eid/consent"))["code"]
    claims = portal.claims(portal.exchange(asked, code).json()["id_token"], asked)
    assert claims["sid"] == first["sid"] == consented["sid"]
    assert claims["auth_time"] == consented["auth_time"]


def test_a_level_1_session_asked_for_level_2_only_types_the_one_time_password(sandbox: Running, portal: RelyingParty) -> None:
    browser = Browser()
    _, before = portal.sign_in(PERSON, browser)
    asked = portal.ask(acr_values=LEVEL_2, prompt="consent")
    page = browser.get(portal.meta["authorization_endpoint"], asked.params)
    assert page.url.startswith(f"{sandbox.issuer}/otp")
    consent = browser.submit(page, "/eid/otp", otp=newest_otp(sandbox))
    answer = portal.answer(browser.submit(consent, "/eid/consent"))
    claims = portal.claims(portal.exchange(asked, answer["code"]).json()["id_token"], asked)
    assert claims["acr"] == LEVEL_2
    assert claims["sid"] == before["sid"]
    assert claims["auth_time"] >= before["auth_time"]


@pytest.mark.parametrize("more", [{"prompt": "login"}, {"prompt": "select_account"}, {"max_age": "0"}])
def test_a_client_can_insist_on_a_new_sign_in(sandbox: Running, portal: RelyingParty, more: dict[str, str]) -> None:
    browser = Browser()
    portal.sign_in(PERSON, browser)
    page = browser.get(portal.meta["authorization_endpoint"], portal.ask(**more).params)
    assert page.url.startswith(f"{sandbox.issuer}/login")


@pytest.mark.usefixtures("no_faults")
def test_max_age_is_measured_from_the_true_sign_in(sandbox: Running, portal: RelyingParty) -> None:
    browser = Browser()
    portal.sign_in(PERSON, browser)
    requests.post(f"{sandbox.issuer}/admin/clock", json={"seconds": 400}, timeout=5).raise_for_status()
    page = browser.get(portal.meta["authorization_endpoint"], portal.ask(max_age="300").params)
    assert page.url.startswith(f"{sandbox.issuer}/login")


def test_prompt_none_tells_what_is_missing_and_shows_nothing(portal: RelyingParty) -> None:
    silent = Browser()
    assert portal.authorize(portal.ask(prompt="none"), silent)["error"] == "login_required"
    portal.sign_in(OTHER, silent)
    assert portal.authorize(portal.ask(prompt="none", acr_values=LEVEL_2), silent)["error"] == "login_required"
    assert portal.authorize(portal.ask(prompt="none"), silent)["error"] == "consent_required"
    page = silent.get(portal.meta["authorization_endpoint"], portal.ask().params)
    silent.submit(page, "/eid/consent")
    assert "code" in portal.authorize(portal.ask(prompt="none"), silent)


def test_prompt_none_with_something_else_is_refused(portal: RelyingParty) -> None:
    assert portal.authorize(portal.ask(prompt="none login"))["error"] in ("invalid_request", "login_required")


def _otp_page(portal: RelyingParty, browser: Browser, personal_id: str) -> requests.Response:
    picker = browser.get(portal.meta["authorization_endpoint"], portal.ask(acr_values=LEVEL_2).params)
    return browser.submit(picker, "/eid/login", choose="1", personal_id=personal_id)


def test_three_wrong_passwords_begin_a_pause_in_which_the_right_one_does_not_help(sandbox: Running, portal: RelyingParty) -> None:
    browser = Browser()
    page = _otp_page(portal, browser, FORGETFUL)
    right = newest_otp(sandbox)
    wrong = "000000" if right != "000000" else "111111"
    assert browser.submit(page, "/eid/otp", otp=wrong).status_code == 401
    assert browser.submit(page, "/eid/otp", otp=wrong).status_code == 401
    assert browser.submit(page, "/eid/otp", otp=wrong).status_code == 429
    assert browser.submit(page, "/eid/otp", otp=right).status_code == 429
    assert _otp_page(portal, browser, FORGETFUL).status_code == 429


@pytest.mark.usefixtures("no_faults")
def test_a_one_time_password_expires_and_a_new_one_is_sent(sandbox: Running, portal: RelyingParty) -> None:
    browser = Browser()
    page = _otp_page(portal, browser, SLOW)
    old = newest_otp(sandbox)
    requests.post(f"{sandbox.issuer}/admin/clock", json={"seconds": 200}, timeout=5).raise_for_status()
    late = browser.submit(page, "/eid/otp", otp=old)
    assert "hết hạn" in late.text
    consent = browser.submit(late, "/eid/otp", otp=newest_otp(sandbox))
    assert consent.url.startswith(f"{sandbox.issuer}/consent")


def test_asking_for_another_password_does_not_give_more_tries(sandbox: Running, portal: RelyingParty) -> None:
    browser, person = Browser(), "066199900019"
    page = _otp_page(portal, browser, person)
    for expected in (401, 401, 429):
        right = newest_otp(sandbox)
        wrong = "000000" if right != "000000" else "111111"
        response = browser.submit(page, "/eid/otp", otp=wrong)
        assert response.status_code == expected
        browser.session.get(page.url, timeout=5)


def test_the_consent_page_is_closed_until_the_level_is_reached(sandbox: Running, portal: RelyingParty) -> None:
    browser = Browser()
    page = _otp_page(portal, browser, "001092900008")
    early = browser.session.get(page.url.replace("/otp", "/consent"), timeout=5)
    assert early.status_code == 400
    assert sandbox.issuer in page.url
