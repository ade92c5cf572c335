from __future__ import annotations

import time
import unicodedata
from datetime import datetime
from functools import lru_cache

import pytest
import time_machine
from sqlalchemy.orm import Session

from portal import clock
from portal.models import ProcedurePublication, ProcedureVersion
from portal.services.catalogue.loader import made, texts_for
from portal.services.catalogue.schema import Definition
from portal.services.catalogue.search import Closeness, find, index_of, search, suggestions
from portal.services.catalogue.search_index import Index
from portal.services.catalogue.versions import Entry, entries, entry_of, store
from portal.services.publishing.describe import descriptions
from tests.procedures import MARITAL_STATUS, edited, the_procedure

A_COUNTRY = 1733
PATIENCE_SECONDS = 0.1


def entry(code: str, name: str, **more: object) -> Entry:
    definition = Definition.model_validate({"code": code, "name": name, "level": "offline", **more})
    return entry_of(made(definition)[1])


SHELF = (
    entry("1.900001", "Đăng ký khai sinh", keywords=["giấy khai sinh", "sinh con"], life_events=["Có con nhỏ"], field="Hộ tịch"),
    entry("1.900002", "Đăng ký lại khai sinh", field="Hộ tịch"),
    entry("1.900003", "Đăng ký kết hôn", aliases=["2.900777"], english={"Đăng ký kết hôn": "Marriage registration"}),
    entry("1.900004", "Cải tạo đường giao thông"),
    entry("1.900005", "Khai thác cây dương"),
    entry("1.900006", "Xây nhà ở xã Hòa Bình"),
    entry("1.900007", "Trồng hoa ven đường"),
    entry("1.900008", "Cấp thẻ bảo hiểm y tế", outcome="Thẻ bảo hiểm y tế điện tử trên ứng dụng"),
)


def found(wanted: str, shelf: tuple[Entry, ...] = SHELF) -> list[str]:
    return [hit.entry.code[-1] for hit in find(index_of(shelf), wanted)]


@pytest.mark.parametrize(
    ("wanted", "first"),
    [
        ("khai sinh", "1"), ("khaisinh", "1"), ("giay khai sanh", "1"), ("Giấy  KHAI sinh", "1"), ("dang ky khai sih", "1"),
        ("sinh con", "1"), ("tôi muốn làm giấy khai sinh", "1"), ("có con nhỏ", "1"), ("having a child", "1"),
        ("lai khai sinh", "2"), ("marriage", "3"), ("ket hom", "3"), ("dangkykethon", "3"), ("dang ky ket ho", "3"),
        ("the bao hiem y te", "8"), ("ứng dụng", "8"), ("tre bao hiem", "8"), ("dang ki ket hon", "3"),
    ],
)  # fmt: skip
def test_search_forgives_what_people_type(wanted: str, first: str) -> None:
    assert found(wanted)[0] == first


def test_words_with_their_signs_stand_before_those_without_and_slips_last() -> None:
    assert found("đường") == ["7", "4", "5"]
    assert found("dương") == ["5", "7", "4"]
    assert set(found("duong")) == {"4", "5", "7"}
    closeness = [hit.closeness for hit in find(index_of(SHELF), "đường")]
    assert closeness == sorted(closeness)
    assert closeness[-1] is Closeness.FOLDED


def test_place_of_the_tone_and_form_of_the_letters_are_even() -> None:
    for wanted in ("xã Hòa Bình", "xã Hoà Bình", unicodedata.normalize("NFD", "xã Hòa Bình"), "xã\u200b Hòa\u00a0Bình"):
        hits = find(index_of(SHELF), wanted)
        assert [(hit.entry.code[-1], hit.closeness) for hit in hits] == [("6", Closeness.EXACT)], wanted


def test_other_tone_is_found_after_the_right_one() -> None:
    assert found("hoa")[0] == "7"
    assert found("hòa")[0] == "6"


@pytest.mark.parametrize(
    ("wanted", "code"), [("1.900003", "3"), ("1900003", "3"), ("2.900777", "3"), ("1.900003.000.00.00.H29", "3")]
)
def test_code_and_its_older_names_find_the_procedure_alone(wanted: str, code: str) -> None:
    assert found(wanted) == [code]


def test_every_hit_says_by_which_text_it_was_found() -> None:
    (hit, *_rest) = find(index_of(SHELF), "sinh con")
    assert (hit.source, hit.text) == ("keyword", "sinh con")
    (hit,) = find(index_of(SHELF), "2.900777")
    assert (hit.source, hit.text) == ("alias", "2.900777")


@pytest.mark.parametrize("wanted", ["hộ chiếu", "xyzzy", "'; DROP TABLE", "%", "*", "()", "\x00", "9.999999", "a" * 200])
def test_search_does_not_pretend(wanted: str) -> None:
    assert found(wanted) == []


def test_what_is_nearly_so_is_not_mixed_in_where_the_very_words_are_found() -> None:
    assert found("kết hôn") == ["3"]


def test_suggestions_share_the_rarest_word() -> None:
    assert [one.code[-1] for one in suggestions(index_of(SHELF), "hộ chiếu kết hôn xyz")][0] == "3"
    assert suggestions(index_of(SHELF), "xyzzy") == []


def test_search_for_nothing_shows_all() -> None:
    assert search(SHELF, "  ") == list(SHELF)


def test_index_is_made_once_for_a_set_and_anew_for_another() -> None:
    assert index_of(SHELF) is index_of(tuple(SHELF))
    assert index_of(SHELF[:3]) is not index_of(SHELF)


@lru_cache(maxsize=1)
def a_country() -> tuple[Entry, ...]:
    return tuple(entry_of(made(definition)[1]) for definition in descriptions(A_COUNTRY))


def test_whole_catalogue_is_searched_within_a_tenth_of_a_second() -> None:
    index = Index((*a_country(), *SHELF))
    for wanted in ("giay phep", "khaisinh", "giay khai sanh", "xyzzy qwerty", "xin cap lai the bao hiem y te hoc sihn", "1.9000"):
        begun = time.perf_counter()
        find(index, wanted)
        suggestions(index, wanted)
        assert time.perf_counter() - begun < PATIENCE_SECONDS, wanted
    assert [hit.entry.code for hit in find(index, "giay khai sanh")][0] == "1.900001"


def put_in_force(session: Session, version: ProcedureVersion, starts_at: datetime) -> None:
    session.add(
        ProcedurePublication(
            code=version.code, version_hash=version.content_hash, starts_at=starts_at, published_at=clock.now()
        )
    )  # fmt: skip
    session.flush()


def test_list_follows_publications_and_the_clock_and_is_not_read_again(session: Session) -> None:
    before = entries(session)
    newer = edited(lambda data: data.update(name="Giấy độc thân"))
    version = store(session, texts_for(newer), state="shipped")
    session.add(
        ProcedurePublication(
            code=version.code,
            version_hash=version.content_hash,
            starts_at=clock.now().replace(year=2031),
            published_at=clock.now(),
        )
    )
    session.flush()
    assert entries(session) == before
    with time_machine.travel("2032-01-01T00:00:00+07:00", tick=False):
        assert "Giấy độc thân" in {one.name[0] for one in entries(session) if one.code == MARITAL_STATUS}
    assert entries(session) == before


def test_procedure_outside_its_own_dates_is_not_listed(session: Session) -> None:
    ending = texts_for(edited(lambda data: data.update(valid_to="2026-12-31")))
    put_in_force(session, store(session, ending, state="shipped"), clock.now())
    with time_machine.travel("2026-12-31T12:00:00+07:00", tick=False):
        assert MARITAL_STATUS in {one.code for one in entries(session)}
    with time_machine.travel("2027-01-01T00:00:00+07:00", tick=False):
        assert MARITAL_STATUS not in {one.code for one in entries(session)}


def test_rows_of_an_earlier_release_are_brought_up_to_date(session: Session) -> None:
    files = texts_for(the_procedure().definition)
    row = store(session, files, state="shipped")
    row.summary = {name: value for name, value in row.summary.items() if name != "typed_sometimes"}
    session.flush()
    assert "typed_sometimes" in store(session, files, state="shipped").summary
