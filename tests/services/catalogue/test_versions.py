from __future__ import annotations

import pytest
import time_machine
from sqlalchemy.orm import Session

from portal.services.catalogue.loader import BadProcedure, content_hash, parse, read_folder, shipped_folders
from portal.services.catalogue.search import search
from portal.services.catalogue.versions import all_current, by_hash, current, publish
from portal.services.errors import NotFound
from tests.filings import CODE

FILES = read_folder(shipped_folders()[0])


def changed(name: str, old: str, new: str) -> dict[str, str]:
    assert old in FILES[name]
    return {**FILES, name: FILES[name].replace(old, new)}


def test_version_is_named_by_its_content(session: Session) -> None:
    version = by_hash(session, content_hash(FILES))
    assert (version.code, version.content_hash) == (CODE, content_hash(FILES))
    assert content_hash(changed("procedure.yaml", "3wd", "4wd")) != content_hash(FILES)


def test_newest_version_is_current_and_the_older_one_stays_readable(session: Session) -> None:
    older = current(session, CODE).content_hash
    with time_machine.travel("2030-01-01", tick=False):
        newer = publish(session, changed("procedure.yaml", "term: 3wd", "term: 4wd"))
        assert current(session, CODE).content_hash == newer
        assert by_hash(session, older).definition.terms[0].term == "3wd"


def test_publishing_the_same_again_adds_nothing(session: Session) -> None:
    assert publish(session, FILES) == publish(session, FILES) == current(session, CODE).content_hash


def test_procedure_that_is_not_in_force_yet_or_any_more_is_not_found(session: Session) -> None:
    with time_machine.travel("2025-06-30T10:00:00+07:00", tick=False), pytest.raises(NotFound):
        current(session, CODE)
    with pytest.raises(NotFound):
        current(session, "1.999999")


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("procedure.yaml", "- element: certificate.copies", "- element: certificate.kopies", "certificate.kopies"),
        ("procedure.yaml", "term: 3wd", "term: soon", "term"),
        ("procedure.yaml", 'code: "1.004873"', 'code: "9.1"', "code"),
        ("procedure.yaml", "amount_vnd: 3000", "amount_vnd: 3000.5", "amount_vnd"),
        ("procedure.yaml", "registry: civil-status\n", "registry: population\n", "subject.marital_status"),
        ("strings.en.yaml", '"Hộ tịch": "Civil status"\n', "", "Hộ tịch"),
        ("result.html", "{{ sex }}", "{{ sexx }}", "sexx"),
        ("elements.yaml", "kind: partial_date", "kind: guess", "kind"),
    ],
)
def test_folder_that_does_not_hold_together_is_refused_with_the_fault_named(name: str, old: str, new: str, told: str) -> None:
    with pytest.raises(BadProcedure, match=told):
        parse(changed(name, old, new))


def test_nothing_about_a_procedure_is_asked_that_a_registry_holds() -> None:
    procedure = parse(FILES)
    asked = [question.element for page in procedure.definition.pages for question in page.questions]
    sourced = [key for key in asked if procedure.elements[key].source]
    assert sourced == ["contact.email", "contact.phone"]  # shown filled in, to be kept or changed


def test_steps_of_the_internal_process_fit_the_term() -> None:
    definition = parse(FILES).definition
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
