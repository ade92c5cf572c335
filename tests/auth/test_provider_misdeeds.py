from __future__ import annotations

import time

import pytest
import requests

from portal.auth.oidc import Provider, ProviderUnavailable
from portal.config import settings
from portal.sandbox.eid.misbehave import TOKEN_FAULTS
from tests.at_work import Faults
from tests.visitors import CUONG, HA, THOM, Visitor, ask_provider, error_of, query_of

HARMLESS = {"no_sid", "stale_auth_time"}  # a session id is optional; how old a login may be is asked at step-up alone
PLACES = ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint"]
FORGERIES = sorted(set(TOKEN_FAULTS) - HARMLESS)


def assert_nobody(browser: Visitor) -> None:
    assert browser.session_cookie is None
    assert not browser.is_logged_in


@pytest.mark.parametrize(
    "fault",
    [
        *FORGERIES, "missing_id_token", "access_token_as_id_token", "userinfo_sub_mismatch",
        "wrong_iss_parameter", "missing_iss_parameter",
    ],
)  # fmt: skip
def test_forged_answer_logs_nobody_in_and_gets_a_friendly_page(visitor, eid_faults: Faults, fault: str) -> None:
    browser = visitor()
    location = browser.begin_login()
    eid_faults.on(fault)
    answer = browser.come_back(ask_provider(location, HA))
    assert answer.status_code == 400
    assert error_of(answer) == "login-refused"
    assert "Đăng nhập lại" in answer.text
    assert_nobody(browser)


@pytest.mark.parametrize("fault", sorted(HARMLESS))
def test_answer_without_a_session_id_or_of_an_earlier_login_logs_in(visitor, eid_faults: Faults, fault: str) -> None:
    eid_faults.on(fault)
    browser = visitor()
    browser.log_in(HA)
    assert browser.is_logged_in


def test_stale_login_is_no_step_up(visitor, eid_faults: Faults) -> None:
    browser = visitor()
    browser.log_in(HA, level=1)
    before = browser.session_cookie
    eid_faults.on("stale_auth_time")
    answer = browser.try_to_log_in(HA, level=2)
    assert error_of(answer) == "login-refused"
    assert browser.session_cookie == before
    assert error_of(browser.get("/procedures/1.004873/apply")) == "403"


def test_provider_of_another_name_is_not_asked(visitor, eid_faults: Faults) -> None:
    eid_faults.on("metadata_issuer")
    answer = visitor().get("/login")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"].isdigit()
    assert error_of(answer) == "login-unavailable"


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "http://127.0.0.1:9/eid"}, {"issuer": "{issuer}/"}, {"issuer": None}, {"issuer": ["{issuer}"]},
        {"authorization_endpoint": "javascript:alert(1)"}, {"authorization_endpoint": "//evil.example/x"}, {"token_endpoint": 7},
        {"jwks_uri": "file:///etc/passwd"}, {"userinfo_endpoint": None}, {"end_session_endpoint": "ftp://evil.example"},
    ],
)  # fmt: skip
def test_description_that_names_another_issuer_or_odd_places_is_not_believed(visitor, eid_faults, monkeypatch, changes) -> None:
    issuer = settings().eid_issuer
    honest = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=10).json()
    said = {name: value.format(issuer=issuer) if isinstance(value, str) else value for name, value in changes.items()}
    monkeypatch.setattr(Provider, "_get_json", lambda *_: honest | said)
    answer = visitor().get("/login")
    assert (answer.status_code, error_of(answer)) == (503, "login-unavailable")


@pytest.mark.parametrize(
    "place", ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint"]
)
def test_provider_on_a_closed_line_may_name_no_open_one(visitor, eid_faults, monkeypatch, place: str) -> None:
    issuer = "https://eid.gov.example"
    honest = {"issuer": issuer} | {name: f"{issuer}/{name}" for name in PLACES}
    public = Provider(settings().model_copy(update={"eid_issuer": issuer}))
    monkeypatch.setattr(Provider, "_get_json", lambda *_: honest)
    assert public.metadata().issuer == issuer
    monkeypatch.setattr(Provider, "_get_json", lambda *_: honest | {place: f"http://eid.gov.example/{place}"})
    with pytest.raises(ProviderUnavailable):
        Provider(settings().model_copy(update={"eid_issuer": issuer})).metadata()


@pytest.mark.parametrize("fault", ["error_500", "garbage", "huge", "down"])
@pytest.mark.parametrize("when", ["on the way there", "on the way back"])
def test_broken_provider_gets_a_page_of_ours_with_when_to_come_again(visitor, eid_faults: Faults, fault: str, when: str) -> None:
    browser = visitor()
    began = time.monotonic()
    if when == "on the way there":
        eid_faults.on(fault)
        answer = browser.get("/login")
    else:
        back = ask_provider(browser.begin_login(), HA)
        eid_faults.on(fault)
        answer = browser.come_back(back)
    assert time.monotonic() - began < 5
    assert answer.status_code == 503
    assert answer.headers["Retry-After"].isdigit()
    assert error_of(answer) == "login-unavailable"
    assert "Bản nháp và hồ sơ của ông/bà vẫn còn nguyên" in answer.text
    assert_nobody(browser)


def test_slow_provider_is_not_waited_for(visitor, eid_faults: Faults) -> None:
    browser = visitor()
    back = ask_provider(browser.begin_login(), HA)
    eid_faults.on("slow", seconds=6)
    began = time.monotonic()
    answer = browser.come_back(back)
    assert time.monotonic() - began < 5
    assert (answer.status_code, error_of(answer)) == (503, "login-unavailable")


@pytest.mark.parametrize("fault", ["jwks_down", "jwks_garbage"])
def test_missing_keys_are_the_providers_fault_not_the_persons(visitor, eid_faults: Faults, fault: str) -> None:
    eid_faults.on(fault)
    answer = visitor().try_to_log_in(HA)
    assert (answer.status_code, error_of(answer)) == (503, "login-unavailable")


@pytest.mark.parametrize("fault", ["jwks_down", "jwks_garbage"])
def test_keys_once_known_carry_logins_through_a_broken_key_set(visitor, eid_faults: Faults, fault: str) -> None:
    visitor().log_in(HA)
    eid_faults.on(fault, count=None)
    eid_faults.on("unknown_kid")
    assert error_of(visitor().try_to_log_in(HA)) == "login-refused"
    visitor().log_in(HA)


def test_rotated_key_is_learnt_by_the_next_login(visitor, eid_faults: Faults, outside: str) -> None:
    requests.post(f"{outside}/eid/admin/rotate", timeout=10).raise_for_status()
    visitor().log_in(HA)


def test_forged_key_names_bring_no_flood_of_questions(visitor, eid_faults: Faults, outside: str) -> None:
    visitor().log_in(HA)
    before = _times_keys_were_asked_for(outside)
    for fault in ("unknown_kid", "kid_path", "own_jwk", "unknown_kid"):
        eid_faults.on(fault)
        assert error_of(visitor().try_to_log_in(HA)) == "login-refused"
    assert _times_keys_were_asked_for(outside) <= before + 1


def _times_keys_were_asked_for(outside: str) -> int:
    log = requests.get(f"{outside}/eid/admin/log.json", timeout=10).json()
    return sum(entry["path"].endswith("/jwks.json") for entry in log)


@pytest.mark.parametrize(("seconds", "is_believed"), [(45, True), (-45, True), (150, False), (-700, False)])
def test_providers_clock_may_differ_by_a_minute(
    visitor, eid_faults: Faults, outside: str, seconds: int, is_believed: bool
) -> None:
    requests.post(f"{outside}/eid/admin/clock", json={"seconds": seconds}, timeout=10).raise_for_status()
    answer = visitor().try_to_log_in(HA)
    assert (answer.status_code == 302) is is_believed
    assert is_believed or error_of(answer) == "login-refused"


def test_refusal_with_html_shows_words_of_ours_alone(visitor, eid_faults: Faults) -> None:
    eid_faults.on("error_html")
    answer = visitor().try_to_log_in("000000000000")
    assert (answer.status_code, error_of(answer)) == (403, "login-denied")
    assert "alert(1)" not in answer.text
    assert "<h1>Loi" not in answer.text


@pytest.mark.parametrize(
    ("error", "status", "page"),
    [
        ("access_denied", 403, "denied"), ("login_required", 400, "expired"), ("server_error", 503, "unavailable"),
        ("temporarily_unavailable", 503, "unavailable"), ("<script>alert(1)</script>", 400, "refused"), ("", 400, "refused"),
        ("x" * 5000, 400, "refused"), ("a\r\nSet-Cookie: b=c", 400, "refused"),
    ],
)  # fmt: skip
def test_every_error_of_the_provider_has_a_page(visitor, error: str, status: int, page: str) -> None:
    browser = visitor()
    location = browser.begin_login()
    given = {"state": query_of(location)["state"], "iss": location.split("/authorize")[0], "error": error}
    answer = browser.come_back("", **given, error_description="<b>alert(1)</b>")
    assert (answer.status_code, error_of(answer)) == (status, f"login-{page}")
    assert "alert(1)" not in answer.text
    assert "Set-Cookie: b" not in str(answer.headers)


def test_person_whom_the_provider_locked_is_told_so_by_a_page(visitor) -> None:
    answer = visitor().try_to_log_in(CUONG)
    assert (answer.status_code, error_of(answer)) == (403, "login-account_closed")


def test_person_of_level_1_is_told_how_to_reach_level_2(visitor) -> None:
    browser = visitor()
    answer = browser.try_to_log_in(THOM, level=2)
    assert (answer.status_code, error_of(answer)) == (403, "login-level")
    assert "công an" in answer.text
    browser.log_in(THOM, level=1)
    assert browser.is_logged_in


@pytest.mark.parametrize(
    "particulars",
    [
        {"SoDinhDanh": ""}, {"SoDinhDanh": None}, {"SoDinhDanh": "12345678901"}, {"SoDinhDanh": "１２３４５６７８９０１２"},
        {"SoDinhDanh": ["001198900001"]}, {"HoVaTen": ""}, {"HoVaTen": "   "}, {"NgayThangNamSinh": "14/03/1998"},
        {"NgayThangNamSinh": "19981403"}, {"NgayThangNamSinh": "00000000"}, {"NgayThangNamSinh": {}},
    ],
)  # fmt: skip
def test_person_who_did_not_share_who_they_are_is_asked_to(visitor, monkeypatch, particulars: dict[str, object]) -> None:
    _userinfo_says(monkeypatch, **particulars)
    browser = visitor()
    answer = browser.try_to_log_in(HA)
    assert (answer.status_code, error_of(answer)) == (403, "login-no_consent")
    assert_nobody(browser)


@pytest.mark.parametrize("name", ["Nguyễn\u202eThu", "Nguyễn\u0000Thu", "Nguyễn\ud800Thu", "Nguyễn\u200bThu"])
def test_name_with_characters_that_hide_is_not_taken(visitor, monkeypatch, name: str) -> None:
    _userinfo_says(monkeypatch, HoVaTen=name)
    assert error_of(visitor().try_to_log_in(HA)) == "login-refused"


def test_name_with_markup_is_shown_as_text(visitor, monkeypatch) -> None:
    _userinfo_says(monkeypatch, HoVaTen="<img src=x onerror=alert(7)>")
    browser = visitor()
    browser.log_in(HA)
    page = browser.get("/my/dossiers").text
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def _userinfo_says(monkeypatch: pytest.MonkeyPatch, **changes: object) -> None:
    honest = Provider._userinfo
    monkeypatch.setattr(Provider, "_userinfo", lambda self, token: honest(self, token) | changes)
