"""Sensitive answers are covered at the desk, but for whoever must judge them, until somebody says why they need them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock, db
from portal.models import AccessEntry
from portal.services.catalogue.dictionary import dictionary
from portal.services.dossiers.covering import sensitive_elements
from portal.services.dossiers.recheck import keep_recheck, recheck_asks
from portal.services.registries.exchange import Outcome, Reply
from tests.births import MOTHER, birth_filed, birth_proposed
from tests.desks.cast import Cast, Filed, actor_of
from tests.services.dossiers.doings import Hands
from tests.visitors import CLERK, LEADER, OFFICER, Visitor

ETHNICITY = re.compile(r'<dt>Dân tộc</dt>\s*<dd>\s*<span class="mc-value">(.*?)</span>')
WHY = "So với giấy khai sinh cũ mà người nộp mang đến quầy."


@pytest.fixture(scope="module")
def filed(cast: Cast) -> Filed:
    return cast.file("appraising")


def said(browser: Visitor, code: str, page: str = "") -> str:
    (words,) = ETHNICITY.findall(browser.get(f"/counter/dossiers/{code}{page}").text)
    return str(words)


def reveals() -> list[AccessEntry]:
    with db.transaction() as session:
        return list(session.scalars(select(AccessEntry).where(AccessEntry.kind == "reveal").order_by(AccessEntry.number)))


def test_covered_for_every_role_but_the_officer_who_appraises(cast: Cast, filed: Filed) -> None:
    assert said(cast["clerk"], filed.code) == said(cast["leader"], filed.code) == "Được che"
    assert said(cast["officer"], filed.code) == said(cast["officer"], filed.code, "/propose") == "Kinh"
    submitted = cast.file("submitted")
    assert said(cast["officer"], submitted.code) == "Được che"  # nobody appraises it yet
    assert said(cast["clerk"], submitted.code, "/refuse") == "Được che"


def test_reason_uncovers_one_page_and_is_an_entry_that_the_owner_reads(cast: Cast, filed: Filed) -> None:
    before = len(reveals())
    page = cast["clerk"].post(f"/counter/dossiers/{filed.code}/reveal", {"reveal_reason": WHY})
    assert (page.status_code, ETHNICITY.findall(page.text)) == (200, ["Kinh"])
    assert said(cast["clerk"], filed.code) == "Được che"
    (entry,) = reveals()[before:]
    assert (entry.actor_role, entry.office_code, entry.fields) == ("clerk", "H26.31", ["subject.ethnicity"])
    looks = cast["citizen A"].get("/my/data/looks?of=others").text
    assert "Xem phần được che trong hồ sơ" in looks
    told = cast["citizen A"].get(f"/my/data/looks/{entry.id}").text
    assert WHY in told
    assert "Dân tộc" in told
    assert "Kinh" not in told


def test_without_a_reason_nothing_is_uncovered_and_nothing_typed_is_lost(cast: Cast, filed: Filed) -> None:
    before = len(reveals())
    page = cast["clerk"].post(f"/counter/dossiers/{filed.code}/reveal", {"reveal_reason": "xem"})
    assert page.status_code == 422
    assert ETHNICITY.findall(page.text) == ["Được che"]
    assert re.search(r">\s*xem\s*</textarea>", page.text)
    assert len(reveals()) == before


def test_other_offices_uncover_nothing(cast: Cast, filed: Filed) -> None:
    before = len(reveals())
    for name in ("clerk elsewhere", "officer elsewhere", "administrator", "citizen A"):
        assert cast[name].post(f"/counter/dossiers/{filed.code}/reveal", {"reveal_reason": WHY}).status_code == 404
    assert cast["officer elsewhere"].post("/counter/elsewhere", {"code": filed.code, "reason": WHY}).status_code == 302
    page = cast["officer elsewhere"].get(f"/counter/elsewhere/{filed.code}").text
    assert ETHNICITY.findall(page) == ["Được che"]
    assert "reveal_reason" not in page
    assert len(reveals()) == before


PROPOSED = "Dân tộc Kinh, quốc tịch Việt Nam"


def test_sensitive_words_that_the_officer_proposes_are_covered_too_but_for_whoever_signs(cast: Cast, portal_app: Flask) -> None:
    Visitor(portal_app).log_in(MOTHER["personal_id"])
    with db.transaction() as session:
        owner, at_desk, appraiser, signs = (actor_of(session, one) for one in (MOTHER["personal_id"], CLERK, OFFICER, LEADER))
        who = Hands(replace(owner, level=2), at_desk, appraiser, signs)
        dossier = birth_proposed(session, who)
        code = str(dossier.code)
    assert PROPOSED in cast["leader"].get(f"/counter/dossiers/{code}").text
    for name in ("clerk", "officer"):  # neither judges it now
        assert PROPOSED not in cast[name].get(f"/counter/dossiers/{code}").text
    page = cast["clerk"].post(f"/counter/dossiers/{code}/reveal", {"reveal_reason": WHY})
    assert PROPOSED in page.text
    assert "registered.father_facts" in reveals()[-1].fields


def test_what_only_the_desks_own_asking_gave_of_another_is_covered_too(cast: Cast, portal_app: Flask) -> None:
    Visitor(portal_app).log_in(MOTHER["personal_id"])
    with db.transaction() as session:
        owner, at_desk, appraiser, signs = (actor_of(session, one) for one in (MOTHER["personal_id"], CLERK, OFFICER, LEADER))
        code = str(birth_filed(session, Hands(replace(owner, level=2), at_desk, appraiser, signs)).code)
        asks = recheck_asks(session, at_desk, code, client_ip="")
        ask, now = asks["population/spouse.person"], clock.now()
        fields = {"ethnicity": {"code": "03", "name": "Mường xa"}}
        reply = Reply("population", ask.request_id, Outcome.FOUND, now, "R-9", now, 1, fields)
        keep_recheck(session, at_desk, code, asks, {"population/spouse.person": reply})
    assert "Mường xa" not in cast["clerk"].get(f"/counter/dossiers/{code}").text
    assert "Mường xa" in cast["clerk"].post(f"/counter/dossiers/{code}/reveal", {"reveal_reason": WHY}).text
    assert "spouse.ethnicity" in reveals()[-1].fields


def test_ethnic_origin_is_sensitive_whoever_it_is_of() -> None:
    origins = {key for key, one in dictionary().items() if one.source and one.source.path.startswith("ethnicity")}
    assert origins
    assert origins <= sensitive_elements()


def test_owner_reads_their_own_answers(cast: Cast, filed: Filed) -> None:
    assert ETHNICITY.findall(cast["citizen A"].get(f"/my/dossiers/{filed.code}").text) == ["Kinh"]
