from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.services.catalogue.places import (
    TOGETHER,
    NoSuchPlace,
    name_of,
    part_at,
    seen,
    whole,
    with_item,
    with_moved,
    with_part,
    without_part,
)
from portal.services.catalogue.schema import Definition
from tests.procedures import the_procedure

DATA = whole(the_procedure().definition)
PLACES = [
    *TOGETHER, "competence", "pages/purpose", "pages/purpose/questions/certificate.copies", "lookups/1", "lookups/2/elements/1",
    "components/declaration", "fees/1", "terms/1", "process/3", "result", "result/fields/full_name", "rehearsals/5", "english",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_putting_a_part_back_where_it_was_changes_nothing(place: str) -> None:
    assert with_part(DATA, place, part_at(DATA, place)) == DATA


@pytest.mark.parametrize(
    "place", ["x", "pages/x", "pages/9", "pages/purpose/x", "fees/0", "fees/2", "fees/-1", "name/x", "@x", "pages//x"]
)
def test_place_that_is_not_there_is_told(place: str) -> None:
    with pytest.raises(NoSuchPlace):
        part_at(DATA, place)


def test_original_is_never_touched() -> None:
    before = seen(DATA)
    with_part(DATA, "fees/1", {})
    without_part(DATA, "pages/purpose")
    with_item(DATA, "pages", {"id": "x"})
    with_moved(DATA, "pages/purpose", 1)
    assert seen(DATA) == before


def test_item_is_named_by_what_it_is_known_by_or_by_its_number() -> None:
    assert name_of({"id": "a", "element": "b"}, 3) == "a"
    assert name_of({"element": "b"}, 3) == "b"
    assert name_of({"label": "x"}, 3) == "3"
    assert name_of("text", 2) == "2"


def test_item_of_what_is_no_list_cannot_be_added() -> None:
    with pytest.raises(NoSuchPlace):
        with_item(DATA, "result", {})


def test_places_that_are_edited_together_are_fields_of_the_definition() -> None:
    for names in TOGETHER.values():
        assert set(names) <= set(Definition.model_fields)


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([-1, 1])), max_size=12))
def test_moving_pages_about_loses_none_and_moving_back_undoes_it(moves: list[tuple[int, int]]) -> None:
    data = DATA
    for index, by in moves:
        page = data["pages"][index]["id"]
        moved = with_moved(data, f"pages/{page}", by)
        assert sorted(one["id"] for one in moved["pages"]) == sorted(one["id"] for one in DATA["pages"])
        if moved != data:
            assert with_moved(moved, f"pages/{page}", -by) == data
        data = moved


@given(st.sampled_from([place for place in PLACES if place not in TOGETHER]))
def test_mark_of_a_part_changes_with_the_part_and_with_nothing_else(place: str) -> None:
    mark = seen(part_at(DATA, place))
    elsewhere = with_part(DATA, "orderings/1", {"earlier": "a.b", "later": "c.d", "message": "x"})
    assert seen(part_at(elsewhere, place)) == mark
    assert seen([part_at(DATA, place), 1]) != mark
