from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from sqlalchemy import func, select

from portal import clock, db
from portal.auth.accounts import account_of
from portal.auth.oidc import Identity
from portal.blind_index import personal_id_hash
from portal.config import settings
from portal.models import Account, LoginSession
from tests.visitors import HA, QUAN, THOM, Visitor, ask_provider, error_of, path_of, query_of


def test_citizen_logs_in_and_comes_back_to_the_same_page(visitor) -> None:
    browser = visitor()
    answer = browser.log_in(HA, next_url="/procedures/1.004873?q=a%20b")
    assert answer.headers["Location"] == "/procedures/1.004873?q=a%20b"
    page = browser.get("/my/dossiers")
    assert page.status_code == 200
    assert "Nguyễn Thu Hà" in page.text


def test_request_to_the_provider_carries_all_that_binds_the_answer(visitor) -> None:
    browser = visitor()
    first, second = query_of(browser.begin_login(level=2)), query_of(browser.begin_login(level=2))
    assert first["code_challenge_method"] == "S256"
    assert first["acr_values"] == settings().eid_level_2
    assert first["redirect_uri"] == f"{settings().base_url}/auth/callback"
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 32
        assert first[name] != second[name]
    assert "max_age" not in first


def test_page_that_needs_a_login_sends_there_and_back(visitor) -> None:
    browser = visitor()
    door = browser.get("/my/dossiers?x=1")
    assert door.status_code == 302
    answer = browser.get(path_of(door.headers["Location"]))
    answer = browser.come_back(ask_provider(answer.headers["Location"], HA))
    assert answer.headers["Location"] == "/my/dossiers?x=1"


@pytest.mark.parametrize("state", [None, "", "x", "y" * 5000, "trạng-thái"])
def test_answer_without_our_state_is_refused(visitor, state: str | None) -> None:
    browser = visitor()
    answer = browser.come_back(ask_provider(browser.begin_login(), HA), state=state)
    assert (answer.status_code, error_of(answer)) == (400, "login-expired")
    assert browser.session_cookie is None


def test_answer_to_one_login_does_not_finish_another(visitor) -> None:
    browser = visitor()
    first, second = browser.begin_login(), browser.begin_login()
    back = ask_provider(first, HA)
    answer = browser.come_back(back, state=query_of(second)["state"])
    assert answer.status_code == 400
    assert browser.session_cookie is None


def test_answer_is_refused_in_another_browser(visitor) -> None:
    back = ask_provider(visitor().begin_login(), HA)
    victim = visitor()
    assert error_of(victim.come_back(back)) == "login-expired"
    victim.begin_login()
    assert error_of(victim.come_back(back)) == "login-expired"
    assert victim.session_cookie is None


def test_answer_is_taken_once_even_with_the_cookie_of_before(visitor) -> None:
    browser = visitor()
    back = ask_provider(browser.begin_login(), HA)
    kept = browser.client.get_cookie("portal_login", domain="127.0.0.1")
    assert browser.come_back(back).status_code == 302
    thief = visitor()
    thief.client.set_cookie("portal_login", kept.value, domain="127.0.0.1")
    assert error_of(thief.come_back(back)) == "login-expired"
    assert thief.session_cookie is None
    assert browser.is_logged_in


@pytest.mark.parametrize("change", ["longer", "shorter", "other", "empty", "garbage"])
def test_cookie_of_the_login_that_somebody_changed_holds_nothing(visitor, change: str) -> None:
    browser = visitor()
    back = ask_provider(browser.begin_login(), HA)
    kept = browser.client.get_cookie("portal_login", domain="127.0.0.1").value
    changed = {
        "longer": f"{kept}x",
        "shorter": kept[:-1],
        "other": f"X{kept[1:]}",
        "empty": "",
        "garbage": "\u00e9.\u00e9.\u00e9",
    }
    browser.client.set_cookie("portal_login", changed[change], domain="127.0.0.1")
    assert error_of(browser.come_back(back)) == "login-expired"


def test_code_of_somebody_elses_login_cannot_be_slipped_in(visitor) -> None:
    victims_code = query_of(ask_provider(visitor().begin_login(), HA))["code"]
    attacker = visitor()
    answer = attacker.come_back(ask_provider(attacker.begin_login(), QUAN), code=victims_code)
    assert (answer.status_code, error_of(answer)) == (400, "login-expired")
    assert attacker.session_cookie is None


@pytest.mark.parametrize("code", [None, "", "x", "x" * 3000])
def test_answer_without_a_code_of_the_provider_is_refused(visitor, code: str | None) -> None:
    browser = visitor()
    assert browser.come_back(ask_provider(browser.begin_login(), HA), code=code).status_code == 400


def test_code_of_another_provider_is_refused_before_it_is_shown_to_ours(visitor, outside: str) -> None:
    browser = visitor()
    back = ask_provider(browser.begin_login(), HA)
    before = _exchanges(outside)
    answer = browser.come_back(back, iss="https://other-provider.example")
    assert error_of(answer) == "login-refused"
    assert _exchanges(outside) == before


def _exchanges(outside: str) -> int:
    return sum(entry["path"].endswith("/token") for entry in requests.get(f"{outside}/eid/admin/log.json", timeout=10).json())


def test_code_older_than_a_minute_is_refused(visitor, eid_faults, outside: str) -> None:
    browser = visitor()
    back = ask_provider(browser.begin_login(), HA)
    requests.post(f"{outside}/eid/admin/clock", json={"seconds": 61}, timeout=10).raise_for_status()
    assert error_of(browser.come_back(back)) == "login-expired"


def test_of_two_callbacks_at_once_one_logs_in_and_the_other_gets_a_plain_page(served: str, visitor) -> None:
    browser = visitor()
    back = ask_provider(browser.begin_login(next_url="/track"), HA)
    cookies = {"portal_login": browser.client.get_cookie("portal_login", domain="127.0.0.1").value}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: requests.get(back, cookies=cookies, allow_redirects=False, timeout=15), range(4)))
    assert sorted(answer.status_code for answer in answers) == [302, 400, 400, 400]
    winner = next(answer for answer in answers if answer.status_code == 302)
    assert winner.headers["Location"] == "/track"
    assert requests.get(f"{served}/my/dossiers", cookies=winner.cookies, timeout=10).url.endswith("/my/dossiers")
    assert not any("portal_session" in answer.cookies for answer in answers if answer is not winner)


def test_first_logins_of_one_person_in_two_browsers_at_once_make_one_account(town) -> None:
    who = Identity("https://eid.example", "twice-at-once", None, 2, 0.0, "t", "001190900999", "Một Người", "1990")

    def log_in(_: int) -> str:
        with db.transaction() as session:
            return str(account_of(session, who).id)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(log_in, range(4)))) == 1


def test_same_subject_of_another_issuer_is_another_account(session) -> None:
    here = Identity("https://eid.example", "s", None, 2, 0.0, "t", "001190900998", "Một Người", "1990")
    there = Identity("https://other.example", "s", None, 2, 0.0, "t", "001190900997", "Người Khác", "1991")
    assert account_of(session, here).id != account_of(session, there).id


def test_changed_personal_id_waits_for_a_human(visitor) -> None:
    visitor().log_in(QUAN)
    with db.transaction() as session:
        account = session.scalars(select(Account).where(Account.subject_hash == personal_id_hash(QUAN))).one()
        account.subject_hash = personal_id_hash("001088900777")
        before = dict(account.profile)
    browser = visitor()
    answer = browser.try_to_log_in(QUAN)
    assert (answer.status_code, error_of(answer)) == (403, "login-identity_changed")
    assert "bộ phận một cửa" in answer.text
    assert browser.session_cookie is None
    with db.transaction() as session:
        account = session.get_one(Account, account.id)
        assert (account.subject_hash, dict(account.profile)) == (personal_id_hash("001088900777"), before)
        account.subject_hash = personal_id_hash(QUAN)


def test_account_locked_here_cannot_log_in(visitor) -> None:
    visitor().log_in(THOM, level=1)
    with db.transaction() as session:
        account = session.scalars(select(Account).where(Account.subject_hash == personal_id_hash(THOM))).one()
        account.locked_at = clock.now()
    answer = visitor().try_to_log_in(THOM, level=1)
    assert (answer.status_code, error_of(answer)) == (403, "login-locked")
    with db.transaction() as session:
        session.get_one(Account, account.id).locked_at = None


def test_failed_login_ends_no_other_session_and_leaves_no_row(visitor, eid_faults) -> None:
    browser = visitor()
    browser.log_in(HA)
    before = _rows()
    assert browser.begin_login() == "/", "nothing is asked of whoever has the level already"
    eid_faults.on("wrong_nonce")
    stranger = visitor()
    assert stranger.try_to_log_in(HA).status_code == 400
    assert browser.is_logged_in
    assert _rows() == before


def _rows() -> tuple[int, int]:
    with db.transaction() as session:
        return tuple(session.scalar(select(func.count()).select_from(table)) for table in (Account, LoginSession))


def test_passer_by_who_begins_a_login_leaves_no_row(visitor) -> None:
    before = _rows()
    visitor().begin_login()
    assert _rows() == before


def test_many_logins_begun_fit_into_one_cookie_and_the_newest_ones_still_work(visitor) -> None:
    browser = visitor()
    long_way = "/procedures?q=" + "%E1%BB%87" * 200
    locations = [browser.begin_login(next_url=long_way) for _ in range(12)]
    cookie = browser.client.get_cookie("portal_login", domain="127.0.0.1")
    assert len(cookie.value) < 4000
    assert browser.come_back(ask_provider(locations[-1], HA)).headers["Location"] == long_way
    assert error_of(visitor().come_back(ask_provider(locations[0], HA))) == "login-expired"


def test_way_back_that_no_cookie_can_hold_leads_to_the_first_page(visitor) -> None:
    browser = visitor()
    incompressible = "".join(chr(0x4E00 + secrets.randbelow(20_000)) for _ in range(1900))
    location = browser.begin_login(next_url=f"/{incompressible}")
    assert browser.come_back(ask_provider(location, HA)).headers["Location"] == "/"


def test_draft_survives_a_login_that_came_to_nothing(visitor, eid_faults) -> None:
    browser: Visitor = visitor()
    browser.log_in(HA)
    browser.post("/procedures/1.004873/apply", {"decline": "1"})
    browser.post("/logout")
    back = ask_provider(browser.begin_login(), HA)
    eid_faults.on("error_500")
    assert browser.come_back(back).status_code == 503
    browser.log_in(HA)
    assert browser.get("/procedures/1.004873/apply/facts").status_code == 200


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "/%2fevil.example"]
)
def test_no_way_of_the_portal_leads_elsewhere(visitor, wanted: str) -> None:
    browser = visitor()
    assert browser.get("/language/vi", query_string={"next": wanted}).headers["Location"] == "/"
    assert browser.log_in(HA, next_url=wanted).headers["Location"] == "/"
    assert browser.get("/login", query_string={"next": wanted}).headers["Location"] == "/"
    assert "evil" not in browser.get("/login", query_string={"next": wanted, "level": "2"}).headers["Location"]
