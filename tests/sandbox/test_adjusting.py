"""Whatever becomes of the announcements on their way, all subscribers end equal: with whoever saw them in order."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from random import Random  # noqa: TID251 (drawn from a seed: the same acts every time)
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.sandbox.people.changes import Change
from portal.sandbox.people.model import Person
from portal.sandbox.people.overlay import Overlay
from portal.sandbox.people.population import Population, population
from portal.sandbox.registries import facts, record_book
from portal.sandbox.registries.deciding import DECISIONS, Case, Refused
from portal.sandbox.registries.facts import SHAPES
from portal.sandbox.registries.known import KNOWN
from portal.sandbox.registries.record_book import Accepted, RecordBook
from portal.sandbox.registries.subscriber import Subscriber
from portal.sandbox.registries.views import switchboard

OWNERS = {
    "birth": "civil-status", "marriage": "civil-status", "divorce": "civil-status", "death": "civil-status",
    "permanent_residence": "residence", "temporary_residence": "residence", "licence": "driving-licences",
}  # fmt: skip
HOUSE = {"detail": "Số 1, phố Tò He", "ward_name": "Phường Ba Đình", "province_code": "01"}


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311 (not for secrets)


def cast(people: Population) -> list[str]:
    """A few who are bound to one another and a few who are not: a family, a divorced couple, some who are alone."""
    told = ("001088900002", "001190900003", "001313900010", "034185900004", "034083900005", "001198900001", "001079900011")
    return [*told, *(one.personal_id for one in people.people[200:203])]


def said_of(kind: str, chance: Random, who: list[str], people: Any) -> dict[str, Any]:
    """Fields of a random act among these people, often one that a register must refuse."""
    first, second = (chance.choice(who) for _ in range(2))
    named = people.by_id[first]
    if kind == "birth":
        return {
            "full_name": f"Trẻ {chance.choice('ABCDE')}", "date_of_birth": "2026-10-02", "sex": chance.choice(["male", "female"]),
            "ethnicity": "Kinh", "birth_place": HOUSE, "filer_is": chance.choice(["mother", "father"]), "filed_by": first,
            "spouse_of_filer": {"full_name": people.by_id[second].full_name, "personal_id": second},
        }  # fmt: skip
    if kind in ("marriage", "divorce"):
        when = (
            {"registered_on": "2026-11-01"} if kind == "marriage" else {"on": "2026-11-01", "document": "1", "authority": "Tòa"}
        )
        return {"one": first, "other": second, **when}
    if kind == "death":
        return {"personal_id": first, "full_name": named.full_name, "date": "2026-11-10"}
    if kind == "licence":
        return {
            "personal_id": first,
            "number": "010123456780",
            "classes": "A1",
            "valid_until": f"20{chance.randint(30, 40)}-01-01",
        }
    if kind == "correction":
        field = chance.choice(["full_name", "old_id_number", "ethnicity"])
        return {"personal_id": first, "field": field, "value": f"Giá trị {chance.randint(1, 9)}"}
    along = [{"personal_id": one} for one in chance.sample(who, chance.randint(0, 2)) if one != first]
    head = {"full_name": people.by_id[second].full_name, "personal_id": second}
    joins = {"head": head} if second != first and chance.random() < 0.6 else {}
    stays = {"term": {"from": "2026-11-01", "to": "2027-11-01"}} if kind == "temporary_residence" else {}
    return {"personal_id": first, "address": {**HOUSE, "detail": f"Số {chance.randint(1, 9)}"}, "movers": along, **joins, **stays}


def live_on(book: RecordBook, chance: Random, count: int) -> list[Change]:
    """So many random acts, those that the registers accept; in the order of the book."""
    who = cast(population())
    changes: list[Change] = []
    for number in range(count):
        kind = chance.choice([*OWNERS, "permanent_residence", "birth", "correction"])
        registry = OWNERS.get(kind) or chance.choice(["population", "tax"])
        decide = partial(decided, book, chance, kind, registry, f"request {number}", tuple(who))
        reply = book.once("portal", f"request {number}", "", registry, decide)
        if "change_id" in reply:
            change = book.change(reply["change_id"])
            assert change is not None
            changes.append(change)
            who += [change.facts["personal_id"]] if change.kind == "birth" else []
    return changes


def decided(
    book: RecordBook, chance: Random, kind: str, registry: str, request: str, who: tuple[str, ...], knows: Overlay
) -> tuple[dict[str, Any], Accepted | None]:
    try:
        said = SHAPES[kind].model_validate(said_of(kind, chance, list(who), knows))
        case = Case(knows, request, registry, "UBND", book.next_order(), knows.by_id.__contains__)
        return {}, DECISIONS[kind](case, said)
    except Refused:
        return {}, None


def everything(knows: Any, who: list[str]) -> dict[str, Any]:
    """All that all registries say of these people, and the version of each record."""
    people: list[Person] = [knows.by_id[one] for one in who]
    return {
        one.personal_id: [one.record_version, *(registry.record(one, knows) for registry in KNOWN.values())] for one in people
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**9), count=st.integers(1, 14))
def test_changes_late_out_of_order_twice_or_lost_once_leave_all_subscribers_equal(seed: int, count: int) -> None:
    chance = seeded(seed)
    with tempfile.TemporaryDirectory() as folder:
        book = RecordBook(Path(folder) / "records.jsonl", population(), switchboard())
        changes = live_on(book, chance, count)
    in_order = Subscriber("in order", population())
    assert [made for change in changes for made in in_order.receive(change)] == changes
    who = sorted({one for change in changes for one in change.people} | set(cast(population())))
    for name in ("one", "other"):
        subscriber = Subscriber(name, population())
        lost = chance.choice(changes) if changes and chance.random() < 0.7 else None
        announced = [one for one in changes for _ in range(chance.randint(1, 2)) if one is not lost]
        chance.shuffle(announced)
        for change in announced:
            subscriber.receive(change)
        if lost is not None:
            assert subscriber.state_of(lost.id) == "not_received"
            subscriber.receive(lost)
        assert everything(subscriber.knows, who) == everything(in_order.knows, who)
    for name in record_book.SUBSCRIBERS:
        assert everything(book.knows(name), who) == everything(in_order.knows, who), name


def test_a_change_waits_for_the_one_before_it_of_the_same_record(tmp_path: Path) -> None:
    book = RecordBook(tmp_path / "records.jsonl", population(), switchboard())
    first, second = (
        book.once("portal", str(number), "", "driving-licences", _licence(year)) for number, year in enumerate((2031, 2036))
    )
    changes = [book.change(one["change_id"]) for one in (first, second)]
    subscriber = Subscriber("tax", population())
    assert changes[0]
    assert changes[1]
    assert subscriber.receive(changes[1]) == []
    assert subscriber.state_of(changes[1].id) == "waiting"
    assert subscriber.receive(changes[0]) == [*changes], "and then both, in their order"


def _licence(year: int) -> Any:
    said = facts.Licence(personal_id="001088900002", number="010123456780", classes="A1", valid_until=f"{year}-01-01")  # type: ignore[arg-type]

    def decide(knows: Any) -> tuple[dict[str, Any], Accepted | None]:
        return {}, DECISIONS["licence"](Case(knows, "r", "driving-licences", "", 0, knows.by_id.__contains__), said)

    return decide


def test_the_drawn_population_stays_what_it_was(tmp_path: Path) -> None:
    drawn = population()
    before = everything(drawn, cast(drawn))
    live_on(RecordBook(tmp_path / "records.jsonl", drawn, switchboard()), seeded(7), 30)
    assert everything(drawn, cast(drawn)) == before


def test_what_was_accepted_is_read_again_whole_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    book = RecordBook(path, population(), switchboard())
    changes = live_on(book, seeded(3), 200)
    assert len(changes) > 60
    who = sorted({one for change in changes for one in change.people})
    again = RecordBook(path, population(), switchboard())
    for name in record_book.SUBSCRIBERS:
        assert everything(again.knows(name), who) == everything(book.knows(name), who), name
