from __future__ import annotations

import pytest
import time_machine
from sqlalchemy.orm import Session

from portal.services.catalogue.loader import content_hash, texts_for
from portal.services.catalogue.search import search
from portal.services.catalogue.versions import all_current, by_hash, current, publish
from portal.services.errors import NotFound
from tests.filings import CODE
from tests.procedures import replaced, the_procedure

FILES = texts_for(the_procedure().definition)


def changed(old: str, new: str) -> dict[str, str]:
    return texts_for(replaced((old, new)))


def test_version_is_named_by_its_content(session: Session) -> None:
    version = by_hash(session, content_hash(FILES))
    assert (version.code, version.content_hash) == (CODE, content_hash(FILES))
    assert content_hash(changed("3wd", "4wd")) != content_hash(FILES)


def test_newest_version_is_current_and_the_older_one_stays_readable(session: Session) -> None:
    older = current(session, CODE).content_hash
    with time_machine.travel("2030-01-01", tick=False):
        newer = publish(session, changed("term: 3wd", "term: 4wd"))
        assert current(session, CODE).content_hash == newer
        assert by_hash(session, older).definition.terms[0].term == "3wd"


def test_publishing_the_same_again_adds_nothing(session: Session) -> None:
    assert publish(session, FILES) == publish(session, FILES) == current(session, CODE).content_hash


def test_procedure_that_is_not_in_force_yet_or_any_more_is_not_found(session: Session) -> None:
    with time_machine.travel("2025-06-30T10:00:00+07:00", tick=False), pytest.raises(NotFound):
        current(session, CODE)
    with pytest.raises(NotFound):
        current(session, "1.999999")


def test_nothing_about_a_procedure_is_asked_that_a_registry_holds() -> None:
    procedure = the_procedure()
    asked = [question.element for page in procedure.definition.pages for question in page.questions]
    sourced = [key for key in asked if procedure.elements[key].source]
    assert sourced == ["contact.email", "contact.phone"]  # shown filled in, to be kept or changed


def test_steps_of_the_internal_process_fit_the_term() -> None:
    definition = the_procedure().definition
    assert sum(step.hours for step in definition.process) <= 3 * 8


@pytest.mark.parametrize(
    "wanted",
    ["giấy độc thân", "giay doc than", "giaydocthan", "giay doc thân", "XÁC NHẬN HÔN NHÂN", "tinh trang hon nhan", "1.004873",
     "marital status", "giay doc thann", "ket hon"],
)  # fmt: skip
def test_search_forgives_diacritics_spaces_and_slips(session: Session, wanted: str) -> None:
    assert [procedure.code for procedure in search(all_current(session), wanted)] == [CODE]


@pytest.mark.parametrize("wanted", ["hộ chiếu", "xyzzy", "đất đai"])
def test_search_does_not_pretend(session: Session, wanted: str) -> None:
    assert search(all_current(session), wanted) == []


def test_search_for_nothing_shows_all(session: Session) -> None:
    assert len(search(all_current(session), "  ")) == len(all_current(session))
