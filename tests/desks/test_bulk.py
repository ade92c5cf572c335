"""One act on many dossiers of a list, as a browser without scripts meets it, and the worker that carries it out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from portal import clock, db, worker
from portal.auth.permissions import Actor
from portal.blind_index import personal_id_hash
from portal.models import Account, BulkItem, Dossier, Event, IssuedDocument, OutboxItem, StaffDuty, StaffMember
from portal.services.dossiers.bulk import BULK, MOST
from portal.services.dossiers.bulk_runs import CARRY_RUN
from portal.services.dossiers.receive import receive
from portal.services.dossiers.send_back import send_back
from portal.services.dossiers.vocabulary import Act
from portal.services.oversight.audit import verify
from tests.desks.cast import PEOPLE, Cast, actor_of
from tests.filings import proposed, submitted
from tests.people import citizen
from tests.visitors import Visitor, path_of

UNKNOWN = "H26.31-20261125-9999999"
STALE = "Hồ sơ vừa được người khác xử lý."


@pytest.fixture
def cast(cast: Cast) -> Iterator[Cast]:
    """Everybody, and afterwards nothing left to carry out."""
    yield cast
    with db.transaction() as session:
        session.execute(update(OutboxItem).where(OutboxItem.done_at.is_(None)).values(done_at=clock.now()))


def filed(cast: Cast, place: str, number: int) -> list[str]:
    """The codes of dossiers of so many different citizens at one place."""
    with db.transaction() as session:
        clerk, officer = (actor_of(session, PEOPLE[name][0]) for name in ("clerk", "officer"))
        made = [
            submitted(session, citizen(session)) if place == "submitted" else proposed(session, citizen(session), clerk, officer)
            for _ in range(number)
        ]
        return [str(dossier.code) for dossier in made]


def choose(browser: Visitor, act: str, codes: list[str], **more: Any) -> str:
    """From the list to the preview; gives its address."""
    answer = browser.post(f"/counter/bulk/{act}", {"code": codes, **more})
    assert answer.status_code == 302, answer.text
    return path_of(answer.headers["Location"])


def confirm(browser: Visitor, run: str) -> None:
    answer = browser.post(run)
    assert (answer.status_code, path_of(answer.headers["Location"])) == (302, run)


def carry_out() -> None:
    """What the worker does when it comes to the confirmed runs."""
    with db.transaction() as session:
        items = list(session.scalars(select(OutboxItem.id).where(OutboxItem.kind == CARRY_RUN, OutboxItem.done_at.is_(None))))
    for item in items:
        worker.carry_out(str(item))


def table(page: TestResponse, caption: str) -> list[list[str]]:
    """The rows of the table of this caption, cell by cell."""
    for found in re.findall(r"<table.*?</table>", page.text, re.DOTALL):
        if re.search(rf"<caption>{caption}<", found):
            rows = re.findall(r"<tr.*?</tr>", found.split("<tbody>")[1], re.DOTALL)
            cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
            return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in cells]
    return []


def first_column(page: TestResponse, caption: str) -> list[str]:
    return [row[0] for row in table(page, caption)]


def places(codes: list[str]) -> Counter[str]:
    with db.transaction() as session:
        return Counter(session.scalars(select(Dossier.state).where(Dossier.code.in_(codes))))


def test_rows_can_be_ticked_where_and_by_whom_the_act_may_be_done(cast: Cast) -> None:
    (waiting,), (signed,) = filed(cast, "submitted", 1), filed(cast, "proposed", 1)
    page = cast["clerk"].get("/counter/queue?tab=submitted")
    assert f'name="code" value="{waiting}"' in page.text
    assert f"Chọn {waiting}</span></label>" in page.text
    assert '<form method="post" action="/counter/bulk/receive"' in page.text
    assert f'name="code" value="{signed}"' in cast["leader"].get("/counter/queue?tab=signature").text
    for name, tab in (("officer", "signature"), ("leader", "issuing"), ("clerk", "processing"), ("leader", "submitted")):
        page = cast[name].get(f"/counter/queue?tab={tab}")
        assert "data-tick" not in page.text, (name, tab)
        assert "/counter/bulk/" not in page.text, (name, tab)
    assert "data-tick" not in cast["clerk"].get(f"/counter/queue?q={waiting}").text, "a search is no list of one act"


def test_clerk_without_scripts_looks_first_confirms_and_reads_what_came_of_each(cast: Cast) -> None:
    codes = filed(cast, "submitted", 3)
    run = choose(cast["clerk"], "receive", [codes[0], UNKNOWN, codes[1], codes[2]])
    page = cast["clerk"].get(run)
    assert first_column(page, "Sẽ làm, theo thứ tự này") == codes
    assert all(row[-1] != "–" for row in table(page, "Sẽ làm, theo thứ tự này")), "the day that would be promised"
    assert table(page, "Không làm được") == [[UNKNOWN, "–", "Không tìm thấy nội dung này."]]
    assert "Tiếp nhận: 3 hồ sơ</button>" in page.text
    assert places(codes) == {"submitted": 3}
    confirm(cast["clerk"], run)
    assert "Đang làm: đã xong 0, còn 3" in cast["clerk"].get(run).text
    carry_out()
    page = cast["clerk"].get(run)
    assert "Đã làm 3 hồ sơ" in page.text
    assert first_column(page, "Đã làm") == codes
    assert first_column(page, "Không làm được") == [UNKNOWN]
    assert first_column(cast["clerk"].get(run), "Đã làm") == codes, "it survives a reload"
    assert places(codes) == {"received": 3}
    assert run in cast["clerk"].get("/counter/bulk").text
    assert run not in cast["other clerk"].get("/counter/bulk").text


def test_promise_that_is_shown_is_the_one_that_is_made(cast: Cast) -> None:
    codes = filed(cast, "submitted", 1)
    run = choose(cast["clerk"], "receive", codes)
    ((*_cells, shown),) = table(cast["clerk"].get(run), "Sẽ làm, theo thứ tự này")
    confirm(cast["clerk"], run)
    carry_out()
    (row,) = (row for row in table(cast["clerk"].get("/counter/queue?tab=received"), "Chờ chuyển xử lý") if codes[0] in row[1])
    assert shown in row


def test_leader_can_read_each_decision_before_signing_it(cast: Cast) -> None:
    codes = filed(cast, "proposed", 2)
    page = cast["leader"].get(choose(cast["leader"], "approve", codes))
    for code in codes:
        single = cast["leader"].get(f"/counter/dossiers/{code}/approve").text
        words = re.search(r'<article class="mc-draft-result"[^>]*>(.*?)</article>', single, re.DOTALL)
        assert words
        assert words[1] in page.text, "the very words of the single act's page"
    assert page.text.count("<details") == 2
    assert "Phê duyệt và ký số: 2 hồ sơ</button>" in page.text


def test_five_hundred_with_three_bad_ones(cast: Cast) -> None:
    """Most of the five hundred do not exist, so that the test is quick; each is told of by itself all the same."""
    codes = filed(cast, "submitted", 6)
    foreign, gone = codes[4:]
    run = choose(cast["clerk"], "receive", [*codes, *(f"H26.31-20261125-9{number:06d}" for number in range(MOST - 6))])
    with db.transaction() as session:
        session.execute(update(Dossier).where(Dossier.code == foreign).values(office_code="H26.32"))
        receive(session, actor_of(session, PEOPLE["other clerk"][0]), gone, expected_version=1)
    confirm(cast["clerk"], run)
    carry_out()
    page = cast["clerk"].get(run)
    assert first_column(page, "Đã làm") == codes[:4]
    assert [row[0] for row in table(page, "Không làm được")][0] == foreign
    assert len(table(page, "Không làm được")) == MOST - 5
    assert first_column(page, "Đã làm từ trước") == [gone]


def test_more_than_five_hundred_are_told_so_and_nothing_chosen_is_lost(cast: Cast) -> None:
    codes = [f"H26.31-20261125-9{number:06d}" for number in range(MOST + 1)]
    answer = cast["clerk"].post("/counter/bulk/receive", {"code": codes})
    assert answer.status_code == 422
    assert "Mỗi lần làm nhiều nhất 500 hồ sơ; đang chọn 501." in answer.text
    assert answer.text.count(" checked>") == MOST + 1
    assert 'href="#field-code"' in answer.text
    choose(cast["clerk"], "receive", codes[1:])


def test_nothing_chosen_is_told_on_the_list_itself(cast: Cast) -> None:
    filed(cast, "submitted", 1)
    answer = cast["clerk"].post("/counter/bulk/receive", {"tab": "submitted", "due": "overdue"})
    assert answer.status_code == 422
    assert "Hãy chọn ít nhất một hồ sơ." in answer.text
    assert '<option value="overdue" selected>' in answer.text, "the filter is still there"


def test_whole_list_is_taken_as_the_filter_has_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    filed(cast, "submitted", 3)
    for module in ("portal.services.dossiers.queues", "portal.counter.queue"):
        monkeypatch.setattr(f"{module}.PAGE_SIZE", 2)
    page = cast["clerk"].get("/counter/queue?tab=submitted")
    assert 'name="all" value="1"' in page.text
    with db.transaction() as session:
        waiting = select(func.count()).where(Dossier.state == "submitted", Dossier.office_code == "H26.31")
        number = session.scalar(waiting)
    answer = cast["clerk"].get(choose(cast["clerk"], "receive", [], all="1"))
    assert f"Đã chọn {number} hồ sơ" in answer.text
    for narrowed in ({"procedure": "1.001193"}, {"mine": "1"}):
        narrow = {"tab": "submitted", "all": "1", **narrowed}
        assert cast["clerk"].post("/counter/bulk/receive", narrow).status_code == 422
        again = cast["clerk"].post("/counter/bulk/receive", narrow, token="too old").text
        assert all(f'name="{name}" value="{value}"' in again for name, value in narrow.items()), "sent again, it is the same list"


def test_confirming_twice_and_carrying_out_twice_does_each_once(cast: Cast) -> None:
    codes = filed(cast, "proposed", 2)
    run = choose(cast["leader"], "approve", codes)
    for _ in range(2):
        confirm(cast["leader"], run)
    with db.transaction() as session:
        (item,) = session.scalars(select(OutboxItem.id).where(OutboxItem.kind == CARRY_RUN, OutboxItem.done_at.is_(None)))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(worker.carry_out, [str(item)] * 2))
    carry_out()
    assert first_column(cast["leader"].get(run), "Đã làm") == codes
    assert results_of(codes) == dict.fromkeys(codes, 1)


def results_of(codes: list[str]) -> dict[str, int]:
    """How many results each dossier was given."""
    with db.transaction() as session:
        query = select(Dossier.code, func.count()).join(IssuedDocument, IssuedDocument.dossier_id == Dossier.id)
        query = query.where(Dossier.code.in_(codes), IssuedDocument.kind == "result").group_by(Dossier.code)
        return {str(row[0]): int(row[1]) for row in session.execute(query)}


class Killed(BaseException):
    """What takes the worker away in the middle."""


def test_run_that_was_killed_half_way_goes_on_with_what_is_left(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = filed(cast, "submitted", 4)
    run = choose(cast["clerk"], "receive", codes)
    confirm(cast["clerk"], run)

    def dies(session: Any, actor: Actor, code: str, *, expected_version: int) -> Dossier:
        dossier = receive(session, actor, code, expected_version=expected_version)
        if code == codes[2]:
            raise Killed
        return dossier

    with monkeypatch.context() as patch:
        patch.setitem(BULK, Act.RECEIVE, type(BULK[Act.RECEIVE])(dies))
        with pytest.raises(Killed):
            carry_out()
    assert places(codes) == {"received": 2, "submitted": 2}
    assert "Đang làm: đã xong 2, còn 2" in cast["clerk"].get(run).text
    confirm(cast["clerk"], run)
    carry_out()
    assert first_column(cast["clerk"].get(run), "Đã làm") == codes
    with db.transaction() as session:
        counted = select(func.count()).where(Event.dossier_code.in_(codes), Event.name == "received")
        assert session.scalar(counted) == len(codes)
        assert verify(session).findings == ()


def test_database_that_goes_away_is_waited_for_and_another_fault_is_named(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = filed(cast, "submitted", 2)
    run = choose(cast["clerk"], "receive", codes)
    confirm(cast["clerk"], run)

    def fails(fault: Exception) -> Any:
        def do(session: Any, actor: Actor, code: str, *, expected_version: int) -> Dossier:
            if code == codes[0]:
                raise fault
            return receive(session, actor, code, expected_version=expected_version)

        return type(BULK[Act.RECEIVE])(do)

    with monkeypatch.context() as patch:
        patch.setitem(BULK, Act.RECEIVE, fails(OperationalError("", {}, Exception())))
        with pytest.raises(OperationalError):
            carry_out()
        assert places(codes) == {"submitted": 2}
        patch.setitem(BULK, Act.RECEIVE, fails(KeyError("a defect")))
        carry_out()
    page = cast["clerk"].get(run)
    assert first_column(page, "Đã làm") == codes[1:]
    assert table(page, "Không làm được")[0][-1].startswith("Cổng chưa làm được việc này.")
    assert "a defect" not in page.text


def test_two_who_confirm_the_same_dossiers_at_once_decide_each_once(cast: Cast) -> None:
    codes = filed(cast, "submitted", 6)
    runs = {name: choose(cast[name], "receive", codes[start:]) for name, start in (("clerk", 0), ("other clerk", 2))}
    for name, run in runs.items():
        confirm(cast[name], run)
    with db.transaction() as session:
        items = list(session.scalars(select(OutboxItem.id).where(OutboxItem.kind == CARRY_RUN, OutboxItem.done_at.is_(None))))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda item: worker.carry_out(str(item)), items))
    pages = {name: cast[name].get(run) for name, run in runs.items()}
    done = [code for page in pages.values() for code in first_column(page, "Đã làm")]
    assert sorted(done) == sorted(codes)
    already = [code for page in pages.values() for code in first_column(page, "Đã làm từ trước")]
    assert sorted(already) == sorted(codes[2:])
    with db.transaction() as session:
        counted = select(func.count()).where(Event.dossier_code.in_(codes), Event.name == "received")
        assert session.scalar(counted) == len(codes)


def test_papers_of_many_let_everybody_elses_go_first_and_the_run_itself_waits_for_none(cast: Cast) -> None:
    single, *codes = filed(cast, "submitted", 3)
    confirm(cast["clerk"], choose(cast["clerk"], "receive", codes))
    with db.transaction() as session:
        receive(session, actor_of(session, PEOPLE["clerk"][0]), single, expected_version=1)
    carry_out()
    query = (
        "SELECT j.priority, o.kind, d.code FROM procrastinate_jobs j JOIN outbox o ON o.id::text = j.args ->> 'item_id'"
        " LEFT JOIN dossiers d ON d.id = o.dossier_id WHERE o.kind = 'carry_run' OR d.code = ANY(:codes)"
        " AND o.payload ->> 'document_id' IN (SELECT id::text FROM documents WHERE kind = 'form_01')"
    )
    with db.transaction() as session:
        jobs = session.execute(text(query), {"codes": [single, *codes]}).all()
    priorities = {job.code or job.kind: job.priority for job in jobs}
    assert priorities["carry_run"] > priorities[single] > max(priorities[code] for code in codes)


def test_dossier_that_changed_after_the_preview_is_named_there_and_in_the_report(cast: Cast) -> None:
    codes = filed(cast, "proposed", 2)
    run = choose(cast["leader"], "approve", codes)
    with db.transaction() as session:
        leader = actor_of(session, PEOPLE["leader"][0])
        version = session.scalars(select(Dossier.version).where(Dossier.code == codes[0])).one()
        send_back(session, leader, codes[0], expected_version=version, reason="Xin xem lại hồ sơ này giúp.")
    page = cast["leader"].get(run)
    assert first_column(page, "Không làm được") == codes[:1]
    assert "Phê duyệt và ký số: 1 hồ sơ</button>" in page.text
    confirm(cast["leader"], run)
    carry_out()
    ((code, _subject, reason),) = table(cast["leader"].get(run), "Không làm được")
    assert (code, reason.startswith(STALE)) == (codes[0], True)
    assert results_of(codes) == {codes[1]: 1}


def test_clerk_whose_duty_ended_or_whose_account_was_locked_has_nothing_done_in_their_name(cast: Cast) -> None:
    codes = filed(cast, "submitted", 2)
    subject_hash = personal_id_hash(PEOPLE["other clerk"][0])
    member = select(StaffMember.id).where(StaffMember.subject_hash == subject_hash).scalar_subquery()
    changes = (
        (update(StaffDuty).where(StaffDuty.member_id == member), "ended_at"),
        (update(Account).where(Account.subject_hash == subject_hash), "locked_at"),
    )
    for code, (change, column) in zip(codes, changes, strict=True):
        confirm(cast["other clerk"], choose(cast["other clerk"], "receive", [code]))
        with db.transaction() as session:
            session.execute(change.values({column: clock.now()}))
        carry_out()
        with db.transaction() as session:
            session.execute(change.values({column: None}))
    assert places(codes) == {"submitted": 2}
    with db.transaction() as session:
        assert set(session.scalars(select(BulkItem.outcome).where(BulkItem.code.in_(codes)))) == {"refused"}


def test_run_of_somebody_else_is_not_found_and_not_confirmed(cast: Cast) -> None:
    codes = filed(cast, "submitted", 1)
    run = choose(cast["clerk"], "receive", codes)
    for name in ("other clerk", "leader", "clerk elsewhere"):
        assert cast[name].get(run).status_code == 404
        assert cast[name].post(run).status_code == 404
    carry_out()
    assert places(codes) == {"submitted": 1}


def test_code_of_another_office_says_nothing_of_its_dossier(cast: Cast) -> None:
    codes = filed(cast, "submitted", 1)
    pages = [cast["clerk elsewhere"].get(choose(cast["clerk elsewhere"], "receive", [code])).text for code in (codes[0], UNKNOWN)]
    assert "Nguyễn Thị Mẫu" not in pages[0]
    assert f"/counter/dossiers/{codes[0]}" not in pages[0]
    assert "Không có hồ sơ nào làm được ở đây" in pages[0]


@pytest.mark.parametrize(
    ("name", "act", "status"), [("clerk", "refuse", 404), ("clerk", "approve", 403), ("leader", "receive", 403)]
)
def test_other_act_and_anothers_act_are_not_done_on_many(cast: Cast, name: str, act: str, status: int) -> None:
    assert cast[name].post(f"/counter/bulk/{act}", {"code": UNKNOWN}).status_code == status


def test_preview_of_many_is_read_page_by_page(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = filed(cast, "submitted", 3)
    monkeypatch.setattr("portal.counter.bulk_pages.PAGE_SIZE", 2)
    run = choose(cast["clerk"], "receive", codes)
    shown = {
        page: first_column(cast["clerk"].get(f"{run}?page={page}"), "Sẽ làm, theo thứ tự này")
        for page in ("", "2", "9", "-1", "x")
    }
    assert shown == {"": codes[:2], "2": codes[2:], "9": codes[2:], "-1": codes[:2], "x": codes[:2]}
    assert "Tiếp nhận: 3 hồ sơ</button>" in cast["clerk"].get(run).text


def test_leader_says_to_whom_many_are_given_and_reads_who_got_each(cast: Cast) -> None:
    codes = filed(cast, "submitted", 2)
    for name, act in (("clerk", "receive"), ("clerk", "forward")):
        confirm(cast[name], choose(cast[name], act, codes))
        carry_out()
    assert "data-tick" in cast["leader"].get("/counter/queue?tab=unassigned").text
    run = choose(cast["leader"], "assign", codes)
    page = cast["leader"].get(run)
    officer = re.search(r'name="to" type="radio" value="([0-9a-f-]{36})"[^>]*>\s*<label[^>]*>([^<]+)<', page.text)
    assert officer, page.text
    assert 'name="to" type="radio" value="suggested" checked' in page.text
    assert 'name="to"' not in cast["officer"].get(choose(cast["officer"], "assign", codes)).text, "an officer takes them"
    assert cast["leader"].post(run, {"to": officer[1]}).status_code == 302
    carry_out()
    rows = table(cast["leader"].get(run), "Đã làm")
    assert [(row[0], row[2]) for row in rows] == [(code, " ".join(officer[2].split())) for code in codes]


def test_leader_of_an_office_where_nobody_fits_is_told_so_before_confirming(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = filed(cast, "submitted", 1)
    for act in ("receive", "forward"):
        confirm(cast["clerk"], choose(cast["clerk"], act, codes))
        carry_out()
    monkeypatch.setattr("portal.counter.bulk_pages.officers_to_choose", lambda *_: [])
    page = cast["leader"].get(choose(cast["leader"], "assign", codes))
    assert "Cơ quan chưa có chuyên viên nào được giao thủ tục này" in page.text
    assert 'name="continue"' not in page.text
