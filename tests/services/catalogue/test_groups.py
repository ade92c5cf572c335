"""Questions that repeat: what the registry lists is ticked and never typed over, what is added is asked whole."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.services.catalogue.answers import asked_and_shown, first_incomplete_page, read_page, values_of
from portal.services.catalogue.conditions import AtLeast, holds
from portal.services.catalogue.groups import form_with_one_more, form_without, items_so_far, posted_count
from portal.services.catalogue.loader import procedure_of
from portal.services.catalogue.provenance import Answers
from portal.services.catalogue.schema import Procedure
from portal.services.errors import InvalidInput
from portal.web.groups import pressed
from tests.procedures import edited

KEY = "my.members"
WORDS = {"vi": "Nhãn", "en": "Label"}
PROOF = {"source": "population", "record": "r-1", "as_of": "2026-11-20", "fetched_at": "2026-11-25"}
HOUSEHOLD = {
    "head": {"full_name": "Nguyễn Văn Chủ", "personal_id": "001065000009"},
    "members": [
        {"full_name": "Nguyễn Thị Mẫu", "personal_id": "001190000001"},
        {"full_name": "Nguyễn Văn Con", "personal_id": "001215000002"},
        {"full_name": "Nguyễn Thị Út", "personal_id": "001318000003"},
    ],
}
ANSWERS: Answers = {
    "subject.personal_id": {"value": "001190000001", **PROOF},
    "subject.household": {"value": HOUSEHOLD, **PROOF},
}


def with_group(data: dict[str, Any]) -> None:
    data["elements"] = {
        "my.name": {"kind": "name", "label": WORDS},
        "my.personal_id": {"kind": "personal_id", "label": WORDS},
        "my.tie": {
            "kind": "choice",
            "label": WORDS,
            "options": [{"value": "child", "label": WORDS}, {"value": "other", "label": WORDS}],
        },
        "my.tie_detail": {"kind": "text", "label": WORDS},
    }
    data["pages"] = [
        {
            "id": "members", "title": "Hộ tịch",
            "groups": [
                {
                    "key": KEY, "title": "Hộ tịch", "item_title": "Hộ tịch", "minimum": 1, "maximum": 3,
                    "seed": {
                        "element": "subject.household", "path": "members",
                        "fields": {"my.name": "full_name", "my.personal_id": "personal_id"},
                    },
                    "questions": [
                        {"element": "my.name"},
                        {"element": "my.personal_id", "is_required": False},
                        {"element": "my.tie"},
                        {"element": "my.tie_detail", "when": {"element": "my.tie", "equals": "other"}},
                    ],
                }
            ],
        },
        *data["pages"],
    ]  # fmt: skip


@pytest.fixture(scope="module")
def procedure() -> Procedure:
    return procedure_of(edited(with_group))


def form(count: int, **boxes: str) -> dict[str, str]:
    return {f"{KEY}.count": str(count), **{f"{KEY}.{name.replace('__', '.')}": value for name, value in boxes.items()}}


def read(procedure: Procedure, typed: dict[str, str], answers: Answers = ANSWERS) -> Answers:
    return read_page(procedure, procedure.definition.pages[0], typed, answers)


def errors_of(procedure: Procedure, typed: dict[str, str]) -> dict[str, list[str]]:
    with pytest.raises(InvalidInput) as told:
        read(procedure, typed)
    return told.value.errors


CON = {"0__included": "yes", "0__my.tie": "child"}


def test_registry_lists_everybody_but_the_one_who_files_and_nobody_is_included_yet(procedure: Procedure) -> None:
    items = items_so_far(procedure.definition.pages[0].groups[0], ANSWERS)
    assert [item["answers"]["my.name"]["value"] for item in items] == ["Nguyễn Văn Con", "Nguyễn Thị Út"]
    assert not any(item["is_included"] for item in items)
    assert items[0]["answers"]["my.name"]["source"] == "population"


def test_ticked_member_keeps_the_registry_s_proof_and_gets_the_citizen_s_answer(procedure: Procedure) -> None:
    taken = read(procedure, form(2, **CON))
    son = taken[KEY]["value"][0]
    assert son["is_included"]
    assert son["answers"]["my.name"] == {"value": "Nguyễn Văn Con", **PROOF}
    assert son["answers"]["my.tie"] == {"value": "child", "source": "citizen"}


def test_browser_cannot_rename_a_member_whom_the_registry_lists(procedure: Procedure) -> None:
    taken = read(procedure, form(2, **CON, **{"0__my.name": "Kẻ Gian", "0__my.personal_id": "001999999999"}))
    assert taken[KEY]["value"][0]["answers"]["my.name"]["value"] == "Nguyễn Văn Con"
    assert taken[KEY]["value"][0]["answers"]["my.personal_id"]["value"] == "001215000002"


def test_browser_cannot_make_the_registry_list_somebody_more(procedure: Procedure) -> None:
    taken = read(procedure, form(3, **CON, **{"2__included": "yes", "2__my.name": "Người Thêm", "2__my.tie": "child"}))
    assert [item["is_seeded"] for item in taken[KEY]["value"]] == [True, True, False]
    assert taken[KEY]["value"][2]["answers"]["my.name"] == {"value": "Người Thêm", "source": "citizen"}


def test_member_that_is_not_ticked_owes_no_answer_and_is_not_filed(procedure: Procedure) -> None:
    taken = read(procedure, form(2, **CON))
    assert not taken[KEY]["value"][1]["is_included"]
    assert [item["answers"]["my.name"]["value"] for item in asked_and_shown(procedure, taken)[KEY]["value"]] == ["Nguyễn Văn Con"]


@pytest.mark.parametrize(
    ("boxes", "wrong"),
    [
        ({}, {KEY}),
        ({"0__included": "yes"}, {f"{KEY}.0.my.tie"}),
        ({"0__included": "yes", "0__my.tie": "other"}, {f"{KEY}.0.my.tie_detail"}),
        ({"0__included": "yes", "0__my.tie": "king"}, {f"{KEY}.0.my.tie"}),
        ({**CON, "2__my.personal_id": "12"}, {f"{KEY}.2.my.name", f"{KEY}.2.my.personal_id", f"{KEY}.2.my.tie"}),
    ],
)
def test_what_is_missing_or_wrong_is_told_at_its_box(procedure: Procedure, boxes: dict[str, str], wrong: set[str]) -> None:
    assert set(errors_of(procedure, form(3 if "2__my.personal_id" in boxes else 2, **boxes))) == wrong


def test_group_holds_no_more_than_it_may(procedure: Procedure) -> None:
    boxes = {
        f"{n}__{box}": value for n in range(4) for box, value in (("included", "yes"), ("my.name", "An"), ("my.tie", "child"))
    }
    taken = read(procedure, form(99, **boxes))
    assert sum(item["is_included"] for item in taken[KEY]["value"]) == 3


def test_page_is_complete_only_with_enough_items(procedure: Procedure) -> None:
    page = first_incomplete_page(procedure, ANSWERS)
    assert page is not None
    assert page.id == "members"
    after = first_incomplete_page(procedure, read(procedure, form(2, **CON)))
    assert after is not None
    assert after.id == "purpose"


def test_condition_may_count_the_included_items(procedure: Procedure) -> None:
    taken = read(procedure, form(2, **CON))
    assert holds(AtLeast(element=KEY, at_least=1), values_of(taken))
    assert not holds(AtLeast(element=KEY, at_least=2), values_of(taken))


def test_member_keeps_its_tick_when_the_registry_answers_again_in_another_order(procedure: Procedure) -> None:
    taken = read(procedure, form(2, **CON))
    again = {**HOUSEHOLD, "members": list(reversed(HOUSEHOLD["members"]))}
    taken["subject.household"] = {"value": again, **PROOF}
    items = items_so_far(procedure.definition.pages[0].groups[0], taken)
    assert [(item["answers"]["my.name"]["value"], item["is_included"]) for item in items] == [
        ("Nguyễn Thị Út", False),
        ("Nguyễn Văn Con", True),
    ]


def test_household_typed_by_hand_lists_nobody(procedure: Procedure) -> None:
    typed = {**ANSWERS, "subject.household": {"value": "vợ và hai con", "source": "citizen"}}
    assert items_so_far(procedure.definition.pages[0].groups[0], typed) == []


@pytest.mark.parametrize("count", ["", "-1", "abc", "9" * 30, "٣"])
def test_count_that_is_none_counts_as_what_is_known(procedure: Procedure, count: str) -> None:
    assert posted_count(procedure.definition.pages[0].groups[0], {f"{KEY}.count": count}, 2) == 2


ITEMS = st.lists(st.dictionaries(st.sampled_from(["my.name", "my.tie"]), st.text(min_size=1, max_size=5), max_size=2), max_size=3)


@given(ITEMS, st.integers(0, 3))
def test_taking_one_item_out_keeps_every_other_word(items: list[dict[str, str]], index: int) -> None:
    group = procedure_of(edited(with_group)).definition.pages[0].groups[0]
    typed = {f"{KEY}.{n}.{name}": value for n, item in enumerate(items) for name, value in item.items()}
    left = form_without(group, {**typed, "other": "stays"}, len(items), index)
    expected = [item for n, item in enumerate(items) if n != index]
    kept = {f"{KEY}.{n}.{name}": value for n, item in enumerate(expected) for name, value in item.items()}
    assert left == {**kept, "other": "stays", f"{KEY}.count": str(max(len(items) - 1, 0))}


def test_one_more_item_keeps_what_was_typed(procedure: Procedure) -> None:
    group = procedure.definition.pages[0].groups[0]
    assert form_with_one_more(group, {"a": "b"}, 1) == {"a": "b", f"{KEY}.count": "2"}
    assert form_with_one_more(group, {}, 3) == {f"{KEY}.count": "3"}


@pytest.mark.parametrize("number", ["9" * 5000, "²", "-1", ""])
def test_box_of_an_item_whose_number_is_none_is_left_as_it_is(procedure: Procedure, number: str) -> None:
    group = procedure.definition.pages[0].groups[0]
    strange = {f"{KEY}.{number}.my.name": "x"}
    assert form_without(group, strange, 1, 0) == {**strange, f"{KEY}.count": "0"}
    assert pressed(procedure.definition.pages[0], {}, {"remove": f"{KEY}/{number}", f"{KEY}.count": "1"}) is None
