"""The rule by which an officer is suggested: whoever is tried, in whatever order they are named."""

from __future__ import annotations

import uuid
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from portal.services.dossiers.suggested_officer import Candidate, Territory, grounds_of, suggested

NAMES = ["Phạm Văn An", "Đỗ Thị Bình", "Nguyễn Văn Ân", "Lê Thị Ánh"]
IDS = [uuid.UUID(int=number) for number in range(1, 7)]


@st.composite
def offices(draw: st.DrawFn) -> list[Candidate]:
    """The officers of an office: some away, some with a stand-in who is there, away, or no officer of it at all."""
    ids = draw(st.lists(st.sampled_from(IDS), unique=True, max_size=6))
    return [
        Candidate(
            one,
            draw(st.sampled_from(NAMES)),
            draw(st.booleans()),
            draw(st.sampled_from(list(Territory))),
            draw(st.integers(0, 3)),
            is_absent := draw(st.booleans()),
            draw(st.sampled_from([None, *IDS])) if is_absent else None,
        )
        for one in ids
    ]


def named(candidates: list[Candidate]) -> uuid.UUID | None:
    found = suggested(candidates)
    return found.officer.account_id if found else None


def officer(number: int, name: str = "Phạm Văn An", **more: object) -> Candidate:
    return replace(Candidate(IDS[number], name, False, Territory.ANY, 0), **more)


@given(offices().flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_order_in_which_they_are_named_does_not_matter(both: tuple[list[Candidate], list[Candidate]]) -> None:
    assert suggested(both[0]) == suggested(both[1])


@given(offices())
def test_somebody_is_named_whenever_somebody_is_there_and_never_who_is_away(candidates: list[Candidate]) -> None:
    there = {one.account_id for one in candidates if not one.is_absent}
    assert (named(candidates) in there) if there else (named(candidates) is None)


@given(offices())
def test_stand_in_gets_what_the_rule_had_given_to_the_absent_one_and_nobody_else_does(candidates: list[Candidate]) -> None:
    found = suggested(candidates)
    if found is None:
        return
    as_if_all_were_there = named([replace(one, is_absent=False) for one in candidates])
    if found.instead_of is None:
        nobody_before = [one for one in candidates if one.account_id == as_if_all_were_there]
        assert not found.officer.is_absent
        assert all(one.account_id == found.officer.account_id or one.is_absent for one in nobody_before)
    else:
        assert found.instead_of.is_absent
        assert found.instead_of.stand_in_id == found.officer.account_id


@given(offices())
def test_nobody_there_is_nearer_to_the_procedure_to_the_ward_or_freer_than_who_is_named(candidates: list[Candidate]) -> None:
    found = suggested(candidates)
    if found is None or found.instead_of is not None:
        return
    nearness = [Territory.MATCH, Territory.ANY, Territory.OTHER]

    def worth(one: Candidate) -> tuple[bool, int, int]:
        return (not one.is_for_procedure, nearness.index(one.territory), one.open_dossiers)

    assert all(worth(found.officer) <= worth(one) for one in candidates if not one.is_absent)


@given(offices(), st.integers(1, 5))
def test_whoever_is_named_for_having_little_is_named_still_when_others_get_more(candidates: list[Candidate], more: int) -> None:
    before = named(candidates)
    burdened = [one if one.account_id == before else replace(one, open_dossiers=one.open_dossiers + more) for one in candidates]
    found = suggested(candidates)
    if found is not None and found.instead_of is None and not any(one.is_absent for one in candidates):
        assert named(burdened) == before


def test_ground_after_ground_decides() -> None:
    specialist = officer(0, "Vũ Thị Yến", is_for_procedure=True, territory=Territory.OTHER, open_dossiers=9)
    of_the_ward = officer(1, "Vũ Thị Xuân", territory=Territory.MATCH, open_dossiers=8)
    free = officer(2, "Vũ Thị Vân", open_dossiers=1)
    freer = officer(3, "Vũ Thị Uyên", territory=Territory.OTHER)
    everybody = [freer, free, of_the_ward, specialist]
    order = []
    while everybody:
        order.append(named(everybody))
        everybody = [one for one in everybody if one.account_id != order[-1]]
    assert order == [specialist.account_id, of_the_ward.account_id, free.account_id, freer.account_id]


def test_names_decide_as_vietnamese_names_are_ordered() -> None:
    assert named([officer(0, "Lê Thị Ánh"), officer(1, "Phạm Văn An")]) == IDS[1]
    assert named([officer(0, "Đỗ Văn An"), officer(1, "Bùi Văn An")]) == IDS[1]


def test_absent_without_a_stand_in_is_passed_over_and_one_whose_stand_in_is_away_too() -> None:
    away = officer(0, is_absent=True, is_for_procedure=True)
    other = officer(1, open_dossiers=3)
    assert named([away, other]) == IDS[1]
    assert suggested([replace(away, stand_in_id=IDS[2]), officer(2, is_absent=True), other]).instead_of is None
    assert named([away]) is None


def test_grounds_tell_the_numbers_of_the_moment() -> None:
    little, much = officer(0, open_dossiers=2), officer(1, open_dossiers=5, is_for_procedure=True)
    away = officer(2, is_absent=True)
    assert grounds_of(little, [little, much, away]) == {
        "procedure": False, "territory": "any", "open_dossiers": 2, "is_fewest": True, "among": 2,
    }  # fmt: skip
    assert grounds_of(much, [little, much, away])["is_fewest"] is False
