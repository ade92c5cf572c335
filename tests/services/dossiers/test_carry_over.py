from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor
from portal.models import Dossier, ProcedurePublication
from portal.services.catalogue.file_format import definition_of, plain
from portal.services.catalogue.loader import texts_for
from portal.services.catalogue.schema import Definition
from portal.services.catalogue.versions import by_hash, current, store
from portal.services.dossiers.carry_over import SET_ASIDE, carry_over, look_ahead
from portal.services.dossiers.dispute import dispute
from portal.services.dossiers.newer_version import newer_version
from portal.services.dossiers.submit import submit
from portal.services.errors import GuardRefused, NotFound
from tests.filings import CODE, filled_draft
from tests.people import citizen
from tests.procedures import edited, the_procedure


def publish(session: Session, definition: Definition) -> str:
    version = store(session, texts_for(definition), state="shipped")
    now = clock.now()
    session.add(ProcedurePublication(code=version.code, version_hash=version.content_hash, starts_at=now, published_at=now))
    session.flush()
    return version.content_hash


@pytest.fixture
def owner(session: Session) -> Actor:
    return citizen(session)


@pytest.fixture
def draft(session: Session, owner: Actor) -> Dossier:
    return filled_draft(session, owner)


def without_copies(data: dict[str, Any]) -> None:
    data["pages"][0]["questions"].pop()
    data["fees"][0].pop("counted_by")
    data.pop("copies_element")


def test_draft_in_the_version_in_force_has_nothing_to_carry(session: Session, owner: Actor, draft: Dossier) -> None:
    before = draft.draft
    carry_over(session, owner, draft)
    assert (newer_version(session, draft), draft.draft) == (None, before)


def test_answer_that_is_asked_no_more_is_kept_in_sight_and_not_filed(session: Session, owner: Actor, draft: Dossier) -> None:
    new = publish(session, edited(without_copies))
    ahead = look_ahead(session, draft, by_hash(session, new))
    assert ("Số bản cần cấp", "1") in ahead.set_aside
    assert "Không hỏi nữa: Số bản cần cấp." in [change.text for change in ahead.changes]
    carry_over(session, owner, draft)
    assert (draft.version_hash, draft.draft["answers"].get("certificate.copies")) == (new, None)
    assert draft.draft[SET_ASIDE]["certificate.copies"]["answer"]["value"] == 1


def test_answer_comes_back_when_it_is_asked_again(session: Session, owner: Actor, draft: Dossier) -> None:
    publish(session, edited(without_copies))
    carry_over(session, owner, draft)
    publish(session, the_procedure().definition)
    carry_over(session, owner, draft)
    assert draft.draft["answers"]["certificate.copies"]["value"] == 1
    assert draft.draft[SET_ASIDE] == {}


def test_answer_that_the_new_version_does_not_understand_is_asked_again_and_kept(
    session: Session, owner: Actor, draft: Dossier
) -> None:
    own = {
        "kind": "choice",
        "label": {"vi": "Mục đích", "en": "Purpose"},
        "options": [{"value": "x", "label": {"vi": "X", "en": "X"}}],
    }

    def other_purposes(data: dict[str, Any]) -> None:
        data["elements"] = {"my.purpose": own}
        data["pages"][0]["questions"][0] = {"element": "my.purpose"}
        data["pages"][0]["questions"][1].pop("when")
        data["pages"][1].pop("when")
        data["result"]["fields"].pop("purpose")

    publish(session, edited(other_purposes))
    carry_over(session, owner, draft)
    assert draft.draft[SET_ASIDE]["certificate.purpose"]["text"].startswith("Mua bán")


def test_claim_about_a_registrys_value_is_carried_over(session: Session, owner: Actor, draft: Dossier) -> None:
    key = "subject.full_name"
    dispute(session, owner, draft.id, key, {key: "Nguyễn Thị Mẩu", "reason": "Giấy khai sinh ghi khác"})
    publish(session, edited(without_copies))
    carry_over(session, owner, draft)
    assert draft.draft["answers"][key]["disputed"]["claimed"] == "Nguyễn Thị Mẩu"


def test_look_ups_are_agreed_to_again_where_the_new_version_asks_otherwise(
    session: Session, owner: Actor, draft: Dossier
) -> None:
    publish(session, edited(lambda data: data["lookups"][0].update(purpose="MUC-DICH-KHAC")))
    carry_over(session, owner, draft)
    assert draft.draft["consent"] is None
    assert draft.draft["answers"]["subject.full_name"]["source"] == "population"


def test_outdated_draft_cannot_be_filed_until_it_is_carried_over(session: Session, owner: Actor, draft: Dossier) -> None:
    new = publish(session, edited(lambda data: data["fees"][0].update(amount_vnd=9000)))
    with pytest.raises(GuardRefused, match="bản mới"):
        submit(session, owner, draft.id, is_declared=True)
    carry_over(session, owner, draft)
    assert submit(session, owner, draft.id, is_declared=True).version_hash == new


def test_filed_dossier_keeps_its_version(session: Session, owner: Actor, draft: Dossier) -> None:
    dossier = submit(session, owner, draft.id, is_declared=True)
    before = dossier.version_hash
    publish(session, edited(lambda data: data["fees"][0].update(amount_vnd=9000)))
    carry_over(session, owner, dossier)
    assert dossier.version_hash == before != current(session, CODE).content_hash


def test_nobody_carries_over_the_draft_of_another(session: Session, draft: Dossier) -> None:
    publish(session, edited(without_copies))
    with pytest.raises(NotFound):
        carry_over(session, citizen(session), draft)


def drop_question(data: dict[str, Any], page: int, question: int) -> None:
    questions = data["pages"][page % len(data["pages"])]["questions"]
    if len(questions) > 1:
        questions.pop(question % len(questions))


def drop_page(data: dict[str, Any], page: int, _question: int) -> None:
    if len(data["pages"]) > 1:
        data["pages"].pop(page % len(data["pages"]))


def narrow_options(data: dict[str, Any], page: int, _question: int) -> None:
    words = {"vi": "Khác", "en": "Other"}
    data.setdefault("elements", {})["my.choice"] = {
        "kind": "choice", "label": words, "options": [{"value": f"v{page}", "label": words}],
    }  # fmt: skip
    asked = [one["element"] for one in data["pages"][0]["questions"]]
    if "my.choice" not in asked:
        data["pages"][0]["questions"].append({"element": "my.choice"})


def bring_back(data: dict[str, Any], _page: int, _question: int) -> None:
    data["pages"] = plain(the_procedure().definition)["pages"]


EDITS = st.lists(
    st.tuples(st.sampled_from([drop_question, drop_page, narrow_options, bring_back]), st.integers(0, 9), st.integers(0, 9)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS)
def test_no_answer_is_ever_lost_over_any_sequence_of_versions(session: Session, edits: list[Any]) -> None:
    publish(session, the_procedure().definition)
    owner = citizen(session)
    draft = filled_draft(session, owner)
    said = {key: answer["value"] for key, answer in draft.draft["answers"].items()}
    data = plain(the_procedure().definition)
    for edit, page, question in edits:
        edit(data, page, question)
        publish(session, definition_of(data))
        carry_over(session, owner, draft)
        kept = {key: one["answer"]["value"] for key, one in draft.draft.get(SET_ASIDE, {}).items()}
        assert {**kept, **{key: answer["value"] for key, answer in draft.draft["answers"].items()}} == said
