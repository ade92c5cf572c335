from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from portal import clock
from portal.auth.permissions import Actor, Role
from portal.models import ProcedureVersion
from portal.services.catalogue.places import part_at, seen, whole
from portal.services.catalogue.versions import current
from portal.services.errors import Forbidden, GuardRefused, NotFound
from portal.services.publishing import approval, drafts
from portal.services.publishing.importing import import_file, look_into
from portal.services.publishing.publications import call_off, publications_of, publish, retire, standing_at
from portal.services.publishing.shipped import publish_shipped
from tests.people import clerk, staff
from tests.procedures import MARITAL_STATUS, shipped_text

Pair = tuple[Actor, Actor]


@pytest.fixture
def pair(session: Session) -> Pair:
    """Two administrators."""
    return staff(session, Role.ADMINISTRATOR, full_name="Người Soạn"), staff(session, Role.ADMINISTRATOR, full_name="Người Duyệt")


def edit(session: Session, author: Actor, place: str = "fees/1", **changes: Any) -> None:
    draft = drafts.start(session, author, MARITAL_STATUS)
    shown = part_at(whole(drafts.definition_in(draft)), place)
    drafts.save_part(session, author, MARITAL_STATUS, place, {**shown, **changes}, mark=seen(shown), english={})


def handed_in(session: Session, author: Actor, amount_vnd: int = 8000) -> ProcedureVersion:
    edit(session, author, amount_vnd=amount_vnd)
    return approval.hand_in(session, author, MARITAL_STATUS)


def approved(session: Session, pair: Pair, amount_vnd: int = 8000) -> ProcedureVersion:
    return approval.approve(session, pair[1], handed_in(session, pair[0], amount_vnd).content_hash)


def fee(session: Session) -> int:
    return current(session, MARITAL_STATUS).definition.fees[0].amount_vnd


def test_approved_version_is_published_and_new_dossiers_are_filed_in_it(session: Session, pair: Pair) -> None:
    version = approved(session, pair)
    assert fee(session) == 3000
    publish(session, pair[0], version.content_hash)
    assert fee(session) == 8000


def test_nobody_approves_what_they_wrote(session: Session, pair: Pair) -> None:
    version = handed_in(session, pair[0])
    with pytest.raises(Forbidden):
        approval.approve(session, pair[0], version.content_hash)
    assert version.state == "waiting"


def test_whoever_wrote_one_word_in_the_draft_is_an_author_too(session: Session, pair: Pair) -> None:
    edit(session, pair[1], "terms/1", term="4wd")
    version = handed_in(session, pair[0])
    with pytest.raises(Forbidden):
        approval.approve(session, pair[1], version.content_hash)
    third = staff(session, Role.ADMINISTRATOR)
    assert approval.approve(session, third, version.content_hash).state == "approved"


def test_table_itself_refuses_one_pair_of_eyes(session: Session, pair: Pair) -> None:
    version = handed_in(session, pair[0])
    version.state, version.decided_by, version.decided_at = "approved", pair[0].account_id, clock.now()
    with pytest.raises(IntegrityError, match="four_eyes"):
        session.flush()


def test_version_that_nobody_approved_cannot_be_published(session: Session, pair: Pair) -> None:
    version = handed_in(session, pair[0])
    with pytest.raises(GuardRefused, match="duyệt"):
        publish(session, pair[1], version.content_hash)
    assert fee(session) == 3000


def test_draft_that_fails_the_check_cannot_be_handed_in(session: Session, pair: Pair) -> None:
    edit(session, pair[0], "competence", by_address="")
    with pytest.raises(approval.CheckFailed) as told:
        approval.hand_in(session, pair[0], MARITAL_STATUS)
    assert any("Không cơ quan nào" in finding.text for finding in told.value.findings)


def test_template_that_reaches_too_far_cannot_be_handed_in(session: Session, pair: Pair) -> None:
    edit(session, pair[0], "result", template="<p>{{ full_name.__class__ }}</p>")
    with pytest.raises(approval.CheckFailed, match="kiểm tra"):
        approval.hand_in(session, pair[0], MARITAL_STATUS)


def test_draft_that_waits_cannot_be_edited_and_one_sent_back_can(session: Session, pair: Pair) -> None:
    version = handed_in(session, pair[0])
    with pytest.raises(GuardRefused, match="chờ"):
        edit(session, pair[0], amount_vnd=1)
    with pytest.raises(GuardRefused, match="chờ duyệt"):
        approval.hand_in(session, pair[0], MARITAL_STATUS)
    approval.send_back(session, pair[1], version.content_hash, "Thiếu căn cứ của mức mới.")
    assert version.decision_note == "Thiếu căn cứ của mức mới."
    with pytest.raises(GuardRefused, match="không khác"):
        approval.hand_in(session, pair[0], MARITAL_STATUS)
    edit(session, pair[0], amount_vnd=5000)
    assert approval.hand_in(session, pair[0], MARITAL_STATUS).state == "waiting"


def test_sending_back_says_what_is_to_be_mended(session: Session, pair: Pair) -> None:
    with pytest.raises(GuardRefused, match="điều cần sửa"):
        approval.send_back(session, pair[1], handed_in(session, pair[0]).content_hash, "  ")


def test_version_is_decided_once(session: Session, pair: Pair) -> None:
    version = approved(session, pair)
    with pytest.raises(GuardRefused):
        approval.send_back(session, pair[1], version.content_hash, "Đổi ý.")


def test_publication_on_a_later_day_waits_for_its_moment(session: Session, pair: Pair) -> None:
    version = approved(session, pair)
    starts = datetime(2027, 1, 1, tzinfo=clock.LOCAL)
    publish(session, pair[0], version.content_hash, starts_at=starts)
    assert fee(session) == 3000
    with time_machine.travel(starts - timedelta(microseconds=1), tick=False):
        assert fee(session) == 3000
    with time_machine.travel(starts, tick=False):
        assert fee(session) == 8000


def test_nothing_is_published_or_retired_in_the_past(session: Session, pair: Pair) -> None:
    yesterday = clock.now() - timedelta(days=1)
    with pytest.raises(GuardRefused, match="lùi ngày"):
        publish(session, pair[0], approved(session, pair).content_hash, starts_at=yesterday)
    with pytest.raises(GuardRefused, match="lùi ngày"):
        retire(session, pair[0], MARITAL_STATUS, ends_at=yesterday, why="Bãi bỏ")


def test_rolling_back_is_publishing_the_earlier_version_again(session: Session, pair: Pair) -> None:
    shipped = current(session, MARITAL_STATUS).content_hash
    publish(session, pair[0], approved(session, pair).content_hash)
    publish(session, pair[1], shipped, why="Mức mới tính sai")
    assert fee(session) == 3000
    assert [one.version_hash for one in publications_of(session, MARITAL_STATUS)][0] == shipped
    with pytest.raises(GuardRefused, match="chính bản này"):
        publish(session, pair[1], shipped)


def test_retired_procedure_is_filed_no_more_not_even_in_what_was_to_come(session: Session, pair: Pair) -> None:
    publish(session, pair[0], approved(session, pair).content_hash, starts_at=clock.now() + timedelta(days=30))
    with pytest.raises(GuardRefused, match="lý do"):
        retire(session, pair[1], MARITAL_STATUS, why="")
    retire(session, pair[1], MARITAL_STATUS, why="Quyết định bãi bỏ")
    with pytest.raises(NotFound):
        current(session, MARITAL_STATUS)
    assert standing_at(session, MARITAL_STATUS, clock.now() + timedelta(days=60)) is None
    with pytest.raises(NotFound):
        retire(session, pair[1], MARITAL_STATUS, why="Lần nữa")


def test_publication_to_come_is_called_off_and_one_that_started_is_not(session: Session, pair: Pair) -> None:
    later = publish(session, pair[0], approved(session, pair).content_hash, starts_at=clock.now() + timedelta(days=30))
    call_off(session, pair[1], later.id)
    with time_machine.travel(clock.now() + timedelta(days=60), tick=False):
        assert fee(session) == 3000
    with pytest.raises(GuardRefused, match="hủy lịch"):
        call_off(session, pair[1], later.id)
    with pytest.raises(GuardRefused, match="hiệu lực"):
        call_off(session, pair[1], publications_of(session, MARITAL_STATUS)[-1].id)
    with pytest.raises(Forbidden):
        call_off(session, clerk(session), later.id)


def test_whoever_brings_a_whole_procedure_in_as_a_file_does_not_approve_it(session: Session, pair: Pair) -> None:
    text = shipped_text().replace("code: '1.004873'", "code: '1.900009'")
    import_file(session, pair[0], text)
    version = approval.hand_in(session, pair[1], "1.900009")
    with pytest.raises(Forbidden):
        approval.approve(session, pair[0], version.content_hash)
    assert approval.approve(session, pair[1], version.content_hash).state == "approved"


def test_file_over_a_draft_that_waits_is_refused(session: Session, pair: Pair) -> None:
    handed_in(session, pair[0])
    with pytest.raises(GuardRefused, match="chờ"):
        import_file(session, pair[0], shipped_text())


def test_looking_into_a_file_changes_nothing(session: Session, pair: Pair) -> None:
    seen_ = look_into(session, shipped_text().replace("amount_vnd: 3000", "amount_vnd: 1"))
    assert (seen_.is_new, seen_.has_draft) == (False, False)
    assert any("3000 → 1" in change.text for change in seen_.changes)
    assert drafts.draft_of(session, MARITAL_STATUS) is None


def test_only_administrators_decide_publish_and_retire(session: Session, pair: Pair) -> None:
    version, somebody = handed_in(session, pair[0]), clerk(session)
    for act in (
        lambda: approval.approve(session, somebody, version.content_hash),
        lambda: approval.send_back(session, somebody, version.content_hash, "x"),
        lambda: approval.hand_in(session, somebody, MARITAL_STATUS),
        lambda: publish(session, somebody, version.content_hash),
        lambda: retire(session, somebody, MARITAL_STATUS, why="x"),
    ):
        with pytest.raises(Forbidden):
            act()


def test_upgrade_does_not_overrule_an_administrator(session: Session, pair: Pair) -> None:
    publish(session, pair[0], approved(session, pair).content_hash)
    publish_shipped(session)
    assert fee(session) == 8000


def test_loading_what_ships_twice_publishes_once(session: Session) -> None:
    before = len(publications_of(session, MARITAL_STATUS))
    publish_shipped(session)
    assert len(publications_of(session, MARITAL_STATUS)) == before == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE procedure_versions SET files = '{}'",
        "UPDATE procedure_versions SET authors = '{}'",
        "DELETE FROM procedure_versions",
        "UPDATE procedure_publications SET version_hash = ''",
        "UPDATE procedure_publications SET starts_at = now()",
        "DELETE FROM procedure_publications",
    ],
)
def test_portal_itself_cannot_rewrite_what_was_published(session: Session, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(statement))
