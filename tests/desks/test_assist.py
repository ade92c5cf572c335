"""Help at the counter over HTTP: card and code open the owner's own pages for a clerk, and each act asks for the owner's word."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from portal import db
from portal.models import Dossier
from portal.postgres import EmbeddedServer
from tests import completing
from tests.completing import PAPER, PURPOSE
from tests.desks.cast import Cast, actor_of
from tests.services.vault import papers
from tests.visitors import CLERK, HA, Visitor


@pytest.fixture(scope="module", autouse=True)
def completing_procedure(cast: Cast, town: EmbeddedServer) -> Iterator[None]:
    with completing.offered_in(town):
        yield


@pytest.fixture
def code() -> str:
    """A dossier of citizen A of which the counter asked for two things."""
    with db.transaction() as session:
        dossier = completing.filed(session, actor_of(session, HA))
        (file,) = completing.attachments_of(session, dossier)
        completing.asked(session, actor_of(session, CLERK), dossier, completing.question(), completing.pages(file))
        return str(dossier.code)


def come(browser: Visitor, code: str, **changes: str) -> TestResponse:
    return browser.post("/counter/assist", {"code": code, "card": HA, "is_present": "yes", **changes})


def send(browser: Visitor, code: str, **form: str) -> TestResponse:
    address = f"/counter/assist/{code}/supplements"
    request_id = re.search(r'name="request_id" value="([^"]+)"', browser.get(address).text)[1]
    sent = {f"file.{PAPER}": (io.BytesIO(papers.image()), "quét.jpg"), "request_id": request_id, PURPOSE: "loan", **form}
    answer = browser.post(address, {**sent, "continue": "1"}, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()
    return answer


def told(answer: TestResponse) -> set[str]:
    return set(re.findall(r'id="error-([^"]+)"', answer.text))


def state_of(code: str) -> str:
    with db.transaction() as session:
        return str(session.scalars(select(Dossier.state).where(Dossier.code == code)).one())


def test_clerk_of_another_counter_supplies_what_the_person_brought(cast: Cast, code: str) -> None:
    browser = cast["clerk elsewhere"]
    opened = come(browser, code)
    assert opened.headers["Location"] == f"/counter/assist/{code}"
    hub = browser.get(f"/counter/assist/{code}").text
    assert f"/counter/assist/{code}/supplements" in hub
    unconfirmed = send(browser, code)
    assert (unconfirmed.status_code, told(unconfirmed), state_of(code)) == (422, {"confirmed"}, "supplement_requested")
    assert "quét.jpg" in unconfirmed.text, "what was scanned is kept"
    done = send(browser, code, confirmed="read_back")
    assert (done.headers["Location"], state_of(code)) == (f"/counter/assist/{code}", "submitted")
    with db.transaction() as session:
        dossier = session.scalars(select(Dossier).where(Dossier.code == code)).one()
        assert {(one.name, one.digitised_by) for one in completing.attachments_of(session, dossier)} == {("quét.jpg", "clerk")}
    own = cast["citizen A"].get(f"/my/dossiers/{code}").text
    assert "xuất trình thẻ và nhờ cán bộ giúp" in own


def test_dossier_is_withdrawn_with_the_persons_word_alone(cast: Cast, code: str) -> None:
    come(cast["clerk"], code)
    page = cast["clerk"].get(f"/counter/assist/{code}/withdraw").text
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    silent = cast["clerk"].post(f"/counter/assist/{code}/withdraw", {"version": version})
    assert (silent.status_code, told(silent), state_of(code)) == (422, {"confirmed"}, "supplement_requested")
    cast["clerk"].post(f"/counter/assist/{code}/withdraw", {"version": version, "confirmed": "signed"})
    assert state_of(code) == "withdrawn"


def test_card_of_somebody_else_and_a_code_that_is_none_are_told_alike(cast: Cast, code: str) -> None:
    wrong_card = come(cast["clerk"], code, card="001190000009")
    wrong_code = come(cast["clerk"], "H26.31-20261125-9999999")
    assert {(one.status_code, frozenset(told(one))) for one in (wrong_card, wrong_code)} == {(422, frozenset({"code"}))}
    assert code in wrong_card.text, "what was typed stays"
    assert told(come(cast["clerk"], code, is_present="")) == {"is_present"}


def test_nobody_enters_who_did_not_open_the_dossier_with_its_owner(cast: Cast, code: str) -> None:
    come(cast["clerk"], code)
    for name in ("other clerk", "clerk elsewhere", "officer", "leader", "citizen A", "administrator"):
        for page in ("", "/supplements", "/withdraw", "/draft"):
            assert cast[name].get(f"/counter/assist/{code}{page}").status_code == 404, (name, page)
    assert cast["officer"].get("/counter/assist").status_code == 404


def test_owners_other_things_stay_shut_to_the_clerk(cast: Cast, code: str) -> None:
    come(cast["clerk elsewhere"], code)
    with db.transaction() as session:
        (own,) = completing.attachments_of(session, session.scalars(select(Dossier).where(Dossier.code == code)).one())
    for path in (f"/my/attachments/{own.id}", f"/my/dossiers/{code}", f"/counter/dossiers/{code}", f"/counter/elsewhere/{code}"):
        assert cast["clerk elsewhere"].get(path).status_code == 404, path


def test_wrong_cards_are_traced_without_what_they_said_and_the_eleventh_is_not_looked_at(cast: Cast, code: str) -> None:
    with capture_logs() as lines:
        answers = [come(cast["clerk"], code, card=f"00119000{number:04}").status_code for number in range(11)]
    assert answers == [422] * 10 + [429]
    assert come(cast["clerk"], code).status_code == 429, "the right one waits too"
    tries = [line for line in lines if line["event"] == "assist_refused"]
    assert [(line["actor_id"], line["dossier"]) for line in tries] == [(str(cast.account_of("clerk")), code)] * 10
    assert "00119000" not in str(lines)
    assert come(cast["other clerk"], code).status_code == 302, "nobody else is held up"


def test_number_typed_in_the_place_of_the_code_is_not_written_down(cast: Cast) -> None:
    with capture_logs() as lines:
        assert come(cast["clerk"], "001190000009").status_code == 422
    (line,) = (line for line in lines if line["event"] == "assist_refused")
    assert line["dossier"] == ""
