"""What is told outside the desks: the status to whoever holds a secret, letters to the owner, the table of moves to anybody."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Dossier, Notice
from portal.services.dossiers.chart import as_dot, as_markdown
from portal.services.dossiers.lifecycle import PLACES, TABLE
from portal.services.dossiers.papers import CODE_ALPHABET
from portal.services.dossiers.queries import documents_of
from portal.services.dossiers.receive import receive
from portal.services.dossiers.tell import letter_of
from portal.services.dossiers.track import PublicStatus, status_by_code
from portal.services.dossiers.vocabulary import ENDED
from portal.services.errors import NotFound
from tests.filings import received, submitted
from tests.people import citizen, clerk
from tests.services.dossiers.doings import hands, issued

MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)


def secret_of(dossier: Dossier) -> str:
    return str(dossier.parties["tracking_secret"])


def test_whoever_tracks_learns_the_status_and_two_moments_and_nothing_else(session: Session) -> None:
    assert [field.name for field in fields(PublicStatus)] == ["state", "submitted_at", "promised_at"]
    with time_machine.travel(MONDAY, tick=False):
        dossier = received(session, citizen(session), clerk(session))
    status = status_by_code(session, str(dossier.code), secret_of(dossier))
    assert (status.state, status.submitted_at, status.promised_at) == ("received", MONDAY, datetime(2026, 11, 19, 2, tzinfo=UTC))


def test_stage_inside_processing_is_not_told_to_the_public(session: Session) -> None:
    who = hands(session, citizen(session))
    dossier = issued(session, who)
    dossier.state, dossier.stage = "in_processing", "awaiting_signature"
    session.flush()
    assert status_by_code(session, str(dossier.code), secret_of(dossier)).state == "in_processing"


def test_secret_of_one_dossier_opens_no_other(session: Session) -> None:
    one, other = submitted(session, citizen(session)), submitted(session, citizen(session))
    for code, secret in ((one.code, secret_of(other)), (other.code, secret_of(one))):
        with pytest.raises(NotFound):
            status_by_code(session, str(code), secret)


def test_every_secret_is_new_readable_and_kept_only_sealed(session: Session) -> None:
    dossiers = [submitted(session, citizen(session)) for _ in range(5)]
    secrets = {secret_of(dossier) for dossier in dossiers}
    assert len(secrets) == 5
    assert all(len(secret) == 8 and set(secret) <= set(CODE_ALPHABET) for secret in secrets)
    for dossier in dossiers:
        assert secret_of(dossier).encode() not in bytes(dossier.sealed_parties or b"") + bytes(dossier.tracking_hash or b"")
        assert all(secret_of(dossier) not in str(paper.facts) for paper in documents_of(session, dossier))


@pytest.mark.parametrize("typed", ["", " ", "AAAAAAAA", "%", "x" * 10_000, "ừ", "\U0001f600"])
def test_wrong_secret_of_any_shape_is_the_same_nothing(session: Session, typed: str) -> None:
    dossier = submitted(session, citizen(session))
    for code in (str(dossier.code), typed):
        with pytest.raises(NotFound) as told:
            status_by_code(session, code, typed)
        assert str(told.value) == str(NotFound())


def letters(session: Session, dossier: Dossier) -> dict[tuple[str, str], tuple[str, str, str]]:
    """Each letter by kind and channel: to whom, its subject and its text."""
    found = {}
    for notice in session.scalars(select(Notice).where(Notice.dossier_id == dossier.id)):
        for channel in ("email", "phone"):
            letter = letter_of(session, notice.id, channel)
            found[notice.kind, channel] = (letter.to, letter.subject, letter.text)
    return found


@pytest.mark.parametrize(
    ("language", "subject", "promised"),
    [
        ("vi", "Hồ sơ {code}: đã được tiếp nhận", "Hẹn trả kết quả: 09:00 19/11/2026."),
        ("en", "Dossier {code}: received", "The result is promised for 09:00 19/11/2026."),
    ],
)
def test_letter_speaks_the_dossiers_language_and_tells_the_promise_in_vietnam_time(
    session: Session, language: str, subject: str, promised: str
) -> None:
    with time_machine.travel(MONDAY, tick=False):
        dossier = submitted(session, citizen(session))
        dossier.language = language
        receive(session, clerk(session), str(dossier.code), expected_version=1)
    session.expire_all()
    to, said, text = letters(session, dossier)["received", "email"]
    assert (to, said) == ("mau@thu.example", subject.format(code=dossier.code))
    assert promised in text
    assert f"/my/dossiers/{dossier.code}" in text


def test_every_letter_of_a_whole_life_names_the_dossier_and_nobody(session: Session) -> None:
    dossier = issued(session, hands(session, citizen(session, "Nguyễn Thị Kín Đáo")))
    written = letters(session, dossier)
    assert {kind for kind, _channel in written} == {"submitted", "received", "forwarded", "issued"}
    for _to, subject, text in written.values():
        assert str(dossier.code) in subject
        assert "mật khẩu" in text
        for private in ("Nguyễn", "Kín Đáo", "hôn nhân", "0900000012", "mau@thu", secret_of(dossier)):
            assert private not in subject + text


def test_letter_goes_to_the_contact_as_it_is_when_it_is_sent(session: Session) -> None:
    dossier = submitted(session, citizen(session))
    dossier.parties = {**dossier.parties, "contact": {"email": "moi@thu.example", "phone": "+84900000099"}}
    session.flush()
    assert {to for to, _subject, _text in letters(session, dossier).values()} == {"moi@thu.example", "+84900000099"}


def test_table_for_the_docs_has_one_line_for_each_move_and_each_says_its_law() -> None:
    head, rule, *lines = as_markdown().splitlines()
    assert len(lines) == len(TABLE)
    columns = head.count("|") - 1
    assert all(line.count("|") - 1 == columns for line in [rule, *lines])
    assert all(re.search(r"\| [^|]*(NĐ|QĐ|Luật|Quy trình|Hộ tịch|Lịch làm việc)[^|]* \|$", line) for line in lines)


def test_diagram_has_an_arrow_for_each_move_and_no_way_out_of_an_end() -> None:
    arrows = re.findall(r'^  "([^"]+)" -> "([^"]+)" \[label="(\w+)"\];$', as_dot(), re.MULTILINE)
    assert len(arrows) == len(TABLE)
    assert {place for source, target, _act in arrows for place in (source, target)} == {str(place) for place in PLACES}
    assert not {source for source, _target, _act in arrows} & {str(state) for state in ENDED}
    assert as_dot().startswith("digraph")
    assert as_dot().endswith("}")


def test_every_place_can_be_reached_from_a_draft_and_leads_to_an_end() -> None:
    arrows = re.findall(r'"([^"]+)" -> "([^"]+)"', as_dot())

    def reached(start: str, ways: list[tuple[str, str]]) -> set[str]:
        known, fresh = {start}, {start}
        while fresh:
            fresh = {target for source, target in ways if source in fresh} - known
            known |= fresh
        return known

    places = {place for way in arrows for place in way}
    assert reached("draft", arrows) == places
    for place in places:
        assert reached(place, arrows) & {str(state) for state in ENDED}, place
