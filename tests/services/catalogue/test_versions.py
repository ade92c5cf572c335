from __future__ import annotations

from datetime import datetime

import pytest
import time_machine
from sqlalchemy.orm import Session

from portal import clock
from portal.models import ProcedurePublication
from portal.services.catalogue.loader import content_hash, texts_for
from portal.services.catalogue.versions import by_hash, current, entries, store
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


def test_storing_the_same_again_adds_nothing(session: Session) -> None:
    assert store(session, FILES, state="shipped") is store(session, FILES, state="shipped")


def publication(session: Session, files: dict[str, str], starts: str, ends: str | None = None) -> str:
    version = store(session, files, state="shipped")
    moments = [datetime.fromisoformat(moment) if moment else None for moment in (starts, ends)]
    session.add(
        ProcedurePublication(
            code=version.code,
            version_hash=version.content_hash,
            starts_at=moments[0],
            ends_at=moments[1],
            published_at=clock.now(),
        )
    )
    session.flush()
    return version.content_hash


def test_newest_version_is_current_from_its_moment_and_the_older_one_stays_readable(session: Session) -> None:
    older = current(session, CODE).content_hash
    newer = publication(session, changed("term: 3wd", "term: 4wd"), "2030-01-01T00:00:00+07:00")
    with time_machine.travel("2029-12-31T23:59:59+07:00", tick=False):
        assert current(session, CODE).content_hash == older
    with time_machine.travel("2030-01-01T00:00:00+07:00", tick=False):
        assert current(session, CODE).content_hash == newer
        assert by_hash(session, older).definition.terms[0].term == "3wd"
        assert [entry.version_hash for entry in entries(session) if entry.code == CODE] == [newer]


def test_version_that_ended_gives_way_to_the_one_before_it(session: Session) -> None:
    older = current(session, CODE).content_hash
    publication(session, changed("term: 3wd", "term: 4wd"), "2030-01-01T00:00:00+07:00", "2030-02-01T00:00:00+07:00")
    with time_machine.travel("2030-02-01T00:00:00+07:00", tick=False):
        assert current(session, CODE).content_hash == older


def test_lists_tell_what_a_procedure_asks_and_spares_without_reading_its_texts(session: Session) -> None:
    (entry,) = [entry for entry in entries(session) if entry.code == CODE]
    assert entry.name == ("Cấp Giấy xác nhận tình trạng hôn nhân", "Certificate of marital status")
    assert (entry.typed, entry.prefilled, entry.removed, entry.is_filed_online) == (4, 14, 2, True)


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
