"""Looking a dossier up without a login: two secrets or nothing, and not many guesses."""

from __future__ import annotations

import secrets

import pytest
import time_machine
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import clock, db
from portal.models import Dossier
from portal.services.dossiers.papers import CODE_ALPHABET
from portal.services.dossiers.submit import TRACKING_LENGTH
from portal.services.dossiers.track import status_by_code
from portal.services.errors import NotFound
from tests.desks.addresses import without_names
from tests.desks.cast import Cast, Filed
from tests.visitors import error_of

WRONG = "ABCDEFGH"


@pytest.fixture(scope="module")
def filed(cast: Cast) -> Filed:
    return cast.file("received")


@pytest.fixture(scope="module")
def secret(filed: Filed) -> str:
    with db.transaction() as session:
        return str(session.scalars(select(Dossier).where(Dossier.code == filed.code)).one().parties["tracking_secret"])


def look_up(cast: Cast, code: str, secret: str, address: str = "127.0.0.1", **headers: str) -> TestResponse:
    """What somebody at an address gets for two words; no cookie, no token."""
    form = {"code": code, "secret": secret}
    client, base = cast["nobody"].client, cast["nobody"].base_url
    return client.post("/track", data=form, base_url=base, environ_overrides={"REMOTE_ADDR": address}, headers=headers)


def test_code_and_its_secret_tell_the_step_and_nothing_about_anybody(cast: Cast, filed: Filed, secret: str) -> None:
    answer = look_up(cast, filed.code, secret)
    assert answer.status_code == 200
    assert "Được tiếp nhận" in answer.text
    for private in ("Nguyễn", "Mẫu", "001190000001", "mau@thu.example", "0900000012", "H26.31:", secret):
        assert private not in answer.text.replace(filed.code, "")
    for address in ("/track", "/my/dossiers", f"/my/dossiers/{filed.code}"):
        assert cast["nobody"].get(address).status_code in (200, 302)


def test_words_are_taken_as_people_write_them(cast: Cast, filed: Filed, secret: str) -> None:
    assert look_up(cast, f" {filed.code.lower()} ", f"{secret[:4]} {secret[4:]} ".lower()).status_code == 200


def test_wrong_secret_and_unknown_code_cannot_be_told_apart(cast: Cast, filed: Filed, secret: str) -> None:
    other = filed.code[:-1] + ("1" if filed.code[-1] != "1" else "2")
    pages = [
        look_up(cast, filed.code, WRONG),
        look_up(cast, filed.code, secret[:-1]),
        look_up(cast, other, secret),
        look_up(cast, other, WRONG),
        look_up(cast, "H26.99-20200101-0000001", WRONG),
    ]
    assert {page.status_code for page in pages} == {404}
    asked = (filed.code, other, "H26.99-20200101-0000001")
    assert len({without_names(page.text, *asked) for page in pages}) == 1
    assert len({(page.mimetype, len(page.headers)) for page in pages}) == 1


@pytest.mark.parametrize(
    ("code", "secret"), [("", ""), ("x", WRONG), ("' OR 1=1 --", WRONG), ("%", "%"), ("H26.31-20261125-0000001", ""), ("*", "*")]
)
def test_words_that_cannot_be_meant_are_said_to_be_so(cast: Cast, code: str, secret: str) -> None:
    answer = look_up(cast, code, secret)
    assert answer.status_code == 422
    assert "Có " in answer.text
    assert "chỗ cần sửa" in answer.text


def test_draft_cannot_be_looked_up(cast: Cast) -> None:
    with db.transaction() as session:
        assert session.scalars(select(Dossier).where(Dossier.state == "draft", Dossier.tracking_hash.is_not(None))).all() == []


def test_two_thousand_guesses_find_nothing(cast: Cast, filed: Filed, secret: str) -> None:
    head, number = filed.code.rsplit("-", 1)
    with db.transaction() as session:
        for guess in range(2_000):
            code = f"{head}-{int(number) + guess % 40:07d}"
            word = "".join(secrets.choice(CODE_ALPHABET) for _ in range(TRACKING_LENGTH))
            with pytest.raises(NotFound):
                status_by_code(session, code, word)


def test_secret_is_long_and_of_no_pattern(cast: Cast, filed: Filed, secret: str) -> None:
    assert len(secret) == TRACKING_LENGTH == 8
    assert len(set(CODE_ALPHABET)) ** TRACKING_LENGTH > 10**11
    assert not set(secret) - set(CODE_ALPHABET)


def test_guessing_is_braked_with_when_to_come_again(cast: Cast, filed: Filed, secret: str) -> None:
    answers = [look_up(cast, filed.code, WRONG) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [404] * 30 + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert error_of(answers[-1]) == "429"
    assert "Chưa có gì bị mất" in answers[-1].text
    assert look_up(cast, filed.code, secret).status_code == 429, "a right guess is not told either"
    assert look_up(cast, filed.code, secret, address="192.0.2.7").status_code == 200, "others are not locked out"


def test_office_behind_one_address_may_look_up_as_much_as_it_likes(cast: Cast, filed: Filed, secret: str) -> None:
    assert {look_up(cast, filed.code, secret).status_code for _ in range(60)} == {200}
    assert {look_up(cast, "not-a-code", "").status_code for _ in range(40)} == {422}, "what cannot be meant is no guess"
    assert look_up(cast, filed.code, WRONG).status_code == 404


def test_brake_is_not_led_astray_by_headers(cast: Cast, filed: Filed) -> None:
    answers = [
        look_up(
            cast, filed.code, WRONG,
            **{"X-Forwarded-For": f"198.51.100.{n}", "X-Real-IP": f"198.51.100.{n}", "Forwarded": f"for=198.51.100.{n}"},
        )
        for n in range(31)
    ]  # fmt: skip
    assert answers[-1].status_code == 429


def test_brake_lets_go_after_a_minute(cast: Cast, filed: Filed, secret: str) -> None:
    for _ in range(31):
        last = look_up(cast, filed.code, WRONG)
    assert last.status_code == 429
    with time_machine.travel(clock.now().timestamp() + 61):
        assert look_up(cast, filed.code, secret).status_code == 200


def test_hundred_people_of_one_office_network_can_log_in_within_a_minute(visitor) -> None:
    for _ in range(100):
        assert visitor().get("/login").status_code == 302


def test_flood_of_logins_is_braked(visitor) -> None:
    answers = [visitor().get("/login") for _ in range(121)]
    assert answers[-1].status_code == 429
    assert answers[-1].headers["Retry-After"].isdigit()
    assert visitor().get("/procedures").status_code == 200, "the rest of the portal is open"


@pytest.mark.parametrize("path", ["/verify/ABCDEFGHJKLMNPQR", "/verify.json?code=ABCDEFGHJKLMNPQR"])
def test_flood_of_papers_to_verify_is_braked(visitor, path: str) -> None:
    browser = visitor()
    answers = [browser.get(path).status_code for _ in range(121)]
    assert set(answers[:120]) == {404}
    assert answers[-1] == 429
