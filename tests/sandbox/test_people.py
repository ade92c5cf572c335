"""The synthetic population is the same every time, fits together, and holds the people that the portal must be tried with."""

from __future__ import annotations

import re
import time
from collections import Counter

import pytest

from portal.sandbox.people.make import STALE_RATE, TODAY
from portal.sandbox.people.model import Person
from portal.sandbox.people.population import Population, draw
from portal.sandbox.people.territory import OLD_PROVINCES

STORY_IDS = [f"9000{number:02d}" for number in range(1, 24)]


@pytest.fixture(scope="module")
def people() -> Population:
    return draw()


def fingerprint(population: Population) -> list[tuple[object, ...]]:
    return [
        (
            one.personal_id,
            one.full_name,
            one.birth,
            one.marital_status,
            one.stale_marital_status,
            one.phone,
            one.email,
            tuple((stay.address, stay.since, stay.until) for stay in one.stays),
        )
        for one in population.people
    ]


def test_a_seed_always_draws_the_same_people_and_another_seed_others(people: Population) -> None:
    assert fingerprint(draw()) == fingerprint(people)
    assert fingerprint(draw(7, 2_000)) != fingerprint(draw(8, 2_000))


def test_people_with_a_story_and_staff_are_the_same_whatever_the_seed(people: Population) -> None:
    def told(population: Population) -> list[tuple[object, ...]]:
        return [row for row, one in zip(fingerprint(population), population.people, strict=True) if one.story]

    assert told(draw(99, 1_000)) == told(people)


def test_twenty_thousand_living_people_are_drawn_in_seconds() -> None:
    start = time.process_time()
    population = draw(3)
    assert time.process_time() - start < 10
    assert sum(one.is_alive for one in population.people) >= 20_000


def test_personal_ids_are_unique_well_formed_and_visibly_fictional(people: Population) -> None:
    numbers = [one.personal_id for one in people.people]
    assert len(set(numbers)) == len(numbers)
    for one in people.people:
        assert re.fullmatch(r"\d{12}", one.personal_id)
        assert one.personal_id[6:9] == "900"
        century, female = divmod(int(one.personal_id[3]), 2)
        assert one.birth_year // 100 == 19 + century
        assert female == (one.sex == "female")
        assert one.personal_id[4:6] == one.birth[2:4]


def test_everybody_vietnamese_was_born_in_one_of_the_63_old_provinces_and_all_63_occur(people: Population) -> None:
    codes = {one.birth_code for one in people.people if one.nationality[0][0] == "VN"}
    assert codes == set(OLD_PROVINCES)
    assert len(codes) == 63


def test_nearly_everybody_lives_in_the_two_served_wards(people: Population) -> None:
    wards = Counter(one.household.address.ward_code for one in people.people if one.household)
    served = wards["00004"] + wards["00070"]
    assert 0.96 < served / wards.total() < 0.98
    assert len(wards) > 8


def test_spouses_name_each_other_and_married_of_age(people: Population) -> None:
    for one in people.people:
        for act in one.marriages:
            spouse = people.by_id[act.other(one.personal_id)]
            assert act in spouse.marriages
            assert int(act.registered_on[:4]) - one.birth_year >= (20 if one.sex == "male" else 18)
            assert act.registered_on <= TODAY
            if act.ended:
                assert act.registered_on <= act.ended.on <= TODAY
        assert sum(act.ended is None for act in one.marriages) <= 1


def test_the_widowed_have_a_dead_spouse_and_nobody_is_married_to_the_dead(people: Population) -> None:
    for one in people.people:
        if not one.is_alive or not one.marriages:
            continue
        spouse = people.by_id[one.marriages[-1].other(one.personal_id)]
        if one.marital_status == "married":
            assert spouse.is_alive
        if one.marital_status == "widowed":
            assert spouse.death is not None
            assert one.marriages[-1].ended is not None
            assert one.marriages[-1].ended.on == spouse.death[0]


def test_children_are_younger_than_their_parents_and_named_by_both(people: Population) -> None:
    for one in people.people:
        for child in one.children:
            assert one in (child.father, child.mother)
            assert child.birth_year - one.birth_year >= 18
            if one.death:
                assert child.birth <= one.death[0]


def test_households_have_one_head_and_every_living_person_one_household(people: Population) -> None:
    for one in people.people:
        if not one.is_alive:
            assert one.household is None
            continue
        assert one.household is not None
        assert one in one.household.members
        assert one.household.members.count(one) == 1
        assert one.household.head.is_alive
        heads = [member for member in one.household.members if member.relation_to_head == "Chủ hộ"]
        assert heads == [one.household.head]


def test_every_minor_lives_with_an_adult(people: Population) -> None:
    minors = [one for one in people.people if one.is_alive and one.birth_year > 2009]
    assert minors
    for one in minors:
        assert one.household is not None
        assert any(member.birth_year <= 2008 for member in one.household.members), one.full_name


def test_residence_history_is_without_gaps_and_ends_where_the_person_lives(people: Population) -> None:
    for one in people.people:
        for before, after in zip(one.stays, one.stays[1:], strict=False):
            assert before.until == after.since, one.personal_id
            assert before.since <= after.since
        if one.is_alive:
            assert one.household is not None
            assert one.stays[-1].until is None
            assert one.stays[-1].address == one.household.address


def test_guardians_and_wards_name_each_other(people: Population) -> None:
    wards = [one for one in people.people if one.guardian]
    assert len(wards) > 20
    for one in wards:
        assert one.guardian is not None
        assert one in one.guardian.wards
        assert one.guardian.birth_year <= 1990


def test_the_population_field_is_stale_at_the_known_rate_while_civil_status_is_right(people: Population) -> None:
    changed = [one for one in people.people if one.marriages and not one.story]
    stale = [one for one in changed if one.population_marital_status != one.marital_status]
    assert abs(len(stale) / len(changed) - STALE_RATE) < 0.02
    single = [one for one in people.people if not one.marriages]
    assert all(one.population_marital_status == "never_married" for one in single)


def test_an_annulled_marriage_leaves_nobody_divorced(people: Population) -> None:
    annulled = [
        one for one in people.people if one.marriages and one.marriages[0].ended and one.marriages[0].ended.kind == "annulment"
    ]
    assert annulled
    assert all(one.marital_status == "never_married" for one in annulled if len(one.marriages) == 1)


def test_nothing_happens_after_the_day_of_the_simulation(people: Population) -> None:
    for one in people.people:
        days = [one.birth, *(stay.since for stay in one.stays), *((one.death[0],) if one.death else ())]
        assert max(days) <= TODAY, one.personal_id


def test_names_are_as_various_as_names_are(people: Population) -> None:
    names = [one.full_name for one in people.people]
    assert any(len(name) >= 48 for name in names)
    assert any(" " not in name for name in names)
    assert any("'" in name for name in names)
    assert sum(one.ethnicity[0] not in ("01", "55") for one in people.people) > 500
    assert {len(one.birth) for one in people.people} == {4, 7, 10}
    assert sum(one.nationality[0][0] != "VN" for one in people.people) > 20


def test_there_are_twins_who_share_a_name(people: Population) -> None:
    seen = Counter((one.full_name, one.birth, one.mother) for one in people.people if isinstance(one.mother, Person))
    assert any(count > 1 for count in seen.values())
    first, second = people.search("sinh đôi")[:2]
    assert (first.full_name, first.birth) == (second.full_name, second.birth)
    assert first.personal_id != second.personal_id


def test_phones_and_mails_are_of_the_reserved_forms(people: Population) -> None:
    for one in people.people:
        assert one.phone is None or re.fullmatch(r"0900000\d{3}", one.phone)
        assert one.email is None or re.fullmatch(r"[a-z0-9.]+@cong-dan\.example", one.email), one.email


def test_every_story_is_told(people: Population) -> None:
    told = {one.personal_id[-6:]: one for one in people.people if one.story and one.office is None}
    assert sorted(told) == STORY_IDS
    status = {number: told[number].marital_status for number in ("900001", "900002", "900004", "900006", "900008")}
    assert status == {
        "900001": "never_married",
        "900002": "married",
        "900004": "divorced",
        "900006": "widowed",
        "900008": "married",
    }
    assert told["900004"].population_marital_status == "married"
    assert told["900008"].population_marital_status == "never_married"
    assert told["900007"].death
    assert told["900010"].birth_year > 2009
    assert told["900013"].assurance == 1
    assert told["900014"].birth == "1950"
    assert told["900020"].eid_full_name != told["900020"].full_name


def test_every_office_has_its_staff_and_they_are_citizens_too(people: Population) -> None:
    posts = Counter((one.office, one.roles[-1]) for one in people.people if one.office)
    for office in ("H26.31", "H26.32"):
        assert [posts[office, role] for role in ("clerk", "officer", "leader")] == [2, 2, 2]
    for office in ("H26.01", "G01.26.31"):
        assert [posts[office, role] for role in ("clerk", "officer", "leader")] == [1, 1, 1]
    assert (posts["H26.01", "administrator"], posts["H26.01", "auditor"]) == (2, 1)
    staff = [one for one in people.people if one.office]
    assert all("citizen" in one.roles and one.assurance == 2 and one.account == "active" for one in staff)


def test_search_forgives_diacritics_and_puts_the_closest_first(people: Population) -> None:
    assert people.search("nguyen thu ha")[0].full_name == "Nguyễn Thu Hà"
    assert people.search("Dang Quoc Viet")[0].personal_id == "001092900008"
    assert people.search("034185900004")[0].full_name == "Phạm Thị Bích Ngọc"
    assert people.search("h'linh")[0].full_name == "H'Linh Niê"
    assert people.search("khong co ai ten nhu the nay") == []
