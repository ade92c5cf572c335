"""A value that is not right, from the person's claim to the register that changes: over HTTP, with the worker and the sandbox."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from portal import clock, db, registry_work, worker
from portal.models import CorrectionCase, Dossier, Notice, OutboxItem, UnansweredLookUp
from portal.services.registries.corrections import NoAnswer, correction_desk
from portal.services.registries.exchange import Subject
from portal.services.registries.prefill import registries
from tests.desks.cast import Cast
from tests.desks.counting import MOST, statements
from tests.desks.test_disputes import HERE, file
from tests.filings import ANSWERS
from tests.services.dossiers.test_ask_again import TYPED
from tests.services.registries.test_corrections import wanted
from tests.visitors import Visitor

THAO, NAME = "037195900000", "Trần Bảo Thảo"
NEW = "Trần Bảo Thao"
TIMEOUT = 5


@pytest.fixture(scope="module")
def thao(cast: Cast, portal_app: Flask) -> Visitor:
    """A woman of phường Ba Đình without a story, whom no other test knows."""
    browser = Visitor(portal_app)
    browser.log_in(THAO)
    return browser


@pytest.fixture(autouse=True)
def well(outside: str) -> Iterator[None]:
    registries.cache_clear()
    yield
    requests.delete(f"{outside}/registries/faults", timeout=TIMEOUT)
    registries.cache_clear()


def filed(thao: Visitor, **claims: str) -> str:
    """Her dossier with these claims; gives its code."""
    assert thao.post(HERE, {"agree": "1"}).status_code == 302
    for key, value in claims.items():
        address = f"{HERE}/facts/{key.replace('__', '.')}"
        assert thao.post(address, {key.replace("__", "."): value, "reason": "Giấy khai sinh ghi khác."}).status_code == 302
    return file(thao)


def case_of(code: str) -> CorrectionCase:
    with db.transaction() as session:
        return session.scalars(select(CorrectionCase).join(CorrectionCase.dossier).where(Dossier.code == code)).one()


def promise(case: CorrectionCase) -> str:
    with db.transaction() as session:
        return str(session.scalars(select(OutboxItem.id).where(OutboxItem.key == f"{case.id}:{case.round}")).one())


def follow(code: str) -> None:
    """The time has come to ask about this dossier's case."""
    case_id = case_of(code).id
    with db.transaction() as session:
        session.execute(update(CorrectionCase).where(CorrectionCase.id == case_id).values(next_look_at=clock.now()))
    registry_work.follow_corrections()


def at_the_register(outside: str, code: str) -> list[dict[str, Any]]:
    """What the register holds of the dossier; not of one that had its code in another test's town."""
    found = requests.get(f"{outside}/registries/corrections.json", timeout=TIMEOUT).json()
    with db.transaction() as session:
        since = session.scalars(select(Dossier.submitted_at).where(Dossier.code == code)).one() - timedelta(seconds=2)
    return [one for one in found if one["dossier_code"] == code and datetime.fromisoformat(one["received_at"]) > since]


def decide(outside: str, code: str, decision: str, words: str) -> None:
    (case,) = at_the_register(outside, code)
    say(outside, case["reference"], decision, words)


def say(outside: str, reference: str, decision: str, words: str) -> None:
    address = f"{outside}/registries/corrections/{reference}"
    requests.post(address, json={"decision": decision, "words": words}, timeout=TIMEOUT).raise_for_status()


def switch(outside: str, fault: str, **more: Any) -> None:
    requests.post(f"{outside}/registries/faults", json={"fault": fault, **more}, timeout=TIMEOUT).raise_for_status()


def seen(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.text[:2000]
    return html.unescape(answer.text)


def test_claim_reaches_the_register_whose_yes_comes_back_to_everybody(cast: Cast, thao: Visitor, outside: str) -> None:
    code = filed(thao, subject__full_name=NEW)
    assert "Đang gửi đến cơ quan giữ dữ liệu" in seen(thao.get("/my/corrections"))
    worker.carry_out(promise(case_of(code)))
    desk = f"/counter/dossiers/{code}"
    page = seen(cast["clerk"].get(desk))
    for words in (NAME, NEW, "Đã gửi, chờ trả lời", "Giấy khai sinh ghi khác."):
        assert words in page
    assert "Báo dữ liệu chưa đúng" in seen(cast["clerk"].get("/counter/queue?tab=submitted"))
    assert code in seen(cast["clerk"].get("/counter/corrections"))
    assert code not in seen(cast["clerk elsewhere"].get("/counter/corrections"))
    decide(outside, code, "accepted", "Đúng theo sổ gốc.")
    follow(code)
    page = seen(cast["clerk"].get(desk))
    assert "data-renewed" in page
    assert re.search(r"Cơ sở dữ liệu ghi lúc này</dt><dd><span class=\"mc-value\">" + NEW, page)
    assert code not in seen(cast["clerk"].get("/counter/corrections"))
    with statements() as sent:
        cast["clerk"].get(desk)
    assert len(sent) <= MOST
    mine = seen(thao.get("/my/corrections"))
    for words in ("Đã sửa", "Đúng theo sổ gốc.", NEW, code):
        assert words in mine
    assert "dữ liệu ông/bà báo sai đã được sửa" in seen(thao.get("/my/notices"))
    assert case_of(code).renewed_by is not None
    back_again(outside)


def back_again(outside: str) -> None:
    """Her old name, by the same way: for the tests to come, to whom the register knows her as her login does."""
    asked = wanted(Subject(THAO, NEW, "1995-09-16"), claimed=NAME, dossier_code="back again")
    say(outside, str(correction_desk().send(asked).reference), "accepted", "Sửa lại.")


def test_request_sent_by_two_workers_or_by_one_that_died_is_one_case(
    thao: Visitor, outside: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = filed(thao, subject__sex="male")
    item = promise(case_of(code))
    with ThreadPoolExecutor(2) as two:
        list(two.map(worker.carry_out, [item, item]))
    assert len(at_the_register(outside, code)) == 1
    decide(outside, code, "rejected", "Giới tính đúng như đã ghi.")
    follow(code)
    follow(code)
    assert "Giới tính đúng như đã ghi." in seen(thao.get(f"/my/dossiers/{code}"))
    assert len(notices(code)) == 1

    killed = filed(thao, subject__sex="male")
    item = promise(case_of(killed))

    def dies(*_: object) -> None:
        raise RuntimeError("killed before it was written down")

    with monkeypatch.context() as patch:
        patch.setitem(worker.COMPLETIONS, "send_correction", dies)
        with pytest.raises(RuntimeError):
            worker.carry_out(item)
    assert case_of(killed).state == "requested"
    worker.carry_out(item)
    assert (case_of(killed).state, len(at_the_register(outside, killed))) == ("sent", 1)


def notices(code: str) -> list[str]:
    with db.transaction() as session:
        query = select(Notice.kind).join(Dossier, Dossier.id == Notice.dossier_id).where(Dossier.code == code)
        return list(session.scalars(query.where(Notice.about != "")))


def test_register_that_is_down_or_lies_delays_nothing_and_is_asked_again(thao: Visitor, outside: str) -> None:
    code = filed(thao, subject__sex="male")
    item = promise(case_of(code))
    for fault in ("down", "unsigned", "other_case"):
        switch(outside, fault, count=1)
        with pytest.raises(NoAnswer):
            worker.carry_out(item)
        assert case_of(code).state == "requested"
    worker.carry_out(item)
    decide(outside, code, "rejected", "Không đủ căn cứ.")
    for fault in ("unsigned", "other_person", "malformed"):
        switch(outside, fault, count=1)
        follow(code)
        assert case_of(code).state == "sent", fault
    follow(code)
    assert case_of(code).state == "rejected"


def test_what_the_register_asks_for_is_answered_on_a_page_of_its_own(cast: Cast, thao: Visitor, outside: str) -> None:
    code = filed(thao, subject__sex="male")
    worker.carry_out(promise(case_of(code)))
    page = f"/my/dossiers/{code}/corrections/subject.sex"
    assert thao.get(page).status_code == 302, "nothing is asked yet"
    decide(outside, code, "more_asked", "Xin ghi nơi đăng ký khai sinh.")
    follow(code)
    assert "Xin ghi nơi đăng ký khai sinh." in seen(thao.get(page))
    assert cast["citizen A"].get(page).status_code == cast["citizen A"].post(page, {"more": "x" * 20}).status_code == 404
    short = thao.post(page, {"more": "Ừ"})
    assert (short.status_code, 'id="error-more"' in short.text) == (422, True)
    assert thao.post(page, {"more": "Đăng ký tại xã Mẫu, tỉnh Mẫu."}).status_code == 302
    worker.carry_out(promise(case_of(code)))
    assert at_the_register(outside, code)[0]["more"] == "Đăng ký tại xã Mẫu, tỉnh Mẫu."


def test_what_only_a_procedure_corrects_names_it_and_leads_there(thao: Visitor) -> None:
    code = filed(thao, subject__permanent_residence="Số 1 phố Khác, phường Ba Đình")
    for address in ("/my/corrections", f"/my/dossiers/{code}"):
        page = seen(thao.get(address))
        assert "Phải sửa bằng một thủ tục riêng" in page
        assert 'href="/procedures/1.004222"' in page


def test_registry_that_was_down_at_filing_is_asked_again_and_the_desk_sees_what_it_says(
    cast: Cast, thao: Visitor, outside: str
) -> None:
    switch(outside, "down", registry="population")
    assert thao.post(HERE, {"agree": "1"}).status_code == 302
    born = {"subject.date_of_birth.day": "16", "subject.date_of_birth.month": "9", "subject.date_of_birth.year": "1995"}
    who = {"subject.full_name": NAME, "subject.personal_id": THAO, "subject.sex": "male", **born}
    facts = thao.post(f"{HERE}/facts", {**TYPED, **who})
    assert facts.status_code == 302, html.unescape(facts.text)
    code = file_on(thao, facts.headers["Location"])
    assert "Cổng đang hỏi lại" in seen(cast["clerk"].get(f"/counter/dossiers/{code}"))
    come_due()
    assert registry_work.ask_silent_again() == 1, "one that keeps silent is left alone until the next time"
    requests.delete(f"{outside}/registries/faults", timeout=TIMEOUT)
    registries.cache_clear()
    come_due()
    registry_work.ask_silent_again()
    page = seen(cast["clerk"].get(f"/counter/dossiers/{code}"))
    assert 'data-check="confirmed"' in page
    assert re.search(r'data-element="subject.sex".*?data-check="differs".*?ghi: Nữ', page, re.DOTALL)
    assert "Khác với cơ sở dữ liệu" in seen(cast["clerk"].get("/counter/queue?tab=submitted"))
    assert "Cơ sở dữ liệu xác nhận" in seen(thao.get(f"/my/dossiers/{code}"))


def file_on(browser: Visitor, where: str) -> str:
    while not where.endswith("/review"):
        where = browser.post(where, {**ANSWERS, "continue": "1"}).headers["Location"]
    found = re.search(r'name="draft_id" value="([^"]+)"', browser.get(where).text)
    assert found
    return browser.post(where, {"draft_id": found[1], "declare": "yes"}).headers["Location"].split("/")[3]


def come_due() -> None:
    with db.transaction() as session:
        waiting = update(UnansweredLookUp).where(UnansweredLookUp.next_at.is_not(None))
        session.execute(waiting.values(next_at=clock.now()))
