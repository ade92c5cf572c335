"""A citizen in the middle of a form when the procedure changes: sees what changed, loses nothing, files in the new version."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from portal import clock, db
from portal.models import Dossier, ProcedurePublication
from portal.services.catalogue.loader import texts_for
from portal.services.catalogue.schema import Definition
from portal.services.catalogue.versions import store
from tests.desks.cast import Cast, actor_of
from tests.filings import CODE
from tests.procedures import edited, the_procedure
from tests.visitors import QUAN, Visitor

APPLY = f"/procedures/{CODE}/apply"
PURPOSE = {"certificate.purpose": "loan", "certificate.copies": "2", "seen": "certificate.purpose certificate.copies"}


def publish(definition: Definition) -> str:
    with db.transaction() as session:
        version = store(session, texts_for(definition), state="shipped")
        now = clock.now()
        session.add(
            ProcedurePublication(
                code=CODE, version_hash=version.content_hash, starts_at=now, published_at=now, published_by=uuid.uuid4()
            )
        )
        return version.content_hash


@pytest.fixture
def begun(cast: Cast) -> Iterator[Visitor]:
    """A citizen who has answered the first page in the shipped version; afterwards that version is in force again."""
    browser = cast["citizen B"]
    publish(the_procedure().definition)
    browser.post(APPLY, {"continue": "1"})
    browser.post(f"{APPLY}/facts", {"continue": "1"})
    assert browser.post(f"{APPLY}/purpose", PURPOSE).status_code == 302
    yield browser
    publish(the_procedure().definition)


def draft_of_quan() -> Dossier:
    with db.transaction() as session:
        owner = actor_of(session, QUAN)
        return session.scalars(select(Dossier).where(Dossier.state == "draft", Dossier.owner_id == owner.account_id)).one()


def without_copies(data: dict) -> None:
    data["pages"][0]["questions"].pop()
    data["fees"][0].pop("counted_by")
    data.pop("copies_element")
    data["declaration"] = "Tôi xin cam đoan như bản mới."
    data["english"]["Tôi xin cam đoan như bản mới."] = "I declare it as the new version says."


def test_every_step_leads_to_what_changed_and_what_was_said_stays_in_sight(begun: Visitor) -> None:
    publish(edited(without_copies))
    for step in ("facts", "purpose", "review"):
        answer = begun.get(f"{APPLY}/{step}")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"{APPLY}/changes"), step
    page = begun.get(f"{APPLY}/changes")
    assert "Không hỏi nữa: Số bản cần cấp" in page.text
    assert re.search(r"<dt>Số bản cần cấp</dt>\s*<dd>.*?2", page.text, re.DOTALL)


def test_what_is_being_typed_when_the_version_changes_is_taken_first(begun: Visitor) -> None:
    publish(edited(without_copies))
    answer = begun.post(f"{APPLY}/purpose", {**PURPOSE, "certificate.purpose": "property"})
    assert answer.status_code == 302
    assert draft_of_quan().draft["answers"]["certificate.purpose"]["value"] == "property"


def test_who_goes_on_files_in_the_new_version(begun: Visitor) -> None:
    new = publish(edited(without_copies))
    assert begun.post(f"{APPLY}/changes", {"continue": "1"}).status_code == 302
    assert draft_of_quan().version_hash == new
    for page, said in (("purpose", {"certificate.purpose": "loan"}), ("period", {"certificate.period": "until_now"}),
                       ("delivery", {"delivery.method": "electronic"})):  # fmt: skip
        assert begun.post(f"{APPLY}/{page}", said).status_code == 302, page
    review = begun.get(f"{APPLY}/review")
    assert "như bản mới" in review.text
    draft_id = re.search(r'name="draft_id" value="([^"]+)"', review.text)
    assert draft_id
    receipt = begun.post(f"{APPLY}/review", {"draft_id": draft_id[1], "declare": "yes"})
    assert receipt.status_code == 302
    with db.transaction() as session:
        filed = session.scalars(select(Dossier).where(Dossier.version_hash == new, Dossier.state != "draft")).one()
        assert filed.code in receipt.headers["Location"]


def test_review_that_was_open_when_the_version_changed_cannot_be_sent(begun: Visitor) -> None:
    for page, said in (("period", {"certificate.period": "until_now"}), ("delivery", {"delivery.method": "electronic"})):
        begun.post(f"{APPLY}/{page}", said)
    draft_id = re.search(r'name="draft_id" value="([^"]+)"', begun.get(f"{APPLY}/review").text)
    assert draft_id
    publish(edited(without_copies))
    answer = begun.post(f"{APPLY}/review", {"draft_id": draft_id[1], "declare": "yes"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{APPLY}/changes")
    assert draft_of_quan().state == "draft"


def test_in_english_the_changes_are_english(begun: Visitor) -> None:
    publish(edited(without_copies))
    begun.get("/language/en")
    page = begun.get(f"{APPLY}/changes").text
    begun.get("/language/vi")
    assert "Thủ tục vừa có thay đổi" not in page
