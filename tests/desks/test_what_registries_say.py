"""What the registries say is shown and not asked again; where all keep silent a citizen still files, and waits for none."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable, Iterator

import pytest
import requests
from flask import Flask
from werkzeug.test import TestResponse

from portal.services.registries.prefill import registries
from tests.visitors import Visitor

QUAN = "001088900002"
CODE = "3.000347"
WITHIN_SECONDS = 4.0  # three where nothing else runs beside the tests
TYPED = {
    "licence.number": "010123456780",
    "licence.classes": "C",
    "subject.sex": "male",
    "subject.nationality": "Việt Nam",
    "subject.identity_card": "001088900002",
    "subject.permanent_residence": "Số 27, phố Đèn Ông Sao, phường Ba Đình",
    "subject.full_name": "Trần Minh Quân",
    "subject.personal_id": QUAN,
    "subject.date_of_birth.day": "22",
    "subject.date_of_birth.month": "7",
    "subject.date_of_birth.year": "1988",
    "office": "G01.26",
    "licence.kind": "motorcycle",
    "licence.exchange_reason": "details",
    "delivery.method": "electronic",
}


@pytest.fixture
def silent(outside: str) -> Iterator[None]:
    """No registry says a word."""
    registries.cache_clear()
    body = {"fault": "slow", "seconds": 20}
    requests.post(f"{outside}/registries/faults", json=body, timeout=5).raise_for_status()
    yield
    requests.delete(f"{outside}/registries/faults", timeout=5)
    registries.cache_clear()


def in_time(visit: Callable[[], TestResponse]) -> TestResponse:
    begun = time.monotonic()
    answer = visit()
    assert time.monotonic() - begun < WITHIN_SECONDS
    return answer


@pytest.mark.usefixtures("silent")
def test_citizen_files_with_every_registry_silent_and_waits_for_none_of_them(app: Flask) -> None:
    quan = Visitor(app)
    quan.log_in(QUAN)
    here = f"/procedures/{CODE}/apply"
    assert in_time(lambda: quan.post(here, {"agree": "1"})).status_code == 302
    facts = html.unescape(in_time(lambda: quan.get(f"{here}/facts")).text)
    assert "chưa trả lời" in facts
    for name in ("quốc gia về dân cư", "giấy phép lái xe", "y tế"):
        assert name in facts
    for page in ("facts", "licence", "delivery"):
        answer = in_time(lambda page=page: quan.post(f"{here}/{page}", TYPED))  # type: ignore[misc]
        assert answer.status_code == 302, html.unescape(answer.text)
    review = in_time(lambda: quan.get(f"{here}/review")).text
    draft_id = re.search(r'name="draft_id" value="([^"]+)"', review)
    assert draft_id
    filed = in_time(lambda: quan.post(f"{here}/review", {"draft_id": draft_id.group(1), "declare": "yes"}))
    assert filed.status_code == 302, html.unescape(filed.text)
    assert "G01.26-" in filed.headers["Location"]


def test_registry_that_is_silent_and_one_that_knows_nobody_are_both_told(app: Flask, outside: str) -> None:
    registries.cache_clear()
    body = {"registry": "health", "fault": "down", "count": 1}
    requests.post(f"{outside}/registries/faults", json=body, timeout=5).raise_for_status()
    huong = Visitor(app)
    huong.log_in("038187900020")
    huong.post(f"/procedures/{CODE}/apply", {"agree": "1"})
    facts = html.unescape(huong.get(f"/procedures/{CODE}/apply/facts").text)
    assert "Cơ sở dữ liệu y tế chưa trả lời" in facts
    assert "Cơ sở dữ liệu quốc gia về dân cư không có ai khớp" in facts
    assert "giấy phép lái xe không có ai khớp" not in facts  # it spells her name as her account does


def test_everything_that_was_looked_up_is_shown_and_what_it_answers_is_not_asked(app: Flask, outside: str) -> None:
    quan = Visitor(app)
    quan.log_in(QUAN)
    here = "/procedures/1.007042/apply"
    quan.post(here, {"agree": "1"})
    facts = html.unescape(quan.get(f"{here}/facts").text)
    for said in ("Cơ sở dữ liệu thuế", "Đang hoạt động", "8100000008"):
        assert said in facts
    quan.post(f"{here}/facts", {})
    assert 'data-field="tax.has_old_code"' not in quan.get(f"{here}/income").text


def test_usual_answer_stands_there_from_the_start_and_another_one_is_kept(app: Flask, outside: str) -> None:
    quan = Visitor(app)
    quan.log_in(QUAN)
    here = "/procedures/3.000348/apply"
    quan.post(here, {"agree": "1"})
    answers = {"office": "G01.26", "licence.kind": "motorcycle", "licence.reissue_reason": "damaged"}
    for page in ("facts", "licence"):
        assert quan.post(f"{here}/{page}", answers).status_code == 302
    assert chosen(quan.get(f"{here}/delivery").text) == ["electronic"]
    quan.post(f"{here}/delivery", {"delivery.method": "counter"})
    assert chosen(quan.get(f"{here}/delivery").text) == ["counter"]


def chosen(page: str) -> list[str]:
    return [html.unescape(found) for found in re.findall(r'<input[^>]*type="radio"[^>]*value="([^"]*)"[^>]*\schecked', page)]
