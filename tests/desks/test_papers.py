"""Papers by their address: for the owner and the desk that holds the dossier, while they are who they were."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import requests
import time_machine
from sqlalchemy import select

from portal import clock, db
from portal.config import settings
from portal.models import Dossier, IssuedDocument
from portal.worker import drain
from tests.desks.addresses import UNKNOWN, without_names
from tests.desks.cast import DESK_ELSEWHERE, Cast, Filed
from tests.visitors import HA

APPLY = "/procedures/1.004873/apply"


@pytest.fixture(scope="module")
def filed(cast: Cast) -> Filed:
    """Citizen A's dossier, filed over HTTP by somebody whose browser claims another host, with its paper made."""
    browser = cast["citizen A"]
    browser.take_cookies_to("evil.example")
    claim = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    browser.post(APPLY, {"continue": "1"}, headers=claim)
    browser.post(f"{APPLY}/facts", {}, headers=claim)
    answers = {"certificate.purpose": "property", "certificate.copies": "1", "certificate.period": "until_now"}
    answers |= {"delivery.method": "electronic", "contact.email": "ha.mau@thu.example", "contact.phone": "0900000099"}
    for page in ("purpose", "period", "delivery"):
        browser.post(f"{APPLY}/{page}", answers, headers=claim)
    with db.transaction() as session:
        draft = session.scalars(select(Dossier).where(Dossier.state == "draft")).one()
    sent = browser.post(f"{APPLY}/review", {"draft_id": str(draft.id), "declare": "yes"}, headers=claim)
    drain()
    with db.transaction() as session:
        paper = session.scalars(select(IssuedDocument).where(IssuedDocument.dossier_id == draft.id)).one()
        assert paper.issued_at is not None
        return Filed(sent.headers["Location"].split("/")[3], str(paper.id))


@pytest.fixture(scope="module")
def other(cast: Cast, filed: Filed) -> Filed:
    """Another dossier of the same desk, with a paper of its own."""
    made = cast.file("submitted", owner="citizen B")
    drain()
    return made


def paper(filed: Filed, desk: str = "my") -> str:
    return f"/{desk}/dossiers/{filed.code}/documents/{filed.document_id}"


def test_owner_and_desk_open_the_paper_and_no_cache_keeps_it(cast: Cast, filed: Filed) -> None:
    for name, desk in (("citizen A", "my"), ("clerk", "counter"), ("officer", "counter"), ("leader", "counter")):
        answer = cast[name].get(paper(filed, desk))
        assert answer.status_code == 200
        assert answer.data.startswith(b"%PDF-")
        assert answer.mimetype == "application/pdf"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert f'filename="{filed.code}-' in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("name", ["citizen B", "administrator", "auditor", "clerk", "leader"])
def test_paper_of_another_looks_like_one_that_does_not_exist(cast: Cast, filed: Filed, name: str) -> None:
    foreign, unknown = cast[name].get(paper(filed)), cast[name].get(paper(UNKNOWN))
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert without_names(foreign.text, paper(filed)) == without_names(unknown.text, paper(UNKNOWN))


@pytest.mark.parametrize("name", sorted(DESK_ELSEWHERE))
def test_desk_of_another_office_does_not_find_the_paper(cast: Cast, filed: Filed, name: str) -> None:
    foreign, unknown = cast[name].get(paper(filed, "counter")), cast[name].get(paper(UNKNOWN, "counter"))
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert without_names(foreign.text, paper(filed, "counter")) == without_names(unknown.text, paper(UNKNOWN, "counter"))


def test_paper_is_found_under_its_own_dossier_alone(cast: Cast, filed: Filed, other: Filed) -> None:
    for desk, name in (("my", "citizen A"), ("counter", "clerk")):
        assert cast[name].get(paper(Filed(filed.code, other.document_id), desk)).status_code == 404
    assert cast["citizen A"].get(paper(Filed(other.code, filed.document_id))).status_code == 404
    assert cast["clerk"].get(paper(Filed(other.code, filed.document_id), "counter")).status_code == 404


def test_address_of_a_paper_opens_nothing_after_the_session(visitor, filed: Filed) -> None:
    browser, late = visitor(), visitor()
    browser.log_in(HA)
    late.session_cookie = browser.session_cookie
    assert browser.get(paper(filed)).status_code == 200
    browser.post("/logout")
    for one in (browser, late, visitor()):
        assert one.get(paper(filed)).headers["Location"].startswith("/login?")


def test_address_of_a_paper_opens_nothing_when_the_session_grew_old(visitor, filed: Filed) -> None:
    browser = visitor()
    browser.log_in(HA)
    with time_machine.travel(clock.now() + timedelta(minutes=settings().session_idle_minutes, seconds=5)):
        assert browser.get(paper(filed)).headers["Location"].startswith("/login?")


def test_message_names_our_own_address_and_no_person(filed: Filed, outside: str) -> None:
    sent = [message for message in _messages(outside) if filed.code in str(message)]
    assert {message["channel"] for message in sent} == {"mail", "sms"}
    for message in sent:
        assert f"{settings().base_url}/my/dossiers/{filed.code}" in str(message)
        for private in ("evil.example", "Nguyễn Thu Hà", HA, "hôn nhân"):
            assert private not in str(message)


def _messages(outside: str) -> list[dict[str, Any]]:
    answer = requests.get(f"{outside}/messages.json", timeout=10).json()
    return list(answer["messages"] if isinstance(answer, dict) else answer)


def test_receipt_page_is_the_owners_alone(cast: Cast, filed: Filed) -> None:
    page = cast["citizen A"].get(f"/my/dossiers/{filed.code}/receipt")
    assert 'data-page="citizen.receipt"' in page.text
    assert f'data-dossier-code="{filed.code}"' in page.text
    assert cast["citizen B"].get(f"/my/dossiers/{filed.code}/receipt").status_code == 404


def test_button_pressed_again_gives_the_same_dossier(cast: Cast, filed: Filed) -> None:
    with db.transaction() as session:
        first = session.scalars(select(Dossier).where(Dossier.code == filed.code)).one()
    again = cast["citizen A"].post(f"{APPLY}/review", {"draft_id": str(first.id), "declare": "yes"})
    assert again.headers["Location"] == f"/my/dossiers/{filed.code}/receipt"
    assert cast["citizen B"].post(f"{APPLY}/review", {"draft_id": str(first.id), "declare": "yes"}).status_code == 404
